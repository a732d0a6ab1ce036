"""Working days, quiet hours and closing times: holidays, both clock changes, and all time zones."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.calendar import WorkCalendar

NORWAY = WorkCalendar()
OSLO = ZoneInfo("Europe/Oslo")
ALL_ZONES = sorted(available_timezones())
HOUR = timedelta(hours=1)

relaxed = settings(deadline=None)
calendars = st.builds(
    WorkCalendar,
    country=st.sampled_from(["NO", "SE", "IL", "US"]),
    zone=st.sampled_from(ALL_ZONES),
    breaks=st.sampled_from([WorkCalendar.breaks, (), ((2, 29, 2, 29), (12, 20, 1, 6))]),
)
instants = st.datetimes(
    datetime(2015, 1, 1),  # noqa: DTZ001 - Hypothesis wants its bounds naive
    datetime(2037, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from(ALL_ZONES).map(ZoneInfo),
)
days = st.dates(date(2015, 1, 1), date(2037, 12, 31))


def oslo(text):
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


def open_at(calendar, instant):
    """Whether people may be reminded now, told from the clock on the wall."""
    wall = instant.astimezone(ZoneInfo(calendar.zone))
    here = (wall.month, wall.day)
    for a, b, c, d in calendar.breaks:
        inside = (a, b) <= here <= (c, d) if (a, b) <= (c, d) else not (c, d) < here < (a, b)
        if inside:
            return False
    on_the_clock = calendar.day[0] <= wall.time() < calendar.day[1]
    return on_the_clock and calendar.is_working_day(wall.date())


# Days


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-01-01", "New Year"),
        ("2026-04-02", "Maundy Thursday"),
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-01", "1 May"),
        ("2026-05-14", "Ascension Day"),
        ("2024-05-17", "17 May, a Friday"),
        ("2026-05-25", "Whit Monday"),
        ("2026-12-25", "Christmas Day"),
        ("2025-12-26", "Second Christmas Day"),
        ("2026-11-21", "a Saturday"),
        ("2026-11-22", "a Sunday"),
    ],
)
def test_people_are_off(day, name):
    assert not NORWAY.is_working_day(date.fromisoformat(day)), name


@pytest.mark.parametrize(
    "day", ["2026-04-01", "2026-05-18", "2026-07-15", "2026-12-24", "2024-12-31"]
)
def test_people_are_at_work_and_a_break_does_not_change_that(day):
    assert NORWAY.is_working_day(date.fromisoformat(day))


def test_holidays_and_weekends_are_those_of_the_country():
    friday, sunday = date(2026, 11, 20), date(2026, 11, 22)
    assert WorkCalendar("IL").is_working_day(sunday)
    assert not WorkCalendar("IL").is_working_day(friday)
    assert WorkCalendar("SE").is_working_day(date(2024, 5, 17))
    # New Year's Day 2022 was a Saturday: Americans got the day before, in another year.
    assert not WorkCalendar("US").is_working_day(date(2021, 12, 31))


@relaxed
@given(calendars, days, st.integers(0, 60))
def test_days_added_are_days_counted(calendar, day, count):
    later = calendar.add_working_days(day, count)
    assert calendar.working_days_between(day, later) == count
    assert calendar.is_working_day(later) if count else later == day


def test_no_working_days_are_left_after_the_last():
    assert NORWAY.working_days_between(date(2026, 11, 26), date(2026, 11, 23)) == 0


# Closing times


@pytest.mark.parametrize(
    ("started", "closes"),
    [
        ("2026-11-23T10:00", "2026-11-26T10:00"),  # Monday
        ("2026-11-23T10:00:59.5", "2026-11-26T10:00"),
        ("2026-11-20T15:00", "2026-11-25T15:00"),  # Friday
        ("2026-11-23T06:10", "2026-11-26T08:00"),
        ("2026-11-23T22:10", "2026-11-26T16:00"),
        ("2026-11-21T10:00", "2026-11-25T16:00"),  # Saturday
        ("2026-11-22T23:59", "2026-11-25T16:00"),  # Sunday
        ("2026-04-01T10:00", "2026-04-09T10:00"),  # over Easter
        ("2026-04-03T10:00", "2026-04-09T16:00"),  # Good Friday
        ("2026-04-30T10:00", "2026-05-06T10:00"),  # over 1 May
        ("2024-05-16T10:00", "2024-05-23T10:00"),  # over 17 May and Whit Monday
        ("2026-12-23T10:00", "2026-12-29T10:00"),  # over Christmas
        ("2026-07-14T10:00", "2026-07-17T10:00"),  # in the summer break
        ("2026-03-27T10:00", "2026-04-01T10:00"),  # clocks go forward
        ("2026-10-23T10:00", "2026-10-28T10:00"),  # clocks go back
    ],
)
def test_a_round_closes_three_working_days_later(started, closes):
    assert NORWAY.closing_time(oslo(started)) == oslo(closes).astimezone(UTC)


@relaxed
@given(calendars, instants, st.integers(1, 20))
def test_a_round_gets_all_its_working_days_and_closes_by_day(calendar, started, count):
    closes = calendar.closing_time(started, count)
    wall = closes.astimezone(ZoneInfo(calendar.zone))
    assert closes.tzinfo is UTC
    assert closes > started
    assert calendar.is_working_day(wall.date())
    assert calendar.day[0] <= wall.time() <= calendar.day[1]
    first = calendar.local_date(started)
    assert calendar.working_days_between(first, wall.date()) == count


@relaxed
@given(calendars, instants, st.timedeltas(timedelta(), timedelta(days=14)))
def test_a_round_that_starts_later_never_closes_earlier(calendar, started, wait):
    later = started.astimezone(UTC) + wait
    assert calendar.closing_time(started) <= calendar.closing_time(later)


# Working moments


@pytest.mark.parametrize(
    ("instant", "moment"),
    [
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T15:59:59", "2026-11-23T15:59:59"),
        ("2026-11-23T16:00", "2026-11-24T08:00"),
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-20T18:00", "2026-11-23T08:00"),  # Friday evening
        ("2026-04-01T16:00", "2026-04-07T08:00"),  # Easter
        ("2026-06-30T16:00", "2026-08-03T08:00"),  # the summer break ends on a Friday
        ("2026-12-23T16:00", "2027-01-04T08:00"),  # Christmas, over New Year
        ("2026-03-28T12:00", "2026-03-30T08:00"),  # clocks go forward
        ("2026-10-24T12:00", "2026-10-26T08:00"),  # clocks go back
    ],
)
def test_the_next_working_moment(instant, moment):
    assert NORWAY.next_working_moment(oslo(instant)) == oslo(moment).astimezone(UTC)


@relaxed
@given(calendars, instants, st.floats(0, 1, exclude_max=True))
def test_the_next_working_moment_is_the_first_one_there_is(calendar, instant, part):
    moment = calendar.next_working_moment(instant)
    assert moment.tzinfo is UTC
    assert moment >= instant
    assert open_at(calendar, moment)
    assert calendar.next_working_moment(moment) == moment
    before = instant + (moment - instant.astimezone(UTC)) * part
    assert before >= moment or not open_at(calendar, before)


@relaxed
@given(calendars, instants, st.timedeltas(timedelta(), timedelta(days=60)))
def test_a_later_instant_has_no_earlier_working_moment(calendar, instant, wait):
    later = instant.astimezone(UTC) + wait
    assert calendar.next_working_moment(instant) <= calendar.next_working_moment(later)


@relaxed
@given(
    calendars,
    instants,
    st.timedeltas(timedelta(microseconds=1), timedelta(days=20)),
    st.floats(0, 1, exclude_max=True),
)
def test_spans_hold_just_the_working_time(calendar, begin, length, part):
    begin = begin.astimezone(UTC)
    end = begin + length
    spans = calendar.working_spans(begin, end)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(begin <= edge <= end for edge in edges)
    for probe in (begin, begin + length * part, end - timedelta(microseconds=1)):
        inside = any(starts <= probe < ends for starts, ends in spans)
        assert probe == end or inside == open_at(calendar, probe)


def test_a_year_in_oslo_hour_by_hour():
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    open_hours, closes = 0, NORWAY.closing_time(hour)
    while hour < datetime(2027, 1, 1, tzinfo=UTC):
        here = NORWAY.next_working_moment(hour) == hour
        assert here == open_at(NORWAY, hour)
        assert closes <= NORWAY.closing_time(hour)
        closes = NORWAY.closing_time(hour)
        open_hours += here
        hour += HOUR
    # Of 261 weekdays, 23 are in July, 1 is 1 January, 6 are from 24 December on, and 6 others are
    # holidays: 2, 3 and 6 April, 1, 14 and 25 May.
    assert open_hours == 8 * (261 - 23 - 1 - 6 - 6)


# Local times that do not exist, or exist twice


def test_both_clock_changes_on_a_working_night():
    # In Israel people work on Sundays, when the clocks in Oslo change.
    nights = WorkCalendar("IL", "Europe/Oslo", (), (time(2, 30), time(10)))
    forward = nights.next_working_moment(oslo("2026-03-29T00:30"))
    assert forward == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert forward.astimezone(OSLO).time() == time(3)
    back = nights.next_working_moment(oslo("2026-10-25T00:30"))
    assert back == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert back.astimezone(OSLO).time() == time(2, 30)


def test_a_closing_time_that_does_not_exist_moves_to_the_next_that_does():
    jerusalem = ZoneInfo("Asia/Jerusalem")
    nights = WorkCalendar(zone=jerusalem.key, day=(time(2), time(10)))
    closes = nights.closing_time(datetime(2026, 3, 24, 2, 30, tzinfo=jerusalem))
    assert closes.astimezone(jerusalem) == datetime(2026, 3, 27, 3, tzinfo=jerusalem)


def test_a_closing_time_that_exists_twice_is_the_first():
    cairo = ZoneInfo("Africa/Cairo")
    nights = WorkCalendar(zone=cairo.key, day=(time(20), time(23, 45)))
    closes = nights.closing_time(datetime(2026, 10, 26, 23, 30, tzinfo=cairo))
    assert closes == datetime(2026, 10, 29, 20, 30, tzinfo=UTC)
    assert closes.astimezone(cairo).time() == time(23, 30)


def test_a_working_day_that_a_zone_left_out_is_skipped():
    samoa = WorkCalendar(zone="Pacific/Apia", breaks=())
    thursday_evening = datetime(2011, 12, 29, 20, tzinfo=ZoneInfo("Pacific/Apia"))
    moment = samoa.next_working_moment(thursday_evening)
    assert moment == datetime(2012, 1, 2, 8, tzinfo=ZoneInfo("Pacific/Apia"))


@pytest.mark.soak
@pytest.mark.parametrize("zone", ALL_ZONES)
def test_two_years_in_every_zone(zone):
    calendar = WorkCalendar(zone=zone)
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    while hour < datetime(2028, 1, 1, tzinfo=UTC):
        moment = calendar.next_working_moment(hour)
        assert open_at(calendar, moment)
        assert (moment == hour) == open_at(calendar, hour)
        hour += HOUR


# Faults


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"country": "XX"}, "'XX'"),
        ({"country": "no"}, "two capitals"),
        ({"country": "ECB"}, "'ECB'"),
        ({"country": ""}, "no public holidays"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"zone": "Europe"}, "unknown time zone"),
        ({"zone": "../Oslo"}, "unknown time zone"),
        ({"breaks": ((2, 30, 3, 1),)}, "day"),
        ({"breaks": ((2, 1, 13, 1),)}, "month"),
        ({"day": (time(16), time(8))}, "end after it begins"),
        ({"day": (time(8), time(8))}, "end after it begins"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        WorkCalendar(**wrong)


def test_a_calendar_without_any_working_time_says_so():
    always_off = WorkCalendar(breaks=((1, 1, 12, 31),))
    with pytest.raises(ValueError, match="no working time"):
        always_off.next_working_moment(oslo("2026-11-23T10:00"))


def test_counts_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        NORWAY.closing_time(oslo("2026-11-23T10:00"), 0)
    with pytest.raises(ValueError, match="-1"):
        NORWAY.add_working_days(date(2026, 11, 23), -1)


def test_a_naive_datetime_is_refused():
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone is missing"):
        NORWAY.closing_time(naive)
    with pytest.raises(ValueError, match="time zone is missing"):
        NORWAY.next_working_moment(naive)


def test_importing_it_does_not_load_the_holidays():
    code = "import sys, dialogs.calendar, dialogs.reminding; print('holidays' in sys.modules)"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("instant", "morning"),
    [
        ("2026-11-23T00:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-27T15:00", "2026-11-30T08:00"),  # over a weekend
        ("2026-05-13T12:00", "2026-05-15T08:00"),  # Ascension Day
        ("2026-07-10T12:00", "2026-07-13T08:00"),  # breaks do not matter
    ],
)
def test_the_next_working_morning(instant, morning):
    assert NORWAY.next_working_morning(oslo(instant)) == oslo(morning).astimezone(UTC)
