"""Slack's payloads as neutral events: pure, so that every shape can be tried. What is no event of
ours is ignored with a reason; nothing raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.events import happened
from bot.slack.interactions import commanded, handed, pressed, shortcut, submitted
from bot.slack.payloads import Ignored, Known, Unreadable, mapping, text_at
from bot.slack.text import mentioned
from dialogs.events import Event


@dataclass(frozen=True, slots=True)
class About:
    """Whose and which names a payload needs, by Slack's ids."""

    people: frozenset[str] = frozenset()
    channel: str = ""


def about(payload: Mapping[str, Any]) -> About:
    """Who did it, who is named in it, and in which channel."""
    event = mapping(payload, "event")
    if event:
        return _about_event(event)
    user = text_at(payload, "user", "id") or text_at(payload, "user_id")
    channel = text_at(payload, "channel", "id") or text_at(payload, "channel_id")
    people = {user} | mentioned(text_at(payload, "text"))
    return About(frozenset(people - {""}), channel)


def _about_event(event: Mapping[str, Any]) -> About:
    message, before = mapping(event, "message"), mapping(event, "previous_message")
    people = {text_at(each, "user") for each in (event, message, before)}
    people |= {text_at(event, "inviter")}
    for each in (event, message):
        people |= mentioned(text_at(each, "text"))
    channel = text_at(event, "channel") or text_at(event, "channel", "id")
    return About(frozenset(people - {""}), channel or text_at(event, "new_channel_id"))


def changed(payload: Mapping[str, Any]) -> str:
    """Whom or what Slack tells of that is not as it was, by id; empty: nothing of the kind."""
    event = mapping(payload, "event")
    match text_at(event, "type"):
        case "user_change":
            return text_at(event, "user", "id")
        case "channel_rename" | "group_rename":
            return text_at(event, "channel", "id")
    return ""


def event_of(payload: Mapping[str, Any], known: Known) -> Event | Ignored:
    """The neutral event that a payload of the Events API, an interaction or a command is."""
    try:
        match payload.get("type"):
            case "event_callback":
                return happened(payload, known)
            case "block_actions":
                return pressed(payload, known)
            case "view_submission":
                return submitted(payload, known)
            case "view_closed":
                return Ignored("closed")
            case "shortcut":
                return shortcut(payload, known)
            case "message_action":
                return handed(payload, known)
            case None if "command" in payload:
                return commanded(payload, known)
        return Ignored("kind")
    except Unreadable:
        return Ignored("unreadable")
