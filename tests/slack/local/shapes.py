"""How people, channels, messages and views stand in Slack's answers and events."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.slack.local.state import Channel, Install, Json, Message, Team, Upload, User, View


def user_json(user: User, now: datetime, *, locale: bool = False) -> Json:
    """A person as users.info and user_change give them."""
    offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
    shape = {
        "id": user.id,
        "team_id": user.team.id,
        "name": user.real_name.lower().replace(" ", "."),
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "team": user.team.id,
        },
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(now.timestamp()),
    }
    if user.team.enterprise:
        enterprise = {"id": user.id, "enterprise_id": user.team.enterprise}
        shape["enterprise_user"] = enterprise | {"teams": [user.team.id]}
    return shape | ({"locale": user.locale} if locale else {})


def user_stub(user: User) -> Json:
    """A person as interactions name them."""
    name = user.real_name.lower().replace(" ", ".")
    return {"id": user.id, "username": name, "name": name, "team_id": user.team.id}


def team_stub(team: Team) -> Json:
    """A workspace as interactions name it."""
    grid = {"enterprise_id": team.enterprise, "enterprise_name": "Grid"} if team.enterprise else {}
    return {"id": team.id, "domain": team.domain} | grid


def channel_json(channel: Channel, install: Install) -> Json:
    """A conversation as an app of one of its workspaces sees it."""
    if channel.kind == "im":
        person = next(member for member in channel.members if not member.is_bot)
        return {
            "id": channel.id,
            "is_im": True,
            "user": person.id,
            "is_user_deleted": person.deleted,
            "is_archived": channel.archived,
            "context_team_id": install.bot.team.id,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "is_member": install.bot in channel.members,
        "context_team_id": install.bot.team.id,
        "conversation_host_id": channel.teams[0].id,
        "shared_team_ids": [team.id for team in channel.teams],
        "num_members": len(channel.members),
    }


def of_person(user: User, install: Install | None) -> Json:
    """How an event tells where its author belongs; of somebody else's people, perhaps the grid."""
    if install is None or install.place([user.team]):
        return {"team": user.team.id}
    home = user.team.home
    return {"team": home, "user_team": home, "source_team": home}


def message_json(message: Message, app_id: str, *, metadata: bool = False) -> Json:
    """A message as history, interactions and events carry it."""
    if message.subtype == "tombstone":
        return _stone(message)
    shape: Json = {
        "type": "message",
        "user": message.user.id,
        "text": message.text,
        "ts": message.ts,
    } | of_person(message.user, message.channel.seen_by)
    if message.blocks:
        shape["blocks"] = message.blocks
    if message.client_id:
        shape["client_msg_id"] = message.client_id
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.user.is_bot:
        shape |= _bot_marks(message.user, app_id)
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
        if message.is_reply and message.thread_ts in message.channel.messages:
            shape["parent_user_id"] = message.channel.messages[message.thread_ts].user.id
    if metadata and message.metadata:
        shape["metadata"] = message.metadata
    return shape | _since(message) | _replies(message)


def _stone(message: Message) -> Json:
    """What stands for a message that is gone while its replies are not."""
    shape = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
    shape |= {"text": message.text, "ts": message.ts, "thread_ts": message.ts}
    return shape | _replies(message)


def _since(message: Message) -> Json:
    """What has been added to a message."""
    shape: Json = {}
    if message.edited:
        shape["edited"] = message.edited
    if message.files:
        shape["files"] = [file_json(file) for file in message.files]
    if message.reactions:
        shape["reactions"] = _reactions(message)
    return shape


def _bot_marks(bot: User, app_id: str) -> Json:
    bot_id = bot.team.app.bot_id
    profile = {"id": bot_id, "app_id": app_id, "name": bot.real_name, "team_id": bot.team.id}
    return {"bot_id": bot_id, "app_id": app_id, "bot_profile": profile | {"deleted": False}}


def _reactions(message: Message) -> list[Json]:
    by_name: dict[str, list[str]] = {}
    for name, user in message.reactions:
        by_name.setdefault(name, []).append(user)
    return [{"name": name, "users": who, "count": len(who)} for name, who in by_name.items()]


def _replies(message: Message) -> Json:
    if message.is_reply:
        return {}
    replies = [
        each
        for each in message.channel.messages.values()
        if each.is_reply and each.thread_ts == message.ts
    ]
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": sorted({each.user.id for each in replies}),
        "latest_reply": replies[-1].ts,
    }


def file_json(file: Upload, channels: dict[str, Channel] | None = None) -> Json:
    """A file; with `channels` also where it has been shared."""
    shape: Json = {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "size": len(file.data),
        "mode": "hosted",
        "alt_txt": file.alt,
    }
    if channels is not None:
        shares: dict[str, dict[str, list[Json]]] = {}
        for channel, ts in file.shares:
            kind = "public" if channels[channel].kind == "channel" else "private"
            shares.setdefault(kind, {}).setdefault(channel, []).append({"ts": ts})
        shape["shares"] = shares
    return shape


def view_json(view: View, app_id: str) -> Json:
    """A view as answers, submissions and closings carry it."""
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return (
        defaults
        | view.content
        | {
            "id": view.id,
            "team_id": view.user.team.id,
            "state": {"values": view.entered},
            "hash": view.hash,
            "previous_view_id": view.previous,
            "root_view_id": view.root or view.id,
            "app_id": app_id,
            "app_installed_team_id": view.install.bot.team.id,
            "bot_id": view.install.bot_id,
        }
    )
