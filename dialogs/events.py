"""What happens to Samspill, independent of platform: frozen data, no live objects.

Edges (under `bot/`) verify what came in and translate it to one of these. `id` is the sender's own
id for the event and is claimed once; `at` is the platform's time for it, which decides the order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, as the platform knows them. `name` and `language` are the platform's guess.
    `also` are other tenants by which the same user may have been known. `guessed`: the platform
    did not say for certain which tenant it is, and may another time."""

    platform: str
    tenant: str
    user: str
    name: str = field(default="", repr=False)
    language: str | None = None
    also: tuple[str, ...] = ()
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """Where it happened. `thread` is the platform id of the thread's first message, if any.

    `direct` is a conversation with Samspill alone: there `channel` is the person's own user id.
    `can_open` says that a form can open as the
    answer to this event, `can_notice` that a private notice can be given at once.
    """

    platform: str
    tenant: str
    channel: str
    thread: str | None = None
    direct: bool = False
    name: str = field(default="", repr=False)
    can_open: bool = True
    can_notice: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote. `text` is unescaped, mentions of people read as "@name".

    `named` says that Samspill was mentioned (its mention is taken out of `text`);
    `only_mentions` that nothing but people's names was written.
    """

    id: str
    at: datetime
    actor: Actor
    where: Where
    message: str
    text: str = field(repr=False)
    named: bool = False
    only_mentions: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed what they wrote; `at` is the time of the change, `said_at` of it."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    message: str
    said_at: datetime
    text: str = field(repr=False)
    only_mentions: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """Somebody removed what they wrote."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    message: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, or one of the options of a choice or scale (`value`)."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    button: str
    value: str | None = field(default=None, repr=False)
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form was sent in; see `dialogs.messages.Field` for the values' shapes."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    form: str
    values: dict[str, str | tuple[str, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command: `text` is what followed it."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A person opened Samspill's own page."""

    id: str
    at: datetime
    actor: Actor
    where: Where


@dataclass(frozen=True, slots=True)
class Handed:
    """Somebody handed a message over to Samspill; `purpose` says what for, such as "answer".

    `own` says that they wrote it themselves: what others wrote does not come with it.
    """

    id: str
    at: datetime
    actor: Actor
    where: Where
    message: str
    purpose: str
    own: bool
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A person came into the channel."""

    id: str
    at: datetime
    actor: Actor
    where: Where


@dataclass(frozen=True, slots=True)
class Left:
    """A person left the channel."""

    id: str
    at: datetime
    actor: Actor
    where: Where


@dataclass(frozen=True, slots=True)
class Installed:
    """Samspill was added to a channel; `actor` is who did it, None when nobody tells."""

    id: str
    at: datetime
    actor: Actor | None
    where: Where


@dataclass(frozen=True, slots=True)
class Removed:
    """Samspill was taken out of a channel; nobody tells by whom."""

    id: str
    at: datetime
    where: Where
    actor: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A channel is called otherwise, or has another id: `where` is how it is now, `before` the id
    that it had, empty when that is the same. Nobody tells who did it."""

    id: str
    at: datetime
    where: Where
    before: str = ""
    actor: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A person came in on the web by a personal link, which began this session."""

    id: str
    at: datetime
    actor: Actor
    where: Where
    session: int


# What somebody did, and what a platform tells of Samspill and its channels, often by nobody.
PersonEvent = (
    Said
    | Edited
    | Deleted
    | Pressed
    | Submitted
    | Commanded
    | Opened
    | Handed
    | Joined
    | Left
    | Entered
)
PlatformEvent = Installed | Removed | Moved
Event = PersonEvent | PlatformEvent
