"""What `samspill packs` does, without the command line: the CLI calls these and prints.

What reads packs is imported when it is needed: every command asks for `folders_from`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dialogs.packs.faults import Fault, PackError


def folders_from(setting: str | None) -> tuple[Path, ...]:
    """The folders in `SAMSPILL_PACKS`, separated by `:` (`;` on Windows); empty ones left out."""
    parts = (setting or "").split(os.pathsep)
    return tuple(Path(part.strip()) for part in parts if part.strip())


def check(folders: Iterable[Path]) -> list[Fault]:
    """`samspill packs check [DIR]`: every fault in the shipped pack and in `folders`, in order.

    With DIR, pass it alone or after the folders of the setting, when it refers to their packs;
    without, pass the folders of the setting. An empty list means that all can be used (exit 0);
    else print each fault, `str(fault)` is "file:line: what. do.", and exit 1. Never raises
    over what is in a pack.
    """
    from dialogs.packs.loader import load

    try:
        load(folders)
    except PackError as error:
        return list(error.faults)
    return []


def schema() -> dict[str, dict[str, Any]]:
    """`samspill packs schema`: JSON Schemas by file name without ending (`questions`, `pack` …)."""
    from dialogs.packs.schema import schemas

    return schemas()
