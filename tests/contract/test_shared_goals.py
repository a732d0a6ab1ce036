"""The round of shared goals, from its start to its summary: eight questions, one on a condition."""

from __future__ import annotations

import re

from storage.engine import Database
from storage.tables import Asked, AskedState
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    EVERYWHERE,
    ON_SQLITE,
    TALK,
    People,
    answers,
    asked_with,
    five,
    kept,
    play,
    start,
    value_of,
)

PART = "felles-mal-1"
FIRST = "finne ut hva problemet egentlig er"
NEEDS = "finne ut hva brukerne trenger"
USERS = "Hvem er brukerne?"
DECIDES = "Hvem bestemmer målene"
ALIKE = "Vi forstår utfordringen likt"
AGREED = "Vi er enige om hva brukerne trenger"
CONFLICT = "komme i konflikt med målet"
LEVEL = "Hvor kan en slik konflikt løses"
QUESTIONS = (FIRST, NEEDS, USERS, DECIDES, ALIKE, AGREED, CONFLICT, LEVEL)
SENTENCE = "Vi går gjennom det sammen i et møte."


def numbered(player: Player, question: str) -> None:
    number = QUESTIONS.index(question) + 1
    said = player.t("Question {n} of {total}", n=number, total=8)
    assert said in player.post_with(question).text


def posts(player: Player) -> int:
    """What Samspill has posted in the channel itself."""
    return sum(
        each.author is None and each.thread is None and each.room == player.room
        for each in player.sees()
    )


async def each_writes(cast: People, question: str) -> None:
    """All five answer in words of their own, by form, typed and by button."""
    for name in ("kari", "siri", "per"):
        await answers(cast[name], f"{name}: {SENTENCE}", on=question)
    await cast["amina"].writes("svar")
    await cast["amina"].writes(f"amina: {SENTENCE}")
    await cast["ola"].presses("Don't know", on=question)


async def each_scales(cast: People, question: str, *steps: str, typed: str) -> None:
    for name, step in zip(("kari", "ola", "siri", "amina"), steps, strict=True):
        await cast[name].presses(step, on=question)
    await cast["per"].writes("svar")
    await cast["per"].writes(typed)


