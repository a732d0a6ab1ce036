"""Coming in: codes, channels, and the organisation that somebody speaks for."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from storage.engine import Database
from storage.tables import AskedState, Collaboration, Invitation, Membership, Place
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
        await amina.says(f"@Samspill bli med {code}")  # the channel is in already
        assert amina.t("This channel is already part of a collaboration.") in amina.private
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
        # somebody who saw the code tries it in a channel of their own
        await mallory.says(f"@Samspill bli med {code}")
        await kari.presses("Let it in", on=asked)
        moved_on = kari.t("This has moved on. Write «help» to see what you can do now.")
        assert moved_on in kari.private
        bound = [each for each in kept(stage, Place) if each.collaboration_id]
        assert len(bound) == 2
        await mallory.presses_raw("join:accept:i1")
        await mallory.presses_raw(f"join:accept:i1,{bound[0].id}")
        assert len([each for each in kept(stage, Place) if each.collaboration_id]) == 2
        # declined: the code can be used by those it was meant for
        await mallory.presses_raw("join:decline:i1")
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
