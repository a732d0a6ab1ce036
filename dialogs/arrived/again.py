"""Asking again: the coordinators are told, one of them chooses, and a small round asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialogs.arrived.dialog import arrived, question_of, under
from dialogs.arrived.shown import day_with_year_of
from dialogs.arrived.when import LATER, choose, moment, months_in, wake
from dialogs.authority import coordinator_of
from dialogs.choosing import the_collaboration
from dialogs.language import LANGUAGES, Translator
from dialogs.messages import Button, Buttons, Element, Message, Notice, Quote, Reply, Text
from dialogs.questions.content import content
from dialogs.questions.shown import cut
from dialogs.rounds.dialog import asked_of
from dialogs.rounds.plan import DAYS
from dialogs.rounds.starting import begin, draft, started
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, conclusions, memberships, people, rounds
from storage.tables import TEAM, Asked, Collaboration, Conclusion, Pace, Round, Way, Whose

LEAST_SHOWN = (Whose.ANONYMOUS, Whose.BY_HOUSE, Whose.NAMED, Whose.ONE_EACH)
PART = "again"  # what the record calls the part that such a round asks
SHOWN = 600  # characters of each conclusion in the message to coordinators
MOST = 10  # of them in one message


# --- the message to the coordinators ------------------------------------------------------------


@arrived.due("again", whenever=True)
def due(turn: Turn, arguments: list[str]) -> None:
    """Collaborations where a question is to be asked again."""
    for argument in sorted(set(arguments)):
        home = collaborations.the(turn.db, int(argument[1:]))
        calendar = turn.calendar(home.id)
        at = calendar.next_working_moment(turn.now)
        if at > turn.now:  # nobody was running when it was due, and now it is night
            wake(turn, home.id, at)
        else:
            _bring(turn, home, calendar.local_date(turn.now))


def _bring(turn: Turn, home: Collaboration, today: date) -> None:
    """Tell the coordinators, in one message, of all that is due this week."""
    monday = today + timedelta(days=7 - today.weekday())
    week = datetime.combine(monday, time(), ZoneInfo(home.zone))
    found = conclusions.due_by(turn.db, home.id, week)
    if not found or (found[0].again_at or week) > turn.now:
        return  # it was put off or turned off
    conclusions.bring(turn.db, found, turn.now)
    questions = {each.id: each for each in _questions(turn, found)}

    def build(view: View) -> Message:
        return _message(view, home, [(questions[each.asked_id], each) for each in found])

    everybody = people.persons(turn.db, memberships.coordinators(turn.db, home.id))
    there = [each for each in everybody if each.away_until is None or each.away_until < today]
    for each in there or everybody:
        key = f"arrived:again:{found[0].id}:{turn.now.isoformat()}:{each.id}"
        turn.tell(each.id, key, build, collaboration=home.id)


def _questions(view: View, found: Sequence[Conclusion]) -> list[Asked]:
    several = [rounds.asked(view.db, each.asked_id) for each in found]
    return [each for each in several if each is not None]


def _message(view: View, home: Collaboration, found: Sequence[tuple[Asked, Conclusion]]) -> Message:
    say = view.say
    title = say.t("This is what you arrived at. How do you see it now?")
    made: list[Element] = [Text(home.name, "muted"), Text(title, "heading")]
    for asked, conclusion in found[:MOST]:
        text = conclusion.text
        made += [
            Text(say.pick(content(asked).text)),
            Quote(
                cut(text, SHOWN),
                day_with_year_of(view, conclusion.written_at),
            ),
        ]
    if len(found) > MOST:
        made.append(Text(say.t("And {n} more.", n=len(found) - MOST), "muted"))
    first = f"q{found[0][0].id}"
    how = say.t("You can also write «ask again», «ask again later» or «never ask again».")
    return view.message(
        *made,
        Text(
            say.tn(
                "Shall we ask again? A small round with this question starts in your channels.",
                "Shall we ask again? A small round with these questions starts in your channels.",
                len(found),
            )
        ),
        Buttons(
            (
                Button(arrived.id("ask", first), say.t("Ask again"), "primary", typed=_ASK),
                Button(arrived.id("later", first), say.t("Not now: in a month"), typed=_LATER),
                Button(arrived.id("off", first), say.t("Turn it off"), typed=_OFF),
            )
        ),
        Text(how, "muted"),
        summary=title,
    )


_ASK, _LATER, _OFF = "spør igjen", "spør igjen senere", "ikke spør igjen"


# --- what the coordinator chooses ---------------------------------------------------------------


@arrived.act("ask")
def ask_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Ask what was put before them together again, in one round."""
    return _ask(turn, _batch(turn, argument))


@arrived.act("later")
def later_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Not now: once more in a month."""
    return _later(turn, _batch(turn, argument))


@arrived.act("off")
def off_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Never again, unless somebody says so."""
    return _turn_off(turn, _batch(turn, argument))


def _batch(turn: Turn, argument: str) -> list[Conclusion]:
    """What was put before the coordinators in one message; a refusal when one has chosen."""
    asked, found = asked_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    conclusion = conclusions.of(turn.db, asked.id)
    if conclusion is None or conclusion.brought_at is None:
        raise Refusal(turn.say.t("This has been chosen already, by you or another coordinator."))
    return conclusions.brought(turn.db, found.collaboration_id, conclusion.brought_at)


