"""Reminders of a round: privately, only to those who have not answered, never more than the cap."""

from __future__ import annotations

from datetime import timedelta

from dialogs.codec import encode
from dialogs.dialog import Turn, View, translator
from dialogs.messages import Button, Buttons, Element, Message, Text
from dialogs.reminding import within_cap
from dialogs.rounds.dialog import rounds_dialog
from storage import nudges, outbox, people, places, rounds
from storage.tables import Collaboration, Person, Place, Round

PER_WEEK = 2  # for a member, over all collaborations
WEEK = timedelta(days=7)


@rounds_dialog.due("remind")
def remind(turn: Turn, arguments: list[str]) -> None:
    """Remind of all rounds that are due at once; a person gets one message for all."""
    round_ids = {int(each.split(",")[0][1:]) for each in arguments}
    waiting: dict[int, list[tuple[int, int]]] = {}
    for round_id, person, count in rounds.unanswered(turn.db, sorted(round_ids)):
        waiting.setdefault(person, []).append((round_id, count))
    if not waiting:
        return
    sent = nudges.since(turn.db, list(waiting), turn.now - WEEK)
    today = turn.now.date()
    found = {each.id: each for each in rounds.many(turn.db, sorted(round_ids))}
    homes = people.collaborations(turn.db, {each.collaboration_id for each in found.values()})
    persons = people.persons(turn.db, list(waiting))
    chosen = [
        person
        for person in persons
        if within_cap(sent.get(person.id, []), turn.now, PER_WEEK)
        and not (person.away_until and person.away_until >= today)
    ]
    direct = places.directs(turn.db, [person.id for person in chosen])
    rows = [
        _row(turn, person, direct[person.id], waiting[person.id], found, homes)
        for person in chosen
        if person.id in direct
    ]
    outbox.post_many(turn.db, rows, turn.now)
    nudges.note(turn.db, [person.id for person in chosen if person.id in direct], turn.now)


def _row(
    turn: Turn,
    person: Person,
    place: Place,
    waiting: list[tuple[int, int]],
    found: dict[int, Round],
    homes: dict[int, Collaboration],
) -> dict[str, object]:
    first = found[waiting[0][0]]
    view = View(
        turn.db,
        turn.now,
        turn.packs,
        person,
        place,
        translator(person, place, homes[first.collaboration_id]),
    )
    message = reminder(view, [(found[each], count) for each, count in waiting], homes)
    return {
        "key": f"remind:{turn.event_key}:{person.id}",
        "place_id": place.id,
        "dialog": "round",
        "argument": f"r{first.id}",
        "collaboration_id": first.collaboration_id,
        "body": encode(message),
    }


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
