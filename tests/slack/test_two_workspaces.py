"""One round over two workspaces of Slack and the web: one record, each by their own Samspill."""

from __future__ import annotations

from sqlmodel import select

from storage import collaborations, memberships, people, places
from storage.engine import Database
from storage.tables import Collaboration, Outbox, Place, Role, Sending
from tests.contract.stage import Player, Stage
from tests.contract.stories import HOUSES, ON_SQLITE, PROBLEM, SAME, answers, five, play, trial
from tests.slack.house import EACH_WAY, House


def on_the_web(stage: Stage) -> Player:
    """Somebody who takes part in the collaboration from the web, with a channel there."""
    guro = stage.player("web", "nett", "guro")
    with stage.database.write() as db:
        home = db.exec(select(Collaboration)).one()
        house = {each.name: each.id for each in collaborations.organisations(db, home.id)}
        met = people.meet(db, "web", "nett", guro.user, guro.name, stage.clock.now())
        memberships.join(db, met.id, home.id, house[HOUSES[1]], [Role.MEMBER], stage.clock.now())
        places.bind(db, places.meet(db, "web", "nett", guro.room).id, home.id)
    return guro


@EACH_WAY
def test_one_round_over_two_workspaces_and_the_web(database: Database, socket_mode: bool) -> None:
    async def story(stage: Stage) -> None:
        stage.house = House(stage, many=True, socket_mode=socket_mode)
        cast = five(stage, "slack", other="slack")
        cast["guro"] = on_the_web(stage)
        kari, amina = cast["kari"], cast["amina"]
        assert len({each.surface.tenant for each in cast.values()}) == 3
        await trial(kari)
        for each in cast.values():
            await answers(each, f"{each.name} ser det slik.")
        for reader in (kari, amina, cast["guro"]):
            assert all(f"{each.name} ser det slik." in reader.screen() for each in cast.values())
        await kari.presses("Next question", on=PROBLEM)
        for each in cast.values():
            await each.presses("Litt enig", on=SAME)
        await kari.writes("fullfør")
        for reader in (kari, amina, cast["guro"]):
            shown = reader.t("What the answers show: {name}", name="Prøverunde")
            assert shown in reader.screen()
        with database.read() as db:
            sent = select(Place.tenant).join(Outbox).where(Outbox.state == Sending.SETTLED)
            assert {each.surface.tenant for each in cast.values()} <= set(db.exec(sent))

    play(database, story)


@ON_SQLITE
def test_one_workspace_ends_and_the_round_goes_on_in_the_other(database: Database) -> None:
    async def story(stage: Stage) -> None:
        stage.house = House(stage, many=True)
        cast = five(stage, "slack", other="slack")
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        await answers(amina, "Amina ser det slik.")
        await stage.house.local.uninstall(stage.house.team_of("b"))
        for name in ("kari", "ola", "siri"):
            await answers(cast[name], f"{cast[name].name} ser det slik.")
        await kari.presses("Next question", on=PROBLEM)
        await kari.presses("Litt enig", on=SAME)
        assert SAME not in amina.screen()
        await kari.writes("fullfør")
        assert "Amina ser det slik." in kari.screen()

    play(database, story)
