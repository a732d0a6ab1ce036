"""Web API: conversations, people and workspaces."""

from __future__ import annotations

from tests.slack.local.call import Call, Refusal
from tests.slack.local.shapes import channel_json, message_json, user_json
from tests.slack.local.state import Json, Message


def open_conversation(call: Call) -> Json:
    """conversations.open, with one person."""
    users = [each for each in call.text("users").split(",") if each]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 1:
        raise Refusal("too_many_users")
    user = call.state.users.get(users[0])
    if user is None:
        raise Refusal("user_not_found")
    if why := call.refuses_direct(user, call.install):
        raise Refusal(why)
    channel = call.state.direct(user, call.install)
    full = call.flag("return_im")
    return {"channel": channel_json(channel, call.install) if full else {"id": channel.id}}


def info(call: Call) -> Json:
    """conversations.info."""
    return {"channel": channel_json(call.channel(member=False), call.install)}


def members(call: Call) -> Json:
    """conversations.members."""
    who = [each.id for each in call.channel(member=False).members]
    page, cursor = call.page(who)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(call: Call) -> Json:
    """conversations.join, of public channels."""
    channel = call.channel(member=False)
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    bot = call.install.bot
    if bot not in channel.members:
        channel.members.append(bot)
        event = {"type": "member_joined_channel", "user": bot.id, "channel": channel.id}
        event |= {"channel_type": "C", "team": bot.team.id}
        call.post.event_soon(event, call.install, channel)
    return {"channel": channel_json(channel, call.install)}


def history(call: Call) -> Json:
    """conversations.history: newest first, without what stands in threads alone."""
    channel = call.channel()
    found = [
        each
        for each in channel.messages.values()
        if not each.is_reply or each.subtype == "thread_broadcast"
    ]
    return _messages(call, [each for each in reversed(found) if _within(call, each.ts)])


def replies(call: Call) -> Json:
    """conversations.replies: the thread's first message, then its replies in order."""
    channel = call.channel()
    root = channel.messages.get(call.text("ts"))
    if root is None:
        raise Refusal("thread_not_found")
    root = channel.messages.get(root.thread_ts or root.ts, root)
    found = [
        each
        for each in channel.messages.values()
        if each.is_reply and each.thread_ts == root.ts and _within(call, each.ts)
    ]
    return _messages(call, [root, *found])


def _within(call: Call, ts: str) -> bool:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9" * 11
    if call.flag("inclusive"):
        return oldest <= ts <= latest
    return oldest < ts < latest


def _messages(call: Call, found: list[Message]) -> Json:
    page, cursor = call.page(found)
    metadata = call.flag("include_all_metadata")
    return {
        "messages": [message_json(each, call.state.app_id, metadata=metadata) for each in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def user_info(call: Call) -> Json:
    """users.info."""
    locale = call.flag("include_locale")
    return {"user": user_json(call.user(), call.state.now(), locale=locale)}


def user_conversations(call: Call) -> Json:
    """users.conversations: where the bot, or a person, is; of a grid, in one of its workspaces."""
    if call.install.whole and not call.text("team_id"):
        raise Refusal("missing_argument")
    team = call.state.teams.get(call.text("team_id"), call.install.bot.team)
    who = call.user() if call.text("user") else call.install.bot
    kinds = (call.text("types") or "public_channel").split(",")
    wanted = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": ""}
    found = [
        channel_json(each, call.install)
        for each in call.state.channels.values()
        if who in each.members
        and team in each.teams
        and each.kind in {wanted[kind] for kind in kinds}
        and (each.kind == "channel" or call.install.bot in each.members)
        and not (call.flag("exclude_archived") and each.archived)
    ]
    page, cursor = call.page(found)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def team_info(call: Call) -> Json:
    """team.info, of the app's own workspace or one that it can see."""
    id = call.text("team") or call.install.bot.team.id
    team = call.state.teams.get(id)
    if team is None:
        raise Refusal("team_not_found")
    about = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}
    grid = {"enterprise_id": team.enterprise, "enterprise_name": "Grid"} if team.enterprise else {}
    return {"team": about | grid}
