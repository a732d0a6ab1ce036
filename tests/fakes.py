"""Hand-written fakes: a clock that stands still, and a channel that does what it is told."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from bot.channel import Abilities, Address, Outcome, Sent
from dialogs.messages import File, Message, plain


class FakeClock:
    """Stands still until it is moved; business time and real time move together or apart."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)) -> None:
        self.at = at
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return self.at + self.offset

    def wall(self) -> datetime:
        return self.at

    def forward(self, by: timedelta) -> None:
        self.at += by


class Broken(Exception):
    """The connection broke; its text stands for what must never be logged."""

    def __init__(self) -> None:
        super().__init__("SECRET WORDS")


class Fault(Enum):
    """What else can happen to a call than an outcome."""

    RAISE = auto()  # it breaks before anything went
    SEND_THEN_RAISE = auto()  # it went, and then the connection breaks


@dataclass(frozen=True)
class Call:
    """What the channel was asked. `what`: post, find, update, remove or mark."""

    what: str
    channel: str
    thread: str | None
    text: str
    key: str = ""
    platform_id: str = ""
    direct: bool = False


class FakeChannel:
    """A platform in memory. `stands` is what people see there: platform id to text."""

    def __init__(self, platform: str = "fake", **abilities: Any) -> None:
        self.platform = platform
        self.abilities = Abilities(**abilities)
        self.calls: list[Call] = []
        self.stands: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.gate: asyncio.Event | None = None  # calls wait here, if there is one
        self.most_at_once = 0
        self.lookups_fail = False
        self._inside = 0
        self._script: deque[Outcome | Fault] = deque()

    def then(self, *steps: Outcome | Fault) -> None:
        """What comes of the next calls that send; after them, all goes well again."""
        self._script.extend(steps)

    def said(self, what: str = "post") -> list[str]:
        """The texts of all calls of a kind, in order."""
        return [call.text for call in self.calls if call.what == what]

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        text = plain(message)
        self.calls.append(Call("post", to.channel, to.thread, text, key, direct=to.direct))

        def went() -> Outcome:
            platform_id = f"{self.platform}-{len(self.stands) + 1}"
            self.stands[platform_id] = text
            self.keys[key] = platform_id
            return Sent(platform_id)

        return await self._come(went)

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        assert self.abilities.files
        self.calls.append(Call("file", to.channel, to.thread, file.name, key))

        def went() -> Outcome:
            platform_id = f"{self.platform}-{len(self.stands) + 1}"
            self.stands[platform_id] = file.name
            self.keys[key] = platform_id
            return Sent(platform_id)

        return await self._come(went)

    async def find(self, to: Address, key: str) -> str | None:
        assert self.abilities.find
        self.calls.append(Call("find", to.channel, to.thread, "", key))
        if self.lookups_fail:
            raise Broken
        return self.keys.get(key)

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        assert self.abilities.update
        text = plain(message)
        self.calls.append(Call("update", to.channel, to.thread, text, platform_id=platform_id))

        def went() -> Outcome:
            self.stands[platform_id] = text
            return Sent(platform_id)

        return await self._come(went)

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        assert self.abilities.remove
        self.calls.append(Call("remove", to.channel, to.thread, "", platform_id=platform_id))

        def went() -> Outcome:
            self.stands[platform_id] = ""
            return Sent(platform_id)

        return await self._come(went)

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        assert self.abilities.marks
        self.calls.append(Call("mark", to.channel, to.thread, sign, platform_id=platform_id))
        return await self._come(lambda: Sent(platform_id))

    async def _come(self, went) -> Outcome:
        self._inside += 1
        self.most_at_once = max(self.most_at_once, self._inside)
        step = self._script.popleft() if self._script else None
        if self.gate is not None:
            await self.gate.wait()
        self._inside -= 1
        if step is None:
            return went()
        if step is Fault.SEND_THEN_RAISE:
            went()
        if isinstance(step, Fault):
            raise Broken
        return step
