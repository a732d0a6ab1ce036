"""Windows and private answers: who sees them, and what becomes of them when Slack's calls break."""

from __future__ import annotations

import logging

import pytest

from dialogs.events import Event
from dialogs.messages import Button, Buttons, Page
from storage.engine import Database
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    answer_of,
    five,
    play,
    start,
    trial,
    value_of,
)
from tests.slack.house import House
from tests.slack.local import LocalSlack, Trouble
from tests.slack.reading import reading

pytestmark = ON_SQLITE
AGAIN = "That took too long for Slack. Press once more."


def local(stage: Stage) -> LocalSlack:
    assert stage.house is not None
    return stage.house.local


def told(stage: Stage, player: Player) -> list[str]:
    """Everything that this person alone was told, in whichever way."""
    slack = local(stage)
    user = slack.state.users[player.user]
    private = [
        slack.shown(each)
        for channel in slack.state.channels.values()
        for each in channel.private
        if each.only_for is user
    ]
    directly = slack.direct(user).messages.values()
    return private + [slack.shown(each) for each in directly if each.user.is_bot]


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.DONE_THEN_DROP], ids=str)
def test_a_window_opens_once_though_the_connection_breaks(
    database: Database, trouble: Trouble
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        local(stage).then("views.open", trouble)
        await kari.presses("Answer or change", on=PROBLEM)
        assert kari.t(AGAIN) not in told(stage, kari)
        await kari.fills(answer="Vi ser det slik.")
        assert value_of(stage, kari, PROBLEM) == {"text": "Vi ser det slik."}

    play(database, story)


@pytest.mark.parametrize(
    "trouble", [Trouble.ERROR_500, Trouble.LIMITED, "expired_trigger_id"], ids=str
)
def test_a_window_that_slack_does_not_open_is_asked_for_once_more(
    database: Database, trouble: Trouble | str
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        local(stage).then("views.open", trouble)
        await kari.presses("Answer or change", on=PROBLEM)
        assert kari.form is None
        assert told(stage, kari).count(kari.t(AGAIN)) == 1
        await kari.presses("Answer or change", on=PROBLEM)
        await kari.fills(answer="Vi ser det slik.")
        assert value_of(stage, kari, PROBLEM) == {"text": "Vi ser det slik."}

    play(database, story)


@pytest.mark.parametrize(
    ("trouble", "times"),
    [
        (Trouble.DROP, 1),
        (Trouble.DONE_THEN_DROP, 2),  # whether it stands cannot be looked up: rather twice than not
        (Trouble.ERROR_500, 1),
        (Trouble.LIMITED, 1),
        ("user_not_in_channel", 1),
        ("channel_not_found", 1),
    ],
    ids=str,
)
def test_a_private_answer_is_given_and_can_be_asked_for_again(
    database: Database, trouble: Trouble | str, times: int
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        local(stage).then("chat.postEphemeral", trouble)
        moved_on = kari.t("This has moved on. Write «help» to see what you can do now.")
        await kari.presses_raw("round:nothing:q1")
        assert told(stage, kari).count(moved_on) == times
        await kari.presses_raw("round:nothing:q1")
        assert told(stage, kari).count(moved_on) == times + 1
        assert answer_of(stage, kari) is None

    play(database, story)


def test_who_presses_while_slack_takes_no_more_is_told_by_the_press_itself(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """In the same channel and not directly, which would call them and count against all else; and
    in no log, however much is logged."""
    caplog.set_level(logging.DEBUG)

    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        slack = local(stage)
        slack.api.retry_after = 600
        slack.then("chat.postEphemeral", Trouble.LIMITED)
        moved_on = kari.t("This has moved on. Write «help» to see what you can do now.")
        for times in (1, 2):  # the second does not even ask
            await kari.presses_raw("round:nothing:q1")
            assert told(stage, kari).count(moved_on) == times
        assert [each.method for each in slack.api.calls].count("chat.postEphemeral") == 1
        user = slack.state.users[kari.user]
        assert not any(
            moved_on in slack.shown(each) for each in slack.direct(user).messages.values()
        )
        assert moved_on not in caplog.text
        assert "response_type" not in caplog.text  # nor as JSON has it

    play(database, story)


async def windows(stage: Stage, kari: Player, presses: int) -> list[str]:
    """The titles of the windows that Kari has before her, the latest last, when each opens one
    more and she presses so many times in the latest."""
    house = stage.house
    assert house is not None
    opened: list[Page] = []

    async def another(event: Event) -> Page:
        more = Buttons((Button("home:help:", "Mer", opens=True),))
        opened.append(Page("nb", f"Side {len(opened) + 1}", (more,)))
        return opened[-1]

    house.take = another
    user = house.state.users[kari.user]
    await house.local.command(user, house.state.channels[kari.room], "/samspill", "hjelp")
    await house.settled()
    for _ in range(presses):
        view = house.local.modal(user)
        assert view is not None
        await house.local.press_in_view(view, "home:help:")
        await house.settled()
    assert len(opened) == presses + 1
    return [each.content["title"]["text"] for each in house.state.modals[user.id]]


@pytest.mark.parametrize("trouble", [Trouble.DROP, Trouble.DONE_THEN_DROP], ids=str)
def test_a_window_on_top_opens_once_though_the_connection_breaks(
    database: Database, trouble: Trouble
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        local(stage).then("views.push", trouble)
        assert await windows(stage, kari, 1) == ["Side 1", "Side 2"]
        assert kari.t(AGAIN) not in told(stage, kari)

    play(database, story)


@pytest.mark.parametrize("method", ["views.open", "views.push"])
def test_who_gets_no_window_is_told_so(database: Database, method: str) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        local(stage).then(method, Trouble.DROP, Trouble.DROP)
        if method == "views.push":
            assert await windows(stage, kari, 1) == ["Side 1"]
        else:
            await kari.presses("Answer or change", on=PROBLEM)
            assert kari.form is None
        assert told(stage, kari).count(kari.t(AGAIN)) == 1

    play(database, story)


def test_a_window_too_many_takes_the_place_of_the_one_that_was_pressed_in(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        assert await windows(stage, kari, 4) == ["Side 1", "Side 2", "Side 5"]
        assert kari.t(AGAIN) not in told(stage, kari)

    play(database, story)


# --- who sees them --------------------------------------------------------------------------------


def visible(stage: Stage, player: Player) -> str:
    """All that somebody can see anywhere in Slack: in channels, threads and conversations."""
    slack = local(stage)
    user = slack.state.users[player.user]
    return "\n".join(
        reading(seen.message)
        for channel in slack.state.channels.values()
        for root in (None, *channel.messages)
        for seen in slack.sees(user, channel, root)
    )


@pytest.mark.parametrize("whose", ["ola", "ida", "amina"], ids=["theirs", "a guest's", "others'"])
def test_what_one_person_is_told_nobody_else_sees(database: Database, whose: str) -> None:
    """In the same channel, in the channel as a guest, or in another workspace of the same round."""

    async def story(stage: Stage) -> None:
        stage.house = House(stage, many=True, guests=("ute",))
        cast = five(stage, "slack", other="slack")
        cast["ida"] = stage.player("slack", "ute", "ida")
        await start(cast["kari"], "proverunde", "tråd")
        asked = cast[whose]
        await asked.presses("Why do we ask?", on=PROBLEM)
        said = [asked.private]
        await asked.says("Vi ser det slik.", under=PROBLEM)
        said.append(asked.private)
        if whose == "ida":  # who has to say first where she is from
            await asked.presses(HOUSES[1])
            said.append(asked.private)
        assert all(said)
        assert len(set(said)) == len(said)
        for player in cast.values():
            shown = visible(stage, player)
            assert [each in shown for each in said] == [player is asked] * len(said), player.name

    play(database, story)
