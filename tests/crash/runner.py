"""The demo as a process that kills itself with SIGKILL at a step that is named from outside.

Started once, it imports everything, starts a demo of its own and stops it again, so that calendars
and the like are loaded, then reads orders (one JSON object a line) and forks a process for each.
So hundreds of starts cost little. The forked process is the demo as `samspill demo`
composes it; nothing of it is patched. What it is given from outside counts its steps:

- `request`: a POST came in, and nothing was done yet
- `commit`: a transaction that wrote something
- `post`, `update`: a message goes to the channel
- `find`: a post in doubt is looked up
- `response`: a POST is answered

Each has a `before` and an `after`; `request` has no after. Steps are counted from the latest POST,
or from the beginning of the process where that is what the order says. The channel is a careless
one: whatever is posted to it twice stands there twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import select
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import web
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool
from sqlmodel import col
from sqlmodel import select as rows

from bot.app import listen, until_stopped
from bot.channel import Abilities, Address, Outcome
from bot.chat import ChatChannel
from bot.demo import HOST, TERMINAL, WEB, Demo
from dialogs.messages import Message
from storage.engine import Db
from storage.lockfile import one_process
from storage.tables import ChatMessage

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER)\s+\W?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """What to run. `kill` names a step, such as `commit:3:before`; `trace` is a file for steps."""

    file: str
    kill: str | None = None
    trace: str | None = None
    find: bool = True
    from_start: bool = False


class Steps:
    """Counts steps; at the one that was ordered the process ends as if it had been shot."""

    def __init__(self, order: Order) -> None:
        self._order = order
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
            os.kill(os.getpid(), signal.SIGKILL)


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


class Careless(ChatChannel):
    """The built-in chat, except that it takes the same post twice, as other platforms do."""

    def __init__(self, demo: Demo, platform: str, steps: Steps, *, find: bool) -> None:
        core = demo.samspill
        self._steps = steps
        self._records = core.workers
        gap = timedelta(seconds=0.05)
        super().__init__(
            platform, core.workers, core.hub, demo.clock.now, Abilities(find=find, edit_gap=gap)
        )

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        with self._steps.step("post"):
            return await super().post(to, message, f"{key}#{secrets.token_hex(4)}")

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        with self._steps.step("update"):
            return await super().update(to, platform_id, message)

    async def find(self, to: Address, key: str) -> str | None:
        assert self.abilities.find
        with self._steps.step("find"):
            return await self._records.read(_posted, key)


def _posted(db: Db, key: str) -> str | None:
    wanted = col(ChatMessage.key).startswith(f"out:{key}#", autoescape=True)
    found = db.exec(rows(ChatMessage.id).where(wanted).order_by(col(ChatMessage.id))).first()
    return None if found is None else str(found)


async def run(order: Order) -> None:
    """The demo, on a port of the system's choice, until it is killed."""
    steps = Steps(order)
    watch_commits(steps)

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

    with one_process(f"sqlite:///{order.file}"):
        demo = Demo(Path(order.file))
        demo.samspill.connect(
            {name: Careless(demo, name, steps, find=order.find) for name in (WEB, TERMINAL)}
        )
        app = demo.app()
        app.middlewares.append(counted)
        runner = await listen(app, HOST, 0)
        await demo.start()
        tell(port=runner.addresses[0][1])
        await until_stopped(demo.library)


async def warm() -> None:
    """Start a demo on a file of its own, and stop it."""
    with TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "warm.db")
        await demo.start()
        await demo.samspill.stop()
        demo.database.close()


def tell(**fact: Any) -> None:
    """A line for whoever gave the order."""
    os.write(1, json.dumps(fact).encode() + b"\n")


def end_of(child: int) -> int:
    """Wait for a process; when whoever gives the orders is gone, it goes too."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if select.select([sys.stdin], [], [], 0.02)[0]:  # no order comes while it runs: the end
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            sys.exit(1)


def main() -> None:
    """Fork a process for each order, and say how it ended; one at a time."""
    asyncio.run(warm())
    tell(ready=True)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            asyncio.run(run(order))
            os._exit(0)
        tell(pid=child)
        tell(ended=end_of(child))


if __name__ == "__main__":
    main()
