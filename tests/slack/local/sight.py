"""What one person sees: conversations, threads, private messages, the open window, the home tab."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.slack.local.core import Core
from tests.slack.local.state import Channel, Message, User, View
from tests.slack.local.words import elements_of, reads, unescape


@dataclass(frozen=True)
class Pressable:
    """A button, or another thing to use: `label` is what stands on it."""

    label: str
    action_id: str
    value: str | None = None
    kind: str = "button"


@dataclass(frozen=True)
class Seen:
    """A message on somebody's screen; `message` is it, to press or to answer."""

    ts: str
    by: str
    text: str
    buttons: tuple[Pressable, ...]
    files: tuple[str, ...]
    reactions: tuple[str, ...]
    ephemeral: bool
    replies: int
    message: Message

    def button(self, label: str) -> Pressable:
        """The button with this on it."""
        found = [each for each in self.buttons if each.label == label]
        assert found, f"no button {label!r}, only {[each.label for each in self.buttons]}"
        return found[0]


class Sight(Core):
    """Looking."""

    def sees(self, user: User, channel: Channel, thread: Message | str | None = None) -> list[Seen]:
        """What stands in a channel, or in one of its threads with the first message on top."""
        if user not in channel.members:
            return []
        root = thread.ts if isinstance(thread, Message) else thread
        mine = [each for each in channel.private if each.only_for is user]
        return [
            self._seen(each)
            for each in sorted([*channel.messages.values(), *mine], key=lambda each: each.ts)
            if _stands(each, root)
        ]

    def modal(self, user: User) -> View | None:
        """The window in front of a person."""
        stack = self.state.modals.get(user.id)
        return stack[-1] if stack else None

    def home(self, user: User) -> View | None:
        """A person's home tab."""
        return self.state.homes.get((user.team.app.bot.id, user.id))

    def reads(self, view: View) -> str:
        """A view in words: its title and its parts."""
        title = view.content.get("title", {}).get("text", "")
        return "\n".join(filter(None, (title, reads(view.content["blocks"]))))

    def buttons(self, view: View) -> tuple[Pressable, ...]:
        """What can be used in a view."""
        return _pressable(view.content["blocks"])

    def shown(self, message: Message) -> str:
        """The words of a message, without what can be pressed."""
        text = reads(message.blocks) if message.blocks else unescape(message.text)
        return re.sub(r"<@([A-Z0-9]+)>", self._name, text)

    def _seen(self, message: Message) -> Seen:
        return Seen(
            message.ts,
            message.user.name,
            self.shown(message),
            _pressable(message.blocks),
            tuple(each.name for each in message.files),
            tuple(name for name, _ in message.reactions),
            message.only_for is not None,
            sum(each.thread_ts == message.ts for each in message.channel.messages.values()),
            message,
        )

    def _name(self, found: re.Match[str]) -> str:
        user = self.state.users.get(found[1])
        return f"@{user.name}" if user else found[0]


def _stands(message: Message, root: str | None) -> bool:
    if root is not None:
        return root in (message.thread_ts, message.ts)
    return not message.is_reply or message.subtype == "thread_broadcast"


def _pressable(blocks: list) -> tuple[Pressable, ...]:
    found = []
    for _, element in elements_of(blocks):
        label = element.get("text") or element.get("placeholder") or {}
        kind, value = element["type"], element.get("value")
        found.append(Pressable(label.get("text", ""), element["action_id"], value, kind))
    return tuple(found)
