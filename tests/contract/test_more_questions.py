"""Questions beside a round's own: going deeper, the week's on Mondays, and on paper."""

from __future__ import annotations

from datetime import date, timedelta

from storage.engine import Database
from storage.tables import Answer, Asked, Collaboration
from tests.contract.stage import SOCKET_MODE, Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    NAME,
    ON_SQLITE,
    PACKS,
    PROBLEM,
    SAME,
    asked_with,
    change,
    change_person,
    five,
    kept,
    play,
)

DAY = timedelta(days=1)
FIND_OUT = "Hvordan vil dere sammen finne ut"
NEEDS = "Hvordan skal dere finne ut hva brukerne trenger?"
WORDS = "Vi snakker med de etterlatte selv."


@EACH_CHANNEL
def test_going_deeper_one_question_at_a_time(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 2")
        await kari.writes("neste")
        await ola.presses("Answer or change", on=NEEDS)
        await ola.fills(answer=WORDS)
        assert len(kept(stage, Asked)) == 8, "an answer alone sets nothing off"
        await ola.presses("Go deeper")
        core = asked_with(stage, NEEDS)
        first = kept(stage, Asked)[-1]
        assert first.parent_id == core.id
        assert ola.say.pick(first.content["text"]) in ola.private
        await ola.sends(f"round:answer:q{first.id}", answer="De slipper å gjenta seg.")
        await ola.presses("Go deeper")
        second = kept(stage, Asked)[-1]
        assert second.id != first.id
        # the round's own questions are still eight, and nobody is waited for
        assert ola.t("Question {n} of {total}", n=2, total=8) in kari.screen()
        await kari.writes("svar")
        assert kari.say.pick(first.content["text"]) not in kari.private
        # somebody else takes up the same question, not a second one
        siri = cast["siri"]
        await siri.sends(f"round:answer:q{core.id}", answer=WORDS)
        await siri.presses_raw(f"round:deeper:q{core.id}")
        assert len(kept(stage, Asked)) == 10
        # what was said there opens in the thread of its question
        await kari.presses("Open the answers", on=NEEDS)
        page = kari.post_with("De slipper å gjenta seg.")
        assert page.thread is not None
        assert kari.t("Going deeper: {question}", question="")[:8] in page.text

    play(database, story)


@ON_SQLITE
def test_there_is_an_end_to_going_deeper(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 2")
        core = asked_with(stage, FIND_OUT)
        await ola.sends(f"round:answer:q{core.id}", answer=WORDS)
        await ola.writes("dypere")
        only = kept(stage, Asked)[-1]
        await ola.sends(f"round:answer:q{only.id}", answer=("KS", "Nav"))
        assert kept(stage, Answer)[-1].value == {"items": ["KS", "Nav"]}
        await ola.writes("dypere")
        assert ola.t("There is nothing deeper to ask about this.") in ola.private
        # a stranger gets none
        nils = stage.player("web", "c", "nils")
        await nils.presses_raw(f"round:deeper:q{core.id}")
        assert len(kept(stage, Asked)) == 9

    play(database, story)


@ON_SQLITE
def test_who_chose_so_gets_the_weeks_questions_on_monday(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        change_person(stage, ola, monday=True)
        await stage.pass_time(4 * DAY)  # Friday
        await kari.writes("runde 1 daglig")
        await ola.writes("svar")
        await ola.writes("Etterlatte må melde fra mange steder.")
        await ola.writes("neste")
        assert SAME not in ola.private, "that is next week's"
        await stage.pass_time(3 * DAY)  # Monday
        line = ola.say.tn(
            "{n} question of «{name}» is waiting for you this week.",
            "{n} questions of «{name}» are waiting for you this week.",
            2,
            name="Prøverunde",
        )
        assert line in ola.screen()
        assert line not in siri.screen()
        await ola.writes("svar")
        assert SAME in ola.private
        await ola.writes("5")
        assert GAIN in ola.private, "though it is not asked before tomorrow"
        await ola.writes("Vi slipper å spørre om det samme.")
        assert len(kept(stage, Answer)) == 3
        # nobody else can answer it before its day
        gain = asked_with(stage, GAIN)
        await siri.sends(f"round:answer:q{gain.id}", answer="For tidlig ute.")
        assert len(kept(stage, Answer)) == 3
        await stage.pass_time(DAY)
        counted = kari.say.tn("{n} answer", "{n} answers", 1)
        assert counted in kari.post_with(GAIN).text, "it counts when the question comes"

    play(database, story)


@ON_SQLITE
def test_on_monday_nothing_comes_that_may_never_be_asked(database: Database) -> None:
    """In `felles-mal-1` one question follows from a yes or partly to another."""

    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        change_person(stage, ola, monday=True)
        await kari.writes("runde 2 daglig")  # on a Monday
        follows = next(each for each in kept(stage, Asked) if each.content.get("condition"))
        change(stage, Asked, Asked.due_on != date.min, due_on=date(2026, 11, 27))
        await ola.writes("svar")
        assert more(ola, 6) in ola.private, "eight, one of which may never be asked"
        await ola.presses_raw(f"round:dont_know:q{follows.id}")
        assert not kept(stage, Answer)
        # it is to be asked once somebody's answer says so
        gate = asked_with(stage, "Kan oppdraget til din virksomhet komme i konflikt")
        await ola.sends(f"round:answer:q{gate.id}", answer="yes")
        await ola.writes("svar")
        assert more(ola, 6) in ola.private, "seven are left, all of them to be asked"
        await ola.presses_raw(f"round:dont_know:q{follows.id}")
        assert [each.asked_id for each in kept(stage, Answer)] == [gate.id, follows.id]

    play(database, story)


@ON_SQLITE
def test_the_week_is_the_collaborations_and_a_pause_holds_it_back(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        change_person(stage, ola, monday=True)
        await kari.writes("runde 1 daglig")
        for day, question in ((23, PROBLEM), (29, SAME), (30, GAIN)):
            asked = asked_with(stage, question)
            change(stage, Asked, Asked.id == asked.id, due_on=date(2026, 11, day))
        await ola.writes("svar")
        assert more(ola, 1) in ola.private, "this week ends on Sunday"
        await kari.writes("pause")
        await ola.writes("svar")
        assert PROBLEM in ola.private
        assert more(ola, 1) not in ola.private, "no new questions come in a pause"
        await kari.writes("fortsett")
        # Monday in Kiritimati is Sunday still in Greenwich
        change(stage, Collaboration, Collaboration.name == NAME, zone="Pacific/Kiritimati")
        await stage.pass_time(6 * DAY + timedelta(hours=3))
        for day, question in ((29, SAME), (30, GAIN)):
            asked = asked_with(stage, question)
            change(stage, Asked, Asked.id == asked.id, due_on=date(2026, 11, day), state="waiting")
        await ola.writes("svar")
        assert more(ola, 2) in ola.private

    play(database, story)


def more(player: Player, count: int) -> str:
    """So many wait besides the one that is shown."""
    one, many = "{n} more question is waiting.", "{n} more questions are waiting."
    return player.say.tn(one, many, count)


@EACH_CHANNEL
def test_questions_on_paper_for_whomever_chat_does_not_reach(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        ola = cast["ola"]
        await ola.writes("møteark")
        assert f"({ola.t('for leaders')})" in ola.private
        number = next(
            line.split(".")[0]
            for line in ola.private.splitlines()
            if line.endswith(f"({ola.t('for leaders')})")
        )
        await ola.writes(f"møteark {number}")
        assert ola.t("The sheet comes in a direct message.") in ola.screen()
        part = PACKS.parts("leader")[0]  # the first that is for leaders, as on the list
        last = len(part.questions)
        asks = f"{last}. {ola.say.pick(part.questions[-1].text.model_dump())}"
        sheets = {"poor": asks, "slack": ".html)", SOCKET_MODE: ".html)"}
        sheet = sheets.get(platform, "/chat/file/file:round:sheet:")
        assert sheet in ola.screen()
        await ola.writes("møteark 99")
        assert ola.t("There is no part with that number. Write a number from 1 to {n}.", n=31) in (
            ola.private
        )

    play(database, story)


@ON_SQLITE
def test_a_stranger_gets_no_paper(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await cast["kari"].writes("runde 1 se over")
        nils = stage.player("web", "c", "nils")
        await nils.presses_raw("round:sheet:r1")
        assert PROBLEM not in nils.screen()
        assert nils.t("You are not part of this collaboration. Ask a coordinator for a code.") in (
            nils.private
        )

    play(database, story)
