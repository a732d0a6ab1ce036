"""The rules on who may import what bite, and let through what they should."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tools.project import ROOMS, ROOT, read

BROKEN = {
    "storage.thing": ["dialogs.thing"],
    "dialogs.thing": ["bot.thing", "aiohttp", "sqlalchemy", "typst"],
    "dialogs.other": ["sqlmodel"],
    "bot.thing": ["slack_sdk.web", "botbuilder.core", "apscheduler.schedulers.asyncio"],
}
ALLOWED = {
    "storage.thing": ["sqlalchemy", "sqlmodel"],
    "dialogs.thing": ["storage.thing", "apscheduler.triggers.cron"],
    "dialogs.reports.pdf": ["typst", "storage.thing"],
    "bot.thing": ["aiohttp", "dialogs.thing", "bot.slack.edge", "bot.teams.edge", "bot.clock"],
    "bot.slack.edge": ["slack_bolt.async_app", "slack_sdk"],
    "bot.teams.edge": ["botbuilder.core"],
    "bot.clock": ["apscheduler.schedulers.asyncio"],
}


def verdicts(folder: Path, imports: dict[str, list[str]]) -> dict[str, str]:
    """Contract name to KEPT or BROKEN, for a small project with these imports."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ROOMS:
        (folder / room).mkdir()
        (folder / room / "__init__.py").touch()
    for module, wanted in imports.items():
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text("".join(f"import {name}\n" for name in wanted))
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(folder), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )
    found = re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE)
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    assert [name for name, _ in found] == [contract["name"] for contract in contracts], done.stderr
    return dict(found)


def test_what_is_not_allowed_is_found(tmp_path: Path) -> None:
    assert set(verdicts(tmp_path, BROKEN).values()) == {"BROKEN"}


def test_what_is_allowed_passes(tmp_path: Path) -> None:
    assert set(verdicts(tmp_path, ALLOWED).values()) == {"KEPT"}


@pytest.mark.parametrize(
    ("path", "code"), [("bot/clock.py", 0), ("bot/turns.py", 1), ("dialogs/time.py", 1)]
)
def test_the_scheduler_belongs_to_the_clock(path: str, code: int) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).parent / "ruff",
            "check",
            "--select=TID251",
            "--stdin-filename",
            path,
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        input="from apscheduler.schedulers.asyncio import AsyncIOScheduler\n",
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
