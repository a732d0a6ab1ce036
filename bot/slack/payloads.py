"""Reading Slack's payloads, which may be anything: what is there, who did it, and where.

Shapes: https://docs.slack.dev/reference/events and
https://docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.slack.text import Meaning, emoji_in, meaning
from dialogs.events import Actor, Where

PLATFORM = "slack"


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing of ours; `reason` is a short code for the log and the tests."""

    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a payload does not tell: the time; the workspace (or grid) whose installation it came
    by, and that which keeps the channel; Samspill's own user id by installation; and what people
    and the channel are called, their languages, and where they are at home."""

    now: datetime
    tenant: str
    bots: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    languages: Mapping[str, str] = field(default_factory=dict)
    channel: str = field(default="", repr=False)  # the name of the channel it happened in
    keeper: str = ""  # empty: the installation that it came by
    homes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the workspace, the grid
    within: str = ""  # the workspace it came from, when the installation is a whole grid's
    outside: bool = False  # Samspill itself is not where it happened
    unheard: frozenset[str] = frozenset()  # people about whom Slack may tell another time
    grids: Mapping[str, str] = field(default_factory=dict)  # by workspace with an installation

    @property
    def bot(self) -> str:
        """Samspill in the channel."""
        return self.bots.get(self.keeper or self.tenant, "")


class Unreadable(Exception):
    """A payload lacks what its kind always has."""


def text_at(data: Any, *path: str) -> str:
    """A text at the end of a path; empty when it is not there."""
    for each in path:
        if not isinstance(data, dict):
            return ""
        data = data.get(each)
    return data if isinstance(data, str) else ""


def needed(data: Any, *path: str) -> str:
    """The same where it is always there; Unreadable when it is not."""
    found = text_at(data, *path)
    if not found:
        raise Unreadable
    return found


def mapping(data: Any, name: str) -> Mapping[str, Any]:
    """A part of a payload; empty when it is not there."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def instant(ts: str) -> datetime:
    """Slack's `seconds.micros`; Unreadable when it is none."""
    seconds, _, rest = ts.partition(".")
    if not seconds.isdecimal() or len(seconds) > 11 or not (rest or "0").isdecimal():
        raise Unreadable
    micros = int((rest + "000000")[:6])
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=micros)


def actor_of(user: str, team: str, known: Known, name: str = "") -> Actor:
    """Who did it; `team` and `name` are what the payload says."""
    called = known.names.get(user, name)
    home, *others = _homes(user, team, known)
    language = known.languages.get(user)
    guessed = user in known.unheard and home not in known.bots
    return Actor(PLATFORM, home, user, called, language, tuple(others), guessed)


def _homes(user: str, team: str, known: Known) -> list[str]:
    """Where somebody is at home, the same however a payload says it: their workspace or grid, if
    Samspill is installed there, else the grid, else the workspace. Then what it may have been
    before Samspill was installed there, or while it was, or in another workspace of the grid: all
    of a grid's users have ids of their own."""
    told = known.homes.get(user) or ((known.tenant,) if team == known.within else ())
    installed = (each for each in (team, *told) if each in known.bots)
    home = next(installed, told[-1] if told else team)
    grid = known.grids.get(home) or next(iter(told[1:]), "")
    others = (each for each, whose in known.grids.items() if whose == grid)
    return list(dict.fromkeys((home, team, *told, *others)))


def place_of(
    known: Known, channel: str, user: str, thread: str | None = None, *, can_open: bool = True
) -> Where:
    """Where it was. In Samspill's own direct conversation private answers are posts."""
    if channel.startswith("D"):
        tenant = known.tenant
        return Where(PLATFORM, tenant, user, None, direct=True, can_open=can_open, can_notice=False)
    keeper = known.keeper or known.tenant
    return Where(PLATFORM, keeper, channel, thread, name=known.channel, can_open=can_open)


def at_home(known: Known, user: str) -> Where:
    """On somebody's page, where a private answer is shown in a window."""
    return Where(PLATFORM, known.tenant, user, direct=True, can_notice=True)


def by_an_app(message: Mapping[str, Any], known: Known) -> bool:
    """Whether a message was written by an app, Samspill itself too."""
    author = text_at(message, "user")
    return bool(message.get("bot_id")) or not author or author in known.bots.values()


def meant(message: Mapping[str, Any], known: Known) -> Meaning:
    """What somebody wrote, as they meant it."""
    pictures = emoji_in(message.get("blocks"))
    return meaning(text_at(message, "text"), known.bots.values(), known.names, pictures)
