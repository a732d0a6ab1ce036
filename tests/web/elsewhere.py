"""Another platform beside the web, for people who are known from there."""

from __future__ import annotations

import itertools
import re

from bot.channel import Abilities, Address, Outcome, Sent
from bot.chat import ChatChannel
from dialogs.events import Actor, Commanded, Where
from dialogs.messages import File, Message, Notice, Reply, plain
from tests.web.world import World

_ids = itertools.count(1)


class Slack:
    """Takes commands from people in its one channel, and remembers what it was given."""

    platform = "slack"
    abilities = Abilities()

    def __init__(self, world: World) -> None:
        self.world = world
        self.posts: dict[str, tuple[str, str]] = {}
        self.answer = ""
        web = ChatChannel("web", world.core.workers, world.core.hub, world.clock.now)
        world.core.connect({"web": web, "slack": self})

    async def says(self, user: str, text: str) -> Reply | None:
        """`/samspill …` in the channel; a private answer is seen by whoever wrote."""
        where = Where("slack", "T1", "C1", name="kanal")
        actor = Actor("slack", "T1", user, user.capitalize(), "nb")
        number = f"slack-{next(_ids)}"
        reply = await self.world.core.take(
            Commanded(number, self.world.clock.now(), actor, where, text)
        )
        await self.world.settle()
        if isinstance(reply, Notice):
            self.answer = plain(reply.message)
        return reply

    @property
    def link(self) -> str:
        """The link in the latest private answer."""
        found = re.search(r"http://samspill\.example(/inn/[\w-]{43})", self.answer)
        assert found, self.answer
        return found[1]

    def told(self, channel: str) -> str:
        """All that was posted in a channel or to a person."""
        return "\n".join(text for where, text in self.posts.values() if where == channel)

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        number = f"s{next(_ids)}"
        self.posts[number] = (to.channel, plain(message))
        return Sent(number)

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        return Sent(f"s{next(_ids)}")

    async def find(self, to: Address, key: str) -> str | None:
        return None

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        self.posts[platform_id] = (to.channel, plain(message))
        return Sent(platform_id)

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        self.posts.pop(platform_id, None)
        return Sent(platform_id)

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        return Sent(platform_id)
