"""What people arrive at: written, corrected, shown in every thread, and asked again later."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from dialogs.arrived.movement import may_stand_together
from dialogs.arrived.when import months_later
from storage.engine import Database
from storage.tables import (
    Action,
    Asked,
    AskedState,
    Audit,
    Conclusion,
    Conversation,
    Outbox,
    Round,
    RoundState,
    Whose,
    Wording,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    EVERYWHERE,
    GAIN,
    HOUSES,
    ON_SQLITE,
    PACKS,
    PROBLEM,
    SAME,
    answers,
    asked_with,
    change,
    change_person,
    five,
    kept,
    play,
    start,
    trial,
)

ARRIVED = "This is what we arrived at"
WORDS = "Vi eier problemet sammen."
BETTER = "Vi eier problemet sammen, og Elveby tar det første steget."
MONTHS = timedelta(days=92)


async def opened(cast: dict[str, Player]) -> None:
    """A trial round whose first question has answers that the coordinator opened."""
    await trial(cast["kari"])
    await open_first(cast)


async def open_first(cast: dict[str, Player], words: str = "Slik ser vi det.") -> None:
    """Two answer the first question, and the coordinator opens."""
    await answers(cast["amina"], words)
    await cast["kari"].presses("Don't know", on=PROBLEM)
    await cast["kari"].writes("åpne")


async def scaled(cast: dict[str, Player], steps: dict[str, str]) -> None:
    """The next question is the scale, and these answer it; then it is opened."""
    await cast["kari"].writes("neste")
    for name, step in steps.items():
        await cast[name].presses(step, on=SAME)
    await cast["kari"].writes("åpne")


def stands(stage: Stage) -> str | None:
    found = kept(stage, Conclusion)
    return found[-1].text if found else None


def audited(stage: Stage, start: str) -> list[str]:
    return [each.what for each in kept(stage, Audit) if each.what.startswith(start)]


# --- written and shown --------------------------------------------------------------------------


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
            "collaboration's documents. Others may ask for access (innsyn)."
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


# --- asked again --------------------------------------------------------------------------------

ASK = "This is what you arrived at. How do you see it now?"


def asks(player: Player) -> list[str]:
    """The messages that ask a coordinator whether to ask again."""
    return [each.text for each in player.sees() if player.t(ASK) in each.text]


@EACH_CHANNEL
def test_it_is_asked_again_and_then_and_now_stand_beside_each_other(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await opened(cast)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await scaled(
            cast,
            {"kari": "Helt enig", "ola": "Litt uenig", "siri": "Litt enig", "amina": "Litt uenig"},
        )
        await amina.says("@Samspill kom fram til: Vi ser det ulikt.", under=SAME)
        await kari.writes("fullfør")
        await stage.pass_time(timedelta(days=80))
        assert asks(kari) == []
        await stage.pass_time(timedelta(days=12))
        # one message for both, privately, to the coordinator alone
        assert len(asks(kari)) == 1
        for words in (WORDS, "Vi ser det ulikt.", PROBLEM, SAME):
            assert words in asks(kari)[0]
        assert all(asks(each) == [] for name, each in cast.items() if name != "kari")
        await amina.presses_raw(f"arrived:ask:q{asked_with(stage, SAME).id}")
        assert len(kept(stage, Round)) == 1
        if platform == "terminal":
            await kari.writes("spør igjen")
        else:
            await kari.presses("Ask again", on=kari.t(ASK))
        again = kept(stage, Round)[-1]
        assert len(kept(stage, Round)) == 2
        assert again.state == RoundState.OPEN
        # once more changes nothing
        await kari.presses_raw(f"arrived:ask:q{kept(stage, Conclusion)[0].asked_id}")
        await kari.writes("spør igjen senere")
        assert len(kept(stage, Round)) == 2
        assert [each.again_at for each in kept(stage, Conclusion)] == [None, None]
        amina.post_with(amina.t("Question {n} of {total}", n=1, total=2))
        await open_first(cast, "Slik ser vi det nå.")
        page = amina.post_with("Slik ser vi det nå.").text
        assert amina.t("Last time, {day}", day="") in page
        assert f"{amina.t('What we arrived at then')}\n«{WORDS}»" in page
        await scaled(cast, {"kari": "Helt enig", "ola": "Litt enig", "siri": "Litt enig"})
        spread = amina.post_with("4 Litt enig: ●● 2").text
        both = amina.t("then {then} · now {now}", then="● 1", now="●● 2")
        assert f"4 Litt enig: {both}" in spread
        assert amina.t("then {then} · now {now}", then="●● 2", now="0") in spread
        assert "Vi ser det ulikt." in spread
        assert "→" not in spread
        assert "%" not in spread
        await kari.writes("fullfør")
        summary = amina.post_with(amina.t("Then and now")).text
        assert "Vi ser det ulikt." in summary
        assert both in summary

    play(database, story)


@EACH_CHANNEL
def test_not_now_and_never(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await opened(cast)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await stage.pass_time(MONTHS)
        await kari.presses("Not now: in a month", on=kari.t(ASK))
        await stage.pass_time(timedelta(days=25))
        assert len(asks(kari)) == 1
        await stage.pass_time(timedelta(days=4))
        assert len(asks(kari)) == 2
        await kari.writes("spør igjen senere")
        await stage.pass_time(timedelta(days=35))  # a month later is a Saturday
        assert len(asks(kari)) == 3
        await kari.writes("ikke spør igjen")
        assert kept(stage, Conclusion)[0].again_at is None
        await stage.pass_time(timedelta(days=400))
        assert len(asks(kari)) == 3
        await kari.writes("spør igjen")
        assert kari.t("No question waits to be asked again now.") in kari.private
        # by the button; and what another coordinator chose stands
        await kari.presses_raw(f"arrived:again:q{asked_with(stage, PROBLEM).id}", "1")
        await kari.writes("folk amina: koordinator")
        await stage.pass_time(timedelta(days=62))  # July is left in peace
        assert len(asks(cast["amina"])) == 1
        change(stage, Round, state=RoundState.CANCELLED)  # what was arrived at stands all the same
        await cast["amina"].presses("Turn it off", on=kari.t(ASK))
        await kari.presses("Ask again", on=kari.t(ASK))
        chosen = kari.t("This has been chosen already, by you or another coordinator.")
        assert chosen in kari.private
        assert len(kept(stage, Round)) == 1

    play(database, story)


@ON_SQLITE
def test_an_anonymous_round_stays_one_and_its_small_figures_are_not_shown_again(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        part = next(each.id for each in PACKS.parts("team") if each.trial)
        await start(kari, part, "anonymt")
        await kari.writes("neste")
        await all_answer(cast, {"kari": "Litt uenig", "ola": "Litt uenig"})
        await kari.writes("fullfør")
        second = kari.t("Question {n} of {total}", n=2, total=3)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=second)
        change(stage, Asked, Asked.position == 2, content=unmet(asked_with(stage, SAME)))
        await stage.pass_time(MONTHS)
        await kari.writes("spør igjen")
        assert [each.whose for each in kept(stage, Round)] == [Whose.ANONYMOUS] * 2
        await all_answer(cast, {})
        await kari.writes("fullfør")
        compared = kari.t("then {then} · now {now}", then="●●● 3", now="●●●●● 5")
        for words in ("4 Litt enig: ●●●●● 5", kari.t("What the answers show: {name}", name="")):
            shown = kari.post_with(words).text
            assert WORDS in shown
            assert compared not in shown

    play(database, story)


async def all_answer(cast: dict[str, Player], others: dict[str, str]) -> None:
    """Everybody answers the scale: "somewhat agree", but for some."""
    for name, player in cast.items():
        await player.presses(others.get(name, "Litt enig"), on=SAME)


def unmet(asked: Asked) -> dict[str, Any]:
    """A question's content with a condition that nothing meets any more."""
    clause = {"question": "et-annet-sporsmal", "answer_in": ["yes"]}
    return {**asked.content, "condition": {"any": [clause]}}


