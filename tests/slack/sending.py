"""The outbox sends to the local Slack: the core's delivery, Slack's channel, a clock to move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from bot.slack.channel import SlackChannel
from bot.slack.pacing import Pacing
from bot.slack.reaching import Clients
from bot.slack.workspaces import client_of
from dialogs.messages import File, Message
from storage import installations, outbox
from storage.engine import Database, Db
from storage.tables import Kind, Outbox, Person, Place, Sending
from tests.delivery.world import MINUTE, World
from tests.slack.local import Channel, LocalSlack, User, local_slack

SOME = timedelta(seconds=30)


class Sends(World):
    """A workspace with Kari in one channel; places are named by Slack's ids."""

    def __init__(self, database: Database, slack: LocalSlack) -> None:
        self.slack = slack
        self.team = slack.workspace("Nav")
        self.kari = slack.person(self.team, "Kari")
        self.room = slack.channel("digital-vei", self.team, self.kari)
        self.checked: list[str] = []  # whose token Slack did not take
        self.clients: dict[str, AsyncWebClient | None] = {}  # None: let go of
        self.client_of: Clients = self._client
        super().__init__(database, self.new_channel())  # type: ignore[arg-type]
        slack.state.now = self.clock.wall
        slack.pacing._now = self.clock.wall

    def new_channel(self) -> SlackChannel:
        """As a process that has just started has it."""
        pacing = Pacing(lambda: self.clock.wall().timestamp())
        return SlackChannel(self._known, self._shared, pacing, self._check)

    async def _check(self, tenants: Sequence[str]) -> None:
        self.checked += tenants
        for team in (self.slack.state.teams[each] for each in tenants):
            if team.app.dead:
                self.clients[team.id] = None

    async def _known(self, tenant: str) -> AsyncWebClient | None:
        return await self.client_of(tenant)

    async def _shared(self, tenant: str, user: str) -> list[tuple[str, str]]:
        with self.database.read() as db:
            return installations.shared_with(db, tenant, user)

    async def _client(self, tenant: str) -> AsyncWebClient | None:
        team = self.slack.state.teams.get(tenant)
        if team is None or team.install is None:
            return None
        if tenant not in self.clients:
            self.clients[tenant] = client_of(team.app.token, self.slack.base_url)
        return self.clients[tenant]

    def place(self, name: str = "", *, platform: str = "slack", direct: bool = False) -> int:
        """A channel or, by a person's id, the conversation with them."""
        name = self.room.id if name in ("", "a") else name  # where nothing else is said
        with self.database.write() as db:
            known = db.exec(select(Place).where(Place.channel == name)).first()
            if known is not None:
                return known.id
            user = self.slack.state.users.get(name)
            team = user.team if user else self.slack.state.channels[name].teams[0]
            made = Place(platform=platform, tenant=team.id, channel=name)
            if user:
                person = Person(name=name, created_at=self.clock.now())
                db.add(person)
                db.flush()
                made.person_id = person.id
            db.add(made)
            db.flush()
            return made.id

    def render(self, db: Db, row: Outbox, place: Place) -> Any:
        shown: Message | None = super().render(db, row, place)
        if row.kind != Kind.FILE:
            return shown
        return File("nb", f"{row.argument}.html", "text/html", "En side", b"<p>Hei</p>", None)

    def file(self, argument: str, place: str = "", root: int | None = None) -> int:
        """Enqueue a file."""
        place_id = self.place(place)
        self.record[argument] = argument
        with self.database.write() as db:
            outbox.file(
                db,
                place_id=place_id,
                root_id=root,
                dialog="d",
                name="page",
                argument=argument,
                collaboration_id=None,
                now=self.clock.now(),
            )
        return self.rows()[-1].id

    async def settle(self) -> None:
        """Deliver, and let time pass until nothing is left to deliver."""
        for _ in range(60):
            await self.delivery.drain()
            await self.slack.quiet()
            if not self.rows(Sending.WAITING, Sending.SENDING):
                return
            self.clock.forward(SOME)
        left = [(each.key, each.state, each.attempts) for each in self.rows()]
        raise AssertionError(f"not everything went: {left}")

    async def die(self) -> None:
        """Deliver until a call gets no answer; then the process is gone, and another begins."""
        self.slack.api.unanswered.clear()
        self.clock.forward(SOME)  # what is spaced out is due
        going = asyncio.create_task(self.delivery.drain())
        waiting = asyncio.create_task(self.slack.api.unanswered.wait())
        await asyncio.wait([going, waiting], return_when=asyncio.FIRST_COMPLETED)
        assert waiting.done(), "every call was answered"
        tasks = self.delivery._going.tasks if self.delivery._going else set()
        for each in [going, *tasks]:
            each.cancel()
        await asyncio.gather(going, *tasks, return_exceptions=True)
        self.channel = self.new_channel()  # type: ignore[assignment]
        self.delivery = self.another(seed=2)

    def texts(self, channel: Channel | None = None, thread: str | None = None) -> list[str]:
        """What Samspill has said in a channel, or under a message of it, in order."""
        where = channel or self.room
        ours = [each for each in where.messages.values() if each.user.is_bot]
        return [
            self.slack.shown(each) or ",".join(file.title for file in each.files)
            for each in sorted(ours, key=lambda each: each.ts)
            if (each.thread_ts if each.is_reply else None) == thread
        ]

    def called(self, method: str) -> list[Any]:
        """The calls of a method, as Slack saw them."""
        return [each for each in self.slack.api.calls if each.method == method]

    def direct(self, user: User | None = None) -> Channel:
        """The conversation with a person, Kari if none is named."""
        return self.slack.direct(user or self.kari)


@asynccontextmanager
async def _sending(database: Database, *, paced: bool) -> AsyncIterator[Sends]:
    made: list[Sends] = []

    def now() -> Any:
        return made[0].clock.wall()

    async with local_slack(now, paced=paced) as slack:
        made.append(Sends(database, slack))
        try:
            yield made[0]
        finally:
            made[0].workers.close()


def run(
    database: Database, story: Callable[[Sends], Awaitable[None]], *, paced: bool = False
) -> None:
    """Play it on a running Slack; `paced`: too many calls are answered 429."""

    async def play() -> None:
        async with _sending(database, paced=paced) as sends:
            await story(sends)

    asyncio.run(play())


__all__ = ["MINUTE", "SOME", "Sends", "run"]
