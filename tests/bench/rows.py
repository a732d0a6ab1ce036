"""What the benchmark prints: one row per case, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

KEYS = ("name", "value", "floor", "ratio", "budget", "ok")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured case. `ratio` is how many times as good as the floor it is: 1 is the same,
    more is better, whether the value is a rate or a time. `ok` is None where no budget is named."""

    name: str
    unit: str
    value: float
    floor: float | None = None
    ratio: float | None = None
    budget: float | None = None
    ok: bool | None = None

    def as_json(self) -> str:
        """One line, with just `KEYS`."""
        return json.dumps({key: _short(getattr(self, key)) for key in KEYS})


def rate_against(
    name: str, unit: str, pairs: Sequence[tuple[float, float]], budget: float | None = None
) -> Row:
    """Rates beside the floor's rates, measured in turns: the median of what each pair gives."""
    return _against(name, unit, pairs, [value / floor for value, floor in pairs], budget)


def time_against(
    name: str, unit: str, pairs: Sequence[tuple[float, float]], budget: float | None = None
) -> Row:
    """The same for times, where less is better."""
    return _against(name, unit, pairs, [floor / value for value, floor in pairs], budget)


def _against(
    name: str,
    unit: str,
    pairs: Sequence[tuple[float, float]],
    ratios: Sequence[float],
    budget: float | None,
) -> Row:
    ratio = median(ratios)
    ok = None if budget is None else ratio >= budget
    value, floor = (median(side) for side in zip(*pairs, strict=True))
    return Row(name, unit, value, floor, ratio, budget, ok)


def at_least(name: str, unit: str, values: Iterable[float], budget: float | None = None) -> Row:
    """An absolute rate."""
    value = median(values)
    return Row(name, unit, value, budget=budget, ok=None if budget is None else value >= budget)


def at_most(name: str, unit: str, values: Iterable[float], budget: float | None = None) -> Row:
    """An absolute time or size."""
    value = median(values)
    return Row(name, unit, value, budget=budget, ok=None if budget is None else value <= budget)


def table(rows: Iterable[Row]) -> str:
    """The rows for people."""
    head = ("case", "value", "unit", "floor", "ratio", "budget", "ok")
    lines = [head, *(_cells(each) for each in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(_line(line, widths) for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    ok = {None: "-", True: "yes", False: "NO"}[row.ok]
    figures = (_said(each) for each in (row.floor, row.ratio, row.budget))
    return (row.name, _said(row.value), row.unit, *figures, ok)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = {0, 2, len(cells) - 1}
    return "  ".join(
        cell.ljust(width) if column in left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _said(figure: float | None) -> str:
    return "-" if figure is None else f"{_short(figure):,}"


def _short(figure: object) -> object:
    """Three digits that count: more would be noise."""
    if not isinstance(figure, float):
        return figure
    shortened = float(f"{figure:.3g}")
    return int(shortened) if shortened.is_integer() else shortened
