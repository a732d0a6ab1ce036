"""What every file of a pack is made of: texts in three languages, ids, labels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["nb", "nn", "en"]
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")

Audience = Literal["team", "coordinator", "leader", "ministry", "ks"]
Phase = Annotated[int, Field(ge=1, le=3)]

Words = Annotated[str, StringConstraints(pattern=r"\S", max_length=2000)]
# Ids stand in buttons and in the record for ever, so they are short and plain.
Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60),
    Field(description="Lower-case letters, digits and hyphens. Never change or reuse one."),
]
Interval = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,2} (days?|weeks?|months?|years?)$"),
    Field(description='How often: "3 months", "1 week".'),
]


class Model(BaseModel):
    """Frozen, and strict: an unknown key or a quoted number is a fault, not a guess."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Model):
    """One wording in bokmål, nynorsk and English. All three are needed."""

    nb: Words = Field(description="Bokmål")
    nn: Words = Field(description="Nynorsk")
    en: Words = Field(description="English")

    def in_(self, language: str) -> str:
        """The wording in `language`; bokmål when the language is none of the three."""
        if language == "nn":
            return self.nn
        return self.en if language == "en" else self.nb


class Label(Model):
    """A thing to choose, and what it is called."""

    id: Id
    label: Text
