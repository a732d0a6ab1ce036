"""What the checks look at: the parsed packs side by side, and what is known in any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dialogs.packs.faults import Fault, shown
from dialogs.packs.library import FILES, Pack
from dialogs.packs.models import (
    ChecklistsFile,
    GlossaryFile,
    HintsFile,
    Manifest,
    Part,
    Question,
    QuestionsFile,
    SourcesFile,
)
from dialogs.packs.nudge_models import NudgesFile
from dialogs.packs.parsing import Parsed

Path = tuple[str | int, ...]
Place = tuple[str, Parsed[Any], Path]
"""An id, the file that it stands in, and where in it."""


@dataclass(frozen=True, slots=True)
class ParsedPack:
    """One folder's files with their lines; files that it lacks are empty."""

    pack: Parsed[Manifest]
    questions: Parsed[QuestionsFile]
    checklists: Parsed[ChecklistsFile]
    hints: Parsed[HintsFile]
    nudges: Parsed[NudgesFile]
    sources: Parsed[SourcesFile]
    glossary: Parsed[GlossaryFile]

    @property
    def files(self) -> tuple[Parsed[Any], ...]:
        return (
            self.pack,
            self.questions,
            self.checklists,
            self.hints,
            self.nudges,
            self.sources,
            self.glossary,
        )

    def finished(self) -> Pack:
        """The pack without lines."""
        return Pack(
            self.pack.model,
            self.questions.model,
            self.checklists.model,
            self.hints.model,
            self.nudges.model,
            self.sources.model,
            self.glossary.model,
        )

    def each_question(self) -> Iterator[tuple[Question, Path]]:
        for s, group in enumerate(self.questions.model.sets):
            for q, question in enumerate(group.questions):
                yield question, ("sets", s, "questions", q)

    def each_part(self) -> Iterator[tuple[Part, Path]]:
        for s, group in enumerate(self.questions.model.sets):
            for r, part in enumerate(group.parts):
                yield part, ("sets", s, "rounds", r)


class World:
    """All ids known in any pack. Ids in faulty files count as known, so one fault is told once."""

    def __init__(self, packs: Sequence[ParsedPack]) -> None:
        self.packs = packs
        self.questions = {q.id: q for pack in packs for q, _ in pack.each_question()}
        self.parts = {part.id: part for pack in packs for part, _ in pack.each_part()}
        self.codes = {source.code for pack in packs for source in pack.sources.model.sources}
        files = [file for pack in packs for file in pack.files]
        self._hidden = frozenset(id for file in files for id in file.hidden)
        self._unread = {name for name in FILES for pack in packs if getattr(pack, name).unread}
        nudges = [pack.nudges.model for pack in packs]
        self.placeholders = {name for file in nudges for name in file.placeholders}
        self.buttons = {b.id for file in nudges if file.rules for b in file.rules.buttons}
        self.nudges_damaged = any(pack.nudges.damaged for pack in packs)

    def may_hide(self, id: str, file: str) -> bool:
        """Whether a faulty file has this id, or an unreadable `file` (`questions`) may have it."""
        return file in self._unread or id in self._hidden

    def unknown_questions(
        self, file: Parsed[Any], ids: Sequence[str], path: Path
    ) -> Iterator[Fault]:
        for n, id in enumerate(ids):
            if id not in self.questions and not self.may_hide(id, "questions"):
                do = "Correct the id, or add the question; `retired` ids cannot be used"
                yield file.fault(f"there is no question `{shown(id)}`", do, *path, n)

    def unknown_codes(self, file: Parsed[Any], codes: Sequence[str], path: Path) -> Iterator[Fault]:
        for n, code in enumerate(codes):
            if code not in self.codes and not self.may_hide(code, "sources"):
                do = "Correct the code, or add it to sources.yaml"
                yield file.fault(f"there is no source `{shown(code)}`", do, *path, n)


def twice(kind: str, places: Iterable[Place]) -> Iterator[Fault]:
    """Ids that are used again, in the same pack or in another one."""
    seen: dict[str, Fault] = {}
    for id, file, path in places:
        here = file.fault(f"the {kind} `{shown(id)}` stands twice", "", *path, "id")
        if first := seen.get(id):
            what = f"{here.what} (first in {first.file}, line {first.line})"
            yield Fault(here.file, here.line, what, "Give this one an id of its own")
        else:
            seen[id] = here
