"""Sends one claimed row: renders it, hands it to its channel, and falls back where that lacks.

It holds no state and writes nothing: what came of it is for `bot.settling` to judge.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.channel import Address, Channel, Gone, Outcome, Sent, Unknown
from bot.settling import RENDER_LIMIT, Away, Failed, Found, Result, Skipped, Tried
from bot.workers import Workers
from dialogs.codec import decode
from dialogs.messages import File, Message, Text
from storage import sending
from storage.engine import Db
from storage.sending import Claimed
from storage.tables import Kind, Outbox, Place, Reason

log = logging.getLogger("samspill.delivery")

Shown = Message | File | None
Render = Callable[[Db, Outbox, Place], Shown]
PLACEHOLDER = Message("nb", (Text("—", "muted"),), "—")  # what stands where nothing can be removed


class Sender:
    """One way from a row to a platform, whatever the platform lacks."""

    def __init__(
        self, workers: Workers, channels: Mapping[str, Channel], render: Render, timeout: timedelta
    ) -> None:
        """A call to a channel that takes longer than `timeout` counts as unknown."""
        self._workers = workers
        self._channels = channels
        self._render = render
        self._timeout = timeout

    async def send(self, row: Claimed) -> Tried:
        """Try the row once; never raises."""
        channel = self._channels[row.platform]
        to = Address(row.platform, row.tenant, row.channel, row.thread, row.direct)
        if row.kind == Kind.MARK:
            return Tried(row, await self._mark(row, channel, to), row.wanted)
        if row.kind == Kind.REMOVE:
            return Tried(row, await self._take_away(row, channel, to, row.target), row.wanted)
        return await self._show(row, channel, to)

    async def _show(self, row: Claimed, channel: Channel, to: Address) -> Tried:
        """Post a message, or change one that stands."""
        if row.platform_id is not None and not channel.abilities.update:
            return Tried(row, Skipped(), row.wanted)
        if row.doubt and channel.abilities.find:
            known = await self._find(row, channel, to)
            if known is not None:
                return Tried(row, known, row.wanted)
        try:
            version, message = await self._message(row)
            if isinstance(message, File) and not channel.abilities.files:
                message = message.instead
        except Exception as error:  # noqa: BLE001 - a dialog may raise anything; it is not ours to mend
            self._log("could not render", row, error)
            return Tried(row, Failed(Reason.RENDER, RENDER_LIMIT), row.wanted)
        if message is None:
            return Tried(row, await self._hide(row, channel, to), version)
        if isinstance(message, File):
            sent = channel.file(to, message, _key(row))
            return Tried(row, await self._tried(row, sent), version)
        if row.platform_id is not None:
            change = channel.update(to, row.platform_id, message)
            return Tried(row, await self._tried(row, change), version)
        return Tried(row, await self._tried(row, channel.post(to, message, _key(row))), version)

    async def _message(self, row: Claimed) -> tuple[int, Shown]:
        if row.kind in (Kind.LIVE, Kind.FILE):
            return await self._workers.read(self._rendered, row.id)
        if row.body is None:
            return row.wanted, None
        return row.wanted, decode(row.body)

    def _rendered(self, db: Db, row_id: int) -> tuple[int, Shown]:
        """The version that is wanted now and how it looks, from one snapshot."""
        row, place = sending.with_place(db, row_id)
        return row.wanted, self._render(db, row, place)

    async def _hide(self, row: Claimed, channel: Channel, to: Address) -> Result:
        """A message with nothing to show is not posted, or taken away again."""
        if row.kind == Kind.POST:
            return Gone(Reason.EMPTY)
        if row.platform_id is None:
            return Away()
        result = await self._take_away(row, channel, to, row.platform_id)
        if isinstance(result, Sent) and not channel.abilities.remove:
            return result  # the placeholder stands in its place, and can be changed again
        return Away() if isinstance(result, Sent | Gone) else result

    async def _take_away(
        self, row: Claimed, channel: Channel, to: Address, platform_id: str | None
    ) -> Result:
        assert platform_id is not None  # such a row is not claimed
        if channel.abilities.remove:
            return await self._tried(row, channel.remove(to, platform_id))
        if channel.abilities.update:
            return await self._tried(row, channel.update(to, platform_id, PLACEHOLDER))
        return Skipped()

    async def _mark(self, row: Claimed, channel: Channel, to: Address) -> Result:
        if not channel.abilities.marks or row.body is None:
            return Skipped()
        return await self._tried(row, channel.mark(to, row.body["on"], row.body["sign"]))

    async def _find(self, row: Claimed, channel: Channel, to: Address) -> Result | None:
        """Whether a post in doubt had gone; None: it had not, so it may be sent."""
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                found = await channel.find(to, _key(row))
        except Exception as error:  # noqa: BLE001 - see `_tried`
            self._log("could not look up", row, error)
            return Unknown()
        return Found(found) if found is not None else None

    async def _tried(self, row: Claimed, call: Awaitable[Outcome]) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                return await call
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, it may have gone
            self._log("could not send", row, error)
            return Unknown()

    def _log(self, what: str, row: Claimed, error: Exception) -> None:
        """The kind of error only: its text may hold what people wrote."""
        about = {"outbox": row.id, "kind": str(row.kind), "platform": row.platform}
        log.warning(what, extra=about | {"error": type(error).__name__})


def _key(row: Claimed) -> str:
    """What a post can be found by; a live message that comes back has a new one."""
    return row.key if row.sent == 0 else f"{row.key}@{row.sent}"
