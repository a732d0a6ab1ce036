"""`answer-in`: the whole way in for one answer over HTTP, beside one raw insert over HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import col, select

from bot.chat import ChatChannel
from storage.tables import Answer, Outbox
from tests.bench.load import Act, Request, at_rate, flood, percentile, processor_time
from tests.bench.rows import Row, rate_against, time_against
from tests.bench.sizes import Sizes
from tests.bench.world import PLATFORM, World, user_of

MEMBERS = 50  # of a collaboration; one of them never answers, so that nothing opens by itself
QUESTIONS = 4
AT_ONCE = 4  # collaborations that are busy at the same time

Sent = TypeVar("Sent")


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """Throughput with 16 connections, and latency at a fixed rate, each beside the floor's."""
    acts = _answers(folder, sizes)
    everything = len(acts)
    warm_up = some(acts, sizes.warm_up)
    rates: list[tuple[float, float]] = []
    costs: list[tuple[float, float]] = []
    middles: list[tuple[float, float]] = []
    slowest: list[tuple[float, float]] = []
    with ExitStack() as running:
        kinds = ("samspill", "floor")
        servers = [
            running.enter_context(server(kind, str(folder / f"{kind}.db"))) for kind in kinds
        ]
        ports = [port for port, _ in servers]
        for port in ports:
            asyncio.run(flood(port, warm_up))
        for _ in range(sizes.repeats):
            # The floor knows no answer twice: what it is sent does not matter.
            batches = (some(acts, sizes.answers), _repeated(acts, sizes.floor_answers))
            ours, floors = (
                flooded(*server, batch) for server, batch in zip(servers, batches, strict=True)
            )
            rates.append((ours[0], floors[0]))
            costs.append((ours[1], floors[1]))
        for _ in range(sizes.repeats):
            batch = some(acts, sizes.at_rate)
            took = [asyncio.run(at_rate(port, batch, sizes.rate)) for port in ports]
            middles.append((percentile(took[0], 50) * 1000, percentile(took[1], 50) * 1000))
            slowest.append((percentile(took[0], 99) * 1000, percentile(took[1], 99) * 1000))
    _see_that_all_stand(folder, everything - len(acts))
    at = f"{sizes.rate:g}-a-second"
    return [
        rate_against("answer-in", "answers/s", rates),
        time_against("answer-in-cpu", "ms", costs),
        time_against(f"answer-in-p50-at-{at}", "ms", middles),
        time_against(f"answer-in-p99-at-{at}", "ms", slowest),
    ]


def flooded(port: int, pid: int, acts: Sequence[Request]) -> tuple[float, float]:
    """Answers a second, and milliseconds of processor time that each cost."""
    before = processor_time(pid)
    rate = asyncio.run(flood(port, acts))
    return rate, max((processor_time(pid) - before) * 1000 / len(acts), 0.01)


def some(acts: list[Sent], count: int) -> list[Sent]:
    """The next acts; each is sent to Samspill once."""
    if len(acts) < count:
        raise ValueError("the world is too small")
    taken = acts[-count:]
    del acts[-count:]
    return taken


def _repeated(acts: list[Act], count: int) -> list[Act]:
    return [acts[n % len(acts)] for n in range(count)]


def _answers(folder: Path, sizes: Sizes) -> list[Act]:
    """Distinct members' answers to distinct questions: presses and forms, half of each.

    Neighbours are answers to different questions, as in a busy hour of some collaborations.
    """
    needed = sizes.warm_up + sizes.repeats * (sizes.answers + sizes.at_rate) + 1
    homes = needed // ((MEMBERS - 1) * QUESTIONS) + 1
    world = World(folder / "samspill.db")
    made = world.settle(homes, MEMBERS)
    asked = world.ask(made, QUESTIONS, ("scale5", "text"))
    shown = asyncio.run(_show(world))
    acts = []
    everywhere = list(zip(made, asked, strict=True))
    for first in range(0, homes, AT_ONCE):
        busy = everywhere[first : first + AT_ONCE]
        for turn, number in product(range(MEMBERS - 1), range(QUESTIONS)):
            for home, questions in busy:
                person, question = home.members[turn], questions[number]
                room = home.channel_of(person)
                acts.append(_act(person, room, question, shown[question, room], number % 2))
    world.database.close()
    return acts[::-1]


async def _show(world: World) -> dict[tuple[int, int], int]:
    """Have every question posted in the chat; its message by question and room."""
    core = world.core()
    core.connect({PLATFORM: ChatChannel(PLATFORM, core.workers, core.hub, world.clock.now)})
    assert core.delivery is not None
    await core.delivery.drain()
    core.workers.close()
    with world.database.read() as db:
        rows = db.exec(
            select(Outbox.argument, Outbox.place_id, Outbox.platform_id).where(
                col(Outbox.live) == "question"
            )
        )
        return {(int(q[1:]), place): int(message or 0) for q, place, message in rows}


def _act(person: int, room: int, question: int, message: int, form: int) -> Act:
    data = {"id": f"answer-{person}-{question}", "room": room}
    if form:
        filled = {"answer": "Etterlatte må melde fra mange steder, og ingen eier helheten."}
        data |= {"form": f"round:answer:q{question}", "values": filled, "thread": None}
        return Act("/chat/submit", user_of(person), data)
    data |= {"button": f"round:choose:q{question}", "value": "4", "message": message}
    return Act("/chat/press", user_of(person), data)


@contextmanager
def server(*what: str) -> Iterator[tuple[int, int]]:
    """A server process (see `answer_server`): its port and its number."""
    command = [sys.executable, "-m", "tests.bench.answer_server", *what]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
        process.stdin.close()
        process.wait(30)


def _see_that_all_stand(folder: Path, sent: int) -> None:
    """A way in that loses answers is not measured."""
    world = World(folder / "samspill.db")
    with world.database.read() as db:
        stand = db.exec(select(func.count()).select_from(Answer)).one()
    world.database.close()
    if stand != sent:
        raise RuntimeError(f"{sent} answers were sent and {stand} stand")
