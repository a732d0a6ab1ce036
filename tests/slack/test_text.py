"""What people typed in Slack, as they meant it; and which addresses are Slack's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.answers import slacks_own
from bot.slack.text import emoji_in, meaning, mentioned, unescaped

NAMES = {"U1": "Kari Nordmann", "U2": "Ola"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Vi &amp; de &lt;andre&gt;", "Vi & de <andre>"),
        ("&amp;lt; ble skrevet", "&lt; ble skrevet"),
        ("<@U1> vet det", "@Kari Nordmann vet det"),
        ("<@U9> vet det", "@U9 vet det"),
        ("<@U9|per> vet det", "@per vet det"),
        ("se <#C12|digital-vei>", "se #digital-vei"),
        ("se <#C12>", "se #C12"),
        ("<!channel> og <!here>", "@channel og @here"),
        ("<!subteam^S1|@ledere>", "@ledere"),
        ("<!date^1392734382^{date}|18. februar>", "18. februar"),
        ("<https://nav.no>", "https://nav.no"),
        ("<https://nav.no|nav.no>", "nav.no (https://nav.no)"),
        ("<mailto:a@b.no|a@b.no>", "a@b.no"),
        ("1 < 2 > 0", "1 < 2 > 0"),
    ],
)
def test_references_become_words(typed: str, text: str) -> None:
    assert meaning(typed, ("UBOT",), NAMES).text == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("<@UBOT> status", "status"),
        ("<@UBOT>: neste", "neste"),
        ("hei <@UBOT>, hjelp", "hei , hjelp"),
        ("<@UBOT>", ""),
    ],
)
def test_our_own_name_is_taken_out(typed: str, text: str) -> None:
    found = meaning(typed, ("UBOT",), NAMES)
    assert (found.named, found.text) == (True, text)
    assert not found.only_mentions


@pytest.mark.parametrize(
    ("typed", "only"),
    [
        ("<@U1>", True),
        ("<@U1> og <@U2>!", True),
        ("<@U1> vet", False),
        ("", False),
        ("<https://nav.no>", False),
    ],
)
def test_names_alone_are_told_apart(typed: str, only: bool) -> None:
    assert meaning(typed, ("UBOT",), NAMES).only_mentions is only


def test_who_is_named() -> None:
    assert mentioned("<@U1> og <@W2|per> i <#C3> <!here>") == {"U1", "W2"}


def test_pictures_are_signs_and_times_of_day_are_not() -> None:
    blocks = [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fb"},
                        {"type": "emoji", "name": "egen"},
                        {"type": "emoji", "name": "bad", "unicode": "zz-110000"},
                    ],
                }
            ],
        }
    ]
    found = emoji_in(blocks)
    assert found == {"+1": "\U0001f44d\U0001f3fb"}
    said = meaning("kl. 10:30:00 :+1: :egen:", ("UBOT",), {}, found).text
    assert said == "kl. 10:30:00 \U0001f44d\U0001f3fb :egen:"
    assert emoji_in("x") == emoji_in(None) == {}


@given(st.text())
def test_what_slack_escapes_comes_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert unescaped(escaped) == text
    assert meaning(escaped, ("UBOT",), {}).text == text


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://hooks.slack.com/commands/T1/2/3", True),
        ("https://hooks.slack-gov.com/commands/T1/2/3", True),
        ("http://127.0.0.1:9/response/1", True),  # where we call Slack ourselves
        ("http://hooks.slack.com/commands/T1", False),
        ("https://hooks.slack.com:8443/commands/T1", False),
        ("https://kari@hooks.slack.com/commands/T1", False),
        ("https://hooks.slack.com.example.org/commands/T1", False),
        ("https://example.org/hooks.slack.com", False),
        ("http://127.0.0.1:10/response/1", False),
        ("https://[hooks.slack.com/", False),
        ("None", False),
    ],
)
def test_only_slacks_own_addresses_are_answered(url: str, own: bool) -> None:
    assert slacks_own(url, "http://127.0.0.1:9/api/") is own
