"""Slack's payloads as neutral events: pure, so that every shape can be tried. What is no event of
ours is ignored with a reason; nothing raises.

Shapes: https://docs.slack.dev/reference/events and
https://docs.slack.dev/reference/interaction-payloads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.slack import forms
from bot.slack.manifest import ADD_ANSWER
from bot.slack.pressing import REPEATED
from bot.slack.text import Meaning, emoji_in, meaning, mentioned
from dialogs.events import (
    Actor,
    Commanded,
    Deleted,
    Edited,
    Event,
    Handed,
    Installed,
    Joined,
    Left,
    Moved,
    Opened,
    Pressed,
    Removed,
    Said,
    Submitted,
    Where,
)

PLATFORM = "slack"
PURPOSES = {ADD_ANSWER: "answer"}  # of the shortcuts in a message's own menu
_STONE = "tombstone"  # stands for a thread's first message, when it was deleted
# What people write comes with no subtype, or with one of these.
_WRITTEN = frozenset(("", "file_share", "thread_broadcast", "me_message"))


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

    @property
    def bot(self) -> str:
        """Samspill in the channel."""
        return self.bots.get(self.keeper or self.tenant, "")


@dataclass(frozen=True, slots=True)
class About:
    """Whose and which names a payload needs, by Slack's ids."""

    people: frozenset[str] = frozenset()
    channel: str = ""


def about(payload: Mapping[str, Any]) -> About:
    """Who did it, who is named in it, and in which channel."""
    event = _map(payload, "event")
    message, before = _map(event, "message"), _map(event, "previous_message")
    several = (payload, event, message, before)
    people = {_text(each, "user") for each in several}
    people |= {_text(payload, "user", "id"), _text(payload, "user_id"), _text(event, "inviter")}
    for each in (event, message, payload):
        people |= mentioned(_text(each, "text"))
    channel = _text(event, "channel") or _text(payload, "channel", "id")
    channel = channel or _text(event, "channel", "id") or _text(event, "new_channel_id")
    return About(frozenset(people - {""}), channel or _text(payload, "channel_id"))


def changed(payload: Mapping[str, Any]) -> str:
    """Whom or what Slack tells of that is not as it was, by id; empty: nothing of the kind."""
    event = _map(payload, "event")
    match _text(event, "type"):
        case "user_change":
            return _text(event, "user", "id")
        case "channel_rename" | "group_rename":
            return _text(event, "channel", "id")
    return ""


class _Unreadable(Exception):
    """A payload lacks what its kind always has."""


