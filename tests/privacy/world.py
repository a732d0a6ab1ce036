"""A collaboration to watch: people of several organisations who answer rounds, by real turns.

Every answer carries a word of its own, so that seeing it is a search. Nothing is delivered: what
somebody can see is rendered from the record at once, and what is not sent yet still lies there,
which is the hardest moment for what must be forgotten.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlmodel import select

from bot.own_turns import OwnTurns
from bot.seeing import Seer
from bot.turns import Turns
from dialogs.all import registry
from dialogs.events import Actor, Event, Pressed, Said, Submitted, Where
from dialogs.messages import Reply
from dialogs.packs.loader import load
from dialogs.registry import Registry
from storage import collaborations, jobs, memberships, people, places, rounds
from storage.engine import Database
from storage.secrets import Vault
from storage.tables import (
    Answer,
    Asked,
    AskedState,
    Left,
    Membership,
    Pace,
    Proposal,
    Role,
    Round,
    RoundState,
    Way,
    Whose,
)
from tests.fakes import FakeClock

PACKS = load()
REGISTRY: Registry = registry()
HOME, CHANNELS = "web", (("a", "torget"), ("b", "salen"))
OPEN, HOUSE, PRIVATE = "open", "house", "private"


@dataclass(frozen=True)
class Kind:
    """A question to ask: its type, and where its answers may be seen."""

    type: str
    where: str

    @property
    def options(self) -> tuple[str, ...]:
        """What can be chosen."""
        letters = {"scale5": "12345", "pick": "abc", "multi": "abc"}
        return tuple(letters.get(self.type, ""))


KINDS = (
    Kind("text", OPEN),
    Kind("scale5", OPEN),
    Kind("pick", OPEN),
    Kind("parties", OPEN),
    Kind("multi", OPEN),
    Kind("text", HOUSE),
    Kind("scale5", HOUSE),
    Kind("pick", HOUSE),
    Kind("text", PRIVATE),
    Kind("pick", PRIVATE),
)


@dataclass
class Somebody:
    """A person at the keyboard. `house`: the organisation they are of, whatever they press; only a
    coordinator's correction changes it."""

    user: str
    tenant: str
    id: int = 0
    house: int | None = None

    @property
    def name(self) -> str:
        """A name that nothing else is called."""
        return f"Navn{self.user}"


@dataclass
class Word:
    """A word that stands in one answer only: whose it is, and what became of it. `houses`: the
    organisations whose colleagues it was written for."""

    text: str
    author: str
    asked: int
    round: int
    houses: set[int] = field(default_factory=set)
    replaced: bool = False
    erased: bool = False


