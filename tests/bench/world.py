"""Records to measure on: collaborations with members, channels and rounds, written in bulk.

What is measured goes through the real core; only what stands there beforehand is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from bot.core import Samspill
from bot.time import Clock, SystemClock
from dialogs.codec import encode
from dialogs.messages import Message, Text
from dialogs.packs.loader import load
from dialogs.rounds.asking import row_of
from dialogs.turn import View, translator
from storage import outbox, rounds, timers
from storage.engine import Database, Db
from storage.secrets import Vault
from storage.tables import (
    Answer,
    AnswerStatus,
    Asked,
    AskedState,
    ChatMember,
    ChatRoom,
    Collaboration,
    Identity,
    Membership,
    Organisation,
    Pace,
    Person,
    Place,
    Role,
    Round,
    RoundPlace,
    RoundState,
    Way,
    Whose,
)

PLATFORM = "web"
TENANT = "t"
HOUSES = 3
CHANNELS = 2
DIRECTS = 1_000_000  # where the ids of direct conversations begin
SECRET = "a secret for measuring that is long enough"


@dataclass(frozen=True, slots=True)
class Home:
    """A collaboration of the world, by ids. Channel `c` holds every other member."""

    id: int
    members: tuple[int, ...]
    houses: tuple[int, ...]
    channels: tuple[int, ...]

    def house_of(self, person: int) -> int:
        """A member's organisation."""
        return self.houses[self.members.index(person) % HOUSES]

    def channel_of(self, person: int) -> int:
        """The channel that a member writes in."""
        return self.channels[self.members.index(person) % CHANNELS]


def user_of(person: int) -> str:
    """What the chat calls a person."""
    return f"U{person}"


def room_of(channel: int) -> str:
    """What the chat calls a channel."""
    return f"C{channel}"


