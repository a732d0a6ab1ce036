"""What a row becomes after it was tried: a pure decision from an outcome to a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from bot.channel import Gone, Later, Outcome, Refused, Sent, Unknown
from bot.retry import LIMIT, next_try
from storage.outbox import POSTS
from storage.sending import Change, Claimed
from storage.tables import Kind, Reason, Sending

SHORTEST = timedelta(milliseconds=100)  # whatever a platform says, no tighter than this
RENDER_LIMIT = 8  # a message that cannot be rendered holds up its thread for two minutes at most


@dataclass(frozen=True, slots=True)
class Found:
    """A post in doubt had gone: the platform calls it `platform_id`."""

    platform_id: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """It was not tried: we are stopping, or its lease was about to run out."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing went, and trying again does no harm."""

    reason: Reason
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Away:
    """A live message has nothing to show: it is not there, or no longer."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """There is nothing to do that this channel can do."""


Result = Outcome | Found | Unsent | Failed | Away | Skipped


@dataclass(frozen=True, slots=True)
class Tried:
    """A row that was tried, what came of it, and the version that was shown."""

    row: Claimed
    result: Result
    version: int


@dataclass(frozen=True, slots=True)
class Moment:
    """When a result is judged, in both times, and how far apart edits are on this channel."""

    wall: datetime
    now: datetime
    edit_gap: timedelta


class Happened(StrEnum):
    """What is counted, per platform."""

    SENT = "sent"  # posted, changed, removed or marked
    FOUND = "found"  # in doubt, and it had gone
    REPEATED = "repeated"  # in doubt, and sent again without knowing
    LATER = "later"  # the platform asked us to wait
    DOUBT = "doubt"  # it may or may not have gone
    FAILED = "failed"  # to be tried again
    SKIPPED = "skipped"  # nothing to do
    GONE = "gone"  # the place or message is not there
    REFUSED = "refused"  # given up
    LOST = "lost"  # our lease ran out before we could record


def decide(done: Tried, at: Moment, rng: Random) -> Change:
    """What to record: settled, tried again later, in doubt, gone or refused."""
    row, result = done.row, done.result
    match result:
        case Sent(platform_id=platform_id):
            return _settled(done, at, platform_id or row.platform_id)
        case Found(platform_id=platform_id):
            return _found(done, at, platform_id)
        case Away():
            return _settled(done, at, None)
        case Skipped():
            return _settled(done, at, row.platform_id, Reason.UNABLE)
        case Gone() if row.kind == Kind.REMOVE:
            return _settled(done, at, None)
        case Gone(reason=reason):
            return _ended(row, at, Sending.GONE, reason)
        case Refused(reason=reason):
            return _ended(row, at, Sending.REFUSED, reason)
        case _:
            return _not_over(row, result, at, rng)


def _not_over(
    row: Claimed, result: Later | Unsent | Unknown | Failed, at: Moment, rng: Random
) -> Change:
    match result:
        case Later(after=after, whole_place=whole):
            until = at.wall + max(after, SHORTEST)
            return _waiting(row, until, row.attempts, hold=until if whole else None)
        case Unsent():
            return _untried(row, at)
        case Unknown() if row.posts:
            return _in_doubt(row, at, rng)
        case Unknown():
            return _again(row, at, rng, Failed(Reason.FAILED))
        case Failed():
            return _again(row, at, rng, result)


def counted(done: Tried, change: Change) -> Happened:
    """What to count it as."""
    if change.state in (Sending.GONE, Sending.REFUSED):
        return Happened.GONE if change.state == Sending.GONE else Happened.REFUSED
    match done.result:
        case Sent() | Gone():
            return Happened.REPEATED if done.row.repeats > done.row.repeated else Happened.SENT
        case Found():
            return Happened.FOUND
        case Later():
            return Happened.LATER
        case Unknown() if done.row.posts:
            return Happened.DOUBT
        case Unknown() | Failed():
            return Happened.FAILED
        case _:
            return Happened.SKIPPED


def _settled(
    done: Tried, at: Moment, platform_id: str | None, reason: Reason | None = None
) -> Change:
    row = done.row
    ours = row.kind in POSTS  # marks and removals make no message of ours
    return Change(
        row,
        Sending.SETTLED,
        sent=done.version,
        not_before=at.wall + at.edit_gap,
        attempts=0,
        platform_id=platform_id if ours else None,
        repeats=row.repeats,
        reason=reason,
        sent_at=at.now if reason is None else None,
    )


def _found(done: Tried, at: Moment, platform_id: str) -> Change:
    """Which version of a live message went is not known: it is shown again, as an edit."""
    row = done.row
    if row.kind != Kind.LIVE:
        return _settled(done, at, platform_id)
    return Change(
        row,
        Sending.WAITING,
        sent=row.sent,
        not_before=at.wall + at.edit_gap,
        attempts=0,
        platform_id=platform_id,
        repeats=row.repeats,
        sent_at=at.now,
    )


def _waiting(row: Claimed, until: datetime, attempts: int, hold: datetime | None = None) -> Change:
    return Change(
        row,
        Sending.WAITING,
        sent=row.sent,
        not_before=until,
        attempts=attempts,
        platform_id=row.platform_id,
        repeats=row.repeats,
        hold=hold,
        keeps_body=True,
    )


def _untried(row: Claimed, at: Moment) -> Change:
    """As it was before the claim: what was in doubt still is."""
    return Change(
        row,
        Sending.SENDING if row.doubt else Sending.WAITING,
        sent=row.sent,
        not_before=at.wall,
        attempts=row.attempts,
        platform_id=row.platform_id,
        repeats=row.repeated,
        leased_until=at.wall if row.doubt else None,
        keeps_body=True,
    )


def _in_doubt(row: Claimed, at: Moment, rng: Random) -> Change:
    wait = next_try(row.attempts + 1, rng)
    if wait is None:
        return _ended(row, at, Sending.REFUSED, Reason.DOUBT)
    return Change(
        row,
        Sending.SENDING,
        sent=row.sent,
        not_before=at.wall,
        attempts=row.attempts + 1,
        platform_id=row.platform_id,
        repeats=row.repeats,
        leased_until=at.wall + wait,
        keeps_body=True,
    )


def _again(row: Claimed, at: Moment, rng: Random, failed: Failed) -> Change:
    wait = next_try(row.attempts + 1, rng, failed.limit)
    if wait is None:
        return _ended(row, at, Sending.REFUSED, failed.reason)
    return _waiting(row, at.wall + wait, row.attempts + 1)


def _ended(row: Claimed, at: Moment, state: Sending, reason: str) -> Change:
    return Change(
        row,
        state,
        sent=row.sent,
        not_before=at.wall,
        attempts=row.attempts,
        platform_id=row.platform_id,
        repeats=row.repeats,
        reason=reason,
    )
