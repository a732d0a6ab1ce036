"""What Samspill says is true of how things stand: status, numbers, warnings, what is asked."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.tables import AskedState, Collaboration, Round, RoundState
from tests.contract.stage import Stage
from tests.contract.stories import (
    ON_SQLITE,
    PROBLEM,
    SAME,
    answer_of,
    answers,
    asked_with,
    five,
    kept,
    play,
    start,
    trial,
)

WORDS = "Etterlatte må melde fra mange steder."
ALONE = (
    "You are the only one from your organisation here: others will know that the answer is yours."
)


@ON_SQLITE
def test_status_tells_a_pause_and_a_round_that_is_called_off(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await trial(kari)
        await kari.writes("pause")
        moment = kari.say.moment(kept(stage, Round)[0].paused_at)
        await kari.writes("status")
        said = "{name}, {n} of {total} questions asked, paused since {moment}"
        assert kari.t(said, name="Prøverunde", n=1, total=3, moment=moment) in kari.private
        await kari.writes("kort for nye")
        now = kari.t("{name}, paused since {moment}", name="Prøverunde", moment=moment)
        assert now in kari.private
        # going on with a question in a pause says that it is one
        await kari.writes("neste")
        assert SAME in kari.screen()
        still = (
            "The question is asked. The round is still paused: no reminders come, and it does "
            "not close."
        )
        assert kari.t(still) in kari.private
        await kari.presses("Go on")
        assert kept(stage, Round)[0].paused_at is None
        await kari.writes("avlys nå")
        await kari.writes("status")
        day = kari.say.day(kept(stage, Round)[0].closed_at)
        assert kari.t("{name}, called off {day}", name="Prøverunde", day=day) in kari.private
        await kari.writes("gjenåpne")
        gone = "«{name}» was called off. It cannot be opened again."
        assert kari.t(gone, name="Prøverunde") in kari.private
        assert kept(stage, Round)[0].state == RoundState.CANCELLED
        await trial(kari)
        await kari.writes("gjenåpne")
        assert kari.t("The round is not finished: it runs now.") in kari.private

    play(database, story)


@ON_SQLITE
def test_whoever_is_alone_in_their_organisation_is_told_wherever_they_are_asked(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        siri, ola = cast["siri"], cast["ola"]
        await cast["kari"].writes("runde 1 per virksomhet")
        await siri.writes("svar")
        assert siri.t(ALONE) in siri.private
        await ola.writes("svar")
        assert PROBLEM in ola.private
        assert ola.t(ALONE) not in ola.private

    play(database, story)


@ON_SQLITE
def test_a_deeper_question_has_no_number(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await start(kari, "felles-mal-1")
        await ola.writes("svar")
        await ola.writes(WORDS)
        await ola.writes("dypere")
        assert ola.t("A question that goes deeper") in ola.private
        assert " av 8" not in ola.private

    play(database, story)


@ON_SQLITE
def test_the_numbers_of_meeting_sheets_are_those_of_rounds(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await kari.writes("tema")
        parts = [line.rsplit(" (", 1)[0] for line in kari.private.splitlines()]
        await kari.writes("møteark")
        sheets = [line.rsplit(" (", 1)[0] for line in kari.private.splitlines()]
        numbered = [line for line in parts if line[:1].isdecimal()]
        assert numbered == [line for line in sheets if line[:1].isdecimal()][: len(numbered)]
        assert len(sheets) > len(numbered) + 1, "and those that are no rounds"

    play(database, story)


@ON_SQLITE
def test_changing_an_answer_says_that_an_anonymous_one_is_not_found(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        why = "An anonymous answer is changed at the question itself, while its round runs."
        await kari.writes("runde 1 anonymt")
        await answers(ola, WORDS)
        await ola.writes("endre")
        assert ola.t("I find no answer of yours.") in ola.private
        assert ola.t(why) in ola.private
        await kari.writes("fullfør")
        await trial(kari)
        await answers(ola, WORDS)
        await ola.writes("endre")
        assert ola.t(why) not in ola.private
        await kari.writes("fullfør")
        await kari.writes("runde 1 anonymt")
        await ola.writes("endre")
        older = "This is the latest answer of yours that I find: «{name}»."
        assert ola.t(older, name="Prøverunde") in ola.private
        assert ola.t(why) in ola.private

    play(database, story)


@ON_SQLITE
def test_start_begins_what_is_put_together_and_its_words_can_be_changed(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await kari.writes("runde 1 se over")
        await kari.writes("endre ordlyd")
        assert kari.form is not None
        question = asked_with(stage, PROBLEM)
        await kari.fills(question=str(question.id), text="Hva står i veien?")
        await kari.writes("endre ordlyden 1: Hva står i veien for dem?")
        assert "1. Hva står i veien for dem?" in kari.private
        await kari.writes("start")
        assert kept(stage, Round)[0].state == RoundState.OPEN
        assert "Hva står i veien for dem?" in kari.post_with("veien").text
        await kari.writes("start")
        assert len(kept(stage, Round)) == 1
        assert kari.find(kari.t("Pause"), None), "a round that runs is steered"

    play(database, story)


@ON_SQLITE
def test_a_language_or_organisation_that_is_not_known_is_said(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        for words, unknown in (
            ("målform Elveby kommune: tysk", "tysk"),
            ("målform Elvebyen: nynorsk", "Elvebyen"),
        ):
            await kari.writes(words)
            assert kari.t("I did not understand «{words}».", words=unknown) in kari.private
            assert kari.t("Nothing has been changed.") in kari.private
        await kari.writes("målform nynorsk")
        assert "Fjordetaten: nynorsk" in kari.private, "it says how to write it"
        await kari.presses("Adopted language")
        assert kari.form is not None
        assert not kept(stage, Collaboration)[0].house_languages
        await kari.writes("målform Elveby kommune: nynorsk")
        assert set(kept(stage, Collaboration)[0].house_languages.values()) == {"nn"}
        await kari.writes("målform alle: engelsk")
        assert kept(stage, Collaboration)[0].language == "en"

    play(database, story)


@ON_SQLITE
def test_opening_and_finishing_ask_first_where_few_have_answered(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        asks = (
            "Nobody has answered question {n} yet. If you open it now, every answer is shown as it "
            "comes."
        )
        await kari.writes("åpne")
        assert kari.t(asks, n=1) in kari.private
        await kari.presses("Open the answers", on=PROBLEM)
        assert kari.t(asks, n=1) in kari.private
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        await kari.presses("Yes, open it now")
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        await kari.writes("neste")
        await kari.writes("åpne nå")
        assert asked_with(stage, SAME).state == AskedState.OPENED
        await kari.writes("neste")
        gain = [each for each in kari.sees() if each.actions][-1].text.splitlines()[1]
        await ola.presses("Answer or change", on=gain)
        await ola.fills(answer=WORDS)
        await kari.writes("ferdig")
        counted = kari.say.tn(
            "{given} from {n} organisation",
            "{given} from {n} organisations",
            1,
            given=kari.say.tn("{n} answer", "{n} answers", 1),
        )
        assert kari.t("Question {n}: {count}", n=3, count=counted) in kari.private
        assert kept(stage, Round)[0].state == RoundState.OPEN
        for name in ("siri", "amina"):
            await cast[name].presses("Answer or change", on=gain)
            await cast[name].fills(answer=WORDS)
        await kari.writes("ferdig")
        assert kept(stage, Round)[0].state == RoundState.CLOSED, "three of five are no few"
        assert answer_of(stage, ola) is not None

    play(database, story)


@ON_SQLITE
def test_changing_an_answer_shows_the_one_that_stands(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        stands = kari.t("This stands now. What you write takes its place:")
        await trial(kari)
        await kari.writes("svar")
        assert stands not in kari.private, "nothing stands yet"
        await kari.writes(WORDS)
        await kari.writes("endre")
        assert f"{stands}\n«{WORDS}»" in kari.private
        await kari.writes("trekk tilbake")
        await kari.presses("Take back")
        await kari.writes("endre")
        assert stands not in kari.private

    play(database, story)


@ON_SQLITE
@pytest.mark.parametrize(
    ("round_", "who"),
    [
        ("", "Everyone taking part sees it with your name, but not before the answers are opened."),
        (
            " per virksomhet",
            "Everyone taking part sees it with your organisation's name only, and not before the "
            "answers are opened.",
        ),
        (
            " anonymt",
            "Anonymous: everyone taking part sees it without names when the round closes.",
        ),
    ],
)
def test_a_receipt_says_who_sees_the_answer_and_when(
    database: Database, round_: str, who: str
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await kari.writes(f"runde 1{round_}")
        await answers(kari, WORDS)
        access = kari.t("Anyone may ask for access (innsyn).")
        assert f"{kari.t(who)} {access}" in kari.private

    play(database, story)


@ON_SQLITE
def test_help_tells_what_is_of_use_to_whoever_asks(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        answered, steers = "deeper", "reopen"
        told = {"kari": (True, True), "ola": (True, False)}
        for name, both in told.items():
            asks = cast[name]
            await asks.writes("language english")
            await asks.writes("help")
            said = asks.private
            assert "How Samspill works" in said
            assert tuple(f"«{each}»" in said for each in (answered, steers)) == both, name
        stranger = stage.player("web", "z", "nils")
        await stranger.writes("help")
        assert stranger.t("Words you can write to me") in stranger.private
        assert "«dypere»" not in stranger.private
        assert "«gjenåpne»" not in stranger.private

    play(database, story)
