"""`slack-answer`: a signed answer from Slack, beside a bare listener of Bolt with a raw insert."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, literal, update
from sqlmodel import col, select

from bot.slack.manifest import EVENTS
from storage.tables import Answer, Outbox, Sending
from tests.bench.answer_in import flooded, server, some
from tests.bench.load import HOST, at_rate, flood, percentile
from tests.bench.rows import Row, rate_against, time_against
from tests.bench.sizes import Sizes
from tests.bench.world import SECRET, TENANT, World, room_of, user_of

MEMBERS = 50  # of a collaboration; one of them never answers, so that nothing opens by itself
QUESTIONS = 4
AT_ONCE = 4  # collaborations that are busy at the same time
RATE = 200.0  # a second
AS_FAST = 0.35  # of the floor
SLOWEST = 50.0  # milliseconds, of 99 in 100


@dataclass(frozen=True, slots=True)
class Press:
    """A press under a question in a channel: on a step of its scale, if nothing else is named."""

    person: int
    channel: int
    question: int
    slack: str  # its address
    button: str = "choose"
    value: str = "4"

    @property
    def trigger(self) -> str:
        """What a window can be opened with."""
        return f"1.2.{self.person}.{self.question}.{self.button}"

    def as_bytes(self) -> bytes:
        """The signed request as Slack sends it."""
        at, user = f"{time.time():.6f}", user_of(self.person)
        room = {"id": room_of(self.channel), "name": "vei"}
        payload = {
            "type": "block_actions",
            "user": {"id": user, "username": "kari", "name": "kari", "team_id": TENANT},
            "api_app_id": "A1",
            "team": {"id": TENANT, "domain": "nav"},
            "container": {"type": "message", "message_ts": at, "channel_id": room["id"]},
            "trigger_id": self.trigger,
            "channel": room,
            "response_url": f"{self.slack}/response",
            "actions": [
                {
                    "type": "button",
                    "action_id": f"round:{self.button}:q{self.question}~4",
                    "block_id": "b",
                    "action_ts": f"{at}{self.question}",
                }
                | ({"value": self.value} if self.value else {})
            ],
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
        head = (
            f"POST {EVENTS} HTTP/1.1\r\nHost: localhost\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signed.hexdigest()}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """Throughput with 16 connections, and latency at a fixed rate, each beside the floor's."""
    rates: list[tuple[float, float]] = []
    costs: list[tuple[float, float]] = []
    slowest: list[tuple[float, float]] = []
    with ExitStack() as running:
        api, _ = running.enter_context(server("api", "-"))
        at = f"http://{HOST}:{api}"
        acts = _presses(folder, sizes, at)
        everything = len(acts)
        servers = [
            running.enter_context(server("slack", str(folder / "slack.db"), f"{at}/api/")),
            running.enter_context(server("bolt", str(folder / "bolt.db"))),
        ]
        warm_up = some(acts, sizes.warm_up)
        for port, _ in servers:
            asyncio.run(flood(port, warm_up))
        for _ in range(sizes.repeats):
            batch = some(acts, sizes.answers)
            ours, floors = (flooded(*server, batch) for server in servers)
            rates.append((ours[0], floors[0]))
            costs.append((ours[1], floors[1]))
        for _ in range(sizes.repeats):
            batch = some(acts, sizes.at_rate)
            took = [asyncio.run(at_rate(port, batch, RATE)) for port, _ in servers]
            slowest.append((percentile(took[0], 99) * 1000, percentile(took[1], 99) * 1000))
    _see_that_all_stand(folder, everything - len(acts))
    last = time_against("slack-answer-p99-at-200-a-second", "ms", slowest)
    return [
        rate_against("slack-answer", "answers/s", rates, AS_FAST),
        time_against("slack-answer-cpu", "ms", costs),
        Row(
            last.name,
            last.unit,
            last.value,
            last.floor,
            last.ratio,
            SLOWEST,
            last.value <= SLOWEST,
        ),
    ]


def _presses(folder: Path, sizes: Sizes, slack: str) -> list[Press]:
    """Distinct members' answers to distinct questions; neighbours are to different ones."""
    needed = sizes.warm_up + sizes.repeats * (sizes.answers + sizes.at_rate) + 1
    homes = needed // ((MEMBERS - 1) * QUESTIONS) + 1
    world = World(folder / "slack.db", platform="slack")
    made = world.settle(homes, MEMBERS)
    asked = world.ask(made, QUESTIONS, ("scale5",))
    show(world)
    world.database.close()
    everywhere = list(zip(made, asked, strict=True))
    presses = []
    for first in range(0, homes, AT_ONCE):
        busy = everywhere[first : first + AT_ONCE]
        for turn, number in product(range(MEMBERS - 1), range(QUESTIONS)):
            for home, questions in busy:
                person = home.members[turn]
                where = home.channel_of(person)
                presses.append(Press(person, where, questions[number], slack))
    return presses[::-1]


def show(world: World) -> None:
    """All that was asked, as it is once it stands in its channels."""
    shown = {"state": Sending.SETTLED, "sent": col(Outbox.wanted)}
    with world.database.write() as db:
        posted = literal("1763888400.") + func.printf("%06d", col(Outbox.id))
        db.execute(update(Outbox).values(platform_id=posted, **shown))


def _see_that_all_stand(folder: Path, sent: int) -> None:
    """A way in that loses answers is not measured."""
    world = World(folder / "slack.db", platform="slack")
    with world.database.read() as db:
        stand = db.exec(select(func.count()).select_from(Answer)).one()
    world.database.close()
    if stand != sent:
        raise RuntimeError(f"{sent} answers were sent and {stand} stand")