def event_of(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """The neutral event that a payload of the Events API, an interaction or a command is."""
    try:
        match payload.get("type"):
            case "event_callback":
                return _callback(payload, known)
            case "block_actions":
                return _pressed(payload, known)
            case "view_submission":
                return _submitted(payload, known)
            case "view_closed":
                return Ignored("closed")
            case "shortcut":
                return _shortcut(payload, known)
            case "message_action":
                return _handed(payload, known)
            case None if "command" in payload:
                return _commanded(payload, known)
        return Ignored("kind")
    except _Unreadable:
        return Ignored("unreadable")


# --- reading what may be anything -----------------------------------------------------------------


def _text(data: Any, *path: str) -> str:
    """A text at the end of a path; empty when it is not there."""
    for each in path:
        data = data.get(each) if isinstance(data, Mapping) else None
    return data if isinstance(data, str) else ""


def _needed(data: Any, *path: str) -> str:
    found = _text(data, *path)
    if not found:
        raise _Unreadable
    return found


def _map(data: Any, name: str) -> Mapping[str, Any]:
    found = data.get(name) if isinstance(data, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def instant(ts: str) -> datetime:
    """Slack's `seconds.micros`."""
    seconds, _, rest = ts.partition(".")
    if not seconds.isdecimal() or len(seconds) > 11 or not (rest or "0").isdecimal():
        raise _Unreadable
    micros = int((rest + "000000")[:6])
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=micros)


def _actor(user: str, team: str, known: Known, name: str = "") -> Actor:
    called = known.names.get(user, name)
    return Actor(PLATFORM, _home(user, team, known), user, called, known.languages.get(user))


def _home(user: str, team: str, known: Known) -> str:
    """Where somebody is at home, the same however a payload says it: their workspace or grid, if
    Samspill is installed there, else the grid, else the workspace."""
    told = known.homes.get(user) or ((known.tenant,) if team == known.within else ())
    installed = (each for each in (team, *told) if each in known.bots)
    return next(installed, told[-1] if told else team)


def _place(
    known: Known, channel: str, user: str, thread: str | None = None, *, can_open: bool = True
) -> Where:
    """Where it was. In Samspill's own direct conversation private answers are posts."""
    if channel.startswith("D"):
        tenant = known.tenant
        return Where(PLATFORM, tenant, user, None, direct=True, can_open=can_open, can_notice=False)
    keeper = known.keeper or known.tenant
    return Where(PLATFORM, keeper, channel, thread, name=known.channel, can_open=can_open)


# --- the Events API -------------------------------------------------------------------------------


def _callback(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    event = _map(payload, "event")
    match _text(event, "type"):
        case "message":
            return _message(event, known)
        case "app_mention":
            return _said(event, known)
        case "app_home_opened":
            return _opened(payload, event, known)
        case "member_joined_channel":
            return _came(payload, event, known)
        case "member_left_channel":
            return _went(payload, event, known)
        case "channel_rename" | "group_rename":
            channel = _map(event, "channel")
            named = replace(known, channel=_text(channel, "name"))
            return _moved(payload, event, _needed(channel, "id"), "", named)
        case "channel_id_changed":
            before = _needed(event, "old_channel_id")
            return _moved(payload, event, _needed(event, "new_channel_id"), before, known)
        case "channel_left" | "group_left":  # all that tells of Samspill's own leaving
            left = known.bots.get(known.tenant, "")
            return _went(payload, {**event, "user": left}, known)
    return Ignored("event")


def _message(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    match _text(event, "subtype"):
        case "message_changed":
            return _edited(event, known)
        case "message_deleted":
            return _deleted(event, known)
        case subtype if subtype in _WRITTEN:
            return _said(event, known)
    return Ignored("subtype")


def _ours(message: Mapping[str, Any], known: Known) -> bool:
    """Whether a message was written by an app, Samspill itself too."""
    author = _text(message, "user")
    return bool(message.get("bot_id")) or not author or author in known.bots.values()


def _meant(message: Mapping[str, Any], known: Known) -> Meaning:
    pictures = emoji_in(message.get("blocks"))
    return meaning(_text(message, "text"), known.bots.values(), known.names, pictures)


def _team(message: Mapping[str, Any], known: Known) -> str:
    """The author's own workspace; in a channel that organisations share it may be another's."""
    return _text(message, "user_team") or _text(message, "team") or known.tenant


def _said(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A message and its mention of us come as two events: the message is what is claimed."""
    if _ours(event, known):
        return Ignored("app")
    channel, ts, user = (_needed(event, each) for each in ("channel", "ts", "user"))
    thread = _text(event, "thread_ts") or None
    said = _meant(event, known)
    if not channel.startswith("D") and thread is None and not said.named:
        return Ignored("elsewhere")
    return Said(
        f"said:{channel}:{ts}",
        instant(ts),
        _actor(user, _team(event, known), known),
        _place(known, channel, user, thread, can_open=False),
        ts,
        said.text,
        named=said.named,
        only_mentions=said.only_mentions,
    )


def _edited(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    message, before = _map(event, "message"), _map(event, "previous_message")
    if _text(message, "subtype") == _STONE:
        return _deleted({**event, "deleted_ts": _text(before, "ts")}, known)
    if _ours(message, known):
        return Ignored("app")
    if _text(message, "text") == _text(before, "text"):
        return Ignored("unchanged")  # an unfurled link, a reply that was counted
    channel, user = _needed(event, "channel"), _needed(message, "user")
    ts = _text(message, "ts") or _needed(before, "ts")
    thread = _text(message, "thread_ts") or None
    if not channel.startswith("D") and thread is None:
        return Ignored("elsewhere")
    changed = _text(message, "edited", "ts") or _needed(event, "ts")
    said = _meant(message, known)
    return Edited(
        f"edited:{channel}:{ts}:{changed}",
        instant(changed),
        _actor(user, _team(message, known), known),
        _place(known, channel, user, thread, can_open=False),
        ts,
        instant(ts),
        said.text,
        only_mentions=said.only_mentions,
    )


def _deleted(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    before = _map(event, "previous_message")
    if _text(before, "subtype") == _STONE or _ours(before, known):
        return Ignored("app")
    channel, user = _needed(event, "channel"), _needed(before, "user")
    ts = _text(event, "deleted_ts") or _needed(before, "ts")
    thread = _text(before, "thread_ts") or None
    if not channel.startswith("D") and thread is None:
        return Ignored("elsewhere")
    return Deleted(
        f"deleted:{channel}:{ts}",
        instant(_needed(event, "ts")),
        _actor(user, _team(before, known), known),
        _place(known, channel, user, thread, can_open=False),
        ts,
    )


def _came(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """Somebody came into a channel: a person, or Samspill itself, asked in by one."""
    channel, user = _needed(event, "channel"), _needed(event, "user")
    id = _needed(payload, "event_id")
    at = _when(payload, event)
    team = _text(event, "team") or known.tenant
    if user != known.bot:
        if user in known.bots.values():
            return Ignored("another")  # a second installation in a channel that is kept already
        where = _place(known, channel, user, can_open=False)
        return Joined(id, at, _actor(user, team, known), where)
    inviter = _text(event, "inviter")
    if not inviter:
        return Ignored("nobody")
    where = _place(known, channel, inviter, can_open=False)
    return Installed(id, at, _actor(inviter, team, known), where)


def _opened(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """Somebody looks at Samspill's own page; its other tab is the direct conversation."""
    if _text(event, "tab") != "home":
        return Ignored("tab")
    user, team = _needed(event, "user"), _text(event, "team") or known.tenant
    at = _when(payload, event)
    return Opened(_needed(payload, "event_id"), at, _actor(user, team, known), at_home(known, user))


def at_home(known: Known, user: str) -> Where:
    """On somebody's page, where a private answer is shown in a window."""
    return Where(PLATFORM, known.tenant, user, direct=True, can_notice=True)


def _went(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    channel, user = _needed(event, "channel"), _needed(event, "user")
    if user != known.bot and user in known.bots.values():
        return Ignored("another")
    team = _text(event, "team") or known.tenant
    where = _place(known, channel, user, can_open=False)
    made = Removed if user == known.bot else Left
    id = _needed(payload, "event_id")
    return made(id, _when(payload, event), _actor(user, team, known), where)


def _moved(
    payload: Mapping[str, Any], event: Mapping[str, Any], channel: str, before: str, known: Known
) -> Event:
    """Slack does not say who did it."""
    where = _place(known, channel, known.bot, can_open=False)
    at, id = _when(payload, event), _needed(payload, "event_id")
    return Moved(id, at, _actor(known.bot, known.tenant, known), where, before)


def _when(payload: Mapping[str, Any], event: Mapping[str, Any]) -> datetime:
    """When an event without a message happened."""
    ts = _text(event, "event_ts")
    if ts:
        return instant(ts)
    seconds = payload.get("event_time")
    if not isinstance(seconds, int) or not 0 <= seconds < 10**11:
        raise _Unreadable
    return datetime.fromtimestamp(seconds, UTC)


# --- interactions and commands --------------------------------------------------------------------


def _who(payload: Mapping[str, Any], known: Known) -> Actor:
    user = _needed(payload, "user", "id")
    team = _text(payload, "user", "team_id") or _text(payload, "team", "id") or known.tenant
    name = _text(payload, "user", "name")
    return _actor(user, team, known, name)


def _pressed(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    actor = _who(payload, known)
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, Mapping):
        return Ignored("unreadable")
    at = _needed(action, "action_ts")
    button = _needed(action, "action_id").partition(REPEATED)[0]
    container = _map(payload, "container")
    where = metadata(_text(payload, "view", "private_metadata"), actor.user)
    channel = _text(payload, "channel", "id") or _text(container, "channel_id")
    if channel:
        thread = _text(container, "thread_ts") or _text(payload, "message", "thread_ts")
        where = _place(known, channel, actor.user, thread or None)
    elif where is None:
        where = at_home(known, actor.user)
    value = _text(action, "selected_option", "value") or _text(action, "value")
    return Pressed(
        f"pressed:{at}:{actor.user}:{_text(action, 'action_id')[:200]}",
        instant(at),
        actor,
        where,
        button,
        value or None,
        _text(container, "message_ts") or None,
    )


def _submitted(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    actor, view = _who(payload, known), _map(payload, "view")
    where = metadata(_text(view, "private_metadata"), actor.user)
    if where is None:
        return Ignored("unreadable")
    return Submitted(
        f"submitted:{_needed(view, 'id')}:{_text(view, 'hash')}:{_digest(_map(view, 'state'))}",
        known.now,
        actor,
        where,
        _needed(view, "callback_id"),
        forms.values(view),
    )


def _digest(state: Mapping[str, Any]) -> str:
    """A form that was sent back with errors is sent again as the same view: what is in it differs.
    A hash, for ids are kept and content is not."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


def _commanded(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    user, channel = _needed(payload, "user_id"), _needed(payload, "channel_id")
    actor = _actor(user, _needed(payload, "team_id"), known, _text(payload, "user_name"))
    if channel.startswith("D") or known.outside:  # the answer comes to the person alone
        where = Where(PLATFORM, known.tenant, user, direct=True, can_notice=True)
    else:
        where = _place(known, channel, user)
    id = f"commanded:{_needed(payload, 'trigger_id')}"
    return Commanded(
        id, known.now, actor, where, meaning(_text(payload, "text"), (), known.names).text
    )


def _shortcut(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """The shortcut beside the message field: the menu."""
    actor = _who(payload, known)
    where = Where(PLATFORM, known.tenant, actor.user, direct=True, can_notice=False)
    id = f"commanded:{_needed(payload, 'trigger_id')}"
    return Commanded(id, known.now, actor, where, "")


def _handed(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A message's own shortcut. What somebody else wrote is left out."""
    purpose = PURPOSES.get(_text(payload, "callback_id"))
    if purpose is None:
        return Ignored("shortcut")
    actor, message = _who(payload, known), _map(payload, "message")
    at, ts = _needed(payload, "action_ts"), _needed(payload, "message_ts")
    own = _text(message, "user") == actor.user and not _ours(message, known)
    thread = _text(message, "thread_ts") or None
    return Handed(
        f"handed:{at}:{actor.user}:{ts}",
        instant(at),
        actor,
        _place(known, _needed(payload, "channel", "id"), actor.user, thread),
        ts,
        purpose,
        own,
        _meant(message, known).text if own else "",
    )


# --- where a form was opened from -----------------------------------------------------------------


def kept(where: Where, *, home: bool = False) -> str:
    """Where a form is opened from, to be found again when it is sent in; `home`: from somebody's
    own page."""
    place = [where.tenant, where.channel, where.thread, where.direct, where.can_notice]
    return json.dumps([*place, home])


def from_home(payload: Mapping[str, Any]) -> bool:
    """Whether something was done on somebody's own page, or in a window that was opened there."""
    view = _map(payload, "view")
    if _text(view, "type") == "home":
        return True
    try:
        return json.loads(_text(view, "private_metadata"))[5] is True
    except (ValueError, TypeError, LookupError):
        return False


def metadata(text: str, user: str) -> Where | None:
    """What `kept` made. Slack gives it back as it was; whoever sends it in is checked anew."""
    try:
        tenant, channel, thread, direct, can_notice, *_ = json.loads(text)
    except (ValueError, TypeError):
        return None
    texts = [tenant, channel, *([thread] if thread is not None else [])]
    if not all(isinstance(each, str) and each for each in texts):
        return None
    if direct and channel != user:
        return None
    return Where(
        PLATFORM, tenant, channel, thread, direct=bool(direct), can_notice=bool(can_notice)
    )
