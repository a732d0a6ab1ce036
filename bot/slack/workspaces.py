"""The workspaces that Samspill is installed in, and Slack's clients for them. Which one a bot token
in the settings is for is found out by asking Slack, once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger("samspill.slack")

SECONDS = 10  # for a call to Slack: less than a lease of the outbox
# Bolt and Slack's client log what they got, and that holds what people wrote: this one is silent.
SILENT = logging.getLogger("samspill.slack.silent")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False
SILENT.setLevel(logging.CRITICAL + 1)  # nor do they make texts that nobody reads


@dataclass(frozen=True, slots=True)
class Workspace:
    """An installation: the workspace (or grid), Samspill's own ids there, and its token."""

    tenant: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    token: str = field(repr=False)


def client_of(token: str, api: str) -> AsyncWebClient:
    """A client that tries each call once: what may have gone is not for it to repeat."""
    return AsyncWebClient(
        token=token,
        base_url=api,
        timeout=SECONDS,
        retry_handlers=[],
        logger=SILENT,
        trust_env_in_session=True,
    )


class Unreachable(Exception):
    """Slack cannot be asked now, or says no; the text is a code without anything of anybody's."""


class OneWorkspace:
    """The workspace of a bot token."""

    def __init__(self, token: str, api: str) -> None:
        self._token = token
        self._api = api
        self._found: Workspace | None = None
        self._client = client_of(token, api)

    def use(self, session: ClientSession) -> None:
        """Keep connections open from one call to the next."""
        self._client.session = session

    async def connect(self) -> Workspace:
        """Ask Slack which workspace it is, once; Unreachable when it does not say."""
        if self._found is not None:
            return self._found
        try:
            told = await self._client.auth_test()
        except SlackApiError as error:
            raise Unreachable(str(error.response.get("error", "unreadable"))) from None
        except (ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from None
        whole = bool(told.get("is_enterprise_install"))
        self._found = Workspace(
            tenant=str(told["enterprise_id"] if whole else told["team_id"]),
            enterprise=told.get("enterprise_id"),
            bot_user=str(told["user_id"]),
            bot_id=str(told.get("bot_id", "")),
            token=self._token,
        )
        return self._found

    def client(self, tenant: str) -> AsyncWebClient | None:
        """The client for a workspace, if it is this one; Unreachable while Slack has not said
        which it is."""
        if self._found is None:
            raise Unreachable("not connected")
        return self._client if self._found.tenant == tenant else None

    async def authorize(self) -> AuthorizeResult:
        """What Bolt asks of every request: by which installation it is answered."""
        try:
            found = await self.connect()
        except Unreachable as error:
            log.error("cannot ask Slack which workspace it is", extra={"error": str(error)})
            raise
        return AuthorizeResult(
            enterprise_id=found.enterprise,
            team_id=found.tenant,
            bot_user_id=found.bot_user,
            bot_id=found.bot_id,
            bot_token=found.token,
        )
