"""What operators' tools ask over HTTP (`/healthz`, `/readyz`, `/metrics`), headers, access log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from bot.chat.security import harden
from bot.metrics import CONTENT_TYPE
from bot.workers import Workers
from storage import schema
from storage.engine import Database
from storage.schema import SchemaError, SchemaState

log = logging.getLogger("samspill.http")

PATIENCE = 2.0  # seconds for each check
PROBES = frozenset(("/healthz", "/readyz", "/metrics"))
Check = Callable[[], Awaitable[bool]]


def database_checks(database: Database, workers: Workers) -> dict[str, Check]:
    """Whether the database answers and has this version's tables, asked on a reader connection."""

    async def reachable() -> bool:
        await workers.look(schema.state, database)
        return True

    async def current() -> bool:
        return await workers.look(schema.state, database) is SchemaState.CURRENT

    return {"database": reachable, "schema": current}


def routes(checks: Mapping[str, Check], metrics: Callable[[], bytes]) -> list[web.RouteDef]:
    """The three addresses. `checks`: what must hold for us to be of use, by a short name."""

    async def healthz(_: web.Request) -> web.StreamResponse:
        return _plain(web.Response(text="ok"))

    async def readyz(_: web.Request) -> web.StreamResponse:
        held = await asyncio.gather(*(_holds(name, check) for name, check in checks.items()))
        ready = all(held)
        body = {"ready": ready, "checks": dict(zip(checks, held, strict=True))}
        return _plain(web.json_response(body, status=200 if ready else 503))

    async def metrics_text(_: web.Request) -> web.StreamResponse:
        return _plain(web.Response(body=metrics(), headers={"Content-Type": CONTENT_TYPE}))

    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", metrics_text),
    ]


@web.middleware
async def secure(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Give every answer the headers that a page needs, also those that say that it is missing."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        _plain(error)
        raise
    if not response.prepared and "Content-Security-Policy" not in response.headers:
        _plain(response)
    return response


class AccessLogger(AbstractAccessLogger):
    """Logs the route that answered, never the address asked for: links carry secrets."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """One line a request."""
        route = request.match_info.route if isinstance(request, web.Request) else None
        resource = route.resource if route else None
        if resource and resource.canonical in PROBES and response.status < 400:
            return  # asked every few seconds, and of no interest while all is well
        about = {
            "method": request.method if request.method in _METHODS else "other",
            "route": resource.canonical if resource else "none",
            "status": response.status,
            "bytes": response.body_length,
            "ms": round(time * 1000),
        }
        log.info("answered", extra=about)


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def _plain(response: web.StreamResponse) -> web.StreamResponse:
    harden(response)
    return response


async def _holds(name: str, check: Check) -> bool:
    """Whether a check holds; one that fails or takes too long does not."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await check()
    except (SchemaError, TimeoutError):
        log.warning("not ready", extra={"check": name})
        return False
