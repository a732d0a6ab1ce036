"""Turns one file into its model, and what pydantic says into faults that an author can mend."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from dialogs.packs.base import Model
from dialogs.packs.faults import Fault, shown
from dialogs.packs.lints import texts
from dialogs.packs.reading import Node, read

M = TypeVar("M", bound=Model)

# Lists whose entries stand for themselves: the others can be looked at when one of them is faulty.
_ENTRIES = frozenset(
    {"questions", "hints", "items", "nudges", "drafts", "signals", "sources", "terms"}
)


@dataclass(slots=True)
class Parsed(Generic[M]):
    """A file, its nodes and its model.

    `hidden` holds the ids in a faulty file: what refers to them is not reported a second time.
    `texts` are all texts in the file, those of faulty entries too. `unread` says that it could
    not be read at all, so that nobody knows which ids it has.
    """

    path: str
    node: Node
    model: M
    damaged: bool = False
    hidden: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)
    texts: tuple[Node, ...] = ()
    unread: bool = False

    def fault(self, what: str, do: str, *path: str | int) -> Fault:
        """A fault at the node at `path`."""
        return self.fault_at(self.node.at(*path), what, do)

    def fault_at(self, node: Node, what: str, do: str) -> Fault:
        """A fault at a node of this file."""
        return Fault(self.path, node.line, what, do)


def parse(path: Path, kind: type[M], empty: M) -> Parsed[M]:
    """Read and validate a file. Faulty entries are left out; what cannot be saved is `empty`."""
    node, faults = read(path)
    if node is None:
        return Parsed(str(path), Node(1, {}), empty, True, faults=faults, unread=True)
    parsed = Parsed(str(path), node, empty, bool(faults), frozenset(), faults, tuple(texts(node)))
    try:
        parsed.model = kind.model_validate(node.plain())
        return parsed
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if not _follows(one)]
    parsed.damaged, parsed.hidden = True, frozenset(_ids(node))
    parsed.faults.extend(_explain(parsed, one) for one in found)
    if _prune(node, [one["loc"] for one in found]):
        try:
            parsed.model = kind.model_validate(node.plain())
        except ValidationError:
            parsed.model = empty
    return parsed


def _ids(node: Node) -> list[str]:
    """Every id and code under a node."""
    found: list[str] = []
    waiting = [node]
    while waiting:
        value = waiting.pop().value
        if isinstance(value, dict):
            found += [str(value[key].value) for key in ("id", "code") if key in value]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


def _prune(root: Node, locations: list[tuple[str | int, ...]]) -> bool:
    """Take faulty entries out of their lists; False when a fault lies outside all entries."""
    faulty: dict[int, tuple[list[Node], set[int]]] = {}
    for location in locations:
        entry: tuple[list[Node], int] | None = None
        node, name = root, ""
        for step in location:
            value = node.value
            if isinstance(value, list) and isinstance(step, int) and step < len(value):
                if name in _ENTRIES:
                    entry = (value, step)
                node = value[step]
            elif isinstance(value, dict) and step in value:
                node, name = value[str(step)], str(step)
        if entry is None:
            return False
        faulty.setdefault(id(entry[0]), (entry[0], set()))[1].add(entry[1])
    for entries, indexes in faulty.values():
        entries[:] = [entry for n, entry in enumerate(entries) if n not in indexes]
    return True


_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "dict_type": "a mapping (key: value)",
}


def _follows(error: Any) -> bool:
    """Whether a list is only short because faulty entries, each told by itself, were left out."""
    if error["type"] != "too_short":
        return False
    return len(error["input"]) >= int(error["ctx"]["min_length"])


def _explain(parsed: Parsed[Any], error: Any) -> Fault:
    """One pydantic error in plain English. Values are shown shortened."""
    location: tuple[str | int, ...] = error["loc"]
    name = shown(next((step for step in reversed(location) if isinstance(step, str)), "the file"))
    kind = error["type"]
    if kind in _TYPES:
        what, do = f"`{name}` should be {_TYPES[kind]}", f"Write {_TYPES[kind]}"
    else:
        what, do = _reworded(kind, name, error)
    return parsed.fault(what, do, *location)


def _reworded(kind: str, name: str, error: Any) -> tuple[str, str]:
    """What is wrong and what to do, for one type of pydantic error."""
    context = error.get("ctx", {})
    match kind:
        case "missing":
            return f"`{name}` is missing", f"Add `{name}`"
        case "extra_forbidden":
            return f"`{name}` is not known here", _spelling(name)
        case "pack":
            return str(error["msg"]), str(context["do"])
        case "literal_error":
            do = f"Use one of: {context['expected']}"
            return f"`{name}` is `{shown(error['input'])}`", do
        case "union_tag_invalid":
            do = f"Use one of: {context['expected_tags']}"
            return f"the rule `{shown(context['tag'])}` is not known in `{name}`", do
        case "union_tag_not_found":
            return f"`{name}` lacks its `rule`", "Say which rule; the packs README has a table"
        case "string_pattern_mismatch" if context["pattern"] == r"\S":
            return f"`{name}` is empty", "Write it, or remove the key where it may be left out"
        case "string_pattern_mismatch":
            what = f"`{name}` is `{shown(error['input'])}`, which is not in the right form"
            return what, f"It should match {context['pattern']}"
    return _out_of_bounds(kind, name, error)


def _out_of_bounds(kind: str, name: str, error: Any) -> tuple[str, str]:
    """The same for too few, too many, too low and too high."""
    context = error.get("ctx", {})
    match kind:
        case "too_short":
            least = context["min_length"]
            return f"`{name}` has too few entries ({context['actual_length']})", f"Name {least}"
        case "too_long":
            most = context["max_length"]
            return f"`{name}` has too many entries ({context['actual_length']})", f"Keep {most}"
        case "string_too_long":
            what = f"`{name}` is too long ({len(error['input']):,} characters)"
            return what, f"Keep to {context['max_length']:,}"
        case "greater_than_equal":
            return f"`{name}` is too low", f"Write at least {context['ge']}"
        case "less_than_equal":
            return f"`{name}` is too high", f"Write at most {context['le']}"
    return f"`{name}`: {error['msg']}", "The packs README has a table of fields"


def _spelling(name: str) -> str:
    """What to do about an unknown key: the known one it looks like, if there is one."""
    known: set[str] = set()
    waiting: list[type[Model]] = [Model]
    while waiting:
        waiting.extend(subclasses := waiting.pop().__subclasses__())
        for model in subclasses:
            known |= {field.alias or key for key, field in model.model_fields.items()}
    close = difflib.get_close_matches(name, known, 1)
    return f"Did you mean `{close[0]}`? Else remove it" if close else "Remove it"
