"""Reminders of a round: privately, only to those who have not answered, never more than the cap."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dialogs.calendar import WorkCalendar
from dialogs.codec import encode
from dialogs.language import ZONE, Translator
from dialogs.messages import Button, Buttons, Element, Message, Text
from dialogs.reminding import ReminderKind, within_cap
from dialogs.rounds.dialog import rounds_dialog
from dialogs.turn import Turn, speaker
from storage import nudges, outbox, timers, waiting
from storage.outbox import ToMany
from storage.waiting import WHO, Home, PlainRow, Waiting

PER_WEEK = 2  # for a member, over all collaborations
WEEK = timedelta(days=7)
_LAST = ReminderKind.CLOSING


@rounds_dialog.due("remind", alone=True)
def remind(turn: Turn, arguments: list[str]) -> None:
    """Remind those who have not answered in the rounds that are due. A person gets one message for
    all that waits in any collaboration, at most one a day and so many a week."""
    due, homes = _by_day(turn, arguments)
    if not due:
        return
    rows = waiting.for_people_of(turn.db, due)
    others = {row[WHO] for row in rows} - homes.keys()
    homes |= waiting.homes(turn.db, others) if others else {}
    over = {each.id for each in homes.values() if each.closes_at <= turn.now}
    sent = nudges.since(turn.db, due, turn.now - WEEK)
    reached: list[int] = []
    alike: dict[_Alike, list[int]] = {}
    for waits, people in _by_what_waits(rows, over).items():
        if due.isdisjoint([each[0] for each in waits]):
            continue
        asked = [
            (person_id, place_id)
            for person_id, place_id, away_until in people
            if _may_be_reminded(turn, away_until, waits[0], sent.get(person_id, ()))
        ]
        if asked:
            reached += [person_id for person_id, _ in asked]
            alike.setdefault(_alike(waits, homes), []).extend([place for _, place in asked])
    last = {int(each.split(",")[0][1:]) for each in arguments if each.endswith(f",{_LAST}")}
    posts = [_worded(each, place_ids, homes, last) for each, place_ids in alike.items()]
    outbox.post_in(turn.db, posts, key=f"remind:{turn.event_key}", dialog="round", now=turn.now)
    nudges.note(turn.db, reached, turn.now)


def _by_what_waits(
    rows: Iterable[PlainRow], over: Container[int]
) -> dict[tuple[PlainRow, ...], list[PlainRow]]:
    """Who they are for whom the same waits in rounds that are not over: most of a round. Of several
    places of a person, that of the last rows is the one to write in."""
    people: dict[int, tuple[PlainRow, list[PlainRow]]] = {}
    for row in rows:
        if row[WHO] in over:
            continue
        who = row[:WHO]
        known = people.get(who[0])
        if known is None or known[0] != who:
            known = people[who[0]] = (who, [])
        known[1].append(row[WHO:])
    same: dict[tuple[PlainRow, ...], list[PlainRow]] = {}
    for who, waits in people.values():
        same.setdefault(tuple(waits), []).append(who)
    return same


def _by_day(turn: Turn, arguments: list[str]) -> tuple[set[int], dict[int, Home]]:
    """The rounds to remind of now, and all due, by id. What is late, as nobody was running,
    may be due at night: it is put off until people are at work, unless the round is over by then.
    One whose closing time has come is not reminded of, though its closing is still to come."""
    named = {argument: int(argument.split(",")[0][1:]) for argument in arguments}
    homes = waiting.homes(turn.db, set(named.values()))
    at_work = cache(lambda *where: WorkCalendar(*where).next_working_moment(turn.now))
    due: set[int] = set()
    later: list[dict[str, Any]] = []
    for argument, round_id in named.items():
        home = homes[round_id]
        at = at_work(home.country, home.zone)
        if home.closes_at <= max(at, turn.now):
            continue
        if at == turn.now:
            due.add(round_id)
        else:
            later.append(
                {
                    "occurrence": f"round:remind:{argument}:{at.isoformat()}",
                    "dialog": "round",
                    "action": "remind",
                    "argument": argument,
                    "collaboration_id": home.collaboration_id,
                    "due_at": at,
                }
            )
    timers.plan(turn.db, later)
    return due, homes


def _may_be_reminded(
    turn: Turn, away_until: date | None, waits: PlainRow, sent: Sequence[datetime]
) -> bool:
    """Not while they are away; not twice in a day, for the first message named all that waited; not
    more than the cap."""
    if away_until is None and not sent:
        return True
    zone = ZoneInfo(Waiting(*waits).zone or ZONE)
    today = turn.now.astimezone(zone).date()
    if away_until is not None and away_until >= today:
        return False
    if any(each.astimezone(zone).date() == today for each in sent):
        return False
    return within_cap(sent, turn.now, PER_WEEK)


class _Alike(NamedTuple):
    """Those with the same languages and zone for whom the same waits read the same: their reminder
    is worded and enqueued once."""

    language: str | None  # their own, or their organisation's
    place_language: str | None
    zone: str | None
    waiting: tuple[tuple[int, int], ...]  # round, how many questions


def _alike(rows: Iterable[PlainRow], homes: Mapping[int, Home]) -> _Alike:
    mine = [Waiting(*row) for row in rows]
    first = mine[0]
    adopted = homes[first.round_id].house_languages
    language = first.language or (adopted and adopted.get(str(first.organisation_id))) or None
    waits = tuple((each.round_id, each.questions) for each in mine)
    return _Alike(language, first.place_language, first.zone, waits)


def _worded(
    alike: _Alike, place_ids: list[int], homes: Mapping[int, Home], last: Container[int]
) -> ToMany:
    first = homes[alike.waiting[0][0]]
    say = speaker((alike.language, alike.place_language, first.language), (alike.zone, first.zone))
    waits = [(homes[each], count, each in last) for each, count in alike.waiting]
    body = encode(_message(say, waits))
    return ToMany(place_ids, f"r{first.id}", first.collaboration_id, body)


def _message(say: Translator, waits: Sequence[tuple[Home, int, bool]]) -> Message:
    """One message for all that waits: what, until when, whether it is said for the last time, and
    that not answering is fine."""
    elements: list[Element] = []
    for home, count, for_the_last_time in waits:
        elements.append(
            Text(
                say.t(
                    "{questions} in «{name}» ({collaboration}). The round closes {moment}.",
                    questions=say.tn(
                        "{n} question is waiting for you",
                        "{n} questions are waiting for you",
                        count,
                    ),
                    name=say.pick(home.name),
                    collaboration=home.collaboration,
                    moment=say.moment(home.closes_at),
                )
            )
        )
        if for_the_last_time:
            elements.append(Text(say.t("I will not remind you of this round again."), "muted"))
    button = Button("round:bring:", say.t("Answer now"), "primary", typed="svar")
    elements.append(Buttons((button,)))
    elements.append(Text(say.t("It is fine to skip, or to answer «don't know»."), "muted"))
    return Message(say.language, tuple(elements), say.t("Questions are waiting for you"))
