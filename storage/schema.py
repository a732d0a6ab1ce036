"""Whether a database has the tables that this version of Samspill needs, and bringing it there.

Alembic is imported only to migrate: what `serve` needs to know is a constant and one query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from storage import marks, troubles
from storage.engine import Database, Db, insert_new
from storage.tables import Collaboration, Mark, Person

if TYPE_CHECKING:
    from alembic.config import Config

VERSION_TABLE = "samspill_version"  # our own name: another program's Alembic table is not ours
REVISIONS = ("0001",)
"""Every revision in `migrations/versions`, the oldest first; a test compares."""

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x53414D53  # "SAMS": any number will do, as long as nothing else locks it
_DRIVERS = (SQLAlchemyError, sqlite3.Error)  # a new connection's first words come unwrapped


class SchemaState(Enum):
    """What the tables in a database are to this version of Samspill."""

    EMPTY = "there is no table yet"
    CURRENT = "the tables are those of this version"
    OLDER = "the tables are those of an earlier version"
    NEWER = "the tables are those of a later version"
    FOREIGN = "the tables are none of Samspill's"


class DatabaseKind(StrEnum):
    """What a database is for; it never changes."""

    DEMO = "demo"  # made-up people and a clock that can be moved
    RECORD = "record"  # what people really wrote


class SchemaError(Exception):
    """This database cannot be used as it is; the text says what to do."""


_HELP = {
    SchemaState.EMPTY: "The database is empty. Run: samspill migrate",
    SchemaState.OLDER: "The database is from an earlier version of Samspill. Stop Samspill, take a "
    "copy of the database, then run: samspill migrate",
    SchemaState.NEWER: "The database is from a later version of Samspill than this one. Install "
    "that version or a newer one.",
    SchemaState.FOREIGN: "The database holds tables that are not Samspill's. Set "
    "SAMSPILL_DATABASE_URL to a database of its own.",
}
_OUT_OF_REACH = {
    True: "The database file cannot be opened. See that its folder exists and may be written to, "
    "and that the file is an SQLite database; SAMSPILL_DATABASE_URL says which file it is.",
    False: "The database cannot be reached. See that the server runs, and that "
    "SAMSPILL_DATABASE_URL has the right host, name, user and password.",
}
_DANGLING = (
    "Some rows refer to others that are not there, so nothing was changed. Restore a copy of the "
    "database from before, and report this."
)
_KINDS = {
    DatabaseKind.RECORD: "This database holds a real record, which the demo never opens. Name "
    "another file: samspill demo --file FILE",
    DatabaseKind.DEMO: "This database was made by the demo, which is nothing to keep answers in. "
    "Set SAMSPILL_DATABASE_URL to another one.",
}


def state(database: Database) -> SchemaState:
    """What is there, by a plain read; SchemaError when the database cannot be reached."""
    try:
        with database.read() as db:
            return _state(db.connection())
    except _DRIVERS as error:
        raise _unusable(database, error) from None


def require_current(database: Database) -> None:
    """Do nothing if the tables are this version's; SchemaError says which command helps."""
    found = state(database)
    if found is not SchemaState.CURRENT:
        raise SchemaError(_HELP[found])


def migrate(database: Database) -> list[str]:
    """Bring an empty or older database up to this version; the revisions that were applied.

    All of it is one transaction, and on PostgreSQL only one process does it at a time.
    """
    _reach(database)
    with _alone(database) as connection:
        found = _state(connection)
        if found in (SchemaState.NEWER, SchemaState.FOREIGN):
            raise SchemaError(_HELP[found])
        if found is SchemaState.CURRENT:
            return []
        from alembic import command

        before = _version(connection)
        command.upgrade(alembic_config(connection), "head")
    return list(REVISIONS[REVISIONS.index(before) + 1 if before else 0 :])


def claim_kind(database: Database, kind: DatabaseKind) -> None:
    """Say which kind this database is, for good; SchemaError when it is the other already.

    An empty database gets its tables first. A record in use that was never marked is no demo's.
    """
    found = state(database)
    if found is SchemaState.FOREIGN:
        raise SchemaError(_HELP[found])
    if found is SchemaState.EMPTY:
        migrate(database)
    with database.write() as db:
        if marks.read(db, "kind") is None and (kind is DatabaseKind.RECORD or _is_unused(db)):
            insert_new(db, Mark, [{"name": "kind", "value": str(kind)}], ["name"])
        held = DatabaseKind(marks.read(db, "kind") or DatabaseKind.RECORD)
    if held is not kind:
        raise SchemaError(_KINDS[held])


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration; there is no ini file to find."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return config


def _is_unused(db: Db) -> bool:
    people, groups = (select(func.count()).select_from(table) for table in (Person, Collaboration))
    return not db.exec(people).one() and not db.exec(groups).one()


def _state(connection: Connection) -> SchemaState:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return SchemaState.FOREIGN if tables else SchemaState.EMPTY
    version = _version(connection)
    if version is None:
        return SchemaState.FOREIGN if len(tables) > 1 else SchemaState.EMPTY
    if version == REVISIONS[-1]:
        return SchemaState.CURRENT
    return SchemaState.OLDER if version in REVISIONS else SchemaState.NEWER


def _version(connection: Connection) -> str | None:
    """The revision that the tables are at."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return found.scalar_one_or_none()


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A transaction in which nobody else migrates.

    SQLite copies a table to change it: with foreign keys on, dropping the old one would take what
    refers to it along. They can only be switched off outside a transaction.
    """
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        if not database.is_sqlite:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                yield connection
            return
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise SchemaError(_DANGLING)
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _unusable(database: Database, error: Exception) -> SchemaError:
    return SchemaError(troubles.told(error) or _OUT_OF_REACH[database.is_sqlite])


def _reach(database: Database) -> None:
    """Say in words that a database cannot be written to; its own text may hold the address."""
    try:
        with database.write() as db:
            db.connection()
    except _DRIVERS as error:
        raise _unusable(database, error) from None
