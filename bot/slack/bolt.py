"""Bolt as far as Samspill uses it: it sees that Slack has signed a request and asks by whose
installation it is answered; then one listener of ours takes whatever it is.

What Bolt has for many listeners (a pattern for each, arguments found by their names) is not used:
for a press it takes longer than all that we do ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspaces import SILENT

Authorize = Callable[[AsyncBoltContext], Awaitable[AuthorizeResult | None]]
# Takes a request; False when it is nothing that it knows.
Listen = Callable[[dict[str, Any], AsyncBoltContext], Awaitable[bool]]
Failed = Callable[[Exception], Awaitable[BoltResponse]]


def app_of(
    authorize: Authorize,
    listen: Listen,
    failed: Failed,
    *,
    signing_secret: str | None,
    client: AsyncWebClient,
) -> AsyncApp:
    """Without a signing secret nothing is verified. `failed` says what is answered to errors."""
    app = AsyncApp(
        process_before_response=True,  # acknowledged is what has been taken
        signing_secret=signing_secret,
        request_verification_enabled=signing_secret is not None,
        authorize=_Authorize(authorize),  # type: ignore[arg-type]  # Bolt takes both kinds
        client=client,
        logger=SILENT,
    )
    app.use(_Listener(listen))
    app.error(failed)
    return app


async def request_of(request: web.Request) -> AsyncBoltRequest:
    """A request for Bolt. It would take a form apart much more slowly than aiohttp, and lose
    a command in which somebody writes the word payload: so it is given JSON, and what was signed
    apart from that."""
    signed = inside = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        payload = form.get("payload")
        if payload is None:
            inside = json.dumps(dict(form))
        elif isinstance(payload, str) and payload.startswith("{"):
            inside = payload
    made = AsyncBoltRequest(body=inside, headers=request.headers)  # type: ignore[arg-type]
    made.raw_body = signed
    return made


def response_of(answer: BoltResponse) -> web.Response:
    """What Bolt answers: it sets no cookies here."""
    return web.Response(
        status=answer.status,
        body=answer.body.encode(),
        headers=answer.first_headers_without_set_cookie(),
    )


class _Authorize(AsyncAuthorize):
    """Says by which installation a request is answered."""

    def __init__(self, authorize: Authorize) -> None:
        self._authorize = authorize

    async def __call__(
        self, *, context: AsyncBoltContext, **_: str | None
    ) -> AuthorizeResult | None:
        return await self._authorize(context)


class _Listener(AsyncMiddleware):
    """Takes what has been verified and authorized, and acknowledges it only then: what raises here
    is sent again by Slack, if it is an event."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        """Bolt's answer to what we do not know, unless we have one of our own."""
        if not await self._listen(req.body, req.context):
            return await next()
        return req.context.ack.response or await req.context.ack()