@EVERYWHERE
def test_first_each_then_together(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await start(kari, PART)
        for question in (FIRST, NEEDS):
            numbered(kari, question)
            numbered(amina, question)
            await each_writes(cast, question)
            assert ola.post_with(f"kari: {SENTENCE}").thread == ola.post_with(question).id
            await kari.presses("Next question", on=question)

        numbered(amina, USERS)
        for name in ("kari", "ola", "siri", "per"):
            await answers(cast[name], "Etterlatte\nPårørende", on=USERS)
        await amina.writes("svar")
        await amina.writes("etterlatte, begravelsesbyråer")
        assert "begravelsesbyråer" in kari.post_with("• etterlatte").text
        assert "bare én har nevnt" in kari.screen()
        await kari.writes("neste")
        await each_writes(cast, DECIDES)
        await kari.writes("neste")
        await each_scales(
            cast, ALIKE, "Helt enig", "Helt enig", "Helt enig", "Litt enig", typed="2"
        )
        await kari.writes("neste")
        await each_scales(
            cast, AGREED, "Litt enig", "Litt enig", "Helt enig", "Helt enig", typed="4"
        )

        # the house question: the thread gets counts only, one's own house sees its answers
        await kari.writes("neste")
        numbered(amina, CONFLICT)
        for name, label in (("kari", "Nei"), ("ola", "Delvis"), ("siri", "Nei"), ("amina", "Nei")):
            await cast[name].presses(label, on=CONFLICT)
        assert "Kari (Fjordetaten)" not in kari.screen()[kari.screen().index(CONFLICT) :]
        await cast["per"].presses("Don't know", on=CONFLICT)
        only_home = kari.t("The answers are shown only within each organisation.")
        await ola.presses("See ours", on=only_home)
        assert "Ola (Fjordetaten)" in ola.private
        assert "Amina" not in ola.private

        # "partly" of one meets the condition for all
        await kari.writes("neste")
        numbered(kari, LEVEL)
        numbered(amina, LEVEL)
        for name in ("kari", "ola", "siri", "amina"):
            await cast[name].presses("Ledelsen", on=LEVEL)
        await cast["per"].presses("Skip", on=LEVEL)
        assert "Kari (Fjordetaten)" in amina.post_with("Ledelsen (4)").text
        await kari.writes("neste")
        assert kari.t("There are no more questions to ask.") in kari.private
        await kari.presses("Finish the round")

        title = kari.t("What the answers show: {name}", name="Felles mål – finne målet sammen")
        for somebody in (kari, amina):
            summary = somebody.post_with(title).text
            assert f"1. {asked_with(stage, FIRST).content['text']['nb']}" in summary
            agree = summary.partition(kari.t("We agree on"))[2]
            assert "6. " in agree.partition(kari.t("We see it differently"))[0]
            assert kari.t("Counted, not shown here") in summary
            assert f"{kari.t('Named by all organisations')}: Etterlatte; Pårørende" in summary
            assert ": begravelsesbyråer (Elveby kommune)" in summary
        if platform != "poor":
            assert posts(kari) == 1 + 8 + 1  # its start, a post a question, the summary: no more

    play(database, story)


@ON_SQLITE
def test_a_question_whose_condition_is_not_met_is_passed_over(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, PART, asked=7)
        for each in cast.values():
            await each.presses("Nei", on=CONFLICT)
        await kari.presses("Next question", on=CONFLICT)
        assert kari.t("There are no more questions to ask.") in kari.private
        assert LEVEL not in kari.screen()
        asked = kept(stage, Asked)
        assert [each.position for each in asked] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert asked[-1].state == AskedState.WAITING
        # somebody thinks again: now it is asked, with the number it had all the time
        await cast["amina"].presses("Ja", on=CONFLICT)
        await kari.writes("neste")
        numbered(kari, LEVEL)
        await kari.writes("fullfør")
        assert "8. " in kari.post_with(kari.t("Nobody answered")).text

    play(database, story)


@EACH_CHANNEL
def test_in_open_threads(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri, amina, per = (
            cast[name] for name in ("kari", "ola", "siri", "amina", "per")
        )
        await start(kari, PART, "tråd")
        in_thread = kari.t("Write your answers in each question's thread, where all can read them.")
        assert in_thread in kari.screen()
        for question in (FIRST, NEEDS):
            numbered(amina, question)
            for each in (kari, ola, siri, amina, per):
                await each.says(f"{each.name.lower()}: {SENTENCE}", under=question)
            # what was written in the other place stands on a page here, and what was written here
            # does not: it stands in the thread already
            page = kari.post_with(f"amina: {SENTENCE}")
            assert page.thread == kari.post_with(question).id
            assert f"Kari (Fjordetaten): «kari: {SENTENCE}»" not in kari.screen()
            assert f"Kari (Fjordetaten): «kari: {SENTENCE}»" in amina.screen()
            await kari.writes("neste")
        await kari.says("Etterlatte, pårørende", under=USERS)
        await amina.says("- Etterlatte\n- Begravelsesbyråer", under=USERS)
        assert value_of(stage, amina, USERS) == {"items": ["Etterlatte", "Begravelsesbyråer"]}
        for each in (ola, siri, per):
            await each.presses("Skip", on=USERS)
        await kari.writes("neste")
        await each_writes(cast, DECIDES)  # a form and typed words do as well
        await kari.writes("neste")

        # a scale is answered privately also here, and what is written in its thread is talk
        await kari.says("4", under=ALIKE)
        assert kari.t(TALK) in kari.private
        assert value_of(stage, kari, ALIKE) is None
        await each_scales(
            cast, ALIKE, "Helt enig", "Helt uenig", "Litt enig", "Litt enig", typed="3."
        )
        assert re.search(r"Helt enig: ●+ 1", amina.post_with("Helt uenig: ●").text)
        await kari.writes("neste")
        await kari.writes("neste")
        await kari.presses("Delvis", on=CONFLICT)
        await kari.writes("neste")
        numbered(per, LEVEL)
        await kari.writes("fullfør")
        title = kari.t("What the answers show: {name}", name="Felles mål – finne målet sammen")
        assert "8. " in amina.post_with(title).text

    play(database, story)
