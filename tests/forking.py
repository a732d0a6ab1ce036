"""Runs what takes long to import again and again, each time in a process forked from one that has
imported it.

The process that forks is a program that calls `obey`; `Forking` starts it. Orders and what it tells
of them are JSON objects, one a line.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from tests.tools.project import ROOT

PATIENCE = 10  # seconds until a process that has nothing more to do is gone


def tell(**fact: Any) -> None:
    """A line for whoever gave the order."""
    os.write(1, json.dumps(fact).encode() + b"\n")


def obey(run: Callable[[dict[str, Any]], None]) -> None:
    """Run each order in a process of its own, one at a time; tell its id, and how it ended."""
    gc.freeze()  # else each fork looks through all of it when it ends
    tell(ready=True)
    for line in sys.stdin:
        lives, held = os.pipe()  # who reads it sees when the process is gone
        child = os.fork()
        if not child:
            os.close(lives)
            run(json.loads(line))
            sys.exit()
        os.close(held)
        tell(pid=child)
        tell(ended=_end_of(child, lives))
        os.close(lives)


def _end_of(child: int, lives: int) -> int:
    """Wait for a process; when whoever gives the orders is gone, it goes too."""
    orphaned = lives not in select.select([sys.stdin, lives], [], [])[0]
    if orphaned:  # no order comes while it runs
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if orphaned:
        sys.exit(1)
    return os.waitstatus_to_exitcode(status)


class Forking:
    """A process that forks for each order."""

    def __init__(
        self, module: str, env: Mapping[str, str] | None = None, errors: IO[str] | None = None
    ) -> None:
        """`module` calls `obey` when run as a program; `errors` is where it may complain."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=env,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert self.told() == {"ready": True}

    def order(self, **order: Any) -> None:
        """Have it done; the order before it must have ended."""
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def told(self) -> dict[str, Any]:
        """The next thing that is told."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that forks is gone: see its stderr"
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=PATIENCE)
