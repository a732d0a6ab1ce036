"""When the people of a round are reminded, and how much one person can take.

Pure arithmetic over rows that the caller has read; `dialogs/calendar.py` knows the working time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialogs.calendar import ONE_DAY, WorkCalendar, as_utc

# Half a working day: enough to answer, and near enough that people do not put it off again.
CLOSING_NOTICE = timedelta(hours=4)
CAP_WINDOW = 7 * ONE_DAY


class ReminderKind(StrEnum):
    """What a reminder of a round says."""

    HALF = "half"  # half of the working time has passed
    CLOSING = "closing"  # the round closes soon


@dataclass(frozen=True)
class Occurrence:
    """One reminder of a round, due at an instant (UTC)."""

    kind: ReminderKind
    at: datetime


def round_reminders(
    opened_at: datetime, closes_at: datetime, calendar: WorkCalendar
) -> tuple[Occurrence, ...]:
    """The reminders of a round, in order: none, the one before closing, or both.

    All is counted in working time, so none comes in quiet hours, on a day off, in a break, before
    the round opens or after it closes. The last one leaves four hours of work (a round with no
    more than that has none: it has just been posted). Half-time comes only in rounds longer than
    a day, and on an earlier date than the last one, which also keeps them two hours apart.
    """
    spans = calendar.working_spans(opened_at, closes_at)
    total = sum((ends - starts for starts, ends in spans), timedelta())
    if total <= CLOSING_NOTICE:
        return ()
    closing = Occurrence(ReminderKind.CLOSING, _after(spans, total - CLOSING_NOTICE))
    half = Occurrence(ReminderKind.HALF, _after(spans, total / 2))
    longer_than_a_day = as_utc(closes_at) - as_utc(opened_at) > ONE_DAY
    if longer_than_a_day and calendar.local_date(half.at) < calendar.local_date(closing.at):
        return (half, closing)
    return (closing,)


def within_cap(sent: Iterable[datetime], now: datetime, per_week: int) -> bool:
    """Whether a person who was asked at these instants may be asked once more.

    A week is the last seven days, not the one of the calendar: Sunday and Monday are no two weeks.
    """
    since = as_utc(now) - CAP_WINDOW
    return sum(as_utc(instant) > since for instant in sent) < per_week


def _after(spans: Sequence[tuple[datetime, datetime]], worked: timedelta) -> datetime:
    """When that much of the spans has passed; at the end of one, the start of the next."""
    for starts, ends in spans:
        if worked < ends - starts:
            return starts + worked
        worked -= ends - starts
    raise ValueError(f"the spans are {worked} too short")
