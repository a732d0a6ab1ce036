"""`nudges.yaml` as frozen models: asks, anchoring, drafts, signals and raising a matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dialogs.packs.base import Audience, Id, Interval, Label, Model, Phase, Text, Words
from dialogs.packs.rule_models import Clause

Kind = Literal["state", "municipal", "ministry", "ks", "voluntary", "private"]
KINDS: tuple[Kind, ...] = ("state", "municipal", "ministry", "ks", "voluntary", "private")

_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
MonthDay = Annotated[str, StringConstraints(pattern=f"^{_DAY}$"), Field(description="MM-DD")]
Period = Annotated[
    str, StringConstraints(pattern=f"^{_DAY}/{_DAY}$"), Field(description="MM-DD/MM-DD")
]
Hours = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")
]
Event = Literal[
    "answer_given",
    "organisation_joins",
    "phase_change",
    "phase_review_called",
    "problem_text_recorded",
]


class Release(Model):
    """Who lets asks go to an organisation's leaders, and for how much at a time."""

    by: Literal["contact"]
    what: Words
    scope: Words
    revocable: Literal[True]


class MaxPerLeader(Model):
    """At most this many asks to one leader."""

    count: Annotated[int, Field(ge=1, le=12)]
    per: Literal["year"]
    across: Words
    past_it: Words


class Quiet(Model):
    """When nothing is sent: outside these local hours, and in these periods (MM-DD/MM-DD)."""

    outside_local_time: Hours
    periods: tuple[Period, ...]


class NudgeRules(Model):
    """What holds for every ask. Sentences are for authors; numbers are defaults."""

    gives_first: Words
    release: Release
    max_per_leader: MaxPerLeader
    default_every: Interval
    ministry_and_ks: Words
    silence: Literal["asks_contact_once"]
    buttons: tuple[Label, ...]
    quiet: Quiet
    privacy: Words
    tone: Words


class KindLabel(Model):
    """What a kind of party is called."""

    id: Kind
    label: Text


class WordedFor(Model):
    """A statement worded once for all kinds of party (`all`), or once for each of the six."""

    all: Text | None = None
    state: Text | None = None
    municipal: Text | None = None
    ministry: Text | None = None
    ks: Text | None = None
    voluntary: Text | None = None
    private: Text | None = None

    def for_kind(self, kind: Kind) -> Text:
        """The wording for one kind of party."""
        found: Text | None = getattr(self, kind) or self.all
        if found is None:
            raise LookupError(f"no wording for {kind}")
        return found


class Statement(Model):
    """One thing that an organisation may say of itself. No order, no level."""

    id: Id
    text: WordedFor


class KindWords(Model):
    """A word that differs by kind of party, such as what their plan is called."""

    state: Text
    municipal: Text
    ministry: Text
    ks: Text
    voluntary: Text
    private: Text

    def for_kind(self, kind: Kind) -> Text:
        """The word for one kind of party."""
        found: Text = getattr(self, kind)
        return found


class Anchoring(Model):
    """The organisation's own account of where it stands, in statements without order."""

    belongs_to: Literal["organisation"]
    meaning: Words
    told_by: Words
    dated: Literal[True]
    kinds: tuple[KindLabel, ...]
    question: Text
    statements: Annotated[tuple[Statement, ...], Field(min_length=1)]
    plan_words: KindWords
    arena_words: KindWords


class ReleaseRequest(Model):
    """How the contact person is asked to let the series go to their leaders."""

    to: Literal["contact"]
    text: Text


class OnSilence(Model):
    """What happens when a leader does not answer: the contact is asked once, and it stops there."""

    to: Literal["contact"]
    after_days: Annotated[int, Field(ge=1, le=365)]
    text: Text
    then: Words


class When(Model):
    """The occasion: an event (`on`), a rhythm (`every`), or a lead before a date.

    `replaces` names the nudge that is left out in the same quarter.
    """

    on: Event | None = None
    every: Interval | None = None
    before: Literal["own_arena_meeting"] | None = None
    yearly_before: Literal["plan_deadline"] | None = None
    lead_weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    default_deadline: MonthDay | None = None
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)] | None = None
    replaces: Id | None = None


class Nudge(Model):
    """One ask. Asks to leaders, ministries and KS give (`{line}`) before they ask (`{need}`)."""

    id: Id
    to: Audience
    released_by: Literal["contact"] | None = None
    only_joined: bool = Field(False, description="Only to people who have joined themselves.")
    private: bool = Field(False, description="The answer is the person's own note.")
    when: When
    text: Text
    buttons: tuple[Id, ...] = ()
    asks: Literal["anchoring", "date_and_name"] | None = None
    note: Words | None = None
    questions: tuple[Id, ...] = ()


class Draft(Model):
    """A text that people may use as they like; Samspill never sends it on."""

    id: Id
    to: Literal["contact", "coordinator"]
    sent_by: Words
    when: When
    only_if: Clause | None = None
    text: Text
    questions: tuple[Id, ...] = ()


class Signal(Model):
    """Something worth a talk, always about a matter. `threshold` is in words, for people."""

    id: Id
    about: Literal["matter"]
    shown_to: Literal["all", "own_organisation"]
    questions: Annotated[tuple[Id, ...], Field(min_length=1)]
    threshold: Words
    text: Text


class MatterStep(Model):
    """One step of the ladder; it is proposed to and released by those concerned."""

    id: Id
    where_to: Annotated[tuple[Words, ...], Field(min_length=1)]
    proposed_to: Words
    released_by: Words
    when: Words
    name: Text
    action: Text


class RaiseMatter(Model):
    """Raising a matter (løfte saken): one ladder, matters and never persons."""

    name: Text
    rule: Words
    proposal: Text
    steps: Annotated[tuple[MatterStep, ...], Field(min_length=1)]


class NudgesFile(Model):
    """`nudges.yaml`. What stands once (rules, anchoring …) comes from the shipped pack."""

    placeholders: Mapping[Id, Words] = Field(
        default={}, description="Name in braces in a text: what is put there."
    )
    rules: NudgeRules | None = None
    anchoring: Anchoring | None = None
    release_request: ReleaseRequest | None = None
    on_silence: OnSilence | None = None
    nudges: tuple[Nudge, ...] = ()
    drafts: tuple[Draft, ...] = ()
    signals: tuple[Signal, ...] = ()
    raise_matter: RaiseMatter | None = None
    retired: Mapping[Id, tuple[Id, ...]] = Field(default={})


class Nudges(Model):
    """All that the loaded packs say in their `nudges.yaml`, as one."""

    placeholders: Mapping[str, str]
    rules: NudgeRules
    anchoring: Anchoring
    release_request: ReleaseRequest
    on_silence: OnSilence
    nudges: tuple[Nudge, ...]
    drafts: tuple[Draft, ...]
    signals: tuple[Signal, ...]
    raise_matter: RaiseMatter
