"""The demo as a process that kills itself with SIGKILL at a step that is named from outside.

It is the demo as `samspill demo` composes it; nothing of it is patched. What it is given from
outside counts its steps: those of `tests.crash.steps`, and

- `post`, `update`: a message goes to the channel
- `find`: a post in doubt is looked up

Steps are counted from the latest POST, or from the beginning of the process where that is what the
order says. The channel is a careless one: whatever is posted to it twice stands there twice.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

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
from tests.crash.databases import file_of
from tests.crash.steps import Order, Steps, watch_commits, watch_requests
from tests.forking import obey, tell


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
    with one_process(order.address):
        demo = Demo(file_of(order.address))
        demo.samspill.connect(
            {name: Careless(demo, name, steps, find=order.find) for name in (WEB, TERMINAL)}
        )
        app = demo.app()
        watch_requests(app, steps)
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


if __name__ == "__main__":
    asyncio.run(warm())
    obey(lambda order: asyncio.run(run(Order(**order))))
