"""What a coordinator does with a round: put it together, pause it, give it time, call it off."""

from __future__ import annotations

from datetime import timedelta

from storage.engine import Database
from storage.tables import Answer, Asked, Audit, Nudge, Round, RoundState
from tests.contract.stage import Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    asked_with,
    five,
    kept,
    play,
    trial,
)

DAY = timedelta(days=1)
WORDS = "Etterlatte må melde fra mange steder."


@EACH_CHANNEL
def test_leaving_out_rewording_and_adding_before_the_start(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await kari.writes("runde 1 se over")
        assert kari.t("Nobody else has seen this yet.") in kari.private
        for question in (PROBLEM, SAME, GAIN):
            assert question in kari.private
        assert PROBLEM not in amina.screen()
        await kari.writes("fjern 3")
        assert GAIN not in kari.private
        await kari.writes("ordlyd 1: Hva står i veien for de etterlatte?")
        assert "Hva står i veien for de etterlatte?" in kari.private
        assert PROBLEM not in kari.private
        await kari.presses("Add a question")
        await kari.fills(text="Hvem bør vi snakke med?", type="parties", where="house")
        assert "3. Hvem bør vi snakke med?" in kari.private
        await kari.writes("start runden")
        assert "Hva står i veien for de etterlatte?" in amina.screen()
        await kari.writes("neste")
        await kari.writes("neste")
        assert "Hvem bør vi snakke med?" in amina.screen()
        await amina.presses("Why do we ask?", on="Hvem bør vi snakke med?")
        own = "A coordinator of your own has added this question."
        assert amina.t(own) in amina.private
        await amina.presses("Answer or change", on="Hvem bør vi snakke med?")
        await amina.fills(answer=("KS", "Nav"))
        assert kept(stage, Answer)[0].value == {"items": ["KS", "Nav"]}

    play(database, story)


@ON_SQLITE
def test_a_draft_can_be_thrown_away_and_is_nobody_elses(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 1 se over")
        draft = kept(stage, Round)[0]
        for action in ("begin", "discard", "leave_out", "add", "reword"):
            await ola.presses_raw(f"round:{action}:r{draft.id}")
            assert ola.t("Only a coordinator can do this.") in ola.private
        await kari.writes("ta bort 1, 2, 3")
        assert kari.t("One question must be left. Throw the round away instead.") in kari.private
        await kari.writes("ordlyd 1: 👍")
        assert kari.t("Write the question.") in kari.private
        await kari.writes("legg til: " + "x" * 501)
        assert kari.t("This is too long: there is room for 500 characters.") in kari.private
        await kari.writes("runde")
        assert kari.t("Nobody else has seen this yet.") in kari.private, "the draft is gone on with"
        await kari.writes("forkast")
        assert not kept(stage, Round)
        assert not kept(stage, Asked)
        await kari.presses_raw(f"round:begin:r{draft.id}")
        assert kari.t("This has moved on. Write «help» to see what you can do now.") in kari.private

    play(database, story)


@ON_SQLITE
def test_a_pause_stops_questions_and_closing_and_gives_the_time_back(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await kari.writes("runde 1 daglig")
        closes_at = kept(stage, Round)[0].closes_at
        await kari.writes("pause")
        assert kept(stage, Round)[0].paused_at is not None
        await stage.pass_time(7 * DAY)
        assert SAME not in kari.screen()
        assert not kept(stage, Nudge), "nobody is reminded"
        assert kept(stage, Round)[0].state == RoundState.OPEN
        # answers are still welcome
        await answers(cast["ola"], WORDS)
        assert len(kept(stage, Answer)) == 1
        await kari.writes("gå videre")
        found = kept(stage, Round)[0]
        assert found.paused_at is None
        assert found.closes_at >= closes_at + 7 * DAY
        await stage.pass_time(DAY)
        assert SAME in kari.screen()
        await kari.writes("fortsett")
        assert kari.t("The round is not paused.") in kari.private

    play(database, story)


@ON_SQLITE
def test_more_time_moves_the_end(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await trial(kari)
        closes_at = kept(stage, Round)[0].closes_at
        await kari.writes("forleng 5")
        found = kept(stage, Round)[0]
        assert found.closes_at == closes_at + 7 * DAY, "five working days and a weekend"
        assert kari.say.moment(found.closes_at) in kari.screen()
        await stage.pass_time(closes_at - stage.clock.now() + DAY)
        assert kept(stage, Round)[0].state == RoundState.OPEN
        await stage.pass_time(7 * DAY)
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        await kari.writes("forleng 5")
        assert kari.t("No round is running. Write «round» to start one.") in kari.private

    play(database, story)


@ON_SQLITE
def test_a_round_that_is_called_off_keeps_what_was_opened_and_nothing_else(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        for name in ("kari", "siri", "amina"):
            await answers(cast[name], f"{WORDS} {name}")
        await kari.writes("åpne")
        await kari.writes("neste")
        await amina.presses("Helt enig", on=SAME)
        await kari.writes("avlys")
        assert kept(stage, Round)[0].state == RoundState.OPEN, "asked first"
        await kari.presses("Yes, call it off")
        assert kept(stage, Round)[0].state == RoundState.CANCELLED
        assert len(kept(stage, Answer)) == 3
        assert amina.t("The round has been called off.") in amina.screen()
        scale = asked_with(stage, SAME)
        await amina.presses_raw(f"round:choose:q{scale.id}", "4")
        assert len(kept(stage, Answer)) == 3
        what = [each.what for each in kept(stage, Audit)]
        assert what.count("round.cancelled") == 1
        # another can begin
        await trial(kari)
        assert len([each for each in kept(stage, Round) if each.state == RoundState.OPEN]) == 1

    play(database, story)


@ON_SQLITE
def test_a_finished_round_can_be_opened_again(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, per, siri = cast["kari"], cast["per"], cast["siri"]
        await trial(kari)
        await answers(kari, WORDS)
        await kari.writes("fullfør")
        form = f"round:answer:q{asked_with(stage, PROBLEM).id}"
        await siri.sends(form, answer="Vi kom på dette etterpå.")
        await kari.writes("gjenåpne")
        assert kept(stage, Round)[0].state == RoundState.OPEN
        await per.sends(form, answer="Litt sent, men ikke for sent.")
        late = [each.late for each in kept(stage, Answer)]
        assert late == [False, True, False]
        await kari.writes("neste")
        assert SAME in per.screen()
        await kari.writes("fullfør")
        assert kept(stage, Round)[0].state == RoundState.CLOSED

    play(database, story)


@ON_SQLITE
def test_finishing_asks_first_where_something_would_be_cut_short(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        await kari.writes("ferdig")
        assert kept(stage, Round)[0].state == RoundState.OPEN
        assert kari.say.tn(
            "{n} question has not been asked.", "{n} questions have not been asked.", 2
        ) in (kari.private)
        await kari.presses("Yes, finish the round")
        assert kept(stage, Round)[0].state == RoundState.CLOSED

    play(database, story)


@ON_SQLITE
def test_only_a_coordinator_steers(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        ola = cast["ola"]
        for action in ("steer", "pause", "resume", "extend", "close", "close_now", "cancel"):
            await ola.presses_raw(f"round:{action}:r1")
            assert ola.t("Only a coordinator can do this.") in ola.private, action
        for words in ("pause", "forleng 2", "avlys", "avlys nå", "fullfør", "gjenåpne"):
            await ola.writes(words)
            assert ola.t("Only a coordinator can do this.") in ola.private, words
        assert kept(stage, Round)[0].state == RoundState.OPEN
        await cast["kari"].presses("For the coordinator")
        assert cast["kari"].t("Pause") in str(cast["kari"].reply)

    play(database, story)
