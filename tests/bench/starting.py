"""`start-up` and `idle-memory`: `samspill serve` in a fresh process, on a migrated database."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from tests.bench.load import HOST, processor_time
from tests.bench.rows import Row, at_most
from tests.bench.sizes import Sizes

SAMSPILL = str(Path(sys.executable).parent / "samspill")
SECONDS = 2
MIB = 150
PATIENCE = 60


def measure(folder: Path, sizes: Sizes) -> list[Row]:
    """Seconds until it says that it is ready, and what it holds when nobody asks for anything."""
    setting = {
        "PATH": os.environ["PATH"],
        "SAMSPILL_DATABASE_URL": f"sqlite:///{folder / 'samspill.db'}",
        "SAMSPILL_SECRET_KEY": "a key for measuring that is long enough",
        "SAMSPILL_PORT": str(_free_port()),
    }
    subprocess.run([SAMSPILL, "migrate"], cwd=folder, env=setting, check=True, capture_output=True)
    starts: list[float] = []
    processor: list[float] = []
    memory: list[float] = []
    for _ in range(sizes.repeats):
        with _serving(folder, setting) as (seconds, pid):
            starts.append(seconds)
            processor.append(processor_time(pid))
            sleep(sizes.idle_seconds)
            memory.append(_resident(pid))
    return [
        at_most("start-up", "s", starts, SECONDS),
        at_most("start-up-cpu", "s", processor),
        at_most("idle-memory", "MiB", memory, MIB),
    ]


@contextmanager
def _serving(folder: Path, setting: dict[str, str]) -> Iterator[tuple[float, int]]:
    """A running server: how long it took to be ready, and its process."""
    begun = perf_counter()
    with subprocess.Popen(
        [SAMSPILL, "serve"],
        cwd=folder,
        env=setting,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while not _ready(int(setting["SAMSPILL_PORT"])):
                if process.poll() is not None or perf_counter() - begun > PATIENCE:
                    raise RuntimeError("samspill serve does not become ready")
                sleep(0.01)
            yield perf_counter() - begun, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _ready(port: int) -> bool:
    asking = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        asking.request("GET", "/readyz")
        return asking.getresponse().status == 200
    except OSError:
        return False
    finally:
        asking.close()


def _resident(pid: int) -> float:
    """MiB of memory, as the system counts it."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
