"""Days as people write them: as dates, and as they are named from today."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.language import LANGUAGES, Translator
from dialogs.questions.days import day_in, day_with_year

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("i dag", TODAY),
        ("I morgon.", date(2026, 11, 24)),
        ("fredag", date(2026, 11, 27)),
        ("på fredag", date(2026, 11, 27)),
        ("Friday", date(2026, 11, 27)),
        ("mandag", date(2026, 11, 30)),
        ("måndag", date(2026, 11, 30)),
        ("3 days", date(2026, 11, 26)),
        ("om 2 veker", date(2026, 12, 7)),
        ("23.11", TODAY),
        ("22.11.", date(2027, 11, 22)),
        ("1/2", date(2027, 2, 1)),
        ("5 mai", date(2027, 5, 5)),
        ("1. desember", date(2026, 12, 1)),
        ("1.3.2028", date(2028, 3, 1)),
    ],
)
def test_a_day_that_is_named_from_today(written: str, day: date) -> None:
    assert day_in(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    ["uke 50", "12", "3 møter", "31.2", "Fredrik", "fredagsgruppa", "om litt", "999 uker nå"],
)
def test_what_is_no_day(written: str) -> None:
    assert day_in(written, TODAY) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_can_be_written_as_it_is_shown(language: str) -> None:
    shown = day_with_year("2027-01-15", Translator(language))
    assert day_in(shown) == day_in(shown.replace(" ", ", ", 1)) == date(2027, 1, 15)
    assert day_in(shown.replace("15", "16")) is None, "another weekday: which of the two is meant?"


def test_a_date_in_the_record_needs_its_year() -> None:
    assert day_in("fredag") is None
    assert day_in("1.12") is None
