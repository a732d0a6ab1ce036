"""What people and channels in Slack are called, and which language people have chosen there: asked
once and kept in memory for a while."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusals import said_nothing, told

MOST = 10_000
KEPT = 6 * 3600.0  # seconds
PATIENCE = 1.5  # seconds: a press has three until Slack gives up


@dataclass(frozen=True, slots=True)
class Called:
    """A name, and of a person their language and where they are at home, the workspace and the
    grid; empty when Slack did not say. `unheard`: it may say another time."""

    name: str = field(default="", repr=False)
    language: str = ""
    homes: tuple[str, ...] = ()
    unheard: bool = False


class Lookups:
    """Asks Slack. `now` is a clock in seconds that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[float, Called]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Called]] = {}

    async def around(
        self, client: AsyncWebClient, users: Iterable[str], channel: str
    ) -> tuple[dict[str, Called], str]:
        """These people, and what the channel is called, as far as Slack tells in time; what is not
        known is asked side by side. Conversations of people have no name."""
        named = (channel,) if channel.startswith(("C", "G")) else ()
        found = {each: known for each in (*users, *named) if (known := self._fresh(each))}
        asking = {each: self._person(client, each) for each in users if each not in found}
        asking |= {each: self._channel(client, each) for each in named if each not in found}
        if asking:
            told = await asyncio.gather(*asking.values())
            found |= dict(zip(asking, told, strict=True))
        name = found.pop(channel).name if named else ""
        return found, name

    async def _channel(self, client: AsyncWebClient, channel: str) -> Called:

        async def ask() -> Called:
            answer = await client.conversations_info(channel=channel)
            return Called(str(_map(answer.get("channel")).get("name") or ""))

        return await self._one(channel, ask)

    async def outside(self, client: AsyncWebClient, channel: str, user: str) -> bool:
        """Whether Samspill is not in a conversation of this person's, so that nothing can be said
        there; no, if Slack does not tell in time."""
        if not channel.startswith("D"):
            return await outside_of(client, channel)
        try:
            async with asyncio.timeout(PATIENCE):
                ours = await client.conversations_open(users=user)
        except (SlackApiError, ClientError, TimeoutError):
            return False
        return bool(_map(ours.get("channel")).get("id") != channel)

    def forget(self, id: str) -> None:
        """Ask again next time: something about the person or channel has changed. If Slack does not
        tell then, what was known is better than nothing: where somebody is at home says who it is.
        """
        if id in self._known:
            self._known[id] = (-math.inf, self._known[id][1])

    async def _person(self, client: AsyncWebClient, user: str) -> Called:
        async def ask() -> Called:
            answer = await client.users_info(user=user, include_locale=True)
            person = _map(answer.get("user"))
            profile = _map(person.get("profile"))
            name = profile.get("display_name") or profile.get("real_name") or person.get("name")
            grid = _map(person.get("enterprise_user")).get("enterprise_id")
            homes = (str(each) for each in (person.get("team_id"), grid) if each)
            return Called(str(name or ""), str(person.get("locale") or ""), tuple(homes))

        return await self._one(user, ask)

    async def _one(self, id: str, ask: Callable[[], Coroutine[Any, Any, Called]]) -> Called:
        """What Slack says, else what was known; who is asked about already is not asked twice."""
        asking = self._asking.get(id)
        if asking is None:
            asking = self._asking[id] = asyncio.create_task(self._asked(id, ask))
            asking.add_done_callback(lambda _: self._asking.pop(id, None))
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(asking)
        except (SlackApiError, ClientError, TimeoutError) as error:  # asked again next time
            unheard = not isinstance(error, SlackApiError) or said_nothing(error)
            return self._known.get(id, (0.0, Called(unheard=unheard)))[1]

    def _fresh(self, id: str) -> Called | None:
        at, called = self._known.get(id, (0.0, None))
        return called if self._now() - at < KEPT else None

    async def _asked(self, id: str, ask: Callable[[], Coroutine[Any, Any, Called]]) -> Called:
        found = await ask()
        self._known[id] = (self._now(), found)
        self._known.move_to_end(id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return found


async def outside_of(client: AsyncWebClient, channel: str) -> bool:
    """Whether Samspill is not in a channel; no, if Slack does not tell in time. Private channels
    are not there for those outside."""
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        return told(error) == "channel_not_found"
    except (ClientError, TimeoutError):
        return False
    return bool(_map(answer.get("channel")).get("is_member") is False)


def _map(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
