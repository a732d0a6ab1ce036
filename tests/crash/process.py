"""Starts the real process, talks to it over HTTP as a browser would, and sees how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from tests.crash.databases import file_of
from tests.forking import Forking

T = TypeVar("T")

PATIENCE = 45.0  # seconds; less than a lease, so that nobody waits for a dead process's lease


class Died(Exception):
    """The process ended before it answered."""


def until(look: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """What `look` gives as soon as it gives something; AssertionError when that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.03)


def post(port: int, path: str, seat: str, data: dict[str, Any]) -> dict[str, Any]:
    """Send an act; Died when no whole answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json", "X-Samspill": "1"}
    try:
        connection.request("POST", f"{path}?as={quote(seat, safe='')}", json.dumps(data), headers)
        response = connection.getresponse()
        body, status = response.read(), response.status
    except (ConnectionError, http.client.HTTPException) as error:
        raise Died from error
    finally:
        connection.close()
    assert status == 200, (path, status, body)
    given: dict[str, Any] = json.loads(body)
    return given


def get(port: int, path: str) -> str:
    """Read something."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


class Process:
    """One process of Samspill. `wait` gives its exit code once it has ended; `poll`, if it has."""

    def __init__(
        self,
        pid: int,
        port: int,
        wait: Callable[[], int],
        poll: Callable[[], object] = lambda: None,
    ) -> None:
        self.pid = pid
        self.port = port
        self._wait = wait
        self._poll = poll
        self._code: int | None = None

    def post(self, path: str, seat: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send an act as somebody; Died when the process ended before its answer was complete."""
        return post(self.port, path, seat, data)

    @property
    def dead(self) -> bool:
        """Whether it has ended, without waiting for it."""
        if self._code is not None or self._poll() is not None:
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def ended(self) -> None:
        """Wait for the end; it must have been a SIGKILL."""
        if self._code is None:
            self._code = self._wait()
        assert self._code == -signal.SIGKILL, f"it ended by itself: {self._code}"

    def shoot(self) -> None:
        """kill -9, if it is not dead yet, without waiting for the end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        if not self.dead:
            self.shoot()
        self.ended()


class Nursery:
    """Starts processes by a runner, one at a time."""

    def __init__(self, folder: Path, runner: str = "tests.crash.runner") -> None:
        self._errors = (folder / "stderr").open("w")
        self._runner = Forking(runner, errors=self._errors)
        self._last: Process | None = None

    def start(self, address: str, **order: Any) -> Process:
        """A process on this database; it may have died before it was ready. Any other is ended."""
        self._clear()
        self._runner.order(address=address, **order)
        told: dict[str, Any] = {}
        while "ended" not in told and not {"pid", "port"} <= told.keys():
            told |= self._runner.told()
        ended = told.get("ended")
        wait = self._end if ended is None else (lambda: int(ended))
        self._last = Process(told["pid"], told.get("port", 0), wait)
        return self._last

    def _end(self) -> int:
        return int(self._runner.told()["ended"])

    def _clear(self) -> None:
        if self._last is not None:
            self._last.kill()

    def close(self) -> None:
        """End the runner and its last process."""
        self._clear()
        self._runner.close()
        self._errors.close()


class CommandLine:
    """Starts `samspill demo` or `samspill serve`, as people do; one at a time."""

    def __init__(self, folder: Path, command: str = "demo") -> None:
        self._folder = folder
        self._command = command
        self._last: subprocess.Popen[bytes] | None = None

    def start(self, address: str, **order: Any) -> Process:
        """A process on this database, ready to be talked to. Any other is ended. Of orders it takes
        the environment."""
        self.close()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = os.environ | order.get("env", {}) | {"SAMSPILL_PORT": str(port)}
        where = []
        if self._command == "demo":
            where = ["--port", str(port), "--file", str(file_of(address))]
        command = [str(Path(sys.executable).parent / "samspill"), self._command, *where]
        with (self._folder / "output").open("ab") as output:
            self._last = started = subprocess.Popen(
                command, cwd=self._folder, env=env, stdout=output, stderr=output
            )
        what = f"samspill {self._command} to answer"
        until(lambda: started.poll() is not None or answers(port), what)
        return Process(started.pid, port, started.wait, started.poll)

    def close(self) -> None:
        """End the last process."""
        if self._last is not None:
            self._last.kill()
            self._last.wait(10)


def answers(port: int) -> bool:
    """Whether a process is ready to be talked to."""
    try:
        return bool(json.loads(get(port, "/readyz"))["ready"])
    except (OSError, http.client.HTTPException):
        return False
