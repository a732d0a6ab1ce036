"""The loaded packs as one library to look things up in. Nothing in it changes: any thread may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeVar

from dialogs.packs.base import Audience, Label, Model, Text
from dialogs.packs.models import (
    AnswerLabels,
    ChecklistItem,
    ChecklistsFile,
    GlossaryFile,
    Hint,
    HintsFile,
    Manifest,
    Part,
    Question,
    QuestionsFile,
    Review,
    Set,
    Source,
    SourcesFile,
    Term,
)
from dialogs.packs.nudge_models import Nudges, NudgesFile

T = TypeVar("T")

FILES: Mapping[str, type[Model]] = MappingProxyType(
    {
        "pack": Manifest,
        "questions": QuestionsFile,
        "checklists": ChecklistsFile,
        "hints": HintsFile,
        "nudges": NudgesFile,
        "sources": SourcesFile,
        "glossary": GlossaryFile,
    }
)
"""The files that a pack may hold (`NAME.yaml`) and what is in them. Only `pack` is required."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One folder's content. Files that a pack does not have are empty."""

    manifest: Manifest
    questions: QuestionsFile = field(default_factory=QuestionsFile)
    checklists: ChecklistsFile = field(default_factory=ChecklistsFile)
    hints: HintsFile = field(default_factory=HintsFile)
    nudges: NudgesFile = field(default_factory=NudgesFile)
    sources: SourcesFile = field(default_factory=SourcesFile)
    glossary: GlossaryFile = field(default_factory=GlossaryFile)

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def version(self) -> int:
        return self.manifest.version

    @property
    def name(self) -> Text:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class PartInSet:
    """A part with all that a round needs: its pack, its set, its core questions in order."""

    pack: Pack
    set: Set
    part: Part
    questions: tuple[Question, ...]

    @property
    def id(self) -> str:
        return self.part.id

    @property
    def audience(self) -> Audience:
        return self.part.audience

    @property
    def name(self) -> Text:
        return self.part.name

    @property
    def trial(self) -> bool:
        """Whether this is a short trial round."""
        return self.part.minutes is not None


