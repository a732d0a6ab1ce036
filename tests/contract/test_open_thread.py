"""Open threads: what is an answer, what is talk, and that the order of writing decides."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tables import Answer, AnswerStatus, Audit, Revision
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    ON_SQLITE,
    TALK,
    Raw,
    answer_of,
    answers,
    asked_with,
    five,
    heard,
    kept,
    later,
    play,
    start,
    value_of,
    wording,
)

PART = "felles-mal-1"
FIRST = "finne ut hva problemet egentlig er"
USERS = "Hvem er brukerne?"
TAKEN = "I took this as your answer:"


async def thread(stage: Stage, platform: str = "web") -> dict[str, Player]:
    cast = five(stage, platform)
    await start(cast["kari"], PART, "tråd")
    return cast


def text(said: str) -> dict[str, str]:
    return {"text": said}


@EACH_CHANNEL
def test_what_is_an_answer_and_what_is_talk(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        for talk in ("Hva mener dere her?", "Hvordan da? 😊", "👍", "…"):
            await kari.says(talk, under=FIRST)
            assert kari.private.count(kari.t(TAKEN)) == 0
        assert answer_of(stage, kari) is None

        # the earliest standing message, with those that follow before others write
        await kari.says("Vi spør de etterlatte.", under=FIRST)
        assert kari.t(TAKEN) in kari.private
        assert "Vi spør de etterlatte." in kari.private
        await kari.says("Og så leser vi klagene.", under=FIRST)
        assert value_of(stage, kari) == text("Vi spør de etterlatte.\nOg så leser vi klagene.")
        await ola.says("Et felles verksted.", under=FIRST)
        await kari.says("Enig med Ola i alt.", under=FIRST)
        assert value_of(stage, kari) == text("Vi spør de etterlatte.\nOg så leser vi klagene.")
        assert value_of(stage, ola) == text("Et felles verksted.")
        assert ola.t(TAKEN) in ola.private

        # told once only
        before = kari.private
        await kari.writes("stopp")
        await kari.says("Mer prat.", under=FIRST)
        assert kari.private in (before, kari.t("Nothing was waiting."), "")

        # "don't know" is a full answer here too
        await amina.says("Vet ikke", under=FIRST)
        found = answer_of(stage, amina)
        assert found is not None
        assert found.status == AnswerStatus.DONT_KNOW

        kept_words = wording(stage)
        for talk in ("Hva mener dere", "Hvordan da", "👍", "Enig med Ola", "Mer prat"):
            assert talk not in kept_words
        assert "Et felles verksted." in kept_words

    play(database, story)


@ON_SQLITE
def test_naming_somebody_is_talk(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        await cast["kari"].says("@Ola @Siri", under=FIRST)
        assert answer_of(stage, cast["kari"]) is None
        await cast["kari"].says("@Ola vet hvem som klager mest", under=FIRST)
        assert value_of(stage, cast["kari"]) == text("@Ola vet hvem som klager mest")
        # a thread that takes answers takes what is written to Samspill too
        await cast["siri"].says("@Samspill Vi leser klagene.", under=FIRST)
        await cast["siri"].says("@Samspill Og så spør vi.", under=FIRST)
        assert cast["siri"].t("Start a round") not in cast["siri"].private
        assert cast["siri"].t("Help") not in cast["siri"].private

    play(database, story)


@EACH_CHANNEL
def test_not_an_answer_and_change(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await kari.says("Jeg kommer litt senere.", under=FIRST)
        await kari.presses("Not an answer")
        assert kari.t("All right, it is talk, not an answer.") in kari.private
        assert value_of(stage, kari) is None
        assert "litt senere" not in wording(stage)
        await kari.says("Vi spør brukerne.", under=FIRST)  # the next one counts
        assert value_of(stage, kari) == text("Vi spør brukerne.")

        await amina.says("Vi spør ordfører.", under=FIRST)
        await amina.presses("Change")
        await amina.fills(answer="Vi spør ordføreren og kommunestyret.")
        assert value_of(stage, amina) == text("Vi spør ordføreren og kommunestyret.")
        assert "Vi spør ordfører." not in wording(stage)
        # from now on the thread is talk
        await amina.says("Eller kanskje rådmannen.", under=FIRST)
        assert value_of(stage, amina) == text("Vi spør ordføreren og kommunestyret.")
        assert "rådmannen" not in wording(stage)
        assert len([each for each in kept(stage, Answer) if each.person_id]) == 2

    play(database, story)


@EACH_CHANNEL
def test_taken_back_is_gone_until_written_anew(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage, platform)
        kari = cast["kari"]
        await kari.says("Noe jeg angrer på.", under=FIRST)
        await kari.writes("trekk tilbake")
        await kari.presses("Take back")
        assert kari.t("Your answer is taken back and erased.") in kari.private
        assert "angrer" not in wording(stage)
        await cast["ola"].says("Vi teller saker.", under=FIRST)
        assert value_of(stage, kari) is None
        await kari.says("Vi intervjuer.", under=FIRST)
        assert value_of(stage, kari) == text("Vi intervjuer.")

    play(database, story)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_editing_and_deleting_in_the_chat(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await kari.says("Vi spør brukere.", under=FIRST)
        await kari.says("Og leser klager.", under=FIRST)
        await ola.says("Vi måler.", under=FIRST)
        await kari.edits("Vi spør brukere.", "Vi spør alle brukerne.")
        assert value_of(stage, kari) == text("Vi spør alle brukerne.\nOg leser klager.")
        assert "alle brukerne" in amina.screen()
        await kari.deletes("Vi spør alle brukerne.")
        assert value_of(stage, kari) == text("Og leser klager.")
        await kari.deletes("Og leser klager.")
        assert value_of(stage, kari) is None
        assert "Og leser klager" not in wording(stage)
        assert "klager" not in amina.screen()
        # a question that is made an answer, an answer that is made a question
        await kari.says("Skal vi spørre?", under=FIRST)
        await kari.edits("Skal vi spørre?", "Vi skal spørre.")
        assert value_of(stage, kari) == text("Vi skal spørre.")
        await kari.edits("Vi skal spørre.", "Skal vi ikke spørre?")
        assert value_of(stage, kari) is None
        assert "ikke spørre" not in wording(stage)
        assert kept(stage, Revision) == []  # until the round closes, nothing of it is kept

    play(database, story)


@ON_SQLITE
def test_what_was_answered_by_form_outlives_the_message(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari = cast["kari"]
        await kari.says("Vi spør brukere.", under=FIRST)
        await answers(kari, "Vi spør brukerne og de pårørende.", on=FIRST)
        await kari.edits("Vi spør brukere.", "Glem dette.")
        await kari.deletes("Glem dette.")
        assert value_of(stage, kari) == text("Vi spør brukerne og de pårørende.")
        assert "Glem dette" not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_not_an_answer_holds_after_an_edit(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari = cast["kari"]
        await kari.says("Jeg kommer snrat.", under=FIRST)
        await kari.presses("Not an answer")
        await kari.edits("Jeg kommer snrat.", "Jeg kommer snart.")
        assert value_of(stage, kari) is None
        assert "Jeg kommer" not in wording(stage)

    play(database, story)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_the_order_of_writing_decides_and_not_that_of_arrival(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola, siri = (Raw(stage, cast[name], FIRST) for name in ("kari", "ola", "siri"))
        at = [later(stage, minutes) for minutes in range(20)]
        # Kari 1, Ola 2, Kari 3 were written; they arrive as Kari 3, Kari 1, Ola 2
        await kari.said("k3", "tre", at[3])
        await kari.said("k1", "en", at[1])
        assert value_of(stage, kari.player) == text("en\ntre")
        await ola.said("o2", "to", at[2])
        assert value_of(stage, kari.player) == text("en")
        assert value_of(stage, ola.player) == text("to")
        assert "tre" not in wording(stage)

        # an edit before its message; the older of two edits comes last
        await siri.edited("s4", "fire, rettet", at[4], at[6])
        assert value_of(stage, siri.player) == text("fire, rettet")
        await siri.edited("s4", "fire, først rettet", at[4], at[5])
        await siri.said("s4", "fire", at[4])
        assert value_of(stage, siri.player) == text("fire, rettet")

        # a deletion before its message leaves a tombstone
        await siri.deleted("s4", at[7])
        assert value_of(stage, siri.player) is None
        await siri.deleted("s8", at[9])
        await siri.said("s8", "åtte", at[8])
        await siri.edited("s8", "åtte!", at[8], at[10])
        assert value_of(stage, siri.player) is None
        assert "åtte" not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_the_same_event_twice_is_one(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari = cast["kari"]
        await kari.says("Vi spør.", under=FIRST)
        audit = len(kept(stage, Audit))
        await kari.repeats()
        assert value_of(stage, kari) == text("Vi spør.")
        assert len(kept(stage, Audit)) == audit
        await kari.deletes("Vi spør.")
        await kari.repeats()
        assert value_of(stage, kari) is None
        assert len(heard(stage)) == 1

    play(database, story)


@ON_SQLITE
def test_somebody_elses_edit_or_deletion_changes_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola = (Raw(stage, cast[name], FIRST) for name in ("kari", "ola"))
        at = later(stage, 1)
        await kari.said("k", "Vi spør.", at)
        await ola.edited("k", "Noe annet.", at, later(stage, 2))
        await ola.deleted("k", later(stage, 3))
        assert value_of(stage, kari.player) == text("Vi spør.")
        assert value_of(stage, ola.player) is None

    play(database, story)


@EACH_CHANNEL
def test_too_long_is_said_and_what_stood_stands(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await kari.says("x" * 20_000, under=FIRST)
        assert value_of(stage, kari) == text("x" * 20_000)
        await kari.says("og enda litt", under=FIRST)  # together it is too much
        assert value_of(stage, kari) == text("x" * 20_000)
        assert "enda litt" not in wording(stage)
        assert kari.t(
            "This is more than an answer has room for. I have kept what stood before."
        ) in (kari.private)
        await ola.says("y" * 20_001, under=FIRST)
        assert ola.t("The answer is too long: there is room for 20,000 characters.") in ola.private
        assert value_of(stage, ola) is None
        if platform != "poor":
            await ola.edits("yyy", "y" * 100)
            assert value_of(stage, ola) == text("y" * 100)

    play(database, story)


@ON_SQLITE
def test_after_the_end_a_deletion_leaves_a_revision(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, amina = cast["kari"], cast["amina"]
        await kari.says("Vi spør brukere.", under=FIRST)
        await kari.writes("fullfør")
        await kari.edits("Vi spør brukere.", "Vi spør brukerne.")
        changed = amina.post_with("Vi spør brukerne.").text
        assert kari.t("answered after the round") not in changed
        assert amina.say.tn(
            "changed once after the round", "changed {n} times after the round", 1
        ) in (changed)
        assert [each.value for each in kept(stage, Revision)] == [text("Vi spør brukere.")]

    play(database, story)


@ON_SQLITE
def test_only_lists_and_texts_are_answered_in_threads(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola = cast["kari"], cast["ola"]
        for _ in range(6):
            await kari.writes("neste")
        conflict = asked_with(stage, "komme i konflikt med målet").content["text"]["nb"]
        await ola.says("Ja, absolutt.", under=conflict)
        assert ola.t(TALK) in ola.private
        assert answer_of(stage, ola) is None
        assert heard(stage) == []
        await ola.says("Delvis, da.", under=conflict)
        assert ola.private != ola.t(TALK)  # said once

    play(database, story)


@ON_SQLITE
def test_not_an_answer_leaves_what_follows(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.says("Jeg kommer litt senere.", under=FIRST)
        button = kari.find(kari.t("Not an answer"), None)[1]
        await kari.says("Vi spør brukerne.", under=FIRST)
        await ola.says("Vi teller.", under=FIRST)
        await kari.presses_raw(button)
        assert value_of(stage, kari) == text("Vi spør brukerne.")
        assert "litt senere" not in wording(stage)
        # what was written after others was not kept
        await kari.says("Og leser klager.", under=FIRST)
        await kari.deletes("Vi spør brukerne.")
        assert value_of(stage, kari) is None

    play(database, story)


@ON_SQLITE
def test_a_skip_gives_way_to_a_later_message_and_an_answer_by_form_does_not(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await kari.presses("Skip", on=FIRST)
        await amina.presses("Don't know", on=FIRST)
        await kari.says("Vi spør brukerne.", under=FIRST)
        await amina.says("Vi leser klager.", under=FIRST)
        assert value_of(stage, kari) == text("Vi spør brukerne.")
        assert value_of(stage, amina) == text("Vi leser klager.")
        stands = (
            "You have answered this already, and that answer stands. What you write in the thread "
            "is talk."
        )
        await answers(ola, "Vi måler.", on=FIRST)
        await ola.says("Eller kanskje ikke.", under=FIRST)
        assert value_of(stage, ola) == text("Vi måler.")
        assert ola.t(stands) in ola.private
        seen = ola.screen().count(ola.t(stands))
        await ola.says("Vi får se.", under=FIRST)
        assert ola.screen().count(ola.t(stands)) <= seen  # said once
        # a skip written in the thread gives way as well
        siri = cast["siri"]
        await siri.says("Hopp over", under=FIRST)
        await ola.says("Ja.", under=FIRST)
        await siri.says("Vi intervjuer.", under=FIRST)
        assert value_of(stage, siri) == text("Vi intervjuer.")

    play(database, story)


@ON_SQLITE
def test_a_message_from_before_a_taking_back_does_not_undo_it(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await thread(stage)
        kari = cast["kari"]
        raw = Raw(stage, kari, FIRST)
        early = stage.clock.now()
        await kari.says("Noe jeg angrer på.", under=FIRST)
        await kari.presses_raw(f"round:withdraw:q{asked_with(stage, FIRST).id}")
        await raw.said("early", "Noe jeg skrev før.", early)
        assert value_of(stage, kari) is None
        assert "skrev før" not in wording(stage)

    play(database, story)
