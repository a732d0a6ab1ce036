"""Starts the local Slack on a free port of this machine, and stops it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import ClientSession, web

from tests.slack.local.hands import Hands
from tests.slack.local.pacing import Pacing
from tests.slack.local.people import People
from tests.slack.local.sight import Sight
from tests.slack.local.state import NumberedIds, State


class LocalSlack(People, Hands, Sight):
    """A Slack: what people do, what they see, and what the app sent that was wrong."""


@asynccontextmanager
async def local_slack(
    now: Callable[[], datetime],
    *,
    ids: Callable[[str], str] | None = None,
    stamp: Callable[[], float] = time.time,
    paced: bool = True,
    distributed: bool = False,
    patience: float = 3.0,
) -> AsyncIterator[LocalSlack]:
    """A running Slack with nobody in it; at its end, `faults` must be empty.

    `now` is Slack's time. `stamp` is what signatures are dated with, in seconds: Bolt compares it
    with the machine's clock. `paced`: too many calls are answered 429. `distributed`: histories are
    as slow as for apps sold outside the Marketplace. `patience`: how many seconds Slack waits.
    """
    state = State(now, ids or NumberedIds())
    pacing = Pacing(now, on=paced, distributed=distributed)
    async with ClientSession() as session:
        slack = LocalSlack(state, pacing, session, stamp, patience)
        app = web.Application(client_max_size=50_000_000)
        app.add_routes(slack.api.routes())
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            slack.api.origin = f"http://{host}:{port}"
            yield slack
            await slack.quiet()
            assert slack.faults == [], slack.faults
        finally:
            slack.api.ending.set()
            await slack.sockets.close()
            await runner.cleanup()
