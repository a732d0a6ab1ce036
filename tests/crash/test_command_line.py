"""`samspill demo`, the real command, killed at any moment while five people answer at once."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.databases import Files
from tests.crash.process import CommandLine, Nursery, until
from tests.crash.story import GIVEN, ROUND, Act, Play, Starter, given


@pytest.fixture
def command_line(tmp_path: Path) -> Iterator[CommandLine]:
    """Starts `samspill demo`."""
    made = CommandLine(tmp_path)
    yield made
    made.close()


class Elsewhere(Exception):
    """Somebody else failed."""


def waiting_for(act: Act) -> tuple[int, int] | None:
    """The coordinator goes on when so many have answered question so and so."""
    if act.who != "kari":
        return None
    return {"neste": (1, 5), "next": (2, 4), "fullfør": (3, 2)}.get(
        act.text or act.action.removeprefix("round:")
    )


def everybody(play: Play) -> None:
    """Each person does what is theirs in the round, side by side with the others."""

    failed = threading.Event()

    def person(acts: Sequence[tuple[int, Act]]) -> None:
        try:
            for number, act in acts:
                wait_for_others(act)
                play.act(act, number)
        except BaseException:
            failed.set()
            raise

    def wait_for_others(act: Act) -> None:
        enough = waiting_for(act)
        if enough is not None:
            until(lambda: failed.is_set() or answered(play, *enough), "answers", play.patience)
        if failed.is_set():
            raise Elsewhere

    numbered = [(n, act) for n, act in enumerate(ROUND) if act.action != "round:open"]
    late = numbered.pop()  # when all else is done
    with ThreadPoolExecutor(5) as people:
        done = [
            people.submit(person, [(n, act) for n, act in numbered if act.who == who])
            for who in ("ola", "amina", "siri", "per", "kari")
        ]
    faults = [each.exception() for each in done]
    for fault in sorted(filter(None, faults), key=lambda each: isinstance(each, Elsewhere)):
        raise fault
    play.act(late[1], late[0])


def answered(play: Play, position: int, enough: int) -> bool:
    return sum(each[0] == position for each in given(play.record)) >= enough


def shot_at(play: Play, seed: int, times: int) -> dict:
    """Play the whole round, and kill the process so many times at random moments; the story."""
    moments, over, shots = random.Random(seed), threading.Event(), 0

    def shoot() -> None:
        nonlocal shots
        while shots < times and not over.is_set():
            process = play.running()
            if over.wait(moments.uniform(0.0, 0.15)):
                return
            process.shoot()
            until(lambda: process.dead, "the end")  # noqa: B023 - called at once
            shots += 1

    with ThreadPoolExecutor(1) as other:
        shooting = other.submit(shoot)
        try:
            everybody(play)
        finally:
            over.set()
        shooting.result()
    story = play.end()
    print(f"seed {seed}: {shots} kills")
    assert play.starts == shots + 1 > 1
    return story


def check(play: Play, story: dict) -> None:
    """Every acknowledged answer is there once; every post is there once; the round is summed up."""
    assert given(play.record) == GIVEN
    assert [row[1] for row in story["rounds"]] == ["closed"]
    assert set(Counter(play.record.posted()).values()) == {1}
    by_people = [(row[2], row[4]) for row in story["chat"] if row[4] is not None]
    assert sorted(row[1] for row in by_people) == sorted(
        act.who for act in ROUND if act.what == "say"
    )
    acts = [row for row in story["inbox"] if "crash-act" in row[1]]
    assert len(acts) == len(set(acts)) == len(ROUND) - 2  # a form shown is no event; none opened
    for key, _kind, state, reason, shown, repeats, lease in story["outbox"]:
        assert (key, state, reason, shown, repeats, lease) == (key, "settled", None, 1, 0, None)
    summary = [row for row in story["chat"] if row[2].startswith("out:live:round:summary:")]
    assert len(summary) == 2
    assert all(
        words in str(row[6]) for row in summary for words in ("5 personer", "3 virksomheter")
    )


def shot_down(play: Play, seed: int, times: int) -> None:
    """The same, and a look at what stands in the chat."""
    check(play, shot_at(play, seed, times))


def play_on(starter: Starter, source: str, folder: Path) -> Play:
    play = Play(starter, Files(folder).fresh(source))
    play.patience = 200  # each start takes seconds, on a busy machine
    play.start()
    return play


def test_the_command_is_killed_twice(command_line: CommandLine, begun: str, tmp_path: Path) -> None:
    shot_down(play_on(command_line, begun, tmp_path), seed=1, times=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_the_command_is_killed_again_and_again(
    command_line: CommandLine, begun: str, tmp_path: Path, seed: int
) -> None:
    shot_down(play_on(command_line, begun, tmp_path), seed, times=8)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(12, 32))
def test_a_careless_channel_is_killed_again_and_again(
    nursery: Nursery, begun: str, tmp_path: Path, seed: int
) -> None:
    shot_down(play_on(nursery, begun, tmp_path), seed, times=8)
