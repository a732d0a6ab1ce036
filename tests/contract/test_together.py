"""Rounds where each answers first and all talk together afterwards."""

from __future__ import annotations

from datetime import date

from storage.engine import Database
from storage.tables import (
    Answer,
    AnswerStatus,
    AskedState,
    Audit,
    Nudge,
    Revision,
)
from tests.contract.stage import Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    TALK,
    answer_of,
    answers,
    asked_with,
    change_member,
    change_person,
    five,
    heard,
    kept,
    play,
    trial,
    value_of,
    wording,
)

SENTENCE = "Etterlatte må melde fra mange steder."


@EACH_CHANNEL
def test_what_is_written_in_the_thread_is_talk_and_said_so_once(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await ola.says("Jeg tror det er skjemaene.", under=PROBLEM)
        assert ola.t(TALK) in ola.private
        assert answer_of(stage, ola) is None
        said = len(ola.sees())
        await ola.says("Eller ventetiden.", under=PROBLEM)
        assert len(ola.sees()) == said + 1  # only what he wrote himself
        # once the answers are open people are there to talk
        await kari.presses("Open the answers", on=PROBLEM)
        await kari.presses("Yes, open it now")
        await kari.says("Det kjenner jeg igjen.", under=PROBLEM)
        assert kari.t(TALK) not in kari.screen()
        assert heard(stage) == []
        for talk in ("skjemaene", "ventetiden", "igjen"):
            assert talk not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_a_stranger_who_writes_in_the_thread_is_told_as_well(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        nils = stage.player("web", "a", "nils")
        await trial(cast["kari"])
        await nils.says("Skjemaene, selvsagt.", under=PROBLEM)
        assert nils.t(TALK) in nils.private
        await nils.presses("Answer or change")
        await nils.fills(answer=SENTENCE)
        assert (
            nils.t("Your answer is saved, and counts when you have chosen your organisation.")
            in nils.private
        )
        await nils.presses(HOUSES[1])
        assert nils.t("{n} answer", n=1).split()[0] in nils.post_with(PROBLEM).text

    play(database, story)


@EACH_CHANNEL
def test_skip_change_and_take_back(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        await amina.presses("Skip", on=PROBLEM)
        assert amina.t("Skipped. That is fine.") in amina.private
        found = answer_of(stage, amina)
        assert found is not None
        assert found.status == AnswerStatus.SKIPPED
        await amina.presses("Answer after all")
        await amina.fills(answer=SENTENCE)
        assert value_of(stage, amina) == {"text": SENTENCE}
        await amina.presses("Change")
        await amina.fills(answer="Noe annet, egentlig.")
        assert value_of(stage, amina) == {"text": "Noe annet, egentlig."}
        assert kept(stage, Revision) == []
        assert SENTENCE not in wording(stage)
        await amina.presses("Take back")
        assert amina.t("Your answer is taken back and erased.") in amina.private
        assert value_of(stage, amina) is None
        assert "Noe annet" not in wording(stage)
        await amina.presses("Answer after all")
        await amina.fills(answer=SENTENCE)
        assert value_of(stage, amina) == {"text": SENTENCE}
        await amina.presses("Take back")
        await amina.writes("trekk tilbake")
        assert amina.t("There is no answer of yours to take back.") in amina.private

    play(database, story)


@EACH_CHANNEL
def test_a_follow_up_comes_once_privately_and_is_optional(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await trial(kari)
        who = "Hvem har problemet?"
        await answers(kari, "Skjemaer")  # shorter than fifteen characters
        assert who in kari.private
        await kari.presses("Add this")
        await kari.fills(more="De etterlatte.")
        found = answer_of(stage, kari)
        assert found is not None
        assert found.followup == "De etterlatte."
        await answers(kari, "Køer")
        assert who not in kari.private
        await answers(ola, SENTENCE)
        assert who not in ola.private
        # typed, and declined
        await amina.writes("svar")
        await amina.writes("Ventetid")
        assert who in amina.private
        await amina.writes("utdyp")
        await amina.writes("hopp over")
        assert amina.t("That is fine. Nothing was added.") in amina.private
        # taken back: the addition goes with the answer
        await kari.writes("trekk tilbake")
        await kari.presses("Take back")
        assert "De etterlatte." not in wording(stage)

    play(database, story)


@EACH_CHANNEL
def test_a_late_answer_is_marked_and_the_summary_renewed(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, siri, amina = cast["kari"], cast["siri"], cast["amina"]
        await trial(kari)
        for each in (kari, siri, amina):
            await answers(each, f"{each.name.lower()}: {SENTENCE}")
        await kari.presses("Finish the round", on=PROBLEM)
        await kari.presses("Yes, finish the round")
        assert amina.say.tn("{n} person", "{n} people", 3) in amina.screen()
        await cast["per"].presses("Don't know", on=PROBLEM)
        found = answer_of(stage, cast["per"])
        assert found is not None
        assert found.late
        await cast["per"].presses("Don't know", on=PROBLEM)  # the same again is no change
        assert kept(stage, Revision) == []
        page = amina.post_with(f"kari: {SENTENCE}").text
        assert f"Per ({HOUSES[1]}), {amina.t('answered after the round')}" in page
        title = amina.t("What the answers show: {name}", name="Prøverunde")
        assert amina.say.tn("{n} person", "{n} people", 4) in amina.post_with(title).text
        # changed after the end: it is shown that it was, and what stood is kept
        await amina.presses("Answer now, or change", on=PROBLEM)
        await amina.fills(answer="Amina har tenkt seg om igjen.")
        changed = amina.say.tn(
            "changed once after the round", "changed {n} times after the round", 1
        )
        assert changed in amina.post_with("Amina har tenkt seg om").text
        assert [each.value for each in kept(stage, Revision)] == [{"text": f"amina: {SENTENCE}"}]
        await amina.writes("trekk tilbake")
        await amina.presses("Take back")
        assert amina.t(
            "The round is finished, so what you had answered is kept as a revision."
        ) in (amina.private)
        assert len(kept(stage, Revision)) == 2

    play(database, story)


@ON_SQLITE
def test_nothing_opens_by_itself_before_three_people_of_two_organisations(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, siri, amina = (cast[name] for name in ("kari", "ola", "siri", "amina"))
        # two of one house and nobody else who is asked
        for absent in ("siri", "amina", "per"):
            change_person(stage, cast[absent], away_until=date(2026, 12, 24))
        await trial(kari)
        await answers(kari, SENTENCE)
        await answers(ola, SENTENCE)
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        await siri.presses("Skip", on=PROBLEM)  # asked, but no answer
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        # a third of another house: the two who are away are not waited for
        await amina.presses("Don't know", on=PROBLEM)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        assert SENTENCE in amina.screen()

    play(database, story)


@ON_SQLITE
def test_those_who_are_not_away_are_waited_for(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        for name in ("kari", "siri", "amina", "ola"):
            await answers(cast[name], SENTENCE)
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        await cast["per"].presses("Skip", on=PROBLEM)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED

    play(database, story)


@EACH_CHANNEL
def test_presses_and_forms_that_come_twice(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        audit = len(kept(stage, Audit))
        await kari.repeats()
        assert len(kept(stage, Audit)) == audit
        await answers(ola, SENTENCE)
        audit = len(kept(stage, Audit))
        await ola.repeats()
        assert SENTENCE in ola.private  # its receipt again
        await ola.presses("Don't know", on=PROBLEM)
        await ola.presses("Yes, «don't know»")
        await ola.repeats()
        assert len(kept(stage, Answer)) == 1
        assert len(kept(stage, Audit)) == audit + 1
        await kari.presses("Next question", on=PROBLEM)
        await kari.repeats()
        assert asked_with(stage, GAIN).state == AskedState.WAITING

    play(database, story)


@EACH_CHANNEL
def test_a_second_press_of_what_is_done_is_told_so(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        asked = asked_with(stage, PROBLEM)
        await kari.presses("Open the answers", on=PROBLEM)
        await kari.presses("Yes, open it now")
        await kari.presses_raw(f"round:open:q{asked.id}")
        assert kari.t("The answers are already open.") in kari.private
        await kari.presses_raw("round:next:r1,1")
        await kari.presses_raw("round:next:r1,1")
        assert kari.t("The round has already moved on.") in kari.private
        assert asked_with(stage, GAIN).state == AskedState.WAITING
        for button in (f"round:open:q{asked.id}", "round:next:r1,2", "round:close_now:r1"):
            await amina.presses_raw(button)
            assert amina.t("Only a coordinator can do this.") in amina.private
        await kari.presses_raw("round:close_now:r1")
        for button in ("round:close_now:r1", "round:next:r1,2"):
            await kari.presses_raw(button)
            assert kari.t("The round is finished.") in kari.private
        # what was not asked yet cannot be answered, however the button came about
        await amina.presses_raw(f"round:dont_know:q{asked_with(stage, GAIN).id}")
        assert amina.t("This has moved on. Write «help» to see what you can do now.") in (
            amina.private
        )
        assert kept(stage, Nudge) == []

    play(database, story)


@ON_SQLITE
def test_a_member_without_the_role_is_not_waited_for(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        change_member(stage, cast["per"], roles=[])
        await trial(cast["kari"])
        for name in ("kari", "siri", "amina", "ola"):
            await answers(cast[name], SENTENCE)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED

    play(database, story)


@EACH_CHANNEL
def test_a_stray_press_costs_nobody_their_answer(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        ola = cast["ola"]
        await trial(cast["kari"])
        await answers(ola, SENTENCE)
        for label in ("Skip", "Don't know"):
            await ola.presses(label, on=PROBLEM)
            asks = ola.t("You have answered this. Do you want to replace your answer?")
            assert asks in ola.private
            assert value_of(stage, ola) == {"text": SENTENCE}
        await ola.presses("Skip", on=PROBLEM)
        await ola.presses("Yes, skip")
        found = answer_of(stage, ola)
        assert found is not None
        assert found.status == AnswerStatus.SKIPPED
        assert SENTENCE not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_who_took_an_answer_back_is_not_waited_for(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        await answers(cast["per"], SENTENCE)
        await cast["per"].presses("Take back")
        await cast["per"].writes("svar")
        assert cast["per"].t("No questions are waiting for you.") in cast["per"].private
        for name in ("kari", "siri", "amina", "ola"):
            await answers(cast[name], SENTENCE)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED

    play(database, story)


@ON_SQLITE
def test_what_stood_before_can_be_read(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        for name in ("kari", "siri", "amina"):
            await answers(cast[name], f"{name}: {SENTENCE}")
        await kari.presses("Finish the round", on=PROBLEM)
        await kari.presses("Yes, finish the round")
        await amina.presses("Answer now, or change", on=PROBLEM)
        await amina.fills(answer="Amina har tenkt seg om igjen.")
        found = answer_of(stage, amina)
        assert found is not None
        before = f"round:before:n{found.id}"
        await kari.presses_raw(before)
        assert f"amina: {SENTENCE}" in kari.private
        await stage.player("web", "z", "nils").presses_raw(before)
        await amina.presses_raw(f"round:withdraw:q{found.asked_id}")
        await kari.presses_raw(before)  # taken back: only its author sees what stood
        assert SENTENCE not in kari.private
        await amina.presses_raw(before)
        assert "Amina har tenkt seg om igjen." in amina.private

    play(database, story)
