"""Web API: messages, ephemeral messages and reactions."""

from __future__ import annotations

import re

from tests.slack.local.call import Call, Refusal, changed
from tests.slack.local.shapes import message_json
from tests.slack.local.state import Channel, Json, Message


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = _open(call)
    text, blocks = call.content()
    thread = _thread(call, channel)
    message = Message(call.state.new_ts(channel), channel, call.install.bot, text, blocks, thread)
    message.metadata = _metadata(call)
    if thread and call.flag("reply_broadcast"):
        message.subtype = "thread_broadcast"
    call.state.add(message)
    call.tell(message)
    shown = message_json(message, call.state.app_id)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral: seen by one person, found by nobody."""
    channel, user = _open(call), call.user()
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = call.content()
    ts = call.state.new_ts(channel)
    thread = call.text("thread_ts") or None
    call.state.add(Message(ts, channel, call.install.bot, text, blocks, thread, only_for=user))
    return {"message_ts": ts}


def update(call: Call) -> Json:
    """chat.update: of our own messages. Metadata and blocks stay if none are given, and blocks are
    what people see: https://github.com/slackapi/python-slack-sdk/issues/523."""
    message = _own(call, "cant_update_message")
    before = message_json(message, call.state.app_id, metadata=True)
    message.text, blocks = call.content()
    if "blocks" in call.args:
        message.blocks = blocks
    if "metadata" in call.args:
        message.metadata = _metadata(call)
    message.edited = {"user": message.user.id, "ts": call.state.second()}
    after = message_json(message, call.state.app_id, metadata=True)
    call.tell(message, changed(before, after))
    shown = {"text": message.text, "message": after}
    return {"channel": message.channel.id, "ts": message.ts} | shown


def delete(call: Call) -> Json:
    """chat.delete: of our own messages."""
    message = _own(call, "cant_delete_message")
    for each, change in remove(message, call.state.app_id):
        call.tell(each, change)
    return {"channel": message.channel.id, "ts": message.ts}


def remove(message: Message, app_id: str) -> list[tuple[Message, Json]]:
    """Take a message away, and what its events say. One with replies leaves a stone behind, which
    goes with the last of them: https://github.com/slack-edge/slack-edge/pull/10."""
    before = message_json(message, app_id, metadata=True)
    if "reply_count" in before:
        message.subtype, message.text = "tombstone", "This message was deleted."
        message.blocks, message.files, message.metadata, message.edited = [], [], None, None
        return [(message, changed(before, message_json(message, app_id)))]
    gone = [(message, _gone(message, before))]
    root = message.channel.messages.get(message.thread_ts or "")
    if root and root.subtype == "tombstone":
        stone = message_json(root, app_id)
        if "reply_count" not in stone:
            gone.append((root, _gone(root, stone)))
    return gone


def _gone(message: Message, before: Json) -> Json:
    del message.channel.messages[message.ts]
    return {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before}


def add_reaction(call: Call) -> Json:
    """reactions.add."""
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", call.text("name")):
        raise Refusal("invalid_name")
    message = call.message("timestamp")
    mine = (call.text("name"), call.install.bot.id)
    if mine in message.reactions:
        raise Refusal("already_reacted")
    message.reactions.append(mine)
    item = {"type": "message", "channel": message.channel.id, "ts": message.ts}
    event = {"type": "reaction_added", "user": mine[1], "reaction": mine[0], "item": item}
    install = message.channel.seen_by
    call.post.event_soon(event | {"item_user": message.user.id}, install, message.channel)
    return {}


def _open(call: Call) -> Channel:
    channel = call.channel()
    if channel.archived:
        raise Refusal("is_archived")
    if channel.kind == "im" and not call.state.has_direct:
        raise Refusal("messages_tab_disabled")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    """Slack takes a reply's ts for its thread too, which nobody means to do: a fault."""
    thread = call.text("thread_ts")
    if not thread:
        return None
    root = channel.messages.get(thread)
    if root is None:
        raise Refusal("thread_not_found")
    if root.is_reply:
        call.faults.append(f"{call.method}: thread_ts is that of a reply")
        return root.thread_ts
    return thread


def _metadata(call: Call) -> Json | None:
    metadata = call.json("metadata")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    return metadata


def _own(call: Call, refusal: str) -> Message:
    message = call.message()
    if message.user is not call.install.bot:
        raise Refusal(refusal)
    return message


def respond(call: Call, message: Message | None, channel: Channel) -> None:
    """What a response_url was given: changes the message it came from, or adds one."""
    if call.flag("delete_original") and message:
        (channel.private.remove(message) if message.only_for else channel.messages.pop(message.ts))
        return
    text, blocks = call.content()
    if call.flag("replace_original") and message:
        message.text, message.blocks = text, blocks
        return
    ephemeral = call.text("response_type") != "in_channel"
    thread = call.text("thread_ts") or None
    made = Message(call.state.new_ts(channel), channel, call.install.bot, text, blocks, thread)
    made.only_for = call.user("user") if ephemeral else None
    call.state.add(made)
