"""kill -9 at each step of each act of a round, a restart, and then the round to its end.

After every kill the story must be the one that is told without any: the same answers, posts, words
and summary, each once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.conftest import Played
from tests.crash.databases import Files
from tests.crash.process import Nursery
from tests.crash.story import ROUND, Play, at_every_step, same

# Of each kind one: what was said, the turn, its answer, claims, posts, edits, records, jobs.
SAMPLE = (
    (0, "request:1:before"),
    (0, "commit:1:after"),  # what was said stands in the room, and Samspill has not heard it
    (0, "commit:2:before"),  # all of the turn, and nothing of it written
    (0, "commit:2:after"),  # written, not acknowledged
    (0, "commit:3:after"),  # the starting posts are claimed
    (0, "post:1:after"),  # posted, not recorded
    (0, "post:4:before"),  # some recorded, some claimed
    (2, "response:1:after"),  # acknowledged, nothing shown yet
    (4, "commit:2:after"),  # half asked
    (5, "update:1:after"),  # changed, not recorded
    (8, "post:1:after"),  # opened answers are posted, not recorded
    (20, "commit:3:after"),  # the summary is claimed
    (21, "commit:1:after"),  # a late answer
)


def killed(played: Played, nursery: Nursery, folder: Path, act: int, step: str) -> bool:
    """Play the round with a kill at a step of an act; whether the step was reached."""
    play = Play(nursery, Files(folder).fresh(played.before[act]))
    play.start(kill=step)
    play.act(ROUND[act], act)
    reached = play.starts > 1 or play.dies()
    play.acts(ROUND, act + 1)
    same(play.end(), played.story)
    return reached


@pytest.mark.parametrize(("act", "step"), SAMPLE)
def test_a_kill_changes_nothing(
    played: Played, nursery: Nursery, tmp_path: Path, act: int, step: str
) -> None:
    assert killed(played, nursery, tmp_path, act, step), f"{step} is no step of act {act}"


@pytest.mark.soak
@pytest.mark.parametrize("act", [number for number, act in enumerate(ROUND) if act.step])
def test_a_kill_at_every_step_changes_nothing(
    played: Played, nursery: Nursery, tmp_path: Path, act: int
) -> None:
    steps = [step.name for step in played.steps[act]]
    at_every_step(steps, lambda step: killed(played, nursery, tmp_path, act, step))
