"""What the crash tests share: a runner, and a round that was played once without any kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.process import Nursery
from tests.crash.story import GIVEN, ROUND, Play, copy, fresh, given, sown


@dataclass(frozen=True)
class Step:
    """A step of an act, such as `commit:3:before`; of a commit, the tables that it wrote."""

    name: str
    tables: str


@dataclass(frozen=True)
class Played:
    """The round as it goes when nothing is killed."""

    sown: Path  # the file before anything was done
    before: list[Path]  # the file before each act, at rest
    steps: list[list[Step]]  # of each act
    story: dict[str, list[Any]]  # what stands there in the end


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Starts processes."""
    made = Nursery(tmp_path_factory.mktemp("runner"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def sown_file(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's file before anything was done, at nine o'clock on a Monday."""
    file = tmp_path_factory.mktemp("sown") / "sown.db"
    sown(nursery, file)
    return file


@pytest.fixture(scope="session")
def played(nursery: Nursery, sown_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The round, played once and looked at before each act."""
    folder = tmp_path_factory.mktemp("played")
    trace = folder / "trace"
    play = Play(nursery, fresh(sown_file, folder))
    play.start(trace=str(trace))
    before = []
    for number, act in enumerate(ROUND):
        play.rest()
        before.append(copy(play.record, folder / f"before-{number}.db"))
        play.act(act, number)
    play.rest()
    play.kill()
    assert given(play.record) == GIVEN
    assert play.starts == 1
    story = play.record.story()
    assert [row[1] for row in story["rounds"]] == ["closed"]
    return Played(sown_file, before, steps_in(trace, len(ROUND)), story)


def steps_in(trace: Path, acts: int) -> list[list[Step]]:
    """The steps of each POST that a traced process took; with `from_start`, all of them in one."""
    steps: list[list[Step]] = [[] for _ in range(acts)]
    for line in trace.read_text().splitlines():
        row = json.loads(line)
        steps[max(row["post"] - 1, 0)].append(Step(row["step"], row["about"]))
    return steps
