"""kill -9 while reminders go out in Slack and the round closes by the clock: each happens once."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.demo import SAMPLES
from tests.crash.conftest import steps_in
from tests.crash.databases import Databases
from tests.crash.process import Nursery
from tests.crash.slack_play import SlackPlay
from tests.crash.story import ROUND, at_every_step, same
from tests.crash.test_slack import begun_in_slack
from tests.crash.workspace import Workspace
from tests.slack.local.state import State

WAITS = 3  # half of the time is over, it is soon over, the round closes
SENT = "chat.postMessage:2:after"  # some reminders are posted, and nobody heard so


@dataclass(frozen=True)
class Days:
    """The days of a round that nobody answers."""

    before: list[tuple[str, State, timedelta]]  # of each wait, when it is over
    steps: list[list[str]]
    story: dict[str, list[Any]]


@pytest.fixture(scope="session")
def days(served: Nursery, kept: Databases, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """They pass without any kill in the middle of something."""
    folder = tmp_path_factory.mktemp("days")
    play = begun_in_slack(served, kept)
    play.act(ROUND[0], 0)
    before, steps = [], []
    for wait in range(WAITS):
        play.pass_time()
        copy = kept.copy(play.record.address)
        before.append((copy, play.workspace.kept(), play.record.ahead))
        play.start(trace=str(folder / f"trace-{wait}"))
        play.rest()
        steps.append([each.name for each in steps_in(folder / f"trace-{wait}", 1)[0]])
    story = play.end()
    play.workspace.close()
    return Days(before, steps, story)


def killed(days: Days, served: Nursery, databases: Databases, wait: int, step: str) -> bool:
    """Let the days pass with a kill at a step after a wait; whether the step was reached."""
    address, state, ahead = days.before[wait]
    workspace = Workspace(deepcopy(state))
    play = SlackPlay(served, databases.fresh(address), workspace, before=wait + 1)
    play.record.ahead = ahead
    play.start(kill=step)
    reached = play.dies()
    for _ in range(wait + 1, WAITS):
        play.pass_time()
    same(play.end(), days.story)
    assert play.doubled() == []
    workspace.close()
    return reached


# On SQLite `test_clock` tries this in the demo.
@pytest.mark.parametrize(
    "kind", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_kill_while_reminders_are_sent_reminds_nobody_twice(
    days: Days, served: Nursery, databases: Databases
) -> None:
    reminded = sorted(row[0] for row in days.story["nudges"])
    assert len(reminded) == 2 * len(set(reminded)) == 2 * len(SAMPLES)
    assert [row[1] for row in days.story["rounds"]] == ["closed"]
    assert killed(days, served, databases, 0, SENT)


@pytest.mark.soak
@pytest.mark.parametrize("wait", range(WAITS))
def test_a_kill_at_every_step_reminds_nobody_twice_in_slack(
    days: Days, served: Nursery, databases: Databases, wait: int
) -> None:
    at_every_step(days.steps[wait], lambda step: killed(days, served, databases, wait, step))