@ON_SQLITE
def test_what_is_due_the_same_week_comes_in_one_message(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await opened(cast)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await scaled(cast, {"kari": "Helt enig", "siri": "Litt enig"})
        await stage.pass_time(timedelta(days=2))
        await kari.says("@Samspill kom fram til: Samme uke.", under=SAME)
        due = [each.again_at for each in kept(stage, Conclusion)]
        assert [each.date() for each in due] == [date(2027, 2, 23), date(2027, 2, 25)]
        await stage.pass_time(due[0] - stage.clock.now() + timedelta(hours=1))
        assert len(asks(kari)) == 1
        assert WORDS in asks(kari)[0]
        assert "Samme uke." in asks(kari)[0]
        await stage.pass_time(timedelta(days=7))
        assert len(asks(kari)) == 1
        # what is due another week waits for that
        await kari.writes("spør igjen senere")
        await stage.pass_time(timedelta(days=9))
        await kari.presses_raw(f"arrived:again:q{asked_with(stage, SAME).id}", "1")
        due = [each.again_at for each in kept(stage, Conclusion)]
        assert [each.date() for each in due] == [date(2027, 4, 2), date(2027, 4, 12)]
        await stage.pass_time(due[0] - stage.clock.now() + timedelta(hours=1))
        assert len(asks(kari)) == 2
        assert "Samme uke." not in asks(kari)[1]

    play(database, story)


@ON_SQLITE
def test_while_a_round_runs_it_is_not_asked_again_and_the_message_stays_good(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await opened(cast)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        await stage.pass_time(MONTHS)
        await trial(kari)
        await kari.presses("Ask again", on=kari.t(ASK))
        assert kari.t("A round is running. Finish it before you start another.") in kari.private
        await kari.writes("fullfør")
        await kari.presses("Ask again", on=kari.t(ASK))
        assert len(kept(stage, Round)) == 3

    play(database, story)


@ON_SQLITE
def test_it_comes_at_work_though_nobody_was_running_and_the_away_are_left_alone(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await kari.writes("folk amina: koordinator")
        change_person(stage, amina, away_until=date(2028, 1, 1))
        await opened(cast)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=PROBLEM)
        at_night = kept(stage, Conclusion)[0].again_at + timedelta(days=40, hours=14)
        await stage.pass_time(at_night - stage.clock.now())
        assert asks(kari) == []
        await stage.pass_time(timedelta(hours=11))
        assert len(asks(kari)) == 1
        assert asks(amina) == []

    play(database, story)


@ON_SQLITE
def test_a_later_round_of_the_same_set_shows_it_too(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await opened(cast)
        await scaled(cast, {"kari": "Helt enig", "siri": "Litt enig"})
        await kari.writes("fullfør")
        await trial(kari)
        await open_first(cast)
        await scaled(cast, {"kari": "Helt enig", "siri": "Litt enig", "ola": "Litt enig"})
        # nothing was arrived at, words are not counted, and two on a scale are not shown
        assert kari.t("Last time, {day}", day="") not in kari.screen()
        first = kari.t("Question {n} of {total}", n=1, total=3)
        await kari.says(f"@Samspill kom fram til: {WORDS}", under=first)
        await kari.writes("fullfør")
        await trial(kari)
        await open_first(cast)
        assert f"«{WORDS}»" in kari.post_with("Slik ser vi det").text
        # the other collaboration has its own last time
        others = five(stage, tenants=("c", "d"), name="Et annet")
        await trial(others["kari"])
        await open_first(others)
        assert WORDS not in others["kari"].screen()

    play(database, story)


# --- arithmetic ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 8, 15), 12, date(2027, 8, 15)),
    ],
)
def test_months_later(day: date, months: int, then: date) -> None:
    assert months_later(day, months) == then


def test_small_figures_of_anonymous_rounds_do_not_stand_beside_each_other() -> None:
    assert may_stand_together([4, 1], [1, 2], nameless=False)
    assert not may_stand_together([], [3, 5], nameless=False)
    assert may_stand_together([4, 3], [3, 0, 5], nameless=True)
    assert not may_stand_together([4, 2], [3, 5], nameless=True)
    assert not may_stand_together([4, 3], [1, 5], nameless=True)
