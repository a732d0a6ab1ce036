"""What the built-in chat needs from outside, and who is looking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from dialogs.events import Actor, Event
from dialogs.language import ZONE, Translator, known
from dialogs.messages import File, Reply
from storage import people
from storage.engine import Db


class Seat(NamedTuple):
    """Where a person sits: their workspace (`tenant`) and who they are in it; `session` is what
    they came in by, if anything but the demo let them in."""

    tenant: str
    user: str
    platform: str = "web"
    session: int | None = None

    @property
    def key(self) -> str:
        """The seat as one word."""
        return "/".join(quote(part, safe="") for part in (self.platform, self.tenant, self.user))


Take = Callable[[Event], Awaitable[Reply | None]]
Who = Callable[[web.Request], Awaitable[Seat | None]]
Files = Callable[[Db, str], File | None]  # a file that was sent, by its key, as it is now


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks or writes, with their name and language."""

    seat: Seat
    name: str
    say: Translator

    @property
    def actor(self) -> Actor:
        """The same person as the core knows them."""
        return Actor(
            self.seat.platform, self.seat.tenant, self.seat.user, self.name, self.say.language
        )


def viewer(db: Db, seat: Seat) -> Viewer:
    """Who sits here; somebody not met yet goes by their user id and in bokmål."""
    person = people.by_identity(db, seat.platform, seat.tenant, seat.user)
    if person is None:
        return known_as(seat, None, None, None)
    return known_as(seat, person.name, person.language, person.zone)


def known_as(seat: Seat, name: str | None, language: str | None, zone: str | None) -> Viewer:
    """Who sits here, by what is known of them."""
    return Viewer(seat, name or seat.user, Translator(known(language), zone or ZONE))


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody the demo can be seen as; `workspace` says in words where they sit."""

    seat: Seat
    name: str
    organisation: str
    workspace: str


@dataclass(frozen=True, slots=True)
class DemoControls:
    """What only the demo has: its people and its clock."""

    people: Callable[[], Sequence[DemoPerson]]
    move_clock: Callable[[timedelta], Awaitable[None]]
    now: Callable[[], datetime]
