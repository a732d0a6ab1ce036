"""The composition root of `serve`: which channels, ways in and database run together, until it is
stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channel import Channel
from bot.chat import ChatChannel, Site
from bot.chat import setup as set_up_chat
from bot.core import Samspill
from bot.http import AccessLogger, database_checks, routes, secure
from bot.settings import Settings, not_listening
from bot.time import SystemClock
from dialogs.packs.loader import Library
from storage.engine import Database
from storage.lockfile import one_process
from storage.schema import DatabaseKind, claim_kind, require_current
from storage.secrets import Vault

if TYPE_CHECKING:
    from bot.slack.room import Slack

log = logging.getLogger("samspill")


async def until_stopped(library: Library) -> None:
    """Wait for the operator or the system to end us; SIGHUP reads the packs anew."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, reload, library))
    await stopped.wait()


def reload(library: Library) -> None:
    """Read the packs anew; when there are faults the old ones stay, and the faults are told."""
    faults = library.reload()
    for fault in faults:
        log.error("a pack has a fault, the old packs stay", extra={"fault": str(fault)})
    if not faults:
        log.info("the packs were read anew")


async def listen(
    app: web.Application, host: str, port: int, access_log: logging.Logger | None = log
) -> web.AppRunner:
    """Serve `app`; SettingsError when it cannot listen there."""
    runner = web.AppRunner(
        app, access_log=access_log, access_log_class=AccessLogger, shutdown_timeout=5
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise not_listening(port, error) from error
    return runner


def site(core: Samspill) -> web.Application:
    """What every process serves: whether it lives, whether it is ready, what it counted."""

    async def delivering() -> bool:
        return core.alive

    app = web.Application(middlewares=[secure])
    checks = {**database_checks(core.database, core.workers), "delivery": delivering}
    app.add_routes(routes(checks, core.metrics.text))
    return app


def slack_of(settings: Settings, core: Samspill, vault: Vault) -> Slack | None:
    """Slack, where it is set up; its libraries are not read otherwise."""
    token = settings.slack_bot_token.get_secret_value()
    if not (token or settings.slack_client_id):
        return None
    from bot.slack.installations import Record
    from bot.slack.room import Access, Slack

    access = Access(
        bot_token=token,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        api=settings.slack_api_url,
        site=settings.base_url,
    )
    return Slack(access, core.take, Record(core.workers, vault, core.clock.now))


async def serve(settings: Settings) -> None:
    """Run Samspill until it is stopped; the errors of settings, schema and lock tell what to do."""
    with one_process(settings.database_url):
        database = Database(settings.database_url)
        try:
            require_current(database)
            claim_kind(database, DatabaseKind.RECORD)
            library = Library(settings.packs)
            vault = Vault(settings.secret_key.get_secret_value())
            core = Samspill(
                database, lambda: library.current, SystemClock(), vault, site=settings.base_url
            )
            core.warm()
            await _run(settings, core, slack_of(settings, core, vault), library)
        finally:
            database.close()


async def _run(settings: Settings, core: Samspill, slack: Slack | None, library: Library) -> None:
    """Listen and deliver; at the end nothing more is taken in before what runs is finished."""
    app = site(core)
    core.connect(_channels(settings, core, slack, app))
    runner = await listen(app, settings.host, settings.port)
    core.start()
    if slack is not None:
        await slack.start()
    log.info("serving", extra={"host": settings.host, "port": settings.port})
    try:
        await until_stopped(library)
    finally:
        await runner.cleanup()
        if slack is not None:
            await slack.stop()
        await core.stop()


def _channels(
    settings: Settings, core: Samspill, slack: Slack | None, app: web.Application
) -> dict[str, Channel]:
    """The ways out, by platform; their ways in are added to `app`."""
    set_up_chat(
        app,
        workers=core.workers,
        hub=core.hub,
        take=core.take,
        now=core.clock.now,
        files=core.seer.file,
        site=Site(settings.base_url, settings.proxies),
    )
    channels: dict[str, Channel] = {
        "web": ChatChannel("web", core.workers, core.hub, core.clock.now)
    }
    if slack is not None:
        app.add_routes(slack.routes())
        channels["slack"] = slack.channel
    return channels
