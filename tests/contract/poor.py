"""A channel that lacks nearly everything, as a surface of the stage."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.channel import Abilities, Address, Gone, Outcome, Sent
from dialogs.events import Actor, Commanded, Event, Pressed, Said, Submitted, Where
from dialogs.messages import FieldErrors, File, Form, Message, Notice
from tests.contract.surface import Act, Seen, Surface, actions_of, text_of

if TYPE_CHECKING:
    from tests.contract.stage import Player, Stage

_ids = itertools.count(1)


class Poor(Surface):
    """A channel without marks, notices, edits or deletions; forms open from buttons only."""

    platform = "poor"
    abilities = Abilities(find=False, update=False, remove=False, marks=False, files=False)

    def __init__(self, stage: Stage, tenant: str) -> None:
        self.stage = stage
        self.tenant = tenant
        self.messages = stage.poorly  # of all tenants: there is one channel for a platform

    # --- the channel's side ---

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        platform_id = f"m{len(self.messages) + 1}"
        self.messages.append((to, platform_id, message, None))
        return Sent(platform_id)

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        raise AssertionError("this channel takes no files")

    async def find(self, to: Address, key: str) -> str | None:
        raise AssertionError("this channel cannot find")

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        raise AssertionError("this channel cannot update")

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        raise AssertionError("this channel cannot remove")

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        return Gone("marks")

    # --- the people's side ---

    def direct_room(self, player: Player) -> str:
        return player.user

    def _where(self, player: Player, room: str, thread: str | None, *, opens: bool) -> Where:
        direct = room == player.user
        return Where(
            self.platform,
            self.tenant,
            room,
            thread,
            direct=direct,
            name=room,
            can_open=opens,
            can_notice=False,
        )

    def _actor(self, player: Player) -> Actor:
        return Actor(self.platform, self.tenant, player.user, player.name, "nb")

    def _id(self) -> tuple[str, datetime]:
        self.stage.clock.forward(timedelta(seconds=1))
        return f"poor-{next(_ids)}", self.stage.clock.now()

    def say(self, player: Player, room: str, text: str, thread: str | None) -> Act:
        event_id, at = self._id()
        self.messages.append(
            (
                Address(self.platform, self.tenant, room, thread, room == player.user),
                event_id,
                text,
                player.user,
            )
        )
        named = "@Samspill" in text
        said = text.replace("@Samspill", "").strip() if named else text
        where = self._where(player, room, thread, opens=False)
        event: Any = Said(event_id, at, self._actor(player), where, event_id, said, named=named)
        if text.startswith("/samspill"):
            rest = text.removeprefix("/samspill").strip()
            event = Commanded(event_id, at, self._actor(player), where, rest)
        return self._act(event)

    def press(self, player: Player, seen: Seen | None, button: str, value: str | None) -> Act:
        event_id, at = self._id()
        where = self._where(player, seen.room if seen else player.room, None, opens=True)
        event = Pressed(event_id, at, self._actor(player), where, button, value)
        return self._act(event)

    def submit(self, player: Player, form: str, values: dict[str, Any]) -> Act:
        event_id, at = self._id()
        where = self._where(player, player.room, None, opens=False)
        event = Submitted(event_id, at, self._actor(player), where, form, values)
        return self._act(event)

    def _act(self, event: Event) -> Act:
        async def act() -> dict[str, Any]:
            return self._answer(await self.stage.core.take(event))

        return act

    def _answer(self, reply: Any) -> dict[str, Any]:
        match reply:
            case Form():
                return {"form": {"id": reply.id, "title": reply.title, "fields": reply.fields}}
            case FieldErrors(errors=errors):
                return {"errors": errors}
            case Notice():
                raise AssertionError("this channel has no notices")
        return {}

    def seen_by(self, player: Player) -> list[Seen]:
        found = []
        for to, platform_id, message, author in self.messages:
            if to.tenant != self.tenant or to.channel not in (player.room, player.user):
                continue
            elements = message.elements if isinstance(message, Message) else ()
            text = text_of(elements) if isinstance(message, Message) else message
            found.append(
                Seen(platform_id, to.channel, to.thread, author, text, actions_of(elements))
            )
        return found
