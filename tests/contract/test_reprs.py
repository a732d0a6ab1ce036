"""Where what people wrote may stand in the record, and that no repr shows it."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest
from sqlalchemy import JSON, LargeBinary, String
from sqlmodel import AutoString, SQLModel

from dialogs import events, messages
from storage.counting import Given
from storage.tables import WRITTEN, Person, Row

MARKER = "SECRET WORDS"
ROWS = {each.__tablename__: each for each in Row.__subclasses__()}

# Columns that hold text and nothing that people wrote: ids, kinds, states, what packs say.
TECHNICAL = {
    "action": {"state"},
    "answer": {"respondent", "status"},
    "asked": {"question_id", "pack_id", "pack_version", "type", "where", "state"},
    "audit": {"what", "subject"},
    "chat_member": {"user"},
    "chat_message": {"key", "author", "mark"},
    "chat_room": {"platform", "tenant", "room", "direct_user"},
    "collaboration": {"language", "house_languages", "zone", "country"},
    "conversation": {"dialog", "step"},
    "heard": {"message"},
    "identity": {"platform", "tenant", "user"},
    "inbox": {"source", "event"},
    "installation": {"tenant", "enterprise", "bot_user", "bot_id", "sealed", "installed_by"},
    "invitation": {"code_hash"},
    "job": {"key", "dialog", "action", "argument", "lease", "failed"},
    "mark": {"name", "value"},
    "membership": {"roles"},
    "outbox": {"key", "kind", "dialog", "argument", "live", "platform_id", "state", "lease"}
    | {"reason"},
    "person": {"language", "zone"},
    "place": {"platform", "tenant", "channel", "language"},
    "proposal": {"status"},
    "revision": {"status"},
    "round": {"part_id", "audience", "name", "way", "pace", "whose", "state", "figures"}
    | {"pseudonym_key"},
    "timer": {"occurrence", "dialog", "action", "argument", "failed"},
    "web_link": {"token_hash"},
    "web_session": {"token_hash", "user"},
}
# In messages and events: ids, kinds and styles.
SHOWN = {"language", "style", "id", "name", "kind", "typed", "opens", "required", "max_length"}
SHOWN |= {"platform", "tenant", "user", "channel", "thread", "message", "button", "form", "at"}
SHOWN |= {"actor", "where", "said_at", "direct", "can_open", "can_notice", "named"}
SHOWN |= {"only_mentions", "kept", "session", "lasting", "purpose", "own", "before", "also"}
SHOWN |= {"guessed"}
INSIDE = {"elements", "fields", "facts", "buttons", "options", "intro"}
NAMED = (events.Actor, events.Where)  # their names are people's own; a field's is ours
SAID = [
    each
    for module in (messages, events)
    for each in vars(module).values()
    if is_dataclass(each) and each.__module__ == module.__name__
]


def texts(table: str) -> set[str]:
    """The columns that can hold text."""
    kinds = (String, AutoString, JSON, LargeBinary)
    columns = SQLModel.metadata.tables[table].columns
    return {each.name for each in columns if isinstance(each.type, kinds)}


def test_every_table_is_a_row():
    assert set(ROWS) == set(SQLModel.metadata.tables)


@pytest.mark.parametrize("table", sorted(map(str, SQLModel.metadata.tables)))
def test_every_text_is_known_to_be_written_by_people_or_not(table):
    written, technical = set(WRITTEN.get(table, ())), TECHNICAL.get(table, set())
    assert texts(table) == written | technical
    assert not written & technical
    assert written <= texts(table)


@pytest.mark.parametrize("table", sorted(map(str, ROWS)))
def test_a_row_shows_itself_by_table_and_id_only(table):
    row: Any = ROWS[table](**dict.fromkeys(texts(table), MARKER))
    for shown in (repr(row), str(row), f"{row}", repr([row]), repr({1: row})):
        assert MARKER not in shown
    assert repr(Person(id=7, name=MARKER)) == "Person(id=7)"  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", SAID, ids=lambda each: each.__name__)
def test_what_is_said_shows_no_words(kind):
    """Elements inside elements show themselves, each by its own rule."""
    shown = SHOWN - {"name"} if kind in NAMED else SHOWN
    made = kind(**{each.name: "x" if each.name in shown else MARKER for each in fields(kind)})
    seen = [each.name for each in fields(kind) if each.repr and each.name not in shown | INSIDE]
    assert seen == []
    assert INSIDE & {each.name for each in fields(kind)} or MARKER not in repr(made)


def test_an_answer_as_given_shows_nothing():
    values = {each.name: MARKER for each in fields(Given) if each.default is MISSING}
    assert MARKER not in repr(Given(**values))  # type: ignore[arg-type]
