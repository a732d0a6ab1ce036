"""Rounds at other paces: one question each working day, and each walking alone."""

from __future__ import annotations

from datetime import timedelta

from storage.engine import Database
from storage.tables import Answer, AnswerStatus, Asked, AskedState, Revision, Round, RoundState
from tests.contract.stage import Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    ON_SQLITE,
    PROBLEM,
    SAME,
    asked_with,
    five,
    kept,
    play,
)

DAY = timedelta(days=1)


@ON_SQLITE
def test_a_daily_round_asks_one_question_each_working_day(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await kari.writes("runde 1 daglig")
        amina = cast["amina"]
        assert amina.t("One question comes each working day.") in amina.screen()
        assert PROBLEM in amina.screen()
        assert SAME not in amina.screen()
        await stage.pass_time(timedelta(hours=2))
        assert SAME not in amina.screen(), "one a day"
        await stage.pass_time(DAY)
        assert SAME in amina.screen()
        assert GAIN not in amina.screen()
        # the coordinator may go on by hand; that day's question has then come
        await kari.writes("neste")
        assert GAIN in amina.screen()
        found = kept(stage, Round)[0]
        assert (found.closes_at - found.opened_at).days >= 5, "a day for each question, and three"
        await stage.pass_time(10 * DAY)
        assert kept(stage, Round)[0].state == RoundState.CLOSED

    play(database, story)


@ON_SQLITE
def test_a_daily_round_rests_at_weekends(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await stage.pass_time(4 * DAY)  # Friday
        await kari.writes("runde 1 daglig")
        await stage.pass_time(2 * DAY)
        assert SAME not in kari.screen()
        await stage.pass_time(DAY)
        assert SAME in kari.screen()

    play(database, story)


@EACH_CHANNEL
def test_walking_alone(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 1 hver for seg")
        assert PROBLEM not in ola.sees()[-1].text, "no question stands in the channel"
        await ola.presses("Answer the questions")
        assert ola.t("I have written to you directly. The questions come there.") in ola.private
        assert PROBLEM in ola.screen()
        await ola.writes("Etterlatte må melde fra mange steder.")
        await ola.writes("neste")
        assert SAME in ola.private
        await ola.writes("4")
        assert GAIN in ola.private
        await ola.writes("vet ikke")
        assert ola.t("No questions are waiting for you.") not in ola.private
        statuses = [each.status for each in kept(stage, Answer)]
        assert statuses == [AnswerStatus.GIVEN, AnswerStatus.GIVEN, AnswerStatus.DONT_KNOW]

    play(database, story)


@ON_SQLITE
def test_a_press_in_the_direct_message_brings_the_next_question(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await cast["kari"].writes("runde 1 hver for seg")
        ola = cast["ola"]
        await ola.writes("svar")
        await ola.presses("Skip")
        assert SAME in ola.private
        await ola.presses("Helt enig")
        assert GAIN in ola.private

    play(database, story)


@ON_SQLITE
def test_answers_of_those_who_walk_alone_open_in_the_channel_when_all_have(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await cast["kari"].writes("runde 1 hver for seg")
        for name, player in cast.items():
            await player.writes("svar")
            await player.writes(f"{name}: Alle må melde fra mange steder.")
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        page = cast["amina"].post_with("kari: Alle må melde fra")
        assert page.thread is not None
        assert "per: Alle må melde fra" in page.text

    play(database, story)


@ON_SQLITE
def test_a_question_that_ones_own_answer_rules_out_is_not_asked(database: Database) -> None:
    """In `felles-mal-1` one question follows from a yes or partly to another."""

    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 2 hver for seg")
        gate = asked_with(stage, "Kan oppdraget til din virksomhet komme i konflikt")
        follows = next(each for each in kept(stage, Asked) if each.content.get("condition"))
        await ola.sends(f"round:answer:q{gate.id}", answer="no")
        not_for = [each for each in kept(stage, Answer) if each.asked_id == follows.id]
        assert [each.status for each in not_for] == [AnswerStatus.NOT_FOR_ME]
        # they think again, and it is for them after all
        await ola.sends(f"round:answer:q{gate.id}", answer="yes")
        assert not [each for each in kept(stage, Answer) if each.asked_id == follows.id]

    play(database, story)


@ON_SQLITE
def test_what_ones_own_answer_rules_out_counts_nowhere_as_an_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 2 hver for seg")
        gate = asked_with(stage, "Kan oppdraget til din virksomhet komme i konflikt")
        follows = next(each for each in kept(stage, Asked) if each.content.get("condition"))
        await ola.sends(f"round:answer:q{gate.id}", answer="no")
        await ola.presses_raw(f"round:withdraw:q{follows.id}")
        assert ola.t("There is no answer of yours to take back.") in ola.private
        await ola.writes("slett meg")
        one = ola.say.tn("{n} answer of your own", "{n} answers of your own", 1)
        assert one in ola.private
        await ola.writes("stopp")
        await ola.writes("mine data")
        assert ola.say.pick(follows.content["text"]) not in ola.private
        await ola.writes("forlat")
        one = "Your {n} answer stays, seen by those that its question named."
        many = "Your {n} answers stay, seen by those that their questions named."
        assert ola.say.tn(one, many, 1) in ola.private
        await ola.writes("uten navn")
        assert [each.asked_id for each in kept(stage, Answer)] == [gate.id]

    play(database, story)


@ON_SQLITE
def test_answered_late_after_all_a_question_that_was_ruled_out_has_no_earlier_version(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 2 hver for seg")
        gate = asked_with(stage, "Kan oppdraget til din virksomhet komme i konflikt")
        follows = next(each for each in kept(stage, Asked) if each.content.get("condition"))
        await ola.sends(f"round:answer:q{gate.id}", answer="no")
        await kari.writes("fullfør")
        await ola.presses_raw(f"round:dont_know:q{follows.id}")
        late = next(each for each in kept(stage, Answer) if each.asked_id == follows.id)
        assert (late.status, late.late, late.changes) == (AnswerStatus.DONT_KNOW, True, 0)
        assert not kept(stage, Revision)

    play(database, story)


@ON_SQLITE
def test_a_round_for_coordinators_reaches_them_alone(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 21")
        found = kept(stage, Round)[0]
        assert found.audience == "coordinator"
        assert found.state == RoundState.OPEN
        assert kari.say.pick(found.name) not in ola.screen()
        await kari.writes("svar")
        first = kept(stage, Asked)[0]
        assert kari.say.pick(first.content["text"]) in kari.private
        # nobody else can answer it, however the button came about
        await ola.presses_raw(f"round:dont_know:q{first.id}")
        assert ola.t("Only a coordinator can do this.") in ola.private
        assert not kept(stage, Answer)

    play(database, story)


@ON_SQLITE
def test_what_an_earlier_round_has_told_is_kept_for_conditions(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await kari.writes("runde 3")  # all of it follows from a goal that is recorded
        assert (
            kari.t(
                "None of these questions can be asked yet: they follow from what you have answered "
                "or agreed in another round. Choose another part first."
            )
            in kari.private
        )
        assert not [each for each in kept(stage, Round) if each.state == RoundState.OPEN]

    play(database, story)


@ON_SQLITE
def test_plans_that_do_not_go_together_are_refused(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        for words in ("runde 1 tråd anonymt", "runde 1 tråd hver for seg"):
            await kari.writes(words)
            why = "Open threads go with answers under one's name, and not with walking alone."
            assert kari.t(why) in kari.private
        await kari.writes("runde")
        assert kari.form is not None
        await kari.fills(part="proverunde", pace="live", way="thread", whose="anonymous")
        assert "way" in kari.errors
        await kari.fills(part="proverunde", pace="live", way="together", days="0")
        assert "days" in kari.errors
        assert not kept(stage, Round)

    play(database, story)


@ON_SQLITE
def test_a_stray_second_answer_of_somebody_walking_alone_changes_the_first(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await cast["kari"].writes("runde 1 hver for seg")
        ola = cast["ola"]
        question = asked_with(stage, PROBLEM)
        await ola.sends(f"round:answer:q{question.id}", answer="Det første jeg tenkte på.")
        await ola.sends(f"round:answer:q{question.id}", answer="Noe bedre enn det.")
        assert [each.value for each in kept(stage, Answer)] == [{"text": "Noe bedre enn det."}]

    play(database, story)
