"""Slack's payloads as neutral events: each kind, and that no payload raises, however broken.

`SLACK_PAYLOADS` may name a folder of payloads from elsewhere, such as those of Bolt's own tests.
"""

from __future__ import annotations

import json
import os
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import forms
from bot.slack.inbound import event_of
from bot.slack.interactions import from_metadata, to_metadata
from bot.slack.payloads import Ignored, Known, instant
from dialogs.events import (
    Actor,
    Commanded,
    Deleted,
    Edited,
    Handed,
    Installed,
    Joined,
    Left,
    Opened,
    Pressed,
    Removed,
    Said,
    Submitted,
    Where,
)
from dialogs.messages import Field, Form

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWN = Known(NOW, "T1", {"T1": "UBOT"}, {"U1": "Kari Nordmann", "U2": "Ola"}, {"U1": "nn"})
TS, ROOT = "1763888400.000200", "1763888000.000100"


def event(**of: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event_time": 1763888400,
        "event": of,
    }


def message(**of: Any) -> dict[str, Any]:
    given = {"type": "message", "channel": "C1", "user": "U1", "team": "T1", "ts": TS, "text": "Ja"}
    return event(**(given | of))


PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U2", "name": "ola", "team_id": "T2"},
    "team": {"id": "T2"},
    "trigger_id": "1.2.3",
    "container": {"type": "message", "message_ts": TS, "channel_id": "C1", "thread_ts": ROOT},
    "channel": {"id": "C1", "name": "digital-vei"},
    "actions": [
        {"type": "button", "action_id": "round:choose:q7~3", "value": "no", "action_ts": TS}
    ],
}
FORM = forms.view(
    Form(
        "nb",
        "round:answer:q7",
        "Svar",
        (Field("answer", "Svaret ditt", "long"),),
        "Lagre",
        "Avbryt",
    ),
    to_metadata(Where("slack", "T1", "C1", ROOT)),
)
INPUT = next(each for each in FORM["blocks"] if each["type"] == "input")
SUBMIT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U2", "name": "ola", "team_id": "T2"},
    "team": {"id": "T1"},
    "view": FORM
    | {
        "id": "V1",
        "hash": "h",
        "state": {
            "values": {
                INPUT["block_id"]: {
                    INPUT["element"]["action_id"]: {
                        "type": INPUT["element"]["type"],
                        "value": "Vi ringer.",
                    }
                }
            }
        },
    },
}
COMMAND = {
    "command": "/samspill",
    "text": "bli med &amp; mer",
    "user_id": "U1",
    "user_name": "kari",
    "team_id": "T1",
    "channel_id": "C1",
    "channel_name": "digital-vei",
    "trigger_id": "1.2.3",
}
THREAD = {"thread_ts": ROOT}
CHANGED = message(
    subtype="message_changed",
    ts="1763888500.000264",
    message={"user": "U1", "text": "Nei", "ts": TS, **THREAD, "edited": {"ts": "1763888500.0"}},
    previous_message={"user": "U1", "text": "Ja", "ts": TS, **THREAD},
)
GONE = message(
    subtype="message_deleted",
    deleted_ts=TS,
    ts="1763888600.000000",
    previous_message={"user": "U1", "text": "Ja", "ts": TS, **THREAD},
)
ALL = [
    message(),
    message(**THREAD),
    message(channel="D1"),
    CHANGED,
    GONE,
    event(type="app_mention", channel="C1", user="U1", ts=TS, text="<@UBOT> status"),
    event(type="member_joined_channel", channel="C1", user="UBOT", team="T1", inviter="U1"),
    event(type="member_left_channel", channel="C1", user="U1", team="T1"),
    PRESS,
    SUBMIT,
    COMMAND,
    {"type": "shortcut", "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1.2.3"},
    {"type": "view_closed", "user": {"id": "U1"}, "view": SUBMIT["view"]},
]


def kari(team: str = "T1") -> Actor:
    return Actor("slack", team, "U1", "Kari Nordmann", "nn")


def test_a_message_in_a_thread_is_said_and_claimed_by_itself() -> None:
    found = event_of(message(**THREAD, text="Vi &amp; dere"), KNOWN)
    where = Where("slack", "T1", "C1", ROOT, can_open=False)
    assert found == Said(f"said:C1:{TS}", instant(TS), kari(), where, TS, "Vi & dere")


