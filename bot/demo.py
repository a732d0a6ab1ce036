"""The demo: a sample collaboration in the built-in chat, with a switch of person and a clock.

Loopback only, and its own marked database file, which `serve` refuses. The clock's offset is kept
in that file, so that a restarted demo goes on where it was.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot import chat as built_in
from bot.app import listen, site, until_stopped
from bot.chat import ChatChannel, DemoControls, DemoPerson, Seat
from bot.core import Samspill
from bot.time import SystemClock
from dialogs.events import Actor, Installed, Where
from dialogs.packs.loader import Library
from storage import chat_rooms, collaborations, marks, memberships, people, places
from storage.engine import Database, Db
from storage.lockfile import one_process
from storage.schema import DatabaseKind, SchemaState, claim_kind, migrate, state
from storage.secrets import Vault
from storage.tables import Role

HOST = "127.0.0.1"
WEB, TERMINAL = "web", "terminal"
ROOM = "samspill"
FREE_ROOM = "ledig"  # for a second collaboration
FILE = Path("samspill-demo.db")
OFFSET = "clock_offset_seconds"
SECRET = "vault_secret"  # noqa: S105 - the name of a row: the demo has no operator to keep a key


@dataclass(frozen=True)
class Sample:
    """Somebody in the sample collaboration."""

    user: str
    name: str
    organisation: str
    tenant: str
    roles: tuple[Role, ...] = (Role.MEMBER,)
    platform: str = "web"


NAME = "Når noen dør"
HOUSES = ("Fjordetaten", "Elveby kommune", "Sorgstøtte Norge")
SAMPLES = (
    Sample("kari", "Kari Nordmann", HOUSES[0], "fjord", (Role.MEMBER, Role.COORDINATOR)),
    Sample("ola", "Ola Hansen", HOUSES[0], "fjord"),
    Sample("amina", "Amina Yusuf", HOUSES[1], "elv"),
    Sample("per", "Per Olsen", HOUSES[1], "elv"),
    Sample("siri", "Siri Lie", HOUSES[2], "fjord"),
)
# Somebody outside, to try a code on: in another workspace, on another platform.
OUTSIDE = Sample("tone", "Tone Vik", "Utenfor samarbeidet", "skjær", (), TERMINAL)
TENANTS = {"fjord": "Fjordetatens kanal", "elv": "Elvebyens kanal", "skjær": "Terminalen"}
FREE = {"fjord": "Ledig kanal i Fjordetaten", "elv": "Ledig kanal i Elveby"}


def seats() -> Sequence[DemoPerson]:
    """The people of the demo, by organisation."""
    everybody = sorted(SAMPLES, key=lambda each: HOUSES.index(each.organisation))
    return [
        DemoPerson(
            Seat(each.tenant, each.user, each.platform),
            each.name,
            each.organisation,
            TENANTS[each.tenant],
        )
        for each in (*everybody, OUTSIDE)
    ]


def sow(db: Db, clock: SystemClock) -> None:
    """The sample collaboration, once: three organisations, five people, two channels; beside each
    a channel that is free."""
    if marks.read(db, "sown"):
        return
    now = clock.now()
    home = collaborations.create(db, name=NAME, organisations=HOUSES, language="nb", now=now)
    houses = {each.name: each.id for each in collaborations.organisations(db, home.id)}
    for each in (*SAMPLES, OUTSIDE):
        person = people.meet(db, each.platform, each.tenant, each.user, each.name, now)
        places.meet(db, each.platform, each.tenant, each.user, person_id=person.id)
        chat_rooms.direct_room(db, each.platform, each.tenant, each.user)
        name = TENANTS[each.tenant]
        chat_rooms.open_room(db, each.platform, each.tenant, ROOM, name, [each.user])
        if each.tenant in FREE:
            free = FREE[each.tenant]
            chat_rooms.open_room(db, each.platform, each.tenant, FREE_ROOM, free, [each.user])
        if each.organisation in houses:
            memberships.join(db, person.id, home.id, houses[each.organisation], each.roles, now)
            place = places.meet(db, each.platform, each.tenant, ROOM, name=name)
            places.bind(db, place.id, home.id)
    marks.write(db, "sown", "yes")


class Demo:
    """The demo as a whole, with its clock."""

    def __init__(self, file: Path, packs: Sequence[Path] = (), site: str = "") -> None:
        self.database = ours(file)
        migrate(self.database)
        claim_kind(self.database, DatabaseKind.DEMO)
        self.clock = SystemClock()
        with self.database.write() as db:
            self.clock.offset = timedelta(seconds=float(marks.read(db, OFFSET) or 0))
            secret = marks.read(db, SECRET) or secrets.token_hex(32)
            marks.write(db, SECRET, secret)
            sow(db, self.clock)
        library = self.library = Library(packs)
        vault = Vault(secret)
        core = Samspill(self.database, lambda: library.current, self.clock, vault, site=site)
        core.connect(
            {
                name: ChatChannel(name, core.workers, core.hub, self.clock.now)
                for name in (WEB, TERMINAL)
            }
        )
        self.samspill = core

    async def move_clock(self, by: timedelta) -> None:
        """Let time pass: remember the offset, then do what became due."""
        self.clock.offset += by

        def keep(db: Db) -> None:
            marks.write(db, OFFSET, str(self.clock.offset.total_seconds()))

        await self.samspill.workers.write(keep)
        await self.samspill.plan()

    def app(self) -> web.Application:
        """The pages, and the channels that the demo delivers to."""
        core = self.samspill
        app = site(core)
        built_in.setup(
            app,
            workers=core.workers,
            hub=core.hub,
            take=core.take,
            now=self.clock.now,
            files=core.seer.file,
            demo=DemoControls(seats, self.move_clock, self.clock.now),
        )
        return app

    async def start(self) -> None:
        """Begin to deliver, and say hello in each channel and to each person; once, as with any
        event."""
        self.samspill.warm()
        self.samspill.start()
        for each in (SAMPLES[0], SAMPLES[2], OUTSIDE):
            for room in (ROOM, *([FREE_ROOM] if each.tenant in FREE else [])):
                await self._hello(each, room, direct=False)
        for each in (*SAMPLES, OUTSIDE):
            await self._hello(each, each.user, direct=True)

    async def _hello(self, to: Sample, channel: str, *, direct: bool) -> None:
        """What the platform tells when Samspill is added."""
        actor = Actor(to.platform, to.tenant, to.user, to.name, "nb")
        where = Where(to.platform, to.tenant, channel, direct=direct)
        key = f"hello-{to.tenant}-{'@' if direct else ''}{channel}"
        await self.samspill.take(Installed(key, self.clock.now(), actor, where))


def ours(file: Path) -> Database:
    """The demo's database, before anything is changed in it; SchemaError when it is a real one."""
    database = Database(f"sqlite:///{file}")
    if state(database) is not SchemaState.EMPTY:
        claim_kind(database, DatabaseKind.DEMO)
    return database


def remove(file: Path) -> None:
    """Take a demo's file away, with what SQLite keeps beside it; never a real record."""
    ours(file).close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


async def run(
    *, port: int = 8080, file: Path = FILE, fresh: bool = False, packs: Sequence[Path] = ()
) -> None:
    """Run the demo until it is stopped."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a newcomer need not read of tables
    with one_process(f"sqlite:///{file}"):
        if fresh:
            remove(file)
        demo = Demo(file, packs, f"http://localhost:{port}")
        runner = await listen(demo.app(), HOST, port, access_log=None)
        await demo.start()
        print(  # noqa: T201 - this is what the person who typed `make demo` waits for
            f"Samspill's demo runs at http://localhost:{port} (stop it with Ctrl+C).\n"
            f"What you do is kept in {file}; `samspill demo --fresh` begins anew.",
            flush=True,
        )
        try:
            await until_stopped(demo.library)
        finally:
            await runner.cleanup()
            await demo.samspill.stop()
            demo.database.close()
