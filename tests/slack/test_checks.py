"""The checks find what Slack refuses: one small wrong thing at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.slack.checks import check_blocks, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": id, "text": plain("Press"), **more}


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def section(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(runs)}


def asked(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("What?"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


RUN = {"type": "text", "text": "words"}
ONE = {"text": plain("One"), "value": "1"}
WRITTEN = {"type": "plain_text_input", "action_id": "w"}
FAULTS: list[tuple[list[Any], str]] = [
    ([{"type": "heading", "text": plain("x")}], "can stand here"),
    ([{"type": "header", "text": plain("x"), "level": 1}], "knows no level"),
    ([{"type": "header", "text": plain("x" * 151)}], "at most 150"),
    ([{"type": "header", "text": plain("&" * 31)}], "at most 150"),
    ([{"type": "header", "text": plain("👍" * 76)}], "at most 150"),
    ([{"type": "header", "text": plain("")}], "is empty"),
    ([{"type": "header", "text": plain("\0")}], "no JSON may hold"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "can stand here"),
    ([{"type": "header"}], "lacks text"),
    ([{"type": "section"}], "neither text nor fields"),
    ([{"type": "context", "elements": [plain("x")] * 11}], "not 1 to 10"),
    ([{"type": "image", "image_url": "/here.png", "alt_text": "x"}], "not as it should"),
    ([{"type": "divider"}] * 51, "not 0 to 50"),
    ([actions()], "not 1 to 25"),
    ([actions(*(button(str(n)) for n in range(26)))], "not 1 to 25"),
    ([actions(button("a"), button("a"))], "'a' stands twice"),
    ([actions(button("a"), block_id="b"), actions(button("c"), block_id="b")], "'b' stands twice"),
    ([actions(button(text=plain("x" * 76)))], "at most 75"),
    ([actions(button(style="warning"))], "is none of"),
    ([actions(button(value="x" * 2001))], "at most 2000"),
    ([actions(button("x" * 256))], "at most 255"),
    ([actions(WRITTEN)], "can stand here"),
    ([rich(RUN)], "can stand here"),
    ([rich(section(section(RUN)))], "can stand here"),
    ([rich(section())], "not 1 to"),
    ([rich(section({"type": "text", "text": ""}))], "is empty"),
    ([rich(section({"type": "link", "url": "javascript:go()"}))], "not as it should"),
    ([rich({"type": "rich_text_list", "style": "dots", "elements": [section(RUN)]})], "is none of"),
    ([rich({"type": "rich_text_list", "style": "bullet", "elements": [RUN]})], "can stand here"),
    ([rich(section({"type": "text", "text": "x" * 13_000}))], "msg_blocks_too_long"),
]


@pytest.mark.parametrize(("blocks", "fault"), FAULTS)
def test_a_fault_in_blocks_is_found(blocks: list[Any], fault: str) -> None:
    found = check_blocks(blocks)
    assert any(fault in each for each in found), found


VIEWS: list[tuple[dict[str, Any], str]] = [
    (modal(asked(WRITTEN)), "no submit"),
    (modal(asked(button()), submit=plain("Send")), "can stand here"),
    (modal(title=plain("x" * 25)), "at most 24"),
    (modal(colour="red"), "knows no colour"),
    (modal(private_metadata="x" * 3001), "at most 3000"),
    (modal(*[{"type": "divider"}] * 101), "not 0 to 100"),
    (modal(asked({**WRITTEN, "max_length": 3001})), "no number"),
    (modal(asked({**WRITTEN, "max_length": 1, "initial_value": "ab"})), "longer than max_length"),
    (modal(asked({"type": "radio_buttons", "action_id": "r"})), "options and groups, or neither"),
    (
        modal(asked({"type": "radio_buttons", "action_id": "r", "options": [ONE] * 11})),
        "not 1 to 10",
    ),
    (
        modal(
            asked(
                {
                    "type": "radio_buttons",
                    "action_id": "r",
                    "options": [ONE],
                    "initial_option": {"text": plain("Two"), "value": "2"},
                }
            )
        ),
        "begins with what is no option",
    ),
    (modal(asked({"type": "datepicker", "action_id": "d", "initial_date": "1. mai"})), "not as"),
    ({"type": "home", "title": plain("x"), "blocks": []}, "knows no title"),
    ({"type": "modal", "blocks": []}, "lacks title"),
]


@pytest.mark.parametrize(("view", "fault"), VIEWS)
def test_a_fault_in_a_view_is_found(view: dict[str, Any], fault: str) -> None:
    found = check_view(view)
    assert any(fault in each for each in found), found


def test_what_is_right_is_right() -> None:
    quote = {"type": "rich_text_quote", "elements": [RUN]}
    assert not check_blocks(
        [
            {"type": "header", "text": plain("x" * 150)},
            rich(
                section(RUN, {"type": "link", "url": "https://digdir.no", "text": "Digdir"}), quote
            ),
            actions(button("a", style="primary", value="1"), button("b")),
        ]
    )
    assert not check_view(modal(asked(WRITTEN), submit=plain("Send"), close=plain("Cancel")))
    assert not check_view({"type": "home", "blocks": [{"type": "divider"}] * 100})
