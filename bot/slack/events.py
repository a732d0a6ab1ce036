"""Slack's Events API as neutral events: messages and changes of them, coming and going."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.slack.payloads import (
    Ignored,
    Known,
    Unreadable,
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
from dialogs.events import (
    Deleted,
    Edited,
    Event,
    Installed,
    Joined,
    Left,
    Moved,
    Opened,
    Removed,
    Said,
)

_STONE = "tombstone"  # stands for a thread's first message, when it was deleted
# What people write comes with no subtype, or with one of these.
_WRITTEN = frozenset(("", "file_share", "thread_broadcast", "me_message"))


def happened(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """What an outer event tells of."""
    event = mapping(payload, "event")
    match text_at(event, "type"):
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
            channel = mapping(event, "channel")
            named = replace(known, channel=text_at(channel, "name"))
            return _moved(payload, event, needed(channel, "id"), "", named)
        case "channel_id_changed":
            before = needed(event, "old_channel_id")
            return _moved(payload, event, needed(event, "new_channel_id"), before, known)
        case "channel_left" | "group_left":  # all that tells of Samspill's own leaving
            left = known.bots.get(known.tenant, "")
            return _went(payload, {**event, "user": left}, known)
    return Ignored("event")


def _message(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    match text_at(event, "subtype"):
        case "message_changed":
            return _edited(event, known)
        case "message_deleted":
            return _deleted(event, known)
        case subtype if subtype in _WRITTEN:
            return _said(event, known)
    return Ignored("subtype")


def _team(message: Mapping[str, Any], known: Known) -> str:
    """The author's own workspace; in a channel that organisations share it may be another's."""
    return text_at(message, "user_team") or text_at(message, "team") or known.tenant


def _said(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """A message and its mention of us come as two events: the message is what is claimed."""
    if by_an_app(event, known):
        return Ignored("app")
    channel, ts, user = (needed(event, each) for each in ("channel", "ts", "user"))
    thread = text_at(event, "thread_ts") or None
    said = meant(event, known)
    if not channel.startswith("D") and thread is None and not said.named:
        return Ignored("elsewhere")
    return Said(
        f"said:{channel}:{ts}",
        instant(ts),
        actor_of(user, _team(event, known), known),
        place_of(known, channel, user, thread, can_open=False),
        ts,
        said.text,
        named=said.named,
        only_mentions=said.only_mentions,
    )


def _edited(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    message, before = mapping(event, "message"), mapping(event, "previous_message")
    if text_at(message, "subtype") == _STONE:
        return _deleted({**event, "deleted_ts": text_at(before, "ts")}, known)
    if by_an_app(message, known):
        return Ignored("app")
    if text_at(message, "text") == text_at(before, "text"):
        return Ignored("unchanged")  # an unfurled link, a reply that was counted
    channel, user = needed(event, "channel"), needed(message, "user")
    ts = text_at(message, "ts") or needed(before, "ts")
    thread = text_at(message, "thread_ts") or None
    if not channel.startswith("D") and thread is None:
        return Ignored("elsewhere")
    changed = needed(event, "ts")  # what the message says of it is only to the second
    said = meant(message, known)
    return Edited(
        f"edited:{channel}:{ts}:{changed}",
        instant(changed),
        actor_of(user, _team(message, known), known),
        place_of(known, channel, user, thread, can_open=False),
        ts,
        instant(ts),
        said.text,
        only_mentions=said.only_mentions,
    )


def _deleted(event: Mapping[str, Any], known: Known) -> Event | Ignored:
    before = mapping(event, "previous_message")
    if text_at(before, "subtype") == _STONE or by_an_app(before, known):
        return Ignored("app")
    channel, user = needed(event, "channel"), needed(before, "user")
    ts = text_at(event, "deleted_ts") or needed(before, "ts")
    thread = text_at(before, "thread_ts") or None
    if not channel.startswith("D") and thread is None:
        return Ignored("elsewhere")
    return Deleted(
        f"deleted:{channel}:{ts}",
        instant(needed(event, "ts")),
        actor_of(user, _team(before, known), known),
        place_of(known, channel, user, thread, can_open=False),
        ts,
    )


def _came(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """Somebody came into a channel: a person, or Samspill itself, asked in by one."""
    channel, user = needed(event, "channel"), needed(event, "user")
    id = needed(payload, "event_id")
    at = _when(payload, event)
    team = text_at(event, "team") or known.tenant
    if user != known.bot:
        if user in known.bots.values():
            return Ignored("another")  # a second installation in a channel that is kept already
        where = place_of(known, channel, user, can_open=False)
        return Joined(id, at, actor_of(user, team, known), where)
    inviter = text_at(event, "inviter")
    by = inviter and inviter not in known.bots.values()  # one of our own is nobody
    where = place_of(known, channel, inviter, can_open=False)
    return Installed(id, at, actor_of(inviter, team, known) if by else None, where)


def _opened(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    """Somebody looks at Samspill's own page; its other tab is the direct conversation."""
    if text_at(event, "tab") != "home":
        return Ignored("tab")
    user, team = needed(event, "user"), text_at(event, "team") or known.tenant
    at = _when(payload, event)
    return Opened(
        needed(payload, "event_id"), at, actor_of(user, team, known), at_home(known, user)
    )


def _went(payload: Mapping[str, Any], event: Mapping[str, Any], known: Known) -> Event | Ignored:
    channel, user = needed(event, "channel"), needed(event, "user")
    if user != known.bot and user in known.bots.values():
        return Ignored("another")
    at, id = _when(payload, event), needed(payload, "event_id")
    where = place_of(known, channel, user, can_open=False)
    if user == known.bot:
        return Removed(id, at, where)
    team = text_at(event, "team") or known.tenant
    return Left(id, at, actor_of(user, team, known), where)


def _moved(
    payload: Mapping[str, Any], event: Mapping[str, Any], channel: str, before: str, known: Known
) -> Event:
    where = place_of(known, channel, known.bot, can_open=False)
    return Moved(needed(payload, "event_id"), _when(payload, event), where, before)


def _when(payload: Mapping[str, Any], event: Mapping[str, Any]) -> datetime:
    """When an event without a message happened."""
    ts = text_at(event, "event_ts")
    if ts:
        return instant(ts)
    seconds = payload.get("event_time")
    if not isinstance(seconds, int) or not 0 <= seconds < 10**11:
        raise Unreadable
    return datetime.fromtimestamp(seconds, UTC)
