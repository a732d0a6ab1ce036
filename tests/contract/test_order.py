"""Order and concurrency: events before their question is known, and many writers at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text

from bot.channel import Address, Outcome
from bot.holding import seal
from bot.turns import HOLD
from dialogs.events import (
    Actor,
    Commanded,
    Deleted,
    Edited,
    Event,
    Pressed,
    Said,
    Submitted,
    Where,
)
from dialogs.messages import Message, Notice, Reply, plain
from dialogs.rounds.dialog import rounds_dialog
from dialogs.turn import Turn
from storage import collaborations, erasing, inbox, memberships, people, places
from storage.engine import Database, Db, lock
from storage.secrets import Vault
from storage.tables import (
    Answer,
    AskedState,
    Audit,
    Collaboration,
    Inbox,
    Invitation,
    Membership,
    Role,
    Round,
    RoundState,
)
from tests.contract.poor import Poor
from tests.contract.stage import SECRET, Player, Stage
from tests.contract.stories import (
    ON_SQLITE,
    PROBLEM,
    Raw,
    answers,
    asked_with,
    change,
    change_member,
    five,
    kept,
    person_id,
    play,
    start,
    trial,
    value_of,
    wording,
)

FIRST = "finne ut hva problemet egentlig er"
BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


class Slow(Poor):
    """A poor channel where the question stands there before its platform has told us so."""

    def __init__(self, stage: Stage, tenant: str) -> None:
        super().__init__(stage, tenant)
        self.standing = asyncio.Event()
        self.told = asyncio.Event()

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        sent = await super().post(to, message, key)
        if ":question:" in key:
            self.standing.set()
            await self.told.wait()
        return sent


async def begin(stage: Stage) -> tuple[Player, Slow, asyncio.Task[None]]:
    """A round in open threads whose first question people see and we have not heard of yet."""
    surface = Slow(stage, "a")
    stage.surfaces["poor/a"] = surface
    stage.core.connect({"poor": surface})
    kari = Player(stage, surface, "kari", "Kari")
    await kari.says("/samspill nytt Alene: Etat, Kommune")
    await kari.presses("Etat")
    await surface.say(kari, kari.user, "runde 2 tråd", None)()
    assert stage.core.delivery is not None
    delivering = asyncio.create_task(stage.core.delivery.drain())
    await surface.standing.wait()
    return kari, surface, delivering


def _who(raw: Raw) -> tuple[str, str, str]:
    return raw.actor.platform, raw.actor.tenant, raw.actor.user


def keep_held(stage: Stage, player: Player, *texts: str) -> None:
    """Have what the player wrote under the first question held, as if it came before its post."""
    raw = Raw(stage, player, FIRST)
    now = stage.clock.now()
    vault = Vault(SECRET)
    with stage.database.write() as db:
        place = places.find(db, raw.where.platform, raw.where.tenant, raw.where.channel)
        assert place is not None
        for n, text in enumerate(texts):
            event = Said(f"kept-{n}", now, raw.actor, raw.where, f"k{n}", text)
            inbox.claim(db, raw.where.platform, event.id, now)
            mine = people.meet(db, *_who(raw), player.name, now)
            inbox.hold(db, raw.where.platform, event.id, place.id, mine.id, seal(event, vault))


def held(stage: Stage) -> int:
    return sum(each.held is not None for each in kept(stage, Inbox))


@BOTH
def test_an_answer_to_a_question_that_is_still_on_its_way_is_held_and_then_taken(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        kari, surface, delivering = await begin(stage)
        secret = "Vi spør de etterlatte."
        said = surface.say(kari, kari.room, secret, kari.post_with(FIRST).id)
        await said()
        await said()  # the platform sends it again
        assert value_of(stage, kari) is None
        assert held(stage) == 1
        sealed = [each.held for each in kept(stage, Inbox) if each.held]
        assert secret.encode() not in sealed[0]
        surface.told.set()
        await delivering
        await stage.settle()
        assert value_of(stage, kari) == {"text": secret}
        assert held(stage) == 0
        assert kari.t("I took this as your answer:") in kari.private

    play(database, story)


@ON_SQLITE
def test_what_is_held_in_vain_is_forgotten_after_ten_minutes(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari, surface, delivering = await begin(stage)
        await surface.say(kari, kari.room, "Noe i en annen tråd", "m999")()
        stage.clock.forward(HOLD - timedelta(minutes=1))
        await stage.core.workers.run(stage.core.turns.landed, None)
        assert held(stage) == 1
        stage.clock.forward(timedelta(minutes=2))
        await stage.core.workers.run(stage.core.turns.landed, None)
        assert held(stage) == 0
        surface.told.set()
        await delivering
        assert "annen tråd" not in wording(stage)

    play(database, story)


def listens_first(stage: Stage, first: Callable[[Said | Edited | Deleted], None]) -> None:
    """Let the dialog of rounds be one that does this before it hears an event."""
    hears = rounds_dialog.hears
    assert hears is not None

    def listens(turn: Turn, argument: str, event: Said | Edited | Deleted) -> Reply | None:
        first(event)
        return hears(turn, argument, event)

    fake = copy(rounds_dialog)
    fake.hears = listens
    stage.core.seer.registry.dialogs[fake.name] = fake


def until_waiting(db: Db, count: int) -> None:
    """Hold on until so many others wait for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(1000):
        if db.execute(waiting).scalar_one() == count:
            return
        sleep(0.01)
    raise AssertionError("they do not wait")


