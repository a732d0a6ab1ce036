"""When a round reminds, and how much one person can take."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.calendar import WorkCalendar
from dialogs.reminding import (
    Occurrence,
    ReminderKind,
    round_reminders,
    within_cap,
)

NORWAY = WorkCalendar()
OSLO = ZoneInfo("Europe/Oslo")
ALL_ZONES = sorted(available_timezones())
HALF, CLOSING = ReminderKind.HALF, ReminderKind.CLOSING
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)

relaxed = settings(deadline=None)
hours = st.sampled_from([WorkCalendar.day, (time(9), time(21)), (time(0), time(23, 59))])
calendars = st.builds(WorkCalendar, zone=st.sampled_from(ALL_ZONES), day=hours)
lengths = st.timedeltas(-DAY, 4 * DAY) | st.timedeltas(-DAY, 60 * DAY)
instants = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - Hypothesis wants its bounds naive
    datetime(2037, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from(ALL_ZONES).map(ZoneInfo),
)


def oslo(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


def check(calendar, opened, closes):
    """What holds for the reminders of any round."""
    found = round_reminders(opened, closes, calendar)
    assert [one.kind for one in found] in ([], [CLOSING], [HALF, CLOSING])
    for one in found:
        assert one.at.tzinfo is UTC
        assert opened <= one.at < closes
        assert calendar.next_working_moment(one.at) == one.at
    if found:
        left = calendar.working_spans(found[-1].at, closes)
        assert sum((end - start for start, end in left), timedelta()) == 4 * HOUR
    if len(found) == 2:
        assert closes.astimezone(UTC) - opened.astimezone(UTC) > DAY
        assert found[1].at - found[0].at >= 2 * HOUR
        assert calendar.local_date(found[0].at) < calendar.local_date(found[1].at)
    return found


@pytest.mark.parametrize(
    ("opened", "closes", "half", "closing"),
    [
        # Rounds of three working days.
        ("2026-11-23T10:00", "2026-11-26T10:00", "2026-11-24T14:00", "2026-11-25T14:00"),
        ("2026-11-23T14:00", "2026-11-26T14:00", "2026-11-25T10:00", "2026-11-26T10:00"),
        ("2026-11-23T08:00", "2026-11-26T08:00", "2026-11-24T12:00", "2026-11-25T12:00"),
        ("2026-11-20T15:00", "2026-11-25T15:00", "2026-11-24T11:00", "2026-11-25T11:00"),
        # Half-time falls on the end of a day, the last one too: both move to a morning.
        ("2026-11-23T12:00", "2026-11-26T12:00", "2026-11-25T08:00", "2026-11-26T08:00"),
        # Over Easter, over 1 May, over each change of clocks.
        ("2026-04-01T10:00", "2026-04-09T10:00", "2026-04-07T14:00", "2026-04-08T14:00"),
        ("2026-04-30T10:00", "2026-05-06T10:00", "2026-05-04T14:00", "2026-05-05T14:00"),
        ("2025-03-28T10:00", "2025-04-02T10:00", "2025-03-31T14:00", "2025-04-01T14:00"),
        ("2026-10-23T10:00", "2026-10-28T10:00", "2026-10-26T14:00", "2026-10-27T14:00"),
        # Christmas comes before the round closes: the last one comes before Christmas.
        ("2026-12-21T10:00", "2026-12-28T10:00", "2026-12-22T13:00", "2026-12-23T12:00"),
        # Half-time would fall on the date of the last one.
        ("2026-11-23T10:00", "2026-11-24T16:00", None, "2026-11-24T12:00"),
        # Half-time would come after the last one.
        ("2026-11-20T13:00", "2026-11-23T11:00", None, "2026-11-20T15:00"),
        # No longer than a day.
        ("2026-11-23T10:00", "2026-11-24T10:00", None, "2026-11-23T14:00"),
        ("2026-11-23T08:00", "2026-11-23T16:00", None, "2026-11-23T12:00"),
        # Four hours of work at most: there is nothing to remind of yet.
        ("2026-11-23T12:00", "2026-11-23T16:00", None, None),
        ("2026-11-20T15:00", "2026-11-23T11:00", None, None),
        # In the summer break.
        ("2026-07-06T10:00", "2026-07-09T10:00", None, None),
        # It closes before it opens.
        ("2026-11-26T10:00", "2026-11-23T10:00", None, None),
    ],
)
def test_a_round_reminds_at_half_time_and_before_it_closes(opened, closes, half, closing):
    expected = [
        Occurrence(kind, oslo(at).astimezone(UTC))
        for kind, at in ((HALF, half), (CLOSING, closing))
        if at
    ]
    assert list(round_reminders(oslo(opened), oslo(closes), NORWAY)) == expected


def test_half_time_is_only_for_rounds_longer_than_a_day():
    round_the_clock = WorkCalendar(day=(time(0), time(23, 59)))
    opened = oslo("2026-11-23T10:00")
    assert len(check(round_the_clock, opened, opened + DAY)) == 1
    assert len(check(round_the_clock, opened, opened + DAY + TICK)) == 2


@relaxed
@given(calendars, instants, lengths)
def test_no_round_reminds_at_night_or_after_closing(calendar, opened, length):
    check(calendar, opened, opened.astimezone(UTC) + length)


@relaxed
@given(calendars, instants, st.integers(2, 20))
def test_a_round_outside_the_breaks_reminds_twice_from_three_days_on(calendar, opened, days):
    without_breaks = replace(calendar, breaks=())
    closes = without_breaks.closing_time(opened, days)
    kinds = [one.kind for one in check(without_breaks, opened, closes)]
    assert kinds[-1] == CLOSING
    assert days < 3 or kinds == [HALF, CLOSING]


def test_a_year_of_rounds_in_oslo():
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    months: dict[int, set[int]] = {month: set() for month in range(1, 13)}
    while opened < datetime(2027, 1, 1, tzinfo=UTC):
        for one in check(NORWAY, opened, NORWAY.closing_time(opened)):
            at = one.at.astimezone(OSLO)
            if at.year == 2026:
                months[at.month].add(at.day)
        opened += HOUR
    assert months[7] == set()
    assert months[12] == {1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23}
    assert months[5] == {4, 5, 6, 7, 8, 11, 12, 13, 15, 18, 19, 20, 21, 22, 26, 27, 28, 29}
    assert months[4] == {1, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 27, 28, 29, 30}


@pytest.mark.parametrize(
    ("ago", "per_week", "allowed"),
    [
        ([], 1, True),
        ([], 0, False),
        ([HOUR], 2, True),
        ([HOUR, DAY], 2, False),
        ([7 * DAY - TICK], 1, False),
        ([7 * DAY], 1, True),
        ([HOUR, 8 * DAY, 9 * DAY], 2, True),
        ([-HOUR], 1, False),  # another replica's clock is ahead
    ],
)
def test_a_person_is_asked_so_often_in_seven_days(ago, per_week, allowed):
    assert within_cap([NOW - span for span in ago], NOW, per_week) is allowed


def test_a_week_of_the_cap_is_not_shortened_by_the_clocks():
    # Seven days of the wall clock in Oslo, but 169 hours and 167 hours.
    now = oslo("2026-10-28T10:00")
    assert within_cap([oslo("2026-10-21T10:30")], now, 1)
    now = oslo("2026-04-01T10:00")
    assert not within_cap([oslo("2026-03-25T09:30")], now, 1)


@given(st.lists(st.integers(0, 400)), st.integers(0, 5))
def test_keeping_to_the_cap_gives_no_seven_days_with_more(hours, per_week):
    sent: list[datetime] = []
    for hour in sorted(hours):
        now = NOW + hour * HOUR
        if within_cap(sent, now, per_week):
            sent.append(now)
    for first in sent:
        assert sum(first <= one < first + 7 * DAY for one in sent) <= per_week


def test_a_naive_datetime_is_refused():
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone is missing"):
        round_reminders(naive, NOW, NORWAY)
    with pytest.raises(ValueError, match="time zone is missing"):
        within_cap([naive], NOW, 1)
