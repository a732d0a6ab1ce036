"""Many workspaces: each installation has its own token, sealed in the record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.lookups import outside_of
from bot.slack.refusals import ENDED
from bot.slack.workspaces import Around, Unreachable, Workspace, client_of, workspace_of
from bot.workers import Workers
from storage import audit, installations
from storage.engine import Db
from storage.secrets import Vault
from storage.tables import Installation

log = logging.getLogger("samspill.slack")


@dataclass(frozen=True, slots=True)
class Record:
    """The record as installations need it: threads to read and write it in, what seals the tokens
    in it, and business time."""

    workers: Workers
    vault: Vault
    now: Callable[[], datetime]


class Installations:
    """The workspaces and grids of the record."""

    def __init__(self, record: Record, api: str) -> None:
        self._record = record
        self._api = api
        self._session: ClientSession | None = None

    def use(self, session: ClientSession) -> None:
        """Keep connections open from one call to the next."""
        self._session = session

    def of(self, token: str) -> AsyncWebClient:
        """A client for a token."""
        client = client_of(token, self._api)
        client.session = self._session
        return client

    async def connect(self) -> str:
        """Slack is asked for each workspace on its own, when there is something to do there."""
        return "many"

    async def add(self, found: Workspace, by: str) -> None:
        """Keep an installation that somebody (Slack's user id) has just consented to."""
        made = Installation(
            tenant=found.tenant,
            enterprise=found.enterprise,
            bot_user=found.bot_user,
            bot_id=found.bot_id,
            sealed=self._record.vault.seal(found.token.encode()),
            installed_by=by,
            installed_at=self._record.now(),
        )
        ended = await self._record.workers.read(installations.ended_with, made.tenant)
        client = self.of(found.token)
        outside = [each for each in ended if await outside_of(client, each)]
        await self._record.workers.write(_add, made, outside)
        log.info("installed in Slack", extra={"workspace": found.tenant})

    async def client(self, tenant: str) -> AsyncWebClient | None:
        """The client for a workspace or grid; where a workspace's own installation has ended and
        its whole grid has one, that one's."""
        found = await self._record.workers.read(installations.reaching, tenant)
        return self.of(self._opened(found).token) if found is not None else None

    async def answering(self, tenants: Sequence[str], channel: str) -> Workspace | None:
        """By the workspace, else by its grid; a request from another organisation in a shared
        channel, by whoever keeps the channel."""
        found = await self._standing(tenants)
        if not found and channel:
            keeper = await self._record.workers.read(_keeper, channel)
            found = await self._standing([keeper]) if keeper else []
        return found[0] if found else None

    async def around(self, tenant: str, channel: str) -> Around:
        """Which installation keeps the channel: the first that met it, as long as it stands."""
        found, keeper = await self._record.workers.read(_around, channel)
        if keeper is not None and keeper not in found:
            await self._record.workers.write(installations.take_over, channel, tenant, found)
        bots = {tenant: bot for tenant, (bot, _) in found.items()}
        grids = {tenant: grid for tenant, (_, grid) in found.items() if grid}
        return Around(keeper if keeper in bots else tenant, bots, grids)

    async def check(self, tenants: Sequence[str]) -> None:
        """By its token, so that a late message about an old installation does not end a new one."""
        for found in await self._record.workers.read(installations.standing, tenants):
            try:
                await workspace_of(self.of(self._opened(found).token))
            except Unreachable as error:
                if str(error) not in ENDED:
                    raise
                now = self._record.now()
                if await self._record.workers.write(_end, found.tenant, found.sealed, now):
                    log.warning("no longer installed in Slack", extra={"workspace": found.tenant})

    async def _standing(self, tenants: Sequence[str]) -> list[Workspace]:
        found = await self._record.workers.read(installations.standing, tenants)
        return [self._opened(each) for each in found]

    def _opened(self, row: Installation) -> Workspace:
        token = self._record.vault.open(row.sealed).decode()
        return Workspace(row.tenant, row.enterprise, row.bot_user, row.bot_id, token)


def _add(db: Db, made: Installation, outside: Sequence[str]) -> None:
    id = installations.save(db, made, outside)
    audit.note(db, made.installed_at, None, None, "slack.installed", f"installation:{id}")


def _end(db: Db, tenant: str, sealed: bytes, now: datetime) -> bool:
    id = installations.end(db, tenant, sealed, now)
    if id is not None:
        audit.note(db, now, None, None, "slack.removed", f"installation:{id}")
    return id is not None


def _keeper(db: Db, channel: str) -> str | None:
    here = installations.keeper(db, channel)
    return here.tenant if here is not None else None


def _around(db: Db, channel: str) -> tuple[dict[str, tuple[str, str]], str | None]:
    return installations.bots(db), _keeper(db, channel) if channel else None
