"""One call of a Web API method: who calls with what, and the refusals that methods share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.slack.checks import Surface, check_blocks, check_view
from tests.slack.local.events import Post
from tests.slack.local.shapes import message_json
from tests.slack.local.state import Channel, Install, Json, Message, State, User

LONGEST_TEXT = {"chat.postMessage": 40_000, "chat.postEphemeral": 40_000, "chat.update": 4_000}


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass
class Call:
    """A call that has been let in. `faults` collects what no test should see Samspill send."""

    method: str
    args: Json
    install: Install
    state: State
    post: Post
    faults: list[str]
    origin: str  # this server's address
    refuses_direct: Callable[[User, Install], str]  # why no conversation opens with a person

    # --- arguments ------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """An argument, or nothing."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return self.text(name).lower() in ("true", "1")

    def json(self, name: str) -> Any:
        """An argument with structure, which in forms is a string."""
        value = self.args.get(name)
        try:
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            raise Refusal(f"invalid_{name}") from None

    def page(self, items: list[Any]) -> tuple[list[Any], str]:
        """As many as were asked for from the cursor on, and the next cursor."""
        start = int(self.text("cursor").removeprefix("next:") or 0)
        end = start + int(self.text("limit"))
        return items[start:end], f"next:{end}" if end < len(items) else ""

    # --- what is meant --------------------------------------------------------------------------

    def user(self, name: str = "user") -> User:
        """A person who can be seen from this workspace."""
        user = self.state.users.get(self.text(name))
        if user is None or not self._visible(user):
            raise Refusal("user_not_found")
        return user

    def channel(self, name: str = "channel", *, member: bool = True) -> Channel:
        """A conversation that the bot may use; a person's id means that with the person."""
        id = self.text(name)
        if id in self.state.users and self.method.startswith("chat.post"):
            user = self.state.users[id]
            if why := self.refuses_direct(user, self.install):
                raise Refusal("channel_not_found" if why == "user_not_found" else why)
            return self.state.direct(user, self.install)
        channel = self.state.channels.get(id)
        if channel is None or not self.install.place(channel.teams):
            raise Refusal("channel_not_found")
        if self.install.bot not in channel.members:
            if channel.kind != "channel":
                raise Refusal("channel_not_found")
            if member:
                raise Refusal("not_in_channel")
        return channel

    def message(self, name: str = "ts") -> Message:
        """A message in the call's channel."""
        found = self.channel().messages.get(self.text(name))
        if found is None or found.subtype == "tombstone":
            raise Refusal("message_not_found")
        return found

    def _visible(self, user: User) -> bool:
        return self.install.place([user.team]) is not None or any(
            user in each.members and self.install.place(each.teams)
            for each in self.state.channels.values()
        )

    # --- what is said ---------------------------------------------------------------------------

    def content(self, surface: Surface = "message") -> tuple[str, list[Json]]:
        """Text and blocks of a message, as Slack would take them."""
        text, blocks = self.text("text"), self.json("blocks") or []
        if not text and not blocks:
            raise Refusal("no_text")
        if blocks and not text:
            self.faults.append(f"{self.method}: no text for notifications and screen readers")
        if len(text) > LONGEST_TEXT.get(self.method, 40_000):
            self.faults.append(f"{self.method}: the text is too long ({len(text)})")
            raise Refusal("msg_too_long")
        wrong = check_blocks(blocks, surface)
        self.faults += [f"{self.method}: {each}" for each in wrong]
        if wrong:
            long = any("msg_blocks_too_long" in each for each in wrong)
            raise Refusal("msg_blocks_too_long" if long else "invalid_blocks", errors=wrong)
        return text, self.state.named(blocks)

    def view(self) -> Json:
        """A view, as Slack would take it."""
        return self.checked_view(self.json("view"))

    def checked_view(self, view: Json) -> Json:
        """The view with ids for its blocks; refused when anything is wrong with it."""
        wrong = check_view(view)
        self.faults += [f"{self.method}: {each}" for each in wrong]
        if wrong:
            raise Refusal("invalid_arguments", response_metadata={"messages": wrong})
        return view | {"blocks": self.state.named(view["blocks"])}

    def tell(self, message: Message, change: Json | None = None) -> None:
        """Let the app hear, by an event of its own, what became of a message."""
        self.post.event_soon(*message_event(self.state, message, change))


def message_event(
    state: State, message: Message, change: Json | None = None
) -> tuple[Json, Install | None, Channel]:
    """A message event: of a new message, or of what has changed about it."""
    channel = message.channel
    event: Json = {"type": "message", "channel": channel.id, "channel_type": channel.kind}
    if change is not None:
        ts = state.instant()
        return event | {"hidden": True, "ts": ts, "event_ts": ts} | change, channel.seen_by, channel
    event = message_json(message, state.app_id, metadata=True) | event | {"event_ts": message.ts}
    if message.subtype == "thread_broadcast" and message.thread_ts:
        event["root"] = message_json(channel.messages[message.thread_ts], state.app_id)
    return event, channel.seen_by, channel


def changed(before: Json, after: Json) -> Json:
    """What an event says of a message that reads otherwise now."""
    return {"subtype": "message_changed", "message": after, "previous_message": before}
