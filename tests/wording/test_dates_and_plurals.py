"""Days, hours, numbers and lists as people write them, also in the nights when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dialogs.language import Translator, known

IN_ALL = ("nb", "nn", "en")


def at(day: int, month: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "torsdag 26. november"),
        ("nn", "torsdag 26. november"),
        ("en", "Thursday 26 November"),
    ],
)
def test_a_day(language: str, said: str) -> None:
    assert Translator(language).day(date(2026, 11, 26)) == said


def test_days_of_the_week_are_nynorsk() -> None:
    week = [Translator("nn").day(date(2026, 6, day)).split()[0] for day in range(1, 8)]
    assert week == ["måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"]


@pytest.mark.parametrize(
    ("when", "nb", "nn", "en"),
    [
        # Spring: 02:00 becomes 03:00 on 29 March 2026, at 01:00 UTC.
        (at(29, 3, 0, 59), "søndag 29. mars kl. 01:59", "søndag 29. mars kl. 01:59", "01:59"),
        (at(29, 3, 1, 0), "søndag 29. mars kl. 03:00", "søndag 29. mars kl. 03:00", "03:00"),
        # The last minute of that day and the first of the next, by the new clock.
        (at(29, 3, 21, 59), "søndag 29. mars kl. 23:59", "søndag 29. mars kl. 23:59", "23:59"),
        (at(29, 3, 22, 0), "mandag 30. mars kl. 00:00", "måndag 30. mars kl. 00:00", "00:00"),
        # Autumn: 03:00 becomes 02:00 on 25 October 2026, at 01:00 UTC; the hour comes twice.
        (
            at(25, 10, 0, 30),
            "søndag 25. oktober kl. 02:30",
            "søndag 25. oktober kl. 02:30",
            "02:30",
        ),
        (
            at(25, 10, 1, 30),
            "søndag 25. oktober kl. 02:30",
            "søndag 25. oktober kl. 02:30",
            "02:30",
        ),
        (
            at(24, 10, 22, 0),
            "søndag 25. oktober kl. 00:00",
            "søndag 25. oktober kl. 00:00",
            "00:00",
        ),
        (
            at(25, 10, 23, 0),
            "mandag 26. oktober kl. 00:00",
            "måndag 26. oktober kl. 00:00",
            "00:00",
        ),
    ],
)
def test_a_moment_when_clocks_change(when: datetime, nb: str, nn: str, en: str) -> None:
    assert Translator("nb").moment(when) == nb
    assert Translator("nn").moment(when) == nn
    assert Translator("en").moment(when).endswith(f" at {en}")


def test_the_day_and_the_hour_are_of_the_same_zone() -> None:
    when = at(29, 3, 22, 30)
    assert Translator("nb").day(when) == "mandag 30. mars"
    assert Translator("nb", "America/New_York").moment(when) == "søndag 29. mars kl. 18:30"
    assert Translator("en", "Pacific/Auckland").moment(when) == "Monday 30 March at 11:30"


@pytest.mark.parametrize("language", IN_ALL)
def test_a_stamp_is_of_the_zone(language: str) -> None:
    stamp = Translator(language).stamp(at(29, 3, 22, 5))
    assert "30" in stamp
    assert "00:05" in stamp


SVAR = ("{n} answer", "{n} answers")
HUS = ("{given} from {n} organisation", "{given} from {n} organisations")
FOLK = ("{n} person", "{n} people")


@pytest.mark.parametrize(
    ("language", "n", "answers", "houses", "people"),
    [
        ("nb", 0, "0 svar", "fra 0 virksomheter", "0 personer"),
        ("nb", 1, "1 svar", "fra 1 virksomhet", "1 person"),
        ("nb", 2, "2 svar", "fra 2 virksomheter", "2 personer"),
        ("nb", 21, "21 svar", "fra 21 virksomheter", "21 personer"),
        ("nn", 0, "0 svar", "frå 0 verksemder", "0 personar"),
        ("nn", 1, "1 svar", "frå 1 verksemd", "1 person"),
        ("nn", 2, "2 svar", "frå 2 verksemder", "2 personar"),
        ("nn", 21, "21 svar", "frå 21 verksemder", "21 personar"),
        ("en", 0, "0 answers", "from 0 organisations", "0 people"),
        ("en", 1, "1 answer", "from 1 organisation", "1 person"),
        ("en", 2, "2 answers", "from 2 organisations", "2 people"),
        ("en", 21, "21 answers", "from 21 organisations", "21 people"),
    ],
)
def test_a_number(language: str, n: int, answers: str, houses: str, people: str) -> None:
    say = Translator(language)
    given = say.tn(*SVAR, n)
    assert given == answers
    assert say.tn(*HUS, n, given=given) == f"{answers} {houses}"
    assert say.tn(*FOLK, n) == people


@pytest.mark.parametrize(
    ("language", "said"),
    [("nb", "Nav, KS og Udi"), ("nn", "Nav, KS og Udi"), ("en", "Nav, KS and Udi")],
)
def test_a_list(language: str, said: str) -> None:
    say = Translator(language)
    assert say.listing(["Nav", "KS", "Udi"]) == said
    assert say.listing(["Nav"]) == "Nav"
    assert say.listing([]) == ""


def test_what_people_wrote_is_never_taken_for_a_pattern() -> None:
    for language in IN_ALL:
        assert "{n}" in Translator(language).t("Write in {room}", room="{n}")


@pytest.mark.parametrize(
    ("given", "language"),
    [("nb-NO", "nb"), ("no", "nb"), ("NN_no", "nn"), ("en-GB", "en"), ("se", "nb"), (None, "nb")],
)
def test_a_language_is_known(given: str | None, language: str) -> None:
    assert known(given) == language
