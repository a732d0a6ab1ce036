"""A server process for `answer_in`: Samspill's own way in, or the floor beside it.

    python -m tests.bench.answer_server samspill|floor FILE

It prints its port, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from aiohttp import web

from bot import chat as built_in
from bot.app import Samspill, listen, site
from bot.chat import ChatChannel, Seat
from bot.time import SystemClock
from dialogs.packs.loader import load
from storage.engine import Database
from storage.secrets import Vault
from tests.bench.load import HOST
from tests.bench.world import PLATFORM, SECRET, TENANT

INSERT = "INSERT INTO answer (user, value) VALUES (?, ?)"


def floor(file: Path) -> web.Application:
    """The least that takes an answer: the same HTTP stack, one insert and commit in one thread."""
    raw = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, user, value)")
    writer = ThreadPoolExecutor(1)

    def insert(user: str, value: str) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(INSERT, (user, value))
        raw.execute("COMMIT")

    async def take(request: web.Request) -> web.Response:
        data = json.loads(await request.read())
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(writer, insert, request.cookies["user"], json.dumps(data))
        return web.json_response({})

    app = web.Application()
    app.add_routes([web.post("/chat/press", take), web.post("/chat/submit", take)])
    return app


def samspill(file: Path) -> web.Application:
    """All of Samspill with the built-in chat, as `serve` runs it; who asks stands in a cookie."""
    packs = load()
    clock = SystemClock()
    core = Samspill(Database(f"sqlite:///{file}"), lambda: packs, clock, Vault(SECRET))
    core.connect({PLATFORM: ChatChannel(PLATFORM, core.workers, core.hub, clock.now)})

    async def who(request: web.Request) -> Seat:
        return Seat(TENANT, request.cookies["user"], PLATFORM)

    app = site(core)
    built_in.setup(
        app,
        workers=core.workers,
        hub=core.hub,
        take=core.take,
        now=clock.now,
        files=core.seer.file,
        who=who,
    )

    async def start(_: web.Application) -> None:
        core.warm()
        core.start()

    async def stop(_: web.Application) -> None:
        await core.stop()
        core.database.close()

    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    return app


async def run(app: web.Application) -> None:
    """Serve until our input ends."""
    runner = await listen(app, HOST, 0)
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    make = {"samspill": samspill, "floor": floor}[sys.argv[1]]
    asyncio.run(run(make(Path(sys.argv[2]))))