class Packs:
    """Look-ups over all loaded packs, in the order in which they were loaded.

    Look-ups of one thing by id raise LookupError when no loaded pack has it.
    """

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(packs)
        self._packs = {pack.id: pack for pack in self.packs}
        self._questions: dict[str, Question] = {}
        self._pack_of: dict[str, Pack] = {}
        self._parts: dict[str, PartInSet] = {}
        self._sets: dict[str, Set] = {}
        self._retired: dict[str, tuple[str, ...]] = {}
        for pack in self.packs:
            self._add(pack)
        self._sources = {
            source.code: source for pack in self.packs for source in pack.sources.sources
        }
        self._hints = tuple(hint for pack in self.packs for hint in pack.hints.hints)
        self._deeper: dict[str, list[Question]] = {}
        for question in self._questions.values():
            for core in question.deepens:
                self._deeper.setdefault(core, []).append(question)

    def _add(self, pack: Pack) -> None:
        for group in pack.questions.sets:
            self._sets[group.id] = group
            for question in group.questions:
                self._questions[question.id] = question
                self._pack_of[question.id] = pack
            for part in group.parts:
                core = tuple(q for q in group.questions if q.tier == "core" and q.part == part.id)
                self._parts[part.id] = PartInSet(pack, group, part, core)
        self._retired.update({old: (new,) for old, new in pack.questions.retired_sets.items()})
        for retired in (pack.questions.retired, pack.checklists.retired, pack.nudges.retired):
            self._retired.update(retired)

    def pack(self, id: str) -> Pack:
        return _found(self._packs, id, "pack")

    def pack_of(self, question_id: str) -> Pack:
        """The pack that a question is from; its id and version go into the record."""
        return _found(self._pack_of, question_id, "question")

    @property
    def sets(self) -> tuple[Set, ...]:
        return tuple(self._sets.values())

    def set(self, id: str) -> Set:
        return _found(self._sets, id, "set")

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    def question(self, id: str) -> Question:
        return _found(self._questions, id, "question")

    def part(self, id: str) -> PartInSet:
        return _found(self._parts, id, "part")

    def parts(
        self, audience: Audience | None = None, pack: str | None = None
    ) -> tuple[PartInSet, ...]:
        """Parts in order, all or those for one audience or of one pack."""
        return tuple(
            part
            for part in self._parts.values()
            if audience in (None, part.audience) and pack in (None, part.pack.id)
        )

    def deeper(self, question_id: str, audience: Audience | None = None) -> tuple[Question, ...]:
        """Questions that go deeper into a core question, all or those for one audience."""
        return tuple(
            question
            for question in self._deeper.get(question_id, ())
            if audience is None or audience in question.audience
        )

    def hints_for(self, question_id: str) -> tuple[Hint, ...]:
        """Examples that fit a question; often none."""
        return tuple(hint for hint in self._hints if question_id in hint.fits)

    def source(self, code: str) -> Source:
        return _found(self._sources, code, "source")

    def retired(self, id: str) -> tuple[str, ...] | None:
        """What replaced a removed question, set, item or nudge (maybe nothing); None if in use."""
        return self._retired.get(id)

    def retired_option(self, question_id: str, option: str) -> str | None:
        """What replaced a removed option of a question; None when it was never removed."""
        for pack in self.packs:
            if option in (gone := pack.questions.retired_options.get(question_id, {})):
                return gone[option]
        return None

    def checklist(self, phase: Literal[1, 2, 3]) -> tuple[ChecklistItem, ...]:
        """The items of a phase's review: its own first, then those for all phases."""
        lists = [one for pack in self.packs for one in pack.checklists.phases]
        wanted = [one for one in lists if one.phase == phase]
        wanted += [one for one in lists if one.phase == "all"]
        return tuple(item for one in wanted for item in one.items)

    def phase_name(self, phase: Literal[1, 2, 3, "all"]) -> Text:
        for pack in self.packs:
            for one in pack.checklists.phases:
                if one.phase == phase:
                    return one.name
        raise LookupError(f"no name for phase {phase}")

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for pack in self.packs for term in pack.glossary.terms)

    @property
    def answer_labels(self) -> AnswerLabels:
        return _first((pack.questions.answer_labels for pack in self.packs), "answer_labels")

    @property
    def where_labels(self) -> tuple[Label, ...]:
        return _first((pack.questions.where_labels for pack in self.packs), "where_labels")

    @property
    def status_values(self) -> tuple[Label, ...]:
        return _first((pack.checklists.status_values for pack in self.packs), "status_values")

    @property
    def state_rule(self) -> Text:
        return _first((pack.checklists.state_rule for pack in self.packs), "state_rule")

    @property
    def review(self) -> Review:
        return _first((pack.checklists.review for pack in self.packs), "review")

    @cached_property
    def nudges(self) -> Nudges:
        """All nudges files as one: what stands once as it stands, lists put together."""
        files = [pack.nudges for pack in self.packs]
        return Nudges(
            placeholders={name: what for file in files for name, what in file.placeholders.items()},
            rules=_first((file.rules for file in files), "rules"),
            anchoring=_first((file.anchoring for file in files), "anchoring"),
            release_request=_first((file.release_request for file in files), "release_request"),
            on_silence=_first((file.on_silence for file in files), "on_silence"),
            nudges=tuple(nudge for file in files for nudge in file.nudges),
            drafts=tuple(draft for file in files for draft in file.drafts),
            signals=tuple(signal for file in files for signal in file.signals),
            raise_matter=_first((file.raise_matter for file in files), "raise_matter"),
        )


def _found(things: Mapping[str, T], id: str, kind: str) -> T:
    try:
        return things[id]
    except KeyError:
        raise LookupError(f"no loaded pack has the {kind} {id}") from None


def _first(things: Iterable[T | None], name: str) -> T:
    for thing in things:
        if thing is not None:
            return thing
    raise LookupError(f"no loaded pack has {name}")
