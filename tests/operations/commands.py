"""Runs `samspill` again and again in processes that need not import everything anew.

Run as a program it imports what the commands need; each fork runs a command as the installed
program does, and ends as a program ends.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli import main
from tests.forking import Forking, obey

PATIENCE = 120  # seconds until a command that should have ended is ended
NEEDED = ("bot.app", "bot.demo", "bot.chat.client", "storage.schema", "alembic.command")


class Commands:
    """Runs commands."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        """What is printed goes through files in `folder`."""
        self._out, self._err = folder / "out", folder / "err"
        self._forking = Forking("tests.operations.commands", env)

    def run(
        self, words: tuple[str, ...], folder: Path, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """One command in a folder, from its start to its end."""
        printed = {"out": str(self._out), "err": str(self._err)}
        self._forking.order(words=words, folder=str(folder), env=dict(env), **printed)
        told: dict[str, Any] = {}
        while "ended" not in told:
            told = self._forking.told()
        out, err = (each.read_text(encoding="utf-8") for each in (self._out, self._err))
        return subprocess.CompletedProcess(words, told["ended"], out, err)

    def close(self) -> None:
        """No more of them."""
        self._forking.close()


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
    obey(_become)
