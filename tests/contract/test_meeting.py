"""The page for a meeting on the working day after a round, and the brief for newcomers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import docx
from aiohttp import ClientResponse

from bot.chat.demo import COOKIE
from dialogs.reports.meeting import WORD_TYPE
from storage.engine import Database
from storage.tables import Job, Kind, Outbox, Timer
from tests.contract.built_in import BuiltIn
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    ON_SQLITE,
    PROBLEM,
    SAME,
    People,
    answers,
    change_person,
    five,
    kept,
    play,
    trial,
)
from tests.contract.test_summary import summary

UNTIL_MORNING = timedelta(hours=23)  # from ten o'clock on: the stage begins at ten


COMING = "A page for the meeting: in this thread from {day}."


async def round_of_five(cast: People) -> None:
    """A trial round that is answered, and closed."""
    kari = cast["kari"]
    await trial(kari)
    for name in ("kari", "siri", "amina"):
        await answers(cast[name], f"{name} vil <b>hjelpe</b> & si det \x0bén gang.")
    await kari.writes("neste")
    for name, step in (("kari", "Helt enig"), ("ola", "Helt uenig"), ("amina", "Litt enig")):
        await cast[name].presses(step, on=SAME)
    await kari.writes("fullfør")


def files(player: Player) -> list[Any]:
    """The files that somebody sees, by their links."""
    return [each for each in player.sees() if "/chat/file/" in each.text]


async def opened(player: Player, seen: Any) -> ClientResponse:
    """What somebody gets who follows the link of a file."""
    surface = player.surface
    assert isinstance(surface, BuiltIn)
    address = re.search(r"/chat/file/\S+", seen.text)
    assert address
    cookies = {COOKIE: surface.key(player)}
    return await player.stage.client.get(address[0], cookies=cookies)


@EACH_CHANNEL
def test_the_page_comes_the_next_working_day(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await round_of_five(cast)
        title = kari.t("For the meeting")
        assert title not in kari.screen()
        await stage.pass_time(UNTIL_MORNING)
        for each in (kari, amina):
            heading = each.t("What the answers show: {name}", name="Prøverunde")
            page = each.post_with(each.t("For the meeting"))
            assert page.thread == each.post_with(heading).id
        rows = [each for each in kept(stage, Outbox) if each.kind == Kind.FILE]
        assert [(each.live, each.state, each.body) for each in rows] == [
            ("page", "settled", None),
            ("word", "settled", None),
        ] * 2
        if platform == "poor":
            words = [each.text for each in kari.sees() if "Når noen dør · " in each.text]
            assert len(words) == 1  # the page in words; there is no Word document in words
            assert kari.t("We see it differently") in words[0]
            return
        if platform.startswith("slack"):
            for ending in (".html)", ".docx)"):
                assert kari.post_with(ending).thread == kari.post_with(heading).id
            return
        html, word = files(kari)
        async with await opened(kari, html) as got:
            text = await got.text()
            assert got.content_type == "text/html"
            assert "Når noen dør" in text
            assert SAME in text
            assert "Fjordetaten" in text
        async with await opened(kari, word) as got:
            assert got.content_type == WORD_TYPE
            assert (await got.read()).startswith(b"PK")
        async with await opened(amina, html) as got:
            assert got.status == 404  # the other place has its own

    play(database, story)


@ON_SQLITE
def test_the_page_has_the_answers_in_words_that_all_may_read_and_no_names(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await kari.writes("runde 1 anonymt")
        for name, text in (("ola", "Skjemaene."), ("siri", "Ventetiden."), ("per", "<b>Alt.")):
            await answers(cast[name], text)
        await kari.writes("neste")
        await kari.writes("neste")
        await answers(cast["ola"], "Hemmelig i huset.", on=GAIN)
        await kari.writes("fullfør")
        await stage.pass_time(UNTIL_MORNING)
        html, word = files(kari)
        async with await opened(kari, html) as got:
            text = await got.text()
        async with await opened(kari, word) as got:
            lines = [each.text for each in docx.Document(BytesIO(await got.read())).paragraphs]
        for each in ("Skjemaene.", "Ventetiden."):
            assert each in text
            assert each in lines
        assert "&lt;b&gt;Alt." in text
        for each in ("Hemmelig", "Ola", "Siri"):
            assert each not in text
            assert each not in " ".join(lines)

    play(database, story)


@ON_SQLITE
def test_it_comes_once_and_stays_as_the_record_is(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await round_of_five(cast)
        await stage.pass_time(UNTIL_MORNING)
        html, _ = files(kari)
        async with await opened(kari, html) as got:
            assert "4 personer" in await got.text()
        # a late answer: no second page, and the first one has it
        await cast["per"].presses("Helt uenig", on=SAME)
        await stage.pass_time(timedelta(days=2))
        assert len(files(kari)) == 2
        async with await opened(kari, html) as got:
            assert "5 personer" in await got.text()

    play(database, story)


@ON_SQLITE
def test_a_round_that_goes_on_has_its_page_after_its_new_end(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await round_of_five(cast)
        await kari.writes("gjenåpne")
        await stage.pass_time(UNTIL_MORNING)
        assert not files(kari)
        await kari.writes("fullfør")
        await stage.pass_time(UNTIL_MORNING + timedelta(hours=1))
        assert len(files(kari)) == 2

    play(database, story)


@ON_SQLITE
def test_a_round_that_was_opened_again_after_its_page_has_a_new_one(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await round_of_five(cast)
        await stage.pass_time(UNTIL_MORNING)
        assert len(files(kari)) == 2
        await kari.writes("gjenåpne")
        await kari.writes("neste")
        await cast["per"].presses("Helt uenig", on=SAME)
        await kari.writes("fullfør")
        await stage.pass_time(UNTIL_MORNING)
        assert len(files(kari)) == 4
        async with await opened(kari, files(kari)[2]) as got:
            assert "5 personer" in await got.text()
        await stage.pass_time(timedelta(days=2))
        assert len(files(kari)) == 4

    play(database, story)


@ON_SQLITE
def test_a_round_before_a_weekend_has_its_page_on_monday(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        stage.clock.forward(timedelta(days=4))  # Friday
        await round_of_five(cast)
        (due,) = (each.due_at for each in kept(stage, Timer) if each.action == "page")
        assert due.replace(tzinfo=UTC) == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
        kari = cast["kari"]
        day = kari.say.day(due.date())
        assert kari.t(COMING, day=day) in kari.screen()

    play(database, story)


@ON_SQLITE
def test_a_round_that_nobody_answered_has_no_page(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        await kari.writes("fullfør")
        await stage.pass_time(UNTIL_MORNING)
        assert [each.action for each in kept(stage, Job)] == ["summary", "page"]
        assert not [each for each in kept(stage, Outbox) if each.kind == Kind.FILE]
        assert kari.t("For the meeting") not in kari.screen()
        assert kari.t(COMING, day="").strip(" .") not in kari.screen()

    play(database, story)


@EACH_CHANNEL
def test_whoever_comes_later_gets_it_in_brief(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, per = cast["kari"], cast["per"]
        await per.writes("kort for nye")
        assert per.t("No round is finished yet.") in per.private
        await round_of_five(cast)
        change_person(stage, per, language="nn")
        per.language = "nn"
        await per.writes("kort")
        assert "Kort om «Når noen dør»" in per.private
        differ = per.private.partition(per.t("We see it differently"))[2]
        assert SAME in differ or "«Alle partane" in differ
        assert "Ola" not in per.private
        await kari.writes("status")
        await kari.presses("In brief, for newcomers")
        assert kari.t("{name}, in brief", name="Når noen dør") in kari.private
        # a stranger gets nothing
        tone = stage.player("web", "c", "tone")
        await tone.presses_raw("round:brief:c1")
        assert "Fjordetaten" not in tone.private
        assert "Prøverunde" in summary(kari)

    play(database, story)


@ON_SQLITE
def test_what_was_arrived_at_and_promised_stands_on_the_page(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, per = cast["kari"], cast["per"]
        await round_of_five(cast)
        await kari.presses("This is what we arrived at", on=PROBLEM)
        words = "Vi eier <i>problemet</i> sammen."
        await kari.fills(text=words, who="Amina", by_when="2027-03-01", again="6")
        await stage.pass_time(UNTIL_MORNING)
        async with await opened(kari, files(kari)[0]) as got:
            text = await got.text()
        assert "Vi eier &lt;i&gt;problemet&lt;/i&gt; sammen." in text
        assert "Amina" in text
        assert "mandag 1. mars 2027" in text
        await per.writes("kort")
        assert words in per.private
        assert per.t("What you promised each other") in per.private

    play(database, story)


@ON_SQLITE
def test_the_word_document_opens(database: Database, tmp_path: Any) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await round_of_five(cast)
        await stage.pass_time(UNTIL_MORNING)
        async with await opened(kari, files(kari)[1]) as got:
            (tmp_path / "page.docx").write_bytes(await got.read())
        made = docx.Document(str(tmp_path / "page.docx"))
        said = "\n".join(each.text for each in made.paragraphs)
        assert "Prøverunde" in said
        assert PROBLEM in said

    play(database, story)
