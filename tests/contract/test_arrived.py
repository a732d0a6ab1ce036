"""What people arrive at: written, corrected, taken away, and shown in every thread."""

from __future__ import annotations

import asyncio

import pytest

from storage.engine import Database
from storage.tables import (
    Action,
    AskedState,
    Conclusion,
    Conversation,
    Outbox,
    Round,
    Wording,
)
from tests.contract.arriving import (
    ARRIVED,
    BETTER,
    WORDS,
    audited,
    open_first,
    opened,
    scaled,
    stands,
)
from tests.contract.stage import Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    EVERYWHERE,
    GAIN,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    asked_with,
    change,
    five,
    kept,
    play,
    trial,
)


@EVERYWHERE
def test_it_is_written_shown_in_every_thread_and_corrected_by_anybody(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, siri, amina = cast["kari"], cast["siri"], cast["amina"]
        await trial(kari)
        assert not any(
            kari.t(ARRIVED) == label for each in kari.sees() for *_, label in each.actions
        )
        await open_first(cast)
        await siri.presses(ARRIVED)
        visible = siri.t(
            "Visible to everyone in the collaboration, in every channel. It is one of the "
            "collaboration's documents. Anyone may ask for access (innsyn)."
        )
        await siri.fills(text=WORDS, who="Amina", by_when="2027-03-01", again="6")
        assert visible in siri.private
        for somebody in (kari, amina):
            shown = somebody.post_with(WORDS)
            assert shown.thread == somebody.post_with(PROBLEM).id
            assert somebody.t(ARRIVED) in shown.text
            assert "Siri" in shown.text
            assert f"1. {WORDS.rstrip('.')}: Amina" in shown.text
            assert "1. mars 2027" in shown.text
        assert kept(stage, Conclusion)[0].again_months == 6
        # somebody else corrects it; what stood is kept and can be seen
        await amina.presses("Correct it", on=WORDS)
        assert amina.form is not None
        await amina.fills(text=BETTER, again="6")
        if amina.surface.platform != "poor":
            assert BETTER in amina.post_with(amina.t(ARRIVED)).text
            await kari.presses("Show earlier wordings", on=BETTER) if platform != "poor" else None
        await kari.presses_raw(f"arrived:earlier:q{asked_with(stage, PROBLEM).id}")
        for words in (BETTER, WORDS, "Siri", "Amina"):
            assert words in kari.private
        assert [each.text for each in kept(stage, Wording)] == [WORDS]
        assert audited(stage, "conclusion") == [
            "conclusion.written",
            "conclusion.again",
            "conclusion.corrected",
        ]
        # the action of before stands alone: a correction does not promise it twice
        assert [each.text for each in kept(stage, Action)] == [WORDS.rstrip(".")]
        await kari.writes("fullfør")
        summary = amina.post_with(amina.t("What the answers show: {name}", name="Prøverunde"))
        assert BETTER in summary.text

    play(database, story)


@EACH_CHANNEL
def test_whoever_wrote_it_or_a_coordinator_takes_it_away(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, siri, amina = cast["kari"], cast["siri"], cast["amina"]
        await trial(kari)
        await open_first(cast)
        question = asked_with(stage, PROBLEM)
        await siri.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await amina.presses_raw(f"arrived:removed:q{question.id}")
        assert (
            amina.t("Whoever wrote it, or a coordinator, can take it away. Anybody can correct it.")
            in amina.private
        )
        await siri.writes("fjern konklusjonen")
        assert WORDS in siri.private
        assert len(kept(stage, Conclusion)) == 1, "asked first"
        if platform == "terminal":
            await siri.writes("fjern konklusjonen nå")
        else:
            await siri.presses("Yes, take it away")
        assert not kept(stage, Conclusion)
        if platform != "poor":  # which cannot take back what it has shown
            assert WORDS not in [each.text for each in amina.sees() if each.author is None]
        # another is written, corrected, and taken away by a coordinator in its thread
        await siri.says(f"@Samspill kom fram til: {BETTER}", under=PROBLEM)
        await amina.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await kari.says("@Samspill fjern konklusjonen nå", under=PROBLEM)
        assert not kept(stage, Conclusion)
        assert not kept(stage, Wording)
        assert audited(stage, "conclusion.removed") == ["conclusion.removed"] * 2
        await kari.says("@Samspill fjern konklusjonen", under=PROBLEM)
        assert kari.t("Nothing is written here that could be taken away.") in kari.private
        await kari.writes("fullfør")
        summary = amina.post_with(amina.t("What the answers show: {name}", name="Prøverunde"))
        assert WORDS not in summary.text

    play(database, story)


@ON_SQLITE
def test_what_a_running_round_arrived_at_is_told_to_newcomers(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        siri, per = cast["siri"], cast["per"]
        await trial(cast["kari"])
        await open_first(cast)
        await siri.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await per.writes("kort for nye")
        assert WORDS in per.private
        await cast["kari"].writes("fullfør")
        await per.writes("kort for nye")
        assert per.private.count(WORDS) == 1

    play(database, story)


@ON_SQLITE
def test_a_wording_that_was_not_seen_is_not_taken_away(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        siri, amina = cast["siri"], cast["amina"]
        await trial(cast["kari"])
        await open_first(cast)
        await siri.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await amina.says(f"@Samspill kom fram til: {BETTER}", under=PROBLEM)
        await cast["kari"].says("@Samspill fjern konklusjonen", under=PROBLEM)
        await amina.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await cast["kari"].presses("Yes, take it away")
        assert stands(stage) == WORDS
        assert cast["kari"].t("Somebody else had written this in the meantime:") in (
            cast["kari"].private
        )
        await cast["kari"].presses("Yes, take it away")
        assert not kept(stage, Conclusion)

    play(database, story)


@EACH_CHANNEL
def test_it_can_be_typed_in_the_thread_and_directly(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await opened(cast)
        await ola.says(f"@Samspill kom fram til: {WORDS}\nOg en linje til.", under=PROBLEM)
        assert stands(stage) == f"{WORDS}\nOg en linje til."
        assert amina.post_with(WORDS).thread == amina.post_with(PROBLEM).id
        # when to ask again, typed in the thread by anybody, and directly by who wrote it
        await amina.says("@Samspill spør igjen om et år", under=PROBLEM)
        assert kept(stage, Conclusion)[0].again_months == 12
        await ola.writes("spør igjen om 1 måned")
        assert kept(stage, Conclusion)[0].again_months == 1
        await ola.writes("spør igjen aldri")
        assert kept(stage, Conclusion)[0].again_months is None
        # directly, with one question whose answers are open: it asks and waits
        await kari.writes("konklusjon")
        assert PROBLEM in kari.private
        assert WORDS in kari.private
        await kari.writes(BETTER)
        assert stands(stage) == BETTER
        assert kept(stage, Conversation) == []
        # with several it asks which, and keeps what was written meanwhile
        await scaled(cast, {"kari": "Helt enig", "siri": "Litt enig", "amina": "Helt enig"})
        await kari.writes("konklusjon: Skalaen sier lite alene.")
        assert SAME in kari.private
        await kari.writes("noe helt annet")
        assert stands(stage) == BETTER
        await kari.writes("2")
        assert [each.text for each in kept(stage, Conclusion)] == [
            BETTER,
            "Skalaen sier lite alene.",
        ]
        await kari.writes("konklusjon 1")
        await kari.writes("stopp")
        assert kept(stage, Conversation) == []
        await amina.says("@Samspill konklusjon: Fra kanalen, uten tråd.")
        await amina.presses_raw(f"arrived:about:q{asked_with(stage, PROBLEM).id}")
        assert kept(stage, Conclusion)[0].text == "Fra kanalen, uten tråd."

    play(database, story)


@pytest.mark.parametrize(
    ("language", "typed", "again"),
    [("nn", "kom fram til:", "spør igjen om eit år"), ("en", "arrived at:", "ask again in a year")],
)
@ON_SQLITE
def test_in_nynorsk_and_english(database: Database, language: str, typed: str, again: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, languages=(language, language))
        kari, amina = cast["kari"], cast["amina"]
        kari.language = amina.language = language
        await trial(kari)
        await amina.writes("svar")
        await amina.writes("Det same, sagt av fleire enn éin.")
        await kari.presses_raw(f"round:open:q{asked_with(stage, PROBLEM).id}")
        await amina.says(f"@Samspill {typed} {WORDS}", under=PROBLEM_IN[language])
        shown = kari.post_with(WORDS).text
        assert kari.t(ARRIVED) in shown
        assert kari.t("Written by {name} on {day}", name="Amina", day="").rstrip() in shown
        await amina.says(f"@Samspill {again}", under=PROBLEM_IN[language])
        assert kept(stage, Conclusion)[0].again_months == 12

    play(database, story)


PROBLEM_IN = {
    "nn": "Kva problem vil de løyse?",
    "en": "What problem do you want to solve?",
}


@EACH_CHANNEL
def test_only_where_answers_are_open_to_all(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        moved = kari.t("This has moved on. Write «help» to see what you can do now.")
        await trial(kari)
        argument = f"q{asked_with(stage, PROBLEM).id}"
        await kari.presses_raw(f"arrived:write:{argument}")
        assert moved in kari.private
        await kari.sends(f"arrived:write:{argument},0", text=WORDS)
        assert moved in kari.private
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await kari.writes("konklusjon")
        assert (
            kari.t("No answers are open yet. When they are, you can write what you arrived at.")
            in kari.private
        )
        assert stands(stage) is None
        # house answers are opened, but are nobody's but the house's
        await kari.writes("neste")
        await kari.writes("neste")
        await answers(kari, "Gevinst.", on=GAIN)
        await kari.writes("åpne")
        assert asked_with(stage, GAIN).state == AskedState.OPENED
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=GAIN)
        assert stands(stage) is None
        # and in a round that is closed it can still be written
        await kari.writes("fullfør")
        first = kari.t("Question {n} of {total}", n=1, total=3)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=first)
        assert stands(stage) == WORDS
        change(stage, Round, state="cancelled")
        await kari.says(f"@Samspill kom fram til: {BETTER}", under=first)
        assert stands(stage) == WORDS

    play(database, story)


@EACH_CHANNEL
def test_what_is_no_conclusion_is_said_and_nothing_is_lost(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "z", "nils")
        await opened(cast)
        argument = f"q{asked_with(stage, PROBLEM).id}"
        for text in ("", "   ", "👍🎉", "x" * 2_001, "y" * 20_000):
            await kari.sends(
                f"arrived:write:{argument},0", text=text, who="", by_when="", again="3"
            )
            assert list(kari.errors) == ["text"], text[:10]
        wrong = {"by_when": "31.2.2027", "who": "x" * 201, "text": WORDS, "again": "3"}
        await kari.sends(f"arrived:write:{argument},0", **wrong)
        assert sorted(kari.errors) == ["by_when", "who"]
        await kari.sends(f"arrived:write:{argument},0", text=WORDS, by_when="2020-01-01")
        assert list(kari.errors) == ["by_when"]
        for words in ("👍", "x" * 20_000):
            await kari.says(f"@Samspill kom fram til: {words}", under=PROBLEM)
            assert kari.t("Nothing has been changed.") in kari.private
        await kari.says("@Samspill kom fram til:", under=PROBLEM)
        await kari.writes("konklusjon")
        for words in ("👍", "x" * 20_000):
            await kari.writes(words)
            assert kari.t("The question still waits. «stop» lets it go.") in kari.private
        assert stands(stage) is None
        await nils.presses_raw(f"arrived:write:{argument}")
        await nils.sends(f"arrived:write:{argument},0", text="Utenfra")
        await nils.writes("konklusjon: Utenfra")
        assert "Slik ser" not in nils.screen()
        assert stands(stage) is None
        # the same form sent twice, and the same words, make one wording
        await kari.sends(f"arrived:write:{argument},0", text=WORDS, again="3", who="Ola")
        await kari.repeats()
        await kari.sends(f"arrived:write:{argument},1", text=WORDS, again="3")
        await kari.sends(f"arrived:write:{argument},0", text=WORDS, again="3")
        meanwhile = kari.t("Somebody else had written this in the meantime:")
        assert meanwhile not in kari.private
        assert kept(stage, Wording) == []
        assert len(kept(stage, Action)) == 1
        # who saw an older wording is told what was written meanwhile; it is kept
        await cast["ola"].sends(f"arrived:write:{argument},0", text=BETTER, again="3")
        assert meanwhile in cast["ola"].private
        assert WORDS in cast["ola"].private
        assert [each.text for each in kept(stage, Wording)] == [WORDS]

    play(database, story)


@EACH_CHANNEL
def test_two_write_at_once(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        await opened(cast)
        argument = f"q{asked_with(stage, PROBLEM).id}"
        acts = [
            player.surface.submit(
                player, f"arrived:write:{argument},0", {"text": f"Slik, sier {name}.", "again": "3"}
            )
            for name, player in cast.items()
        ]
        await asyncio.gather(*(act() for act in acts))
        await stage.settle()
        assert len(kept(stage, Conclusion)) == 1
        texts = {each.text for each in kept(stage, Wording)} | {stands(stage)}
        assert texts == {f"Slik, sier {name}." for name in cast}
        live = [each for each in kept(stage, Outbox) if each.live == "conclusion"]
        assert len(live) == 2  # one in each place

    play(database, story)


@ON_SQLITE
def test_a_newcomer_in_the_channel_may_write_and_picks_an_organisation(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await opened(cast)
        nils = stage.player("web", "a", "nils")
        await nils.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        assert nils.t("Which organisation do you come from? You choose once.") in nils.private
        await nils.writes(HOUSES[0])
        assert stands(stage) == WORDS

    play(database, story)


@ON_SQLITE
def test_a_lost_name_leaves_the_words(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await opened(cast)
        await cast["siri"].says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        change(stage, Conclusion, written_by=None)
        await cast["kari"].says("@Samspill spør igjen om 6", under=PROBLEM)
        shown = cast["amina"].post_with(WORDS).text
        assert "Siri" not in shown
        assert WORDS in shown

    play(database, story)
