"""A stage to play conversations on: the whole core with real channels, people who say and press.

`Stage` runs the core on a real database with movable clocks and no loops of its own: `settle` does
all that is due. A `Player` is a person in one workspace of one channel; what they do goes in as
their channel would send it, what they see is what their channel was given.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import bindparam, exists, or_, select
from sqlmodel import col

from bot import chat as built_in
from bot.channel import Address, Channel
from bot.chat import ChatChannel, DemoControls, DemoPerson, Seat
from bot.core import Samspill
from dialogs.language import Translator
from dialogs.messages import Message
from dialogs.packs.library import Packs
from storage import chat_rooms, people
from storage.engine import Database
from storage.secrets import Vault
from storage.tables import Job, Outbox, Sending
from tests.contract.built_in import BuiltIn
from tests.contract.poor import Poor
from tests.contract.surface import Seen, Surface
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from tests.slack.house import House

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Oslo
SOCKET_MODE = "slack by socket mode"  # names the same platform, reached by its other way in
SECRET = "a secret for tests that is long enough"

# Whether a job, and whether a delivery may be due; it says yes too often rather than too seldom.
_WAITS = select(
    exists().where(col(Job.wanted) > col(Job.done), col(Job.due_at) <= bindparam("wall")),
    or_(
        exists().where(
            col(Outbox.state) == Sending.WAITING, col(Outbox.not_before) <= bindparam("wall")
        ),
        exists().where(col(Outbox.state) == Sending.SENDING),
    ),
)


@dataclass
class Player:
    """A person before a screen."""

    stage: Stage
    surface: Surface
    user: str
    name: str
    room: str = "samspill"
    language: str = "nb"
    reply: Seen | None = None
    form: dict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)
    last: Callable[[], Awaitable[dict[str, Any]]] | None = None

    async def says(self, text: str, *, under: str | None = None, direct: bool = False) -> None:
        """Write in the room, in the thread under the message that has these words, or directly."""
        thread = self.post_with(under).id if under else None
        room = self.surface.direct_room(self) if direct else self.room
        self.last = self.surface.say(self, room, text, thread)
        await self._do()

    async def writes(self, text: str) -> None:
        """Write to Samspill alone."""
        await self.says(text, direct=True)

    @property
    def say(self) -> Translator:
        """This person's language."""
        return Translator(self.language)

    def t(self, source: str, **values: object) -> str:
        """A source text as this person reads it."""
        return self.say.t(source, **values)

    async def presses(self, label: str, *, on: str | None = None) -> None:
        """Press what is called so (by its source text, or as it reads): on the private answer just
        given, else on the latest message, or on the latest message with the words `on`."""
        seen, button, value = self.find(self.t(label), on)
        self.last = self.surface.press(self, seen, button, value)
        await self._do()

    async def presses_raw(self, button: str, value: str | None = None) -> None:
        """Press a button that may not be there at all."""
        self.last = self.surface.press(self, None, button, value)
        await self._do()

    async def fills(self, **values: str | tuple[str, ...]) -> None:
        """Send the open form."""
        assert self.form is not None, f"no form is open; {self.name} sees: {self.reply}"
        await self.sends(self.form["id"], **values)

    async def sends(self, form: str, **values: str | tuple[str, ...]) -> None:
        """Send a form that may never have been open."""
        self.last = self.surface.submit(self, form, values)
        await self._do()

    async def edits(self, words: str, text: str) -> None:
        """Change one's own message that has these words."""
        self.last = self.surface.edit(self, self._own(words), text)
        await self._do()

    async def deletes(self, words: str) -> None:
        """Take away one's own message that has these words."""
        self.last = self.surface.delete(self, self._own(words))
        await self._do()

    async def repeats(self) -> None:
        """Do the last act once more with the same id, as a platform does that got no answer."""
        await self._do()

    def _own(self, words: str) -> Seen:
        for seen in reversed(self.sees()):
            if seen.author == self.user and words in seen.text:
                return seen
        raise AssertionError(f"{self.name} has written no {words!r}")

    async def _do(self) -> None:
        assert self.last is not None
        answer = await self.last()
        self.errors = answer.get("errors", {})
        self.form = answer.get("form") or (self.form if self.errors else None)
        self.reply = answer.get("notice")
        await self.stage.settle()

    def find(self, label: str, on: str | None) -> tuple[Seen | None, str, str | None]:
        """Where something to press is."""
        shown = [self.reply] if self.reply and on is None else []
        for seen in [*shown, *reversed(self.sees())]:
            if on is not None and on not in seen.text:
                continue
            for button, value, name in seen.actions:
                if name == label:
                    return (None if seen is self.reply else seen), button, value
        raise AssertionError(f"{self.name} cannot press {label!r}; sees:\n{self.screen()}")

    def sees(self) -> list[Seen]:
        """Everything in the person's room and direct conversation, oldest first."""
        return self.surface.seen_by(self)

    def post_with(self, words: str) -> Seen:
        """The latest message in the room with these words."""
        for seen in reversed(self.sees()):
            if words in seen.text and seen.room == self.room:
                return seen
        raise AssertionError(f"{self.name} sees no {words!r} in:\n{self.screen()}")

    def screen(self) -> str:
        """All that is seen, as text."""
        parts = [f"{each.author or 'Samspill'}: {each.text}" for each in self.sees()]
        if self.reply:
            parts.append(f"(privately) {self.reply.text}")
        return "\n---\n".join(parts)

    @property
    def private(self) -> str:
        """The latest private words of Samspill: a form's faults, an answer, or a direct message."""
        if self.errors:
            return "\n".join(self.errors.values())
        if self.reply is not None:
            return self.reply.text
        direct = self.surface.direct_room(self)
        own = [each.text for each in self.sees() if each.room == direct and each.author is None]
        return own[-1] if own else ""