def _waiting(turn: Turn) -> list[Conclusion]:
    """All that waits for a coordinator's choice in the collaboration."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    found = conclusions.brought(turn.db, home.id)
    if not found:
        raise Refusal(turn.say.t("No question waits to be asked again now."))
    return found


def _ask(turn: Turn, batch: list[Conclusion]) -> Notice:
    home = collaborations.the(turn.db, batch[0].collaboration_id)
    found = _small_round(turn, home, _questions(turn, batch))
    _set(turn, batch, None)
    turn.audit("conclusion.asked", f"round:{found.id}", home.id)
    return turn.notice(started(turn, found.audience))


def _small_round(turn: Turn, home: Collaboration, questions: Sequence[Asked]) -> Round:
    """A round of just these questions, word for word as they were asked and without their
    conditions, which were met then. Answers come as they came then; where they came differently,
    together, and no one's name is shown that was not shown then."""
    then = [rounds.one(turn.db, each.round_id) for each in questions]
    ways = {each.way for each in then if each is not None}
    rows = [
        {
            "question_id": each.question_id,
            "pack_id": each.pack_id,
            "pack_version": each.pack_version,
            "type": each.type,
            "where": each.where,
            "content": {**each.content, "condition": None},
        }
        for each in questions
    ]
    way = ways.pop() if len(ways) == 1 else Way.TOGETHER
    whose = {each.whose for each in then if each is not None}
    again = draft(
        turn,
        home,
        part_id=PART,
        audience=TEAM,
        name=_name(questions),
        way=way,
        pace=Pace.LIVE,
        whose=next(each for each in LEAST_SHOWN if each in whose),
        days=DAYS,
        questions=rows,
    )
    return begin(turn, again)


def _name(questions: Sequence[Asked]) -> dict[str, str]:
    """What the round is called: after the part that its questions are from, if it is one."""
    names = {}
    for language in LANGUAGES:
        say = Translator(language)
        parts = {say.pick(content(each).part) for each in questions}
        again = say.t("Asked again")
        names[language] = f"{again}: {parts.pop()}" if len(parts) == 1 else again
    return names


def _later(turn: Turn, batch: list[Conclusion]) -> Notice:
    home = collaborations.the(turn.db, batch[0].collaboration_id)
    at = moment(home, turn.now, LATER)
    _set(turn, batch, at)
    wake(turn, home.id, at)
    day = day_with_year_of(turn, at)
    return turn.notice(turn.say.t("All right. I remind the coordinators on {day}.", day=day))


def _turn_off(turn: Turn, batch: list[Conclusion]) -> Notice:
    _set(turn, batch, None)
    return turn.notice(turn.say.t("All right. I will not remind anybody to ask again."))


def _set(turn: Turn, batch: list[Conclusion], at: datetime | None) -> None:
    for each in batch:
        conclusions.ask_again(turn.db, each, LATER if at is not None else None, at)
        turn.audit("conclusion.again", f"conclusion:{each.id}", each.collaboration_id)
        turn.refresh(arrived.name, "conclusion", f"q{each.asked_id}")


# --- typed --------------------------------------------------------------------------------------


@arrived.command(
    "ask again",
    ("spør igjen", "spør på nytt"),
    "",
    takes=("måned", "måneder", "månad", "månader", "months"),
)
def again_command(turn: Turn, rest: str) -> Reply | None:
    """Alone: ask what waits for the coordinators again. With months, when to ask again: what one
    wrote last, or in its thread that question."""
    if not rest.strip():
        return _ask(turn, _waiting(turn))
    months = months_in(rest)
    if months is None:
        raise Refusal(turn.say.t("Write «ask again» and how many months: 1, 3, 6 or 12."))
    return choose(turn, *_own(turn), str(months) if months else "never")


def _own(turn: Turn) -> tuple[Asked, Round]:
    """The question in whose thread it was written, else what one wrote last about."""
    here = under(turn)
    if here is not None and here[0] == "q":
        return question_of(turn, f"q{here[1]}")
    conclusion = conclusions.latest_by(turn.db, turn.me.id, the_collaboration(turn).id)
    if conclusion is None:
        raise Refusal(turn.say.t("You have not written what you arrived at yet."))
    return question_of(turn, f"q{conclusion.asked_id}")


@arrived.command("ask again later", ("spør igjen senere", "spør igjen seinare"), "", alone=True)
def later_command(turn: Turn, rest: str) -> Reply | None:
    """Not now, typed."""
    return _later(turn, _waiting(turn))


@arrived.command(
    "never ask again", ("ikke spør igjen", "ikkje spør igjen", "spør igjen aldri"), "", alone=True
)
def off_command(turn: Turn, rest: str) -> Reply | None:
    """Turn it off, typed: what waits for the coordinators, else what one wrote last."""
    home = the_collaboration(turn)
    if under(turn) is None and conclusions.brought(turn.db, home.id):
        return _turn_off(turn, _waiting(turn))
    return choose(turn, *_own(turn), "never")
