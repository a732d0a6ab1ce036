"""`meg`: what people decide about themselves, by buttons, forms and typed words."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from dialogs.me.zones import close_to, zone_called
from storage.engine import Database
from storage.tables import Answer, Audit, Invitation, Membership, Outbox, Person, Role
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    HOUSES,
    NAME,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answer_of,
    answers,
    asked_with,
    change_person,
    five,
    kept,
    person_id,
    play,
    start,
    trial,
)

SENTENCE = "Etterlatte må melde fra mange steder."
THIRD = 3  # days ahead that somebody is away


def me(stage: Stage, player: Player) -> Person:
    mine = person_id(stage, player)
    found: Person = next(each for each in kept(stage, Person) if each.id == mine)
    return found


def direct_posts(player: Player) -> list[str]:
    """What Samspill has said in the direct conversation."""
    direct = player.surface.direct_room(player)
    return [each.text for each in player.sees() if each.room == direct and each.author is None]


@EACH_CHANNEL
def test_the_page_says_who_i_am_and_is_private(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        for language in ("nb", "nn", "en"):
            change_person(stage, kari, language=language)
            kari.language = language
            await kari.says("@Samspill meg")
            title = kari.t("You, as Samspill knows you")
            assert title in kari.private
            assert title not in ola.screen()
            for words in ("Kari", NAME, HOUSES[0], kari.t("coordinator"), kari.t("Time zone")):
                assert words in kari.private
        await kari.presses("English")
        kari.language = "en"
        await kari.writes("me")
        assert "You, as Samspill knows you" in kari.private
        assert f"{NAME}: {HOUSES[0]} · member · coordinator" in kari.private
        assert "Language: English" in kari.private

    play(database, story)


@EACH_CHANNEL
def test_a_name_is_corrected_wherever_it_stands(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        await trial(kari)
        await answers(siri, SENTENCE)
        await kari.presses("Open the answers", on=PROBLEM)
        assert f"Siri ({HOUSES[2]})" in ola.screen()
        await siri.writes("navn")
        await siri.writes("x" * 101)
        assert siri.t("Write your name, at most 100 characters.") in siri.private
        await siri.writes("Siri\n Lie\u200b")
        assert me(stage, siri).name == "Siri Lie"
        if platform != "poor":
            assert f"Siri Lie ({HOUSES[2]})" in ola.screen()
            assert f"Siri ({HOUSES[2]})" not in ola.screen()
        await siri.writes("meg")
        await siri.presses("Correct my name")
        await siri.fills(name="👍")
        assert siri.errors == {"name": siri.t("Write your name, at most 100 characters.")}
        await siri.fills(name="Siri Lie Berg")
        assert me(stage, siri).name == "Siri Lie Berg"

    play(database, story)


@EACH_CHANNEL
def test_a_time_zone_by_form_and_by_words(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        ola = cast["ola"]
        await ola.writes("meg")
        await ola.presses("Time zone")
        await ola.fills(zone="Europa/Oslo")
        assert "Europe/Oslo" in ola.errors["zone"]
        await ola.fills(zone="new york")
        assert me(stage, ola).zone == "America/New_York"
        await ola.writes("tidssone Helsinki")
        assert me(stage, ola).zone == "Europe/Helsinki"
        await ola.writes("tidssone")
        await ola.writes("Månen")
        unknown = "I do not know this time zone. Write it as area and place, such as {zones}."
        assert ola.t(unknown, zones="")[:20] in ola.private
        await ola.writes("europe/oslo")  # it still waits
        assert me(stage, ola).zone == "Europe/Oslo"
        await ola.writes("tidssone")
        await ola.writes("ingen")
        assert me(stage, ola).zone is None

    play(database, story)


def test_time_zones_are_found_by_what_people_write() -> None:
    assert zone_called("Oslo") == "Europe/Oslo"
    assert zone_called(" europe/OSLO ") == "Europe/Oslo"
    assert zone_called("New York") == "America/New_York"
    assert zone_called("utc") == "UTC"
    for nothing in ("", "x", "Oslo, Norge", "../../etc/passwd", "Europe"):
        assert zone_called(nothing) is None
    assert "Europe/Oslo" in close_to("Olso")
    assert "Europe/Oslo" in close_to("æøå🎉")


@EACH_CHANNEL
def test_nobody_waits_for_whoever_is_away(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        for name in ("kari", "siri", "amina", "per"):
            await answers(cast[name], f"{SENTENCE} {name}")
        assert asked_with(stage, PROBLEM).state == "asked"  # Ola is waited for
        day = stage.clock.now().date() + timedelta(days=THIRD)
        await ola.writes(f"borte til {day.day}.{day.month}.{day.year}")
        assert me(stage, ola).away_until == day
        assert asked_with(stage, PROBLEM).state == "opened"
        await stage.pass_time(timedelta(days=2))
        reminder = ola.t("It is fine to skip, or to answer «don't know».")
        assert reminder not in ola.screen()
        await ola.writes("meg")
        assert str(day.year) in ola.private
        await ola.presses("I am back")
        assert me(stage, ola).away_until is None

    play(database, story)


@EACH_CHANNEL
def test_being_away_by_form_and_what_is_no_day(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage, platform)["ola"]
        no_day = ola.t("Write a date with day, month and year, such as 1.3.2027.")
        for words, said in (
            ("borte til våren", no_day),
            ("borte til 31.2.2027", no_day),
            ("borte til 1.3.2020", ola.t("That day has passed. Write a day from today on.")),
            (
                "borte 1.3.2099",
                ola.t("That is more than two years ahead. Write a day before that."),
            ),
        ):
            await ola.writes(words)
            assert said in ola.private
        assert me(stage, ola).away_until is None
        await ola.writes("borte til og med 1. mars 2027")
        assert me(stage, ola).away_until == date(2027, 3, 1)
        await ola.writes("tilbake")
        assert me(stage, ola).away_until is None
        await ola.writes("meg")
        await ola.presses("I will be away")
        await ola.fills(until="2027-03-32")
        assert ola.errors == {"until": no_day}
        await ola.fills(until="2027-03-01")
        assert me(stage, ola).away_until == date(2027, 3, 1)
        await ola.writes("borte")
        await ola.writes("tilbake")
        assert me(stage, ola).away_until is None

    play(database, story)


@EACH_CHANNEL
def test_every_answer_is_confirmed_in_text_for_those_who_want(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        await ola.writes("bekreft med tekst")
        assert me(stage, ola).text_receipts
        await trial(kari)
        saved = ola.t("Your answer is saved.")
        await answers(ola, SENTENCE)
        await answers(siri, SENTENCE)
        assert sum(saved in each and SENTENCE in each for each in direct_posts(ola)) == 1
        if platform != "poor":  # where nothing vanishes all is in text
            assert not any(saved in each for each in direct_posts(siri))
        await ola.presses("Don't know", on=PROBLEM)
        await ola.presses("Yes, «don't know»")
        assert sum(saved in each for each in direct_posts(ola)) == 2
        await ola.presses("Take back")
        erased = ola.t("Your answer is taken back and erased.")
        assert sum(erased in each for each in direct_posts(ola)) == 1
        await ola.writes("meg")
        await ola.presses("Stop confirming in text")
        assert not me(stage, ola).text_receipts

    play(database, story)


@EACH_CHANNEL
def test_what_is_written_in_a_thread_is_confirmed_each_time(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await ola.writes("meg")
        await ola.presses("Confirm in text")
        await start(kari, "proverunde", "tråd")
        await ola.says(SENTENCE, under=PROBLEM)
        await ola.says("Og skjemaene er ulike.", under=PROBLEM)
        took = ola.t("I took this as your answer:")
        assert sum(took in each for each in direct_posts(ola)) == 2

    play(database, story)


@EACH_CHANNEL
def test_all_on_monday_is_kept(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage, platform)["ola"]
        await ola.writes("alt på mandag")
        assert me(stage, ola).monday
        await ola.writes("meg")
        await ola.presses("Not all on Monday")
        assert not me(stage, ola).monday
        assert {each.what for each in kept(stage, Audit)} == {"person.monday"}

    play(database, story)


@ON_SQLITE
def test_what_was_made_for_one_does_nothing_for_another(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        ola, siri = cast["ola"], cast["siri"]
        before = [each.model_dump() for each in kept(stage, Person)]
        mine = person_id(stage, siri)
        for action in ("receipts", "monday", "back", "leave", "erase", "erase_what", "erase_now"):
            for rest in ("1", "all", "all,29999999", "1,named", ""):
                await ola.presses_raw(f"me:{action}:u{mine},{rest}")
        await ola.sends(f"me:name:u{mine}", name="Noen")
        await ola.presses_raw(f"me:data:u{mine},0")
        moved = ola.t("This has moved on. Write «help» to see what you can do now.")
        assert moved in ola.private
        assert [each.model_dump() for each in kept(stage, Person)] == before
        assert len(kept(stage, Membership)) == 5

    play(database, story)


# --- data ---------------------------------------------------------------------------------------


@EACH_CHANNEL
def test_my_data_is_shown_to_me_alone(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, SENTENCE)
        await kari.writes("neste")
        await ola.presses("Helt enig", on=SAME)
        await kari.writes("fullfør")
        # a change after the round is kept with what it replaced
        await ola.sends("round:answer:q1", answer=f"{SENTENCE} Og ingen eier helheten.")
        await ola.says("@Samspill mine data")
        text = ola.private
        while ola.t("Show more") in [label for *_, label in (ola.reply or ola.sees()[-1]).actions]:
            await ola.presses("Show more")
            text += ola.private
        for words in (SENTENCE, "Og ingen eier helheten.", PROBLEM, SAME, NAME, HOUSES[0]):
            assert words in text
        assert ola.t("Visible to everyone taking part, with your name.") in text
        assert ola.t("you answered") in text
        if platform != "poor":
            assert ola.t("What Samspill keeps about you") not in kari.screen()

    play(database, story)


@ON_SQLITE
def test_long_data_comes_page_by_page_also_typed(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, "Første. " + "Mye tekst. " * 400)
        await kari.writes("neste")
        await kari.writes("neste")
        await answers(ola, "Siste. " + "Mer tekst. " * 400, on="Hva får din virksomhet")
        await ola.writes("mine data")
        assert "Første." in ola.private
        assert "Siste." not in ola.private
        await ola.writes("mer")
        assert "Siste." in ola.private
        await ola.writes("mer")  # the last page was shown
        assert "Siste." not in ola.private

    play(database, story)


@EACH_CHANNEL
def test_my_data_as_files_or_in_words(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, f"{SENTENCE} <script>")
        await answers(kari, "Noe av Kari.")
        await ola.says("@Samspill mine data")
        await ola.presses("Download all of it")
        label = ola.t("All that Samspill keeps about you, to read")
        assert label in "".join(direct_posts(ola))
        assert label not in kari.screen()
        files = [each for each in kept(stage, Outbox) if each.kind == "file"]
        assert [each.live for each in files] == ["html", "json"]
        with stage.database.read() as db:
            html, data = (stage.core.seer.file(db, each.key) for each in files)
        assert html is not None
        assert data is not None
        text = html.data.decode()
        assert "&lt;script&gt;" in text
        assert "<script" not in text
        assert json.loads(data.data)["answers"][0]["value"] == {"text": f"{SENTENCE} <script>"}
        for each in (text, data.data.decode()):
            assert SENTENCE in each
            assert "Noe av Kari" not in each
        if platform == "poor":  # takes no files
            assert SENTENCE in "".join(direct_posts(ola))
        await ola.writes("last ned")
        assert len([each for each in kept(stage, Outbox) if each.kind == "file"]) == 4
        await ola.writes("slett meg")
        await ola.writes("alt")
        await ola.writes("slett")
        with stage.database.read() as db:
            assert [stage.core.seer.file(db, each.key) for each in files] == [None, None]

    play(database, story)


# --- leaving ------------------------------------------------------------------------------------


@EACH_CHANNEL
@pytest.mark.parametrize("nameless", [False, True])
def test_leaving_with_or_without_the_name(
    database: Database, platform: str, nameless: bool
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, siri, per = cast["kari"], cast["siri"], cast["per"]
        await trial(kari)
        for name in ("siri", "kari", "amina", "ola"):
            await answers(cast[name], f"{SENTENCE} {name}")
        mine = person_id(stage, siri)
        await siri.writes("forlat")
        assert siri.t("Leave «{name}»?", name=NAME) in siri.private
        await siri.writes("ja")  # no accident
        assert len(kept(stage, Membership)) == 5
        if nameless:
            await siri.writes("uten navn")
        else:
            await siri.writes("forlat")
            await siri.presses("Leave, and let my name stand")
        assert mine not in [each.person_id for each in kept(stage, Membership)]
        assert siri.t("You have left «{name}».", name=NAME) in siri.private
        await answers(per, "Skjemaene spriker.")  # the last: it opens
        opened = kari.post_with("Skjemaene spriker.").text
        nobody = kari.t("a participant from {organisation}", organisation=HOUSES[2])
        assert (f"Siri ({HOUSES[2]})" in opened) is not nameless
        assert (nobody in opened) is nameless
        assert f"{SENTENCE} siri" in opened
        told = kari.t(
            "Not in «{name}» any more: {who}.",
            name=NAME,
            who=nobody if nameless else f"Siri ({HOUSES[2]})",
        )
        assert told in kari.screen()
        await siri.writes("status")
        assert NAME not in siri.private

    play(database, story)


@EACH_CHANNEL
def test_the_only_coordinator_names_another_first(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await kari.writes("bli med")
        assert len(kept(stage, Invitation)) == 1
        first = kari.t(
            "You are the only coordinator of {names}. Name another first.", names=f"«{NAME}»"
        )
        for words in ("forlat", "slett meg"):
            await kari.writes(words)
            assert first in kari.private
        await kari.presses_raw(f"me:left:u{person_id(stage, kari)},1,nameless")
        assert first in kari.private
        assert len(kept(stage, Membership)) == 5
        await kari.writes("folk amina: koordinator")
        await kari.writes("forlat")
        await kari.writes("med navn")
        assert len(kept(stage, Membership)) == 4
        assert kept(stage, Invitation) == []  # a code of somebody who is not there lets nobody in
        roles = [each for each in kept(stage, Membership) if Role.COORDINATOR in each.roles]
        assert [each.person_id for each in roles] == [person_id(stage, cast["amina"])]

    play(database, story)


@pytest.mark.parametrize("whose", ["anonymt", "én per virksomhet"])
@ON_SQLITE
def test_who_left_and_comes_back_by_answering_changes_what_they_answered(
    database: Database, whose: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        siri = cast["siri"]
        await cast["kari"].writes(f"runde 1 {whose}")
        question = f"round:answer:q{asked_with(stage, PROBLEM).id}"
        await siri.sends(question, answer=SENTENCE)
        await siri.writes("forlat")
        await siri.writes("uten navn")
        mine = person_id(stage, siri)
        assert mine not in [each.person_id for each in kept(stage, Membership)]
        await siri.sends(question, answer="Skjemaene spriker.")
        assert mine in [each.person_id for each in kept(stage, Membership)]
        assert [each.value for each in kept(stage, Answer)] == [{"text": "Skjemaene spriker."}]

    play(database, story)


@EACH_CHANNEL
def test_who_was_waited_for_leaves_and_may_come_back(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        for name in ("siri", "kari", "amina", "per"):
            await answers(cast[name], f"{SENTENCE} {name}")
        await ola.writes("forlat")
        assert ola.t("You have not answered anything there.") in ola.private
        await ola.presses("Leave, and take my name away")
        assert asked_with(stage, PROBLEM).state == "opened"
        await ola.presses("Don't know", on=PROBLEM)
        answer = answer_of(stage, ola, PROBLEM)
        assert answer is not None
        assert answer.organisation_id == 1, "back where they were: one chooses once"
        await ola.presses_raw("join:pick:c1", "2")
        chosen = "You have chosen already. A coordinator can correct it if it is wrong."
        assert ola.t(chosen) in ola.private
        assert len(kept(stage, Answer)) == 5

    play(database, story)