def test_a_message_and_its_mention_are_one_event() -> None:
    text = "<@UBOT> status"
    mention = event(type="app_mention", channel="C1", user="U1", team="T1", ts=TS, text=text)
    both = [event_of(each, KNOWN) for each in (mention, message(text=text))]
    assert both[0] == both[1]
    assert isinstance(both[0], Said)
    assert (both[0].named, both[0].text) == (True, "status")


def opened(tab: str) -> dict[str, Any]:
    return event(type="app_home_opened", user="U1", channel="D1", tab=tab, event_ts=TS)


def test_a_page_is_opened_and_the_conversation_beside_it_is_not() -> None:
    found = event_of(opened("home"), KNOWN)
    assert isinstance(found, Opened)
    assert found.where == Where("slack", "T1", "U1", direct=True)
    assert found.actor.language == "nn"
    assert event_of(opened("messages"), KNOWN) == Ignored("tab")


def handed(**of: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": "add_answer",
        "action_ts": "1763888500.000100",
        "team": {"id": "T1"},
        "user": {"id": "U1", "name": "kari", "team_id": "T1"},
        "channel": {"id": "C1"},
        "message_ts": TS,
        "message": {"user": "U1", "ts": TS, "thread_ts": ROOT, "text": "Vi &amp; dere"},
        "trigger_id": "1.2",
    } | of


def test_ones_own_message_is_handed_over_and_nobody_elses_words_are() -> None:
    mine = event_of(handed(), KNOWN)
    assert isinstance(mine, Handed)
    assert (mine.own, mine.text, mine.purpose, mine.message) == (True, "Vi & dere", "answer", TS)
    assert mine.where.thread == ROOT
    for author in ({"user": "U2"}, {"user": "UBOT"}, {"user": "U1", "bot_id": "B9"}, {}):
        other = event_of(handed(message={"text": "Noe", "ts": TS, **author}), KNOWN)
        assert isinstance(other, Handed)
        assert (other.own, other.text) == (False, "")
    assert event_of(handed(callback_id="make_goal"), KNOWN) == Ignored("shortcut")
    assert event_of(handed(channel={}), KNOWN) == Ignored("unreadable")


def test_a_direct_message_is_the_persons_own_place() -> None:
    found = event_of(message(channel="D1"), KNOWN)
    assert isinstance(found, Said)
    assert found.where == Where(
        "slack", "T1", "U1", None, direct=True, can_open=False, can_notice=False
    )


def test_people_of_other_organisations_keep_their_own_workspace() -> None:
    found = event_of(message(**THREAD, user_team="T9", user="U7"), KNOWN)
    assert isinstance(found, Said)
    assert (found.actor.tenant, found.where.tenant) == ("T9", "T1")
    pressed = event_of(PRESS, KNOWN)
    assert isinstance(pressed, Pressed)
    assert (pressed.actor.tenant, pressed.where.tenant) == ("T2", "T1")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (message(), "elsewhere"),
        (message(subtype="channel_join"), "subtype"),
        (message(bot_id="B1", **THREAD), "app"),
        (message(user="UBOT", **THREAD), "app"),
        (message(user="", **THREAD), "app"),
        (event(type="reaction_added", user="U1"), "event"),
        (event(type="message", channel="D1", user="U1", ts="never"), "unreadable"),
        ({"type": "view_closed"}, "closed"),
        ({"type": "something"}, "kind"),
        ({}, "kind"),
    ],
)
def test_what_is_not_for_us_is_ignored_with_a_reason(payload: dict[str, Any], reason: str) -> None:
    assert event_of(payload, KNOWN) == Ignored(reason)


def test_an_edit_and_a_deletion_name_the_message_and_its_author() -> None:
    edited, deleted = event_of(CHANGED, KNOWN), event_of(GONE, KNOWN)
    where = Where("slack", "T1", "C1", ROOT, can_open=False)
    at = instant("1763888500.000264")
    assert edited == Edited(
        f"edited:C1:{TS}:1763888500.000264", at, kari(), where, TS, instant(TS), "Nei"
    )
    gone = instant("1763888600.000000")
    assert deleted == Deleted(f"deleted:C1:{TS}", gone, kari(), where, TS)


