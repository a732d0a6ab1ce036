"""What people and channels in Slack are called, and which language people have chosen there: asked
once and kept in memory for a while."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusals import error_code, said_nothing

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
        found, asking = {}, {}
        for each in (*users, *named):
            known = self._fresh(each)
            if known is not None:
                found[each] = known
            else:
                asking[each] = self._ask(client, each, _channel if each in named else _person)
        if asking:
            await asyncio.wait(asking.values(), timeout=PATIENCE)
            found |= {each: self._heard(each, task) for each, task in asking.items()}
        name = found.pop(channel).name if named else ""
        return found, name

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

    def _ask(
        self,
        client: AsyncWebClient,
        id: str,
        ask: Callable[[AsyncWebClient, str], Coroutine[Any, Any, Called]],
    ) -> asyncio.Task[Called]:
        """Who is asked about already is not asked twice."""
        asking = self._asking.get(id)
        if asking is None:
            asking = self._asking[id] = asyncio.create_task(self._asked(id, ask(client, id)))
            asking.add_done_callback(partial(self._answered, id))
        return asking

    def _answered(self, id: str, asking: asyncio.Task[Called]) -> None:
        del self._asking[id]
        if not asking.cancelled():
            asking.exception()  # perhaps nobody waits for it any more

    def _heard(self, id: str, asking: asyncio.Task[Called]) -> Called:
        """What Slack says, else what was known."""
        error = asking.exception() if asking.done() else TimeoutError()
        if error is None:
            return asking.result()
        if not isinstance(error, SlackApiError | ClientError | TimeoutError):
            raise error
        unheard = not isinstance(error, SlackApiError) or said_nothing(error)
        return self._known.get(id, (0.0, Called(unheard=unheard)))[1]  # asked again next time

    def _fresh(self, id: str) -> Called | None:
        at, called = self._known.get(id, (0.0, None))
        return called if self._now() - at < KEPT else None

    async def _asked(self, id: str, ask: Coroutine[Any, Any, Called]) -> Called:
        found = await ask
        self._known[id] = (self._now(), found)
        self._known.move_to_end(id)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return found


async def _channel(client: AsyncWebClient, channel: str) -> Called:
    answer = await client.conversations_info(channel=channel)
    return Called(str(_map(answer.get("channel")).get("name") or ""))


async def _person(client: AsyncWebClient, user: str) -> Called:
    answer = await client.users_info(user=user, include_locale=True)
    person = _map(answer.get("user"))
    profile = _map(person.get("profile"))
    name = profile.get("display_name") or profile.get("real_name") or person.get("name")
    grid = _map(person.get("enterprise_user")).get("enterprise_id")
    homes = (str(each) for each in (person.get("team_id"), grid) if each)
    return Called(str(name or ""), str(person.get("locale") or ""), tuple(homes))


async def outside_of(client: AsyncWebClient, channel: str) -> bool:
    """Whether Samspill is not in a channel; no, if Slack does not tell in time. Private channels
    are not there for those outside."""
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await client.conversations_info(channel=channel)
    except SlackApiError as error:
        return error_code(error) == "channel_not_found"
    except (ClientError, TimeoutError):
        return False
    return bool(_map(answer.get("channel")).get("is_member") is False)


def _map(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}
