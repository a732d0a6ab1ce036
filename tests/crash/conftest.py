"""What the crash tests share: a runner, and a round that was played once without any kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.databases import Databases, Files, Server
from tests.crash.process import Nursery
from tests.crash.story import GIVEN, ROUND, Play, given, sown


@dataclass(frozen=True)
class Step:
    """A step of an act, such as `commit:3:before`; of a commit, the tables that it wrote."""

    name: str
    tables: str


@dataclass(frozen=True)
class Played:
    """The round as it goes when nothing is killed."""

    before: list[str]  # what stood before each act, at rest
    steps: list[list[Step]]  # of each act
    story: dict[str, list[Any]]  # what stands there in the end


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Starts processes."""
    made = Nursery(tmp_path_factory.mktemp("runner"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Starts processes that are in Slack."""
    made = Nursery(tmp_path_factory.mktemp("served"), "tests.crash.slack_runner")
    yield made
    made.close()


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def kind(request: pytest.FixtureRequest) -> str:
    """Which kind of database."""
    given: str = request.param
    return given


@pytest.fixture(scope="session")
def kept(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Databases of a kind, for what several tests begin from."""
    yield from _databases(kind, request, tmp_path_factory.mktemp("kept"))


@pytest.fixture
def databases(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Databases of a kind, for one test."""
    yield from _databases(kind, request, tmp_path)


def _databases(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Databases]:
    if kind == "sqlite":
        yield Files(folder)
        return
    server = Server(request.getfixturevalue("postgres_server"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def begun(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo before anything was done, at nine o'clock on a Monday."""
    address = Files(tmp_path_factory.mktemp("begun")).fresh()
    sown(nursery, address)
    return address


@pytest.fixture(scope="session")
def played(nursery: Nursery, begun: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The round, played once and looked at before each act."""
    folder = tmp_path_factory.mktemp("played")
    trace = folder / "trace"
    files = Files(folder)
    play = Play(nursery, files.fresh(begun))
    play.start(trace=str(trace))
    before = []
    for number, act in enumerate(ROUND):
        play.rest()
        before.append(files.copy(play.record.address))
        play.act(act, number)
    play.rest()
    play.kill()
    assert given(play.record) == GIVEN
    assert play.starts == 1
    story = play.record.story()
    assert [row[1] for row in story["rounds"]] == ["closed"]
    return Played(before, steps_in(trace, len(ROUND)), story)


def steps_in(trace: Path, acts: int) -> list[list[Step]]:
    """The steps of each POST that a traced process took; with `from_start`, all of them in one."""
    steps: list[list[Step]] = [[] for _ in range(acts)]
    for line in trace.read_text().splitlines():
        row = json.loads(line)
        steps[max(row["post"] - 1, 0)].append(Step(row["step"], row["about"]))
    return steps