def test_a_link_that_unfolds_is_no_edit() -> None:
    same = deepcopy(CHANGED)
    same["event"]["message"]["text"] = "Ja"
    assert event_of(same, KNOWN) == Ignored("unchanged")


def test_people_and_samspill_come_and_go() -> None:
    def happened(kind: str, **of: Any) -> Any:
        return event_of(event(type=kind, channel="C1", team="T1", **of), KNOWN)

    came = happened("member_joined_channel", user="UBOT", inviter="U1")
    assert isinstance(came, Installed)
    assert came.actor == kari()
    assert isinstance(happened("member_joined_channel", user="U1"), Joined)
    assert isinstance(happened("member_left_channel", user="U1"), Left)
    assert isinstance(happened("member_left_channel", user="UBOT"), Removed)
    for inviter in ({}, {"inviter": "UBOT"}):  # Samspill is nobody who does something
        alone = happened("member_joined_channel", user="UBOT", **inviter)
        assert isinstance(alone, Installed)
        assert alone.actor is None


def test_a_press_names_the_button_its_value_and_its_thread() -> None:
    found = event_of(PRESS, KNOWN)
    assert isinstance(found, Pressed)
    assert (found.button, found.value, found.message) == ("round:choose:q7", "no", TS)
    assert found.where == Where("slack", "T1", "C1", ROOT)
    again = event_of(PRESS, KNOWN)
    assert isinstance(again, Pressed)
    assert again.id == found.id


def test_a_form_comes_back_to_where_it_was_opened() -> None:
    found = event_of(SUBMIT, KNOWN)
    assert isinstance(found, Submitted)
    assert (found.form, found.values) == ("round:answer:q7", {"answer": "Vi ringer."})
    assert found.where == Where("slack", "T1", "C1", ROOT)


def test_a_command_in_a_conversation_of_two_is_answered_to_one() -> None:
    found = event_of(COMMAND, KNOWN)
    assert isinstance(found, Commanded)
    assert found.text == "bli med & mer"
    assert found.where == Where("slack", "T1", "C1")
    direct = event_of(COMMAND | {"channel_id": "D9"}, KNOWN)
    assert isinstance(direct, Commanded)
    assert direct.where == Where("slack", "T1", "U1", direct=True, can_notice=True)


@pytest.mark.parametrize(
    "where",
    [
        Where("slack", "T1", "C1", ROOT),
        Where("slack", "T1", "C1"),
        Where("slack", "T1", "U1", direct=True, can_notice=False),
    ],
)
def test_where_a_form_was_opened_is_kept(where: Where) -> None:
    assert from_metadata(to_metadata(where), "U1") == where


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "7", '["T1", "C1"]', '["T1", 7, null, false, true]', "[1,2,3,4,5]"]
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert from_metadata(text, "U1") is None


def test_a_direct_conversation_is_its_persons_alone() -> None:
    assert from_metadata(to_metadata(Where("slack", "T1", "U1", direct=True)), "U2") is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just("D1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def _paths(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [here, *(path for key, each in inside for path in _paths(each, (*here, key)))][
        bool(not here) :
    ]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_no_broken_payload_raises(payload: dict[str, Any], data: st.DataObject) -> None:
    broken = deepcopy(payload)
    for _ in range(data.draw(st.integers(1, 3))):
        paths = _paths(broken)
        if not paths:
            break
        *way, last = data.draw(st.sampled_from(paths))
        inside: Any = broken
        for each in way:
            inside = inside[each]
        if data.draw(st.booleans()):
            inside[last] = data.draw(_values)
        else:
            del inside[last]
    found = event_of(broken, KNOWN)
    assert isinstance(found, Ignored) or found.id


@pytest.mark.skipif("SLACK_PAYLOADS" not in os.environ, reason="names no folder")
def test_payloads_from_elsewhere_are_read_or_ignored() -> None:
    files = sorted(Path(os.environ["SLACK_PAYLOADS"]).glob("*.json"))
    assert files
    for file in files:
        found = event_of(json.loads(file.read_text()), KNOWN)
        assert isinstance(found, Ignored) or found.id, file.stem
