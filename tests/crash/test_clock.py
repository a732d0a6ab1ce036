"""kill -9 while the clock has reminders sent and the round closed: each happens once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.demo import SAMPLES
from tests.crash.conftest import Step, steps_in
from tests.crash.databases import Files
from tests.crash.process import Nursery
from tests.crash.story import ROUND, Play, same, set_clock

# From nine on Monday: half of the time is over on Tuesday at one, four hours are left on Wednesday
# at one, and the round closes on Thursday at nine.
MOVES = ("morning", "morning", "morning", "three")
REMINDS, CLOSES = (1, 2), 3
SAMPLE = (
    (1, "commit:1:after"),  # the clock is moved, nothing is done
    (1, "commit:2:before"),  # all reminders written, not committed
    (1, "commit:2:after"),
    (1, "post:2:after"),
    (3, "commit:2:after"),  # closed, not summed up
)


@dataclass(frozen=True)
class Days:
    """The days of a round that nobody answers."""

    before: list[str]
    nows: list[Any]
    steps: list[list[Step]]
    story: dict[str, list[Any]]


@pytest.fixture(scope="module")
def days(nursery: Nursery, begun: str, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """They pass without any kill."""
    folder = tmp_path_factory.mktemp("days")
    trace = folder / "trace"
    files = Files(folder)
    play = Play(nursery, files.fresh(begun))
    play.start(trace=str(trace))
    play.act(ROUND[0], 0)
    before, nows = [], []
    for move in MOVES:
        play.rest()
        nows.append(play.record.now)
        before.append(files.copy(play.record.address))
        play.move_clock(move)
    story = play.end()
    assert play.starts == 1
    return Days(before, nows, steps_in(trace, 1 + len(MOVES))[1:], story)


def killed(days: Days, nursery: Nursery, folder: Path, move: int, step: str) -> bool:
    """Let the days pass with a kill at a step of a move; whether the step was reached."""
    address = Files(folder).fresh(days.before[move])
    set_clock(address, days.nows[move])
    play = Play(nursery, address)
    play.start(kill=step)
    play.move_clock(MOVES[move])
    reached = play.starts > 1 or play.dies()
    for later in MOVES[move + 1 :]:
        play.rest()
        play.move_clock(later)
    same(play.end(), days.story)
    return reached


def test_everybody_is_reminded_twice(days: Days) -> None:
    reminded = Counter(row[0] for row in days.story["nudges"])
    assert reminded == {each.user: 2 for each in SAMPLES}
    posts = [row[2] for row in days.story["chat"] if row[2].startswith("out:remind:")]
    assert len(posts) == len(set(posts)) == 2 * len(SAMPLES)
    assert [row[1] for row in days.story["rounds"]] == ["closed"]


@pytest.mark.parametrize(("move", "step"), SAMPLE)
def test_a_kill_reminds_nobody_twice(
    days: Days, nursery: Nursery, tmp_path: Path, move: int, step: str
) -> None:
    assert killed(days, nursery, tmp_path, move, step), f"{step} is no step of move {move}"


@pytest.mark.soak
@pytest.mark.parametrize("move", [*REMINDS, CLOSES])
def test_a_kill_at_every_step_reminds_nobody_twice(
    days: Days, nursery: Nursery, tmp_path: Path, move: int
) -> None:
    steps = days.steps[move]
    missed = [each.name for each in steps if not killed(days, nursery, tmp_path, move, each.name)]
    print(f"move {move}: killed at {len(steps) - len(missed)} of {len(steps)} steps; not {missed}")
    assert len(missed) <= len(steps) // 4
