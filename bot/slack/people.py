"""What people in Slack are called and which language they have chosen there, asked once and kept in
memory for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

MOST = 10_000
KEPT = 6 * 3600.0  # seconds
PATIENCE = 1.5  # seconds: a press has three until Slack gives up


@dataclass(frozen=True, slots=True)
class Called:
    """A person's name and language; both empty when Slack did not say."""

    name: str = field(default="", repr=False)
    language: str = ""


class People:
    """Looks people up. `now` is a clock in seconds that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[float, Called]] = OrderedDict()

    async def called(self, client: AsyncWebClient, users: Iterable[str]) -> dict[str, Called]:
        """These people, as far as Slack tells in time."""
        wanted = sorted(set(users))
        found = await asyncio.gather(*(self._one(client, each) for each in wanted))
        return dict(zip(wanted, found, strict=True))

    def forget(self, user: str) -> None:
        """Ask again next time: something about the person has changed."""
        self._known.pop(user, None)

    async def _one(self, client: AsyncWebClient, user: str) -> Called:
        at, called = self._known.get(user, (0.0, None))
        if called is not None and self._now() - at < KEPT:
            return called
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await client.users_info(user=user, include_locale=True)
        except (SlackApiError, ClientError, TimeoutError):
            return called or Called()  # asked again next time
        person = answer.get("user") or {}
        profile = person.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or person.get("name", "")
        known = Called(str(name), str(person.get("locale") or ""))
        self._known[user] = (self._now(), known)
        self._known.move_to_end(user)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return known
