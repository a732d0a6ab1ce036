"""Slack of a stage: the local Slack with Samspill in it, over signed HTTP or Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import or_
from sqlmodel import col, select

from bot.slack.edge import Take
from bot.slack.installations import Installations, Record
from bot.slack.manifest import EVENTS, manifest
from bot.slack.room import Access, Slack
from bot.slack.workspaces import workspace_of
from dialogs.events import Event
from dialogs.messages import Reply
from storage.secrets import Vault
from storage.tables import Outbox, Place, Sending
from tests.contract.stage import SECRET
from tests.slack.local import Channel, LocalSlack, Team, User
from tests.slack.local.server import running
from tests.slack.local.state import State

if TYPE_CHECKING:
    from tests.contract.stage import Stage

SOON = timedelta(seconds=10)
# Both ways in and both databases, in no more pairs than are needed.
EACH_WAY = pytest.mark.parametrize(
    ("database_url", "socket_mode"),
    [
        pytest.param("sqlite", False, id="sqlite-http"),
        pytest.param("sqlite", True, id="sqlite-socket mode"),
        pytest.param("postgresql", False, id="postgresql-http", marks=pytest.mark.postgres),
    ],
    indirect=["database_url"],
)


class House:
    """The local Slack of a stage, with Samspill in it; starts on first use.

    Parts of the stage are in one workspace, but for `guests`: these have a workspace each, without
    Samspill, and are in the channels of part `a` with the rest. `many`: each part has a workspace
    of its own with Samspill in it.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        socket_mode: bool = False,
        many: bool = False,
        guests: Collection[str] = (),
    ) -> None:
        self.stage = stage
        self.local = LocalSlack.empty(self._now)
        given = manifest("https://samspill.example.org", socket_mode=socket_mode, many=many)
        self.local.configure(given)
        self.team = self.local.workspace("Nav")
        self.many = many
        self.guests = guests
        self._teams: dict[str, Team] = {}
        self.socket_mode = socket_mode
        self.slack: Slack | None = None
        self.take: Take = stage.core.take  # a test may stand in between
        self.failing = False  # whether events fail at first, so that Slack sends them again
        self._running = AsyncExitStack()
        self._starting = asyncio.Lock()
        self._users: dict[str, User] = {}
        self._channels: dict[str, Channel] = {}

    def _now(self) -> Any:
        return self.stage.clock.now()

    def _seconds(self) -> float:
        return self.stage.clock.wall().timestamp()

    async def _sleep(self, seconds: float) -> None:
        self.stage.clock.forward(timedelta(seconds=seconds))

    async def _take(self, event: Event) -> Reply | None:
        return await self.take(event)

    @property
    def state(self) -> State:
        """What stands there."""
        return self.local.state

    def team_of(self, part: str) -> Team:
        """The workspace of a part, made on first sight."""
        if part not in self.guests and not self.many:
            return self.team
        if part not in self._teams:
            installed = part not in self.guests
            self._teams[part] = self.local.workspace(f"Hus {part}", installed=installed)
        return self._teams[part]

    @property
    def bot(self) -> User:
        """Samspill's own user in the first workspace."""
        return self.bot_of("a")

    def bot_of(self, part: str) -> User:
        """Samspill's own user, as this part sees it."""
        return (self.team_of(part).install or self.team_of("a").app).bot

    def person(self, part: str, name: str) -> User:
        """Somebody in a part of the workspace, made on first sight."""
        key = f"{part}/{name}"
        if key not in self._users:
            self._users[key] = self.local.person(self.team_of(part), name.capitalize())
        return self._users[key]

    def channel(self, part: str, room: str, user: User) -> Channel:
        """A channel with Samspill and this person in it, made on first sight."""
        host = "a" if part in self.guests else part
        found = self._channels.get(f"{host}/{room}")
        if found is None:
            found = self.local.channel(room, self.team_of(host))
            self._channels[f"{host}/{room}"] = found
        if user.team not in found.teams:
            found.teams.append(user.team)
        if user not in found.members:
            found.members.append(user)
        return found

    def sit_down(self, part: str, name: str, room: str) -> tuple[str, str]:
        """The ids of a person and of their channel. Parts of the workspace share neither, but for
        guests, who are in the channels of part `a`."""
        user = self.person(part, name)
        if user.team.install is not None:
            self.state.direct(user, user.team.install)
        return user.id, self.channel(part, room, user).id

    async def ready(self) -> Slack:
        """Start everything, once, whoever comes first."""
        async with self._starting:
            return self.slack or await self._started()

    async def _started(self) -> Slack:
        await self._running.enter_async_context(running(self.local))
        clock, core = self.stage.clock, self.stage.core
        record = Record(core.workers, Vault(SECRET), clock.now)
        self.slack = Slack(self._access(), self._take, record, self._seconds, self._sleep)
        app = web.Application()
        app.add_routes(self.slack.routes())
        server = TestServer(app)
        await server.start_server()
        self._running.push_async_callback(server.close)
        self.local.events_at = "" if self.socket_mode else str(server.make_url(EVENTS))
        self._running.push_async_callback(self.slack.stop)
        await self.slack.start()
        await self.slack.connected()
        if self.many:
            made = Installations(record, self.local.base_url)
            for team in (each for each in self._teams.values() if each.install):
                await made.add(await workspace_of(made.of(team.app.token)), "")
        self.stage.connect()
        return self.slack

    def _access(self) -> Access:
        return Access(
            bot_token="" if self.many else self.team.app.token,
            client_id=self.state.client_id if self.many else "",
            client_secret=self.state.client_secret if self.many else "",
            signing_secret="" if self.socket_mode else self.state.signing_secret,
            app_token=self.state.app_token if self.socket_mode else "",
            api=self.local.base_url,
        )

    async def settled(self) -> bool:
        """Everything that is on its way between the two has arrived; whether more goes as soon as
        the second between two messages in a channel is over."""
        if self.slack is not None:
            await self.slack.edge.settled()
            await self.local.quiet()
        soon = self.stage.clock.wall() + SOON
        waiting = (
            select(Outbox.id)
            .join(Place, col(Place.id) == col(Outbox.place_id))
            .where(Place.platform == "slack", Outbox.state == Sending.WAITING)
            .where(col(Place.removed_at).is_(None))
            .where(col(Outbox.not_before) <= soon)
            .where(or_(col(Place.next_post_at).is_(None), col(Place.next_post_at) <= soon))
        )
        with self.stage.database.read() as db:
            return db.exec(waiting).first() is not None

    async def stop(self) -> None:
        """End it; nothing that Slack would not take may have been sent."""
        await self._running.aclose()
