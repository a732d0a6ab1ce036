"""How one person is told something in words: where they are, else directly, and also when Slack
cannot be reached for a moment."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.refusals import patience, told
from bot.slack.workspaces import Workspaces
from dialogs.events import Done

log = logging.getLogger("samspill.slack")

WAITS = (1.0, 4.0, 15.0)  # seconds between tries; after the last it is given up
# How many seconds Slack may ask us to wait: whoever pressed is told directly rather than much
# later, and a direct message rather late than not at all.
IN_PLACE, DIRECTLY = 10.0, 60.0

Sleep = Callable[[float], Awaitable[None]]


class Telling:
    """Tells privately. What it says is kept nowhere else: when it does not go, it is lost, and the
    person can press or ask again."""

    def __init__(self, workspaces: Workspaces, sleep: Sleep) -> None:
        self._workspaces = workspaces
        self._sleep = sleep

    async def tell(self, client: AsyncWebClient, event: Done, content: dict[str, Any]) -> None:
        """Tell whoever caused an event. Raises what Slack's client raises when it cannot be done.

        When a connection breaks, nobody knows whether the words have gone. Those that are shown in
        passing are sent once more: to see them twice does no harm, and whoever pressed and sees
        nothing believes that nothing was done. A direct message is not: it stays, and calls twice.
        """
        user, where = event.actor.user, event.where
        if not where.direct:
            there: dict[str, Any] = {"channel": where.channel, "thread_ts": where.thread}
            keeper = await self._workspaces.client(where.tenant) or client
            here = partial(keeper.chat_postEphemeral, user=user, **there, **content)
            try:
                await self._tried(here, longest=IN_PLACE, twice=True)
            except SlackApiError as error:
                log.info("a private answer goes directly", extra={"error": told(error)})
            else:
                return
        directly = partial(client.chat_postMessage, channel=user, mrkdwn=False, **content)
        await self._tried(directly, longest=DIRECTLY, twice=False)

    async def _tried(
        self, call: Callable[[], Awaitable[Any]], *, longest: float, twice: bool
    ) -> None:
        """Call until it is done, a few times. `twice`: once more, too, when it may be done."""
        for pause in WAITS:
            asked = 0.0
            try:
                await call()
            except SlackApiError as error:
                wanted = patience(error)
                if wanted is None or wanted > longest:
                    raise
                asked = wanted
            except ClientConnectorError:
                pass  # nothing went
            except (ClientError, TimeoutError):
                if not twice:
                    raise
                twice = False
            else:
                return
            await self._sleep(max(pause, asked))
        await call()
