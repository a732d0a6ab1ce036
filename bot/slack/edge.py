"""Slack's way in: Bolt verifies, each payload becomes an event, and what it is answered with goes
back by the way that Slack has for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answers import Answers, failed, slacks_own
from bot.slack.bolt import app_of, request_of, response_of
from bot.slack.inbound import about, changed, event_of
from bot.slack.interactions import from_home
from bot.slack.lookups import Lookups
from bot.slack.manifest import ENDINGS, EVENTS
from bot.slack.payloads import Ignored, Known, text_at
from bot.slack.telling import Telling
from bot.slack.workspaces import Unreachable, Workspaces
from dialogs.events import Event, Opened, PersonEvent, PlatformEvent
from dialogs.language import known as spoken
from dialogs.messages import Form, Page, Reply

log = logging.getLogger("samspill.slack")

# The types of what people do, beside commands, which have none.
_INTERACTIONS = ("block_actions", "view_submission", "view_closed", "shortcut", "message_action")
Take = Callable[[Event], Awaitable[Reply | None]]


class Edge:
    """Takes what comes in, the same over HTTP and in Socket Mode."""

    def __init__(
        self,
        take: Take,
        workspaces: Workspaces,
        lookups: Lookups,
        now: Callable[[], datetime],
        *,
        signing_secret: str | None,
        client: AsyncWebClient,
        telling: Telling,
    ) -> None:
        """Without a signing secret only Socket Mode may reach it, whose connection is its own."""
        self._take = take
        self._workspaces = workspaces
        self._lookups = lookups
        self._now = now
        self._answers = Answers(telling)

        self.app = app_of(
            self._authorized,
            self._listen,
            _unacknowledged,
            signing_secret=signing_secret,
            client=client,
        )

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [web.post(EVENTS, self._http)]

    async def _http(self, request: web.Request) -> web.Response:
        if not _may_be_signed(request.headers):
            return web.Response(status=401)
        try:
            answer = await self.app.async_dispatch(await request_of(request))
        except Exception as error:  # noqa: BLE001 - Bolt reads into a body whatever that is
            answer = _not_understood(error)
        return response_of(answer)

    async def settled(self, seconds: float | None = None) -> None:
        """Wait for the answers that are on their way, until none has gone for so long."""
        await self._answers.settled(seconds)

    async def _authorized(self, context: AsyncBoltContext) -> AuthorizeResult | None:
        """By which installation a request is answered; None: by none of ours."""
        wanted = [each for each in (context.team_id, context.enterprise_id) if each]
        try:
            found = await self._workspaces.answering(wanted, context.channel_id or "")
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

    async def _listen(self, body: dict[str, Any], context: AsyncBoltContext) -> bool:
        """Take what it is; False when it is nothing that we know."""
        kind = body.get("type")
        if kind == "event_callback":
            await self._event(body, context)
        elif kind in _INTERACTIONS or "command" in body:
            await self._interaction(body, context)
        else:
            return False
        return True

    async def _event(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        if body["event"].get("type") in ENDINGS:
            told = (context.team_id, context.enterprise_id, *(body["event"].get("team_ids") or ()))
            await self._workspaces.check([each for each in told if isinstance(each, str)])
            return
        self._lookups.forget(changed(body))
        event = event_of(body, await self._known(body, context))
        if isinstance(event, Ignored):
            return
        try:
            reply = await self._take(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, Slack sends it again
            raise _EventFailed(type(error).__name__) from None
        if isinstance(event, PlatformEvent):
            return  # nobody waits for an answer
        if isinstance(event, Opened) and isinstance(reply, Page):
            self._answers.later(self._answers.publish(context.client, event, reply))
        else:
            self._answers.give(reply, event, body, context.client)

    async def _interaction(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        client, ack = context.client, context.ack
        known = await self._known(body, context)
        event = event_of(body, known)
        if isinstance(event, Ignored | PlatformEvent):  # the latter is never an interaction
            if body.get("type") == "view_submission":
                raise ValueError("unreadable")  # acknowledged, it closes with what was typed
            await ack()
            return
        try:
            reply = await self._take(event)
        except Exception as error:  # noqa: BLE001 - Slack sends these once: the person is told
            log.error("an interaction failed", extra={"error": type(error).__name__})
            reply = failed(event)
        if await self._answers.acknowledge(reply, event, body, ack):
            return
        told = text_at(body, "response_url")
        address = told if slacks_own(told, client.base_url) else None
        self._answers.give(reply, event, body, client, address)
        shown = isinstance(reply, Form | Page)
        if known.outside and address is not None:
            channel = not body["channel_id"].startswith("D")
            self._answers.later(
                self._answers.point(client, event, address, channel=channel, answered=not shown)
            )
        if from_home(body) and not shown:
            self._answers.later(self._refresh(event, client))

    async def _known(self, body: Mapping[str, Any], context: AsyncBoltContext) -> Known:
        told, client = about(body), context.client
        authorized = context.authorize_result
        assert authorized is not None
        tenant = str(authorized.team_id)
        around = await self._workspaces.around(tenant, told.channel)
        people = told.people - set(around.bots.values())
        if "command" in body:  # it can be given anywhere
            keeper = await self._workspaces.client(around.keeper) or client
            (called, channel), outside = await asyncio.gather(
                self._lookups.around(client, people, told.channel),
                self._lookups.outside(keeper, told.channel, text_at(body, "user_id")),
            )
        else:
            outside = False
            called, channel = await self._lookups.around(client, people, told.channel)
        languages = {user: each.language for user, each in called.items() if each.language}
        of_grid = context.enterprise_id == tenant  # and not only the installation
        return Known(
            now=self._now(),
            tenant=tenant,
            bots=around.bots,
            names={user: each.name for user, each in called.items() if each.name},
            languages={user: spoken(each) for user, each in languages.items()},
            channel=channel,
            keeper=around.keeper,
            homes={user: each.homes for user, each in called.items() if each.homes},
            within=(context.team_id or "") if of_grid else "",
            outside=outside,
            unheard=frozenset(user for user, each in called.items() if each.unheard),
            grids=around.grids,
        )

    async def _refresh(self, event: PersonEvent, client: AsyncWebClient) -> None:
        """Something was done on somebody's own page: show it as it is now."""
        page = await self._take(Opened(event.id, event.at, event.actor, event.where))
        if isinstance(page, Page):
            await self._answers.publish(client, event, page)


def _may_be_signed(headers: Mapping[str, str]) -> bool:
    """Whether Bolt can look at the signature at all, and not fall over it."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    return stamp.isascii() and stamp.isdecimal() and len(stamp) < 20 and signature.isascii()


class _EventFailed(Exception):
    """The core could not take an event; the text is the kind of error alone."""


async def _unacknowledged(error: Exception) -> BoltResponse:
    """Not acknowledged: Slack sends it again. The kind of error only, for its text may hold what
    people wrote. What Bolt itself cannot read is not from Slack."""
    if isinstance(error, AttributeError | LookupError | TypeError | ValueError):
        return _not_understood(error)
    kind = str(error) if isinstance(error, _EventFailed) else type(error).__name__
    log.error("Slack's request was not taken", extra={"error": kind})
    return BoltResponse(status=500)


def _not_understood(error: Exception) -> BoltResponse:
    log.warning("a request was not understood", extra={"error": type(error).__name__})
    return BoltResponse(status=400)
