"""What stands between a browser and the built-in chat's handlers: origin, size, headers, hosts."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST = 600_000  # bytes of a request: the longest text, each letter escaped, and some more
CUSTOM = "X-Samspill"  # a header that no other site can make a browser send
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOCAL = {"localhost", "127.0.0.1", "::1"}

log = logging.getLogger("samspill.chat")


class BadRequest(Exception):
    """The request is none that our own page makes."""


def harden(response: web.StreamResponse, cache: str = "no-store") -> None:
    """Give a response the headers that every one of ours has."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", cache)


def guarded(handler: Handler, *, programs: bool = False) -> Handler:
    """The handler behind the checks. `programs`: also for callers that are no browsers.

    A failure is logged by kind and line, never with its text: that may hold what people wrote.
    """

    async def checked(request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "POST" and not same_origin(request, programs=programs):
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
    log.error("a request failed: %s at %s", type(error).__name__, where)


def same_origin(request: web.Request, *, programs: bool = False) -> bool:
    """Whether a POST comes from our own page (or, with `programs`, from no browser at all)."""
    if request.headers.get(CUSTOM) != "1":
        return False
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return programs
    if site not in (None, "same-origin"):
        return False
    return origin is None or urlsplit(origin).netloc.lower() == request.host.lower()


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; BadRequest when there is none, 413 when it is too large."""
    if request.content_type != "application/json":
        raise BadRequest
    if (request.content_length or 0) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
    raw = await request.content.read(LARGEST + 1)
    while len(raw) <= LARGEST and not request.content.at_eof():
        raw += await request.content.read(LARGEST + 1 - len(raw))
    if len(raw) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, len(raw))
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(data, dict):
        raise BadRequest
    return data


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
