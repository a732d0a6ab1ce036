"""kill -9 on a channel that cannot find its posts: repeated once, counted, and both copies work."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.conftest import Played
from tests.crash.databases import Files
from tests.crash.process import Nursery, Process, get
from tests.crash.record import Record
from tests.crash.story import PROBLEM, ROUND, TENANT, Play

START, OPENS = 0, 8


def counted(process: Process) -> int:
    """How many messages this process says it repeated without knowing."""
    text = get(process.port, "/metrics")
    found = re.findall(r'^samspill_in_doubt_repeats_total\{platform="web"\} ([\d.]+)', text, re.M)
    return int(float(found[0])) if found else 0


def repeats(record: Record) -> dict[str, int]:
    """Which messages were repeated, by their delivery keys."""
    return dict(record.rows("SELECT 'out:' || key, repeats FROM outbox WHERE repeats > 0"))


def killed(played: Played, nursery: Nursery, folder: Path, act: int, step: str) -> Play:
    """A process that was started after a kill at a step of an act, and has come to rest."""
    play = Play(nursery, Files(folder).fresh(played.before[act]), find=False)
    play.start(kill=step)
    play.act(ROUND[act], act)
    if play.starts == 1:
        play.dies()
    play.rest()
    check(play)
    return play


def check(play: Play) -> None:
    """Everything stands there; twice only what was in doubt, and that is counted."""
    copies = Counter(play.record.posted())
    in_doubt = repeats(play.record)
    assert {key: count for key, count in copies.items() if count > 1 and key not in in_doubt} == {}
    assert set(copies.values()) <= {1, 2}
    assert set(in_doubt.values()) <= {1}
    assert play.record.rows("SELECT key, reason FROM outbox WHERE state != 'settled'") == []
    wanted = {f"out:{key}" for (key,) in play.record.rows("SELECT key FROM outbox")}
    assert wanted == set(copies)
    if play.starts > 1:
        assert counted(play.running()) == len(in_doubt)


def test_a_question_that_went_is_repeated_once_and_both_copies_work(
    played: Played, nursery: Nursery, tmp_path: Path
) -> None:
    play = killed(played, nursery, tmp_path, START, "post:4:after")
    twice = [key for key, count in Counter(play.record.posted()).items() if count == 2]
    questions = [key for key in twice if key.startswith("out:live:round:question:")]
    assert questions, f"no question stands twice: {twice}"
    copies = play.record.rows(
        "SELECT m.room_id, m.id, r.tenant FROM chat_message m JOIN chat_room r ON r.id = m.room_id "
        "WHERE m.key LIKE :like",
        like=f"{questions[0]}#%",
    )
    tenant = copies[0][2]
    here = [user for user, where in TENANT.items() if where == tenant]
    button = play.record.control(tenant, "round:dont_know", PROBLEM, None, "samspill")
    assert button is not None
    for (room, message, _), who in zip(copies, here, strict=False):
        act = {"id": f"crash-copy-{message}", "room": room, "message": message, "value": None}
        seat = f"web/{tenant}/{who}"
        play.running().post("/terminal/press", seat, act | {"button": button.button})
    play.rest()
    answers = play.record.rows("SELECT status FROM answer")
    assert answers == [("dont_know",), ("dont_know",)]
    play.kill()


def test_what_was_claimed_and_not_sent_stands_once(
    played: Played, nursery: Nursery, tmp_path: Path
) -> None:
    play = killed(played, nursery, tmp_path, START, "commit:3:after")
    assert set(Counter(play.record.posted()).values()) == {1}
    assert set(repeats(play.record).values()) == {1}
    play.kill()


@pytest.mark.soak
@pytest.mark.parametrize("act", [START, OPENS])
def test_a_kill_at_every_step_repeats_once_at_most(
    played: Played, nursery: Nursery, tmp_path: Path, act: int
) -> None:
    for step in played.steps[act]:
        killed(played, nursery, tmp_path, act, step.name).kill()
