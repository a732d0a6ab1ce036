"""Running a round: set it up, start it, go on to the next question, finish it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dialogs.authority import coordinator_of, moved_on, number, part
from dialogs.calendar import WorkCalendar
from dialogs.choosing import the_collaboration
from dialogs.dialog import Refusal, Turn, View
from dialogs.language import LANGUAGES, n_
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Field,
    FieldErrors,
    Form,
    Option,
    Reply,
    Text,
)
from dialogs.packs.library import PartInSet
from dialogs.packs.rules import condition_met
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.registry import fold
from dialogs.reminding import round_reminders
from dialogs.rounds.asking import row_of, show_question, show_start
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.opening import enough, open_answers
from dialogs.rounds.summary import sum_up
from storage import answers, people, places, rounds, timers
from storage.tables import (
    Asked,
    AskedState,
    Collaboration,
    Round,
    RoundState,
    Way,
)

# How somebody says that answers are written openly in the thread, folded.
OPENLY = frozenset(
    ("trad", "i traden", "thread", "apen trad", "open trad", "apent i traden", "ope i traden")
)
WORKING_DAYS = 3  # a round lasts this long unless the coordinator finishes it sooner


def offered(view: View) -> list[PartInSet]:
    """The parts that can be asked in a channel now: for teams, with inputs that are built, and
    with conditions that the part itself can meet."""
    return [each for each in view.packs.parts("team") if _can_be_asked(each)]


def full_name(part: PartInSet) -> dict[str, str]:
    """What a part is called outside its set, in each language: with the set's name before it."""
    names = {}
    for language in LANGUAGES:
        own, whole = part.name.in_(language), part.set.name.in_(language)
        alone = len(part.set.parts) == 1 or own == whole
        names[language] = own if alone else f"{whole}: {own}"
    return names


def _can_be_asked(each: PartInSet) -> bool:
    own = {question.id for question in each.questions}
    for question in each.questions:
        clauses = question.condition.any if question.condition else ()
        if not {clause.question for clause in clauses} <= own:
            return False
    return True


@rounds_dialog.command(
    "round", ("runde", "start", "reflekter", "reflect"), n_("start a round of questions")
)
def round_command(turn: Turn, rest: str) -> Reply | None:
    """Choose what to ask; `runde 2` starts at once, `runde 2 tråd` in open threads."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    found = re.match(r"\s*(\d{1,3})\b(.*)", rest)
    if found is None:
        return _setup_form(turn, home)
    parts = offered(turn)
    index = int(found[1])
    if not 1 <= index <= len(parts):
        raise Refusal(turn.say.t("Write a number from the list."))
    way = Way.THREAD if fold(found[2]) in OPENLY else Way.TOGETHER
    start(turn, home, parts[index - 1], way)
    return _done_elsewhere(turn)


@rounds_dialog.show("setup")
def setup_form(view: View, argument: str) -> Reply:
    """The form that a round is set up with."""
    return _setup_form(view, _coordinated(view, argument))


def _coordinated(view: View, argument: str) -> Collaboration:
    """The collaboration that an argument names, if the viewer coordinates it."""
    home_id = number(view, argument, "c")
    coordinator_of(view, home_id)
    return people.collaboration(view.db, home_id)


def _setup_form(view: View, home: Collaboration) -> Form:
    say = view.say
    parts = tuple(
        Option(each.id, f"{n}. {say.pick(full_name(each))} ({len(each.questions)})")
        for n, each in enumerate(offered(view), start=1)
    )
    ways = (
        Option(Way.TOGETHER, say.t("First each on their own, then open together")),
        Option(Way.THREAD, say.t("Openly in the thread")),
    )
    return Form(
        view.language,
        rounds_dialog.id("setup", f"c{home.id}"),
        say.t("Start a round"),
        (
            Field("part", say.t("What shall we talk about?"), "choice", "", parts),
            Field("way", say.t("How do you answer?"), "choice", Way.TOGETHER, ways),
        ),
        say.t("Start"),
        say.t("Cancel"),
        (
            Text(home.name, "muted"),
            Text(
                say.tn(
                    "The round closes after {n} working day, or when you finish it.",
                    "The round closes after {n} working days, or when you finish it.",
                    WORKING_DAYS,
                ),
                "muted",
            ),
        ),
    )


@rounds_dialog.submit("setup")
def setup_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """Start what was set up."""
    home = _coordinated(turn, argument)
    chosen = next((each for each in offered(turn) if each.id == sent.get("part")), None)
    if chosen is None:
        return FieldErrors({"part": turn.say.t("Choose what to talk about.")})
    way = Way.THREAD if sent.get("way") == Way.THREAD else Way.TOGETHER
    start(turn, home, chosen, way)
    return turn.notice(turn.say.t("The round has started in your channels."))


@rounds_dialog.command("trial", ("prøverunde", "prøverunden", "prøverunda"), "", alone=True)
def trial_command(turn: Turn, rest: str) -> Reply | None:
    """The same, typed."""
    return trial(turn, f"c{the_collaboration(turn).id}", None)


@rounds_dialog.act("trial")
def trial(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The trial round of three questions."""
    home = _coordinated(turn, argument)
    chosen = next((each for each in offered(turn) if each.trial), None)
    if chosen is None:
        raise moved_on(turn)
    start(turn, home, chosen, Way.TOGETHER)
    return turn.notice(turn.say.t("The trial round has started in your channels."))


