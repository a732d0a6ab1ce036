"""What stands in a database, read from outside while a process runs or after it was killed.

Every look connects anew and lets go again: a restarted process must be the first to open an SQLite
file after a kill, as it would be on a real machine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

from dialogs.codec import decode
from tests.contract.surface import actions_of, text_of

_SAMSPILLS = """
    SELECT m.id, m.room_id, m.body FROM chat_message m JOIN chat_room r ON r.id = m.room_id
    WHERE m.author IS NULL AND m.body IS NOT NULL AND r.tenant = :tenant AND r.room = :room
    ORDER BY m.id DESC
"""
_AT_WORK = """
    SELECT 'outbox ' || key || ' ' || state FROM outbox WHERE state IN ('waiting', 'sending')
    UNION ALL SELECT 'job ' || key FROM job WHERE wanted > done AND failed IS NULL
    UNION ALL SELECT 'held ' || event FROM inbox WHERE held IS NOT NULL
    UNION ALL SELECT 'timer ' || occurrence FROM timer WHERE done_at IS NULL AND due_at <= :now
"""
# What must be the same however often the process was killed. Times and random keys are left out.
_SAME = {
    "answers": """
        SELECT a.question_id, i.user, n.status, n.value, n.followup, n.late, n.changes
        FROM answer n JOIN asked a ON a.id = n.asked_id
        LEFT JOIN identity i ON i.person_id = n.person_id
    """,
    "revisions": "SELECT answer_id, status, value FROM revision",
    "audit": """
        SELECT a.what, a.subject, i.user FROM audit a
        LEFT JOIN identity i ON i.person_id = a.person_id
    """,
    "inbox": "SELECT source, event FROM inbox",
    "outbox": "SELECT key, kind, state, reason, sent = wanted, repeats, lease FROM outbox",
    "rounds": "SELECT part_id, state, CAST(figures AS TEXT) FROM round",
    "asked": "SELECT question_id, state FROM asked",
    "jobs": "SELECT key, wanted = done, failed, lease FROM job",
    "timers": "SELECT occurrence, done_at IS NULL, skipped FROM timer",
    "nudges": "SELECT i.user FROM nudge n JOIN identity i ON i.person_id = n.person_id",
    "conversations": "SELECT person_id, dialog, step, data FROM conversation",
    "members": "SELECT person_id, organisation_id, roles, told_talk FROM membership",
    "rooms": "SELECT tenant, room FROM chat_room",
}
_CHAT = """
    SELECT r.tenant, r.room, m.key, t.key, m.author, m.deleted, m.body, m.text
    FROM chat_message m JOIN chat_room r ON r.id = m.room_id
    LEFT JOIN chat_message t ON t.id = m.thread
"""
_OTHERS = """
    SELECT pid, state FROM pg_stat_activity WHERE backend_type = 'client backend'
    AND datname = current_database() AND pid != pg_backend_pid()
"""
_TOLD_TIMES = ("out:live:round:start:", "out:remind:")  # their words hold moments


@dataclass(frozen=True)
class Control:
    """Something that can be pressed: where it stands, and what it is."""

    room: int
    message: int
    button: str
    value: str | None


class Record:
    """One database, by its address."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_sqlite = make_url(address).get_backend_name() == "sqlite"
        self.ahead = timedelta(0)  # how far its people are ahead of the machine's clock
        self._engine = create_engine(_reading(make_url(address)), poolclass=NullPool)

    def rows(self, query: str, **given: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._engine.connect() as connection:
            return [tuple(each) for each in connection.execute(text(query), given)]

    # --- what people see --------------------------------------------------------------------------

    def room(self, tenant: str, room: str) -> int:
        """The number of a room."""
        found: int = self.rows(
            "SELECT id FROM chat_room WHERE tenant = :tenant AND room = :room",
            tenant=tenant,
            room=room,
        )[0][0]
        return found

    def control(
        self, tenant: str, action: str, on: str, label: str | None, room: str
    ) -> Control | None:
        """What can be pressed on the latest message with these words, if it is there yet."""
        for message, number, body in self.rows(_SAMSPILLS, tenant=tenant, room=room):
            elements = decode(json.loads(body)).elements
            if on not in text_of(elements):
                continue
            for button, value, name in actions_of(elements):
                if button.startswith(f"{action}:") and label in (None, name):
                    return Control(number, message, button, value)
        return None

    # --- the whole --------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The time that its people live in; in the demo it is kept."""
        offset = self.rows("SELECT value FROM mark WHERE name = 'clock_offset_seconds'")
        seconds = float(offset[0][0]) if offset else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds) + self.ahead

    def at_work(self) -> list[str]:
        """What Samspill has yet to do."""
        return [row[0] for row in self.rows(_AT_WORK, now=self.now)]

    def story(self) -> dict[str, list[Any]]:
        """Everything that a kill must not change, in a form that can be compared."""
        told = {name: sorted(self.rows(query), key=repr) for name, query in _SAME.items()}
        told["chat"] = sorted((_plain(*row) for row in self.rows(_CHAT)), key=repr)
        return told

    def posted(self) -> list[str]:
        """The delivery keys of all that Samspill posted, as often as it stands there."""
        found = self.rows("SELECT key FROM chat_message WHERE author IS NULL")
        return sorted(_key(key) for (key,) in found)

    def whole(self) -> bool:
        """Whether all is in order when no process runs: SQLite finds no fault in the file, and on
        PostgreSQL nobody holds a transaction or a lock any more."""
        if self.is_sqlite:
            return self.rows("PRAGMA integrity_check") == [("ok",)]
        return self.rows(_OTHERS) == []


def _reading(address: URL) -> URL:
    """The same, so that nothing can be written on the way."""
    if address.get_backend_name() != "sqlite":
        return address
    return address.set(database=f"file:{address.database}", query={"mode": "ro", "uri": "true"})


def _key(key: str | None) -> str:
    """A message's key without what tells two posts of it apart."""
    return (key or "").split("#")[0]


def _plain(
    tenant: str,
    room: str,
    key: str,
    thread: str | None,
    author: str | None,
    deleted: int,
    body: str | None,
    text: str | None,
) -> tuple[Any, ...]:
    words = None if key.startswith(_TOLD_TIMES) else body or text
    return tenant, room, _key(key), _key(thread), author, deleted, words
