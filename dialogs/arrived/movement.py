"""Last time and now: what was arrived at when a question was asked before, and the spread then and
now beside each other. Counts only: no verdict, no arrow, no percentage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dialogs.arrived.shown import day_with_year_of
from dialogs.messages import Element, Fact, Facts, Quote, Text
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.rounds.figures import MEASURED, NONE_CHOSEN, ORDERED, QuestionFigures, question_figures
from dialogs.rounds.privacy import THREE, privacy_of
from dialogs.rounds.shown import dots
from dialogs.turn import View
from storage import conclusions, counting, rounds
from storage.conclusions import Before
from storage.tables import Asked, AskedState, Round, SeenBy

UNKNOWN = "?"  # stands for "don't know" among the options


@dataclass(frozen=True, slots=True)
class Movement:
    """A question's last time: the day its round closed, the words it had if they were others, what
    was arrived at, and a line for each option with its answers then and now."""

    day: str
    asked_then: str = field(repr=False)
    arrived_at: str = field(repr=False)
    spread: tuple[Fact, ...]


def movement(view: View, asked: Asked, found: Round) -> Movement | None:
    """What there is to compare with; None when the question was not asked before."""
    if asked.state != AskedState.OPENED or asked.where != SeenBy.OPEN:
        return None
    before = conclusions.last_time(view.db, asked, found)
    if before is None:
        return None
    say = view.say
    then, now = (say.pick(content(each).text) for each in (before.asked, asked))
    closed = before.round.closed_at or before.round.closes_at
    moved = Movement(
        day_with_year_of(view, closed),
        "" if then == now else then,
        before.conclusion.text if before.conclusion is not None else "",
        _spread(view, asked, found, before),
    )
    return moved if moved.arrived_at or moved.spread else None


def elements(view: View, asked: Asked, found: Round) -> list[Element]:
    """The same under a question's opened answers."""
    moved = movement(view, asked, found)
    if moved is None:
        return []
    title = Text(view.say.t("Last time, {day}", day=moved.day), "heading")
    return [title, *_told(view, moved)]


def movements(view: View, found: Round) -> list[tuple[Asked, Movement]]:
    """The questions of a round that were asked before, in order."""
    several = [(each, movement(view, each, found)) for each in rounds.questions(view.db, found.id)]
    return [(asked, moved) for asked, moved in several if moved is not None]


def in_summary(view: View, found: Round) -> list[Element]:
    """The same for every question of a round."""
    made: list[Element] = []
    for asked, moved in movements(view, found):
        title = f"{asked.position}. {view.say.pick(content(asked).text)}"
        day = Text(view.say.t("Last time, {day}", day=moved.day), "muted")
        made += [Text(title), day, *_told(view, moved)]
    return [Text(view.say.t("Then and now"), "heading"), *made] if made else []


def _told(view: View, moved: Movement) -> list[Element]:
    say, made = view.say, list[Element]()
    if moved.asked_then:
        made.append(Text(say.t("Then we asked: {question}", question=moved.asked_then), "muted"))
    if moved.arrived_at:
        made += [Text(say.t("What we arrived at then"), "muted"), Quote(moved.arrived_at)]
    if moved.spread:
        made.append(Facts(moved.spread))
    return made


def _spread(view: View, asked: Asked, found: Round, before: Before) -> tuple[Fact, ...]:
    options = [each.id for each in content(asked).options]
    same = options == [each.id for each in content(before.asked).options]
    if asked.type not in MEASURED or not same:
        return ()
    rows = counting.counted_in(view.db, [before.asked.id, asked.id], [before.asked.id, asked.id])
    sides = []
    for each, of in ((before.asked, before.round), (asked, found)):
        privacy = privacy_of(of)
        own = [row for row in rows if row.asked_id == each.id]
        counted = [row for row in own if row.organisation_id is not None or privacy.nameless]
        sides.append(_figures(question_figures(each, counted, privacy)))
    then, now = sides
    nameless = privacy_of(before.round).nameless or privacy_of(found).nameless
    if not may_stand_together(then.values(), now.values(), nameless=nameless):
        return ()
    labels = {
        each.id: f"{each.id} {view.say.pick(each.label)}"
        if kind_of(asked).spread_only
        else view.say.pick(each.label)
        for each in content(asked).options
    }
    labels |= {NONE_CHOSEN: view.say.t("None of them"), UNKNOWN: view.say.t("Don't know")}
    most = max([*then.values(), *now.values()])
    return tuple(
        Fact(
            label,
            view.say.t(
                "then {then} · now {now}",
                then=dots(then.get(option, 0), most),
                now=dots(now.get(option, 0), most),
            ),
        )
        for option, label in labels.items()
        if option in then or option in now or (asked.type in ORDERED and option in options)
    )


def _figures(figures: QuestionFigures) -> dict[str, int]:
    """Answers by option; nothing where the round's privacy shows no spread."""
    counts = {option: n for option, n in figures.counts.items() if n}
    return counts | ({UNKNOWN: figures.unknown} if counts and figures.unknown else {})


def may_stand_together(then: Iterable[int], now: Iterable[int], *, nameless: bool) -> bool:
    """Whether two spreads may stand beside each other: there is something on both sides; and where
    one of the rounds is anonymous (`nameless`), no figure is one or two."""
    sides = [[count for count in side if count] for side in (then, now)]
    few = any(count < THREE for side in sides for count in side)
    return all(sides) and not (nameless and few)
