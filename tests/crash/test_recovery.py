"""kill -9 while Samspill starts: the very first time, and while it takes up what was broken off."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import Played, steps_in
from tests.crash.databases import Files, address_of
from tests.crash.process import Died, Nursery, until
from tests.crash.story import ROUND, Play, same


def starting(
    nursery: Nursery, source: str | None, folder: Path, kill: str | None = None
) -> tuple[Play, list[str]]:
    """A process that comes to rest on a copy of a file, or on none; its steps from its start."""
    trace = folder / "trace"
    trace.unlink(missing_ok=True)
    play = Play(nursery, Files(folder).fresh(source))
    play.start(from_start=True, kill=kill, trace=str(trace))
    play.rest()
    return play, [each.name for each in steps_in(trace, 1)[0]]


def broken_off(
    played: Played, nursery: Nursery, folder: Path, act: int, step: str
) -> tuple[str, dict[str, Any]]:
    """A file, with its log beside it, on which a process was killed; the act that it was at."""
    play = Play(nursery, Files(folder).fresh(played.before[act]))
    process = play.start(kill=step)
    data = ROUND[act].data(play.record, f"crash-act-{act:03}")
    assert data is not None
    with suppress(Died):
        process.post(ROUND[act].path, ROUND[act].seat, data)
    until(lambda: process.dead, f"a kill at {step}")
    play.kill()
    kept = folder / "broken"
    kept.mkdir(exist_ok=True)
    for each in folder.glob("samspill.db*"):
        shutil.copy(each, kept / each.name)
    return address_of(kept / "samspill.db"), data


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.soak)])
def test_a_first_start_that_was_killed_is_made_up_for(
    nursery: Nursery, tmp_path: Path, every: int
) -> None:
    whole, steps = starting(nursery, None, tmp_path)
    expected = whole.end()
    died = 0
    for step in steps[::every]:
        play, _ = starting(nursery, None, tmp_path, step)
        died += play.starts > 1
        same(play.end(), expected)
    print(f"the first start: killed at {died} of {len(steps[::every])} steps")
    assert died > len(steps[::every]) // 2


@pytest.mark.parametrize(
    ("act", "step", "every"),
    [
        (0, "post:2:after", 11),
        pytest.param(0, "commit:3:after", 1, marks=pytest.mark.soak),
        pytest.param(0, "post:2:after", 1, marks=pytest.mark.soak),
        pytest.param(5, "update:1:after", 1, marks=pytest.mark.soak),
        pytest.param(8, "post:1:after", 1, marks=pytest.mark.soak),
        pytest.param(20, "commit:3:after", 1, marks=pytest.mark.soak),
    ],
)
def test_a_kill_while_taking_up_what_was_broken_off_changes_nothing(
    played: Played, nursery: Nursery, tmp_path: Path, act: int, step: str, every: int
) -> None:
    source, data = broken_off(played, nursery, tmp_path, act, step)
    whole, steps = starting(nursery, source, tmp_path)
    whole.send(ROUND[act], data)
    expected = whole.end()
    died = 0
    for second in steps[::every]:
        play, _ = starting(nursery, source, tmp_path, second)
        died += play.starts > 1
        play.send(ROUND[act], data)  # as a browser would that had no answer
        same(play.end(), expected)
    print(f"after {step} of act {act}: killed at {died} of {len(steps[::every])} steps")
    assert died > len(steps[::every]) // 2
