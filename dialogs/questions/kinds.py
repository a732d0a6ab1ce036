"""The question types by the name that packs and the record have for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dialogs.questions.choices import One, Several, Step
from dialogs.questions.days import Day
from dialogs.questions.documents import Document
from dialogs.questions.goals import Goal
from dialogs.questions.kind import Kind
from dialogs.questions.lists import Parties, Roles
from dialogs.questions.words import FreeText
from storage.tables import Asked

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "text": FreeText(),
        "ypn": One(),
        "pick": One(),
        "scale5": Step(),
        "multi": Several(),
        "parties": Parties(),
        "roles": Roles(),
        "goal": Goal(),
        "date": Day(),
        "doc": Document(),
    }
)


def kind_of(asked: Asked) -> Kind:
    """The type of an asked question."""
    return KINDS[asked.type]
