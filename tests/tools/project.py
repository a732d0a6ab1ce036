"""Reads the project's own files for the tests on the project itself."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "dialogs", "storage")
LEFT_BEHIND = {".git", ".venv", "__pycache__", "node_modules"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project_files() -> list[Path]:
    """All files that are, or would be, in git; in an unpacked archive, all but what work left."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split("\0")
    except (FileNotFoundError, subprocess.CalledProcessError):
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        listed = [str(path) for path in found if not LEFT_BEHIND.intersection(path.parts)]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def room_files() -> list[Path]:
    """The files of the three rooms."""
    return [path for path in project_files() if path.relative_to(ROOT).parts[0] in ROOMS]


def make_targets() -> set[str]:
    """The targets that the Makefile declares as commands."""
    lines = read("Makefile").splitlines()
    return {line.removeprefix(".PHONY:").strip() for line in lines if line.startswith(".PHONY:")}
