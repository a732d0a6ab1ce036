"""What stands between a browser and the built-in chat's handlers: origin, size, headers, hosts."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from storage.troubles import named

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST = 600_000  # bytes of a request: the longest text, each letter escaped, and some more
LARGEST_FORM = 8_000  # bytes of what a page without scripts sends
PATIENCE = 20.0  # seconds in which a request's body has to come
CUSTOM = "X-Samspill"  # a header that no other site can make a browser send
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOCAL = {"localhost", "127.0.0.1", "::1"}

log = logging.getLogger("samspill.chat")


class BadRequest(Exception):
    """The request is none that our own page makes."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where people reach us: `url` as in SAMSPILL_BASE_URL (empty: whatever they typed), behind
    so many `proxies` that tell the address of whoever asks."""

    url: str = ""
    proxies: int = 0

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over https only."""
        return self.url.startswith("https://")

    def asker(self, request: web.Request) -> str:
        """Whose request this is, for counting."""
        return self.address(request.headers.get("X-Forwarded-For", ""), request.remote or "")

    def address(self, forwarded: str, remote: str) -> str:
        """An address, or a network of IPv6, of whoever asks from `remote`.

        `forwarded` is read as far as it was written by our own proxies, and no further.
        """
        told = forwarded.split(",")
        named = told[-self.proxies] if 0 < self.proxies <= len(told) else ""
        try:
            address = ipaddress.ip_address(named.strip() or remote)
        except ValueError:
            return "unknown"
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))


SITE: web.AppKey[Site] = web.AppKey("site", Site)


def settle(app: web.Application, site: Site) -> None:
    """Let all of an application know its site; over https, browsers are told to stay there."""
    app[SITE] = site

    async def stay(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    if site.secure:
        app.on_response_prepare.append(stay)


def harden(response: web.StreamResponse, cache: str = "no-store") -> None:
    """Give a response the headers that every one of ours has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", cache)


def guarded(handler: Handler, *, programs: bool = False, page: bool = False) -> Handler:
    """The handler behind the checks. `programs`: also for callers that are no browsers; `page`: a
    form of a page without scripts is sent to it, and it asks `from_our_page` itself.

    A failure is logged by kind and line, never with its text: that may hold what people wrote.
    """

    async def checked(request: web.Request) -> web.StreamResponse:
        try:
            ours = page or request.method != "POST" or same_origin(request, programs=programs)
            if not ours:
                response: web.StreamResponse = _plain(403, "forbidden")
            else:
                response = await handler(request)
        except web.HTTPException as found:
            harden(found)
            raise
        except BadRequest:
            response = _plain(400, "bad request")
        except (ConnectionResetError, TimeoutError):
            raise
        except Exception as error:  # noqa: BLE001 - the outermost edge: nothing is swallowed
            _report(error)
            response = _plain(503, "unavailable")
        if not response.prepared:
            harden(response)
        return response

    return checked


def _plain(status: int, text: str) -> web.Response:
    return web.json_response({"error": "", "reason": text}, status=status)


def _report(error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
    log.error("a request failed: %s at %s", named(error), where)


def same_origin(request: web.Request, *, programs: bool = False) -> bool:
    """Whether a POST comes from our own page (or, with `programs`, from no browser at all)."""
    if request.headers.get(CUSTOM) != "1":
        return False
    if "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers:
        return programs
    return from_our_page(request)


def from_our_page(request: web.Request) -> bool:
    """Whether a browser says that a page of ours sent this; one that says nothing is not believed.

    Behind a proxy the host may be another than people typed: the site's own address counts.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin"):
        return False
    if origin is None:
        return site is not None
    ours = request.app[SITE].url if SITE in request.app else ""
    try:
        parts = urlsplit(origin)
        if not parts.hostname:
            return False
        return _site_of(origin) == _site_of(ours or f"{parts.scheme}://{request.host}")
    except ValueError:
        return False


def _site_of(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; BadRequest when there is none, 413 when it is too large."""
    if request.content_type != "application/json":
        raise BadRequest
    raw = await _read(request, LARGEST)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(data, dict):
        raise BadRequest
    return data


async def fields(request: web.Request) -> dict[str, str]:
    """The fields of a form that was sent; the same errors."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadRequest
    try:
        given = parse_qs((await _read(request, LARGEST_FORM)).decode("ascii"), max_num_fields=20)
    except ValueError:
        raise BadRequest from None
    return {name: values[0] for name, values in given.items()}


async def _read(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length or 0)
    try:
        async with asyncio.timeout(PATIENCE):
            raw = await request.content.read(most + 1)
            while len(raw) <= most and not request.content.at_eof():
                raw += await request.content.read(most + 1 - len(raw))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    if len(raw) > most:
        raise web.HTTPRequestEntityTooLarge(most, len(raw))
    return raw


@web.middleware
async def only_local(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other names than this machine's own: another site's name may point here."""
    try:
        host = urlsplit(f"//{request.host}").hostname
    except ValueError:
        host = None
    if host not in _LOCAL:
        raise web.HTTPMisdirectedRequest(text="The demo answers to localhost only.")
    return await handler(request)
