"""Samspill in Slack as a process that kills itself with SIGKILL at a step named from outside.

It is put together as `samspill serve` does it, from its environment; nothing of it is patched. It
counts the steps of `tests.crash.steps`, from its start; what Slack is asked for is counted there
(`tests.crash.workspace`). Only its pauses are short: the Slack beside it lets it call as often as
it likes, so that a round takes seconds.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import listen, site, until_stopped
from bot.channel import Channel
from bot.core import Samspill
from bot.settings import Settings, load
from bot.slack.installations import Record
from bot.slack.room import Access, Slack
from bot.time import Clock, SystemClock
from dialogs.packs.loader import Library
from storage.engine import Database
from storage.lockfile import one_process
from storage.schema import DatabaseKind, claim_kind, migrate, require_current
from storage.secrets import Vault
from tests.crash.databases import address_of
from tests.crash.steps import Order, Steps, watch_commits, watch_requests
from tests.forking import obey, tell

SHORT = timedelta(seconds=0.05)
QUICK = 1000  # times as fast as Slack's limits


class Brisk:
    """Slack as a channel, with short pauses."""

    def __init__(self, slack: Channel) -> None:
        self.platform = slack.platform
        self.abilities = replace(slack.abilities, post_gap=timedelta(0), edit_gap=SHORT)
        self.post = slack.post
        self.file = slack.file
        self.find = slack.find
        self.update = slack.update
        self.remove = slack.remove
        self.mark = slack.mark


class Later(SystemClock):
    """The machine's clock in a process that is started later in real time than it seems, and so far
    `ahead` in the time that people live in."""

    def __init__(self, by: timedelta, ahead: timedelta) -> None:
        super().__init__(ahead - by)
        self._by = by

    def wall(self) -> datetime:
        """Real time, so much later."""
        return super().wall() + self._by


class Served:
    """All of it on one database."""

    def __init__(self, settings: Settings, library: Library, clock: Clock) -> None:
        self.database = Database(settings.database_url)
        require_current(self.database)
        claim_kind(self.database, DatabaseKind.RECORD)
        vault = Vault(settings.secret_key.get_secret_value())
        self.core = Samspill(self.database, lambda: library.current, clock, vault)
        self.core.warm()
        access = Access(
            bot_token=settings.slack_bot_token.get_secret_value(),
            signing_secret=settings.slack_signing_secret.get_secret_value(),
            api=settings.slack_api_url,
        )
        record = Record(self.core.workers, vault, clock.now)
        self.slack = Slack(access, self.core.take, record, lambda: time.monotonic() * QUICK)
        self.core.connect({"slack": Brisk(self.slack.channel)})

    async def start(self, steps: Steps) -> int:
        """Begin; on which port."""
        app = site(self.core)
        app.add_routes(self.slack.routes())
        watch_requests(app, steps)
        runner = await listen(app, "127.0.0.1", 0)
        self.core.start()
        await self.slack.start()
        port: int = runner.addresses[0][1]
        return port


async def run(library: Library, order: Order) -> None:
    """Samspill, on a port of the system's choice, until it is killed; with packs that were read
    before it was forked."""
    os.environ |= order.env
    steps = Steps(order)
    watch_commits(steps)
    settings = load(demo=False)
    with one_process(settings.database_url):
        clock = Later(timedelta(seconds=order.later), timedelta(seconds=order.ahead))
        tell(port=await Served(settings, library, clock).start(steps))
        await until_stopped(library)


async def warm(library: Library) -> None:
    """Put one together on a file of its own."""
    with TemporaryDirectory() as folder:
        os.environ |= env(
            address_of(Path(folder) / "warm.db"), "http://127.0.0.1:9/api/", "xoxb-1", "secret"
        )
        settings = load(demo=False)
        made = Database(settings.database_url)
        migrate(made)
        made.close()
        served = Served(settings, library, SystemClock())
        served.core.workers.close()
        served.database.close()


def env(address: str, api: str, token: str, secret: str) -> dict[str, str]:
    """What an operator sets."""
    return {
        "SAMSPILL_DATABASE_URL": address,
        "SAMSPILL_SECRET_KEY": "a key for a round that is killed again and again",
        "SLACK_API_URL": api,
        "SLACK_BOT_TOKEN": token,
        "SLACK_SIGNING_SECRET": secret,
    }


if __name__ == "__main__":
    packs = Library(())
    asyncio.run(warm(packs))
    obey(lambda order: asyncio.run(run(packs, Order(**order))))
