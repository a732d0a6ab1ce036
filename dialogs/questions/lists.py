"""Lists: parties `{"items"}`, and roles `{"roles": [{"party", "name"}]}`, one entry a line."""

from __future__ import annotations

import re

from dialogs.language import Translator, n_
from dialogs.messages import Field
from dialogs.questions.content import Content
from dialogs.questions.kind import (
    ANSWER,
    LONGEST,
    Kind,
    NotUnderstood,
    Sent,
    Value,
    lines_of,
    says_something,
)

MOST = 100  # entries
_NAME_AFTER = re.compile(r"\s*(?::|=|–|—|\s-\s|→|->)\s*")


class Parties(Kind):
    """`parties`: who or what is concerned."""

    in_thread = True

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        filled = tuple(standing["items"]) if standing else ()
        hint = say.t("One per line.")
        label = say.pick(content.text)
        return (Field(ANSWER, label, "lines", filled, hint=hint, max_length=LONGEST),)

    def from_form(self, content: Content, sent: Sent) -> Value:
        return {"items": list(dict.fromkeys(_entries(lines_of(sent))))}

    def from_typed(self, content: Content, text: str) -> Value:
        return {"items": list(dict.fromkeys(_entries(re.split(r"[\n;]|,(?!\d)", text))))}

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return "\n".join(f"• {each}" for each in value["items"])

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write one per line, or separate them with commas.")


class Roles(Kind):
    """`roles`: who has which task; a party without a name may stand alone."""

    def fields(
        self, content: Content, say: Translator, standing: Value | None
    ) -> tuple[Field, ...]:
        roles = standing["roles"] if standing else ()
        filled = tuple(_line(role["party"], role["name"]) for role in roles)
        label = say.pick(content.text)
        return (Field(ANSWER, label, "pairs", filled, max_length=LONGEST),)

    def from_form(self, content: Content, sent: Sent) -> Value:
        return {"roles": [_role(each) for each in _entries(lines_of(sent))]}

    def from_typed(self, content: Content, text: str) -> Value:
        return {"roles": [_role(each) for each in _entries(re.split(r"[\n;]", text))]}

    def shown(self, content: Content, value: Value, say: Translator) -> str:
        return "\n".join(f"• {_line(role['party'], role['name'])}" for role in value["roles"])

    def how_to_type(self, say: Translator) -> str:
        return say.t("Write one per line, as «party: name».")


def _line(party: str, name: str) -> str:
    return f"{party}: {name}" if name else party


def _role(entry: str) -> dict[str, str]:
    party, name, *_ = [*_NAME_AFTER.split(entry, maxsplit=1), ""]
    if not says_something(party):
        return {"party": name.strip(), "name": ""}
    return {"party": party.strip(), "name": name.strip()}


def _entries(written: list[str]) -> list[str]:
    """The entries that say something, without the signs that they were listed with."""
    items = [re.sub(r"\A[-*•–]\s+", "", each.strip()) for each in written if says_something(each)]
    if not items:
        raise NotUnderstood(n_("Write at least one, or «don't know»."))
    if len(items) > MOST or sum(map(len, items)) > LONGEST:
        raise NotUnderstood(n_("The list is too long. Keep the most important ones."))
    return items
