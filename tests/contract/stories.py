"""What stories share: a collaboration that stands already, rounds, and a look at what is kept."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, select

from dialogs.events import Actor, Deleted, Edited, Said, Where
from dialogs.packs.loader import load
from dialogs.rounds.offering import offered
from storage import collaborations, memberships, people, places
from storage.engine import Database
from storage.tables import WRITTEN, Answer, Asked, Heard, Membership, Outbox, Person, Role
from tests.contract.stage import SOCKET_MODE, Player, Stage

PACKS = load()
TALK = (
    "What you write in this thread is talk that all can read. I do not keep it as your "
    "answer. Press the button to answer."
)
_ON_POSTGRES = pytest.mark.postgres

# Every kind of channel and both databases, in no more pairs than are needed; what comes by Socket
# Mode goes through all else of Slack as well, so that most of it is tried by `make soak`.
EVERYWHERE = pytest.mark.parametrize(
    ("database_url", "platform"),
    [
        ("sqlite", "web"),
        ("sqlite", "terminal"),
        ("sqlite", "poor"),
        ("sqlite", "slack"),
        ("sqlite", SOCKET_MODE),
        pytest.param("postgresql", "web", marks=_ON_POSTGRES),
        pytest.param("postgresql", "poor", marks=_ON_POSTGRES),
    ],
    indirect=["database_url"],
)
EACH_CHANNEL = pytest.mark.parametrize(
    ("database_url", "platform"),
    [
        ("sqlite", "terminal"),
        ("sqlite", "poor"),
        ("sqlite", "slack"),
        pytest.param("sqlite", SOCKET_MODE, marks=pytest.mark.soak),
        pytest.param("postgresql", "web", marks=_ON_POSTGRES),
    ],
    indirect=["database_url"],
)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOUSES = ("Fjordetaten", "Elveby kommune", "Sorgstøtte Norge")
HOUSE_OF = {
    "kari": HOUSES[0],
    "ola": HOUSES[0],
    "siri": HOUSES[2],
    "amina": HOUSES[1],
    "per": HOUSES[1],
}
NAME = "Når noen dør"
PROBLEM = "Hvilket problem vil dere løse?"
SAME = "Alle partene ser problemet på samme måte."
GAIN = "Hva får din virksomhet ut av dette?"
_numbers = itertools.count(1)

People = dict[str, Player]


def play(database: Database, story: Callable[[Stage], Awaitable[None]]) -> None:
    """Run a story on a fresh stage."""

    async def run() -> None:
        async with Stage(database, PACKS) as stage:
            await story(stage)

    asyncio.run(run())


def five(
    stage: Stage,
    platform: str = "web",
    *,
    other: str = "",
    name: str = NAME,
    tenants: tuple[str, str] = ("a", "b"),
    languages: tuple[str | None, str | None] = (None, None),
) -> People:
    """Five people of three organisations in two places; Kari coordinates. How a collaboration is
    set up by talking is a story of its own: here it stands already."""
    other = other or ("terminal" if platform == "web" else "web")
    cast = {name: stage.player(platform, tenants[0], name) for name in ("kari", "ola", "siri")}
    cast |= {name: stage.player(other, tenants[1], name) for name in ("amina", "per")}
    now = stage.clock.now()
    with stage.database.write() as db:
        home = collaborations.create(db, name=name, organisations=HOUSES, language="nb", now=now)
        houses = {each.name: each.id for each in collaborations.organisations(db, home.id)}
        for user, player in cast.items():
            surface = player.surface
            met = people.meet(db, surface.platform, surface.tenant, player.user, player.name, now)
            roles = [Role.MEMBER, Role.COORDINATOR] if user == "kari" else [Role.MEMBER]
            memberships.join(db, met.id, home.id, houses[HOUSE_OF[user]], roles, now)
        for player, language in zip((cast["kari"], cast["amina"]), languages, strict=True):
            surface = player.surface
            place = places.meet(db, surface.platform, surface.tenant, player.room)
            places.bind(db, place.id, home.id)
            place.language = language
    return cast


async def start(coordinator: Player, part: str, way: str = "", *, asked: int = 1) -> None:
    """Start a round of a part of the guide by its number, `way` "tråd" for open threads, and go on
    until so many questions are `asked`."""
    parts = [each.id for each in offered(SimpleNamespace(packs=PACKS))]  # type: ignore[arg-type]
    await coordinator.writes(f"runde {parts.index(part) + 1} {way}".strip())
    for _ in range(asked - 1):
        await coordinator.writes("neste")


async def trial(coordinator: Player) -> None:
    """Start the trial round."""
    await coordinator.writes("prøverunde")


async def answers(player: Player, text: str, *, on: str = PROBLEM) -> None:
    """Answer by the form."""
    await player.presses("Answer or change", on=on)
    await player.fills(answer=text)


# --- what is kept -------------------------------------------------------------------------------


def kept(stage: Stage, table: type[SQLModel]) -> list[Any]:
    """All rows of a table, by id (or by their whole key)."""
    with stage.database.read() as db:
        rows: Sequence[Any] = db.exec(select(table)).all()
    keys = [each.name for each in SQLModel.metadata.tables[table.__tablename__].primary_key]  # type: ignore[index]
    return sorted(rows, key=lambda each: tuple(getattr(each, name) for name in keys))


def wording(stage: Stage) -> str:
    """Everything people wrote that Samspill keeps. What the built-in chat shows is its own, as it
    would be Slack's."""
    found: list[str] = []
    with stage.database.read() as db:
        for name, columns in WRITTEN.items():
            if name in ("chat_message", "asked"):
                continue  # asked: what packs and coordinators ask, long as a book
            table = SQLModel.metadata.tables[name]
            rows = db.connection().execute(select_columns(*(table.c[each] for each in columns)))
            found += [json.dumps(list(row), ensure_ascii=False, default=str) for row in rows]
    return "\n".join(found)


