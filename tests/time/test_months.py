"""When a conclusion is asked again: so many calendar months later."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.arrived.when import months_later


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 8, 15), 12, date(2027, 8, 15)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert months_later(day, months) == then
