"""Slack's interactions and commands as neutral events, and where a form was opened from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.slack import forms
from bot.slack.manifest import ADD_ANSWER
from bot.slack.payloads import (
    PLATFORM,
    Ignored,
    Known,
    actor_of,
    at_home,
    by_an_app,
    instant,
    mapping,
    meant,
    needed,
    place_of,
    text_at,
)
from bot.slack.pressing import REPEATED
from bot.slack.text import meaning
from dialogs.events import Actor, Commanded, Event, Handed, Pressed, Submitted, Where

PURPOSES = {ADD_ANSWER: "answer"}  # of the shortcuts in a message's own menu


def _who(payload: Mapping[str, Any], known: Known) -> Actor:
    user = mapping(payload, "user")
    team = text_at(user, "team_id") or text_at(payload, "team", "id") or known.tenant
    return actor_of(needed(user, "id"), team, known, text_at(user, "name"))


def pressed(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A button or an option, in a message, in a window or on somebody's page."""
    actor = _who(payload, known)
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, Mapping):
        return Ignored("unreadable")
    at, id = needed(action, "action_ts"), needed(action, "action_id")
    container = mapping(payload, "container")
    channel = text_at(payload, "channel", "id") or text_at(container, "channel_id")
    if channel:
        thread = text_at(container, "thread_ts") or text_at(payload, "message", "thread_ts")
        where = place_of(known, channel, actor.user, thread or None)
    else:
        opened = from_metadata(text_at(payload, "view", "private_metadata"), actor.user)
        where = opened or at_home(known, actor.user)
    value = text_at(action, "selected_option", "value") or text_at(action, "value")
    return Pressed(
        f"pressed:{at}:{actor.user}:{id[:200]}",
        instant(at),
        actor,
        where,
        id.partition(REPEATED)[0],
        value or None,
        text_at(container, "message_ts") or None,
    )


def submitted(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A form that was sent in."""
    actor, view = _who(payload, known), mapping(payload, "view")
    where = from_metadata(text_at(view, "private_metadata"), actor.user)
    if where is None:
        return Ignored("unreadable")
    return Submitted(
        f"submitted:{needed(view, 'id')}:{text_at(view, 'hash')}:{_digest(mapping(view, 'state'))}",
        known.now,
        actor,
        where,
        needed(view, "callback_id"),
        forms.values(view),
    )


def _digest(state: Mapping[str, Any]) -> str:
    """A form that was sent back with errors is sent again as the same view: what is in it differs.
    A hash, for ids are kept and content is not."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


def commanded(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A slash command."""
    user, channel = needed(payload, "user_id"), needed(payload, "channel_id")
    actor = actor_of(user, needed(payload, "team_id"), known, text_at(payload, "user_name"))
    if channel.startswith("D") or known.outside:  # the answer comes to the person alone
        where = Where(PLATFORM, known.tenant, user, direct=True, can_notice=True)
    else:
        where = place_of(known, channel, user)
    id = f"commanded:{needed(payload, 'trigger_id')}"
    return Commanded(
        id, known.now, actor, where, meaning(text_at(payload, "text"), (), known.names).text
    )


def shortcut(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """The shortcut beside the message field: the menu."""
    actor = _who(payload, known)
    where = Where(PLATFORM, known.tenant, actor.user, direct=True, can_notice=False)
    id = f"commanded:{needed(payload, 'trigger_id')}"
    return Commanded(id, known.now, actor, where, "")


def handed(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A message's own shortcut. What somebody else wrote is left out."""
    purpose = PURPOSES.get(text_at(payload, "callback_id"))
    if purpose is None:
        return Ignored("shortcut")
    actor, message = _who(payload, known), mapping(payload, "message")
    at, ts = needed(payload, "action_ts"), needed(payload, "message_ts")
    own = text_at(message, "user") == actor.user and not by_an_app(message, known)
    thread = text_at(message, "thread_ts") or None
    return Handed(
        f"handed:{at}:{actor.user}:{ts}",
        instant(at),
        actor,
        place_of(known, needed(payload, "channel", "id"), actor.user, thread),
        ts,
        purpose,
        own,
        meant(message, known).text if own else "",
    )


# --- where a form was opened from -----------------------------------------------------------------


def to_metadata(where: Where, *, home: bool = False) -> str:
    """Where a form is opened from, to be found again when it is sent in; `home`: from somebody's
    own page."""
    place = [where.tenant, where.channel, where.thread, where.direct, where.can_notice]
    return json.dumps([*place, home])


def from_home(payload: Mapping[str, Any]) -> bool:
    """Whether something was done on somebody's own page, or in a window that was opened there."""
    view = mapping(payload, "view")
    if not view:
        return False
    if text_at(view, "type") == "home":
        return True
    try:
        return json.loads(text_at(view, "private_metadata"))[5] is True
    except (ValueError, TypeError, LookupError):
        return False


def from_metadata(text: str, user: str) -> Where | None:
    """What `to_metadata` made, as Slack gives it back; whoever sends it in is checked anew."""
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
