"""The files of a pack as frozen models; nudges have a file of their own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dialogs.packs.base import (
    LANGUAGES,
    Audience,
    Id,
    Interval,
    Label,
    Language,
    Model,
    Phase,
    Text,
    Words,
)
from dialogs.packs.rule_models import Clause, Condition, FollowupRule, StarterRule

__all__ = [
    "EVERYWHERE",
    "LANGUAGES",
    "YPN",
    "AnswerLabels",
    "AnswerType",
    "Audience",
    "Checklist",
    "ChecklistItem",
    "ChecklistsFile",
    "Clause",
    "Condition",
    "FollowupRule",
    "GlossaryFile",
    "Hint",
    "HintsFile",
    "Label",
    "Language",
    "Manifest",
    "Part",
    "Question",
    "QuestionsFile",
    "Review",
    "Rhythm",
    "ScaleLabel",
    "Set",
    "Source",
    "SourcesFile",
    "StarterRule",
    "Term",
    "Text",
    "Where",
]

Tier = Literal["core", "deeper"]
Where = Literal["open", "house", "private"]
AnswerType = Literal[
    "text", "ypn", "scale5", "parties", "roles", "goal", "pick", "multi", "date", "doc"
]
Theme = Literal["brukerperspektiv", "samarbeid", "forankring", "styring", "mal"]
Polarity = Literal["normal", "reversed", "two_ended", "act_on_yes", "gate", "none"]
Moment = Literal[
    "before_form_and_roles_are_chosen",
    "before_mission_is_written",
    "early_phase_1",
    "first_use",
    "goal_recorded",
    "goal_review_date",
    "governance_dialogue_season",
    "ks_joined",
    "late_phase_1",
    "monthly",
    "on_request",
    "party_joins",
    "phase_1",
    "phase_2",
    "phase_3",
    "phase_change",
    "quarterly",
    "yearly",
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=30)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=1000)]
Retired = Mapping[Id, tuple[Id, ...]]

YPN = ("yes", "partly", "no")
"""What can be chosen where the type is `ypn`."""

EVERYWHERE = frozenset({"dont_know", "skip", "unsure"})
"""Offered on every question (`unsure` is an old word for it), so never an option of one."""


class Manifest(Model):
    """`pack.yaml`: what a pack is. The version goes into the record with every question asked."""

    id: Id
    version: Annotated[int, Field(ge=1, description="Raise it when a question changes.")]
    name: Text
    proper_names: tuple[Words, ...] = Field(
        (), description="Names that stay as they are in nynorsk; the word check leaves them alone."
    )


class Question(Model):
    """One question, worded for its audience, with all that is shown beside it."""

    id: Id
    tier: Tier = Field(description="core: asked in a round. deeper: offered after a core question.")
    part: Id | None = Field(None, alias="round", description="The round that asks a core question.")
    deepens: tuple[Id, ...] = Field((), description="The core questions a deeper one goes into.")
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]
    theme: Theme
    audience: Annotated[tuple[Audience, ...], Field(min_length=1)]
    where: Where = Field(
        description="open: among all. house: in the own organisation until it releases it. "
        "private: only to the person, and part of a count. When in doubt, the narrower."
    )
    type: AnswerType
    options: Annotated[tuple[Label, ...], Field(min_length=2)] | None = Field(
        None, description="For pick and multi only."
    )
    polarity: Polarity = Field(
        "none",
        description="normal: yes or high = in place. reversed: yes or high = not in place. "
        "two_ended: only the spread matters. act_on_yes: yes means do something. "
        "gate: opens other questions.",
    )
    condition: Condition | None = None
    text: Text
    followup_when: FollowupRule | None = None
    followup: Text | None = Field(None, description="Offered to one person, privately, once.")
    conversation_starter_when: StarterRule | None = None
    conversation_starter: Text | None = Field(
        None, description="An invitation to talk, when answers open."
    )
    why: Text = Field(description='What "Hvorfor spør vi?" shows.')
    source: Annotated[tuple[Code, ...], Field(min_length=1)] = Field(
        description="Codes from sources.yaml; OWN alone is shown as our suggestion."
    )

    @property
    def choices(self) -> tuple[str, ...]:
        """Ids that can be chosen; empty for types where nothing is chosen."""
        return YPN if self.type == "ypn" else tuple(option.id for option in self.options or ())


class Part(Model):
    """What one round asks: four to eight core questions for one audience (leaders at most four)."""

    id: Id
    audience: Audience
    name: Text
    minutes: Annotated[int, Field(ge=1, le=60)] | None = Field(
        None, description="Given for a trial round only: three questions, this many minutes."
    )


class Set(Model):
    """Parts and questions that belong together; parts for the team come first."""

    id: Id
    name: Text
    offer_when: tuple[Moment, ...] = ("on_request",)
    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = Field(alias="rounds")
    questions: tuple[Question, ...]


class ScaleLabel(Model):
    """What one step of a scale is called."""

    id: Annotated[int, Field(ge=1, le=5)]
    label: Text


class AnswerLabels(Model):
    """What fixed answers are called. `every_question` holds `dont_know` and `skip`."""

    every_question: tuple[Label, ...]
    ypn: Annotated[tuple[Label, ...], Field(min_length=3, max_length=3)]
    scale5: Annotated[tuple[ScaleLabel, ...], Field(min_length=5, max_length=5)]
    goal_level: tuple[Label, ...]
    doc: tuple[Label, ...]


class QuestionsFile(Model):
    """`questions.yaml`. Labels come from the shipped pack; other packs leave them out."""

    answer_labels: AnswerLabels | None = None
    where_labels: tuple[Label, ...] | None = None
    sets: tuple[Set, ...] = ()
    retired_sets: Mapping[Id, Id] = Field(default={}, description="Removed set: what replaced it.")
    retired_options: Mapping[Id, Mapping[Id, Id]] = Field(
        default={}, description="Question: removed option: what replaced it."
    )
    retired: Retired = Field(default={}, description="Removed question: what replaced it.")


class Rhythm(Model):
    """How often an item for all phases is taken up, and at which event besides."""

    every: Interval
    and_at: Literal["phase_change"] | None = None


class ChecklistItem(Model):
    """One thing to talk about in the review. `done_when` helps the talk; it is no test."""

    id: Id
    text: Text
    done_when: Text
    feeds: tuple[Id, ...] = Field((), description="Questions whose answers stand beside the item.")
    source: Annotated[tuple[Code, ...], Field(min_length=1)]
    rhythm: Rhythm | None = None


class Checklist(Model):
    """The items for one phase, or for all of them."""

    phase: Literal[1, 2, 3, "all"]
    name: Text
    items: tuple[ChecklistItem, ...]


class Review(Model):
    """What the phase review (fasegjennomgang) is called and how it is explained."""

    name: Text
    meaning: Text
    parts: Text
    newcomer: Text
    question: Text


class ChecklistsFile(Model):
    """`checklists.yaml`. States and review words come from the shipped pack."""

    status_values: tuple[Label, ...] | None = None
    state_rule: Text | None = None
    review: Review | None = None
    phases: tuple[Checklist, ...] = ()
    retired: Retired = Field(default={})


class Hint(Model):
    """A short example from a real collaboration, shown when somebody asks for one."""

    id: Id
    fits: Annotated[tuple[Id, ...], Field(min_length=1)]
    text: Text
    source: Code


class HintsFile(Model):
    """`hints.yaml`."""

    hints: tuple[Hint, ...] = ()


class Source(Model):
    """A page behind the content. `read` says how much of it the content rests on."""

    code: Code
    kind: Literal["guide", "page", "own"] = Field(
        description="guide: a page whose questions were carried over. page: other. own: no page."
    )
    title: Words
    url: Address | None = None
    read: Words | None = None


class SourcesFile(Model):
    """`sources.yaml`."""

    sources: tuple[Source, ...] = ()


class Term(Text):
    """A term in three languages, and its plain meaning in English where it needs one."""

    meaning: Words | None = None


class GlossaryFile(Model):
    """`glossary.yaml`."""

    terms: tuple[Term, ...] = ()
