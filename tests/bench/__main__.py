"""Runs the cases and prints them: a table for people, then one JSON object a line."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import (
    answer_in,
    draining,
    reminders,
    showing,
    slack_answer,
    slack_reminders,
    starting,
)
from tests.bench.rows import Row, table
from tests.bench.sizes import FULL, QUICK, TINY, Sizes

CASES: dict[str, Callable[[Path, Sizes], list[Row]]] = {
    "answer-in": answer_in.measure,
    "slack-answer": slack_answer.measure,
    "slack-reminders": slack_reminders.measure,
    "reminders": reminders.measure,
    "drain": draining.measure,
    "start-up": starting.measure,
    "showing": showing.measure,
}


def main(words: Sequence[str]) -> int:
    """Measure what is asked for; 1 when a budget is not kept."""
    asked = _parser().parse_args(words)
    logging.disable(logging.WARNING)
    size = TINY if asked.tiny else QUICK if asked.quick else FULL
    rows: list[Row] = []
    for name in asked.only or CASES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="samspill-bench-") as folder:
            rows += CASES[name](Path(folder), size)
        gc.collect()
    print(table(rows))
    print()
    for row in rows:
        print(row.as_json())
    return int(any(row.ok is False for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure Samspill against the budgets of its design. docs/benchmarks.md says "
        "what each row means. The exit code is 1 when a budget is not kept.",
    )
    parser.add_argument("--quick", action="store_true", help="smaller samples, fewer of them")
    parser.add_argument(
        "--tiny", action="store_true", help="only to see that it runs: the figures mean nothing"
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=list(CASES),
        metavar="NAME",
        help=f"one of: {', '.join(CASES)}; may be given several times",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
