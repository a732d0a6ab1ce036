"""What it is like to use Samspill in Slack: quick, quiet, and with an answer to everything."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import pytest

from dialogs.all import registry
from storage.engine import Database
from storage.tables import Answer, Asked
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    NAME,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answer_of,
    answers,
    asked_with,
    five,
    kept,
    play,
    start,
    trial,
)
from tests.slack.house import House
from tests.slack.local import Channel, Message, User

README = Path(__file__).parents[2] / "README.md"
SHORTCUT = "add_answer"


def house_of(stage: Stage) -> House:
    assert stage.house is not None
    return stage.house


async def done(stage: Stage) -> None:
    await house_of(stage).settled()
    await stage.settle()


async def trying(stage: Stage) -> tuple[Player, Player]:
    """Kari, who has just started the trial round, and Ola."""
    cast = five(stage, "slack")
    await trial(cast["kari"])
    return cast["kari"], cast["ola"]


async def moved_in(stage: Stage) -> tuple[Player, User, House]:
    """Kari, who she is in the local Slack, and that."""
    kari, house = five(stage, "slack")["kari"], house_of(stage)
    await house.ready()
    return kari, house.state.users[kari.user], house


async def hands_over(player: Player, words: str, *, by: Player | None = None) -> None:
    """Use the shortcut on somebody's message with these words."""
    house = house_of(player.stage)
    channel = house.state.channels[player.room]
    message = [
        each
        for each in channel.messages.values()
        if each.user.id == player.user and words in each.text
    ][-1]
    who = house.state.users[(by or player).user]
    await house.local.message_shortcut(who, message, SHORTCUT)
    await done(player.stage)


def told(player: Player) -> str:
    """The latest private words to somebody in a channel."""
    house = house_of(player.stage)
    user = house.state.users[player.user]
    found = [
        each
        for channel in house.state.channels.values()
        for each in channel.private
        if each.only_for is user
    ]
    return house.local.shown(found[-1]) if found else ""


# --- quiet ----------------------------------------------------------------------------------------


