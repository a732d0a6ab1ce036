"""Slack's way in: Bolt verifies and dispatches, each payload becomes an event, and what it is
answered with goes back by the way that Slack has for it.

Bolt acknowledges only after its listener has run (`process_before_response`): what raises here is
sent again by Slack, if it is an event.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import ClientError, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import forms
from bot.slack.inbound import Ignored, Known, about, event_of, kept
from bot.slack.lookups import Lookups
from bot.slack.manifest import ENDINGS, EVENTS
from bot.slack.render import rendered
from bot.slack.workspaces import SILENT, Unreachable, Workspaces
from dialogs.events import Event, Submitted
from dialogs.language import Translator
from dialogs.language import known as spoken
from dialogs.messages import FieldErrors, Form, Message, Notice, Page, Reply, Text

log = logging.getLogger("samspill.slack")

_ANY = re.compile("")
TITLE = "Samspill"  # of a window that nothing else names
Take = Callable[[Event], Awaitable[Reply | None]]


class Edge:
    """The listeners, the same for HTTP and Socket Mode."""

    def __init__(
        self,
        take: Take,
        workspaces: Workspaces,
        lookups: Lookups,
        now: Callable[[], datetime],
        *,
        signing_secret: str | None,
        client: AsyncWebClient,
    ) -> None:
        """Without a signing secret only Socket Mode may reach it, whose connection is its own."""
        self._take = take
        self._workspaces = workspaces
        self._lookups = lookups
        self._now = now
        self._tasks: set[asyncio.Task[None]] = set()

        # Bolt gives what it finds by the names of the arguments, and reads a method's `self` so.
        async def installation(
            enterprise_id: str | None, team_id: str | None, channel_id: str | None
        ) -> AuthorizeResult | None:
            return await self._authorized((team_id, enterprise_id), channel_id or "")

        self.app = AsyncApp(
            process_before_response=True,
            signing_secret=signing_secret,
            request_verification_enabled=signing_secret is not None,
            authorize=installation,  # type: ignore[arg-type]  # None is what Bolt asks for
            client=client,
            logger=SILENT,
        )
        self.app.error(_not_taken)
        listen = self.app
        listen.event(_ANY)(self._event)
        listen.action(_ANY)(self._interaction)
        listen.view(_ANY)(self._interaction)
        listen.view_closed(_ANY)(self._interaction)
        listen.shortcut(_ANY)(self._interaction)
        listen.command(_ANY)(self._interaction)

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [web.post(EVENTS, self._http)]

    async def _http(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(
            await self.app.async_dispatch(await to_bolt_request(request))
        )

    async def settled(self) -> None:
        """Wait for the answers that are on their way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _authorized(
        self, tenants: Iterable[str | None], channel: str
    ) -> AuthorizeResult | None:
        """By which installation a request is answered; None: by none of ours."""
        wanted = [each for each in tenants if each]
        try:
            found = await self._workspaces.answering(wanted, channel)
        except Unreachable as error:
            log.error("cannot ask Slack which workspace it is", extra={"error": str(error)})
            raise
        if found is None:
            log.warning("a request from where Samspill is not installed")
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise,
            team_id=found.tenant,
            bot_user_id=found.bot_user,
            bot_id=found.bot_id,
            bot_token=found.token,
        )

    # --- what comes in ------------------------------------------------------------------------

    async def _event(self, body: dict[str, Any], client: AsyncWebClient, context: Any) -> None:
        if body["event"].get("type") in ENDINGS:
            told = (context.team_id, context.enterprise_id, *body["event"].get("team_ids", ()))
            await self._workspaces.check([each for each in told if isinstance(each, str)])
            return
        event = event_of(body, await self._known(body, client, context))
        if isinstance(event, Ignored):
            return
        reply = await self._take(event)
        if isinstance(reply, Notice):
            self._later(self._privately(client, event, body, reply.message))

    async def _interaction(
        self, body: dict[str, Any], ack: AsyncAck, client: AsyncWebClient, context: Any
    ) -> None:
        event = event_of(body, await self._known(body, client, context))
        if isinstance(event, Ignored):
            await ack()
            return
        try:
            reply = await self._take(event)
        except Exception as error:  # noqa: BLE001 - Slack sends these once: the person is told
            log.error("an interaction failed", extra={"error": type(error).__name__})
            reply = _failed(event)
        await self._answer(reply, event, body, ack, client)

    async def _known(self, body: Mapping[str, Any], client: AsyncWebClient, context: Any) -> Known:
        told = about(body)
        tenant = context.authorize_result.team_id
        around = await self._workspaces.around(tenant, told.channel)
        called, channel = await asyncio.gather(
            self._lookups.people(client, told.people - set(around.bots.values())),
            self._lookups.channel(client, told.channel),
        )
        return Known(
            self._now(),
            tenant,
            around.bots,
            {user: each.name for user, each in called.items() if each.name},
            {user: spoken(each.language) for user, each in called.items() if each.language},
            channel,
            around.home,
            {user: each.homes for user, each in called.items() if each.homes},
            context.team_id or "",
        )

    # --- what goes back -----------------------------------------------------------------------

    async def _answer(
        self,
        reply: Reply | None,
        event: Event,
        body: dict[str, Any],
        ack: AsyncAck,
        client: AsyncWebClient,
    ) -> None:
        submitted = isinstance(event, Submitted)
        match reply:
            case FieldErrors() if submitted:
                errors = forms.errors(reply, body["view"]["blocks"])
                await ack(response_action="errors", errors=errors)
                return
            case Form() if submitted:
                await ack(response_action="update", view=forms.view(reply, kept(event.where)))
                return
        await ack()
        match reply:
            case Form():
                self._later(self._open(client, event, body, forms.view(reply, kept(event.where))))
            case Page():
                self._later(self._open(client, event, body, forms.page(reply, kept(event.where))))
            case Notice():
                self._later(self._privately(client, event, body, reply.message))

    async def _open(
        self, client: AsyncWebClient, event: Event, body: dict[str, Any], view: dict[str, Any]
    ) -> None:
        try:
            await _opened(client, body["trigger_id"], view)
        except SlackApiError as error:
            code = error.response.get("error", "")
            log.warning("a window did not open", extra={"error": code})
            say = Translator(spoken(event.actor.language))
            words = say.t("That took too long for Slack. Press once more.")
            await self._privately(client, event, {}, _words(say, words))

    async def _privately(
        self, client: AsyncWebClient, event: Event, body: dict[str, Any], message: Message
    ) -> None:
        """To one person: in the channel where they are, else directly. What is longer than a
        message can be is shown in a window, where one can open."""
        shown, where = rendered(message), event.where
        if not shown.whole and "trigger_id" in body:
            page = Page(message.language, message.summary or TITLE, message.elements)
            await self._open(client, event, body, forms.page(page, kept(where)))
            return
        content: dict[str, Any] = {"text": shown.text, "blocks": shown.blocks}
        if not where.direct:
            there: dict[str, Any] = {"channel": where.channel, "thread_ts": where.thread}
            keeper = await self._workspaces.client(where.tenant) or client
            try:
                await keeper.chat_postEphemeral(user=event.actor.user, **there, **content)
            except SlackApiError as error:
                code = error.response.get("error", "")
                log.info("a private answer goes directly", extra={"error": code})
            else:
                return
        await client.chat_postMessage(channel=event.actor.user, mrkdwn=False, **content)

    def _later(self, work: Awaitable[None]) -> None:
        """After the acknowledgement: Slack has three seconds of patience."""

        async def guarded() -> None:
            try:
                await work
            except (SlackApiError, ClientError, TimeoutError) as error:
                log.warning("an answer did not go", extra={"error": type(error).__name__})

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _opened(client: AsyncWebClient, trigger: str, view: dict[str, Any]) -> None:
    """A trigger opens one window. So when the connection breaks one may ask again: if the window
    is open, the trigger is spent."""
    try:
        await client.views_open(trigger_id=trigger, view=view)
    except (ClientError, TimeoutError):
        try:
            await client.views_open(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if error.response.get("error") != "exchanged_trigger_id":
                raise


async def _not_taken(error: Exception) -> BoltResponse:
    """Not acknowledged: Slack sends it again. The kind of error only, for its text may hold what
    people wrote."""
    log.error("Slack's request was not taken", extra={"error": type(error).__name__})
    return BoltResponse(status=500)


def _failed(event: Event) -> Reply:
    say = Translator(spoken(event.actor.language))
    words = say.t("Something went wrong here. Nothing has been changed. Try again in a while.")
    if isinstance(event, Submitted):
        return FieldErrors({"": words})
    return Notice(_words(say, words))


def _words(say: Translator, words: str) -> Message:
    return Message(say.language, (Text(words),), words)
