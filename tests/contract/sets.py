"""What the stories of whole sets share: three people on three kinds of channel in three languages,
how each answers, and a reader who sees to it that every message can be read by whom it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from dialogs.packs.base import Text
from dialogs.questions.content import content, copy_of
from dialogs.questions.kinds import kind_of
from storage import answers, collaborations, memberships, people, places, rounds
from storage.tables import AnswerStatus, Asked, Pace, Role, RoundState, Way, Whose
from tests.contract.stage import Player, Stage
from tests.contract.stories import PACKS, change_person, person_id
from tests.contract.surface import Seen
from tests.wording.texts import entries

LANGUAGES = ("nb", "nn", "en")
PLATFORMS = ("web", "terminal", "poor")
HOUSES = ("Fjordetaten", "Elveby", "Havnely")
NAME = "Nordlys"
WORDS = "Krymel"  # what people write: a word of no language
_WORD = re.compile(r"[a-zæøåéèêòóô]{2,}")
_RAW = re.compile(
    r"\{[a-z_]*\}|\b[qrmnc]\d+\b|\b(?:None(?! yet| of)|True|False)\b|\b\w+:\w+:|\b[a-z]+_[a-z]+\b"
)
_IDS = re.compile("|".join(rf"\b{each.id}\b" for part in PACKS.parts() for each in part.questions))


@dataclass
class Troupe:
    """Three people of three organisations, all of whom coordinate; each reads another language on
    another kind of channel. `faults` is what could not be read."""

    stage: Stage
    players: list[Player]
    faults: list[str] = field(default_factory=list)
    read: set[tuple[str, str, str]] = field(default_factory=set)

    def reads(self, player: Player, text: str, *labels: str) -> None:
        """Look at what a person is shown, once for each text."""
        for each in (text, *labels):
            if (player.name, player.language, each) not in self.read:
                self.read.add((player.name, player.language, each))
                self.faults += [f"{fault}\n{each}" for fault in faults(each, player.language)]

    def reads_all(self) -> None:
        """Everything that stands on everybody's screen."""
        for player in self.players:
            for seen in player.sees():
                if seen.author is None:
                    self.reads_one(player, seen)

    def reads_one(self, player: Player, seen: Seen) -> None:
        """One message, with what can be pressed."""
        self.reads(player, seen.text, *(label for _, _, label in seen.actions))

    def reads_reply(self, player: Player) -> None:
        """What came at once: a private answer, or a form."""
        if player.reply is not None:
            self.reads_one(player, player.reply)
        if player.form is not None:
            self.reads(player, "\n".join(_strings(player.form)))
        if player.errors:
            self.faults.append(f"{player.name} could not answer: {player.errors}")

    def needs(self, player: Player, text: str, *wanted: str) -> None:
        """What must stand in a message."""
        self.faults += [
            f"no {each!r} for {player.name} in\n{text}" for each in wanted if each not in text
        ]


def troupe(stage: Stage, turn: int) -> Troupe:
    """Three people; `turn` says who reads which language."""
    languages = [*LANGUAGES[turn:], *LANGUAGES[:turn]]
    cast = [
        stage.player(platform, "abc"[n], name)
        for n, (platform, name) in enumerate(zip(PLATFORMS, ("kari", "amina", "tor"), strict=True))
    ]
    now = stage.clock.now()
    with stage.database.write() as db:
        home = collaborations.create(db, name=NAME, organisations=HOUSES, language="nb", now=now)
        houses = [each.id for each in collaborations.organisations(db, home.id)]
        for player, house, language in zip(cast, houses, languages, strict=True):
            surface = player.surface
            met = people.meet(db, surface.platform, surface.tenant, player.user, player.name, now)
            memberships.join(db, met.id, home.id, house, [Role.MEMBER, Role.COORDINATOR], now)
            place = places.meet(db, surface.platform, surface.tenant, player.room)
            places.bind(db, place.id, home.id)
            place.language = player.language = language
    for player in cast:
        change_person(stage, player, language=player.language)
    return Troupe(stage, cast)


def remember(cast: Troupe, question_id: str) -> None:
    """An earlier round in which the goal was recorded: what asks of it is not asked in chat yet."""
    question, part = PACKS.question(question_id), PACKS.parts()[0]
    stage, lead = cast.stage, cast.players[0]
    row: dict[str, Any] = {
        "question_id": question.id,
        "pack_id": "p",
        "pack_version": "1",
        "type": question.type,
    }
    row |= {"where": question.where, "content": copy_of(PACKS, part, question).kept()}
    with stage.database.write() as db:
        made = rounds.create(
            db,
            collaboration_id=1,
            part_id=part.id,
            audience="team",
            name=part.name.model_dump(),
            way=Way.TOGETHER,
            pace=Pace.LIVE,
            whose=Whose.NAMED,
            days=3,
            now=stage.clock.now(),
            questions=[row],
        )
        made.state, made.opened_at = RoundState.CLOSED, stage.clock.now()
        answers.record(
            db,
            rounds.questions(db, made.id)[0].id,
            f"p{person_id(stage, lead)}",
            person_id(stage, lead),
            1,
            standing=None,
            status=AnswerStatus.GIVEN,
            value={"text": WORDS},
            at=stage.clock.now(),
            closed=False,
        )


