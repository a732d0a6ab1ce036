"""Working days and quiet hours: when a round may close and when a person may be reminded.

Pure arithmetic: no clock is read, and nothing is fetched. Instants go in as aware datetimes of any
zone and come out in UTC, because two datetimes that share a zone are subtracted by their wall
clocks and get daylight saving wrong.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from holidays import HolidayBase

ONE_DAY = timedelta(days=1)

# Longer than any break, short enough to find out at once that a calendar never has a free moment.
SEARCH_DAYS = 800


@dataclass(frozen=True)
class WorkCalendar:
    """The working time of one organisation.

    Weekends and public holidays are those of `country` (ISO 3166, two capitals). `day` is the
    working day from its first moment until just before its last, on the clocks of `zone` (an IANA
    name); all other time is quiet. `breaks` are periods of each year, both ends included, as
    (month, day, month, day); one may run past New Year. Nobody is reminded during a break, but
    its days still count towards a closing time: a date that was announced must be easy to count.
    """

    country: str = "NO"
    zone: str = "Europe/Oslo"
    breaks: tuple[tuple[int, int, int, int], ...] = ((7, 1, 7, 31), (12, 24, 1, 1))
    day: tuple[time, time] = (time(8), time(16))

    def __post_init__(self) -> None:
        _see_that_holidays_are_known(self.country)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone: {self.zone!r}") from error
        for first_month, first_day, last_month, last_day in self.breaks:
            # A leap year, so that 29 February may be named.
            date(2024, first_month, first_day)
            date(2024, last_month, last_day)
        if self.day[0] >= self.day[1]:
            raise ValueError(f"a working day must end after it begins: {self.day}")

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work: no weekend and no public holiday. Breaks do not matter."""
        return day in _working_days(self.country, day.year)

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that comes `count` working days after `day`; for 0, `day` itself."""
        if count < 0:
            raise ValueError(f"cannot add {count} working days")
        while count:
            day += ONE_DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days come after `first`, up to and including `last`."""
        days = (last - first).days
        return sum(self.is_working_day(first + n * ONE_DAY) for n in range(1, days + 1))

    def closing_time(self, started: datetime, working_days: int = 3) -> datetime:
        """When a round that started then closes: that many working days later, at the same time.

        A start outside the day's hours counts as the nearest end of that day, a start on a day off
        as the end of the working day before it. So every round gets that many whole working days,
        one that starts later never closes earlier, and none closes at night. Seconds are dropped,
        for people are told the minute.
        """
        if working_days < 1:
            raise ValueError(f"a round needs at least one working day, not {working_days}")
        local = as_utc(started).astimezone(ZoneInfo(self.zone))
        begins, ends = self.day
        if self.is_working_day(local.date()):
            at = min(max(local.time().replace(second=0, microsecond=0), begins), ends)
        else:
            at = ends
        return _instant(self.add_working_days(local.date(), working_days), at, self.zone)

    def next_working_moment(self, instant: datetime) -> datetime:
        """The instant itself if people may be reminded then, else the next start of a day."""
        instant = as_utc(instant)
        today = self.local_date(instant)
        for n in range(SEARCH_DAYS):
            starts, ends = self._hours(today + n * ONE_DAY)
            if max(instant, starts) < ends:
                return max(instant, starts)
        raise ValueError(f"no working time within {SEARCH_DAYS} days of {instant}: {self}")

    def next_working_morning(self, instant: datetime) -> datetime:
        """When the next working day after this instant's day begins; breaks do not matter."""
        day = self.add_working_days(self.local_date(instant), 1)
        return _instant(day, self.day[0], self.zone)

    def working_spans(
        self, begin: datetime, end: datetime
    ) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches between two instants in which people may be reminded, in order."""
        begin, end = as_utc(begin), as_utc(end)
        first = self.local_date(begin)
        days = (self.local_date(end) - first).days
        hours = [self._hours(first + n * ONE_DAY) for n in range(days + 1)]
        spans = [(max(starts, begin), min(ends, end)) for starts, ends in hours]
        return tuple(span for span in spans if span[0] < span[1])

    def local_date(self, instant: datetime) -> date:
        """The date that people see on their wall at this instant."""
        return as_utc(instant).astimezone(ZoneInfo(self.zone)).date()

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """From when until when people may be reminded that day; both are equal on a free day."""
        begins, ends = self.day
        starts = _instant(day, begins, self.zone)
        if self._in_break(day) or not self.is_working_day(day):
            return starts, starts
        return starts, _instant(day, ends, self.zone)

    def _in_break(self, day: date) -> bool:
        here = (day.month, day.day)
        for first_month, first_day, last_month, last_day in self.breaks:
            first, last = (first_month, first_day), (last_month, last_day)
            if first <= here <= last or (last < first and (here >= first or here <= last)):
                return True
        return False


def as_utc(instant: datetime) -> datetime:
    """The same instant in UTC; a naive datetime is refused, since nobody knows what it means."""
    if instant.utcoffset() is None:
        raise ValueError(f"a time zone is missing: {instant.isoformat()}")
    return instant.astimezone(UTC)


def _instant(day: date, at: time, zone: str) -> datetime:
    """The instant when clocks show this local time.

    A time that exists twice (clocks go back) means the first. One that does not exist (clocks go
    forward) means the next minute that does.
    """
    wall = datetime.combine(day, at, tzinfo=UTC)
    while True:
        instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) == wall:
            return instant
        wall += timedelta(minutes=1)


@lru_cache(maxsize=1024)
def _working_days(country: str, year: int) -> frozenset[date]:
    """All working days of a year; whole years, as `holidays` is not safe to fill from threads."""
    public = _public_holidays(country, year)
    days = (date(year, 1, 1) + n * ONE_DAY for n in range(366))
    return frozenset(day for day in days if day.year == year and public.is_working_day(day))


@lru_cache(maxsize=1024)
def _see_that_holidays_are_known(country: str) -> None:
    """Once for each country: `holidays` looks for its translations each time."""
    _public_holidays(country)


def _public_holidays(country: str, *years: int) -> "HolidayBase":
    # Imported here because it costs 0.1 s, which every `samspill --help` would pay.
    import holidays

    try:
        # `holidays` would take the names of stock exchanges and of its own classes as well.
        if not re.fullmatch("[A-Z]{2}", country):
            raise NotImplementedError
        return holidays.country_holidays(country, years=years)
    except NotImplementedError:
        raise ValueError(
            f"no public holidays are known for {country!r}: use two capitals, as in NO"
        ) from None
