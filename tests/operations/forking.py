"""Runs `samspill` again and again in processes that need not import everything anew.

Run as a program it imports what the commands need, then reads orders (one JSON object a line), and
forks for each: the fork runs the command as the installed program does, and ends as a program ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli import main
from tests.tools.project import ROOT

PATIENCE = 120  # seconds until a command that should have ended is ended
NEEDED = ("bot.app", "bot.demo", "bot.chat.client", "storage.schema", "alembic.command")


class Forking:
    """A process that forks for each command."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        """What is printed goes through files in `folder`."""
        self._out, self._err = folder / "out", folder / "err"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.operations.forking"],
            cwd=ROOT,
            env=env,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(
        self, words: tuple[str, ...], folder: Path, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """One command in a folder, from its start to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"words": words, "folder": str(folder), "env": dict(env)}
        order |= {"out": str(self._out), "err": str(self._err)}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        code = int(self._process.stdout.readline())
        out, err = (each.read_text(encoding="utf-8") for each in (self._out, self._err))
        return subprocess.CompletedProcess(words, code, out, err)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=PATIENCE)


def _become(order: dict[str, Any]) -> None:
    """Be the command: its words, its folder, its environment, and where it prints."""
    signal.alarm(PATIENCE)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    for number, file in enumerate((os.devnull, order["out"], order["err"])):
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["samspill", *order["words"]]
    sys.exit(main())


if __name__ == "__main__":
    for name in NEEDED:
        importlib.import_module(name)
    gc.freeze()  # else each fork looks through all of it when it ends
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
