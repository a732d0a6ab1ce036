"""Coming in by a personal link, and going out: `/inn/TOKEN` and `/ut`.

Looking at a link uses nothing up, for programs that scan mail follow every link: only its button
does. A link that leads nowhere says how to get another, and nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from bot.chat import pages
from bot.chat.given import clean
from bot.chat.hub import Hub
from bot.chat.limits import ALL_SIGN_INS, SIGN_INS, Busy, Limits
from bot.chat.ports import Seat, Take, Viewer, viewer
from bot.chat.security import Site, body, fields, from_our_page, guarded
from bot.chat.sessions import Sessions
from bot.workers import Workers
from dialogs.events import Entered, Where
from dialogs.language import Translator, known
from storage import audit, collaborations, links, people
from storage.engine import Db
from storage.links import Coming
from storage.tables import Organisation

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link leads to: as much as whoever holds it needs to decide."""

    language: str
    invites: bool
    name: str = field(repr=False)
    home: str = field(default="", repr=False)
    by: str = field(default="", repr=False)
    organisations: Sequence[Organisation] = ()
    organisation_id: int | None = None
    signed_in_as: str = field(default="", repr=False)


class Signing:
    """The handlers."""

    def __init__(
        self,
        workers: Workers,
        hub: Hub,
        take: Take,
        now: Callable[[], datetime],
        *,
        sessions: Sessions,
        limits: Limits,
        site: Site,
    ) -> None:
        self._workers = workers
        self._hub = hub
        self._take = take
        self._now = now
        self._sessions = sessions
        self._limits = limits
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get("/inn/{token}", guarded(self.look)),
            web.post("/inn/{token}", guarded(self.enter, page=True)),
            web.post("/ut", guarded(self.leave)),
        ]

    async def look(self, request: web.Request) -> web.StreamResponse:
        """What the link is, with one button; nothing is used up."""
        try:
            self._count(request)
        except Busy as busy:
            return busy_page(busy)
        offer = await self._offer(request)
        return _page(offer) if offer else spent_page()

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """The button: use the link up and begin a session."""
        try:
            self._count(request)
        except Busy as busy:
            return busy_page(busy)
        if not from_our_page(request):
            return html(pages.alone_html("elsewhere.html"), 403)
        given = await fields(request)
        offer = await self._offer(request)
        if offer is None:
            return spent_page()
        asks_name = offer.invites and not offer.signed_in_as
        name = " ".join(clean(given.get("name", "")).split()) if asks_name else ""
        if asks_name and not 0 < len(name) <= LONGEST_NAME:
            return _page(offer, 422)
        token = links.token(secrets.token_bytes(links.RANDOM_BYTES))
        coming = Coming(
            session_hash=links.hashed(token),
            user=secrets.token_hex(8),
            name=name,
            organisation_id=_picked(offer, given.get("organisation", "")),
        )
        before = await self._sessions.who(request)
        entered = await self._workers.write(
            _enter, links.hashed(request.match_info["token"]), coming, before, self._now()
        )
        if not entered:
            return spent_page()
        response = web.Response(status=303, headers={"Location": "/"})
        self._sessions.give(response, token)
        self._hub.wake()
        return response

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign this browser out."""
        await body(request)
        seat = await self._sessions.who(request)
        if seat is not None and seat.session is not None:
            await self._workers.write(_leave, seat, self._now())
            self._hub.wake()
        response = web.json_response({})
        self._sessions.take_back(response)
        return response

    async def welcome(self, seat: Seat) -> None:
        """See to it that whoever came in by a link gets into their rooms: before their first
        page, and again should it have failed."""
        if seat.session is None:
            return
        coming = await self._workers.read(_not_welcomed, seat)
        if coming is None:
            return
        where = Where(seat.platform, seat.tenant, seat.user, direct=True)
        key = f"session:{seat.session}"
        await self._take(Entered(key, self._now(), coming.actor, where, seat.session))

    def _count(self, request: web.Request) -> None:
        self._limits.take(SIGN_INS, self._site.asker(request))
        self._limits.take(ALL_SIGN_INS)

    async def _offer(self, request: web.Request) -> Offer | None:
        token_hash = links.hashed(request.match_info["token"])
        seat = await self._sessions.who(request)
        return await self._workers.read(_offered, token_hash, seat, self._now())


def html(text: str, status: int = 200) -> web.Response:
    """A page."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def busy_page(busy: Busy) -> web.Response:
    """Too much at once, as a page."""
    response = html(pages.alone_html("busy.html"), 429)
    response.headers["Retry-After"] = str(busy.seconds)
    return response


def spent_page() -> web.Response:
    """A link that leads nowhere, whatever the reason: how to get another."""
    return html(pages.alone_html("spent.html"), 410)


def _page(offer: Offer, status: int = 200) -> web.Response:
    say = Translator(known(offer.language))
    response = html(pages.show("enter.html", say, offer=offer, missing=status != 200), status)
    # With no-referrer a browser would not say which site its form comes from; this sends the
    # site's name and never the address.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _picked(offer: Offer, given: str) -> int | None:
    return next((each.id for each in offer.organisations if str(each.id) == given), None)


def _offered(db: Db, token_hash: str, seat: Seat | None, now: datetime) -> Offer | None:
    link = links.usable(db, token_hash, now)
    if link is None:
        return None
    if link.person_id is not None:
        person = people.person(db, link.person_id)
        return Offer(person.language or "", invites=False, name=person.name)
    home = collaborations.the(db, link.collaboration_id) if link.collaboration_id else None
    inside = viewer(db, seat) if seat is not None else None
    return Offer(
        inside.say.language if inside else home.language if home else "",
        invites=True,
        name=link.name,
        home=home.name if home else "",
        by=people.person(db, link.created_by).name if link.created_by else "",
        organisations=collaborations.organisations(db, home.id) if home else (),
        organisation_id=link.organisation_id,
        signed_in_as=inside.name if inside else "",
    )


def _enter(db: Db, token_hash: str, coming: Coming, before: Seat | None, now: datetime) -> bool:
    """Begin a session; the one that this browser had goes on as the new one or ends."""
    old = links.session(db, before.session) if before and before.session else None
    if old is not None:
        coming = Coming(
            coming.session_hash,
            coming.user,
            old.person_id,
            coming.name,
            coming.organisation_id,
        )
    made = links.enter(db, token_hash, coming, now)
    if made is None:
        return False
    if old is not None:
        links.end(db, old.id, old.person_id)
    audit.note(db, now, made.person_id, None, "session.began", f"web_session:{made.id}")
    return True


def _leave(db: Db, seat: Seat, now: datetime) -> None:
    found = links.session(db, seat.session or 0)
    if found is not None and links.end(db, found.id, found.person_id):
        audit.note(db, now, found.person_id, None, "session.ended", f"web_session:{found.id}")


def _not_welcomed(db: Db, seat: Seat) -> Viewer | None:
    found = links.session(db, seat.session or 0)
    return viewer(db, seat) if found is not None and not found.welcomed else None
