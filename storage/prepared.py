"""Statements of the hot paths: built and compiled once, and given straight to the driver.

To run a statement, SQLAlchemy makes a context, a result and the loaders of its objects anew each
time, which takes several times as long as SQLite needs to answer. Here its compiler writes the SQL,
its types convert the values and its session keeps the objects, as always; but what is the same each
time is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, methodcaller
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import instance_dict, instance_state, set_committed_value
from sqlmodel import Session

Values = dict[str, Any]
Convert = Callable[[Any], Any]

_BENEATH = "what is beneath"
_ROWS, _COUNT = methodcaller("fetchall"), attrgetter("rowcount")


class Beneath(NamedTuple):
    """What a session stands on."""

    connection: Connection
    driver: Any  # the driver's own connection
    dialect: Dialect
    listeners: tuple[Callable[..., Any], ...]  # for `after_cursor_execute`


def beneath(db: Session) -> Beneath:
    """What a session stands on as long as its transaction lasts; looked up once."""
    found: Beneath | None = db.info.get(_BENEATH)
    if found is None:
        connection = db.connection()
        driver: Any = connection.connection.dbapi_connection
        listeners = tuple(connection.dispatch.after_cursor_execute)
        found = db.info[_BENEATH] = Beneath(connection, driver, connection.dialect, listeners)
    return found


def core(db: Session) -> Connection:
    """The connection beneath a session, for statements that make no objects."""
    return beneath(db).connection


class Prepared:
    """A statement that is run often, each time with other values.

    `build` makes it for a dialect, when it is run there for the first time; `keys` are the columns
    that a plain insert gets. Its parameters get one value each, no lists (see `engine.among`).
    """

    def __init__(self, build: Callable[[str], Any], keys: Sequence[str] = ()) -> None:
        self._build = build
        self._keys = keys
        self._plans: dict[str, _Plan] = {}

    def all(self, db: Session, given: Values) -> list[tuple[Any, ...]]:
        """The rows it finds, or returns of what it changed; tables as objects of the session."""
        if db.autoflush:
            db.flush()
        there = beneath(db)
        plan = self._plans.get(there.dialect.name) or self._planned(there.dialect)
        rows: list[tuple[Any, ...]] = plan.run(there, given, _ROWS)
        return plan.read(db, rows)

    def first(self, db: Session, given: Values) -> Any:
        """The first row; None when there is none."""
        rows = self.all(db, given)
        return rows[0] if rows else None

    def value(self, db: Session, given: Values) -> Any:
        """The first row's first value; None when there is none."""
        rows = self.all(db, given)
        return rows[0][0] if rows else None

    def change(self, db: Session, given: Values | Sequence[Values]) -> int:
        """Run it with these values, or with each of several; how many rows it touched."""
        there = beneath(db)
        plan = self._plans.get(there.dialect.name) or self._planned(there.dialect)
        touched: int = plan.run(there, given, _COUNT)
        return touched

    def _planned(self, dialect: Dialect) -> _Plan:
        plan = self._plans[dialect.name] = _Plan(self._build(dialect.name), dialect, self._keys)
        return plan


def prepared(build: Callable[[], Any]) -> Prepared:
    """A statement that is built alike for both databases."""
    return Prepared(lambda _: build())


