"""A database that tests use one after the other, each of which finds it empty.

A new database for each costs more than most tests do: on PostgreSQL it is copied and dropped, and
everywhere its engine has to connect, and to compile every statement, anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, QueuePool, event, text

from storage.engine import Database
from storage.tables import Outbox

_TABLES = [each.name for each in Outbox.metadata.sorted_tables]


class Reused:
    """Hands out one database again and again; another when a test let it go or left it in use."""

    def __init__(self, make: Callable[[], str]) -> None:
        """`make` makes a database with all tables and no rows, and says its address."""
        self._make = make
        self._made: Database | None = None
        self._columns = 0

    def empty(self) -> Database:
        """The database, without rows and with its ids at their beginning."""
        if self._made is not None and _in_use(self._made):
            self.close()
        if self._made is None:
            self._made = Database(self._make())
            if self._made.is_sqlite:
                event.listen(self._made.engine, "connect", _unsafe)
            self._columns = _columns(self._made)
        else:
            _clear(self._made)
        return self._made

    def check(self) -> None:
        """Say so when a test changed what it must not: the tables of all who come after it."""
        if self._made is not None and _columns(self._made) != self._columns:
            self.close()
            raise AssertionError("a test that changes tables takes `own_database`")

    def close(self) -> None:
        """Let go of it."""
        if self._made is not None:
            self._made.close()
        self._made = None


def _in_use(database: Database) -> bool:
    """Whether a thread of an earlier test is in it yet."""
    pool = database.engine.pool
    return isinstance(pool, QueuePool) and pool.checkedout() > 0


def _unsafe(connection: Any, _record: Any) -> None:
    """Nobody reads it after a power cut; what holds then is tested with databases of their own."""
    connection.execute("PRAGMA synchronous=OFF")


def _clear(database: Database) -> None:
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in _filled(connection):
            connection.execute(text(f"DELETE FROM {name}"))
        if database.is_sqlite:
            connection.execute(text("DELETE FROM sqlite_sequence"))
        else:
            counters = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
            connection.execute(text(counters))


def _filled(connection: Connection) -> list[str]:
    """The tables that have rows."""
    one = "SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})"
    query = " UNION ALL ".join(one.format(name=each) for each in _TABLES)
    return list(connection.execute(text(query)).scalars())


def _columns(database: Database) -> int:
    """How many columns there are."""
    count = (
        "SELECT count(*) FROM sqlite_master, pragma_table_info(sqlite_master.name)"
        if database.is_sqlite
        else "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
    )
    with database.read() as db:
        return int(db.execute(text(count)).scalar_one())
