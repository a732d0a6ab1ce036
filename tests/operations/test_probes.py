"""`/healthz`, `/readyz`, `/metrics`, the headers and the access log, over real HTTP."""

import asyncio
import io
import logging

import aiohttp
import pytest
from aiohttp import web

from bot import logs
from bot.http import AccessLogger, database_checks, routes, secure
from bot.metrics import Metrics
from bot.workers import Workers
from storage.engine import Database
from storage.schema import migrate

HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")


async def say(answer: bool) -> bool:
    return answer


async def hang() -> bool:
    await asyncio.Event().wait()
    return True


def served(checks, ask):
    """Run `ask(session)` against a server with these checks."""

    async def link(_: web.Request) -> web.Response:
        return web.Response(text="page")

    async def run():
        app = web.Application(middlewares=[secure])
        app.add_routes([*routes(checks, Metrics().text), web.get("/l/{token}", link)])
        runner = web.AppRunner(app, access_log_class=AccessLogger)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        try:
            async with aiohttp.ClientSession(f"http://{host}:{port}") as session:
                return await ask(session)
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def get(path, checks=None):
    async def ask(session):
        async with session.get(path) as response:
            return response.status, await response.read(), response.headers

    return served(checks or {}, ask)


def readiness(checks):
    async def ask(session):
        async with session.get("/readyz") as response:
            return response.status, await response.json()

    return served(checks, ask)


def test_alive() -> None:
    status, body, _ = get("/healthz", {"loops": lambda: say(answer=False)})
    assert (status, body) == (200, b"ok")


def test_ready_says_what_holds() -> None:
    good, bad = lambda: say(answer=True), lambda: say(answer=False)
    assert readiness({"loops": good}) == (200, {"ready": True, "checks": {"loops": True}})
    assert readiness({"loops": good, "x": bad}) == (
        503,
        {"ready": False, "checks": {"loops": True, "x": False}},
    )


def test_a_check_that_hangs_does_not_hold(monkeypatch) -> None:
    monkeypatch.setattr("bot.http.PATIENCE", 0)
    assert readiness({"loops": hang})[0] == 503


def test_metrics_are_prometheus_text() -> None:
    status, body, headers = get("/metrics")
    assert status == 200
    assert b"samspill_timers_total 0.0" in body
    assert headers["Content-Type"].startswith("text/plain; version=")


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/readyz", "/l/x", "/no/such/page"])
def test_every_answer_has_the_headers(path) -> None:
    _, _, headers = get(path)
    assert [name for name in HEADERS if name not in headers] == []


def test_the_database_checks(own_database: Database) -> None:
    from sqlmodel import SQLModel

    def checked() -> dict[str, bool]:
        workers = Workers(own_database)
        found = readiness(database_checks(own_database, workers))[1]["checks"]
        workers.close()
        return found

    assert checked() == {"database": True, "schema": False}
    SQLModel.metadata.drop_all(own_database.engine)
    migrate(own_database)
    assert checked() == {"database": True, "schema": True}


def test_a_database_that_is_away_is_not_ready() -> None:
    database = Database("postgresql://u:p@127.0.0.1:1/n")
    workers = Workers(database)
    status, body = readiness(database_checks(database, workers))
    assert (status, body["checks"]) == (503, {"database": False, "schema": False})
    workers.close()
    database.close()


def test_the_access_log_holds_no_address(caplog) -> None:
    root, stream = logging.getLogger(), io.StringIO()
    handler = logs._Handler(stream)
    handler.setFormatter(logs._Console())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        get("/l/hemmelig?name=hemmelig")
        get("/hemmelig?x=hemmelig")
        get("/healthz")
        readiness({"loops": lambda: say(answer=False)})
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    first, second, third = stream.getvalue().splitlines()
    assert "method=GET route=/l/{token} status=200" in first
    assert "method=GET route=none status=404" in second
    assert "route=/readyz status=503" in third
    assert "hemmelig" not in stream.getvalue()
