"""A client that costs little: prepared HTTP requests over connections that stay open."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

HOST = "127.0.0.1"
CONNECTIONS = 16


class Request(Protocol):
    """What can be sent."""

    def as_bytes(self) -> bytes:
        """As it goes over the wire."""
        ...


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


class _Connection:
    """One connection, one request at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for its answer, which must say that all went well."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._socket, request)
        answer = b""
        while not _whole(answer):
            more = await loop.sock_recv(self._socket, 65_536)
            if not more:
                raise ConnectionResetError
            answer += more
        if (status := int(answer[9:12])) != 200:
            raise RuntimeError(f"the server answered {status}")

    def close(self) -> None:
        self._socket.close()


def _whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    return bool(found) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without a length")


async def _connect(port: int) -> _Connection:
    sock = socket.socket()
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.get_running_loop().sock_connect(sock, (HOST, port))
    return _Connection(sock)


async def flood(port: int, acts: Sequence[Request]) -> float:
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


async def at_rate(port: int, acts: Sequence[Request], rate: float) -> list[float]:
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
