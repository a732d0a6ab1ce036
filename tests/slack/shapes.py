"""What a value in a JSON may be, as small checks that are put together; each adds what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

Found = list[str]
Check = Callable[[Any, str, Found], None]


def size(text: str) -> int:
    """Characters as the longest way of counting has it: UTF-16 units, & < > as entities."""
    entities = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + entities


def string(most: int, least: int = 1) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        if not isinstance(value, str):
            found.append(f"{path}: is no text")
        elif size(value) > most:
            found.append(f"{path}: {size(value)} characters, at most {most}")
        elif len(value) < least:
            found.append(f"{path}: is empty")
        elif re.search("[\0\ud800-\udfff]", value):
            found.append(f"{path}: holds what no JSON may hold")

    return check


def number(least: int, most: int) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        if type(value) is not int or not least <= value <= most:
            found.append(f"{path}: is no number from {least} to {most}")

    return check


def one_of(*allowed: Any) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        if not any(value is each or value == each for each in allowed):
            found.append(f"{path}: is none of {allowed}")

    return check


def matching(pattern: str, most: int = 3000) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        if not isinstance(value, str) or not re.match(pattern, value) or len(value) > most:
            found.append(f"{path}: is not as it should be")

    return check


def many(each: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        if not isinstance(value, list):
            found.append(f"{path}: is no list")
            return
        if not least <= len(value) <= most:
            found.append(f"{path}: has {len(value)}, not {least} to {most}")
        for place, one in enumerate(value):
            each(one, f"{path}/{place}", found)

    return check


def keys(**allowed: Check) -> Check:
    """A map with these keys; a name that ends in _ must be there."""
    checks = {name.rstrip("_"): check for name, check in allowed.items()}
    needed = {name.rstrip("_") for name in allowed if name.endswith("_")}

    def check(value: Any, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(f"{path}: is no map")
            return
        found += [f"{path}: lacks {name}" for name in sorted(needed - value.keys())]
        found += [f"{path}: knows no {name}" for name in sorted(value.keys() - checks.keys())]
        for name in checks.keys() & value.keys():
            checks[name](value[name], f"{path}/{name}", found)

    return check


def typed(kinds: dict[str, Check], among: Sequence[str] = ()) -> Check:
    """A map whose `type` is one of these."""

    def check(value: Any, path: str, found: Found) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in kinds or (among and kind not in among):
            found.append(f"{path}: no {kind!r} can stand here")
            return
        rest = {name: part for name, part in value.items() if name != "type"}
        kinds[kind](rest, f"{path}({kind})", found)

    return check


def whatever(value: Any, path: str, found: Found) -> None:
    """Anything."""


def both(*checks: Check) -> Check:
    def check(value: Any, path: str, found: Found) -> None:
        for each in checks:
            each(value, path, found)

    return check