@ON_SQLITE
def test_a_round_of_seven_questions_makes_at_most_nine_posts(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await start(kari, "fase-2-forme-sammen-1")
        assert len(kept(stage, Asked)) == 7
        for _ in range(6):
            await kari.presses("Next question")
        for each in (kari, ola):
            await answers(each, f"{each.name} mener noe.", on="Hvilke data må dere dele")
        await kari.writes("fullfør")
        channel = house_of(stage).state.channels[kari.room]
        posts = [
            each for each in channel.messages.values() if not each.is_reply and each.user.is_bot
        ]
        assert len(posts) == 9

    play(database, story)


# --- quick ----------------------------------------------------------------------------------------


@ON_SQLITE
def test_a_form_opens_while_the_writer_is_busy(database: Database) -> None:
    async def story(stage: Stage) -> None:
        _, ola = await trying(stage)
        await answers(ola, "Etterlatte må melde det samme.")
        free = threading.Event()
        busy = asyncio.create_task(stage.core.workers.run(free.wait))
        try:
            house = house_of(stage)
            user = house.state.users[ola.user]
            question = house.state.channels[ola.room].messages[ola.post_with(PROBLEM).id]
            button = f"round:answer:q{asked_with(stage, PROBLEM).id}"
            answer = await house.local.press(user, question, button)
            assert answer.ok
            await house.settled()
            window = house.local.modal(user)
            assert window is not None
            (asks,) = [each for each in window.content["blocks"] if each["type"] == "input"]
            assert asks["element"]["initial_value"] == "Etterlatte må melde det samme."
        finally:
            free.set()
            await busy

    play(database, story)


# --- messages handed over -------------------------------------------------------------------------


@ON_SQLITE
def test_ones_own_message_in_a_thread_becomes_the_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari, ola = await trying(stage)
        await ola.says("Etterlatte må melde det samme.", under=PROBLEM)
        assert answer_of(stage, ola) is None  # talk
        await hands_over(ola, "Etterlatte må", by=kari)
        assert told(kari) == kari.t(
            "Only whoever wrote a message can hand it over. Nothing has been kept."
        )
        assert answer_of(stage, ola) is answer_of(stage, kari) is None
        await hands_over(ola, "Etterlatte må")
        given = answer_of(stage, ola)
        assert given is not None
        assert given.value == {"text": "Etterlatte må melde det samme."}
        assert "Etterlatte må melde det samme." in told(ola)
        await ola.says("Det er mange etater.", under=PROBLEM)
        await hands_over(ola, "Det er mange etater.")
        given = answer_of(stage, ola)
        assert given is not None
        assert given.value == {"text": "Det er mange etater."}

    play(database, story)


@ON_SQLITE
def test_elsewhere_a_message_is_handed_back(database: Database) -> None:
    async def story(stage: Stage) -> None:
        _, ola = await trying(stage)
        await ola.says("Noe helt annet.")
        await hands_over(ola, "Noe helt annet.")
        assert "tråden under et av spørsmålene" in told(ola)
        await ola.says("Velkommen, alle!", under="Varer til")
        await hands_over(ola, "Velkommen, alle!")
        assert told(ola) == ola.t("This thread belongs to no question. Nothing has been kept.")
        assert answer_of(stage, ola) is None

    play(database, story)


@ON_SQLITE
def test_words_that_answer_no_choice_are_handed_back(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari, ola = await trying(stage)
        await kari.presses("Next question", on=PROBLEM)
        await ola.says("Det spørs hvem du spør.", under=SAME)
        await hands_over(ola, "Det spørs")
        assert answer_of(stage, ola, SAME) is None
        await ola.says("litt enig", under=SAME)
        await hands_over(ola, "litt enig")
        assert answer_of(stage, ola, SAME) is not None

    play(database, story)


@ON_SQLITE
def test_what_bears_a_name_is_no_anonymous_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 1 anonymt")
        await ola.says("Det er jeg som mener dette.", under=PROBLEM)
        await hands_over(ola, "Det er jeg")
        assert "anonym" in told(ola)
        assert not kept(stage, Answer)

    play(database, story)


# --- an answer to everything ----------------------------------------------------------------------


def words_of_readme() -> list[str]:
    """Every word in its table of words, without what is to be filled in."""
    table = re.findall(r"^\| (`.*?) \|", README.read_text("utf-8"), re.MULTILINE)
    words = [each for row in table for each in re.findall("`([^`]*)`", row)]
    return [each for each in words if registry().words(each.split()[0]) or registry().words(each)]


@ON_SQLITE
@pytest.mark.parametrize("command", ["/samspill", "/samspel"])
def test_every_word_gets_an_answer(database: Database, command: str) -> None:
    async def story(stage: Stage) -> None:
        kari, user, house = await moved_in(stage)
        words = words_of_readme()
        assert len(words) > 15
        for where in (house.state.channels[kari.room], house.local.direct(user)):
            for each in ["", *words, "noe rart", "payload"]:  # Slack has a field of that name
                before = (len(everything(kari)), house.local.modal(user))
                answer = await house.local.command(user, where, command, each)
                assert answer.ok
                await done(stage)
                after = (len(everything(kari)), house.local.modal(user))
                assert before != after, (where.kind, each)

    play(database, story)


def everything(player: Player) -> list[Message]:
    """All that this person can read."""
    house = house_of(player.stage)
    user = house.state.users[player.user]
    found = [
        each
        for channel in house.state.channels.values()
        if user in channel.members
        for each in (*channel.messages.values(), *channel.private)
    ]
    return [each for each in found if each.only_for in (None, user)]


@ON_SQLITE
def test_in_somebody_elses_conversation_it_says_where_the_answer_is(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola, house = cast["kari"], cast["ola"], house_of(stage)
        await house.ready()
        one, other = (house.state.users[each.user] for each in (kari, ola))
        theirs = Channel("D0THEIRS", "", [house.team], "im", [one, other])
        house.state.channels[theirs.id] = theirs
        await house.local.command(one, theirs, "/samspill", "hjelp")
        await done(stage)
        assert kari.t("How Samspill works") in kari.private
        (here,) = theirs.private
        assert house.local.shown(here) == kari.t("I have answered you in our own conversation.")
        assert here.only_for is one
        await house.local.command(one, house.local.direct(one), "/samspill", "hjelp")
        await done(stage)
        assert not house.local.direct(one).private  # the answer itself stands there

    play(database, story)


@ON_SQLITE
def test_in_a_channel_without_samspill_it_says_how_to_bring_it(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari, user, house = await moved_in(stage)
        for kind in ("channel", "group"):
            away = house.local.channel("uten", house.team, user, kind=kind, bot=False)
            await house.local.command(user, away, "/samspill", "status")
            await done(stage)
            (here,) = away.private
            said = kari.t("I am not in this channel. Write /invite @Samspill to have me here.")
            assert said in house.local.shown(here)
            assert NAME in kari.private
            await house.local.command(user, away, "/samspill", "nytt")
            await done(stage)
            assert house.local.modal(user) is not None
            await house.local.join(house.bot, away, inviter=user)
            await done(stage)
            told = len(away.private)
            await house.local.command(user, away, "/samspill", "nytt")
            await done(stage)
            assert len(away.private) == told

    play(database, story)


# --- hello ----------------------------------------------------------------------------------------


@ON_SQLITE
def test_invited_to_a_channel_it_says_hello_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari, user, house = await moved_in(stage)
        channel = house.local.channel("nytt", house.team, user, bot=False)
        house.local.post.twice(4)
        await house.local.join(house.bot, channel, inviter=user)
        await done(stage)
        (hello,) = [
            each
            for each in channel.messages.values()
            if each.user is house.bot and not each.subtype
        ]
        assert kari.t("Hello! I am Samspill.") in house.local.shown(hello)
        labels = [each.label for each in house.local.sees(user, channel)[-1].buttons]
        assert labels == [f"{kari.t('Set up a collaboration')} …", f"{kari.t('Help')} …"]
        await house.local.press(user, hello, "setup:new:")
        await house.settled()
        assert house.local.modal(user) is not None

    play(database, story)


@ON_SQLITE
def test_whoever_writes_for_the_first_time_is_greeted_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        nils = stage.player("slack", "a", "nils")
        await nils.writes("Hva er dette for noe, egentlig?")
        (hello,) = [each for each in nils.sees() if each.author is None]
        assert nils.t("Hello! I am Samspill.") in hello.text
        await nils.writes("Jaha?")
        assert nils.t("I did not understand «{words}».", words="Jaha?") in nils.private

    play(database, story)
