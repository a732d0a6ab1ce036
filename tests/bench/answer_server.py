"""A server process for `answer_in` and the cases of Slack: our own way in, or what is beside it.

    python -m tests.bench.answer_server samspill|floor|slack|bolt|api|limited FILE [API [SECONDS]]

`slack` calls the Slack that is at the address API: `api` says yes to everything, `limited` keeps
Slack's limits. Its business time is so many SECONDS ahead.

It prints its port, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from bot import chat as built_in
from bot.app import listen, site
from bot.chat import ChatChannel, Seat
from bot.core import Samspill
from bot.slack.manifest import EVENTS
from bot.time import SystemClock
from dialogs.packs.loader import load
from storage.engine import Database
from storage.secrets import Vault
from tests.bench.load import HOST
from tests.bench.world import PLATFORM, SECRET, TENANT

INSERT = "INSERT INTO answer (user, value) VALUES (?, ?)"


Insert = Callable[[str, str], Awaitable[None]]


def _raw_insert(file: Path) -> Insert:
    """One insert and commit in one thread: the least that keeps an answer."""
    raw = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, user, value)")
    writer = ThreadPoolExecutor(1)

    def insert(user: str, value: str) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute(INSERT, (user, value))
        raw.execute("COMMIT")

    async def keep(user: str, value: str) -> None:
        await asyncio.get_running_loop().run_in_executor(writer, insert, user, value)

    return keep


def floor(file: Path) -> web.Application:
    """The least that takes an answer over the same HTTP stack."""
    keep = _raw_insert(file)

    async def take(request: web.Request) -> web.Response:
        data = json.loads(await request.read())
        await keep(request.cookies["user"], json.dumps(data))
        return web.json_response({})

    app = web.Application()
    app.add_routes([web.post("/chat/press", take), web.post("/chat/submit", take)])
    return app


def bolt(file: Path) -> web.Application:
    """A bare listener of Bolt, which verifies the signature and keeps the answer."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    keep = _raw_insert(file)

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=TENANT, bot_token="xoxb-bench", bot_user_id="UBOT"
        )

    listener = AsyncApp(process_before_response=True, signing_secret=SECRET, authorize=authorize)

    @listener.action(re.compile(""))
    async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body["user"]["id"], json.dumps(body["actions"]))
        await ack()

    async def take(request: web.Request) -> web.Response:
        answer = await listener.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    app = web.Application()
    app.add_routes([web.post(EVENTS, take)])
    return app


def api() -> web.Application:
    """A Slack that does nothing and says yes."""
    numbers = itertools.count(1)

    async def yes(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response(
            {
                "ok": True,
                "ts": f"1763888400.{next(numbers):06d}",
                "team_id": TENANT,
                "user_id": "UBOT",
                "bot_id": "BBOT",
                "channel": {"id": "D1", "name": "vei"},
                "user": {"name": "kari", "locale": "nb-NO", "profile": {"real_name": "Kari"}},
            }
        )

    app = web.Application()
    app.router.add_route("*", "/api/{method}", yes)
    app.router.add_post("/response", yes)
    return app


def limited() -> web.Application:
    """A Slack that keeps its limits."""
    from tests.bench.limited_slack import Limited

    return Limited().app()


def slack(file: Path, at: str, ahead: str = "0") -> web.Application:
    """All of Samspill with Slack, as `serve` runs it."""
    from bot.slack.installations import Record
    from bot.slack.room import Access, Slack

    packs, clock = load(), SystemClock(timedelta(seconds=float(ahead)))
    vault = Vault(SECRET)
    core = Samspill(Database(f"sqlite:///{file}"), lambda: packs, clock, vault)
    access = Access(bot_token="xoxb-bench", signing_secret=SECRET, api=at)
    room = Slack(access, core.take, Record(core.workers, vault, clock.now))
    core.connect({"slack": room.channel})
    app = site(core)
    app.add_routes(room.routes())
    _run_with(app, core)

    async def connect(_: web.Application) -> None:
        await room.start()
        await room.connected()

    async def part(_: web.Application) -> None:
        await room.stop()

    app.on_startup.append(connect)
    app.on_cleanup.insert(0, part)
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

    _run_with(app, core)
    return app


def _run_with(app: web.Application, core: Samspill) -> None:
    """Let the core run as long as the server does."""

    async def start(_: web.Application) -> None:
        core.warm()
        core.start()

    async def stop(_: web.Application) -> None:
        await core.stop()
        core.database.close()

    app.on_startup.append(start)
    app.on_cleanup.append(stop)


async def run(app: web.Application) -> None:
    """Serve until our input ends."""
    runner = await listen(app, HOST, 0)
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    kind, at, *more = sys.argv[1:]
    if kind == "api":
        asyncio.run(run(api()))
    elif kind == "limited":
        asyncio.run(run(limited()))
    elif kind == "slack":
        asyncio.run(run(slack(Path(at), *more)))
    else:
        make = {"samspill": samspill, "floor": floor, "bolt": bolt}[kind]
        asyncio.run(run(make(Path(at))))
