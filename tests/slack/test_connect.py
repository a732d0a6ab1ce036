"""Slack Connect: people of several organisations in one channel, of which one has Samspill."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from storage.engine import Database
from storage.tables import Identity, Outbox, Place, Sending
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    five,
    play,
    start,
    trial,
    value_of,
)
from tests.slack.house import House
from tests.slack.local import LocalSlack

pytestmark = ON_SQLITE


def furnish(stage: Stage) -> tuple[dict[str, Player], Player]:
    """The five, and Ida of an organisation that has no Samspill, in their channel."""
    stage.house = House(stage, guests=("ute",))
    return five(stage, "slack"), stage.player("slack", "ute", "ida")


def local(stage: Stage) -> LocalSlack:
    assert stage.house is not None
    return stage.house.local


def only(stage: Stage, player: Player) -> str:
    """All that this person alone was shown in the channel."""
    slack = local(stage)
    seen = slack.sees(slack.state.users[player.user], slack.state.channels[player.room])
    return "\n".join(each.text for each in seen if each.ephemeral)


async def lets_in(ida: Player) -> None:
    """Ida answers before anybody knows where she is from, and says it."""
    await answers(ida, "Ida ser det slik.")
    await ida.presses(HOUSES[1])
    assert ida.form is None


def test_somebody_from_outside_answers_and_says_once_where_they_are_from(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        kari = cast["kari"]
        await trial(kari)
        await lets_in(ida)
        assert HOUSES[1] in only(stage, ida)
        assert HOUSES[1] not in only(stage, kari)
        assert value_of(stage, ida, PROBLEM) == {"text": "Ida ser det slik."}
        await kari.presses("Next question", on=PROBLEM)
        asked = len(only(stage, ida))
        await ida.presses("Litt enig", on=SAME)
        assert value_of(stage, ida, SAME) is not None
        assert HOUSES[1] not in only(stage, ida)[asked:]
        with database.read() as db:
            homes = {each.tenant for each in db.exec(select(Identity)) if each.user == ida.user}
        assert homes == {ida.surface.tenant}

    play(database, story)


def test_somebody_from_outside_answers_in_an_open_thread(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        await start(cast["kari"], "proverunde", "tråd")
        await ida.says("Ida ser det slik.", under=PROBLEM)
        await ida.presses(HOUSES[1])
        assert value_of(stage, ida, PROBLEM) == {"text": "Ida ser det slik."}

    play(database, story)


def test_a_press_from_outside_without_authority_changes_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        await trial(cast["kari"])
        await lets_in(ida)
        await ida.presses("Next question", on=PROBLEM)
        assert SAME not in cast["kari"].screen()

    play(database, story)


WAITS = "venter på deg"


def test_who_cannot_be_written_to_is_reminded_in_the_channel(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        await trial(cast["kari"])
        await lets_in(ida)
        await cast["kari"].presses("Next question", on=PROBLEM)
        await stage.pass_time(timedelta(days=2))
        assert WAITS in only(stage, ida)
        assert WAITS not in only(stage, cast["ola"])

    play(database, story)


def test_who_can_be_written_to_is_reminded_directly(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        local(stage).across = ""
        await trial(cast["kari"])
        await lets_in(ida)
        await cast["kari"].presses("Next question", on=PROBLEM)
        await stage.pass_time(timedelta(days=2))
        assert WAITS not in only(stage, ida)
        assert WAITS in ida.screen()

    play(database, story)


def test_who_is_in_no_channel_of_ours_is_not_reached(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        await trial(cast["kari"])
        await lets_in(ida)
        await cast["kari"].presses("Next question", on=PROBLEM)
        state = local(stage).state
        state.channels[ida.room].members.remove(state.users[ida.user])
        await stage.pass_time(timedelta(days=2))
        with database.read() as db:
            gone = db.exec(select(Outbox.reason).where(Outbox.state == Sending.GONE)).all()
        assert gone == ["user_not_in_channel"]
        lost = "What I write to these people alone does not reach them: {names}"
        await cast["kari"].writes("folk")
        assert cast["kari"].t(lost, names="Ida") in cast["kari"].private
        await cast["ola"].writes("folk")
        assert "Ida" in cast["ola"].private
        assert cast["ola"].t(lost, names="Ida") not in cast["ola"].private

    play(database, story)


def test_a_channel_of_two_installations_is_one_place_whichever_tells_of_it(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        stage.house = house = House(stage, many=True)
        cast = five(stage, "slack", other="slack")
        kari, amina = cast["kari"], replace(cast["amina"], room=cast["kari"].room)
        both, state = house.local.state.channels[kari.room], house.local.state
        both.members += [state.users[amina.user], house.bot_of("b")]
        both.teams.insert(0, house.team_of("b"))  # Slack tells that installation from now on
        await start(kari, "proverunde", "tråd")
        await kari.says("Kari ser det slik.", under=PROBLEM)
        await amina.says("Amina ser det slik.", under=PROBLEM)
        for each in (kari, amina):
            assert value_of(stage, each, PROBLEM) == {"text": f"{each.name} ser det slik."}

        def keeper() -> str:
            with database.read() as db:
                return db.exec(select(Place.tenant).where(Place.channel == kari.room)).one()

        assert keeper() == kari.surface.tenant
        await house.local.uninstall(house.team_of("a"))
        await amina.says("Amina ser det slik nå.", under=PROBLEM)
        assert keeper() == amina.surface.tenant
        with database.read() as db:
            assert db.exec(select(Place.removed_at).where(Place.channel == kari.room)).one() is None

    play(database, story)
