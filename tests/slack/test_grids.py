"""A grid and its workspaces let Samspill in one after the other: everybody stays who they are."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bot.slack.installations import Installations, Record
from bot.slack.workspaces import workspace_of
from storage.engine import Database
from storage.secrets import Vault
from storage.tables import Answer, Heard, Identity, Outbox, Person, Sending
from tests.contract.stage import SECRET, Player, Stage
from tests.contract.stories import (
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    five,
    kept,
    play,
    start,
    trial,
    value_of,
)
from tests.slack.house import House
from tests.slack.local import Team, Trouble
from tests.slack.local.shapes import user_json

pytestmark = ON_SQLITE
GRID = "E0GRID"


def furnish(stage: Stage) -> tuple[dict[str, Player], House]:
    """The three in a workspace of a grid."""
    stage.house = house = House(stage, many=True)
    house.team_of("a").enterprise = GRID
    return five(stage, "slack"), house


def with_a_guest(stage: Stage) -> tuple[dict[str, Player], House, Player]:
    """The five, and Ida of a grid elsewhere that has not let Samspill in."""
    stage.house = house = House(stage, many=True, guests=("ute",))
    cast = five(stage, "slack")
    house.team_of("ute").enterprise = GRID
    return cast, house, stage.player("slack", "ute", "ida")


async def let_in(house: House, team: Team, *, whole: bool) -> None:
    """A workspace, or the grid that it belongs to, lets Samspill in; an installation that a grid's
    takes the place of ends."""
    before = team.install
    await house.ready()
    install = house.state.new_install(team, house.local.allowed.scopes, whole=whole)
    core, clock = house.stage.core, house.stage.clock
    made = Installations(Record(core.workers, Vault(SECRET), clock.now), house.local.base_url)
    await made.add(await workspace_of(made.of(install.token)), "")
    if before is not None:
        before.dead = "token_revoked"
        await made.check([team.id])


def homes(stage: Stage, player: Player) -> list[str]:
    with stage.database.read() as db:
        return list(db.exec(select(Identity.tenant).where(Identity.user == player.user)))


def test_who_answered_before_the_whole_grid_came_is_the_same_after(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house = furnish(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await answers(ola, "Ola ser det slik.")
        known = len(kept(stage, Person))
        await let_in(house, house.team_of("a"), whole=True)
        await answers(ola, "Ola ser det nå slik.")
        assert homes(stage, ola) == [GRID]
        assert len(kept(stage, Person)) == known
        ola.surface.tenant = GRID
        assert value_of(stage, ola, PROBLEM) == {"text": "Ola ser det nå slik."}

    play(database, story)


def test_what_waited_for_somebody_waits_for_them_still(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house = furnish(stage)
        ola = cast["ola"]
        await trial(cast["kari"])
        await ola.writes("svar")
        await let_in(house, house.team_of("a"), whole=True)
        await ola.writes("Ola ser det slik.")
        ola.surface.tenant = GRID
        assert value_of(stage, ola, PROBLEM) == {"text": "Ola ser det slik."}

    play(database, story)


def test_who_has_not_come_back_yet_is_reached_by_the_grids_installation(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, house = furnish(stage)
        await trial(cast["kari"])
        await let_in(house, house.team_of("a"), whole=True)
        await stage.pass_time(timedelta(days=2))
        assert "venter på deg" in cast["ola"].private
        assert {each.state for each in kept(stage, Outbox)} == {Sending.SETTLED}

    play(database, story)


def test_a_guest_whose_own_workspace_comes_later_is_the_same(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house, ida = with_a_guest(stage)
        await trial(cast["kari"])
        await answers(ida, "Ida ser det slik.")
        assert homes(stage, ida) == [GRID]
        known = len(kept(stage, Person))
        await let_in(house, house.team_of("ute"), whole=False)
        await answers(ida, "Ida ser det nå slik.")
        assert homes(stage, ida) == [ida.surface.tenant]
        assert len(kept(stage, Person)) == known

    play(database, story)


async def forgotten(stage: Stage, player: Player) -> None:
    """Slack tells that something about this person is new, and then tells nothing."""
    assert stage.house is not None
    local = stage.house.local
    user = user_json(local.state.users[player.user], stage.clock.now())
    app = stage.house.team_of("a").app
    await local.post.event({"type": "user_change", "user": user}, app)
    local.then("users.info", *[Trouble.LIMITED] * 2)


def test_a_guest_stays_who_they_are_while_slack_does_not_tell_where_they_are_from(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, _, ida = with_a_guest(stage)
        await trial(cast["kari"])
        await answers(ida, "Ida ser det slik.")
        known = len(kept(stage, Person))
        await forgotten(stage, ida)
        await answers(ida, "Ida ser det nå slik.")
        assert homes(stage, ida) == [GRID]
        assert len(kept(stage, Person)) == known

    play(database, story)


def test_nobody_is_met_by_a_guess_where_they_are_from(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house, ida = with_a_guest(stage)
        await start(cast["kari"], "proverunde", "tråd")
        await cast["kari"].presses("Next question", on=PROBLEM)
        known = len(kept(stage, Person))
        await cast["kari"].says("Lunsj?")
        house.local.then("users.info", Trouble.LIMITED)
        await ida.says("Klokka tolv.", under="Lunsj?")  # none of our business: taken, and forgotten
        house.local.then("users.info", Trouble.LIMITED)
        await ida.presses("Litt enig", on=SAME)
        assert "Something went wrong here" in ida.private or "Noe gikk galt" in ida.private
        assert len(kept(stage, Person)) == known
        house.local.then("users.info", Trouble.LIMITED)
        house.failing = True  # at first: Slack sends it again
        await ida.says("Ida ser det slik.", under=PROBLEM)
        assert homes(stage, ida) == [GRID]
        assert len(kept(stage, Person)) == known + 1
        assert len(kept(stage, Heard)) == 1

    play(database, story)


def test_whoever_works_in_two_workspaces_of_a_grid_is_one(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house = furnish(stage)
        both = [house.team_of("a"), house.team_of("b")]
        both[1].enterprise = GRID
        ola = cast["ola"]
        await trial(cast["kari"])
        known = len(kept(stage, Person))
        for team, words in zip(both * 2, ("en", "to", "tre", "fire"), strict=True):
            house.state.users[ola.user].team = team
            await answers(ola, words)
            assert len(kept(stage, Person)) == known, words
        assert [each.value for each in kept(stage, Answer)] == [{"text": "fire"}]

    play(database, story)


def test_a_guest_is_not_taken_for_one_of_the_house(database: Database) -> None:
    """Slack may name the guest's own workspace as that of the press."""

    async def story(stage: Stage) -> None:
        stage.house = house = House(stage, many=True, guests=("ute",))
        cast = five(stage, "slack")
        ida = stage.player("slack", "ute", "ida")
        await trial(cast["kari"])
        await cast["kari"].presses("Next question", on=PROBLEM)
        await ida.presses("Litt enig", on=SAME)
        sent = [each.payload for each in house.local.post.sent]
        press = next(each for each in reversed(sent) if each["type"] == "block_actions")
        team, user = house.team_of("ute").id, ida.user + "2"
        again = press | {"team": {"id": team}, "user": press["user"] | {"id": user}}
        house.local.then("users.info", Trouble.LIMITED)
        await house.local.post.interaction("interactive", again)
        with stage.database.read() as db:
            homes = list(db.exec(select(Identity.tenant).where(Identity.user == user)))
        assert homes in ([], [team])

    play(database, story)


def test_who_is_of_the_grid_is_known_without_asking_slack(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, house = furnish(stage)
        await trial(cast["kari"])
        await let_in(house, house.team_of("a"), whole=True)
        eva = stage.player("slack", "a", "eva")
        await cast["kari"].presses("Next question", on=PROBLEM)
        house.local.then("users.info", Trouble.LIMITED)
        await eva.presses("Litt enig", on=SAME)
        assert homes(stage, eva) == [GRID]

    play(database, story)
