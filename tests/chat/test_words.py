"""Commands and mentions in what people write in the built-in chat."""

import pytest

from bot.chat.words import command, meaning

NAMES = ("Kari Nordmann", "Ola Hansen")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("/samspill", ""),
        ("/samspel runde ", "runde"),
        ("/SAMSPILL bli med ABC", "bli med ABC"),
        ("/samspill\nrunde", "runde"),
        ("/samspillet", "samspillet"),
        ("/foo bar", "foo bar"),
        (" /runde 2", "runde 2"),
        ("/", ""),
        ("og/eller", None),
        ("see /samspill", None),
        ("samspill runde", None),
    ],
)
def test_commands(text: str, rest: str | None) -> None:
    assert command(text) == rest


@pytest.mark.parametrize(
    ("text", "rest", "named"),
    [
        ("@Samspill runde", "runde", True),
        ("@samspel: neste", "neste", True),
        ("could you help, @Samspill?", "could you help, ?", True),
        ("@Samspillet is nice", "@Samspillet is nice", False),
        ("kari@samspill.no", "kari@samspill.no", False),
        ("two  spaces stay", "two  spaces stay", False),
    ],
)
def test_samspill_is_named(text: str, rest: str, named: bool) -> None:
    found = meaning(text, NAMES)
    assert (found.text, found.named) == (rest, named)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("@Kari Nordmann", True),
        ("@kari, @Ola Hansen og @Ola!", True),
        ("@Kari what do you think?", False),
        ("@Karina", False),
        ("@Somebody Else", False),
        ("", False),
        ("Kari", False),
        ("@Samspill @Kari", False),
    ],
)
def test_nothing_but_names(text: str, only: bool) -> None:
    assert meaning(text, NAMES).only_mentions is only


def test_a_meaning_does_not_show_what_was_written() -> None:
    assert "secret" not in repr(meaning("secret", NAMES))
