"""What a round shows, in the reader's words: for the summary, the page for a meeting, the brief.

Counts and classes come from the figures; words of questions, options, organisations and lists from
the record, each time anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dialogs.agreement import LEAST_HOUSES, Lies, Named, named
from dialogs.language import n_
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.rounds.figures import LISTS, NONE_CHOSEN, ORDERED, QuestionFigures, RoundFigures
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.shown import dots
from dialogs.turn import View
from storage import collaborations, counting, rounds
from storage.tables import AnswerStatus, Asked, Round, Whose

MOST_NAMED = 12  # entries of a list, or organisations, in one line
MOST_ROWS = 20  # organisations with a line each; among more, only the whole is shown
MOST_HOUSES = 3  # organisations that are named beside an entry; more are a number


class Part(StrEnum):
    """A part of a summary, in the order they come."""

    AGREE = "agree"
    DIFFER = "differ"
    WORDS = "words"
    FEW = "few"
    UNKNOWN = "unknown"
    TALK = "talk"
    COUNTED = "counted"
    NOBODY = "nobody"


TITLES = {
    Part.AGREE: n_("We agree on"),
    Part.DIFFER: n_("We see it differently"),
    Part.WORDS: n_("In our own words"),
    Part.FEW: n_("Answered in one organisation only"),
    Part.UNKNOWN: n_("Some of us do not know"),
    Part.TALK: n_("To talk about and decide"),
    Part.COUNTED: n_("Counted, not shown here"),
    Part.NOBODY: n_("Nobody answered"),
}
_LIES = {
    Lies.BETWEEN: n_("The organisations see this differently from each other."),
    Lies.INSIDE: n_("People in the same organisation see this differently."),
    Lies.BOTH: n_("This differs both between the organisations and inside them."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a spread: an option with its answers, or an organisation with its own."""

    label: str = field(repr=False)
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Point:
    """One question in one part: in a line (`says`), or by `rows`, which are options, or what was
    named, and `houses`, which are organisations with their own answers; `says` then stands above
    and `note` below.
    """

    number: int
    question: str = field(repr=False)
    says: str = field(repr=False)
    rows: tuple[Row, ...] = ()
    houses: tuple[Row, ...] = ()
    note: str = field(default="", repr=False)

    @property
    def title(self) -> str:
        """The question with its number."""
        return f"{self.number}. {self.question}"

    @property
    def line(self) -> str:
        """The question and what it shows."""
        return f"{self.title} – {self.says}"


@dataclass(frozen=True, slots=True)
class Findings:
    """A round's parts that have something in them. `readable`: answers stand in the threads."""

    name: str = field(repr=False)
    who: str = field(repr=False)
    parties: tuple[Row, ...]
    parts: Mapping[Part, tuple[Point, ...]]
    readable: bool


def findings(view: View, found: Round, figures: RoundFigures) -> Findings:
    """What a round shows, in this view's language."""
    teller = _Teller(view, found)
    asked = {each.id: each for each in rounds.questions(view.db, found.id)}
    pairs = [(asked[each.asked], each) for each in figures.questions]
    parts = {part: teller.points(part, pairs) for part in Part} if figures.people else {}
    return Findings(
        view.say.pick(found.name),
        _who(view, found, figures),
        tuple(Row(teller.houses[each], str(n)) for each, n in teller.ordered(figures.parties)),
        {part: points for part, points in parts.items() if points},
        any(each.open for each in figures.questions),
    )


def _who(view: View, found: Round, figures: RoundFigures) -> str:
    say = view.say
    if not figures.people:
        return say.t("Nobody answered in this round. You can ask again another day.")
    match found.whose:
        case Whose.ANONYMOUS:
            return say.tn(
                "At least {n} person answered.", "At least {n} people answered.", figures.people
            )
        case Whose.ONE_EACH:
            return say.tn(
                "{n} organisation answered.", "{n} organisations answered.", figures.people
            )
    count = say.tn("{n} person", "{n} people", figures.people)
    return say.tn(
        "{people} from {n} organisation answered.",
        "{people} from {n} organisations answered.",
        figures.houses,
        people=count,
    )


Pairs = Sequence[tuple[Asked, QuestionFigures]]


