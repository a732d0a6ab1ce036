"""What every channel offers and declares, and the few outcomes that sending can have.

A channel is an adapter to one platform (the web chat, the terminal, Slack, Teams, mail). It never
sees a database session or a dialog: it gets neutral messages and gives neutral outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from dialogs.messages import File, Message


@dataclass(frozen=True, slots=True)
class Address:
    """Where to send: a place by its platform's own ids, and the thread's first message if any.

    `direct` means that `channel` names a person: the channel opens the conversation itself.
    """

    platform: str
    tenant: str
    channel: str
    thread: str | None = None
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """It went, and the platform calls it `platform_id`."""

    platform_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: again after this long. `whole_place` holds up the place, not the message alone."""

    after: timedelta
    whole_place: bool = True


@dataclass(frozen=True, slots=True)
class Gone:
    """The place, person or message is no longer there; `reason` is a short code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this one; `reason` is a short code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have gone (the connection broke): the row is in doubt."""


Outcome = Sent | Later | Gone | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do; the core has one fallback for each thing it lacks.

    `find`: a post in doubt can be looked up by its key (else it is repeated once, and counted).
    `update`, `remove`: messages can be changed and taken away. `marks`: reactions. `files`:
    documents; where there are none, a file's own words go instead.
    `post_gap`, `edit_gap`: least time between two posts in one place, two edits of one message.
    """

    find: bool = True
    update: bool = True
    remove: bool = True
    marks: bool = True
    files: bool = True
    post_gap: timedelta = timedelta(0)
    edit_gap: timedelta = timedelta(seconds=3)


class Channel(Protocol):
    """One platform's way out. Every call is safe to repeat with the same key."""

    platform: str
    abilities: Abilities

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        """Send a new message; `key` goes with it, so that `find` can see it later."""
        ...

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        """Send a file as a new message, with its key like any other."""
        ...

    async def find(self, to: Address, key: str) -> str | None:
        """The platform id of the message sent with this key, or None if it never went."""
        ...

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        """Replace a message's content."""
        ...

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        """Take a message away."""
        ...

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        """Put a small sign on a person's message."""
        ...
