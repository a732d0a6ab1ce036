"""Rules that a question may carry: when to follow up, when to open a talk, when to ask at all.

`dialogs.packs.rules` works them out.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from dialogs.packs.base import Id, Model

Values = Annotated[
    tuple[Id, ...], Field(min_length=1, description="Ids of options, or yes, partly, no.")
]
Step = Annotated[int, Field(ge=1, le=5)]
Spread = Annotated[int, Field(ge=1, le=4, description="Between the lowest and the highest answer.")]
Mean = Annotated[float, Field(ge=1, le=5)]


class TooShort(Model):
    """There is text, but less of it than `min_chars`."""

    rule: Literal["too_short"]
    min_chars: Annotated[int, Field(ge=1, le=1000)]


class AnswerIn(Model):
    """One of `values` was chosen."""

    rule: Literal["answer_in"]
    values: Values


class AnswerAtMost(Model):
    """A scale answer of `value` or lower."""

    rule: Literal["answer_at_most"]
    value: Step


class AnswerAtLeast(Model):
    """A scale answer of `value` or higher."""

    rule: Literal["answer_at_least"]
    value: Step


class FewerThan(Model):
    """The list has fewer than `count` entries."""

    rule: Literal["fewer_than"]
    count: Annotated[int, Field(ge=1, le=100)]


class MissingAny(Model):
    """One of `values` was not chosen."""

    rule: Literal["missing_any"]
    values: Values


class NoneChosen(Model):
    """Nothing was chosen, though several could be."""

    rule: Literal["none_chosen"]


class RoleWithoutName(Model):
    """A role stands without a name."""

    rule: Literal["role_without_name"]


class OwnerOrDateMissingOrOverdue(Model):
    """A goal has no owner or no review date, or is past it."""

    rule: Literal["owner_or_date_missing_or_overdue"]


class MissingOrPassed(Model):
    """There is no date, or it has passed."""

    rule: Literal["missing_or_passed"]


class NotYet(Model):
    """There is no document yet."""

    rule: Literal["not_yet"]


class Answered(Model):
    """Always, once there is an answer."""

    rule: Literal["answered"]


FollowupRule = Annotated[
    TooShort
    | AnswerIn
    | AnswerAtMost
    | AnswerAtLeast
    | FewerThan
    | MissingAny
    | NoneChosen
    | RoleWithoutName
    | OwnerOrDateMissingOrOverdue
    | MissingOrPassed
    | NotYet
    | Answered,
    Field(discriminator="rule"),
]
"""A rule about one person's answer."""


class MeanOrSpread(Model):
    """The mean is under `mean_below`, over `mean_above`, or answers lie far apart."""

    rule: Literal["mean_or_spread"]
    mean_below: Mean | None = None
    mean_above: Mean | None = None
    spread_at_least: Spread


class SpreadRule(Model):
    """Answers lie at least `spread_at_least` apart."""

    rule: Literal["spread"]
    spread_at_least: Spread


class AnswersDiffer(Model):
    """People chose differently."""

    rule: Literal["answers_differ"]


class NamedByOne(Model):
    """Something was named by one person only."""

    rule: Literal["named_by_one"]


StarterRule = Annotated[
    MeanOrSpread | SpreadRule | AnswersDiffer | NamedByOne, Field(discriminator="rule")
]
"""A rule about all answers to one question."""

# Which kinds of answer a rule can say anything about.
RULE_TYPES: dict[str, frozenset[str]] = {
    "too_short": frozenset({"text"}),
    "answer_in": frozenset({"ypn", "pick", "multi"}),
    "answer_at_most": frozenset({"scale5"}),
    "answer_at_least": frozenset({"scale5"}),
    "fewer_than": frozenset({"parties", "roles", "multi"}),
    "missing_any": frozenset({"multi"}),
    "none_chosen": frozenset({"multi"}),
    "role_without_name": frozenset({"roles"}),
    "owner_or_date_missing_or_overdue": frozenset({"goal"}),
    "missing_or_passed": frozenset({"date"}),
    "not_yet": frozenset({"doc"}),
    "mean_or_spread": frozenset({"scale5"}),
    "spread": frozenset({"scale5"}),
    "answers_differ": frozenset({"ypn", "pick", "multi"}),
    "named_by_one": frozenset({"parties", "roles"}),
}


class Clause(Model):
    """One answer to another question that opens this one. Just one of the four tests is given."""

    question: Id
    answer_in: Values | None = None
    missing_any: Values | None = None
    has_record: Literal[True] | None = Field(None, description="A goal has been recorded.")
    has_entries: Literal[True] | None = Field(None, description="The list is not empty.")

    @property
    def values(self) -> tuple[str, ...]:
        """The choices that the clause names; empty for `has_record` and `has_entries`."""
        return (self.answer_in or ()) + (self.missing_any or ())

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        tests = (self.answer_in, self.missing_any, self.has_record, self.has_entries)
        if sum(test is not None for test in tests) != 1:
            raise PydanticCustomError(
                "pack",
                "a condition has one test, not none or several",
                {"do": "Give one of `answer_in`, `missing_any`, `has_record`, `has_entries`"},
            )
        return self


class Condition(Model):
    """Ask only when any one of the clauses holds."""

    any: Annotated[tuple[Clause, ...], Field(min_length=1)]
