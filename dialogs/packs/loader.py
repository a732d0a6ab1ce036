"""Finds packs in folders, reads and checks them all, and keeps the last good ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dialogs.packs.base import Text
from dialogs.packs.checks import check_content
from dialogs.packs.faults import Fault, PackError
from dialogs.packs.library import FILES, Packs
from dialogs.packs.lints import lint
from dialogs.packs.models import Manifest
from dialogs.packs.nudge_checks import check_nudges
from dialogs.packs.parsing import Parsed, parse
from dialogs.packs.reading import Node
from dialogs.packs.standing_checks import check_standing
from dialogs.packs.world import ParsedPack, World

SHIPPED = Path(__file__).parent / "guide"
"""The folder of the pack that comes with Samspill."""

_MANIFEST = "pack.yaml"
_NO_MANIFEST = Manifest(id="unknown", version=1, name=Text(nb="-", nn="-", en="-"))


def load(folders: Iterable[Path] = (), *, shipped: bool = True) -> Packs:
    """Read the shipped pack and those in `folders`, each a pack or a folder of packs.

    Raises PackError with every fault found, and nothing else: what is in the files cannot
    make it raise anything else, and what cannot be read is a fault.
    """
    faults: list[Fault] = []
    packs = [
        _parse(folder, faults)
        for folder in _pack_folders([SHIPPED, *folders] if shipped else folders, faults)
    ]
    packs = _without_namesakes(packs, faults)
    world = World(packs)
    faults += check_content(world)
    faults += check_nudges(world)
    faults += check_standing(world)
    if faults:
        raise PackError(faults)
    return Packs(pack.finished() for pack in packs)


class Library:
    """The packs in use. Reading `current` is safe from any thread while another reloads."""

    def __init__(self, folders: Iterable[Path] = (), *, shipped: bool = True) -> None:
        """Load at once; raises PackError, since there is nothing older to keep."""
        self._folders = tuple(folders)
        self._shipped = shipped
        self._reloading = threading.Lock()
        self._current = load(self._folders, shipped=shipped)

    @property
    def current(self) -> Packs:
        """What was last loaded without a fault. Take it once a turn, so that it stays the same."""
        return self._current

    def reload(self) -> tuple[Fault, ...]:
        """Load again. With faults, they are returned and `current` stays what it was."""
        with self._reloading:
            try:
                self._current = load(self._folders, shipped=self._shipped)
            except PackError as error:
                return error.faults
            return ()


def _pack_folders(folders: Iterable[Path], faults: list[Fault]) -> list[Path]:
    """Every pack folder once, in order; folders named twice count once."""
    found: dict[Path, Path] = {}
    for folder in folders:
        try:
            inside = sorted(folder.iterdir())
            packs = [folder] if _has_pack(inside) else [f for f in inside if _is_pack(f)]
        except OSError as error:
            what = f"the folder cannot be read ({error.strerror})"
            faults.append(Fault(str(folder), 1, what, "See that it exists and is a folder"))
            continue
        if not packs:
            what = "there is no pack here"
            do = f"Add {_MANIFEST} and other files; the packs README says how"
            faults.append(Fault(str(folder), 1, what, do))
        for pack in packs:
            found.setdefault(pack.resolve(), pack)
    return list(found.values())


def _has_pack(inside: list[Path]) -> bool:
    """Whether these files make a pack, be it one whose manifest was forgotten."""
    return not {path.name for path in inside}.isdisjoint(f"{name}.yaml" for name in FILES)


def _is_pack(folder: Path) -> bool:
    return folder.is_dir() and not folder.name.startswith(".") and _has_pack(list(folder.iterdir()))


def _parse(folder: Path, faults: list[Fault]) -> ParsedPack:
    """All files of one pack, with what is wrong in each of them by itself."""
    names = sorted(path.name for path in folder.iterdir())
    for name in names:
        stem, _, ending = name.rpartition(".")
        if ending in ("yaml", "yml") and not name.startswith(".") and (ending, stem) not in _WANTED:
            do = f"Use one of: {', '.join(f'{known}.yaml' for known in FILES)}"
            faults.append(Fault(str(folder / name), 1, "no file of a pack is called this", do))
    if _MANIFEST not in names:
        do = "Add it with id, version and name"
        faults.append(Fault(str(folder / _MANIFEST), 1, "the file is missing", do))
    files: dict[str, Parsed[Any]] = {}
    for name, kind in FILES.items():
        path = folder / f"{name}.yaml"
        empty = _NO_MANIFEST if kind is Manifest else kind()
        if path.name not in names:
            files[name] = Parsed(str(path), Node(1, {}), empty, kind is Manifest)
            continue
        files[name] = parse(path, kind, empty)
    proper_names = files["pack"].model.proper_names
    for file in files.values():
        faults += file.faults
        faults += lint(file.path, file.texts, proper_names)
    return ParsedPack(**files)


_WANTED = frozenset(("yaml", name) for name in FILES)


def _without_namesakes(packs: list[ParsedPack], faults: list[Fault]) -> list[ParsedPack]:
    """Packs with ids of their own: a second copy gives one fault, not one for each question."""
    first: dict[str, str] = {}
    kept = []
    for pack in packs:
        id = pack.pack.model.id
        if id in first and not pack.pack.damaged:
            what = f"there is a pack `{id}` already ({first[id]})"
            faults.append(pack.pack.fault(what, "Give this one an id of its own", "id"))
            continue
        first.setdefault(id, pack.pack.path)
        kept.append(pack)
    return kept
