"""`slack-reminders-…`, `slack-busy-…`: many private reminders go out in Slack while people answer.

Slack's limits make that last for many minutes, so it is measured for a while.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from math import ceil
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from bot.slack.pacing import BURST
from bot.time import SystemClock
from storage.tables import Outbox, Sending
from tests.bench.answer_in import server, some
from tests.bench.load import HOST, at_rate, flood, percentile
from tests.bench.rows import Row, at_least, at_most
from tests.bench.sizes import Sizes
from tests.bench.slack_answer import Press, show
from tests.bench.world import World
from tests.fakes import FakeClock

MEMBERS = 25  # of each collaboration, as in `reminders`
HOMES, ANSWERERS, QUESTIONS = 2, 40, 8  # Slack tells the names of a hundred people a minute
FIRST = 20  # answers before anything is measured
RATE, WINDOWS = 20.0, 1.0  # answers and windows a second
ANSWERED, OPENED = 100.0, 1000.0  # milliseconds, of 99 in 100
REMINDER = "remind:"  # begins the key of each
REMINDS = ("conversations.open", "chat.postMessage")  # the calls that a reminder takes
RECEIPT = "chat.postEphemeral"  # what says to one person that their answer has come
PATIENCE = 60


@dataclass(frozen=True)
class Acts:
    """What people press meanwhile; `first` come before anything is measured."""

    first: list[Press]
    answers: list[Press]
    windows: list[Press]


@dataclass(frozen=True)
class Timed:
    """A press that notes when it is sent, by what its window is opened with."""

    press: Press
    sent: dict[str, float]

    def as_bytes(self) -> bytes:
        """The request."""
        request = self.press.as_bytes()
        self.sent[self.press.trigger] = time.monotonic()
        return request


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """What Slack refuses, how fast reminders go, and how long people wait meanwhile."""
    file = folder / "slack.db"
    ahead = FakeClock().now() - datetime.now(UTC)  # to a Monday morning, when people are reminded
    sent: dict[str, float] = {}
    with server("limited", "-") as (api, _):
        at, seconds = f"http://{HOST}:{api}", str(ahead.total_seconds())
        acts = _world(file, SystemClock(ahead), sizes, at)
        with server("slack", str(file), f"{at}/api/", seconds) as (port, _):
            _until(lambda: _reminded(_counted(api)), "a reminder")
            asyncio.run(flood(port, acts.first))
            answered = asyncio.run(_busy(port, acts, sent))
            _until(lambda: len(_counted(api)["opened"]) == len(sent), "every window to open")
            rate = _a_minute(_counted(api))
        counted = _counted(api)
    _see_that_none_is_lost(file, sizes.reminders, counted)
    waits = sorted(counted["opened"][trigger] - pressed for trigger, pressed in sent.items())
    refused = {each: float(counted["refused"].get(each, 0)) for each in (*REMINDS, RECEIPT)}
    return [
        at_most("slack-reminders-429s", "calls", [sum(refused[each] for each in REMINDS)], 0),
        at_least("slack-reminders-rate", "a minute", [rate]),
        at_most("slack-busy-answer-p99", "ms", [percentile(answered, 99) * 1000], ANSWERED),
        at_most("slack-busy-modal-p99", "ms", [percentile(waits, 99) * 1000], OPENED),
        at_most("slack-busy-receipt-429s", "calls", [refused[RECEIPT]]),
    ]


async def _busy(port: int, acts: Acts, sent: dict[str, float]) -> list[float]:
    """How long the answers took, while windows were opened too."""
    windows = [Timed(each, sent) for each in acts.windows]
    took, _ = await asyncio.gather(
        at_rate(port, acts.answers, RATE), at_rate(port, windows, WINDOWS)
    )
    return took


def _world(file: Path, clock: SystemClock, sizes: Sizes, slack: str) -> Acts:
    """So many people to be reminded, and some others who answer what stands in their channels."""
    world = World(file, clock, platform="slack")
    members = min(MEMBERS, sizes.reminders)
    homes = world.settle(sizes.reminders // members, members)
    rounds = world.rounds_in_bulk(homes)
    busy = world.settle(HOMES, ANSWERERS)
    asked = world.ask(busy, 2 * QUESTIONS, ("scale5", "text"))
    show(world)
    world.remind(homes, rounds)
    world.database.close()
    presses = [
        Press(home.members[turn], home.channel_of(home.members[turn]), what[0], slack, *what[1:])
        for turn in range(ANSWERERS - 1)  # one never answers, so that nothing opens by itself
        for home, ids in zip(busy, asked, strict=True)
        for pair in zip(ids[::2], ids[1::2], strict=True)
        for what in ((pair[0],), (pair[1], "answer", ""))
    ]
    answers, windows = presses[::2], presses[1::2]
    enough = round(sizes.busy_seconds * RATE)
    return Acts(
        some(answers, min(FIRST, sizes.warm_up)),
        some(answers, enough),
        some(windows, ceil(sizes.busy_seconds * WINDOWS)),
    )


def _counted(api: int) -> dict[str, Any]:
    asking = HTTPConnection(HOST, api, timeout=5)
    asking.request("GET", "/counted")
    told: dict[str, Any] = json.loads(asking.getresponse().read())
    asking.close()
    return told


def _until(look: Callable[[], object], what: str) -> None:
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > PATIENCE:
            raise RuntimeError(f"waited in vain for {what}")
        time.sleep(0.05)


def _reminded(counted: dict[str, Any]) -> list[float]:
    """When reminders came to Slack, in order."""
    return [at for key, at in counted["posted"] if key.startswith(REMINDER)]


def _a_minute(counted: dict[str, Any]) -> float:
    """How many came in a minute, without those that Slack lets through at once."""
    came = _reminded(counted)
    return len(came[BURST:] or came) * 60 / (counted["now"] - came[0])


def _see_that_none_is_lost(file: Path, reminders: int, counted: dict[str, Any]) -> None:
    """Each reminder stands in Slack once, or waits."""
    stands = Counter(key for key, _ in counted["posted"] if key.startswith(REMINDER))
    world = World(file, platform="slack")
    with world.database.read() as db:
        wanted = col(Outbox.key).startswith(REMINDER)
        rows = db.exec(select(Outbox.key, Outbox.state).where(wanted)).all()
    world.database.close()
    settled = Counter(key for key, state in rows if state == Sending.SETTLED)
    waiting = sum(state == Sending.WAITING for _, state in rows)
    if len(rows) != reminders or stands != settled or len(settled) + waiting != reminders:
        raise RuntimeError(f"{reminders} reminders: {len(stands)} stand, {waiting} wait")
