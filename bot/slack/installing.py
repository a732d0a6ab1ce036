"""Letting Samspill into a workspace or a grid: the way to Slack's consent page, and back.

Who comes back must be the browser that went, and soon, and once: a cookie, a sealed state with an
end, and a claim see to it.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from cryptography.fernet import InvalidToken

from bot.chat import pages
from bot.chat.security import guarded
from bot.chat.signing import html
from bot.slack.installations import Installations, Record
from bot.slack.manifest import INSTALL, REDIRECT, SCOPES
from bot.slack.payloads import mapping, text_at
from bot.slack.workspaces import CALL_SECONDS, Unreachable, workspace_of
from dialogs.language import LANGUAGES, Translator
from storage import inbox

log = logging.getLogger("samspill.slack")

LIFE = timedelta(minutes=10)  # to read what Slack's page says, and to ask somebody
COOKIE = "samspill-slack"
_PURPOSE = "install in Slack"
_LONGEST = 1000  # characters of a state or a code


@dataclass(frozen=True, slots=True)
class App:
    """The app that is installed, as Slack knows it, and where people reach it (`site`)."""

    client_id: str
    client_secret: str = field(repr=False)
    api: str = ""
    site: str = ""


class Installing:
    """The handlers."""

    def __init__(self, app: App, installations: Installations, record: Record) -> None:
        self._app = app
        self._installations = installations
        self._record = record
        secure = app.site.startswith("https://")
        self._cookie = f"__Secure-{COOKIE}" if secure else COOKIE
        self._where: dict[str, Any] = {"path": "/slack", "httponly": True, "secure": secure}

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [web.get(INSTALL, guarded(self._go)), web.get(REDIRECT, guarded(self._come_back))]

    async def _go(self, _: web.Request) -> web.StreamResponse:
        """To Slack's own page, which says what Samspill may do and asks for consent."""
        browser = secrets.token_urlsafe(32)
        ends = (self._record.now() + LIFE).isoformat()
        state = self._record.vault.seal(json.dumps([_PURPOSE, browser, ends]).encode()).decode()
        asking = {
            "client_id": self._app.client_id,
            "scope": ",".join(sorted(SCOPES)),
            "state": state,
            "redirect_uri": f"{self._app.site}{REDIRECT}",
        }
        consent = urljoin(self._app.api, "../oauth/v2/authorize")
        response = web.Response(status=302, headers={"Location": f"{consent}?{urlencode(asking)}"})
        response.set_cookie(
            self._cookie,
            browser,
            max_age=int(LIFE.total_seconds()),
            samesite="Lax",
            **self._where,
        )
        return response

    async def _come_back(self, request: web.Request) -> web.StreamResponse:
        """With a code that becomes a token, or with a no."""
        response = await self._answer(request)
        response.del_cookie(self._cookie, samesite="Lax", **self._where)
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        browser = await self._claimed(request)
        if browser is None:
            return _page("old", 400)
        if "error" in request.query:
            return _page("refused", 403)
        try:
            workspace = await self._install(request.query.get("code", "")[:_LONGEST])
        except Unreachable as error:
            log.warning("an installation failed", extra={"error": str(error)})
            return _page("failed", 502)
        return _page("done", 200, workspace=workspace)

    async def _claimed(self, request: web.Request) -> str | None:
        """Which browser went to Slack with this state, the first time that it comes back."""
        state = request.query.get("state", "")[:_LONGEST]
        try:
            purpose, browser, ends = json.loads(self._record.vault.open(state.encode()))
        except (InvalidToken, ValueError, TypeError):
            return None
        given, now = request.cookies.get(self._cookie, ""), self._record.now()
        same = hmac.compare_digest(given.encode(), browser.encode())
        if purpose != _PURPOSE or not same or now >= datetime.fromisoformat(ends):
            return None
        if not await self._record.workers.write(inbox.claim, "slack:install", browser, now):
            return None
        return str(browser)

    async def _install(self, code: str) -> str:
        """What the workspace is called, or its id."""
        told = await self._exchanged(code)
        token = told.get("access_token")
        if not isinstance(token, str) or told.get("token_type") != "bot":
            raise Unreachable("no_bot_token")
        found = await workspace_of(self._installations.of(token))
        by = mapping(told, "authed_user").get("id")
        await self._installations.add(found, str(by or ""))
        house = mapping(told, "enterprise" if told.get("is_enterprise_install") else "team")
        return str(house.get("name") or found.tenant)

    async def _exchanged(self, code: str) -> dict[str, Any]:
        """The token for a code. Slack's own client warns of itself here: it is asked directly."""
        asking = {
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            "code": code,
            "redirect_uri": f"{self._app.site}{REDIRECT}",
        }
        where = urljoin(self._app.api, "oauth.v2.access")
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=CALL_SECONDS), trust_env=True) as session,
                session.post(where, data=asking) as answer,
            ):
                told = await answer.json()
        except (ClientError, TimeoutError, ValueError) as error:
            raise Unreachable(type(error).__name__) from None
        if not isinstance(told, dict) or not told.get("ok"):
            raise Unreachable((text_at(told, "error") or "unreadable")[:100])
        return told


def _page(what: str, status: int, *, workspace: str = "") -> web.Response:
    """Whoever installs is not known to Samspill: in all languages."""
    spoken = [Translator(each) for each in LANGUAGES]
    shown = pages.show(
        "slack.html", Translator("nb"), all=spoken, what=what, workspace=workspace, again=INSTALL
    )
    return html(shown, status)
