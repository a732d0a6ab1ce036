"""Counts the steps of a process from outside, and ends it at the one that is named.

Steps of the process itself, whatever it is asked for and by whom:

- `request`: a POST came in, and nothing was done yet
- `commit`: a transaction that wrote something
- `response`: a POST is answered

Each has a `before` and an `after`; `request` has no after. Others count what they see of it.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER)\s+\W?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """What to run, on the database with this address. `kill` names a step, such as
    `commit:3:before`; `trace` is a file for steps; `env` is the environment of a process that reads
    it; `later` is how many seconds of real time have passed since the story began, and `ahead` how
    many of the time that people live in."""

    address: str
    kill: str | None = None
    trace: str | None = None
    find: bool = True
    from_start: bool = False
    env: dict[str, str] = field(default_factory=dict)
    later: float = 0.0
    ahead: float = 0.0


def die() -> None:
    """As if this process had been shot."""
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts steps; at the one that was ordered the process is shot."""

    def __init__(self, order: Order, shoot: Callable[[], None] = die) -> None:
        self._order = order
        self._shoot = shoot
        self._counting = order.from_start
        self._rounds = 0
        self._counts: Counter[str] = Counter()

    def arrived(self) -> None:
        """A POST: counting begins, unless it began with an earlier one and a kill is ordered."""
        if self._order.from_start or (self._counting and self._order.kill):
            return
        self._counting = True
        self._rounds += 1
        self._counts.clear()

    def begin(self, kind: str, about: str = "") -> int:
        """One more step of this kind; its number."""
        if not self._counting:
            return 0
        self._counts[kind] += 1
        self._reach(kind, self._counts[kind], "before", about)
        return self._counts[kind]

    def end(self, kind: str, number: int, about: str = "") -> None:
        """That step is done."""
        if number:
            self._reach(kind, number, "after", about)

    @contextmanager
    def step(self, kind: str) -> Iterator[None]:
        """Around a step."""
        number = self.begin(kind)
        yield
        self.end(kind, number)

    def _reach(self, kind: str, number: int, side: str, about: str) -> None:
        name = f"{kind}:{number}:{side}"
        if self._order.trace:
            with Path(self._order.trace).open("a") as trace:
                trace.write(json.dumps({"post": self._rounds, "step": name, "about": about}) + "\n")
        if name == self._order.kill:
            self._shoot()


def watch_commits(steps: Steps) -> None:
    """Count the transactions that write, of every engine made from now on."""

    @event.listens_for(Engine, "after_cursor_execute")
    def executed(
        connection: Any, cursor: Any, statement: str, _p: Any, _c: Any, _many: bool
    ) -> None:
        found = _WRITES.match(statement)
        if found and (cursor.rowcount != 0 or "RETURNING" in statement):
            connection.info.setdefault("wrote", set()).add(found[2].lower())

    @event.listens_for(Engine, "commit")
    def committing(connection: Any) -> None:
        wrote = connection.info.get("wrote")
        if wrote:
            connection.info["commit"] = steps.begin("commit", ",".join(sorted(wrote)))

    @event.listens_for(Pool, "checkin")
    def back(_connection: Any, record: Any) -> None:
        wrote, number = record.info.pop("wrote", ()), record.info.pop("commit", 0)
        steps.end("commit", number, ",".join(sorted(wrote)))


def watch_requests(app: web.Application, steps: Steps) -> None:
    """Count the POSTs that come in, and their answers."""

    @web.middleware
    async def counted(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.method != "POST":
            return await handler(request)
        steps.arrived()
        steps.begin("request")
        response: web.StreamResponse = await handler(request)
        with steps.step("response"):
            await response.prepare(request)
            await response.write_eof()
        return response

    app.middlewares.append(counted)