def start(turn: Turn, home: Collaboration, chosen: PartInSet, way: Way) -> Round:
    """Start a round in all of the collaboration's channels and ask its first question."""
    questions = [row_of(turn, chosen, question) for question in chosen.questions]
    name = full_name(chosen)
    return begin(turn, home, chosen.id, name, way, questions, trial=chosen.trial)


def begin(
    turn: Turn,
    home: Collaboration,
    part_id: str,
    name: dict[str, str],
    way: str,
    questions: list[dict[str, Any]],
    *,
    trial: bool = False,
) -> Round:
    """Start a round of these questions (rows of `Asked` without round and position)."""
    if rounds.running(turn.db, home.id) is not None:
        raise Refusal(turn.say.t("A round is running. Finish it before you start another."))
    channels = places.channels_of(turn.db, home.id)
    if not channels:
        raise Refusal(
            turn.say.t(
                "There is no channel yet. Invite Samspill to one and write "
                "«@Samspill use {code}» there.",
                code=home.id,
            )
        )
    calendar = WorkCalendar(home.country, home.zone)
    closes_at = calendar.closing_time(turn.now, WORKING_DAYS)
    found = rounds.create(
        turn.db,
        collaboration_id=home.id,
        part_id=part_id,
        name=name,
        way=way,
        trial=trial,
        started_by=turn.me.id,
        now=turn.now,
        closes_at=closes_at,
        questions=questions,
        place_ids=[place.id for place in channels],
    )
    turn.audit("round.started", f"round:{found.id}", home.id)
    for place in channels:
        show_start(turn, found, place)
    timers.plan(turn.db, _timers(found, calendar))
    ask_next(turn, found)
    return found


def _timers(found: Round, calendar: WorkCalendar) -> list[dict[str, Any]]:
    due = [
        ("remind", f"r{found.id},{each.kind}", each.at)
        for each in round_reminders(found.opened_at, found.closes_at, calendar)
    ]
    due.append(("close", f"r{found.id}", found.closes_at))
    return [
        {
            "occurrence": f"round:{action}:{argument}",
            "dialog": "round",
            "action": action,
            "argument": argument,
            "collaboration_id": found.collaboration_id,
            "due_at": at,
        }
        for action, argument, at in due
    ]


def ask_next(turn: Turn, found: Round) -> Asked | None:
    """Ask the next question whose condition is met, in all places; None when there is none."""
    questions = rounds.questions(turn.db, found.id)
    following = next_question(questions, answers.values_in_round(turn.db, found.id))
    if following is None:
        return None
    openly = found.way == Way.THREAD and kind_of(following).in_thread and following.where == "open"
    rounds.ask(turn.db, following.id, AskedState.OPENED if openly else AskedState.ASKED, turn.now)
    turn.audit("question.asked", f"asked:{following.id}", found.collaboration_id)
    for place in rounds.places(turn.db, found.id):
        show_question(turn, found, following, place)
    for each in questions:
        if each.asked_at is not None and each.id != following.id:
            turn.refresh("round", "question", f"q{each.id}")
    return following


def next_question(
    questions: Sequence[Asked], given: Sequence[tuple[str, dict[str, Any] | None]]
) -> Asked | None:
    """The first waiting question whose condition somebody's answer has met."""
    by_question: dict[str, list[dict[str, Any] | None]] = {}
    for question_id, value in given:
        by_question.setdefault(question_id, []).append(value)
    for each in questions:
        if each.state != AskedState.WAITING:
            continue
        if condition_met(content(each).condition, by_question):
            return each
    return None


