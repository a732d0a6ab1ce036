"""Forks a process for each order, so that hundreds of starts cost little.

Started once, a runner imports everything, starts what it is to run and stops it again, so that
calendars and the like are loaded, then reads orders (one JSON object a line), forks for each, and
says how it ended; one at a time.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from tests.crash.steps import Order

Work = Coroutine[Any, Any, None]


def tell(**fact: Any) -> None:
    """A line for whoever gave the order."""
    os.write(1, json.dumps(fact).encode() + b"\n")


def obey(warm: Callable[[], Work], run: Callable[[Order], Work]) -> None:
    """Warm up, then run each order in a process of its own."""
    asyncio.run(warm())
    tell(ready=True)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            asyncio.run(run(order))
            os._exit(0)
        tell(pid=child)
        tell(ended=_end_of(child))


def _end_of(child: int) -> int:
    """Wait for a process; when whoever gives the orders is gone, it goes too."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if select.select([sys.stdin], [], [], 0.02)[0]:  # no order comes while it runs: the end
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            sys.exit(1)
