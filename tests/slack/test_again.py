"""What a person does a second time in Slack: it is taken as they mean it."""

from __future__ import annotations

from storage.engine import Database
from tests.contract.stage import Stage
from tests.contract.stories import ON_SQLITE, PROBLEM, answer_of, five, play, start, trial, value_of

pytestmark = ON_SQLITE


def test_a_form_sent_again_with_its_fault_is_not_said_to_be_kept(database: Database) -> None:
    """Slack sends a window that it was told faults of as it was before: the same view and hash."""

    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        await kari.presses("Answer or change", on=PROBLEM)
        for _ in range(2):
            await kari.fills(answer="👍")
            assert kari.errors["answer"]
            assert kari.reply is None
        assert answer_of(stage, kari) is None
        await kari.fills(answer="Vi spør de etterlatte.")
        assert kari.errors == {}
        assert answer_of(stage, kari) is not None

    play(database, story)


def test_a_window_that_cannot_be_read_stays_open(database: Database) -> None:
    """Acknowledged, it would close, and what was typed be gone."""

    async def story(stage: Stage) -> None:
        ola = five(stage, "slack")["ola"]
        assert stage.house is not None
        local = stage.house.local
        await trial(stage.player("slack", "a", "kari"))
        await ola.presses("Answer or change", on=PROBLEM)
        user = local.state.users[ola.user]
        view = local.modal(user)
        assert view is not None
        view.content["private_metadata"] = "[]"
        answer = await local.submit(view, {"answer": "Vi spør de etterlatte."})
        assert answer.status == 400
        assert local.modal(user) is view

    play(database, story)


def test_what_was_refused_is_refused_again(database: Database) -> None:
    """Slack leaves the window open when the answer took too long: it is sent in once more."""

    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await ola.presses("Answer or change", on=PROBLEM)
        await kari.writes("avlys nå")
        await ola.fills(answer="Vi spør de etterlatte.")
        refused = ola.private
        assert answer_of(stage, ola) is None
        await ola.repeats()
        assert ola.private == refused

    play(database, story)


def test_of_two_changes_in_a_second_the_last_one_stands(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await start(kari, "proverunde", "tråd")
        assert stage.house is not None
        local = stage.house.local
        user, room = local.state.users[ola.user], local.state.channels[ola.room]
        said = await local.say(user, room, "Vi spør.", kari.post_with(PROBLEM).id)
        await local.edit(said, "Vi spør de etterlate.")
        await local.edit(said, "Vi spør de etterlatte.")
        await stage.settle()
        assert value_of(stage, ola) == {"text": "Vi spør de etterlatte."}

    play(database, story)
