"""A whole collaboration on links alone: five people of three organisations, from the operator's
first link to the summary."""

from __future__ import annotations

import pytest

from storage.engine import Database
from tests.web.world import World, coordinator, member, play

PROBLEM = "Hvilket problem vil dere løse?"
BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)


@BOTH
def test_a_round_on_links_alone(database: Database) -> None:
    async def story(world: World) -> None:
        kari = await coordinator(world)
        assert await kari.looks_around() == ["Direktemelding", "# Når noen dør (nett)"]
        ola = await member(world, kari, "Ola Hansen", "Fjordetaten")
        amina = await member(world, kari, "Amina Yusuf", "Elveby kommune")
        per = await member(world, kari, "Per Olsen", "elveby kommune")
        siri = await member(world, kari, "Siri Lie", "Sorgstøtte Norge")
        everybody = (kari, ola, amina, per, siri)
        for each in everybody:
            assert await each.looks_around() == ["Direktemelding", "# Når noen dør (nett)"]
        assert "Amina Yusuf" in await kari.sees(kari.direct)  # who came in was told

        await kari.says("@Samspill prøverunde")
        for each in everybody:
            assert PROBLEM in await each.sees()
            await each.writes("svar")
            await each.writes("De etterlatte må melde fra mange steder.")
        assert "Amina Yusuf (Elveby kommune)" in await siri.sees(thread=PROBLEM)
        await kari.says("@Samspill neste")
        for each in (kari, amina, siri):
            await each.presses("5 Helt enig", on="Alle partene ser problemet på samme måte.")
        await kari.says("@Samspill fullfør")
        assert "Hva svarene viser: Prøverunde" in await per.sees()

    play(database, story)


@BOTH
def test_somebody_from_elsewhere_is_the_same_person_on_the_web(database: Database) -> None:
    """Kari and Ola are on another platform; Ola asks there for a link, and Amina is invited."""
    from storage import collaborations, memberships, people, places
    from storage.tables import Role
    from tests.web.elsewhere import Slack

    async def story(world: World) -> None:
        slack = Slack(world)
        with world.database.write() as db:
            now = world.clock.now()
            home = collaborations.create(
                db, name="Når noen dør", organisations=("Nav", "KS"), language="nb", now=now
            )
            nav = collaborations.organisations(db, home.id)[0]
            for user, role in (("kari", Role.COORDINATOR), ("ola", Role.MEMBER)):
                met = people.meet(db, "slack", "T1", user, user.capitalize(), now)
                memberships.join(db, met.id, home.id, nav.id, [Role.MEMBER, role], now)
            place = places.meet(db, "slack", "T1", "C1")
            places.bind(db, place.id, home.id)
        assert await slack.says("kari", "web") is not None
        link = slack.link
        ola_web = world.guest()
        await slack.says("ola", "web")
        await ola_web.comes_in(slack.link)
        assert await ola_web.looks_around() == ["Direktemelding", "# Når noen dør (nett)"]
        assert [each.name for each in _people(world)] == ["Kari", "Ola"]
        assert link != slack.link
        # what is told privately still goes where they are called, with word of the new session
        assert "logget inn på nettet" in slack.told("ola")
        await slack.says("kari", "folk inviter Amina: KS")
        amina = world.guest()
        await amina.comes_in(slack.link, name="Amina")
        await amina.writes("KS")
        await slack.says("kari", "prøverunde")
        await amina.looks_around()
        assert PROBLEM in await amina.sees()
        assert PROBLEM in slack.told("C1")

    play(database, story)


def _people(world: World):
    from sqlmodel import select

    from storage.tables import Person

    with world.database.read() as db:
        return list(db.exec(select(Person)))
