"""The workspaces that Samspill is installed in, and Slack's clients for them. Which one a bot token
in the settings is for is found out by asking Slack, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import ClientError, ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusals import error_code

log = logging.getLogger("samspill.slack")

CALL_SECONDS = 10  # for a call to Slack: less than a lease of the outbox
# Bolt and Slack's client log what they got, and that holds what people wrote: this one is silent.
SILENT = logging.getLogger("samspill.slack.silent")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
SILENT.setLevel(logging.CRITICAL + 1)  # Bolt's own loggers take their level from this one


@dataclass(frozen=True, slots=True)
class Workspace:
    """An installation: the workspace (or grid), Samspill's own ids there, and its token."""

    tenant: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Around:
    """Where a payload happened: the workspace or grid that keeps the channel, and Samspill's own
    users, by workspace or grid, and which grid these belong to, if any."""

    keeper: str
    bots: Mapping[str, str]
    grids: Mapping[str, str] = field(default_factory=dict)


class Workspaces(Protocol):
    """All that Samspill is installed in."""

    def use(self, session: ClientSession) -> None:
        """Keep connections open from one call to the next."""
        ...

    async def connect(self) -> str:
        """See that Slack can be asked; what to log of it. Unreachable when it does not say."""
        ...

    async def client(self, tenant: str) -> AsyncWebClient | None:
        """The client for a workspace or grid; None when Samspill is not installed there,
        Unreachable while that is not known."""
        ...

    async def answering(self, tenants: Sequence[str], channel: str) -> Workspace | None:
        """The installation by which a request of one of these is answered, else that which keeps
        the channel it came from."""
        ...

    async def around(self, tenant: str, channel: str) -> Around:
        """What a channel is, for a payload that came by this installation."""
        ...

    async def check(self, tenants: Sequence[str]) -> None:
        """Ask Slack whether these installations stand, and let go of those that do not;
        Unreachable when it does not say."""
        ...


def client_of(token: str | None, api: str) -> AsyncWebClient:
    """A client that tries each call once: what may have gone is not for it to repeat."""
    return AsyncWebClient(
        token=token,
        base_url=api,
        timeout=CALL_SECONDS,
        retry_handlers=[],
        logger=SILENT,
        trust_env_in_session=True,
    )


class Unreachable(Exception):
    """Slack cannot be asked now, or says no; the text is a code without anything of anybody's."""


async def workspace_of(client: AsyncWebClient) -> Workspace:
    """Ask Slack what a client's token is for; Unreachable when it does not say."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise Unreachable(error_code(error) or "unreadable") from None
    except (ClientError, TimeoutError) as error:
        raise Unreachable(type(error).__name__) from None
    whole = bool(answer.get("is_enterprise_install"))
    return Workspace(
        tenant=str(answer["enterprise_id"] if whole else answer["team_id"]),
        enterprise=answer.get("enterprise_id"),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id", "")),
        token=client.token or "",
    )


class OneWorkspace:
    """The workspace of a bot token."""

    def __init__(self, token: str, api: str) -> None:
        self._found: Workspace | None = None
        self._asking: asyncio.Task[Workspace] | None = None
        self._client = client_of(token, api)

    def use(self, session: ClientSession) -> None:
        """Keep connections open from one call to the next."""
        self._client.session = session

    async def connect(self) -> str:
        """Ask Slack which workspace it is, once."""
        return (await self._workspace()).tenant

    async def _workspace(self) -> Workspace:
        """All that comes while Slack is being asked waits for that one answer."""
        if self._found is None:
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(workspace_of(self._client))
            self._found = await asyncio.shield(self._asking)
        return self._found

    async def client(self, tenant: str) -> AsyncWebClient | None:
        """The client for a workspace, if it is this one. What waited when we started is sent before
        we have heard from Slack: so this may be the first to ask."""
        return self._client if (await self._workspace()).tenant == tenant else None

    async def answering(self, *_: object) -> Workspace | None:
        """This one."""
        return await self._workspace()

    async def around(self, tenant: str, *_: object) -> Around:
        """This one keeps every channel."""
        return Around(tenant, {tenant: (await self._workspace()).bot_user})

    async def check(self, *_: object) -> None:
        """It is kept whatever Slack says: its token is for the operator to mend."""
        try:
            await workspace_of(self._client)
        except Unreachable as error:
            about = {"error": str(error), "setting": "SLACK_BOT_TOKEN"}
            log.error("Slack does not take the token", extra=about)
