"""Rounds where each answers first and all talk together afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.engine import Database
from storage.tables import (
    Answer,
    AnswerStatus,
    AskedState,
    Audit,
    Conversation,
    Nudge,
    Revision,
    Round,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    TALK,
    Raw,
    answer_of,
    answers,
    asked_with,
    change_member,
    change_person,
    five,
    heard,
    kept,
    later,
    play,
    start,
    trial,
    value_of,
    wording,
)

SENTENCE = "Etterlatte må melde fra mange steder."
BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


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


TYPED = (  # what is asked, what is typed, and what is kept
    (SAME, "4", {"scale": 4}),
    (SAME, "4.", {"scale": 4}),
    (SAME, "litt enig", {"scale": 4}),
    (SAME, "Litt einig", {"scale": 4}),
    (SAME, "vet ikke", None),
    (SAME, "veit ikkje", None),
    (SAME, "don't know", None),
    ("komme i konflikt", "delvis", {"choice": "partly"}),
    ("komme i konflikt", "Ja!", {"choice": "yes"}),
    ("komme i konflikt", "no", {"choice": "no"}),
    ("komme i konflikt", "3", {"choice": "no"}),
    ("Hvem er brukerne?", "etterlatte, pårørende; naboer", None),
    ("Hvem er brukerne?", "- etterlatte\n- pårørende", None),
)
LISTS = {
    "etterlatte, pårørende; naboer": {"items": ["etterlatte", "pårørende", "naboer"]},
    "- etterlatte\n- pårørende": {"items": ["etterlatte", "pårørende"]},
}


@EACH_CHANNEL
def test_answers_can_be_typed_in_words_of_each_language(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await start(kari, "felles-mal-1")
        for _ in range(6):
            await kari.writes("neste")
        answered: set[str] = set()
        order = ("finne ut hva problemet", "finne ut hva brukerne", "Hvem er brukerne?")
        for question in order[:2]:  # what waits longest comes first
            await kari.writes("svar")
            assert question in kari.private
            await kari.writes("hopp over")
        for question, typed, value in (
            TYPED[-1],
            ("Hvem bestemmer", "Det gjør vi", {"text": "Det gjør vi"}),
            ("forstår utfordringen", "4", {"scale": 4}),
            ("enige om hva brukerne", "litt uenig", {"scale": 2}),
            ("komme i konflikt", "Ja!", {"choice": "yes"}),
        ):
            assert question in kari.private  # `svar` goes on by itself
            await kari.writes(typed)
            assert value_of(stage, kari, question) == LISTS.get(typed, value)
            answered.add(question)
            if typed in LISTS or typed == "Det gjør vi":  # more may be added until then
                await kari.writes("neste")
        assert len(answered) == 5
        await kari.writes("svar")
        assert kari.t("No questions are waiting for you.") in kari.private

    play(database, story)


@ON_SQLITE
def test_every_way_of_typing_an_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, "felles-mal-1")
        for _ in range(6):
            await kari.writes("neste")
        for question, typed, value in TYPED:
            words = question if question != SAME else "forstår utfordringen"
            await answers(kari, "1", on=words) if value else None
            asked = asked_with(stage, words)
            await kari.presses_raw(f"round:skip:q{asked.id}")
            await kari.writes("endre")
            assert words in kari.private
            await kari.writes(typed)
            assert value_of(stage, kari, words) == LISTS.get(typed, value), typed
        # what does not fit: a hint, and the question still waits
        await kari.presses_raw(f"round:skip:q{asked_with(stage, 'forstår utfordringen').id}")
        await kari.writes("endre")
        for nonsense in ("bananer", "9", "👍", "0", "x" * 20_000, "- hjelp oss alle sammen"):
            await kari.writes(nonsense)
            assert kari.t("Write a number from the scale.") in kari.private
            assert kari.t("The question still waits. «stop» lets it go.") in kari.private
        await kari.writes("hjelp")
        assert kari.t("How Samspill works") in kari.private
        await kari.writes("3")  # it waits all the same
        assert value_of(stage, kari, "forstår utfordringen") == {"scale": 3}

    play(database, story)


@EACH_CHANNEL
def test_command_words_in_an_answer_are_an_answer(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await trial(kari)
        for words in (
            "Hjelp til de etterlatte kommer for sent",
            "Bli med på møtene er det få som får",
            "Start på feil ende, det er problemet",
            "- Ingen eier helheten\n- Alle venter",
            "Stopp i saksbehandlingen hver sommer",
        ):
            await kari.writes("svar" if answer_of(stage, kari) is None else "endre")
            await kari.writes(words)
            assert value_of(stage, kari) == {"text": words}
        await kari.writes("endre")
        await kari.writes("stopp")
        assert kept(stage, Conversation) == []
        await kari.writes("Noe helt annet enn et svar")
        assert value_of(stage, kari) == {"text": words}
        await kari.writes("👍")  # nothing waits: the menu
        assert kari.t("What would you like to do?") in kari.private

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


@EACH_CHANNEL
def test_typed_words_are_added_until_the_person_goes_on(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await start(kari, "felles-mal-1")
        await kari.writes("neste")
        await kari.writes("svar")
        await kari.writes("Vi spør de etterlatte.")
        await kari.writes("Og leser klagene.")
        first = "finne ut hva problemet"
        both = {"text": "Vi spør de etterlatte.\nOg leser klagene."}
        assert value_of(stage, kari, first) == both
        await kari.writes("vet ikke")  # meant or not: nothing changes before it is confirmed
        assert value_of(stage, kari, first) == both
        await kari.writes("neste")
        assert "finne ut hva brukerne" in kari.private
        await kari.writes("Vi går sammen ut.")
        assert value_of(stage, kari, first) == both
        assert value_of(stage, kari, "finne ut hva brukerne") == {"text": "Vi går sammen ut."}

    play(database, story)


def directly(stage: Stage, player: Player) -> Raw:
    """What somebody types to Samspill alone, in any order that a platform may tell it."""
    raw = Raw(stage, player, PROBLEM)
    raw.where = replace(raw.where, channel=player.user, thread=None, direct=True)
    return raw


@ON_SQLITE
def test_typed_messages_that_are_swapped_edited_and_deleted(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await kari.writes("neste")
        raw = directly(stage, ola)
        await ola.writes("svar")
        first, second = stage.clock.now(), later(stage, 0.01)
        await raw.said("b", "Og køene.", second)
        await raw.said("a", "Skjemaene er mange og lange.", first)
        both = {"text": "Skjemaene er mange og lange.\nOg køene."}
        assert value_of(stage, ola, PROBLEM) == both
        await ola.writes("neste")
        # what was written before the next question was shown is not for that one
        await raw.said("c", "Og ventetiden.", later(stage, -0.1))
        assert value_of(stage, ola, PROBLEM) == {"text": both["text"] + "\nOg ventetiden."}
        assert value_of(stage, ola, GAIN) is None
        await raw.edited("a", "Skjemaene.", first, later(stage, 1))
        assert value_of(stage, ola, PROBLEM) == {"text": "Skjemaene.\nOg køene.\nOg ventetiden."}
        for message in ("c", "b"):
            await raw.deleted(message, later(stage, 2))
        assert value_of(stage, ola, PROBLEM) == {"text": "Skjemaene."}
        await raw.deleted("a", later(stage, 3))
        assert value_of(stage, ola, PROBLEM) is None
        assert ola.t("Your answer is taken back and erased.") in ola.private
        assert "Skjemaene" not in wording(stage)

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


@ON_SQLITE
def test_words_after_the_end_are_not_added_to_an_answer(database: Database) -> None:
    """A command with more behind it is then a command again, and no part of the answer."""

    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await trial(kari)
        await kari.writes("svar")
        await kari.writes(SENTENCE)
        await kari.writes("fullfør")
        await kari.writes("runde 2")
        assert value_of(stage, kari) == {"text": SENTENCE}
        assert len(kept(stage, Round)) == 2

    play(database, story)


@ON_SQLITE
def test_nothing_is_added_to_a_late_answer_either(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        await trial(kari)
        await siri.writes("svar")
        await kari.writes("fullfør")
        await siri.writes(SENTENCE)  # what was brought before the end is answered late
        assert siri.t("Your answer is saved.") in siri.private
        assert value_of(stage, siri) == {"text": SENTENCE}
        await siri.writes("Hei, er det noen her?")
        assert value_of(stage, siri) == {"text": SENTENCE}
        assert not kept(stage, Revision)

    play(database, story)