@rounds_dialog.act("next")
def next_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator goes on; a second press of the same button changes nothing."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    from_position = part(turn, argument, 1)
    if found.state == RoundState.CLOSED:
        return turn.notice(turn.say.t("The round is finished."))
    current = max(
        (each.position for each in rounds.questions(turn.db, found.id) if each.asked_at), default=0
    )
    if str(current) != from_position:
        return turn.notice(turn.say.t("The round has already moved on."))
    return _go_on(turn, found)


def _go_on(turn: Turn, found: Round) -> Reply | None:
    if ask_next(turn, found) is not None:
        return None
    say = turn.say
    button = Button(
        rounds_dialog.id("close", f"r{found.id}"),
        say.t("Finish the round"),
        "primary",
        typed="ferdig",
    )
    return turn.notice(say.t("There are no more questions to ask."), Buttons((button,)))


@rounds_dialog.act("close")
def close_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator finishes the round."""
    found = round_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if found.state == RoundState.CLOSED:
        return turn.notice(turn.say.t("The round is finished."))
    finish(turn, found, by_clock=False)
    return turn.notice(turn.say.t("The round is finished. The summary is on its way."))


@rounds_dialog.due("close", whenever=True)
def close_due(turn: Turn, arguments: list[str]) -> None:
    """Rounds whose time is over."""
    for argument in arguments:
        found = round_of(turn, argument)
        if found.state == RoundState.OPEN:
            finish(turn, found, by_clock=True)


def finish(turn: Turn, found: Round, *, by_clock: bool) -> None:
    """Close: open what is still hidden (by the clock only when enough have answered), sum up."""
    for asked in rounds.questions(turn.db, found.id):
        if asked.state == AskedState.ASKED and (not by_clock or enough(turn, asked)):
            open_answers(turn, asked, found)
    rounds.close(turn.db, found.id, turn.now)
    turn.audit("round.closed", f"round:{found.id}", found.collaboration_id)
    turn.refresh("round", "start", f"r{found.id}")
    for asked in rounds.questions(turn.db, found.id):
        if asked.asked_at is not None:
            turn.refresh("round", "question", f"q{asked.id}")
    sum_up(turn, found)


# --- the same, typed --------------------------------------------------------------------------


def _running(turn: Turn) -> Round:
    home = the_collaboration(turn)
    found = rounds.running(turn.db, home.id)
    if found is None:
        raise Refusal(turn.say.t("No round is running. Write «round» to start one."))
    coordinator_of(turn, home.id)
    return found


@rounds_dialog.command("next", ("neste", "vidare", "videre"), "", alone=True)
def next_command(turn: Turn, rest: str) -> Reply | None:
    """The next question, typed."""
    return _go_on(turn, _running(turn)) or _done_elsewhere(turn)


def _done_elsewhere(turn: Turn) -> Reply | None:
    """Whoever writes in a direct message does not see what happened in the channels."""
    if turn.place is None or turn.place.person_id is None:
        return None
    return turn.notice(turn.say.t("Done. Look in your channels."))


@rounds_dialog.command("open", ("åpne", "opne", "åpne svarene", "opne svara"), "", alone=True)
def open_command(turn: Turn, rest: str) -> Reply | None:
    """Open the answers of the question that is on, typed."""
    found = _running(turn)
    hidden = [
        each for each in rounds.questions(turn.db, found.id) if each.state == AskedState.ASKED
    ]
    if not hidden:
        return turn.notice(turn.say.t("The answers are already open."))
    open_answers(turn, hidden[-1], found)
    return _done_elsewhere(turn)


@rounds_dialog.command(
    "finish", ("ferdig", "avslutt runden", "avslutt runda", "lukk"), "", alone=True
)
def finish_command(turn: Turn, rest: str) -> Reply | None:
    """Finish the running round, typed."""
    found = _running(turn)
    finish(turn, found, by_clock=False)
    return turn.notice(turn.say.t("The round is finished. The summary is on its way."))


def list_of_parts(view: View) -> list[Element]:
    """The parts with their numbers, for those who type."""
    lines = [
        f"{n}. {view.say.pick(full_name(each))}" for n, each in enumerate(offered(view), start=1)
    ]
    return [Text("\n".join(lines))]
