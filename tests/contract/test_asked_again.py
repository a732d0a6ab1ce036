"""What people arrived at, asked again later, and what was answered both times."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from storage.engine import Database
from storage.tables import (
    Asked,
    Conclusion,
    Round,
    RoundState,
    Whose,
)
from tests.contract.arriving import MONTHS, WORDS, open_first, opened, scaled
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
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
    start,
    trial,
)

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
