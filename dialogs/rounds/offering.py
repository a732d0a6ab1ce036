"""Setting up a round: which parts there are, the form, and the same typed."""

from __future__ import annotations

import re
from typing import Any

from dialogs.authority import coordinator_of, moved_on, number
from dialogs.choosing import the_collaboration
from dialogs.language import LANGUAGES, n_
from dialogs.messages import Element, Field, FieldErrors, Form, Notice, Option, Reply, Text
from dialogs.packs.library import PartInSet
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.plan import AS_TYPED, DAYS, MOST_DAYS, WORDS, Plan, typed
from dialogs.rounds.starting import begin, prepare, started
from dialogs.rounds.steering import steering
from dialogs.rounds.tailoring import draft_notice, start_draft
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, rounds
from storage.tables import COORDINATORS, TEAM, Collaboration, Pace, Way, Whose

ECHOED = 80  # characters of words not understood that are said back
AUDIENCES = (TEAM, COORDINATORS)  # whom rounds can reach; the others get a meeting sheet


def offered(view: View) -> list[PartInSet]:
    """The parts that can be asked: for teams in channels, for coordinators privately."""
    return [each for audience in AUDIENCES for each in view.packs.parts(audience)]  # type: ignore[arg-type]


def full_name(part: PartInSet) -> dict[str, str]:
    """What a part is called outside its set, in each language: with the set's name before it."""
    names = {}
    for language in LANGUAGES:
        own, whole = part.name.in_(language), part.set.name.in_(language)
        alone = len(part.set.parts) == 1 or own == whole
        names[language] = own if alone else f"{whole}: {own}"
    return names


