"""The database: one way to write, one way to read, the same on SQLite and PostgreSQL.

SQLite has one writer connection (used by one thread) and reader connections that cannot write.
PostgreSQL has a pool for both. Nothing here is async: the edges run these in worker threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

Db = Session

_CONFLICTS = {"40001", "40P01"}  # serialisation failure, deadlock


class Database:
    """A database by its address (`sqlite:///file.db` or `postgresql://…`)."""

    def __init__(self, url: str, *, writers: int = 8, readers: int = 8) -> None:
        address = make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.writers = 1 if self.is_sqlite else writers
        self.readers = readers
        self.path = address.database if self.is_sqlite else None
        if self.is_sqlite:
            self._writer = _sqlite(address.render_as_string(hide_password=False), 1, "IMMEDIATE")
            self._reader = _sqlite(address.render_as_string(hide_password=False), readers, "")
        else:
            engine = create_engine(
                address,
                pool_size=writers + readers,
                pool_pre_ping=True,
                max_overflow=4,
                hide_parameters=True,  # what people wrote is in them
            )
            self._writer = self._reader = engine

    @contextmanager
    def write(self) -> Iterator[Db]:
        """A transaction that commits at the end and rolls back on any exception."""
        with Session(self._writer, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A read-only snapshot; nothing done to it is kept."""
        with Session(self._reader, autoflush=False, expire_on_commit=False) as db:
            if not self.is_sqlite:
                db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                db.execute(text("SET TRANSACTION READ ONLY"))
            yield db  # closing rolls back, and leaves what was read as it is

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def close(self) -> None:
        """Close every connection."""
        self._writer.dispose()
        self._reader.dispose()


def _sqlite(url: str, size: int, begin: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # what people wrote is in them
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if not begin:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}".strip())

    return engine


def insert_new(
    db: Db, table: type[SQLModel], rows: Sequence[dict[str, Any]], conflict: Sequence[str]
) -> int:
    """Insert rows, passing over those whose `conflict` columns are there already; how many went in.

    One statement, no objects: the hot path's insert.
    """
    if not rows:
        return 0
    dialect: Any = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    target: Any = table  # its Core table: the ORM's bulk insert does not count what went in
    insert = dialect.insert(target.__table__).inline()
    statement = insert.on_conflict_do_nothing(index_elements=list(conflict))
    if len(rows) == 1:
        return changed(db, statement.values(rows[0]))
    return changed(db, statement, list(rows))


def changed(db: Db, statement: Any, rows: list[dict[str, Any]] | None = None) -> int:
    """Run a statement that writes; how many rows it touched."""
    counting = {"preserve_rowcount": True}  # else PostgreSQL's driver answers -1 for an insert
    done: Any = db.execute(statement, rows, execution_options=counting)
    return int(done.rowcount)


def lock_rows(db: Db, collaborations: Sequence[int], persons: Sequence[int]) -> None:
    """Hold these collaborations, then these persons, until the transaction ends (PostgreSQL).

    On SQLite the one writer gives the same. Sorted, so that two turns never wait for each other.
    """
    if db.get_bind().dialect.name != "postgresql":
        return
    for kind, ids in ((1, collaborations), (2, persons)):
        for each in sorted(set(ids)):
            db.execute(text("SELECT pg_advisory_xact_lock(:kind, :id)"), {"kind": kind, "id": each})


def is_conflict(error: DBAPIError) -> bool:
    """Whether running the whole turn again may help: a deadlock or a serialisation failure."""
    return getattr(error.orig, "sqlstate", None) in _CONFLICTS