class _Teller:
    """Puts one round's figures into words."""

    def __init__(self, view: View, found: Round) -> None:
        self.view = view
        self.say = view.say
        self.privacy = privacy_of(found)
        parties = collaborations.organisations(view.db, found.collaboration_id)
        self.houses = {str(each.id): each.name for each in parties}

    def ordered(self, counts: Mapping[str, int]) -> list[tuple[str, int]]:
        """Organisations by name, with their counts; one that is no longer there is passed over."""
        known = [(house, n) for house, n in counts.items() if house in self.houses]
        return sorted(known, key=lambda each: self.houses[each[0]].casefold())

    def points(self, part: Part, pairs: Pairs) -> tuple[Point, ...]:
        """The questions that belong in a part."""
        return tuple(
            self._point(part, asked, figures) for asked, figures in pairs if _is_in(part, figures)
        )

    def _point(self, part: Part, asked: Asked, figures: QuestionFigures) -> Point:
        number, question = asked.position, self.say.pick(content(asked).text)
        if part == Part.DIFFER:
            where = _LIES[figures.lies] if figures.lies else ""
            rows, houses = self._spread(asked, figures)
            note = self._note() if houses and not figures.everyone else ""
            return Point(number, question, where and self.say.t(where), rows, houses, note)
        if part == Part.WORDS and asked.type in LISTS:
            return Point(number, question, "", self._named(asked))
        return Point(number, question, self._line_of(part, asked, figures))

    def _line_of(self, part: Part, asked: Asked, figures: QuestionFigures) -> str:
        say = self.say
        match part:
            case Part.AGREE | Part.FEW:
                return self._line(self._labels(asked), figures.counts)
            case Part.UNKNOWN:
                total = figures.given + figures.unknown
                return say.t("{n} of {total} do not know", n=figures.unknown, total=total)
            case Part.TALK:
                return say.pick(content(asked).starter or {"nb": ""})
            case Part.NOBODY:
                return say.t("No answers")
        unknown = figures.unknown if part == Part.COUNTED else 0
        return say.tn("{n} answer", "{n} answers", figures.given + unknown)

    # --- spreads ------------------------------------------------------------------------------

    def _labels(self, asked: Asked) -> dict[str, str]:
        numbered = kind_of(asked).spread_only
        words = content(asked)
        labels = {
            each.id: f"{each.id} {self.say.pick(each.label)}"
            if numbered
            else self.say.pick(each.label)
            for each in words.options
        }
        return labels | {NONE_CHOSEN: self.say.t("None of them")}

    def _line(self, labels: Mapping[str, str], counts: Mapping[str, int]) -> str:
        most = max(counts.values(), default=0)
        return " · ".join(
            f"{label} {dots(counts[each], most)}"
            for each, label in labels.items()
            if each in counts
        )

    def _spread(
        self, asked: Asked, figures: QuestionFigures
    ) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """A line an option, with who chose it; or without, and a line an organisation besides."""
        labels = self._labels(asked)
        by_option = kind_of(asked).choosing and figures.everyone
        options = tuple(
            Row(label, self._option(each, figures, by_option=by_option))
            for each, label in labels.items()
            if each in figures.counts or (asked.type in ORDERED and each != NONE_CHOSEN)
        )
        shown = {} if by_option or len(figures.by_house) > MOST_ROWS else figures.by_house
        houses = tuple(
            Row(self.houses[house], self._line(labels, shown[house]))
            for house, _ in self.ordered(dict.fromkeys(shown, 0))
        )
        return options, houses

    def _note(self) -> str:
        return self.say.t("Organisations with few answers are counted, but not shown on their own.")

    def _option(self, option: str, figures: QuestionFigures, *, by_option: bool) -> str:
        count = dots(figures.counts.get(option, 0), max(figures.counts.values(), default=0))
        if not by_option or option not in figures.counts:
            return count
        chose = {house: each.get(option, 0) for house, each in figures.by_house.items()}
        who = [
            self.houses[house] if n == 1 else f"{self.houses[house]} ({n})"
            for house, n in self.ordered(chose)
            if n
        ]
        return f"{count} · {self.say.some(who)}" if who else count

    # --- lists --------------------------------------------------------------------------------

    def _named(self, asked: Asked) -> tuple[Row, ...]:
        """Who named what; never the person."""
        told = [
            (row.organisation_id or 0, _entries(row.value or {}))
            for row in counting.counted_in(self.view.db, [asked.id], [asked.id])
            if row.status == AnswerStatus.GIVEN
            and (row.organisation_id is not None or self.privacy.nameless)
        ]
        found, say = named(told), self.say
        houses = len({house for house, _ in told})
        if not self.privacy.houses or houses < LEAST_HOUSES:
            in_no_order = sorted(found, key=lambda each: each.text.casefold())
            return (Row(say.t("Named"), self._list(in_no_order, who=False)),)
        everybody = [each for each in found if len(each.houses) == houses]
        one = [each for each in found if len(each.houses) == 1]
        several = [each for each in found if each not in everybody and each not in one]
        rows = (
            (say.t("Named by all organisations"), everybody, False),
            (say.t("Named by several organisations"), several, True),
            (say.t("Named by one organisation only"), one, True),
        )
        return tuple(Row(label, self._list(each, who=who)) for label, each, who in rows if each)

    def _list(self, entries: Sequence[Named], *, who: bool) -> str:
        shown = [
            f"{each.text} ({self._houses_of(each)})" if who else each.text
            for each in entries[:MOST_NAMED]
        ]
        more = len(entries) - len(shown)
        return "; ".join([*shown, self.say.t("and {n} more", n=more)] if more else shown)

    def _houses_of(self, entry: Named) -> str:
        names = [self.houses[str(each)] for each in entry.houses if str(each) in self.houses]
        if len(names) > MOST_HOUSES:
            return self.say.tn("{n} organisation", "{n} organisations", len(names))
        return self.say.listing(sorted(names, key=str.casefold))


def _is_in(part: Part, figures: QuestionFigures) -> bool:
    match part:
        case Part.UNKNOWN:
            return figures.unknown > 0 and figures.open
        case Part.TALK:
            return figures.starter
    return figures.result == part.value


def _entries(value: Mapping[str, object]) -> list[str]:
    """The entries of a list or of roles, as they are shown."""
    items, roles = value.get("items"), value.get("roles")
    if isinstance(items, list):
        return [str(each) for each in items]
    if isinstance(roles, list):
        return [f"{each['party']}: {each['name']}".removesuffix(": ") for each in roles]
    return []
