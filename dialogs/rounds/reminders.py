"""Reminders of a round: privately, only to those who have not answered, never more than the cap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dialogs.calendar import WorkCalendar
from dialogs.codec import encode
from dialogs.dialog import Turn, View, translator
from dialogs.language import Translator
from dialogs.messages import Button, Buttons, Element, Message, Text
from dialogs.reminding import within_cap
from dialogs.rounds.dialog import rounds_dialog
from storage import nudges, outbox, people, places, rounds, timers
from storage.tables import Collaboration, Person, Place, Round

PER_WEEK = 2  # for a member, over all collaborations
WEEK = timedelta(days=7)
ZONE = "Europe/Oslo"  # of people who chose none


@rounds_dialog.due("remind", alone=True)
def remind(turn: Turn, arguments: list[str]) -> None:
    """Remind those who have not answered in the rounds that are due. A person gets one message for
    all that waits in any collaboration, at most one a day and so many a week."""
    due = _by_day(turn, arguments)
    concerned = sorted({person for _, person, _ in rounds.unanswered(turn.db, due)})
    if not concerned:
        return
    chosen = [each for each in people.persons(turn.db, concerned) if not _away(turn, each)]
    sent = nudges.since(turn.db, [each.id for each in chosen], turn.now - WEEK)
    chosen = [each for each in chosen if _may_be_asked(turn, each, sent.get(each.id, []))]
    ids = [each.id for each in chosen]
    unanswered = rounds.unanswered_by(turn.db, ids)
    round_ids = {round_id for round_id, _, _ in unanswered}
    there = rounds.many(turn.db, sorted(round_ids))
    found = {each.id: each for each in there if each.closes_at > turn.now}
    waiting: dict[int, list[tuple[int, int]]] = {}
    for round_id, person_id, count in unanswered:
        if round_id in found:
            waiting.setdefault(person_id, []).append((round_id, count))
    homes = people.collaborations(turn.db, {each.collaboration_id for each in found.values()})
    direct = places.directs(turn.db, ids)
    reached = [each for each in chosen if each.id in direct]
    body = _bodies(turn, waiting, found, homes)
    rows = [
        _row(turn, each, place, body(each, place), found[waiting[each.id][0][0]])
        for each in reached
        for place in [direct[each.id]]
    ]
    outbox.post_many(turn.db, rows, turn.now)
    nudges.note(turn.db, [each.id for each in reached], turn.now)


def _by_day(turn: Turn, arguments: list[str]) -> list[int]:
    """The rounds to remind of now. What is late, for nobody was running, may be due at night: it is
    put off until people are at work, unless the round is over by then. One whose closing time has
    come is not reminded of, though the turn that closes it is still to come."""
    named = {argument: int(argument.split(",")[0][1:]) for argument in arguments}
    found = {each.id: each for each in rounds.many(turn.db, sorted(set(named.values())))}
    homes = people.collaborations(turn.db, {each.collaboration_id for each in found.values()})
    due: set[int] = set()
    later: list[dict[str, Any]] = []
    for argument, round_id in named.items():
        here = found[round_id]
        home = homes[here.collaboration_id]
        at = WorkCalendar(home.country, home.zone).next_working_moment(turn.now)
        if here.closes_at <= max(at, turn.now):
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
                    "collaboration_id": home.id,
                    "due_at": at,
                }
            )
    timers.plan(turn.db, later)
    return sorted(due)


def _away(turn: Turn, person: Person) -> bool:
    return person.away_until is not None and person.away_until >= _day(person, turn.now)


def _may_be_asked(turn: Turn, person: Person, sent: list[datetime]) -> bool:
    """Not twice in a day, for the first message named all that waited; not more than the cap."""
    today = _day(person, turn.now)
    if any(_day(person, each) == today for each in sent):
        return False
    return within_cap(sent, turn.now, PER_WEEK)


def _day(person: Person, at: datetime) -> date:
    return at.astimezone(ZoneInfo(person.zone or ZONE)).date()


def _row(
    turn: Turn, person: Person, place: Place, body: dict[str, Any], first: Round
) -> dict[str, object]:
    return {
        "key": f"remind:{turn.event_key}:{person.id}",
        "place_id": place.id,
        "dialog": "round",
        "argument": f"r{first.id}",
        "collaboration_id": first.collaboration_id,
        "body": body,
    }


def _bodies(
    turn: Turn,
    waiting: dict[int, list[tuple[int, int]]],
    found: dict[int, Round],
    homes: dict[int, Collaboration],
) -> Callable[[Person, Place], dict[str, Any]]:
    """Words each message once: colleagues for whom the same waits read the same."""
    said: dict[tuple[Translator, tuple[tuple[int, int], ...]], dict[str, Any]] = {}

    def body(person: Person, place: Place) -> dict[str, Any]:
        mine = waiting[person.id]
        say = translator(person, place, homes[found[mine[0][0]].collaboration_id])
        key = (say, tuple(mine))
        if key not in said:
            view = View(turn.db, turn.now, turn.packs, person, place, say)
            said[key] = encode(reminder(view, [(found[r], count) for r, count in mine], homes))
        return said[key]

    return body


def reminder(
    view: View, waiting: list[tuple[Round, int]], homes: dict[int, Collaboration]
) -> Message:
    """One message for all that waits: what, until when, and that not answering is fine."""
    say = view.say
    elements: list[Element] = []
    for found, count in waiting:
        questions = say.tn("{n} question waits for you", "{n} questions wait for you", count)
        elements.append(
            Text(
                say.t(
                    "{questions} in «{name}» ({collaboration}). The round closes {moment}.",
                    questions=questions,
                    name=say.pick(found.name),
                    collaboration=homes[found.collaboration_id].name,
                    moment=say.moment(found.closes_at),
                )
            )
        )
    button = Button("round:bring:", say.t("Answer now"), "primary", typed="svar")
    elements.append(Buttons((button,)))
    elements.append(Text(say.t("It is fine to skip, or to answer «don't know»."), "muted"))
    return view.message(*elements, summary=say.t("Questions wait for you"))
