"""The built-in chat (web or terminal) as a surface of the stage, over HTTP."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.chat import Seat
from bot.chat.demo import COOKIE
from dialogs.codec import decode
from storage import chat_rooms
from storage.tables import ChatMessage, ChatRoom
from tests.contract.surface import Act, Seen, Surface, actions_of, text_of

if TYPE_CHECKING:
    from tests.contract.stage import Player, Stage

_ids = itertools.count(1)
_STANDS = (
    select(col(ChatMessage.id), col(ChatMessage.change))
    .join(ChatRoom, col(ChatRoom.id) == col(ChatMessage.room_id))
    .where(col(ChatRoom.tenant) == bindparam("tenant"), chat_rooms.may_enter(bindparam("user")))
    .where(~col(ChatMessage.deleted))
    .order_by(col(ChatMessage.id))
)
_MESSAGES = (
    select(ChatMessage, ChatRoom)
    .join(ChatRoom, col(ChatRoom.id) == col(ChatMessage.room_id))
    .where(col(ChatMessage.id).in_(bindparam("wanted", expanding=True)))
)


class BuiltIn(Surface):
    """The built-in chat (web or terminal), over HTTP."""

    def __init__(self, stage: Stage, platform: str, tenant: str) -> None:
        self.stage = stage
        self.platform = platform
        self.tenant = tenant
        self.known: dict[tuple[int, int], Seen] = {}

    def key(self, player: Player) -> str:
        return Seat(self.tenant, player.user, self.platform).key

    def room_id(self, player: Player, room: str) -> int:
        with self.stage.database.read() as db:
            if room == self.direct_room(player):
                found = chat_rooms.find_room(db, self.platform, self.tenant, f"@{player.user}")
            else:
                found = chat_rooms.find_room(db, self.platform, self.tenant, room)
        assert found is not None
        return found.id

    def direct_room(self, player: Player) -> str:
        return f"@{player.user}"

    def say(self, player: Player, room: str, text: str, thread: str | None) -> Act:
        data = {"room": self.room_id(player, room), "text": text}
        return self._act("say", player, data | {"thread": int(thread) if thread else None})

    def press(self, player: Player, seen: Seen | None, button: str, value: str | None) -> Act:
        room = self.room_id(player, seen.room if seen else player.room)
        data = {"room": room, "button": button, "value": value}
        return self._act("press", player, data | {"message": int(seen.id) if seen else None})

    def submit(self, player: Player, form: str, values: dict[str, Any]) -> Act:
        data = {"room": self.room_id(player, player.room), "form": form, "values": values}
        return self._act("submit", player, data)

    def edit(self, player: Player, seen: Seen, text: str) -> Act:
        return self._act("edit", player, {"message": int(seen.id), "text": text}, page="chat")

    def delete(self, player: Player, seen: Seen) -> Act:
        return self._act("delete", player, {"message": int(seen.id)}, page="chat")

    def _act(self, act: str, player: Player, data: dict[str, Any], page: str = "terminal") -> Act:
        """Over the terminal's way in, which shows replies as text; changes only over the page's."""
        data = {"id": f"test-act-{next(_ids)}", **data}
        return lambda: self._post(f"/{page}/{act}", player, data)

    async def _post(self, path: str, player: Player, data: dict[str, Any]) -> dict[str, Any]:
        answer = await self.stage.client.post(
            path,
            params={"as": self.key(player)},
            json=data,
            headers={"X-Samspill": "1", "Sec-Fetch-Site": "same-origin"},
            cookies={COOKIE: self.key(player)},
        )
        assert answer.status == 200, (answer.status, await answer.text())
        given: dict[str, Any] = await answer.json()
        if path.startswith("/chat/"):
            return {}  # how a page shows a reply is tested with the page
        notice = given.get("notice")
        if notice is not None:
            actions = tuple(
                (each["button"], each["value"], each["label"]) for each in notice["actions"]
            )
            given["notice"] = Seen("", player.room, None, None, notice["text"], actions)
        return given

    def seen_by(self, player: Player) -> list[Seen]:
        """What does not change is read once: a screen is looked at again and again."""
        given = {"tenant": self.tenant, "user": player.user}
        with self.stage.database.read() as db:
            stands = [(row.id, row.change) for row in db.execute(_STANDS, given)]
            new = [row_id for row_id, change in stands if (row_id, change) not in self.known]
            for row, room in db.execute(_MESSAGES, {"wanted": new}) if new else ():
                self.known[row.id, row.change] = _seen(row, room)
        return [self.known[each] for each in stands]


def _seen(row: ChatMessage, room: ChatRoom) -> Seen:
    elements = decode(row.body).elements if row.body else ()
    text = text_of(elements) if row.body else row.text or ""
    thread = str(row.thread) if row.thread else None
    return Seen(str(row.id), room.room, thread, row.author, text, actions_of(elements))
