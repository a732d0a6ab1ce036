"""The benchmark runs and prints what programs read; whether all is quick enough is not asked."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.project import ROOT

NUMBER = r"-\d+\b"  # a size of the run
KEYS = ["name", "value", "floor", "ratio", "budget", "ok"]


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture(scope="module")
def printed() -> str:
    done = bench("--tiny")
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_it_prints_a_table_and_then_one_object_a_line(printed: str) -> None:
    table, objects = printed.split("\n\n")
    rows = [json.loads(line) for line in objects.splitlines()]
    assert [list(row) for row in rows] == [KEYS] * len(rows)
    assert [line.split()[0] for line in table.splitlines()[1:]] == [row["name"] for row in rows]
    for row in rows:
        assert row["value"] > 0 or row["name"].endswith("-429s")  # of these none is best
        assert (row["floor"] is None) == (row["ratio"] is None)
        assert (row["budget"] is None) == (row["ok"] is None)


def test_cases_of_the_design_have_its_budgets(printed: str) -> None:
    rows = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    budgets = {
        re.sub(NUMBER, "", row["name"]): row["budget"] for row in rows if row["budget"] is not None
    }
    assert budgets == {
        "reminders": 20,
        "slack-answer": 0.35,
        "slack-answer-p99-at-a-second": 50,
        "slack-reminders-429s": 0,
        "slack-busy-answer-p99": 100,
        "slack-busy-modal-p99": 1000,
        "reminders-loop-blocked": 50,
        "drain": 500,
        "start-up": 2,
        "idle-memory": 150,
    }


def test_the_help_names_the_cases_and_the_document_explains_each_row(printed: str) -> None:
    text = bench("--help").stdout
    for word in (
        "--quick",
        "--only",
        "answer-in",
        "slack-answer",
        "slack-reminders",
        "reminders",
        "drain",
        "start-up",
    ):
        assert word in text
    explained = Path(ROOT, "docs/benchmarks.md").read_text()
    for line in printed.splitlines():
        if line.startswith("{"):
            assert f"`{re.sub(NUMBER, '-N', json.loads(line)['name'])}`" in explained