@rounds_dialog.command(
    "round",
    ("runde", "reflekter", "reflect"),
    n_("start a round of questions"),
    takes=WORDS,
)
def round_command(turn: Turn, rest: str) -> Reply | None:
    """Choose what to ask, or steer what runs; `runde 2` starts at once, `runde 2 daglig anonymt`
    says how, and `runde 2 se over` goes through the questions first."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    found = re.match(r"\s*(\d{1,3})\b(.*)", rest, re.DOTALL)
    if found is None:
        return _what_there_is(turn, home)
    parts = offered(turn)
    index = int(found[1])
    if not 1 <= index <= len(parts):
        raise Refusal(
            turn.say.t(
                "There is no part with that number. Write a number from 1 to {n}.", n=len(parts)
            ),
            *list_of_parts(turn),
        )
    said = typed(parts[index - 1], found[2])
    if said.unknown:
        return _not_understood(turn, said.unknown)
    return _begin(turn, home, said.plan, look_first=said.look_first)


@rounds_dialog.command("start", (), "", takes=WORDS)
def start_command(turn: Turn, rest: str) -> Reply | None:
    """Start what is put together already; otherwise as `runde`."""
    home = the_collaboration(turn)
    coordinator_of(turn, home.id)
    drafts = rounds.drafts(turn.db, home.id)
    if rest or not drafts or rounds.running(turn.db, home.id) is not None:
        return round_command(turn, rest)
    return start_draft(turn, drafts[0])


def _not_understood(view: View, words: str) -> Notice:
    """A round goes to everybody at once: with a word that means nothing, none starts."""
    say = view.say
    known = say.t("I did not understand «{words}». Nothing has been started.", words=words)
    return view.notice(
        known
        if len(words) <= ECHOED
        else say.t("I did not understand all of that. Nothing has been started."),
        say.t("After the number you can write, in any order: {words}", words=say.t(AS_TYPED)),
    )


def _what_there_is(view: View, home: Collaboration) -> Reply:
    """A running round to steer, a draft to go on with, or the form for a new one."""
    running = rounds.running(view.db, home.id)
    if running is not None:
        return steering(view, running)
    drafts = rounds.drafts(view.db, home.id)
    if drafts:
        return draft_notice(view, drafts[0])
    return _setup_form(view, home)


@rounds_dialog.show("setup")
def setup_form(view: View, argument: str) -> Reply:
    """The form that a round is set up with."""
    return _what_there_is(view, _coordinated(view, argument))


def _coordinated(view: View, argument: str) -> Collaboration:
    """The collaboration that an argument names, if the viewer coordinates it."""
    home_id = number(view, argument, "c")
    coordinator_of(view, home_id)
    return collaborations.the(view.db, home_id)


def _setup_form(view: View, home: Collaboration) -> Form:
    say = view.say
    return Form(
        view.language,
        rounds_dialog.id("setup", f"c{home.id}"),
        say.t("Start a round"),
        (
            Field("part", say.t("What shall we talk about?"), "choice", "", _parts(view)),
            Field("pace", say.t("When do the questions come?"), "choice", Pace.LIVE, _paces(view)),
            Field("way", say.t("How do you answer?"), "choice", Way.TOGETHER, _ways(view)),
            Field("whose", say.t("Whose are the answers?"), "choice", Whose.NAMED, _whose(view)),
            Field(
                "days",
                say.t("How many working days shall the round last?"),
                "text",
                "",
                hint=say.t(
                    "Empty is {n} days, and one more for each question of a daily round.", n=DAYS
                ),
                required=False,
                max_length=2,
            ),
            Field(
                "look",
                say.t("Let me go through the questions first"),
                "confirm",
                "",
                required=False,
            ),
        ),
        say.t("Start"),
        say.t("Cancel"),
        (Text(home.name, "muted"),),
    )


def _parts(view: View) -> tuple[Option, ...]:
    say = view.say
    return tuple(
        Option(
            each.id,
            f"{n}. {say.pick(full_name(each))} ("
            + say.tn("{n} question", "{n} questions", len(each.questions))
            + ")",
        )
        for n, each in enumerate(offered(view), start=1)
    )


def _paces(view: View) -> tuple[Option, ...]:
    say = view.say
    return (
        Option(Pace.LIVE, say.t("When I go on, as in a meeting")),
        Option(Pace.DAILY, say.t("One each working day")),
        Option(Pace.SELF, say.t("Everybody walks through them privately")),
    )


def _ways(view: View) -> tuple[Option, ...]:
    say = view.say
    return (
        Option(Way.TOGETHER, say.t("First each on their own, then open together")),
        Option(Way.THREAD, say.t("Openly in the thread")),
    )


def _whose(view: View) -> tuple[Option, ...]:
    say = view.say
    return (
        Option(Whose.NAMED, say.t("Each person's, with their name")),
        Option(Whose.ONE_EACH, say.t("One from each organisation, agreed among colleagues")),
        Option(Whose.BY_HOUSE, say.t("Each person's, shown as their organisation only")),
        Option(Whose.ANONYMOUS, say.t("Anonymous: shown without names when the round closes")),
    )


@rounds_dialog.submit("setup")
def setup_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """Start what was set up, or go through its questions first."""
    home = _coordinated(turn, argument)
    chosen = next((each for each in offered(turn) if each.id == sent.get("part")), None)
    if chosen is None:
        return FieldErrors({"part": turn.say.t("Choose what to talk about.")})
    days = str(sent.get("days") or "").strip()
    if days and not (days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        return FieldErrors({"days": turn.say.t("Write a number from 1 to {n}.", n=MOST_DAYS)})
    try:
        pace = Pace(str(sent.get("pace") or Pace.LIVE))
        way, whose = Way(str(sent.get("way"))), Whose(str(sent.get("whose") or Whose.NAMED))
    except ValueError:
        raise moved_on(turn) from None
    if chosen.audience == COORDINATORS:
        pace = Pace.SELF
    plan = Plan(chosen, pace, way, whose, int(days) if days else None)
    fault = plan.fault()
    if fault is not None:
        return FieldErrors({"way": turn.say.t(fault)})
    return _begin(turn, home, plan, look_first=bool(sent.get("look")))


def _begin(turn: Turn, home: Collaboration, plan: Plan, *, look_first: bool) -> Reply | None:
    fault = plan.fault()
    if fault is not None:
        raise Refusal(turn.say.t(fault))
    draft = prepare(turn, home, plan, full_name(plan.part))
    if look_first:
        return draft_notice(turn, draft)
    begin(turn, draft)
    return turn.notice(started(turn, plan.part.audience))


@rounds_dialog.command("trial", ("prøverunde", "prøverunden", "prøverunda"), "", alone=True)
def trial_command(turn: Turn, rest: str) -> Reply | None:
    """The trial round, typed."""
    return trial(turn, f"c{the_collaboration(turn).id}", None)


@rounds_dialog.act("trial")
def trial(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The trial round of three questions."""
    home = _coordinated(turn, argument)
    chosen = next((each for each in offered(turn) if each.trial), None)
    if chosen is None:
        raise moved_on(turn)
    begin(turn, prepare(turn, home, Plan(chosen), full_name(chosen)))
    return turn.notice(turn.say.t("The trial round has started in your channels."))


def list_of_parts(view: View) -> list[Element]:
    """The parts with their numbers, for those who type."""
    return [Text("\n".join(option.label for option in _parts(view)))]
