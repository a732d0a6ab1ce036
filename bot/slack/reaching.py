"""How a person is reached: directly where that is possible, else privately in a channel.

Slack may refuse a direct conversation with somebody of another organisation, although both write in
a channel that is shared: there they can be shown what nobody else sees.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channel import Address
from bot.slack.refusals import error_code

Clients = Callable[[str], Awaitable[AsyncWebClient | None]]  # None where we are not installed
# Channels (workspace, channel) in which a person (workspace, user) may be found.
Shared = Callable[[str, str], Awaitable[list[tuple[str, str]]]]

# One call of a method for a workspace, when it may be made.
Paced = Callable[[str, str, Coroutine[Any, Any, Any]], Awaitable[Any]]

# Why no conversation opens with people of other organisations.
STRANGERS = frozenset(
    ("cannot_dm_bot", "channel_not_found", "not_allowed", "user_not_found", "user_not_visible")
)


@dataclass(frozen=True, slots=True)
class Way:
    """A conversation and the client for it; `only_for`: what is said there, only this person is
    shown, and only in passing."""

    client: AsyncWebClient
    channel: str
    only_for: str = ""


class Reaching:
    """Finds the ways to an address, best first."""

    def __init__(self, clients: Clients, shared: Shared, paced: Paced) -> None:
        self._clients = clients
        self._shared = shared
        self._paced = paced
        self._direct: dict[tuple[str, str], str] = {}  # the conversation with each person

    async def ways(self, to: Address) -> list[Way]:
        """No way where Samspill is not installed, nor to strangers whom it meets in no channel.
        Raises what Slack's client raises when no conversation opens with somebody of ours."""
        client = await self._clients(to.tenant)
        if client is not None:
            opened = await self._opened(client, to.tenant, to.channel) if to.direct else to.channel
            return [Way(client, opened)]
        return await self._across(to) if to.direct else []

    async def _across(self, to: Address) -> list[Way]:
        """To somebody of an organisation that has no installation of its own."""
        passing: list[Way] = []
        refused: set[str] = set()
        for tenant, channel in await self._shared(to.tenant, to.channel):
            client = await self._clients(tenant)
            if client is None:
                continue
            if tenant not in refused:
                try:
                    return [Way(client, await self._opened(client, tenant, to.channel))]
                except SlackApiError as error:
                    if error_code(error) not in STRANGERS:
                        raise
                    refused.add(tenant)
            passing.append(Way(client, channel, to.channel))
        return passing

    async def _opened(self, client: AsyncWebClient, tenant: str, user: str) -> str:
        """Slack's id of the conversation with a person, opened on first use."""
        known = self._direct.get((tenant, user))
        if known is None:
            opening = client.conversations_open(users=user)
            answer = await self._paced(tenant, "conversations.open", opening)
            known = self._direct[tenant, user] = str(answer["channel"]["id"])
        return known
