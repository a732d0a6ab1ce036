"""Reads one YAML file safely into nodes that know their line.

A pack comes from people we do not know, so the file is taken event by event: no aliases (a small
file could unfold into gigabytes), no tags, no duplicate keys, and bounds on size, depth and number.
Plain `yes`, `no` and `on` are texts here, as in YAML 1.2: they are answers, not booleans.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dialogs.packs.faults import Fault, shown

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_NODES = 100_000

Plain = str | int | float | bool | None
_WORDS: dict[str, Plain] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = re.compile(r"[-+]?\d{1,15}\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?\d{1,15}\.\d{1,15}\Z", re.ASCII)
# What YAML allows in a stream; looked for first, because readers report it without a line.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(slots=True)
class Node:
    """A value and the 1-based line it stands on: its key's line in a mapping, else its own."""

    line: int
    value: Plain | list[Node] | dict[str, Node]

    def plain(self) -> Any:
        """The value without lines; lists become tuples, as frozen models hold them."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return tuple(node.plain() for node in self.value)
        return self.value

    def at(self, *path: str | int) -> Node:
        """The node at `path`, or the nearest above it; steps that are no keys are passed over."""
        node = self
        for step in path:
            inner = node.value
            if isinstance(inner, dict) and step in inner:
                node = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                node = inner[step]
        return node


class _Stop(Exception):
    """Reading cannot go on after this fault."""

    def __init__(self, line: int, what: str, do: str) -> None:
        super().__init__(what)
        self.line, self.what, self.do = line, what, do


def read(path: Path) -> tuple[Node | None, list[Fault]]:
    """The mapping in a file and the faults met. The node is None when there is nothing to go on."""
    faults: list[Fault] = []
    try:
        return _Builder(path, faults).build(_text(path)), faults
    except _Stop as stop:
        faults.append(Fault(str(path), stop.line, stop.what, stop.do))
    return None, faults


def _text(path: Path) -> str:
    """The file's text. Its size is looked at before anything is read."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise _Stop(1, "this is not a file", "Put a YAML file here, or remove it")
        if found.st_size > MAX_BYTES:
            raise _too_large(found.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Stop(
            1, f"the file cannot be read ({error.strerror})", "See that it exists and is readable"
        ) from None
    if len(data) > MAX_BYTES:  # it grew in between
        raise _too_large(len(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Stop(line, "the text is not UTF-8", "Save the file as UTF-8") from None
    if bad := _UNREADABLE.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        what = f"there is an unreadable character here (U+{ord(bad[0]):04X})"
        raise _Stop(line, what, "Remove it")
    if not text.strip():
        raise _Stop(1, "the file is empty", "Write the content, or remove the file")
    return text


def _too_large(size: int) -> _Stop:
    what = f"the file is too large ({size:,} bytes; at most {MAX_BYTES:,})"
    return _Stop(1, what, "Split it over several packs")


def _events(text: str) -> Iterator[Any]:
    """YAML events by the C parser where there is one (ten times as fast)."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        lines = text.splitlines()
        if line <= len(lines) and re.match(r"[ \-]*\t", lines[line - 1]):
            raise _Stop(line, "there is a tab in the indent", "Indent with spaces") from None
        what = f"this is not valid YAML ({shown(error.problem or error.context)})"
        do = "Look at indents, colons and quotes on this line and the one above"
        raise _Stop(line, what, do) from None
    except yaml.YAMLError:
        raise _Stop(1, "this is not valid YAML", "Look at indents, colons and quotes") from None


class _Builder:
    """Builds nodes from events, with a list as the stack, so depth costs nothing."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self._path = path
        self._faults = faults
        self._open: list[Node] = []
        self._key: list[tuple[str, int] | None] = []
        self._root: Node | None = None
        self._count = 0

    def build(self, text: str) -> Node | None:
        documents = 0
        for event in _events(text):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    what = "a second document begins here"
                    raise _Stop(_line(event), what, "Keep one document in a file")
            elif isinstance(event, yaml.NodeEvent):
                self._take(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._open.pop()
                self._key.pop()
        if self._root is None or self._root.value is None:
            raise _Stop(1, "the file is empty", "Write the content, or remove the file")
        if not isinstance(self._root.value, dict):
            raise _Stop(
                self._root.line,
                "the file should hold a mapping (key: value), not a list or a single value",
                "Begin with a key, such as `sets:` or `hints:`",
            )
        return self._root

    def _take(self, event: Any) -> None:
        line = _line(event)
        self._refuse(event, line)
        if self._open and isinstance(self._open[-1].value, dict) and self._key[-1] is None:
            self._key[-1] = self._as_key(event, line)
            return
        node = Node(line, None)
        self._place(node)
        if isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event, line)
            return
        node.value = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(node)
        self._key.append(None)
        if len(self._open) > MAX_DEPTH:
            what = f"this is nested more than {MAX_DEPTH} levels deep"
            raise _Stop(line, what, "Look at the indents; no file of a pack is that deep")

    def _refuse(self, event: Any, line: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            what = f"there are more than {MAX_NODES:,} values in the file"
            raise _Stop(line, what, "Split it over several packs")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            what = f"`{sign}{shown(event.anchor)}`: anchors and aliases are not used in packs"
            raise _Stop(line, what, "Write the text out, or quote it if it is a text")
        if event.tag is not None:
            what = f"`{shown(event.tag)}`: tags are not used in packs"
            raise _Stop(line, what, "Remove the tag, or quote it if it is a text")

    def _as_key(self, event: Any, line: int) -> tuple[str, int]:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Stop(line, "a key should be a single word", "Quote texts that begin with [ or {")
        return str(event.value), line

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        inside = self._open[-1].value
        if isinstance(inside, list):
            inside.append(node)
        elif isinstance(inside, dict) and (pair := self._key[-1]) is not None:
            key, node.line = pair
            self._key[-1] = None
            if key in inside:
                what = f"the key `{shown(key)}` stands twice (first on line {inside[key].line})"
                self._fault(node.line, what, "Keep one of them")
            else:
                inside[key] = node

    def _scalar(self, event: Any, line: int) -> Plain:
        text = str(event.value)
        if event.implicit[0]:  # plain, so it may be something else than a text
            if text in _WORDS:
                return _WORDS[text]
            if _INT.match(text):
                return int(text)
            if _FLOAT.match(text):
                return float(text)
        if _CONTROL.search(text):
            self._fault(line, "the text holds a control character", "Remove it")
            return _CONTROL.sub(" ", text)
        return text

    def _fault(self, line: int, what: str, do: str) -> None:
        self._faults.append(Fault(str(self._path), line, what, do))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
