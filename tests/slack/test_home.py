"""A person's own page in Slack: what stands there, and that its buttons work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.engine import Database
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    NAME,
    ON_SQLITE,
    PROBLEM,
    answer_of,
    change_person,
    five,
    play,
    trial,
)
from tests.slack.local import LocalSlack
from tests.slack.local.state import View


def slack_of(stage: Stage) -> LocalSlack:
    assert stage.house is not None
    return stage.house.local


async def opens(player: Player) -> View:
    """Look at the page."""
    slack, house = slack_of(player.stage), player.stage.house
    assert house is not None
    await house.ready()
    await slack.open_home(house.state.users[player.user])
    await house.settled()
    return home(player)


def home(player: Player) -> View:
    house = player.stage.house
    assert house is not None
    found = house.local.home(house.state.users[player.user])
    assert found is not None
    return found


def window(player: Player) -> View:
    house = player.stage.house
    assert house is not None
    found = house.local.modal(house.state.users[player.user])
    assert found is not None
    return found


async def presses(player: Player, view: View, label: str) -> None:
    """Use a button of a page or window."""
    slack, house = slack_of(player.stage), player.stage.house
    assert house is not None
    button = next(each for each in slack.buttons(view) if each.label.removesuffix(" …") == label)
    await slack.press_in_view(view, button.action_id)
    await house.settled()


@ON_SQLITE
def test_what_waits_can_be_answered_there_and_is_gone_then(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        page = slack_of(stage).reads(await opens(ola))
        assert ola.t("No questions are waiting for you.") in page
        assert NAME in page
        await trial(kari)
        page = slack_of(stage).reads(await opens(ola))
        assert PROBLEM in page
        assert ola.t("Question {n} of {total}", n=1, total=3) in page
        await presses(ola, home(ola), ola.t("Answer"))
        (asks,) = [each for each in window(ola).content["blocks"] if each["type"] == "input"]
        await slack_of(stage).submit(
            window(ola), {asks["block_id"]: "Etterlatte må melde det samme."}
        )
        await stage.settle()
        answer = answer_of(stage, ola)
        assert answer is not None
        assert answer.value == {"text": "Etterlatte må melde det samme."}
        page = slack_of(stage).reads(home(ola))
        assert ola.t("No questions are waiting for you.") in page
        assert "Etterlatte" in ola.private  # a receipt that lasts

    play(database, story)


@ON_SQLITE
def test_a_reminder_is_promised_only_where_one_comes(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        promise = ola.t("I remind you {moment} if something is still waiting then.", moment="*")
        first, last = promise.split("*")

        async def promised() -> bool:
            page = slack_of(stage).reads(await opens(ola))
            return first in page and last in page

        assert await promised()
        change_person(stage, ola, away_until=stage.clock.now().date() + timedelta(days=30))
        assert not await promised()
        change_person(stage, ola, away_until=None)
        await kari.writes("pause")
        assert not await promised()
        await kari.writes("fortsett")
        assert await promised()

    play(database, story)


@ON_SQLITE
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_it_is_in_the_language_of_its_reader(database: Database, language: str) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        change_person(stage, kari, language=language)
        kari.language = language
        page = slack_of(stage).reads(await opens(kari))
        for each in ("Waiting for you", "Your collaborations", "Nobody but you sees this page."):
            assert kari.t(each) in page

    play(database, story)


@ON_SQLITE
def test_what_is_shown_from_it_stands_in_a_window_and_not_in_the_conversation(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage, "slack")["ola"]
        await opens(ola)
        before = len(ola.sees())
        await presses(ola, home(ola), ola.t("About me"))
        assert ola.t("You, as Samspill knows you") in slack_of(stage).reads(window(ola))
        below = window(ola)
        await presses(ola, below, ola.t("Correct my name"))
        assert window(ola).previous == below.id
        (asks,) = [each for each in window(ola).content["blocks"] if each["type"] == "input"]
        await slack_of(stage).submit(window(ola), {asks["block_id"]: "Ola Nordmann"})
        await stage.settle()
        assert slack_of(stage).modal(slack_of(stage).state.users[ola.user]) is None
        assert len(ola.sees()) > before  # what was changed is confirmed where it lasts

    play(database, story)


@ON_SQLITE
def test_whoever_samspill_has_not_met_reads_how_to_begin(database: Database) -> None:
    async def story(stage: Stage) -> None:
        stranger = stage.player("slack", "a", "nils")
        page = slack_of(stage).reads(await opens(stranger))
        assert stranger.t("Hello! I am Samspill.") in page
        assert NAME not in page
        await presses(stranger, home(stranger), stranger.t("Set up a collaboration"))
        assert window(stranger).content["callback_id"] == "setup:new:"

    play(database, story)


@ON_SQLITE
def test_the_page_of_one_says_nothing_of_what_others_are_in(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        other = stage.player("slack", "a", "nils")
        await trial(cast["kari"])
        await other.writes("hei")
        page = slack_of(stage).reads(await opens(other))
        assert NAME not in page
        assert PROBLEM not in page

    play(database, story)
