"""What changes in Slack meanwhile: names and ids of channels, people who go."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tables import Collaboration, Identity, Outbox, Person, Place, Sending
from tests.contract.stage import Player, Stage
from tests.contract.stories import NAME, ON_SQLITE, answers, five, kept, play, start, value_of
from tests.slack.house import House
from tests.slack.local import Channel, LocalSlack

pytestmark = ON_SQLITE
PART = "felles-mal-1"
FIRST = "finne ut hva problemet egentlig er"


def local(stage: Stage) -> LocalSlack:
    assert stage.house is not None
    return stage.house.local


def channel_of(stage: Stage, player: Player) -> Channel:
    return local(stage).state.channels[player.room]


def places(stage: Stage) -> dict[str, Place]:
    """The channels of the collaboration in Slack, by id."""
    return {
        each.channel: each
        for each in kept(stage, Place)
        if each.collaboration_id is not None and each.platform == "slack"
    }


def test_a_channel_that_is_renamed_is_called_so_at_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await start(kari, PART, "tråd")
        await kari.says("Vi spør.", under=FIRST)
        await local(stage).rename(channel_of(stage, kari), "digital-vei")
        assert places(stage)[kari.room].name == "digital-vei"
        await kari.edits("Vi spør.", "Vi spør dem.")  # a name that was kept does not come back
        assert places(stage)[kari.room].name == "digital-vei"
        assert value_of(stage, kari) == {"text": "Vi spør dem."}

    play(database, story)


@pytest.mark.parametrize("first", ["the event", "a message"])
def test_threads_go_on_when_a_channel_gets_another_id(database: Database, first: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await start(kari, PART, "tråd")
        await kari.says("Vi spør.", under=FIRST)
        (place,) = places(stage).values()
        channel = channel_of(stage, kari)
        post = local(stage).post
        if first == "a message":
            post.hold()
        await local(stage).change_id(channel)
        for each in (kari, ola, cast["siri"]):
            each.room = channel.id
        if first == "a message":  # somebody calls on Samspill before Slack has told
            await ola.says("@Samspill hjelp")
            await post.release(backwards=True)
            await stage.settle()
        assert {each.id for each in places(stage).values()} == {place.id}
        assert set(places(stage)) == {channel.id}
        await ola.says("Vi måler.", under=FIRST)
        assert value_of(stage, ola) == {"text": "Vi måler."}
        await answers(kari, "Vi spør brukerne.", on=FIRST)
        await kari.presses("Next question", on=FIRST)
        assert "Spørsmål 2" in kari.screen()
        assert {each.state for each in kept(stage, Outbox)} == {Sending.SETTLED}

    play(database, story)


def test_samspill_itself_is_nobody_in_the_record(database: Database) -> None:
    async def story(stage: Stage) -> None:
        stage.house = house = House(stage, many=True)
        kari = five(stage, "slack", other="slack")["kari"]
        await house.ready()
        known = [(each.tenant, each.user) for each in kept(stage, Identity)]
        channel = channel_of(stage, kari)
        await house.local.rename(channel, "digital-vei")
        await house.local.leave(house.bot, channel)
        await stage.settle()
        assert places(stage)[kari.room].removed_at is not None
        await house.local.join(house.bot, channel)  # nobody tells who asked it in
        await house.local.change_id(channel)
        await house.local.join(house.bot_of("b"), channel, inviter=house.bot)
        await stage.settle()
        kari.room = channel.id
        assert places(stage)[kari.room].removed_at is None
        assert NAME in kari.post_with(kari.t("Hello! I am Samspill.")).text
        assert [(each.tenant, each.user) for each in kept(stage, Identity)] == known
        assert len(kept(stage, Person)) == len(known)

    play(database, story)


def test_who_has_nothing_to_do_with_samspill_is_not_in_the_record(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        nils = stage.player("slack", "a", "nils")
        await start(kari, PART)
        for words in ("slett meg", "alt", "slett"):
            await ola.writes(words)
        slack, channel = local(stage), channel_of(stage, kari)
        known = kept(stage, Person), kept(stage, Identity)
        assert ola.user not in [each.user for each in known[1]]
        asks = await slack.say(slack.state.users[kari.user], channel, "Hvem tar med kake?")
        for each in (nils, ola):
            user = slack.state.users[each.user]
            await slack.say(user, channel, "Ikke jeg.", asks)
            await slack.leave(user, channel)
            await slack.join(user, channel)
        assert len(kept(stage, Person)) == len(known[0])
        assert len(kept(stage, Identity)) == len(known[1])
        await answers(nils, "Vi spør.", on=FIRST)
        assert nils.user in [each.user for each in kept(stage, Identity)]

    play(database, story)


def test_an_id_of_a_channel_that_is_taken_takes_nothing_away(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await start(kari, PART, "tråd")
        other = stage.player("slack", "a", "eva", "annet")
        await other.says("/samspill nytt Noe annet: Etat, Kommune")
        await other.presses("Etat")
        before = {each.channel: each.collaboration_id for each in places(stage).values()}
        assert len(kept(stage, Collaboration)) == 2
        team = stage.house.team if stage.house else None
        assert team is not None
        event = {"type": "channel_id_changed", "old_channel_id": kari.room}
        await local(stage).post.event(event | {"new_channel_id": other.room}, team.install)
        after = {each.channel: each.collaboration_id for each in places(stage).values()}
        assert after == before

    play(database, story)


def test_who_is_gone_or_where_all_is_closed_holds_up_nobody(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await start(kari, PART, "tråd")
        user = local(stage).state.users[ola.user]
        await ola.writes("svar")
        await local(stage).deactivate(user)
        await local(stage).archive(channel_of(stage, kari), user)
        await answers(amina, "Vi leser sakene.", on=FIRST)
        await kari.writes("fullfør")
        states = {each.state for each in kept(stage, Outbox)}
        assert states <= {Sending.SETTLED, Sending.GONE}
        assert Sending.GONE in states
        assert value_of(stage, amina) == {"text": "Vi leser sakene."}
        assert local(stage).post.unacknowledged == []

    play(database, story)