class World:
    """Two channels of one collaboration, its people, a stranger in a channel and one elsewhere."""

    def __init__(self, database: Database, sizes: Sequence[int]) -> None:
        self.database = database
        self.clock = FakeClock()
        self.seer = Seer(database, REGISTRY, lambda: PACKS, self.clock)
        self.turns = Turns(self.seer, Vault("a secret for tests that is long enough"), Random(7))
        self.own_turns = OwnTurns(self.seer, Random(7))
        self.numbers = itertools.count(1)
        self.words: dict[str, Word] = {}
        self.replies: list[tuple[Somebody, Reply]] = []
        self.houses: list[int] = []
        self.people: list[Somebody] = []
        self.everybody: list[Somebody] = []  # those too who were erased
        self.answered_by: dict[str, str] = {}  # event that gave an answer, by whom
        with database.write() as db:
            now = self.clock.now()
            names = [f"Etat{n}hus" for n in range(len(sizes))]
            home = collaborations.create(
                db, name="Felles", organisations=names or ["Etat0hus"], language="nb", now=now
            )
            self.home = home.id
            self.houses = [each.id for each in collaborations.organisations(db, home.id)]
            for tenant, channel in CHANNELS:
                place = places.meet(db, HOME, tenant, channel, name=channel)
                places.bind(db, place.id, home.id)
            away = collaborations.create(
                db, name="Andre", organisations=["Utenfor"], language="nb", now=now
            )
            self.elsewhere = self._person(db, "utenfor")
            outside = collaborations.organisations(db, away.id)[0].id
            memberships.join(db, self.elsewhere.id, away.id, outside, [Role.MEMBER], now)
            self.stranger = self._person(db, "fremmed")
        self.coordinator = self.joins(0, role=Role.COORDINATOR)
        for house, size in enumerate(sizes):
            for _ in range(size - (house == 0)):
                self.joins(house)

    def _person(self, db: Any, user: str) -> Somebody:
        tenant = CHANNELS[len(self.people) % 2][0]
        made = Somebody(user, tenant)
        made.id = people.meet(db, HOME, tenant, user, made.name, self.clock.now()).id
        places.meet(db, HOME, tenant, user, person_id=made.id)
        return made

    def joins(self, house: int, role: Role | None = None) -> Somebody:
        """One more person takes part, of this organisation."""
        with self.database.write() as db:
            made = self._person(db, f"{len(self.everybody)}person")
            roles = [Role.MEMBER, *([role] if role else [])]
            chosen = self.houses[house % len(self.houses)]
            memberships.join(db, made.id, self.home, chosen, roles, self.clock.now())
        made.house = chosen
        self.people.append(made)
        self.everybody.append(made)
        return made

    # --- doing --------------------------------------------------------------------------------

    def _where(self, who: Somebody, *, direct: bool, notices: bool) -> Where:
        channel = who.user if direct else dict(CHANNELS)[who.tenant]
        return Where(
            HOME, who.tenant, channel, direct=direct, name="", can_open=True, can_notice=notices
        )

    def _do(self, who: Somebody, event: Event) -> Reply | None:
        reply = self.turns.handle(event)
        if reply is not None:
            self.replies.append((who, reply))
        return reply

    def _event(self, who: Somebody) -> tuple[str, Any, Actor]:
        self.clock.forward(timedelta(seconds=1))
        actor = Actor(HOME, who.tenant, who.user, who.name, "nb")
        return f"hendelse-{next(self.numbers)}-slutt", self.clock.now(), actor

    def presses(
        self,
        who: Somebody,
        button: str,
        value: str | None = None,
        *,
        direct: bool = False,
        notices: bool = True,
    ) -> Reply | None:
        """Press a button, seen or not."""
        where = self._where(who, direct=direct, notices=notices)
        return self._do(who, Pressed(*self._event(who), where, button, value))

    def sends(
        self, who: Somebody, form: str, values: dict[str, Any], *, notices: bool = True
    ) -> Reply | None:
        """Send a form, open or not."""
        where = self._where(who, direct=False, notices=notices)
        return self._do(who, Submitted(*self._event(who), where, form, values))

    def writes(self, who: Somebody, text: str) -> Reply | None:
        """Write to Samspill alone."""
        event_id, at, actor = self._event(who)
        where = self._where(who, direct=True, notices=False)
        return self._do(who, Said(event_id, at, actor, where, event_id, text))

    def rests(self) -> None:
        """Do all that is due, and every job."""
        while self.own_turns.due().more:
            pass
        while True:
            with self.database.write() as db:
                job = jobs.claim(db, "lease", self.clock.wall(), timedelta(minutes=5))
            if job is None:
                return
            self.own_turns.finish(job, self.seer.compute(job))

    # --- rounds -------------------------------------------------------------------------------

    def starts(self, whose: Whose, kinds: Sequence[Kind], *, alone: bool = False) -> None:
        """A round of these questions, all asked at once; refused where one runs already."""
        with self.database.write() as db:
            made = rounds.create(
                db,
                collaboration_id=self.home,
                part_id="starte-1",
                audience="team",
                name={"nb": "Runden"},
                way=Way.TOGETHER,
                pace=Pace.SELF if alone else Pace.LIVE,
                whose=whose,
                days=3,
                now=self.clock.now(),
                questions=[_question(each) for each in kinds],
            )
            name = f"r{made.id}"
        self.presses(self.coordinator, f"round:begin:{name}")
        for n in range(1, len(kinds)):
            self.presses(self.coordinator, f"round:next:{name},{n}")

    def kept(self, table: Any) -> list[Any]:
        """All rows of a table."""
        with self.database.read() as db:
            return list(db.exec(select(table)))

    def round_of(self, asked: Asked) -> Round:
        """The round that a question is in."""
        return next(each for each in self.kept(Round) if each.id == asked.round_id)

    def house_of(self, who: Somebody) -> int | None:
        """The organisation that somebody takes part for."""
        mine = [each for each in self.kept(Membership) if each.person_id == who.id]
        return next(
            (each.organisation_id for each in mine if each.collaboration_id == self.home), None
        )

    def _left_for(self, who: Somebody) -> int | None:
        """The organisation of somebody who has left, and is back there by answering."""
        mine = [each for each in self.kept(Left) if each.person_id == who.id and not each.removed]
        return next((each.organisation_id for each in mine), None)

    def new_word(self, who: Somebody, asked: Asked) -> Word:
        """A word that nobody has used, to be part of an answer."""
        text = f"ord{next(self.numbers)}slutt"
        house = self.house_of(who) or self._left_for(who)
        self.words[text] = Word(
            text, who.user, asked.id, asked.round_id, {house} if house else set()
        )
        return self.words[text]

    def answers(self, who: Somebody, asked: Asked, pick: int, how: int) -> None:
        """Answer by a form; words where there are words, else the option that `pick` says."""
        word = self.new_word(who, asked)
        options = [each["id"] for each in asked.content.get("options", [])]
        value: Any = word.text
        if asked.type == "multi":
            value = tuple(each for n, each in enumerate(options) if pick >> n & 1)
        elif options:
            value = options[pick % len(options)]
        if how % 4 == 1 and not options:
            self.presses(who, "round:bring:", direct=True)  # what waits: maybe this, maybe another
        self.sends(who, f"round:answer:q{asked.id}", {"answer": value}, notices=how % 2 == 0)
        self.settles(who, asked)

    def settles(self, who: Somebody, asked: Asked) -> None:
        """See which of somebody's words to a question stand, by what is kept."""
        found = self.round_of(asked)
        standing = str([each.value for each in self.kept(Answer) if each.asked_id == asked.id])
        standing += str([each.followup for each in self.kept(Answer) if each.asked_id == asked.id])
        standing += str([each.value for each in self.kept(Proposal) if each.asked_id == asked.id])
        for word in self.words.values():
            if word.asked == asked.id and word.text not in standing and not word.replaced:
                word.replaced = True
                word.erased = found.state != RoundState.CLOSED

    def is_gone(self, who: Somebody) -> None:
        """Somebody was erased: what of their answers is kept no more, nobody may see."""
        self.people.remove(who)
        standing = str([(each.value, each.followup) for each in self.kept(Answer)])
        for word in self.words.values():
            if word.author == who.user and word.text not in standing:
                word.erased = word.replaced = True

    def asked(self) -> list[Asked]:
        """What has been asked."""
        return [each for each in self.kept(Asked) if each.state != AskedState.WAITING]


def _question(kind: Kind) -> dict[str, Any]:
    name = f"{kind.type}-{kind.where}"
    made: dict[str, Any] = {
        "text": {"nb": f"Spørsmål om {name}?"},
        "part": {"nb": "Del"},
        "options": [
            {"id": each, "label": {"nb": f"valg{kind.type}{kind.where}{each}"}}
            for each in kind.options
        ],
        "followup_when": {"rule": "answered"},
        "followup": {"nb": "Noe mer?"},
        "starter": {"nb": f"Snakk om {name}"},
        "starter_when": _STARTERS.get(kind.type),
    }
    return {
        "question_id": f"prove-{name}",
        "pack_id": "prove",
        "pack_version": "1",
        "type": kind.type,
        "where": kind.where,
        "content": {key: each for key, each in made.items() if each is not None},
    }


_STARTERS = {
    "scale5": {"rule": "spread", "spread_at_least": 2},
    "pick": {"rule": "answers_differ"},
    "multi": {"rule": "answers_differ"},
    "parties": {"rule": "named_by_one"},
}