# --- how questions are answered -----------------------------------------------------------------


def for_form(asked: Asked, which: int) -> dict[str, Any]:
    """What somebody puts in the form; `which` tells people's answers apart."""
    ids = [each.id for each in content(asked).options]
    match asked.type:
        case "text":
            return {"answer": f"{WORDS} {which}"}
        case "parties":
            return {"answer": (WORDS, f"{WORDS} {which}")}
        case "roles":
            return {"answer": (f"{WORDS}: {WORDS} {which}",)}
        case "multi":
            return {"answer": tuple(ids[: which + 1])}
        case "date":
            return {"answer": f"2027-03-0{which + 1}"}
        case "doc":
            return {"answer": f"https://{WORDS.lower()}.test/{which}"}
    return {"answer": ids[which % len(ids)]}


def for_typing(asked: Asked, which: int, player: Player) -> str:
    """What somebody writes to Samspill alone."""
    words = content(asked)
    labels = [player.say.pick(each.label) for each in words.options]
    match asked.type:
        case "text":
            return f"{WORDS} {which}"
        case "parties":
            return f"{WORDS}, {WORDS} {which}"
        case "roles":
            return f"{WORDS}: {WORDS} {which}"
        case "multi":
            return ", ".join(str(n + 1) for n in range(min(which + 1, len(labels))))
        case "date":
            return f"{which + 1}.3.2027"
        case "doc":
            return labels[-1]  # not yet
    return labels[which % len(labels)] if which % 2 else str(which % len(labels) + 1)


def can_be_pressed(asked: Asked, player: Player) -> bool:
    """Whether one press answers it."""
    return kind_of(asked).control("round:choose:q1", content(asked), player.say) is not None


# --- whether it can be read ---------------------------------------------------------------------


def faults(text: str, language: str) -> list[str]:
    """What is wrong with a text that somebody reads in this language."""
    found = []
    if any(not line.strip() for line in text.split("\n")):
        found.append("an empty line:")
    lines = [each for each in text.splitlines() if "://" not in each]
    rest = "\n".join(lines)
    raw = [*_RAW.findall(rest), *_IDS.findall(rest)]
    found += [f"{each!r}, which is nothing for people:" for each in raw]
    strange = set(_WORD.findall(rest.casefold())) & foreign(language)
    if strange:
        found.append(f"{sorted(strange)} for somebody who reads {language}:")
    return found


@cache
def foreign(language: str) -> frozenset[str]:
    """Words of ours that are never said in this language."""
    others = frozenset().union(*(vocabulary(each) for each in LANGUAGES if each != language))
    return others - vocabulary(language)


@cache
def vocabulary(language: str) -> frozenset[str]:
    """Every word that Samspill itself and the shipped pack say in a language."""
    found: set[str] = set()
    for entry in entries(language).values():
        for said in entry.said:
            found.update(_WORD.findall(re.sub(r"\{\w+\}", " ", said).casefold()))
    for part in PACKS.parts():
        for model in (part.set, part.part, *part.questions):
            for text in _texts(model):
                found.update(_WORD.findall(getattr(text, language).casefold()))
        for question in part.questions:
            for hint in PACKS.hints_for(question.id):
                found.update(_WORD.findall(getattr(hint.text, language).casefold()))
    for labels in _texts(PACKS.answer_labels):
        found.update(_WORD.findall(getattr(labels, language).casefold()))
    return frozenset(found)


def _texts(model: Any) -> Iterator[Text]:
    if isinstance(model, Text):
        yield model
    elif isinstance(model, BaseModel):
        for name in type(model).model_fields:
            yield from _texts(getattr(model, name))
    elif isinstance(model, tuple | list):
        for each in model:
            yield from _texts(each)


_READ = ("title", "label", "hint", "text", "submit", "cancel")


def _strings(form: Any) -> Iterator[str]:
    """What is read in a form, however its channel was given it."""
    if is_dataclass(form) and not isinstance(form, type):
        yield from _strings({each.name: getattr(form, each.name) for each in fields(form)})
    elif isinstance(form, dict):
        for name, value in form.items():
            if name in _READ and isinstance(value, str):
                if value:
                    yield value
            elif not isinstance(value, str):
                yield from _strings(value)
    elif isinstance(form, list | tuple):
        for each in form:
            yield from _strings(each)
