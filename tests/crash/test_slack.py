"""kill -9 while a round goes on in Slack: no acknowledged answer is lost, no post stands twice.

What is killed is the real process, in the middle of its transactions and of its calls to Slack.
Slack stays, and so does PostgreSQL: Slack sends again what was not acknowledged, people press
again, and what a dead process had open on PostgreSQL ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.conftest import steps_in
from tests.crash.databases import Databases
from tests.crash.process import CommandLine, Nursery
from tests.crash.slack_play import LEASES, SlackPlay, sown
from tests.crash.story import GIVEN, ROUND, Starter, at_every_step, same
from tests.crash.test_command_line import shot_at
from tests.crash.workspace import Workspace, furnished
from tests.slack.local.state import State

# Of each kind one: at which step of an act the process is killed. The turn's is its second commit:
# the first one of a process clears up.
KILLS = {
    0: "chat.postMessage:4:after",  # a question is posted, and nobody heard so
    1: "views.open:1:before",  # the window is not open
    2: "commit:2:after",  # the answer is written, and the window did not hear so
    3: "commit:2:before",  # all of the turn, and nothing of it written
    4: "commit:2:before",  # the same of what is written: Slack sends it again
    5: "commit:2:after",  # the half-asked question is answered, and Slack did not hear so
    6: "chat.postEphemeral:1:before",  # the private receipt
    7: "response:1:after",  # acknowledged, nothing shown yet
    8: "chat.postMessage:1:after",  # opened answers are posted, and nobody heard so
    9: "chat.update:1:after",  # changed, and nobody heard so
    10: "chat.postEphemeral:1:after",
    11: "chat.update:1:before",
    13: "request:1:before",  # it has arrived, and nothing was done
    14: "commit:3:after",  # claimed, not sent
    15: "commit:4:before",  # some of it posted, not recorded
    16: "commit:2:after",  # the next question is asked, and who pressed did not hear so
    20: "chat.postMessage:4:after",  # the summary is posted, and nobody heard so
    21: "commit:3:after",  # a late answer
}
FEW = {number: KILLS[number] for number in (0, 3, 5, 8, 15, 20)}  # a kill takes longer there
POSTGRES = pytest.mark.postgres


@pytest.fixture
def play(served: Nursery, databases: Databases) -> Iterator[SlackPlay]:
    """A round that nobody has begun."""
    made = begun_in_slack(served, databases)
    yield made
    made.kill()
    made.workspace.close()


def begun_in_slack(starter: Starter, databases: Databases) -> SlackPlay:
    """A story before its beginning."""
    workspace, address = Workspace(furnished()), databases.fresh()
    sown(address, workspace)
    return SlackPlay(starter, address, workspace)


def finished(play: SlackPlay) -> dict[str, list[Any]]:
    """See that the round is summed up, that all answers are there, and each post once."""
    story = play.end()
    assert play.given() == GIVEN
    assert play.doubled() == []
    assert [row[1] for row in story["rounds"]] == ["closed"]
    summed = [row for row in story["slack"] if row[2].startswith("live:round:summary:")]
    assert len(summed) == 2
    for row in summed:
        assert "5 personer" in row[3]
        assert "3 virksomheter" in row[3]
    return story


@pytest.mark.parametrize(
    ("kind", "kills"),
    [
        ("sqlite", KILLS),
        pytest.param("postgresql", FEW, marks=POSTGRES),
        pytest.param("postgresql", KILLS, marks=[POSTGRES, pytest.mark.soak]),
    ],
    ids=["sqlite", "postgresql", "postgresql-all"],
    indirect=["kind"],
)
def test_a_round_goes_on_through_every_kind_of_kill(play: SlackPlay, kills: dict[int, str]) -> None:
    for number, act in enumerate(ROUND):
        step = kills.get(number)
        if step is not None:
            if play.starts:
                play.rest()
                play.kill()
            before = play.starts
            play.start(kill=step)
        play.act(act, number)
        if step is not None:
            assert play.starts > before + 1 or play.dies(), f"{step} is no step of act {number}"
            play.rest()
            assert play.doubled() == [], f"after {step} of act {number}"
    finished(play)


# --- at every step --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """The round as it goes when nothing is killed."""

    before: list[tuple[str, State]]  # the record and the Slack before each act, at rest
    steps: list[list[str]]  # of each act, from the start of a process
    story: dict[str, list[Any]]


@pytest.fixture(scope="session")
def played_in_slack(
    served: Nursery, kept: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    """The round, each act by a process of its own."""
    folder = tmp_path_factory.mktemp("slack")
    play = begun_in_slack(served, kept)
    before, steps = [], []
    for number, act in enumerate(ROUND):
        before.append((kept.copy(play.record.address), play.workspace.kept()))
        trace = folder / f"trace-{number}"
        play.start(trace=str(trace))
        play.act(act, number)
        play.rest()
        play.kill()
        steps.append([each.name for each in steps_in(trace, 1)[0]])
    story = finished(play)
    play.workspace.close()
    return Played(before, steps, story)


def killed(played: Played, served: Nursery, databases: Databases, act: int, step: str) -> bool:
    """Play the round with a kill at a step of an act; whether the step was reached."""
    address, state = played.before[act]
    workspace = Workspace(deepcopy(state))
    play = SlackPlay(served, databases.fresh(address), workspace, before=act)
    play.start(kill=step)
    play.act(ROUND[act], act)
    reached = play.starts > 1 or play.dies()
    play.acts(ROUND, act + 1)
    same(finished(play), played.story)
    workspace.close()
    return reached


@pytest.mark.soak
@pytest.mark.parametrize("act", range(len(ROUND)))
def test_a_kill_at_every_step_changes_nothing_in_slack(
    played_in_slack: Played, served: Nursery, databases: Databases, act: int
) -> None:
    steps = played_in_slack.steps[act]
    at_every_step(steps, lambda step: killed(played_in_slack, served, databases, act, step))


# --- at any moment, while five people act at once -------------------------------------------------


@pytest.fixture
def command_line(tmp_path: Path) -> Iterator[CommandLine]:
    """Starts `samspill serve`."""
    made = CommandLine(tmp_path, "serve")
    yield made
    made.close()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_a_round_in_slack_is_killed_again_and_again(play: SlackPlay, seed: int) -> None:
    play.start()
    shot_at(play, seed, times=8)
    finished(play)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_the_command_is_killed_again_and_again_in_slack(
    command_line: CommandLine, databases: Databases, seed: int
) -> None:
    play = begun_in_slack(command_line, databases)
    # Each start takes seconds, Slack's limits are kept, and on PostgreSQL leases are waited for.
    play.patience = 200 if play.record.is_sqlite else LEASES
    play.start()
    shot_at(play, seed, times=4)
    finished(play)
    play.workspace.close()
