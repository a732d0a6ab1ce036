"""What belongs to a round stays with whom it is for, and ends with it: rounds for coordinators,
rounds that were called off, people who have left."""

from __future__ import annotations

from storage import places
from storage.engine import Database
from storage.tables import Answer, Asked, AskedState, Outbox, Round, RoundPlace, RoundState, WebLink
from tests.contract.stage import Stage
from tests.contract.stories import (
    GAIN,
    NAME,
    ON_SQLITE,
    PROBLEM,
    Raw,
    asked_with,
    five,
    kept,
    later,
    person_id,
    play,
)

WORDS = "Etterlatte må melde fra mange steder."


@ON_SQLITE
def test_a_channel_that_joins_sees_nothing_of_a_round_for_coordinators(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 21")
        first = kept(stage, Asked)[0]
        words = ola.say.pick(first.content["text"])
        before = len(kept(stage, RoundPlace))
        kari, ola = (stage.player("web", "a", name, "another") for name in ("kari", "ola"))
        await kari.says("@Samspill bruk 1")
        assert NAME in kari.screen()
        assert len(kept(stage, RoundPlace)) == before
        assert words not in ola.screen()
        # nor is it read there by whoever stands in the channel, or opened by its buttons
        for button in ("hint", "example", "why", "answers", "before"):
            await ola.presses_raw(f"round:{button}:q{first.id}")
            assert words not in ola.screen()

    play(database, story)


@ON_SQLITE
def test_nothing_is_kept_once_a_round_is_called_off(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, per, ola = cast["kari"], cast["per"], cast["ola"]
        await kari.writes("runde 1 tråd")
        question = asked_with(stage, PROBLEM)
        await kari.writes("avlys")
        await kari.presses("Yes, call it off")
        await per.presses_raw(f"round:dont_know:q{question.id}")
        await per.sends(f"round:answer:q{question.id}", answer=WORDS)
        await ola.says(WORDS, under=PROBLEM)
        assert not kept(stage, Answer)
        await kari.writes("åpne")
        assert kept(stage, Round)[0].state == RoundState.CANCELLED
        assert not [each for each in kept(stage, Outbox) if each.live == "answers"]

    play(database, story)


@ON_SQLITE
def test_an_edit_after_a_round_was_called_off_changes_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, per = cast["kari"], cast["per"]
        await kari.writes("runde 1 tråd")
        thread = Raw(stage, per, PROBLEM)
        await thread.said("m1", WORDS, later(stage, 1))
        assert len(kept(stage, Answer)) == 1
        await kari.writes("avlys")
        await kari.presses("Yes, call it off")
        await thread.edited(
            "m1", "Noe helt annet enn det jeg skrev først.", later(stage, 1), later(stage, 9)
        )
        assert [each.value for each in kept(stage, Answer)] == [{"text": WORDS}]
        await thread.deleted("m1", later(stage, 20))  # taking back is always possible
        assert [each.value for each in kept(stage, Answer)] == [None]

    play(database, story)


@ON_SQLITE
def test_calling_off_takes_what_mondays_people_answered_ahead(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await ola.writes("alt på mandag")
        await kari.writes("runde 1 daglig")
        later = kept(stage, Asked)[-1]
        assert later.state == AskedState.WAITING
        await ola.sends(f"round:answer:q{later.id}", answer=WORDS)
        assert [each.asked_id for each in kept(stage, Answer)] == [later.id]
        await kari.writes("avlys")
        await kari.presses("Yes, call it off")
        assert not kept(stage, Answer)

    play(database, story)


@ON_SQLITE
def test_finishing_asks_what_mondays_people_answered_ahead(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await ola.writes("alt på mandag")
        await kari.writes("runde 1 daglig")
        later = kept(stage, Asked)[-1]
        await ola.sends(f"round:answer:q{later.id}", answer=WORDS)
        await kari.writes("fullfør")
        if kari.t("Yes, finish the round") in kari.screen():
            await kari.presses("Yes, finish the round")
        found = next(each for each in kept(stage, Asked) if each.id == later.id)
        assert found.state == AskedState.OPENED
        assert GAIN in kari.screen()  # it is for one's own organisation: counted here
        await ola.presses("See ours", on=GAIN)
        assert WORDS in ola.private

    play(database, story)


@ON_SQLITE
def test_whoever_leaves_takes_their_links_and_sees_their_round_no_more(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 1 hver for seg")
        await ola.writes("svar")
        mine = person_id(stage, ola)
        with stage.database.write() as db:
            direct = places.direct_of(db, mine).id
            db.add(
                WebLink(
                    token_hash="hash",
                    invites=True,
                    collaboration_id=1,
                    created_by=mine,
                    created_at=stage.clock.now(),
                    expires_at=stage.clock.now(),
                )
            )
        assert PROBLEM in ola.screen()
        await ola.writes("forlat")
        await ola.presses("Leave, and let my name stand")
        assert not [each for each in kept(stage, RoundPlace) if each.place_id == direct]
        assert not kept(stage, WebLink)

    play(database, story)