class World:
    """A fresh database, and what is put into it. Ids are given out here, from one."""

    def __init__(self, file: Path, clock: Clock | None = None, *, platform: str = PLATFORM) -> None:
        self.file = file
        self._there = {"platform": platform, "tenant": TENANT}
        self.database = Database(f"sqlite:///{file}")
        SQLModel.metadata.create_all(self.database.engine)
        self.packs = load()
        self.clock = clock or SystemClock()
        self.homes: list[Home] = []
        self._persons = self._houses = self._channels = 0

    def core(self) -> Samspill:
        """The whole of Samspill on this record."""
        return Samspill(
            self.database, lambda: self.packs, self.clock, Vault(SECRET), random=Random(7)
        )

    # --- people -------------------------------------------------------------------------------

    def settle(self, homes: int, members: int) -> list[Home]:
        """Collaborations of three organisations, each in two channels of its own tenant."""
        made = [self._home(len(self.homes) + 1 + n, members) for n in range(homes)]
        self.homes += made
        with self.database.write() as db:
            self._write_homes(db, made)
            self._write_members(db, made)
        return made

    def _home(self, home_id: int, members: int) -> Home:
        houses, channels = self._houses, self._channels
        first = self._persons + 1
        self._houses += HOUSES
        self._channels += CHANNELS
        self._persons += members
        return Home(
            home_id,
            tuple(range(first, first + members)),
            tuple(range(houses + 1, houses + HOUSES + 1)),
            tuple(range(channels + 1, channels + CHANNELS + 1)),
        )

    def _write_homes(self, db: Db, homes: list[Home]) -> None:
        now = self.clock.now()
        common: dict[str, Any] = {
            "language": "nb",
            "zone": "Europe/Oslo",
            "country": "NO",
            "joining_open": True,
        }
        common["house_languages"] = {}
        _add(
            db,
            Collaboration,
            ({"id": h.id, "name": f"Sak {h.id}", "created_at": now, **common} for h in homes),
        )
        houses = [(home, house) for home in homes for house in home.houses]
        _add(
            db,
            Organisation,
            ({"id": n, "collaboration_id": h.id, "name": f"Virksomhet {n}"} for h, n in houses),
        )
        channels = [(home, channel) for home in homes for channel in home.channels]
        where = self._there
        _add(
            db,
            Place,
            (
                {"id": n, "channel": room_of(n), "name": f"r{n}", "collaboration_id": h.id, **where}
                for h, n in channels
            ),
        )
        _add(
            db,
            ChatRoom,
            ({"id": n, "room": room_of(n), "name": f"r{n}", **where} for _, n in channels),
        )

    def _write_members(self, db: Db, homes: list[Home]) -> None:
        now = self.clock.now()
        members = [(home, person) for home in homes for person in home.members]
        plain = {"monday": False, "text_receipts": False, "created_at": now}
        _add(db, Person, ({"id": n, "name": f"Person {n}", **plain} for _, n in members))
        _add(
            db,
            Identity,
            ({"person_id": n, "user": user_of(n), **self._there} for _, n in members),
        )
        _add(
            db,
            Place,
            (
                {
                    "id": DIRECTS + n,
                    "channel": user_of(n),
                    "name": "",
                    "person_id": n,
                    **self._there,
                }
                for _, n in members
            ),
        )
        _add(
            db,
            Membership,
            (
                {
                    "collaboration_id": home.id,
                    "person_id": person,
                    "organisation_id": home.house_of(person),
                    "roles": [Role.MEMBER, Role.COORDINATOR]
                    if person == home.members[0]
                    else [Role.MEMBER],
                    "told_talk": False,
                    "told_thread": False,
                    "created_at": now,
                }
                for home, person in members
            ),
        )
        _add(
            db,
            ChatMember,
            ({"room_id": home.channel_of(n), "user": user_of(n)} for home, n in members),
        )

    # --- rounds -------------------------------------------------------------------------------

    def ask(
        self, homes: list[Home], questions: int, kinds: tuple[str, ...] = ()
    ) -> list[list[int]]:
        """An open round in each home with so many questions asked; their ids, home by home."""
        rows = [self._question(n, kinds) for n in range(questions)]
        asked = []
        with self.database.write() as db:
            for home in homes:
                made = self._round(db, home, rows)
                asked.append([each.id for each in rounds.questions(db, made.id)])
        return asked

    def _round(self, db: Db, home: Home, rows: list[dict[str, Any]]) -> Round:
        now = self.clock.now()
        made = rounds.create(
            db,
            collaboration_id=home.id,
            part_id="bench",
            name={"nb": "Prøverunde", "nn": "Prøverunde", "en": "Trial round"},
            audience="team",
            way=Way.TOGETHER,
            pace=Pace.LIVE,
            whose=Whose.NAMED,
            days=3,
            now=now,
            questions=rows,
        )
        made = rounds.change(db, made.id, state=RoundState.OPEN, closes_at=now + timedelta(days=3))
        for place_id in home.channels:
            rounds.add_place(db, made.id, place_id)
        for each in rounds.questions(db, made.id):
            for place_id in home.channels:
                outbox.live(
                    db,
                    place_id=place_id,
                    root_id=None,
                    dialog="round",
                    name="question",
                    argument=f"q{each.id}",
                    collaboration_id=home.id,
                    rank=20,
                    now=now,
                )
        return made

    def _question(self, number: int, kinds: tuple[str, ...]) -> dict[str, Any]:
        """A question of the shipped packs, asked; of these kinds in turns, if any are named."""
        with self.database.read() as db:
            view = View(db, self.clock.now(), self.packs, None, None, translator(None, None, None))
            all_of_them = [
                row_of(view, part, question)
                for part in self.packs.parts("team")
                for question in part.questions
                if question.where == "open"
            ]
        if kinds:
            kind = kinds[number % len(kinds)]
            all_of_them = [each for each in all_of_them if each["type"] == kind]
        chosen = all_of_them[number % len(all_of_them)]
        return chosen | {"state": AskedState.ASKED, "asked_at": self.clock.now()}

    def rounds_in_bulk(self, homes: list[Home]) -> list[int]:
        """An open round with one question in each home, of which nothing is shown; round ids."""
        now = self.clock.now()
        question = self._question(0, ())
        ids = list(range(1, len(homes) + 1))
        round_row = {
            "part_id": "bench",
            "name": {"nb": "Prøverunde", "nn": "Prøverunde", "en": "Trial round"},
            "way": Way.TOGETHER,
            "state": "open",
            "days": 3,
            "opened_at": now,
        }
        with self.database.write() as db:
            _add(
                db,
                Round,
                (
                    {
                        "id": n,
                        "collaboration_id": home.id,
                        # rounds begin at their own minute, and so close at their own
                        "closes_at": now + timedelta(days=1, minutes=n % 60),
                        **round_row,
                    }
                    for n, home in zip(ids, homes, strict=True)
                ),
            )
            _add(
                db,
                Asked,
                ({"round_id": n, "position": 1, **question} for n in ids),
            )
            _add(
                db,
                RoundPlace,
                (
                    {"round_id": n, "place_id": home.channels[0]}
                    for n, home in zip(ids, homes, strict=True)
                ),
            )
        return ids

    def remind(self, homes: list[Home], round_ids: list[int]) -> None:
        """A reminder of each round that is due now."""
        due = self.clock.now() - timedelta(seconds=1)
        with self.database.write() as db:
            timers.plan(
                db,
                [
                    {
                        "occurrence": f"bench:{n}",
                        "dialog": "round",
                        "action": "remind",
                        "argument": f"r{n},half",
                        "collaboration_id": home.id,
                        "due_at": due,
                    }
                    for n, home in zip(round_ids, homes, strict=True)
                ],
            )

    def answer(self, home: Home, asked: list[tuple[int, str]]) -> None:
        """Every member has answered each of these questions (id, type)."""
        rng = Random(7)
        now = self.clock.now()
        given = {
            "status": AnswerStatus.GIVEN,
            "asked_more": False,
            "late": False,
            "changes": 0,
            "at": now,
        }
        with self.database.write() as db:
            _add(
                db,
                Answer,
                (
                    {
                        "asked_id": asked_id,
                        "respondent": f"p{person}",
                        "person_id": person,
                        "organisation_id": home.house_of(person),
                        "value": _value(kind, rng),
                        "place_id": home.channel_of(person),
                        **given,
                    }
                    for asked_id, kind in asked
                    for person in home.members
                ),
            )

    # --- what is to be sent -------------------------------------------------------------------

    def say(self, count: int, place_ids: list[int]) -> None:
        """So many posts that wait to be sent, in these places in turns."""
        body = encode(Message("nb", (Text("Prøve", "heading"), Text("Et avsnitt. " * 20)), "Prøve"))
        with self.database.write() as db:
            for n in range(count):
                outbox.post(
                    db,
                    key=f"bench:{n}",
                    place_id=place_ids[n % len(place_ids)],
                    root_id=None,
                    dialog="",
                    argument="",
                    collaboration_id=None,
                    body=body,
                    rank=50,
                    now=self.clock.now(),
                )


def _value(kind: str, rng: Random) -> dict[str, Any]:
    if kind == "scale5":
        return {"scale": rng.randint(1, 5)}
    return {"text": "Etterlatte må melde fra mange steder. " * rng.randint(1, 8)}


def _add(db: Db, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    db.execute(insert(table), list(rows))
