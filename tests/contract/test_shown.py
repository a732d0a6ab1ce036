"""What answers look like when they are opened, and what a summary says of them."""

from __future__ import annotations

from storage.engine import Database
from storage.tables import Answer
from tests.contract.stage import Stage
from tests.contract.stories import (
    GAIN,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    five,
    kept,
    play,
    trial,
)


@ON_SQLITE
def test_a_scale_shows_no_single_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await kari.writes("neste")
        await kari.presses("Helt enig", on=SAME)
        await cast["siri"].presses("Helt uenig", on=SAME)
        await cast["siri"].presses("Add this")
        await cast["siri"].fills(more="Vi ser noe helt annet.")
        await kari.presses("Open the answers", on=SAME)
        # a spread of two would tell who chose what
        few = ola.t("Fewer than three have answered, so the answers are not shown.")
        assert few in ola.post_with(few).text
        await cast["amina"].presses("Litt enig", on=SAME)
        # what was added stands under the spread, and without a name
        page = ola.post_with("Vi ser noe helt annet.")
        assert "Helt enig: ● 1" in page.text
        assert "Siri" not in page.text
        # a made-up button for one answer gets nothing
        for answer in kept(stage, Answer):
            await ola.presses_raw(f"round:full:n{answer.id}")
            assert "Helt" not in ola.private

    play(database, story)


@ON_SQLITE
def test_a_spread_of_many_answers_is_one_page_and_stays_fresh(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        many = [stage.player("web", "a", f"deltaker{n}") for n in range(18)]
        await trial(kari)
        await kari.writes("neste")
        for each in many:
            await each.presses("Helt enig", on=SAME)
            await each.presses(HOUSES[0])
        await kari.presses("Open the answers", on=SAME)
        title = kari.t("The answers")
        assert "● 18" in kari.post_with(title).text
        await many[-1].presses("Helt uenig", on=SAME)
        assert "Helt enig: " + "●" * 17 + " 17" in kari.post_with(title).text

    play(database, story)


@ON_SQLITE
def test_one_organisation_alone_agrees_with_nobody(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        await kari.writes("neste")
        await kari.presses("Helt enig", on=SAME)
        for name in ("siri", "amina", "per"):
            await cast[name].presses("Don't know", on=SAME)
        await kari.writes("fullfør")
        summary = amina.post_with(amina.t("What the answers show: {name}", name="Prøverunde"))
        assert amina.t("We agree on") not in summary.text
        assert amina.t("Answered in one organisation only") in summary.text

    play(database, story)


@ON_SQLITE
def test_what_one_adds_is_cut_and_shown_whole_at_will(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(kari, "Kort")
        await kari.presses("Add this")
        await kari.fills(more="ord " * 800 + "slutt")
        await kari.presses("Open the answers", on=PROBLEM)
        assert "slutt" not in ola.post_with("Kort").text
        await ola.presses("Show all", on="Kort")
        assert ola.private.endswith("slutt")

    play(database, story)


@ON_SQLITE
def test_a_house_question_says_that_no_more_is_shown(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        await kari.writes("neste")
        await kari.writes("neste")
        for name in ("kari", "siri", "amina"):
            await answers(cast[name], f"Gevinst for {name}", on=GAIN)
        await kari.presses("Open the answers", on=GAIN)
        question = kari.post_with(GAIN).text
        assert kari.t("The answers are open. Talk in the thread.") not in question
        assert not [
            each
            for each in kari.sees()
            if each.author is None and "Gevinst" in each.text and each.room == kari.room
        ]

    play(database, story)
