"""The tables: made and brought up by migrations that say the same as the models, else refused."""

import inspect
import re
import subprocess
import sys

import pytest
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlmodel import SQLModel

from storage import marks, people, schema
from storage.engine import Database
from storage.schema import (
    REVISIONS,
    VERSION_TABLE,
    DatabaseKind,
    SchemaError,
    SchemaState,
    claim_kind,
    migrate,
    require_current,
    state,
)
from tests.fakes import FakeClock


@pytest.fixture
def empty(own_database: Database) -> Database:
    """A database without any table, of either kind."""
    with own_database.engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
    return own_database


@pytest.fixture
def record(empty: Database) -> Database:
    """A database that migrations made."""
    migrate(empty)
    return empty


def execute(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement))


def be_at(database: Database, version: str) -> None:
    execute(database, f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")


def test_an_empty_database_is_brought_up_once(empty: Database) -> None:
    assert state(empty) is SchemaState.EMPTY
    assert migrate(empty) == list(REVISIONS)
    assert state(empty) is SchemaState.CURRENT
    assert migrate(empty) == []
    require_current(empty)


def test_the_migrations_make_what_the_models_say(record: Database) -> None:
    with record.engine.begin() as connection:
        command.check(schema.alembic_config(connection))


def test_the_check_would_see_a_difference(record: Database) -> None:
    execute(record, "ALTER TABLE person ADD COLUMN shoe_size INTEGER")
    with record.engine.begin() as connection, pytest.raises(CommandError, match="shoe_size"):
        command.check(schema.alembic_config(connection))


def test_partial_indexes_are_partial(record: Database) -> None:
    catalogue = "sqlite_master" if record.is_sqlite else "pg_indexes"
    name, definition = ("name", "sql") if record.is_sqlite else ("indexname", "indexdef")
    with record.engine.connect() as connection:
        query = f"SELECT {definition} FROM {catalogue} WHERE {name} = 'ix_timer_due'"
        found = connection.execute(text(query)).scalar_one()
    assert re.search(r"WHERE \(?done_at IS NULL", found)


def test_a_step_back_leaves_nothing(record: Database) -> None:
    with record.engine.begin() as connection:
        command.downgrade(schema.alembic_config(connection), "base")
    assert state(record) is SchemaState.EMPTY
    assert migrate(record) == list(REVISIONS)


def test_the_constant_is_what_the_folder_holds() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    found = [each.revision for each in scripts.walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_serving_does_not_import_alembic(tmp_path) -> None:
    program = f"""
import sys
from storage.engine import Database
from storage.schema import SchemaError, require_current
try:
    require_current(Database("sqlite:///{tmp_path}/x.db"))
except SchemaError:
    print("alembic" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False\n"


def test_a_newer_database_is_refused(record: Database) -> None:
    be_at(record, "9999")
    assert state(record) is SchemaState.NEWER
    for refuses in (require_current, migrate):
        with pytest.raises(SchemaError, match=r"later version.*Install that version or a newer"):
            refuses(record)


def test_an_older_database_is_told_the_command(record: Database, monkeypatch) -> None:
    monkeypatch.setattr(schema, "REVISIONS", (*REVISIONS, "next"))
    assert state(record) is SchemaState.OLDER
    with pytest.raises(SchemaError, match=r"earlier version.*run: samspill migrate"):
        require_current(record)


def test_an_empty_database_is_told_the_command(empty: Database) -> None:
    with pytest.raises(SchemaError, match=r"empty. Run: samspill migrate"):
        require_current(empty)


@pytest.mark.parametrize("table", ["invoice", "alembic_version"])
def test_anothers_database_is_left_alone(empty: Database, table: str) -> None:
    execute(empty, f"CREATE TABLE {table} (id INTEGER)")
    assert state(empty) is SchemaState.FOREIGN
    for refuses in (require_current, migrate, lambda it: claim_kind(it, DatabaseKind.RECORD)):
        with pytest.raises(SchemaError, match=r"not Samspill's. Set SAMSPILL_DATABASE_URL"):
            refuses(empty)
    with empty.engine.connect() as connection:
        assert MigrationContext.configure(connection).dialect.get_table_names(connection) == [table]


def test_a_migration_that_fails_changes_nothing(empty: Database, monkeypatch) -> None:
    def half(config, _) -> None:
        config.attributes["connection"].execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(RuntimeError):
        migrate(empty)
    assert state(empty) is SchemaState.EMPTY


def test_foreign_keys_hold_again_after_migrating(record: Database) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError):
        execute(record, "INSERT INTO chat_member (room_id, \"user\") VALUES (17, 'x')")


def test_rows_that_refer_to_nothing_stop_a_migration(tmp_path, monkeypatch) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")

    def orphan(config, _) -> None:
        connection = config.attributes["connection"]
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a (id))"))
        connection.execute(text("INSERT INTO b VALUES (7)"))

    monkeypatch.setattr(command, "upgrade", orphan)
    with pytest.raises(SchemaError, match="nothing was changed"):
        migrate(database)
    assert state(database) is SchemaState.EMPTY
    database.close()


@pytest.mark.postgres
def test_two_processes_migrate_one_after_the_other(postgres_url) -> None:
    from concurrent.futures import ThreadPoolExecutor

    databases = [Database(postgres_url) for _ in range(4)]
    with databases[0].engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
    with ThreadPoolExecutor(1) as pool:
        # Alembic's context is one a process, so the second waits in the lock, not in Alembic.
        with databases[1].engine.begin() as other:
            other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": schema._LOCK})
            waiting = pool.submit(migrate, databases[2])
            with databases[3].engine.connect() as watcher:
                while not watcher.execute(_WAITS).scalar_one():
                    watcher.rollback()
            assert not waiting.done()
        assert waiting.result() == list(REVISIONS)
    assert migrate(databases[0]) == []
    for each in databases:
        each.close()


_WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


# --- what kind it is --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(DatabaseKind))
def test_a_database_is_of_one_kind_for_good(empty: Database, kind: DatabaseKind) -> None:
    other = DatabaseKind.RECORD if kind is DatabaseKind.DEMO else DatabaseKind.DEMO
    claim_kind(empty, kind)
    claim_kind(empty, kind)
    require_current(empty)
    with pytest.raises(SchemaError, match=r"demo"):
        claim_kind(empty, other)
    with empty.read() as db:
        assert marks.read(db, "kind") == kind


def test_a_record_without_a_mark_is_no_demo(record: Database) -> None:
    with record.write() as db:
        people.meet(db, "web", "t", "u", "Kari", FakeClock().now())
    with pytest.raises(SchemaError, match=r"real record.*--file FILE"):
        claim_kind(record, DatabaseKind.DEMO)
    claim_kind(record, DatabaseKind.RECORD)


# --- out of reach -----------------------------------------------------------------------------


@pytest.mark.parametrize("refuses", [state, migrate])
@pytest.mark.parametrize("what", ["a folder that is missing", "no database"])
def test_a_file_that_cannot_be_opened(tmp_path, refuses, what) -> None:
    (tmp_path / "text.db").write_text("hemmelig " * 1000)
    file = tmp_path / ("no/x.db" if "folder" in what else "text.db")
    database = Database(f"sqlite:///{file}")
    with pytest.raises(SchemaError, match=r"cannot be opened\. See that its folder"):
        refuses(database)
    database.close()


@pytest.mark.parametrize("refuses", [state, migrate])
def test_a_server_that_is_away(refuses) -> None:
    database = Database("postgresql://u:hemmelig@127.0.0.1:1/n")
    with pytest.raises(SchemaError, match=r"cannot be reached\. See that the server") as fault:
        refuses(database)
    assert "hemmelig" not in str(fault.value)
    database.close()


def test_every_state_says_what_it_means() -> None:
    assert all(inspect.cleandoc(each.value) for each in SchemaState)
