"""What is wrong with a database is told in our words, and the log has its code for it."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.cli_faults import words
from storage.engine import Database
from storage.troubles import code, named, told

SECRET = "Vi stoler ikke på direktøren"


@pytest.fixture
def file(tmp_path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/x.db")
    with made.write() as db:
        db.execute(text("CREATE TABLE t (x)"))
    yield made
    made.close()


def failing(database: Database, statement: str, **values: str) -> DBAPIError:
    with database.write() as db, pytest.raises(DBAPIError) as caught:
        db.execute(text(statement), values)
    return caught.value


def test_a_full_disk(file: Database) -> None:
    with file.write() as db:
        db.execute(text("PRAGMA max_page_count=3"))
    error = failing(file, "INSERT INTO t VALUES (:said)", said=SECRET * 3000)
    assert named(error) == "OperationalError SQLITE_FULL"
    assert "Make room" in words(error)
    assert SECRET not in words(error)


def test_a_file_that_may_only_be_read(file: Database) -> None:
    with pytest.raises(DBAPIError) as caught, file.read() as db:
        db.execute(text("INSERT INTO t VALUES (1)"))
    assert code(caught.value) == "SQLITE_READONLY"
    assert "may write to it" in words(caught.value)


def test_a_file_that_another_program_holds(file: Database, tmp_path) -> None:
    other = sqlite3.connect(tmp_path / "x.db", timeout=0, isolation_level=None)
    with file.write() as db:
        db.connection()  # which begins
        with pytest.raises(sqlite3.OperationalError) as caught:
            other.execute("BEGIN IMMEDIATE")
    other.close()
    assert "Another program holds the database" in words(caught.value)


def test_what_is_no_trouble_of_the_database() -> None:
    assert (code(ValueError(SECRET)), named(ValueError(SECRET))) == ("", "ValueError")
    assert told(ValueError(SECRET)) is None


def test_a_fault_in_a_statement_is_left_to_us(file: Database) -> None:
    error = failing(file, "SELECT nothing")
    assert told(error) is None
    assert "that nobody foresaw: OperationalError SQLITE_ERROR" in words(error)