@ON_SQLITE
def test_what_is_held_and_cannot_be_taken_holds_up_nothing_behind_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def choosy(event: Said | Edited | Deleted) -> None:
        if isinstance(event, Said) and "HEMMELIG" in event.text:
            raise ValueError(event.text)

    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await start(kari, "felles-mal-1", "tråd")
        listens_first(stage, choosy)
        keep_held(stage, kari, "HEMMELIG", "Vi spør de etterlatte.")
        await stage.core.workers.run(stage.core.turns.landed, None)
        assert value_of(stage, kari) == {"text": "Vi spør de etterlatte."}
        assert held(stage) == 1
        stage.clock.forward(HOLD + timedelta(seconds=1))
        await stage.core.workers.run(stage.core.turns.landed, None)
        assert held(stage) == 0
        assert "HEMMELIG" not in "".join(str(vars(each)) for each in caplog.records)

    play(database, story)


@ON_SQLITE
def test_whoever_is_refused_late_is_told_too(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        nils = stage.player("web", "a", "nils")
        await start(kari, "felles-mal-1", "tråd")
        change(stage, Collaboration, joining_open=False)
        keep_held(stage, nils, "Vi spør de etterlatte.")
        await stage.core.workers.run(stage.core.turns.landed, None)
        await stage.settle()
        assert held(stage) == 0
        assert nils.t("Joining is closed. Ask a coordinator to let you in.") in nils.private
        assert "etterlatte" not in wording(stage)

    play(database, story)


@pytest.mark.postgres
def test_two_threads_release_what_is_held_once(postgres: Database) -> None:
    runs: list[str] = []

    def release_twice(stage: Stage) -> None:
        with ThreadPoolExecutor(2) as pool:
            with stage.database.write() as db:
                lock(db, [1], [])  # both threads come as far as this
                going = [pool.submit(stage.core.turns.landed, None) for _ in range(2)]
                until_waiting(db, 2)
            for each in going:
                each.result()

    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await start(kari, "felles-mal-1", "tråd")
        listens_first(stage, lambda event: runs.append(event.id))
        keep_held(stage, kari, "Vi spør de etterlatte.")
        await asyncio.to_thread(release_twice, stage)
        assert runs == ["kept-0"]
        assert value_of(stage, kari) == {"text": "Vi spør de etterlatte."}

    play(postgres, story)


@ON_SQLITE
def test_what_is_said_elsewhere_is_not_even_held(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "poor")
        kari = cast["kari"]
        await trial(kari)
        await kari.surface.say(kari, kari.room, "Hva skal vi ha til lunsj?", "m999")()
        assert held(stage) == 0
        assert "lunsj" not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_a_command_that_comes_twice_is_done_once_and_never_met_with_silence(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        actor = Actor("web", "a", "kari", "Kari")
        for words, rows, table in (("bli med", 1, Invitation), ("prøverunde", 1, Round)):
            where, now = Where("web", "a", "samspill"), stage.clock.now()
            event = Commanded(f"command-{words}", now, actor, where, words)
            await stage.core.take(event)
            again = await stage.core.take(event)
            assert isinstance(again, Notice)
            assert kari.t("I already have this.") in plain(again.message)
            assert len(kept(stage, table)) == rows
        # where the first answer stands as a post, it is not said twice
        direct = Where("web", "a", "kari", direct=True)
        event = Commanded("direct", stage.clock.now(), actor, direct, "hjelp")
        assert [await stage.core.take(event) for _ in range(2)] == [None, None]

    play(database, story)


# --- many at once -------------------------------------------------------------------------------


def crowd(stage: Stage, count: int) -> list[Actor]:
    """So many members of three houses in one web workspace."""
    now = stage.clock.now()
    actors = [Actor("web", "a", f"person{n}", f"Person {n}") for n in range(count)]
    with stage.database.write() as db:
        houses = [each.id for each in collaborations.organisations(db, 1)]
        for n, each in enumerate(actors):
            met = people.meet(db, each.platform, each.tenant, each.user, each.name, now)
            memberships.join(db, met.id, 1, houses[n % 3], [Role.MEMBER], now)
    return actors


def at_once(stage: Stage, events: list[Event]) -> list[Reply | None]:
    """Let threads take events as fast as they can; whatever one raises is raised here."""
    workers = 8 if not stage.database.is_sqlite else 1
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(stage.core.turns.handle, events))


@BOTH
def test_a_hundred_answers_and_opens_at_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        actors = crowd(stage, 50)
        asked = asked_with(stage, PROBLEM)
        where = Where("web", "a", "samspill")
        now = stage.clock.now()
        kari = Actor("web", "a", "kari", "Kari")
        events: list[Event] = []
        for n, each in enumerate(actors):
            form = f"round:answer:q{asked.id}"
            values: dict[str, Any] = {"answer": f"Svaret til nummer {n} er dette."}
            events.append(Submitted(f"first-{n}", now, each, where, form, values))
            events.append(
                Pressed(f"twice-{n}", now, each, where, f"round:dont_know_instead:q{asked.id}")
            )
            if n % 10 == 5:
                events.append(Pressed(f"open-{n}", now, kari, where, f"round:open:q{asked.id}"))
        replies = await asyncio.to_thread(at_once, stage, events)
        await stage.settle()
        # exactly one answer each, and everybody got their receipt
        by_person = Counter(each.person_id for each in kept(stage, Answer))
        assert len(by_person) == 50
        assert set(by_person.values()) == {1}
        given = [
            reply
            for event, reply in zip(events, replies, strict=True)
            if isinstance(event, Submitted)
        ]
        assert all(isinstance(each, Notice) for each in given)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        assert [each.what for each in kept(stage, Audit)].count("question.opened") == 1
        said = cast["kari"].say.tn("{n} answer", "{n} answers", 50)
        assert said in cast["kari"].post_with(PROBLEM).text
        # the same events once more: nothing changes
        audit = len(kept(stage, Audit))
        await asyncio.to_thread(at_once, stage, events)
        assert len(kept(stage, Audit)) == audit

    play(database, story)


@BOTH
def test_a_crowd_writes_in_one_thread_at_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await start(cast["kari"], "felles-mal-1", "tråd")
        actors = crowd(stage, 40)
        where = Raw(stage, cast["kari"], FIRST).where
        now = stage.clock.now()
        events: list[Event] = [
            Said(f"said-{n}", now + timedelta(seconds=n % 7), each, where, f"x{n}", f"Svar {n}")
            for n, each in enumerate(actors)
        ]
        await asyncio.to_thread(at_once, stage, [*events, *reversed(events)])
        found = {each.person_id: each.value for each in kept(stage, Answer)}
        assert len(found) == 40
        assert {str(each) for each in found.values()} == {
            str({"text": f"Svar {n}"}) for n in range(40)
        }

    play(database, story)


@BOTH
def test_coordinators_who_type_the_same_at_once_do_it_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        coordinators = [
            Actor("web", "a", name, name.capitalize()) for name in ("kari", "ola", "siri")
        ]
        for each in coordinators:
            change_member(stage, cast[each.user], roles=[Role.MEMBER, Role.COORDINATOR])
        direct = [(each, Where("web", "a", each.user, direct=True)) for each in coordinators]
        channel = [(each, Where("web", "a", "samspill")) for each in coordinators]
        everywhere = [*direct, *channel] * 2
        now = stage.clock.now()
        begins: list[Event] = [
            Said(f"begin-{n}", now, who, where, f"b{n}", "prøverunde", named=True)
            for n, (who, where) in enumerate(everywhere)
        ]
        await asyncio.to_thread(at_once, stage, begins)
        assert len(kept(stage, Round)) == 1
        ends: list[Event] = [
            Said(f"end-{n}", now, who, where, f"e{n}", "fullfør", named=True)
            for n, (who, where) in enumerate(everywhere)
        ]
        await asyncio.to_thread(at_once, stage, ends)
        await stage.settle()
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        assert [each.what for each in kept(stage, Audit)].count("round.closed") == 1
        assert cast["kari"].t("No round is running. Write «round» to start one.") in "".join(
            each.text for each in cast["kari"].sees()
        )

    play(database, story)


@pytest.mark.postgres
def test_whoever_is_erased_while_an_event_waits_is_somebody_new_in_it(postgres: Database) -> None:
    def race(stage: Stage, mine: int, event: Event) -> None:
        with ThreadPoolExecutor(1) as pool:
            with stage.database.write() as db:
                lock(db, [], [mine])
                going = pool.submit(stage.core.turns.handle, event)
                until_waiting(db, 1)
                erasing.forget(db, people.person(db, mine), [], [])
            going.result()

    async def story(stage: Stage) -> None:
        nils = stage.player("web", "a", "nils")
        mine, now = person_id(stage, nils), stage.clock.now()
        actor, where = Actor("web", "a", "nils", "Nils"), Where("web", "a", "nils", direct=True)
        setup = Said("new", now, actor, where, "n", "nytt Bro: Etat, By")
        await asyncio.to_thread(race, stage, mine, setup)
        made = kept(stage, Membership)[0].person_id
        assert made == person_id(stage, nils)
        assert made != mine

    play(postgres, story)


@BOTH
def test_two_people_press_at_the_same_moment(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        await trial(kari)
        await answers(kari, "Ingen eier helheten i dette.")
        dont_know = f"round:dont_know_instead:q{asked_with(stage, PROBLEM).id}"
        acts: list[Callable[[], Any]] = [
            each.surface.press(each, None, dont_know, None) for each in (ola, siri, kari)
        ]
        acts.append(kari.surface.press(kari, None, "round:next:r1,1", None))
        acts.append(kari.surface.press(kari, None, "round:next:r1,1", None))
        gone = await asyncio.gather(*(act() for act in acts))
        assert all(isinstance(each, dict) for each in gone)
        await stage.settle()
        assert len(kept(stage, Answer)) == 3
        assert [each.what for each in kept(stage, Audit)].count("question.asked") == 2

    play(database, story)
