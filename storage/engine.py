"""The database: one way to write, one way to read, the same on SQLite and PostgreSQL.

SQLite has one writer connection (used by one thread) and reader connections that cannot write.
PostgreSQL has a pool for both. Nothing here is async: the edges run these in worker threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Engine,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlmodel import Session, SQLModel, col

from storage.prepared import Prepared, beneath, prepared

Db = Session
T = TypeVar("T", bound=SQLModel)

_CONFLICTS = {"40001", "40P01"}  # serialisation failure, deadlock
# Else PostgreSQL's driver answers -1 for an insert.
_COUNTING: Any = {"execution_options": {"preserve_rowcount": True}}
# A session that has to roll back by itself takes the shared transaction with it: all begin anew.
_SHARED: Any = {"join_transaction_mode": "rollback_only"}
# The driver says both as it begins the transaction: no round trips of their own.
_SNAPSHOT: Any = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Undone(Exception):
    """A transaction that several shared is gone, with all that they wrote."""


class Database:
    """A database by its address (`sqlite:///file.db` or `postgresql://…`)."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.drivername in ("postgresql", "postgres"):
            address = address.set(drivername="postgresql+psycopg")
        self.is_sqlite = address.get_backend_name() == "sqlite"
        # SQLite answers from memory: with more threads they only wait for one another.
        self.writers, self.readers = (1, 3) if self.is_sqlite else (8, 8)
        self.path = address.database if self.is_sqlite else None
        self._sharing = threading.local()
        if self.is_sqlite:
            self._writer = _sqlite(address.render_as_string(hide_password=False), 1, "IMMEDIATE")
            self._reader = _sqlite(address.render_as_string(hide_password=False), self.readers, "")
        else:
            engine = create_engine(
                address,
                pool_size=self.writers + self.readers,
                pool_pre_ping=True,
                max_overflow=4,
                hide_parameters=True,  # what people wrote is in them
            )
            self._writer = self._reader = engine

    @contextmanager
    def write(self) -> Iterator[Db]:
        """A transaction that commits at the end and rolls back on any exception.

        Within `together` it is a part of that one: undone alone, committed with the others.
        """
        shared: Db | None = getattr(self._sharing, "session", None)
        if shared is not None:
            with _part(shared) as db:
                yield db
            return
        with Session(self._writer, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def together(self) -> Iterator[Callable[[], bool]]:
        """Let what this thread writes until the end share one commit (SQLite, where each waits for
        the disk); whether that is still possible can be asked for.

        Raises Undone, at the end, when it was not: run each part again by itself then.
        """
        with self._writer.connect() as connection:
            begun = connection.begin()
            raw: Any = connection.connection.dbapi_connection

            def whole() -> bool:
                return begun.is_active and bool(raw.in_transaction)

            with Session(connection, expire_on_commit=False, **_SHARED) as shared:
                self._sharing.session = shared
                try:
                    yield whole
                finally:
                    self._sharing.session = None
            if not whole():  # a full disk ends a transaction in the middle
                raise Undone
            begun.commit()

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A read-only snapshot; nothing done to it is kept."""
        with Session(self._reader, autoflush=False, expire_on_commit=False) as db:
            if not self.is_sqlite:
                db.connection(execution_options=_SNAPSHOT)
            yield db  # closing rolls back, and leaves what was read as it is

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def close(self) -> None:
        """Close every connection."""
        self._writer.dispose()
        self._reader.dispose()


@contextmanager
def _part(shared: Db) -> Iterator[Db]:
    """A part of a shared transaction, as if the session were new."""
    shared.expunge_all()
    shared.info.clear()
    raw = beneath(shared).driver
    raw.execute("SAVEPOINT part")
    try:
        yield shared
        shared.flush()
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK TO part")
        raise
    finally:
        if raw.in_transaction:
            raw.execute("RELEASE part")


@contextmanager
def undoable(db: Db) -> Iterator[None]:
    """A part of a transaction that is undone alone when it raises."""
    with db.begin_nested():
        db.connection()  # else the savepoint comes with the first statement of the session's own
        yield


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
            "secure_delete=ON",  # what is erased is overwritten in the file
        ):
            cursor.execute(f"PRAGMA {pragma}")
        if not begin:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}".strip())

    return engine


def bulk(db: Db, statement: Any) -> None:
    """Change or delete rows where they are; what was read of them before stays as it was read."""
    db.execute(statement, execution_options={"synchronize_session": False})


def by_id(db: Db, table: type[T], row_id: int) -> T | None:
    """The row with this id, by a statement built once."""
    found: T | None = _by_id(table).value(db, {"wanted": row_id})
    return found


def the(db: Db, table: type[T], row_id: int) -> T:
    """The row with this id, which is there; NoResultFound when it is not."""
    found = by_id(db, table, row_id)
    if found is None:
        raise NoResultFound
    return found


@cache
def _by_id(table: Any) -> Prepared:
    return prepared(lambda: select(table).where(table.id == bindparam("wanted")))


def insert_new(
    db: Db, table: type[SQLModel], rows: Sequence[dict[str, Any]], conflict: Sequence[str]
) -> int:
    """Insert rows, passing over those whose `conflict` columns are there already; how many went in.

    One statement, no objects: the hot path's insert.
    """
    if not rows:
        return 0
    return _insert(table, tuple(rows[0]), tuple(conflict)).change(db, _one_or_all(rows))


def insert(db: Db, table: type[SQLModel], *rows: dict[str, Any]) -> None:
    """Insert rows, at least one, and let the database say when it cannot be."""
    _insert(table, tuple(rows[0]), None).change(db, _one_or_all(rows))


def _one_or_all(rows: Sequence[dict[str, Any]]) -> dict[str, Any] | Sequence[dict[str, Any]]:
    return rows[0] if len(rows) == 1 else rows


@cache
def _insert(table: Any, keys: tuple[str, ...], conflict: tuple[str, ...] | None) -> Prepared:
    def build(dialect: str) -> Any:
        new = _of_dialect(dialect, table)
        return new if conflict is None else new.on_conflict_do_nothing(index_elements=conflict)

    return Prepared(build, keys)


def _of_dialect(dialect: str, table: Any) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table.__table__).inline()


def among(dialect: str, column: Any, name: str) -> ColumnElement[bool]:
    """That a column's value is in the list given as `name`. The list is one value, so a statement
    stays the same however long it is, and can be run for many lists at once."""
    if dialect == "postgresql":
        found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(column.type)))
        return found
    return col(column).in_(select(each_of(dialect, column.type, name)))


def each_of(dialect: str, kind: Any, name: str) -> ColumnElement[Any]:
    """Each value of the list given as `name`, of this type: a column to select from."""
    value: ColumnElement[Any]
    if dialect == "postgresql":
        value = func.unnest(bindparam(name, type_=ARRAY(kind))).column_valued("value")
    else:
        value = func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value
    return value


def inserting(
    dialect: str, table: Any, columns: dict[str, Any], conflict: Sequence[str] = ()
) -> Any:
    """The statement that makes rows of what is selected as `columns`. Those whose `conflict`
    columns are there already are passed over."""
    found = select(*columns.values()).where(true())  # SQLite needs it to tell what ON is about
    insert = _of_dialect(dialect, table).from_select(list(columns), found, include_defaults=False)
    return insert.on_conflict_do_nothing(index_elements=list(conflict)) if conflict else insert


def changed(db: Db, statement: Any) -> int:
    """Run a statement that writes; how many rows it touched."""
    done: Any = db.execute(statement, **_COUNTING)
    return int(done.rowcount)


def lock(db: Db, collaborations: Sequence[int], persons: Sequence[int]) -> None:
    """Let no other turn have these collaborations, then these persons, until the transaction ends.

    Advisory locks on PostgreSQL, in the order of ids, so that two turns never wait for each other;
    on SQLite the one writer gives the same.
    """
    if db.get_bind().dialect.name != "postgresql":
        return
    for kind, ids in ((1, collaborations), (2, persons)):
        for each in sorted(set(ids)):
            db.execute(text("SELECT pg_advisory_xact_lock(:kind, :id)"), {"kind": kind, "id": each})


def is_conflict(error: DBAPIError) -> bool:
    """Whether running the whole turn again may help: a deadlock or a serialisation failure."""
    return getattr(error.orig, "sqlstate", None) in _CONFLICTS
