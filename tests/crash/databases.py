"""Databases to play on: one at a time, begun anew for each play, and copies to begin from."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

_numbers = itertools.count(1)


class Databases(Protocol):
    """Makes databases of one kind; all of them are named by their addresses."""

    def fresh(self, source: str | None = None) -> str:
        """The database to play on, which takes the place of the one before it: as a copy of one
        that no process uses, or empty."""
        ...

    def copy(self, address: str) -> str:
        """A copy of a database at rest, to begin from later."""
        ...


class Files:
    """SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fresh(self, source: str | None = None) -> str:
        """The file `samspill.db`. A log that a killed process left behind comes along."""
        made = self._folder / "samspill.db"
        for each in self._folder.glob("samspill.db*"):
            each.unlink()
        if source is not None:
            shutil.copy(file_of(source), made)
            log = Path(f"{file_of(source)}-wal")
            if log.exists():
                shutil.copy(log, f"{made}-wal")
        return address_of(made)

    def copy(self, address: str) -> str:
        """The file as it is now, while a process may run on it."""
        to = self._folder / f"copy-{next(_numbers)}.db"
        with (
            closing(sqlite3.connect(f"file:{file_of(address)}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(to)) as there,
        ):
            here.backup(there)
        return address_of(to)


class Server:
    """Databases of a PostgreSQL server."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._engine = create_engine(server, isolation_level="AUTOCOMMIT")
        self._play = _fresh_name()
        self._made = {self._play}

    def fresh(self, source: str | None = None) -> str:
        """Whoever is on the one before it is put out."""
        self._drop(self._play)
        return self._create(self._play, source)

    def copy(self, address: str) -> str:
        """No process may run on it; PostgreSQL waits for killed ones to be seen off."""
        name = _fresh_name()
        self._made.add(name)
        return self._create(name, address)

    def close(self) -> None:
        """Leave nothing behind."""
        for each in self._made:
            self._drop(each)
        self._engine.dispose()

    def _create(self, name: str, source: str | None) -> str:
        of = "template1" if source is None else make_url(source).database
        self._do(f"CREATE DATABASE {name} TEMPLATE {of}")
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


def address_of(file: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{file}"


def file_of(address: str) -> Path:
    """The SQLite file with this address."""
    return Path(str(make_url(address).database))


def _fresh_name() -> str:
    return f"crash_{next(_numbers)}"
