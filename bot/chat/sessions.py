"""Whoever came in by a personal link, known again by a cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

from bot.chat.ports import Seat
from bot.chat.security import Site
from bot.workers import Workers
from storage import links
from storage.engine import Db
from storage.places import WEB_PLATFORM, WEB_TENANT

NOTED = timedelta(hours=1)  # how exactly it is kept when a session was last used
_LONGEST = 200  # characters of a cookie that can be one of ours


class Sessions:
    """Cookies of signed-in browsers; `who` tells who one belongs to."""

    def __init__(self, workers: Workers, now: Callable[[], datetime], site: Site) -> None:
        self._workers = workers
        self._now = now
        self._secure = site.secure
        # The prefix makes browsers refuse it from other hosts and over plain http.
        self.cookie = "__Host-samspill" if site.secure else "samspill"

    async def who(self, request: web.Request) -> Seat | None:
        """The seat of whoever asks; None without a session that stands."""
        given = request.cookies.get(self.cookie, "")
        if not given or len(given) > _LONGEST:
            return None
        now = self._now()
        found = await self._workers.read(_seated, links.hashed(given), now)
        if found is None:
            return None
        seat, seen_at = found
        if now - seen_at > NOTED and seat.session is not None:
            await self._workers.write(links.seen, seat.session, now)
        return seat

    def give(self, response: web.StreamResponse, token: str) -> None:
        """Let the browser come back as whoever it is now."""
        response.set_cookie(
            self.cookie,
            token,
            path="/",
            max_age=int(links.LONGEST.total_seconds()),
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def take_back(self, response: web.StreamResponse) -> None:
        """Let the browser forget it."""
        response.del_cookie(
            self.cookie, path="/", httponly=True, secure=self._secure, samesite="Lax"
        )


def _seated(db: Db, token_hash: str, now: datetime) -> tuple[Seat, datetime] | None:
    found = links.session_by(db, token_hash, now)
    if found is None:
        return None
    return Seat(WEB_TENANT, found.user, WEB_PLATFORM, found.id), found.seen_at
