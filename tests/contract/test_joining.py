"""Coming in: codes, channels, and the organisation that somebody speaks for."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from dialogs.events import Actor, Pressed, Said, Where
from storage.engine import Database
from storage.tables import (
    AskedState,
    Audit,
    Collaboration,
    Invitation,
    Membership,
    Place,
    RoundPlace,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    HOUSES,
    NAME,
    ON_SQLITE,
    PROBLEM,
    answers,
    asked_with,
    change,
    five,
    kept,
    play,
    trial,
)

NOT_VALID = "The code is not valid. It may be used or expired: ask for a new one."
SENTENCE = "Etterlatte må melde fra mange steder."
BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


async def code_from(coordinator: Player) -> str:
    await coordinator.writes("bli med")
    return re.findall(r"\b[A-Z2-9]{10}\b", coordinator.private)[0]


def members(stage: Stage) -> int:
    return len(kept(stage, Membership))


@EACH_CHANNEL
def test_a_person_joins_with_a_code_once(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        nils, olga = stage.player(platform, "z", "nils"), stage.player(platform, "z", "olga")
        code = await code_from(cast["kari"])
        assert code not in [each.code_hash for each in kept(stage, Invitation)]
        await nils.writes("bli med AAAAAAAAAA")
        assert nils.t(NOT_VALID) in nils.private
        await nils.writes(f"bli med {code.lower()[:5]} {code.lower()[5:]}")
        assert nils.t("Which organisation do you come from? You choose once.") in nils.private
        await nils.writes("noe helt annet")
        assert HOUSES[1] in nils.private  # it says what there is to choose from
        await nils.writes("elveby kommune")
        assert nils.t("Thank you. You take part from {organisation}.", organisation=HOUSES[1]) in (
            nils.private
        )
        before = members(stage)
        await olga.writes(f"bli med {code}")
        assert olga.t(NOT_VALID) in olga.private
        assert members(stage) == before
        # one chooses once
        await nils.presses_raw("join:pick:c1", "1")
        assert nils.t("You have chosen already. A coordinator can correct it if it is wrong.") in (
            nils.private
        )

    play(database, story)


@ON_SQLITE
def test_a_code_lasts_a_week(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        nils, olga = stage.player("web", "z", "nils"), stage.player("web", "z", "olga")
        early, late = await code_from(cast["kari"]), await code_from(cast["kari"])
        assert early != late
        stage.clock.forward(timedelta(days=6, hours=23))
        await nils.writes(f"bli med {early}")
        assert nils.t(NOT_VALID) not in nils.private
        stage.clock.forward(timedelta(hours=2))
        await olga.writes(f"bli med {late}")
        assert olga.t(NOT_VALID) in olga.private

    play(database, story)


@EACH_CHANNEL
def test_who_may_make_codes_and_what_a_bound_channel_says(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await amina.writes("bli med")
        assert amina.t("Only a coordinator can do this.") in amina.private
        code = await code_from(kari)
        in_already = kari.t("This channel is part of «{name}» already.", name=NAME)
        for member in (amina, kari):
            await member.says(f"@Samspill bli med {code}")  # the channel is in already
            assert in_already in member.private
        await kari.writes(f"bli med {code}")  # and so is who made the code
        assert kari.t("You are part of «{name}» already.", name=NAME) in kari.private
        assert kari.t("The code can still be used.") in kari.private
        # and the code is not spent
        nils = stage.player(platform, "z", "nils")
        await nils.writes(f"bli med {code}")
        assert nils.t("Which organisation do you come from? You choose once.") in nils.private

    play(database, story)


@EACH_CHANNEL
def test_a_coordinator_lets_in_the_channel_they_were_asked_about(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        nils, mallory = stage.player("web", "y", "nils"), stage.player("terminal", "x", "mallory")
        code = await code_from(kari)
        await nils.says(f"@Samspill bli med {code}")
        assert NAME in nils.private
        await nils.presses("Yes, bring the channel in")
        asked = kari.private
        # somebody who saw the code tries it in a channel of their own, and by themselves
        before = members(stage)
        await mallory.says(f"@Samspill bli med {code}")
        assert mallory.t(NOT_VALID) in mallory.private
        await mallory.writes(f"bli med {code}")
        assert mallory.t(NOT_VALID) in mallory.private
        assert members(stage) == before
        # the channel is let in by words of another one
        await nils.presses_raw("join:decline:i1")
        elsewhere = stage.player("web", "y", "nils", "another")
        await elsewhere.says(f"@Samspill bli med {code}")
        await kari.presses("Let it in", on=asked)
        moved_on = kari.t("This has moved on. Write «help» to see what you can do now.")
        assert moved_on in kari.private
        await elsewhere.presses_raw("join:decline:i1")
        bound = [each for each in kept(stage, Place) if each.collaboration_id]
        assert len(bound) == 2
        await mallory.presses_raw("join:accept:i1")
        await mallory.presses_raw(f"join:accept:i1,{bound[0].id}")
        assert len([each for each in kept(stage, Place) if each.collaboration_id]) == 2
        # declined: the code can be used by the one who wrote it
        await nils.says(f"@Samspill bli med {code}")
        await nils.presses("Yes, bring the channel in")
        await kari.presses("Let it in")
        await nils.presses(HOUSES[2])
        places = [each for each in kept(stage, Place) if each.collaboration_id]
        assert {(each.platform, each.tenant) for each in places} > {("web", "y")}
        assert not [each for each in places if each.tenant == "x"]

    play(database, story)


@EACH_CHANNEL
def test_somebody_in_a_bound_channel_picks_an_organisation_once_and_counts_from_then(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "a", "nils")
        await trial(kari)
        for name in ("kari", "ola", "siri", "amina", "per"):
            await cast[name].presses("Skip", on=PROBLEM)
        await answers(nils, SENTENCE)
        if platform != "poor":
            assert nils.t("No answers yet") in nils.post_with(PROBLEM).text
        await kari.presses("Open the answers", on=PROBLEM)
        await kari.presses("Yes, open it now")
        assert SENTENCE not in kari.screen()  # shown to nobody before it has an organisation
        await nils.presses(HOUSES[2])
        if platform != "poor":
            assert f"Nils ({HOUSES[2]}): «{SENTENCE}»" in kari.screen()
        await nils.presses_raw("join:pick:c1", "1")
        assert nils.t("You have chosen already. A coordinator can correct it if it is wrong.") in (
            nils.private
        )

    play(database, story)


@ON_SQLITE
def test_an_organisation_that_is_not_on_the_list(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        nils = stage.player("web", "a", "nils")
        await trial(cast["kari"])
        await answers(nils, SENTENCE)
        await nils.presses("Another organisation")
        await nils.fills(name="   ")
        assert nils.errors
        await nils.fills(name="Vestland fylkeskommune")
        assert "Vestland fylkeskommune" in nils.private
        await cast["kari"].presses("Open the answers", on=PROBLEM)
        assert "Nils (Vestland fylkeskommune)" in cast["kari"].screen()

    play(database, story)


@ON_SQLITE
def test_joining_can_be_closed(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        change(stage, Collaboration, joining_open=False)
        nils = stage.player("web", "a", "nils")
        await trial(cast["kari"])
        before = members(stage)
        await nils.presses("Don't know", on=PROBLEM)
        assert nils.t("Joining is closed. Ask a coordinator to let you in.") in nils.private
        await nils.says("Skjemaene.", under=PROBLEM)
        assert members(stage) == before
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED

    play(database, story)


@BOTH
def test_two_people_cannot_use_one_code_at_the_same_moment(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        crowd = [stage.player("web", f"z{n}", "nils") for n in range(4)]
        code = await code_from(cast["kari"])
        before = members(stage)
        acts = [
            each.surface.say(each, each.surface.direct_room(each), f"bli med {code}", None)
            for each in crowd
        ]
        await asyncio.gather(*(act() for act in acts))
        await stage.settle()
        assert members(stage) == before + 1

    play(database, story)


@EACH_CHANNEL
def test_yes_and_no_can_be_typed(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "y", "nils")
        code = await code_from(kari)
        await nils.says(f"@Samspill bli med {code}")
        await nils.writes("kanskje")
        assert nils.t("Write yes or no. «stop» lets go of the question.") in nils.private
        await nils.writes("nei")
        assert nils.t("All right. Nothing was shared.") in nils.private
        await nils.says(f"@Samspill bli med {code}")
        await nils.writes("Ja")
        assert NAME in kari.private
        await kari.writes("ja")
        assert kari.t("The channel is in.") in kari.private
        here = nils.t(
            "This channel is in «{name}» now, where {organisations} work together. When a round "
            "runs, its questions come here too.",
            name=NAME,
            organisations=nils.say.listing(HOUSES),
        )
        assert [each.text for each in nils.sees() if each.room == nils.room].count(here) == 1
        there = {each.channel for each in kept(stage, Place) if each.collaboration_id}
        assert nils.room in there
        # the organisation is asked for in the direct conversation too, and can be typed there
        await nils.writes(HOUSES[1])
        said = nils.t("Thank you. You take part from {organisation}.", organisation=HOUSES[1])
        assert said in nils.private
        await nils.writes("ja")  # nothing waits any more
        assert nils.t("What would you like to do?") in nils.private
        done = [each.what for each in kept(stage, Audit)]
        assert done.count("place.declined") == 1
        assert done.count("place.joined") == 1
        assert done.count("member.joined") == 1

    play(database, story)


@EACH_CHANNEL
def test_a_channel_can_be_refused_by_typing(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "y", "nils")
        await nils.says(f"@Samspill bli med {await code_from(kari)}")
        await nils.presses("Yes, bring the channel in")
        await kari.writes("nei")
        assert nils.t("The channel was not let in. Talk to the coordinator if you wonder why.") in (
            nils.screen()
        )
        assert "y" not in {each.tenant for each in kept(stage, Place) if each.collaboration_id}
        assert "place.refused" in [each.what for each in kept(stage, Audit)]

    play(database, story)


@EACH_CHANNEL
def test_after_a_press_in_a_channel_the_organisation_can_be_typed_in_the_direct_message(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        nils = stage.player(platform, "a", "nils")
        await trial(cast["kari"])
        await answers(nils, SENTENCE)
        await nils.writes(HOUSES[2].lower())
        said = nils.t("Thank you. You take part from {organisation}.", organisation=HOUSES[2])
        assert said in nils.private

    play(database, story)


@ON_SQLITE
def test_a_command_is_not_taken_for_the_name_of_ones_organisation(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        nils = stage.player("web", "a", "nils")
        await trial(cast["kari"])
        await answers(nils, SENTENCE)
        await nils.writes("folk inviter Åse Lie")
        mine = nils.t("Which organisation do you come from yourself?")
        assert mine not in nils.private
        assert nils.t("Who takes part in «{name}»", name=NAME) in nils.private
        await nils.writes("Åse Lie")
        assert mine in nils.private
        assert HOUSES[2] in nils.private
        await nils.writes(HOUSES[2])
        said = nils.t("Thank you. You take part from {organisation}.", organisation=HOUSES[2])
        assert said in nils.private

    play(database, story)


@EACH_CHANNEL
def test_whoever_only_has_to_answer_is_told_so(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        kari, nils = five(stage, platform)["kari"], stage.player(platform, "a", "nils")
        await trial(kari)
        await nils.presses("Finish the round")
        yet = "You are not part of this collaboration yet. Answer a question here, and you are."
        assert nils.t(yet) in nils.private
        await kari.writes("folk")
        await kari.presses("Close joining")
        await nils.presses("Finish the round", on=PROBLEM)
        stranger = "You are not part of this collaboration. Ask a coordinator for a code."
        assert nils.t(stranger) in nils.private

    play(database, story)


@EACH_CHANNEL
def test_coordinators_hear_once_who_came_in_and_from_where(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "a", "nils")
        await trial(kari)
        await answers(nils, SENTENCE)
        await nils.presses(HOUSES[2])
        await nils.presses_raw("join:pick:c1", "3")
        title = kari.t("Somebody new takes part in «{name}»", name=NAME)
        told = [each.text for each in kari.sees() if title in each.text]
        assert len(told) == 1
        channel = f"samspill ({kari.surface.platform.capitalize()})"
        for words in ("Nils", HOUSES[2], channel):
            assert words in told[0]
        olga = stage.player(platform, "z", "olga")
        await olga.writes(f"bli med {await code_from(kari)}")
        assert kari.t("{who} came into «{name}» with your code.", who="Olga", name=NAME) in (
            kari.screen()
        ).replace("olga", "Olga")

    play(database, story)


@EACH_CHANNEL
def test_use_brings_the_running_round_to_the_channel(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await trial(kari)
        there = stage.player(platform, "a", "kari", "another")
        await there.says("@Samspill bruk 1")
        assert there.t("The running round is shown there too.") in there.private
        assert PROBLEM in there.post_with(PROBLEM).text
        assert len(_round_places(stage)) == 3
        assert [each.what for each in kept(stage, Audit)].count("place.joined") == 1

    play(database, story)


def _round_places(stage: Stage) -> list[Any]:
    with stage.database.read() as db:
        return list(db.exec(select(RoundPlace)))


# --- two at once --------------------------------------------------------------------------------


def _at_once(stage: Stage, events: list[Any]) -> None:
    with ThreadPoolExecutor(1 if stage.database.is_sqlite else len(events)) as pool:
        list(pool.map(stage.core.turns.handle, events))


@BOTH
def test_one_channel_is_set_up_for_one_collaboration_only(database: Database) -> None:
    async def story(stage: Stage) -> None:
        now, where = stage.clock.now(), Where("web", "a", "samspill")
        crowd = [Actor("web", "a", f"person{n}", f"Person {n}") for n in range(6)]
        events = [
            Said(f"new-{n}", now, who, where, f"m{n}", f"nytt Navn {n}: Etat, By", named=True)
            for n, who in enumerate(crowd)
        ]
        for who in crowd:
            stage.player("web", "a", who.user)
        await asyncio.to_thread(_at_once, stage, events)
        made = kept(stage, Collaboration)
        assert len(made) == 1
        bound = [each.collaboration_id for each in kept(stage, Place) if each.collaboration_id]
        assert bound == [made[0].id]

    play(database, story)


@BOTH
def test_two_collaborations_let_one_channel_in_at_once(database: Database) -> None:
    async def story(stage: Stage) -> None:
        ours, theirs = five(stage), five(stage, tenants=("c", "d"), name="Et annet")
        nils = stage.player("web", "y", "nils")
        for each in (ours["kari"], theirs["kari"]):
            code = await code_from(each)
            await nils.says(f"@Samspill bli med {code}")
            await nils.presses("Yes, bring the channel in")
        place = next(
            each for each in kept(stage, Place) if each.tenant == "y" and not each.person_id
        )
        now = stage.clock.now()
        events = [
            Pressed(
                f"in-{n}",
                now,
                Actor("web", tenant, "kari", "Kari"),
                Where("web", tenant, "samspill"),
                f"join:accept:i{n},{place.id}",
            )
            for n, tenant in ((1, "a"), (2, "c"))
        ]
        await asyncio.to_thread(_at_once, stage, events)
        assert [each.what for each in kept(stage, Audit)].count("place.joined") == 1
        used = [each for each in kept(stage, Invitation) if each.used_at]
        assert len(used) == 1
        bound = next(each for each in kept(stage, Place) if each.id == place.id)
        assert bound.collaboration_id == used[0].collaboration_id

    play(database, story)
