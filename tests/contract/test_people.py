"""Who takes part: everybody sees it, coordinators correct it and say who may come in."""

from __future__ import annotations

from storage.engine import Database
from storage.tables import Answer, Audit, Collaboration, Membership, Role
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
    five,
    kept,
    person_id,
    play,
    trial,
)

SENTENCE = "Etterlatte må melde fra mange steder."


def organisation_of(stage: Stage, player: Player) -> int | None:
    mine = person_id(stage, player)
    return next(each.organisation_id for each in kept(stage, Membership) if each.person_id == mine)


@EACH_CHANNEL
def test_members_see_who_takes_part_and_change_nothing(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        amina, nils = cast["amina"], stage.player(platform, "z", "nils")
        await amina.writes("folk")
        assert amina.t("Who takes part in «{name}»", name=NAME) in amina.private
        for words in (*HOUSES, "Kari", "Siri"):
            assert words.lower() in amina.private.lower()
        assert amina.t("Whose details do you want to correct?") not in amina.private
        await amina.writes("folk Siri: Elveby kommune")
        await amina.writes("folk steng")
        for button, value in (
            ("people:move:m3", "2"),
            ("people:person:c1", "3"),
            ("people:coordinator:m4", None),
            ("people:joining:c1,closed", None),
            ("people:one:m3", None),
        ):
            await amina.presses_raw(button, value)
            assert amina.t("Only a coordinator can do this.") in amina.private
        await nils.writes("folk")
        assert "Kari" not in nils.private
        assert [each.what for each in kept(stage, Audit)] == []
        assert kept(stage, Collaboration)[0].joining_open

    play(database, story)


@EACH_CHANNEL
def test_a_wrong_organisation_is_corrected_and_the_answers_follow(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, siri = cast["kari"], cast["siri"]
        await trial(kari)
        await answers(siri, SENTENCE)
        await kari.writes("neste")
        await siri.presses("Don't know", on=SAME)
        await kari.writes("folk")
        await kari.presses("Siri" if platform != "poor" else "siri".capitalize())
        await kari.presses(HOUSES[1])
        assert organisation_of(stage, siri) == 2
        mine = person_id(stage, siri)
        found = [each for each in kept(stage, Answer) if each.person_id == mine]
        assert [each.organisation_id for each in found] == [2, 2]
        told = siri.t(
            "A coordinator corrected your organisation in «{name}»: you take part from "
            "{organisation}. What you answered there follows, but not what only colleagues were "
            "to see.",
            name=NAME,
            organisation=HOUSES[1],
        )
        assert told in siri.screen()
        await answers(cast["amina"], "Ingen eier helheten.")
        await answers(cast["per"], "Skjemaene spriker.")
        # the same typed, and back again
        await kari.writes(f"folk siri: {HOUSES[2]}")
        assert organisation_of(stage, siri) == 3
        answer = answer_of(stage, siri, PROBLEM)
        assert answer is not None
        assert answer.organisation_id == 3
        assert [each.what for each in kept(stage, Audit)].count("member.moved") == 2

    play(database, story)


@EACH_CHANNEL
def test_a_coordinator_makes_another_one(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await kari.writes("folk amina")
        await kari.presses("Make coordinator")
        roles = {each.person_id: each.roles for each in kept(stage, Membership)}
        assert Role.COORDINATOR in roles[person_id(stage, amina)]
        now = (
            "You coordinate «{name}» now, with others: you start rounds and invite. "
            "Write «help» to see how."
        )
        assert amina.t(now, name=NAME) in amina.private
        await kari.writes("folk per: koordinator")
        await trial(cast["per"])
        assert PROBLEM in amina.screen()

    play(database, story)


@EACH_CHANNEL
def test_joining_is_closed_and_opened_by_a_coordinator(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "a", "nils")
        await kari.writes("folk")
        await kari.presses("Close joining")
        await trial(kari)
        await nils.presses("Don't know", on=PROBLEM)
        assert nils.t("Joining is closed. Ask a coordinator to let you in.") in nils.private
        await kari.writes("folk åpne")
        await nils.presses("Don't know", on=PROBLEM)
        await nils.presses(HOUSES[2])
        # who came in can be corrected from the message about it
        title = kari.t("Somebody new takes part in «{name}»", name=NAME)
        await kari.presses("Correct", on=title)
        await kari.presses(HOUSES[0])
        assert organisation_of(stage, nils) == 1

    play(database, story)


@ON_SQLITE
def test_an_organisation_that_was_not_on_the_list(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await kari.writes("folk siri")
        await kari.presses("Another organisation")
        await kari.fills(name="Vestland fylkeskommune")
        assert organisation_of(stage, cast["siri"]) == 4
        done = [each.what for each in kept(stage, Audit)]
        assert done == ["organisation.added", "member.moved"]
        await kari.writes("folk hvem som helst")
        assert (
            kari.t("I found nobody, or more than one person. Write the full name.") in kari.private
        )

    play(database, story)


@EACH_CHANNEL
def test_which_collaboration_can_be_typed(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await kari.writes("nytt Et annet: Etat, Kommune")
        await kari.presses("Etat")
        await kari.writes("folk")
        assert kari.t("Which collaboration do you mean?") in kari.private
        await kari.writes("noe annet")
        hint = kari.t("Write the number or the name. «stop» lets go of the question.")
        assert hint in kari.private
        await kari.writes("et annet")
        assert kari.t("Who takes part in «{name}»", name="Et annet") in kari.private
        await kari.writes("folk amina: koordinator")
        await kari.writes("1")
        roles = {each.person_id: each.roles for each in kept(stage, Membership)}
        assert Role.COORDINATOR in roles[person_id(stage, cast["amina"])]

    play(database, story)
