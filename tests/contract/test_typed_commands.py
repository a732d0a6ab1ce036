"""Commands with more words: what is not understood starts nothing, and what can be no answer is a
command though something waits."""

from __future__ import annotations

from datetime import timedelta

from storage.engine import Database
from storage.tables import Action, ActionState, Answer, Conclusion, Pace, Round, Way, Whose
from tests.contract.stage import Stage
from tests.contract.stories import (
    ON_SQLITE,
    PROBLEM,
    answers,
    five,
    kept,
    play,
    trial,
)

WORDS = "Etterlatte må melde fra mange steder."


UNKNOWN = {
    "annonymt": "annonymt",
    "Daglg anonymt": "Daglg",
    "daglig sammen": "sammen",
    "anonymt med navn": "med navn",
    "90 dager": "90 dager",
    "daglig\nannonymt": "annonymt",
}
KNOWN = {
    "anonymisert": (Pace.LIVE, Way.TOGETHER, Whose.ANONYMOUS),
    "uten navn, daglig": (Pace.DAILY, Way.TOGETHER, Whose.ANONYMOUS),
    "utan namn": (Pace.LIVE, Way.TOGETHER, Whose.ANONYMOUS),
    "åpent": (Pace.LIVE, Way.THREAD, Whose.NAMED),
    "ope i tråden": (Pace.LIVE, Way.THREAD, Whose.NAMED),
    "Open thread and daily": (Pace.DAILY, Way.THREAD, Whose.NAMED),
    "Én per virksomhet": (Pace.LIVE, Way.TOGETHER, Whose.ONE_EACH),
    "per virksomhet hver for seg": (Pace.SELF, Way.TOGETHER, Whose.BY_HOUSE),
    "5 dager med navn": (Pace.LIVE, Way.TOGETHER, Whose.NAMED),
}


@ON_SQLITE
def test_a_word_that_is_not_understood_starts_no_round(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        for rest, unknown in UNKNOWN.items():
            await kari.writes(f"runde 2 {rest}")
            assert not kept(stage, Round)
            text = "I did not understand «{words}». Nothing has been started."
            assert kari.t(text, words=unknown) in kari.private
            assert "anonymt" in kari.private.split("\n")[-1], "it says what can be written"

    play(database, story)


@ON_SQLITE
def test_a_mistyped_word_to_samspill_in_a_thread_is_not_met_with_silence(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        unknown = ola.t("I did not understand «{words}».", words="kom fam til: Én eier")
        await answers(ola, WORDS)
        await kari.writes("åpne")
        await ola.says("@Samspill kom fam til: Én eier", under=PROBLEM)
        assert unknown in ola.private
        ola.reply = None
        await ola.says("Bare prat.", under=PROBLEM)
        assert not ola.private, "what is not written to Samspill is none of its business"
        await kari.writes("fullfør")
        await ola.says(
            "@Samspill kom fam til: Én eier",
            under=ola.t("What the answers show: {name}", name="Prøverunde"),
        )
        assert unknown in ola.private

    play(database, story)


@ON_SQLITE
def test_what_can_be_written_after_a_round(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        for rest, plan in KNOWN.items():
            await kari.writes(f"runde 1 {rest}")
            made = kept(stage, Round)[-1]
            assert (made.pace, made.way, made.whose) == plan, rest
            assert made.days == 5 or "5" not in rest
            await kari.writes("avlys nå")
        assert len(kept(stage, Round)) == len(KNOWN)

    play(database, story)


@ON_SQLITE
def test_what_can_be_no_answer_is_a_command_whatever_waits(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, WORDS)
        await kari.writes("åpne")
        await ola.writes("konklusjon")
        # his conclusion waits, and none of this is it
        await ola.writes("tiltak:Spørre de etterlatte – Ola")
        await ola.writes("tiltak 1 ferdig")
        (action,) = kept(stage, Action)
        assert (action.text, action.state) == ("Spørre de etterlatte", ActionState.DONE)
        await ola.writes("tiltak 1: Spørre dem i høst – Ola")
        assert kept(stage, Action)[0].state == ActionState.DONE
        assert "Spørre dem i høst" in ola.private
        await ola.writes("runde 2 daglig")
        assert ola.t("Only a coordinator can do this.") in ola.private
        assert not kept(stage, Conclusion)
        # a sentence that begins with a command word is one
        await ola.writes("Tiltak mot dobbel innmelding må på plass.")
        (concluded,) = kept(stage, Conclusion)
        assert concluded.text.startswith("Tiltak mot")

    play(database, story)


@ON_SQLITE
def test_an_answer_may_begin_with_the_word_for_it(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        per = cast["per"]
        await trial(cast["kari"])
        await per.writes("svar")
        await per.writes("Svar: at alle melder fra én gang.")
        (answer,) = kept(stage, Answer)
        assert answer.value == {"text": "Svar: at alle melder fra én gang."}
        await per.writes("Legg til: også til banken.")
        (answer,) = kept(stage, Answer)
        assert answer.value["text"].endswith("Legg til: også til banken.")

    play(database, story)


@ON_SQLITE
def test_a_forgotten_conclusion_waits_an_hour_and_no_longer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, WORDS)
        await kari.writes("åpne")
        await ola.writes("konklusjon")
        await stage.pass_time(timedelta(hours=2))
        await ola.writes("Hva skjer på torsdag?")
        assert not kept(stage, Conclusion)
        text = "I did not understand «{words}»."
        assert ola.t(text, words="Hva skjer på torsdag?") in ola.private

    play(database, story)
