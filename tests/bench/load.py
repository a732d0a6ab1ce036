"""A client that costs little: prepared HTTP requests over connections that stay open."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

HOST = "127.0.0.1"
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Act:
    """One request: who sends what where."""

    path: str
    user: str
    data: dict[str, Any]

    def as_bytes(self) -> bytes:
        """The request as it goes over the wire, as our own page would send it."""
        body = json.dumps(self.data).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nCookie: user={self.user}\r\n"
            "X-Samspill: 1\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._buffer = b""
        self._answer: asyncio.Future[int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        self._answer.set_result(int(head[9:12]))

    def connection_lost(self, _: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for its answer, which must say that all went well."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        status = await self._answer
        if status != 200:
            raise RuntimeError(f"the server answered {status}")

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without a length")


async def _connect(port: int) -> _Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(_Connection, HOST, port)
    return connection


async def flood(port: int, acts: Sequence[Act]) -> float:
    """Send all requests as fast as they are taken; answers a second."""
    requests = iter([each.as_bytes() for each in acts])
    connections = [await _connect(port) for _ in range(min(CONNECTIONS, len(acts)))]

    async def one_after_the_other(connection: _Connection) -> None:
        for request in requests:
            await connection.ask(request)

    begun = perf_counter()
    await asyncio.gather(*(one_after_the_other(each) for each in connections))
    took = perf_counter() - begun
    for each in connections:
        each.close()
    return len(acts) / took


async def at_rate(port: int, acts: Sequence[Act], rate: float) -> list[float]:
    """Send so many requests a second; how long each took, in seconds and in order of length.

    The time runs from when a request was to be sent, also when no connection was free by then.
    """
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    connections = [await _connect(port) for _ in range(min(CONNECTIONS, len(acts)))]
    for each in connections:
        free.put_nowait(each)
    took: list[float] = []

    async def one(request: bytes, planned: float) -> None:
        connection = await free.get()
        await connection.ask(request)
        took.append(perf_counter() - planned)
        free.put_nowait(connection)

    begun = perf_counter()
    async with asyncio.TaskGroup() as going:
        for number, act in enumerate(acts):
            planned = begun + number / rate
            await asyncio.sleep(max(planned - perf_counter(), 0))
            going.create_task(one(act.as_bytes(), planned))
    for each in connections:
        each.close()
    return sorted(took)


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The value that so many percent are not above."""
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
