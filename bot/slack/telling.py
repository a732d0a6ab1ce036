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
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.pacing import RESPONSE, Pacing
from bot.slack.refusals import error_code, retry_after
from bot.slack.workspaces import CALL_SECONDS, SILENT, Workspaces
from dialogs.events import PersonEvent

log = logging.getLogger("samspill.slack")

WAITS = (1.0, 4.0, 15.0)  # seconds between tries; after the last it is given up
# How many seconds Slack's limits may make us wait: whoever pressed is told directly rather than
# much later, and a direct message rather late than not at all.
IN_PLACE, DIRECTLY = 10.0, 60.0

Sleep = Callable[[float], Awaitable[None]]


class TooLong(Exception):
    """So much is to be said now that this would come much too late."""


class NotTold(Exception):
    """Slack did not take what was said at the address of a press or command."""


async def tell_at(
    client: AsyncWebClient, address: str, content: dict[str, Any], thread: str | None = None
) -> None:
    """Tell whoever pressed or gave a command, at the address that came with it, over the client's
    connections; NotTold when Slack says no. Bolt's own way there is not used: it says nothing of a
    refusal, and its client would log the words for whoever turns that up."""
    hook = AsyncWebhookClient(
        address, CALL_SECONDS, session=client.session, logger=SILENT, retry_handlers=[]
    )
    passing = {"response_type": "ephemeral", "replace_original": False}
    there = {"thread_ts": thread} if thread is not None else {}
    answer = await hook.send_dict({**content, **passing, **there})
    if answer.status_code != 200:
        raise NotTold


class Telling:
    """Tells privately. What it says is kept nowhere else: when it does not go, it is lost, and the
    person can press or ask again."""

    def __init__(self, workspaces: Workspaces, pacing: Pacing, sleep: Sleep) -> None:
        """`pacing`: what is sent elsewhere counts too."""
        self._workspaces = workspaces
        self._pacing = pacing
        self._sleep = sleep

    async def tell(
        self,
        client: AsyncWebClient,
        event: PersonEvent,
        content: dict[str, Any],
        address: str | None = None,
    ) -> None:
        """Tell whoever caused an event. Raises what Slack's client raises when it cannot be done,
        and TooLong: directly it would only hold up questions and reminders, which count alike.

        When so many are told that Slack's limit would make it late, it goes to `address`, which
        comes with a press or a command and is not counted with the rest.

        When a connection breaks, nobody knows whether the words have gone. Those that are shown in
        passing are sent once more: to see them twice does no harm, and whoever pressed and sees
        nothing believes that nothing was done. A direct message is not: it stays, and calls twice.
        """
        if not event.where.direct and await self._in_place(client, event, content, address):
            return
        directly = partial(
            client.chat_postMessage, channel=event.actor.user, mrkdwn=False, **content
        )
        turn = partial(self._turn, event.where.tenant, "chat.postMessage", DIRECTLY)
        await self._tried(directly, turn, twice=False)

    async def _in_place(
        self,
        client: AsyncWebClient,
        event: PersonEvent,
        content: dict[str, Any],
        address: str | None,
    ) -> bool:
        """In passing, where they are; False when it cannot be shown there."""
        where = event.where
        keeper = await self._workspaces.client(where.tenant) or client
        there: dict[str, Any] = {"channel": where.channel, "thread_ts": where.thread}
        here = partial(keeper.chat_postEphemeral, user=event.actor.user, **there, **content)
        turn = partial(self._turn, where.tenant, "chat.postEphemeral", IN_PLACE)
        try:
            await self._tried(here, turn, twice=True)
        except (SlackApiError, TooLong) as error:
            many = isinstance(error, TooLong) or retry_after(error) is not None
            if many and address is not None:
                pressed = partial(tell_at, client, address, content, where.thread)
                turn = partial(self._turn, where.tenant, RESPONSE, IN_PLACE)
                await self._tried(pressed, turn, twice=True)
                return True
            if isinstance(error, TooLong):
                raise
            log.info("a private answer goes directly", extra={"error": error_code(error)})
            return False
        return True

    async def _tried(
        self,
        call: Callable[[], Awaitable[Any]],
        turn: Callable[[SlackApiError | None], Awaitable[None]],
        *,
        twice: bool,
    ) -> None:
        """Call until it is done, a few times, each when its `turn` has come. `twice`: once more,
        too, when it may be done."""
        limited: SlackApiError | None = None
        for pause in WAITS:
            await turn(limited)
            try:
                await call()
            except SlackApiError as error:
                if retry_after(error) is None:
                    raise
                limited = error
                continue
            except ClientConnectorError:
                pass  # nothing went
            except (ClientError, TimeoutError):
                if not twice:
                    raise
                twice = False
            else:
                return
            limited = None
            await self._sleep(pause)
        await turn(limited)
        await call()

    async def _turn(
        self, tenant: str, method: str, longest: float, limited: SlackApiError | None
    ) -> None:
        """Wait until Slack may be called; it may just have said that it was called too often."""
        if limited is not None:
            wanted = retry_after(limited) or 0.0
            self._pacing.pause(tenant, method, wanted)
            if wanted > longest:
                raise limited
        waited = 0.0
        while wait := self._pacing.take(tenant, method, longest - waited):
            waited += wait
            if waited > longest:
                raise TooLong
            await self._sleep(wait)
