"""Letting Samspill into workspaces: the way to Slack and back, whoever else tries, and the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlmodel import col, select

from bot.slack.installations import Record
from bot.slack.installing import LIFE
from bot.slack.manifest import EVENTS, INSTALL, REDIRECT, SCOPES, manifest
from bot.slack.room import Access, Slack
from bot.workers import Workers
from dialogs.events import Event
from storage import installations, people, places
from storage.engine import Database
from storage.secrets import Vault
from storage.tables import Installation, Place
from tests.contract.stories import ON_SQLITE
from tests.fakes import FakeClock
from tests.slack.local import LocalSlack, Team, User, at, local_slack

SITE = "https://samspill.example.org"


@dataclass
class Office:
    """A Samspill for many workspaces, what it took in, and a local Slack."""

    slack: LocalSlack
    room: Slack
    server: TestServer
    database: Database
    clock: FakeClock
    taken: list[Event]
    browsers: AsyncExitStack

    def browser(self) -> TestClient:
        """A new one, without cookies."""
        made = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.browsers.push_async_callback(made.session.close)
        return made

    async def goes(self, browser: TestClient) -> dict[str, str]:
        """To Slack's page: what it was asked."""
        answer = await browser.get(INSTALL, allow_redirects=False)
        assert answer.status == 302
        to = urlsplit(answer.headers["Location"])
        assert to.path == "/oauth/v2/authorize"
        return {name: values[0] for name, values in parse_qs(to.query).items()}

    async def comes_back(self, browser: TestClient, **given: str) -> ClientResponse:
        """From Slack's page."""
        return await browser.get(REDIRECT, params=given)

    async def installs(self, user: User, *, whole: bool = False) -> None:
        """All of the way."""
        browser = self.browser()
        state = (await self.goes(browser))["state"]
        code = self.slack.consent(user, frozenset(SCOPES), whole=whole)
        answer = await self.comes_back(browser, code=code, state=state)
        page = await answer.text()
        assert answer.status == 200, page
        house = "Grid" if whole else user.team.name
        assert house in page

    def rows(self) -> list[Installation]:
        """What is kept."""
        with self.database.read() as db:
            return list(db.exec(select(Installation)))


def visit(
    database: Database,
    story: Callable[[Office], Awaitable[None]],
    *,
    socket_mode: bool = False,
) -> None:
    """Play a story with nobody's workspace yet."""

    async def run() -> None:
        clock, taken, workers = FakeClock(), [], Workers(database)

        async def take(event: Event) -> None:
            taken.append(event)

        async with AsyncExitStack() as stack:
            slack = await stack.enter_async_context(local_slack(clock.now))
            slack.configure(manifest(SITE, socket_mode=socket_mode, many=True))
            state = slack.state
            access = Access(
                signing_secret="" if socket_mode else state.signing_secret,
                app_token=state.app_token if socket_mode else "",
                client_id=state.client_id,
                client_secret=state.client_secret,
                api=slack.base_url,
            )
            room = Slack(access, take, Record(workers, Vault("k" * 40), clock.now))
            app = web.Application()
            app.add_routes(room.routes())
            server = TestServer(app)
            await server.start_server()
            stack.push_async_callback(server.close)
            slack.events_at = "" if socket_mode else str(server.make_url(EVENTS))
            stack.push_async_callback(room.stop)
            await room.start()
            await room.connected()
            await story(Office(slack, room, server, database, clock, taken, stack))
        workers.close()

    asyncio.run(run())


def house(office: Office, name: str = "Nav", **how: str) -> tuple[Team, User]:
    team = office.slack.workspace(name, installed=False, **how)
    return team, office.slack.person(team, "Kari Nordmann")


@ON_SQLITE
@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket mode"])
def test_somebody_lets_samspill_in_and_is_heard(database: Database, socket_mode: bool) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office)
        asked = await office.goes(office.browser())
        assert asked["client_id"] == office.slack.state.client_id
        assert set(asked["scope"].split(",")) == set(SCOPES)
        await office.installs(kari)
        [row] = office.rows()
        assert (row.tenant, row.installed_by, row.removed_at) == (team.id, kari.id, None)
        assert row.bot_user == team.app.bot.id
        assert row.bot_id == team.app.bot_id
        assert team.app.token.encode() not in row.sealed
        await office.slack.say(kari, office.slack.direct(kari), "hei")
        assert [each.actor and each.actor.tenant for each in office.taken] == [team.id]
        await office.slack.uninstall(team)
        assert office.rows()[0].removed_at is not None

    visit(database, story, socket_mode=socket_mode)


