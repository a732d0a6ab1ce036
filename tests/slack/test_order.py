"""Slack sends events twice, late, backwards and again: the record is that of a quiet day."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from dialogs.events import Event
from dialogs.messages import Reply
from storage.engine import Database
from storage.tables import Answer, AnswerStatus, Asked, Heard, Person
from tests.contract.stage import Player, Stage
from tests.contract.stories import ON_SQLITE, answers, five, play, start
from tests.slack.house import House

PART = "felles-mal-1"
FIRST = "finne ut hva problemet egentlig er"
USERS = "finne ut hva brukerne trenger"
ALWAYS = 10**6

Mail = Callable[[Stage], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def quiet(stage: Stage) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def twice(stage: Stage) -> AsyncIterator[None]:
    local = _local(stage)
    local.post.twice(ALWAYS)
    yield
    local.post.twice(0)


@asynccontextmanager
async def backwards(stage: Stage) -> AsyncIterator[None]:
    _local(stage).post.hold()
    yield
    await _local(stage).post.release(backwards=True)
    await stage.settle()


@asynccontextmanager
async def late(stage: Stage) -> AsyncIterator[None]:
    _local(stage).post.hold()
    yield
    await stage.pass_time(timedelta(minutes=1))
    await _local(stage).post.release()
    await stage.settle()


def _failing(*, taken: bool) -> Mail:
    """Each event fails at first: before it is `taken`, or when it is and nobody says so."""

    @asynccontextmanager
    async def failing(stage: Stage) -> AsyncIterator[None]:
        house = _house(stage)
        tried: set[str] = set()

        async def take(event: Event) -> Reply | None:
            first = event.id not in tried and event.id.split(":")[0] in AGAIN
            tried.add(event.id)
            if first and not taken:
                raise ConnectionError
            reply = await stage.core.take(event)
            if first:
                raise ConnectionError
            return reply

        house.take, house.failing = take, True
        yield
        house.take, house.failing = stage.core.take, False

    return failing


AGAIN = ("said", "edited", "deleted")  # what Slack sends again; interactions come once


def _house(stage: Stage) -> House:
    assert stage.house is not None
    return stage.house


def _local(stage: Stage) -> Any:
    return _house(stage).local


async def played(stage: Stage, mail: Mail) -> dict[str, Any]:
    """A round of five people in open threads; what stands at its end."""
    cast = five(stage, "slack")
    kari, ola, siri, amina, per = cast.values()
    await start(kari, PART, "tråd")
    async with mail(stage):
        await talk(kari, ola, siri)
    await answers(amina, "Vi spør ordføreren.", on=FIRST)
    await answers(per, "Vi leser sakene.", on=FIRST)
    async with mail(stage):
        await siri.says("Og så spør vi de pårørende.", under=FIRST)
        await siri.edits("de pårørende", "Og så spør vi alle pårørende.")
    await answers(ola, "Et felles verksted i mars.", on=FIRST)  # by the form, over what was written
    await kari.presses("Next question", on=FIRST)
    async with mail(stage):
        await kari.says("De etterlatte.", under=USERS)
        await kari.says("Mer om problemet, etterpå.", under=FIRST)  # late
        await siri.says("Familier.", under=USERS)
        await siri.deletes("Familier.")
    await ola.writes("svar")
    await ola.writes("Vi vet det ikke ennå.")
    await kari.writes("fullfør")
    await stage.pass_time(timedelta(minutes=10))
    return standing(stage, cast)


async def talk(kari: Player, ola: Player, siri: Player) -> None:
    """In the thread of the first question, where the order of writing decides."""
    await kari.says("Vi spør de etterlate.", under=FIRST)
    await kari.says("Og leser klager.", under=FIRST)
    await kari.edits("etterlate", "Vi spør de etterlatte.")
    await ola.says("Et felles verksted.", under=FIRST)
    await ola.says("Hva mener dere?", under=FIRST)
    await siri.says("Noe jeg angrer på.", under=FIRST)
    await siri.deletes("Noe jeg angrer på.")
    await siri.says("Vi teller saker.", under=FIRST)
    await kari.says("Enig med Ola.", under=FIRST)


def standing(stage: Stage, cast: dict[str, Player]) -> dict[str, Any]:
    """The record, and what Samspill has posted, by kind."""
    with stage.database.read() as db:
        given = db.exec(
            select(Person.name, Asked.position, Answer.status, Answer.value)
            .join(Answer, col(Answer.person_id) == col(Person.id))
            .join(Asked, col(Asked.id) == col(Answer.asked_id))
            .where(Answer.status != AnswerStatus.WITHDRAWN)
        ).all()
        threads = db.exec(
            select(Person.name, Heard.text, Heard.talk, Heard.deleted).join(
                Heard, col(Heard.person_id) == col(Person.id)
            )
        ).all()
    here, directly = Counter[Any](), Counter[Any]()
    for name, player in cast.items():
        for each in player.sees():
            if each.author is None and each.room != player.room:
                directly[name, _words(each.text)] += 1
            elif each.author is None and name in ("kari", "amina"):
                here[name, bool(each.thread), _words(each.text)] += 1
    return {
        "answers": Counter(map(str, given)),
        "threads": Counter(map(str, threads)),
        "channels": here,
        "directly": directly,
    }


def _words(text: str) -> tuple[str, ...]:
    """Without the time of day, and whichever answer came first."""
    return tuple(sorted(re.sub(r"kl\. \d\d:\d\d", "kl.", text).splitlines()))


@pytest.fixture(scope="module")
def calm(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same round when nothing goes wrong."""
    file = shutil.copy(empty_sqlite, tmp_path_factory.mktemp("calm") / "samspill.db")
    found = recorded(Database(f"sqlite:///{file}"), quiet)
    assert "Vi spør de etterlatte." in str(found["answers"])
    assert [found["answers"].total(), found["threads"].total()] == [7, 12], found
    assert len(found["channels"]) > 9
    return found


def recorded(database: Database, mail: Mail) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def story(stage: Stage) -> None:
        found.update(await played(stage, mail))

    play(database, story)
    return found


@ON_SQLITE
@pytest.mark.parametrize(
    "mail",
    [twice, late, _failing(taken=False), _failing(taken=True)],
    ids=["twice", "a minute late", "again after a failure", "again though taken"],
)
def test_nothing_is_lost_or_doubled(database: Database, calm: dict[str, Any], mail: Mail) -> None:
    found = recorded(database, mail)
    for each, counted in calm.items():
        assert found[each] == counted, (found[each] - counted, counted - found[each])


@ON_SQLITE
def test_the_order_of_arrival_changes_no_record(database: Database, calm: dict[str, Any]) -> None:
    found = recorded(database, backwards)
    for each in ("answers", "threads", "channels"):
        assert found[each] == calm[each], (found[each] - calm[each], calm[each] - found[each])