def answer_of(stage: Stage, player: Player, question: str | None = None) -> Answer | None:
    """What stands for somebody: to the question with these words, else their only answer."""
    with stage.database.read() as db:
        rows = db.exec(select(Answer, Asked).where(Answer.asked_id == Asked.id)).all()
    mine = person_id(stage, player)
    found = [
        answer
        for answer, asked in rows
        if answer.person_id == mine
        and (question is None or question in asked.content["text"]["nb"])
    ]
    assert len(found) < 2, "several answers: name the question"
    return found[0] if found else None


def value_of(stage: Stage, player: Player, question: str | None = None) -> dict[str, Any] | None:
    """The value that stands for somebody."""
    found = answer_of(stage, player, question)
    return found.value if found else None


def person_id(stage: Stage, player: Player) -> int:
    """Who this is in the record."""
    with stage.database.read() as db:
        surface = player.surface
        found = people.by_identity(db, surface.platform, surface.tenant, player.user)
    assert found is not None
    return found.id


def asked_with(stage: Stage, words: str) -> Asked:
    """The question with these words."""
    found = [each for each in kept(stage, Asked) if words in each.content["text"]["nb"]]
    return found[-1]


def change_person(stage: Stage, player: Player, **values: object) -> None:
    """Such as being away."""
    change(stage, Person, Person.id == person_id(stage, player), **values)


def change_member(stage: Stage, player: Player, **values: object) -> None:
    """Such as roles."""
    change(stage, Membership, Membership.person_id == person_id(stage, player), **values)


def change(stage: Stage, table: Any, *which: Any, **values: object) -> None:
    """Set what has no word yet."""
    with stage.database.write() as db:
        for row in db.exec(select(table).where(*which)):
            for name, value in values.items():
                setattr(row, name, value)


# --- events as a platform may send them ---------------------------------------------------------


class Raw:
    """What happens in the thread of a question, in any order that a platform may tell it."""

    def __init__(self, stage: Stage, player: Player, question: str) -> None:
        self.stage = stage
        self.player = player
        surface = player.surface
        self.actor = Actor(surface.platform, surface.tenant, player.user, player.name, "nb")
        self.where = Where(
            surface.platform, surface.tenant, player.room, thread=self._root(question)
        )

    def _root(self, question: str) -> str | None:
        asked = asked_with(self.stage, question)
        surface = self.player.surface
        with self.stage.database.read() as db:
            place = places.find(db, surface.platform, surface.tenant, self.player.room)
            assert place is not None
            row = db.exec(
                select(Outbox).where(
                    Outbox.live == "question",
                    Outbox.argument == f"q{asked.id}",
                    Outbox.place_id == place.id,
                )
            ).one()
        return row.platform_id

    async def said(self, message: str, text: str, at: datetime, **more: Any) -> None:
        """The event of a message."""
        await self._take(Said(_id(), at, self.actor, self.where, message, text, **more))

    async def edited(self, message: str, text: str, said_at: datetime, at: datetime) -> None:
        """The event of a change."""
        await self._take(Edited(_id(), at, self.actor, self.where, message, said_at, text))

    async def deleted(self, message: str, at: datetime) -> None:
        """The event of a removal."""
        await self._take(Deleted(_id(), at, self.actor, self.where, message))

    async def _take(self, event: Said | Edited | Deleted) -> None:
        await self.stage.core.take(event)
        await self.stage.settle()


def _id() -> str:
    return f"raw-{next(_numbers)}"


def later(stage: Stage, minutes: float) -> datetime:
    """A time so long after now."""
    return stage.clock.now() + timedelta(minutes=minutes)


def heard(stage: Stage) -> list[tuple[str | None, bool, bool]]:
    """(text, talk, deleted) of what was heard in threads, in the order of writing."""
    rows = sorted(kept(stage, Heard), key=lambda each: (each.at, each.id))
    return [(each.text, each.talk, each.deleted) for each in rows]