@ON_SQLITE
def test_only_the_browser_that_went_comes_back_and_once_and_soon(database: Database) -> None:
    async def story(office: Office) -> None:
        _, kari = house(office)
        mine, other = office.browser(), office.browser()
        state = (await office.goes(mine))["state"]
        await office.goes(other)
        code = office.slack.consent(kari)
        for browser, given in ((other, state), (mine, "made up"), (mine, "")):
            answer = await office.comes_back(browser, code=code, state=given)
            assert answer.status == 400
            assert INSTALL in await answer.text()
        assert office.rows() == []
        mine = office.browser()
        state = (await office.goes(mine))["state"]
        cookies = {each.key: each.value for each in mine.session.cookie_jar}
        assert (await office.comes_back(mine, code=code, state=state)).status == 200
        mine.session.cookie_jar.update_cookies(cookies, mine.make_url("/slack"))
        again = office.slack.consent(kari)
        assert (await office.comes_back(mine, code=again, state=state)).status == 400
        late = office.browser()
        state = (await office.goes(late))["state"]
        office.clock.forward(LIFE)
        assert (await office.comes_back(late, code=again, state=state)).status == 400

    visit(database, story)


@ON_SQLITE
def test_what_slack_refuses_is_said_and_nothing_is_kept(database: Database) -> None:
    async def story(office: Office) -> None:
        browser = office.browser()
        state = (await office.goes(browser))["state"]
        no = await office.comes_back(browser, error="access_denied", state=state)
        assert no.status == 403
        assert "administrator" in await no.text()
        browser = office.browser()
        state = (await office.goes(browser))["state"]
        failed = await office.comes_back(browser, code="<b>old</b>", state=state)
        assert failed.status == 502
        assert "<b>" not in await failed.text()
        assert office.rows() == []

    visit(database, story)


def standing(database: Database) -> set[str]:
    """The channels in which Samspill is, as far as it knows."""
    with database.read() as db:
        return set(db.exec(select(Place.channel).where(col(Place.removed_at).is_(None))))


@ON_SQLITE
@pytest.mark.parametrize("unsure", [0, 3], ids=["Slack says where", "Slack does not say where"])
def test_a_workspace_takes_samspill_out_and_lets_it_in_again(
    database: Database, unsure: int
) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office)
        await office.installs(kari)
        rooms = [office.slack.channel(name, team, kari) for name in ("en", "to")]
        rooms.append(office.slack.channel("tre", team, kari, kind="group"))
        with database.write() as db:
            for each in rooms:
                places.meet(db, "slack", team.id, each.id)
        await office.slack.uninstall(team)
        assert office.rows()[0].removed_at is not None
        assert standing(database) == set()
        back = rooms[0]
        back.members.append(team.app.bot)
        office.slack.then("conversations.info", *["fatal_error"] * unsure)
        await office.installs(kari)
        [row] = office.rows()
        assert row.removed_at is None
        assert standing(database) == {each.id for each in (rooms if unsure else [back])}
        await office.slack.say(kari, office.slack.direct(kari), "hei igjen")
        assert len(office.taken) == 1

    visit(database, story)


@ON_SQLITE
def test_late_news_of_an_old_installation_does_not_end_a_new_one(database: Database) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office)
        await office.installs(kari)
        office.slack.post.hold()
        await office.slack.revoke(team)
        await office.installs(kari)
        await office.slack.post.release()
        [row] = office.rows()
        assert row.removed_at is None
        assert office.slack.post.unacknowledged == []

    visit(database, story)


@ON_SQLITE
def test_slack_that_cannot_say_so_is_asked_again(database: Database) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office)
        await office.installs(kari)
        office.slack.then("auth.test", "service_unavailable")
        await office.slack.revoke(team)
        assert office.rows()[0].removed_at is None
        await office.slack.post.retry()
        assert office.rows()[0].removed_at is not None

    visit(database, story)


@ON_SQLITE
def test_a_whole_grid_is_one_installation_and_its_people_one_tenant(database: Database) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office, enterprise="E0GRID")
        other, ola = house(office, "Nav Fyr", enterprise="E0GRID")
        await office.installs(kari, whole=True)
        assert [each.tenant for each in office.rows()] == ["E0GRID"]
        room = office.slack.channel("felles", other, ola)
        said = f"{at(team.app.bot)} hei"
        await office.slack.say(ola, room, said)
        await office.slack.command(kari, office.slack.direct(kari), "/samspill", "hjelp")
        actors = [each.actor.tenant for each in office.taken if each.actor is not None]
        assert actors == ["E0GRID"] * 3
        assert {each.where.tenant for each in office.taken} == {"E0GRID"}
        assert len({each.id for each in office.taken}) == 2  # a mention comes twice

    visit(database, story)


@ON_SQLITE
def test_where_it_is_not_installed_nothing_is_taken_in(database: Database) -> None:
    async def story(office: Office) -> None:
        team = office.slack.workspace("Ukjent")  # by the app's own page: nobody came back to us
        kari = office.slack.person(team, "Kari")
        await office.slack.say(kari, office.slack.direct(kari), "hei")
        assert office.taken == []

    visit(database, story)


@ON_SQLITE
def test_whoever_let_it_in_is_forgotten_with_the_rest(database: Database) -> None:
    async def story(office: Office) -> None:
        team, kari = house(office)
        await office.installs(kari)
        with database.write() as db:
            people.meet(db, "slack", team.id, kari.id, "Kari", office.clock.now())
            installations.forget(db, "slack", kari.id)
        assert office.rows()[0].installed_by == ""

    visit(database, story)
