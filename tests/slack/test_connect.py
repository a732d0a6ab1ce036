"""Slack Connect: people of several organisations in one channel, of which one has Samspill."""

from __future__ import annotations

from sqlmodel import select

from storage import people, places
from storage.engine import Database
from storage.tables import Identity, Place
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    answer_of,
    answers,
    five,
    play,
    start,
    trial,
    value_of,
)
from tests.slack.local import LocalSlack
from tests.slack.surface import House

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
    await answers(ida, "Vi ser det slik.")
    print("A", ida.screen(), ida.form, ida.reply, only(ida.stage, ida))
    await ida.presses(HOUSES[1])
    print("B", ida.screen(), ida.form, ida.reply, only(ida.stage, ida))


def test_somebody_from_outside(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ida = furnish(stage)
        await trial(cast["kari"])
        await lets_in(ida)
        await ida.says("Og litt til.", under=PROBLEM)
        print("C", only(stage, ida))
        with database.read() as db:
            print([(each.platform, each.tenant, each.user) for each in db.exec(select(Identity))], [(p.tenant,p.channel, p.person_id) for p in db.exec(select(Place))], ida.surface.tenant)
        print([ (c.method, c.answer.get("error")) for c in local(stage).api.calls if c.answer.get("error")])
        await cast["kari"].writes("folk")
        print(cast["kari"].private)
        raise AssertionError

    play(database, story)
