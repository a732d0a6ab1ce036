"""What stands on a meeting sheet (møteark): a part's or a round's questions, and room to write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dialogs.language import Translator
from dialogs.packs.library import PartInSet
from dialogs.questions.content import Content, content, copy_of
from dialogs.turn import View
from storage import rounds
from storage.tables import Round, SeenBy

LINES = {"text": 3, "parties": 4, "roles": 4, "goal": 4, "date": 1, "doc": 1}  # to write on


@dataclass(frozen=True, slots=True)
class SheetQuestion:
    """One question: its words, who would see an answer, what can be ticked, lines to write on."""

    number: int
    text: str = field(repr=False)
    why: str = field(repr=False)
    where: str = field(repr=False)
    options: tuple[str, ...] = field(repr=False)
    lines: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to print and take to a meeting."""

    say: Translator
    collaboration: str = field(repr=False)
    name: str = field(repr=False)
    questions: tuple[SheetQuestion, ...] = field(repr=False)


def of_part(view: View, collaboration: str, part: PartInSet, name: dict[str, str]) -> Sheet:
    """The sheet of a part as the pack has it."""
    rows = [
        (copy_of(view.packs, part, question), question.type, question.where)
        for question in part.questions
    ]
    return _sheet(view, collaboration, view.say.pick(name), rows)


def of_round(view: View, collaboration: str, found: Round) -> Sheet:
    """The sheet of a round, with what its coordinator left out, reworded and added."""
    rows = [(content(each), each.type, each.where) for each in rounds.questions(view.db, found.id)]
    return _sheet(view, collaboration, view.say.pick(found.name), rows)


def _sheet(
    view: View, collaboration: str, name: str, rows: Sequence[tuple[Content, str, str]]
) -> Sheet:
    say = view.say
    where: dict[str, str] = {
        SeenBy.HOUSE: say.t("Talk about this within each organisation."),
        SeenBy.PRIVATE: say.t("Think about this on your own."),
    }
    return Sheet(
        say,
        collaboration,
        name,
        tuple(
            SheetQuestion(
                number,
                say.pick(words.text),
                say.pick(words.why) if words.why else "",
                where.get(seen_by, ""),
                tuple(each.label for each in words.choices(say)) if kind not in LINES else (),
                LINES.get(kind, 1),
            )
            for number, (words, kind, seen_by) in enumerate(rows, start=1)
        ),
    )