class Stage:
    """The core on a database, with as many surfaces as a test wants."""

    def __init__(self, database: Database, packs: Packs) -> None:
        self.database = database
        self.clock = FakeClock(MONDAY)
        self.core = Samspill(database, lambda: packs, self.clock, Vault(SECRET), random=Random(7))
        self.surfaces: dict[str, Surface] = {}
        self.seats: list[DemoPerson] = []
        self.poorly: list[tuple[Address, str, Message | str, str | None]] = []
        self.client: TestClient[Any, Any]
        self.house: House | None = None  # the local Slack, if anybody is in it

    async def __aenter__(self) -> Stage:
        app = web.Application()
        core = self.core
        controls = DemoControls(lambda: self.seats, self._move, self.clock.now)
        built_in.setup(
            app,
            workers=core.workers,
            hub=core.hub,
            take=core.take,
            now=self._tick,
            files=core.seer.file,
            demo=controls,
        )
        self.client = TestClient(TestServer(app))
        await self.client.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        if self.house is not None:
            await self.house.stop()
        await self.core.stop()

    def _tick(self) -> datetime:
        self.clock.forward(timedelta(seconds=1))
        return self.clock.now()

    async def _move(self, by: timedelta) -> None:
        self.clock.forward(by)

    def surface(self, platform: str, tenant: str) -> Surface:
        """A workspace on a platform."""
        key = f"{platform}/{tenant}"
        if key not in self.surfaces:
            self.surfaces[key] = self._made(platform, tenant)
            self.connect()
        return self.surfaces[key]

    def _made(self, platform: str, tenant: str) -> Surface:
        if platform == "poor":
            return Poor(self, tenant)
        if platform not in ("slack", SOCKET_MODE):
            return BuiltIn(self, platform, tenant)
        from tests.slack.house import House
        from tests.slack.surface import InSlack

        self.house = self.house or House(self, socket_mode=platform == SOCKET_MODE)
        return InSlack(self.house, tenant)

    def connect(self) -> None:
        """Let the core send to all surfaces that there are now."""
        core = self.core
        channels: dict[str, Channel] = {
            each: ChatChannel(each, core.workers, core.hub, self.clock.now)
            for each in ("web", "terminal")
        }
        for surface in self.surfaces.values():
            if isinstance(surface, Poor):
                channels["poor"] = surface
        if self.house is not None and self.house.slack is not None:
            channels["slack"] = self.house.slack.channel
        core.connect(channels)

    def player(self, platform: str, tenant: str, user: str, room: str = "samspill") -> Player:
        """A person at a workspace, in one room."""
        surface = self.surface(platform, tenant)
        name = user.capitalize()
        if self.house is not None and surface.platform == "slack":
            user, room = self.house.sit_down(tenant, user, room)
        if isinstance(surface, BuiltIn):
            self.seats.append(DemoPerson(Seat(tenant, user, platform), name, "", tenant))
            with self.database.write() as db:
                people.meet(db, platform, tenant, user, name, self.clock.now())
                chat_rooms.open_room(db, platform, tenant, room, room, [user])
                chat_rooms.direct_room(db, platform, tenant, user)
        return Player(self, surface, user, name, room)

    async def settle(self) -> None:
        """Do everything that is due: jobs and deliveries, also edits that were spaced out."""
        if self.house is not None:
            await self.house.ready()
        for _ in range(20):
            done = await self._drain()
            self.clock.forward(timedelta(seconds=4))
            done += await self._drain()
            if self.house is not None and await self.house.settled():
                continue
            if not done:
                return
        raise AssertionError("the core does not come to rest")

    async def _drain(self) -> int:
        """Do what is due now; how many jobs were done. Most often nothing is, and a look says so
        for a tenth of what it costs to have the loops find out."""
        with self.database.read() as db:
            jobs, deliveries = db.execute(_WAITS, {"wall": self.clock.wall()}).one()
        done = await self.core.jobs.drain() if jobs else 0
        if jobs or deliveries:
            assert self.core.delivery is not None
            await self.core.delivery.drain()
        return done

    async def pass_time(self, by: timedelta) -> None:
        """Let time pass and do what became due."""
        self.clock.forward(by)
        await self.core.plan()
        await self.settle()