class _Plan:
    """How a statement is run on one kind of database."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(keys) or None)
        made = {column.key: column.default for column in compiled.prefetch}
        required = {bind.key for bind in compiled.binds.values() if bind.required}
        if any(bind.expanding and bind.required for bind in compiled.binds.values()):
            raise TypeError("a list is no parameter of a prepared statement")
        if not all(default.is_scalar for default in made.values()):
            raise TypeError("a prepared statement makes no values anew")
        # Lists that are a part of the statement become as many parameters; so it is known whole.
        whole = compiled.construct_expanded_state(dict.fromkeys(required))
        self._sql = whole.statement
        self._dialect = dialect
        self._names = None if whole.positiontup is not None else list(whole.parameters)
        self._fixed: list[Any] = []
        self._given: list[tuple[int, str, Convert | None]] = []
        for place, name in enumerate(whole.positiontup or whole.parameters):
            bind = compiled.binds.get(name)
            convert = whole.processors.get(name) if bind is None else _to_driver(bind.type, dialect)
            value = whole.parameters[name]
            if bind is not None and bind.key in made:
                value = made[bind.key].arg
            elif bind is not None and bind.required:
                self._given.append((place, bind.key, convert))
                convert = None
            self._fixed.append(convert(value) if convert else value)
        self._converts, self._parts = _reading(statement, dialect)

    def run(self, there: Beneath, given: Values | Sequence[Values], take: Convert) -> Any:
        """What `take` takes from the driver's cursor after the statement: SQLite looks at most rows
        only then. Raises DBAPIError, which has no values in it."""
        cursor = there.driver.cursor()
        many = not isinstance(given, dict)
        try:
            if isinstance(given, dict):
                values = self._values(given)
                cursor.execute(self._sql, values)
            else:
                values = [self._values(each) for each in given]
                cursor.executemany(self._sql, values)
            taken = take(cursor)
        except self._dialect.loaded_dbapi.Error as error:
            raise self._wrapped(there, cursor, error) from error
        for listener in there.listeners:
            listener(there.connection, cursor, self._sql, values, None, many)
        cursor.close()
        return taken

    def read(self, db: Session, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows as they are meant: values converted, tables as objects."""
        if self._parts:
            return [self._objects(db, list(row)) for row in rows]
        for at, convert in self._converts:
            rows = [
                row if row[at] is None else (*row[:at], convert(row[at]), *row[at + 1 :])
                for row in rows
            ]
        return rows

    def _objects(self, db: Session, values: list[Any]) -> tuple[Any, ...]:
        for at, convert in self._converts:
            if values[at] is not None:
                values[at] = convert(values[at])
        return tuple([part.of(db, values) for part in self._parts])

    def _values(self, given: Values) -> Any:
        values = self._fixed.copy()
        for place, key, convert in self._given:
            values[place] = given[key] if convert is None else convert(given[key])
        return values if self._names is None else dict(zip(self._names, values, strict=True))

    def _wrapped(self, there: Beneath, cursor: Any, error: Any) -> BaseException:
        lost = self._dialect.is_disconnect(error, there.driver, cursor)
        if lost:
            there.connection.invalidate(error)
        wrapped: BaseException = DBAPIError.instance(
            self._sql,
            None,
            error,
            self._dialect.loaded_dbapi.Error,
            hide_parameters=True,  # what people wrote is in them
            connection_invalidated=lost,
            dialect=self._dialect,
        )
        return wrapped


class _Part(NamedTuple):
    """A part of a row: a value, or (with `mapper`) the values of an object, by their `keys`."""

    first: int
    mapper: Any = None
    keys: tuple[str, ...] = ()
    identity: tuple[int, ...] = ()  # where in the row its primary key is

    def of(self, db: Session, row: Sequence[Any]) -> Any:
        """What this part of a row is; None for an object that an outer join did not find."""
        if self.mapper is None:
            return row[self.first]
        identity = [row[place] for place in self.identity]
        if identity[0] is None:
            return None
        values = zip(self.keys, row[self.first : self.first + len(self.keys)], strict=True)
        key = self.mapper.identity_key_from_primary_key(identity)
        known = db.identity_map.get(key)
        if known is not None:
            _complete(known, values)
            return known
        made = self.mapper.class_manager.new_instance()
        instance_dict(made).update(values)
        state = instance_state(made)
        state.key, state.session_id = key, db.hash_key
        db.identity_map.add(state)
        return made


def _complete(known: Any, values: Iterable[tuple[str, Any]]) -> None:
    """Give an object what it forgot because it may have changed; the rest stays as it was read."""
    has = instance_dict(known)
    for name, value in values:
        if name not in has:
            set_committed_value(known, name, value)


def _to_driver(kind: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


def _reading(statement: Any, dialect: Dialect) -> tuple[list[tuple[int, Convert]], list[_Part]]:
    """Which values of a row are converted, and its parts (none, when each is a value)."""
    found = statement.selected_columns if statement.is_select else statement.exported_columns
    columns = list(found)
    kinds = [each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns]
    converts = [(place, convert) for place, convert in enumerate(kinds) if convert is not None]
    if any(convert(None) is not None for _, convert in converts):
        raise TypeError("a prepared statement reads NULL as None")
    parts, first = [], 0
    for each in getattr(statement, "column_descriptions", ()):
        if each["expr"] is not each.get("entity"):
            parts.append(_Part(first))
            first += 1
            continue
        mapper = inspect(each["entity"])
        keys = tuple(column.key for column in columns[first : first + len(mapper.columns)])
        identity = tuple(first + keys.index(column.key) for column in mapper.primary_key)
        parts.append(_Part(first, mapper, keys, identity))
        first += len(keys)
    return converts, parts if any(part.mapper for part in parts) else []
