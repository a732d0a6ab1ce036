"""Slack, composed: the ways in (HTTP, Socket Mode) and the way out, of one workspace or many."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from bot.channel import Channel
from bot.slack.channel import SlackChannel
from bot.slack.edge import Edge, Take
from bot.slack.installations import Installations, Record
from bot.slack.installing import App, Installing
from bot.slack.lookups import Lookups
from bot.slack.pacing import Pacing
from bot.slack.refusals import error_code
from bot.slack.socket_log import socket_log
from bot.slack.telling import Sleep, Telling
from bot.slack.workspaces import (
    CALL_SECONDS,
    OneWorkspace,
    Unreachable,
    Workspaces,
    client_of,
)
from storage import installations

log = logging.getLogger("samspill.slack")

API = "https://slack.com/api/"
RETRY = 30.0  # seconds until Slack is asked again, when it could not be reached


@dataclass(frozen=True, slots=True)
class Access:
    """What Slack gave the operator. With a bot token, Samspill is in that one workspace; with a
    client id and secret, in all that let it in. With an app token, events come by Socket Mode; with
    a signing secret, over HTTP; or both. `site`: where people reach it."""

    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api: str = API
    site: str = ""


class Slack:
    """The room as the composition root sees it."""

    def __init__(
        self,
        access: Access,
        take: Take,
        record: Record,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`monotonic` is a clock in seconds that only goes forward, `sleep` waits so many."""
        self._access = access
        self._sleep = sleep
        self._workspaces: Workspaces
        self._installing: Installing | None = None
        if access.bot_token:
            self._workspaces = OneWorkspace(access.bot_token, access.api)
        else:
            self._workspaces = many = Installations(record, access.api)
            app = App(access.client_id, access.client_secret, access.api, access.site)
            self._installing = Installing(app, many, record)
        # Bolt copies it for each request, and puts the token into the copy.
        self._client = client_of(None, access.api)
        pacing = Pacing(monotonic)
        self.edge = Edge(
            take,
            self._workspaces,
            Lookups(monotonic),
            record.now,
            signing_secret=access.signing_secret or None,
            client=self._client,
            telling=Telling(self._workspaces, pacing, sleep),
        )

        async def shared(tenant: str, user: str) -> list[tuple[str, str]]:
            return await record.workers.read(installations.shared_with, tenant, user)

        self.channel: Channel = SlackChannel(
            self._workspaces.client, shared, pacing, self._workspaces.check
        )
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._session: ClientSession | None = None

    def routes(self) -> list[web.RouteDef]:
        """What is served: nothing when only Socket Mode is set up."""
        served = self.edge.routes() if self._access.signing_secret else []
        return served + (self._installing.routes() if self._installing is not None else [])

    async def start(self) -> None:
        """Connect, and go on trying in the background when Slack cannot be reached now."""
        # Slack's client reads from the environment which proxy to use; a session that does so too
        # looks for it in two threads at every call. What Slack would have a browser keep is none of
        # ours: calls for all workspaces and answers to presses go over this one.
        self._session = self._client.session = ClientSession(
            timeout=ClientTimeout(total=CALL_SECONDS), cookie_jar=DummyCookieJar()
        )
        self._workspaces.use(self._session)
        self._connecting = asyncio.create_task(self._connect(), name="slack")

    async def _connect(self) -> None:
        while True:
            setting = "SLACK_BOT_TOKEN"
            try:
                found = await self._workspaces.connect()
                if self._access.app_token and self._socket is None:
                    setting = "SLACK_APP_TOKEN"
                    await self._listen()
            except Unreachable as error:
                about = {"error": str(error), "setting": setting, "again_in": RETRY}
                log.error("not connected to Slack", extra=about)
                await self._sleep(RETRY)
                continue
            log.info("connected to Slack", extra={"workspace": found})
            return

    async def _listen(self) -> None:
        try:
            await self._client.apps_connections_open(app_token=self._access.app_token)
        except SlackApiError as error:  # the socket itself would try for ever without a word
            raise Unreachable(error_code(error)) from None
        except (ClientError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from None
        socket = AsyncSocketModeHandler(
            self.edge.app,
            self._access.app_token,
            logger=socket_log(),
            web_client=client_of(None, self._access.api),
        )
        await socket.connect_async()  # type: ignore[no-untyped-call]
        self._socket = socket

    async def connected(self) -> None:
        """Wait until it is; for as long as that takes."""
        if self._connecting is not None:
            await self._connecting

    async def stop(self) -> None:
        """Take nothing more in, and finish the answers that are on their way."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        await self.edge.settled(CALL_SECONDS)
        if self._session is not None:
            await self._session.close()
