"""Somebody who looks at everything they can reach, after every step, and remembers it all."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select as select_columns
from sqlmodel import SQLModel

from dialogs.codec import decode
from dialogs.language import Translator
from dialogs.messages import Buttons, Choice, File, Form, Message, Notice, Scale, plain_element
from dialogs.rounds.figures import kept as kept_figures
from dialogs.turn import Refusal, View
from storage import people, places
from storage.engine import Db
from storage.tables import (
    Answer,
    AnswerStatus,
    Asked,
    AskedState,
    Audit,
    Collaboration,
    Conversation,
    Heard,
    Kind,
    Membership,
    Outbox,
    Place,
    Proposal,
    Responded,
    Revision,
    Round,
    RoundState,
    Whose,
)
from tests.privacy.world import HOUSE, OPEN, PRIVATE, REGISTRY, Somebody, Word, World

WORD = re.compile(r"ord\d+slutt")
LABEL = re.compile(r"valg(text|scale5|pick|multi)(open|house|private)\w")
NAMES = re.compile(r"Navn\w+")
HOUSES = re.compile(r"Etat\d+hus")
THREE = 3
COUNTED = (AnswerStatus.GIVEN, AnswerStatus.DONT_KNOW)
SAY = Translator("nb")
# What the slower buttons are about; all others are pressed with every argument.
SHOWN_OF = {
    "round:why": "",
    "round:hint": "",
    "round:setup": "c",
    "round:full": "n",
    "round:before": "n",
    "round:sheet": "r",
    "home:help": "",
}


@dataclass(frozen=True)
class Sight:
    """A text that somebody could read, and what showed it."""

    viewer: Somebody | None  # None: everybody in the channels
    source: str
    argument: str
    text: str


def words_of(message: Message) -> str:
    """What stands there, without what can be pressed."""
    controls = Buttons | Choice | Scale
    return "\n".join(plain_element(e) for e in message.elements if not isinstance(e, controls))


class Observer:
    """Sees all, and knows who may."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seen_replies = 0
        self.final: dict[tuple[str, str, int], str] = {}

    def looks(self, *, everywhere: bool = False) -> None:
        """See what there is now, and judge it; `everywhere`: press whatever shows anything too."""
        self._record()
        sights = [*self._posts(everywhere=everywhere), *self._replies()]
        if everywhere:
            sights += self._pressed()
        for each in sights:
            self._judge(each)
        for answer in self.answers:
            of_house = answer.respondent.startswith("o")
            assert not of_house or answer.respondent == f"o{answer.organisation_id}"
        for found in self.rounds.values():
            self._figures(found)
            if found.whose == Whose.ANONYMOUS and found.state in (
                RoundState.CLOSED,
                RoundState.CANCELLED,
            ):
                self._nothing_links(found)

    def _record(self) -> None:
        world = self.world
        self.rounds = {each.id: each for each in world.kept(Round)}
        self.asked = {each.id: each for each in world.kept(Asked)}
        self.answers = world.kept(Answer)
        self.counts = Counter(
            each.asked_id
            for each in self.answers
            if each.status in COUNTED
            and (each.organisation_id is not None or each.person_id is None)
        )
        self.house_of = {
            each.person_id: each.organisation_id
            for each in world.kept(Membership)
            if each.collaboration_id == world.home
        }
        self.by_user = {
            each.user: each for each in [*world.everybody, world.stranger, world.elsewhere]
        }

    # --- seeing -------------------------------------------------------------------------------

    def _posts(self, *, everywhere: bool) -> list[Sight]:
        """Everything that is, or is about to be, in channels and direct messages. Documents, and
        the second channel, which shows what the first one does, only when looking everywhere."""
        world, found = self.world, list[Sight]()
        people = {each.id: each for each in self.by_user.values()}
        there = {each.id: each for each in world.kept(Place)}
        with world.database.read() as db:
            for row in world.kept(Outbox):
                place = there[row.place_id]
                viewer = people[place.person_id] if place.person_id else None
                quick = row.kind == Kind.POST or viewer is not None or place.tenant == "a"
                if everywhere or (quick and row.kind != Kind.FILE):
                    made = self._made(db, row, place)
                    found += [
                        Sight(viewer, row.live or row.key.split(":")[0], row.argument, text)
                        for text in made
                    ]
                    if row.live and made:
                        self._stays(row, place.id, made[0])
        return found

    def _made(self, db: Db, row: Outbox, place: Place) -> list[str]:
        if row.kind == Kind.POST:
            return [words_of(decode(row.body))] if row.body else []
        made = self.world.seer.make(db, row, place)
        if isinstance(made, File):
            instead = [words_of(made.instead)] if made.instead else []
            return [made.data.decode("utf-8", "ignore"), *instead]
        return [words_of(made)] if made is not None else []

    def _stays(self, row: Outbox, place_id: int, text: str) -> None:
        """What shows an anonymous round stays as it was once it is summed up."""
        if row.live not in ("question", "opened", "summary"):
            return
        number = int(re.match(r"[qr](\d+)", row.argument)[1])  # type: ignore[index]
        found = self.rounds[number if row.live == "summary" else self.asked[number].round_id]
        if found.whose == Whose.ANONYMOUS and found.figures is not None:
            stood = self.final.setdefault((row.live, row.argument, place_id), text)
            assert stood == text, "an anonymous round is shown in two ways"

    def _replies(self) -> list[Sight]:
        fresh = self.world.replies[self.seen_replies :]
        self.seen_replies = len(self.world.replies)
        return [sight for who, reply in fresh for sight in _told(who, "reply", "", reply)]

    def _pressed(self) -> list[Sight]:
        """Every button that only shows something, pressed by several, with every argument."""
        world = self.world
        rows = {
            "q": list(self.asked),
            "r": list(self.rounds),
            "n": [each.id for each in self.answers],
            "m": [each.id for each in world.kept(Membership)],
            "c": [each.id for each in world.kept(Collaboration)],
        }
        arguments = [f"{letter}{each}" for letter, ids in rows.items() for each in ids]
        found = list[Sight]()
        with world.database.read() as db:
            scopes = {
                name: [each for each in arguments if dialog.scope(db, each) is not None]
                for name, dialog in REGISTRY.dialogs.items()
            }
            for viewer in self._some():
                person = people.person(db, viewer.id)
                view = world.seer.view(db, person, places.direct_of(db, viewer.id), SAY)
                for name, dialog in REGISTRY.dialogs.items():
                    for action, show in dialog.shows.items():
                        letters = SHOWN_OF.get(f"{name}:{action}")
                        for argument in scopes[name]:
                            if letters is None or argument[0] in letters:
                                found += _shown(viewer, action, argument, show, view)
        return found

    def _some(self) -> list[Somebody]:
        """The coordinator, some members, the stranger, and the one from elsewhere; whoever changed
        organisation first."""
        world = self.world
        of_house = {(self.house_of.get(each.id), each.house): each for each in world.people}
        odd = [each for (record, true), each in of_house.items() if record != true]
        some = [*odd, *of_house.values()][:2]
        chosen = [world.coordinator, *some, world.stranger, world.elsewhere]
        return list({each.user: each for each in chosen}.values())

    # --- judging ------------------------------------------------------------------------------

    def _judge(self, sight: Sight) -> None:
        for text in set(WORD.findall(sight.text)):
            word = self.world.words[text]
            for viewer in [sight.viewer] if sight.viewer else [None]:
                assert self._may_see(word, viewer), (
                    f"{viewer.user if viewer else 'everybody'} sees in {sight.source} "
                    f"{sight.argument} what {word.author} answered to {self._what(word)}"
                )
            if sight.viewer is None or sight.viewer.user != word.author:
                self._nobody_named(sight, word)
        self._labels(sight)
        self._counts(sight)

    def _what(self, word: Word) -> str:
        asked = self.asked[word.asked]
        return f"{asked.type}/{asked.where} of a round {self.rounds[word.round].whose}"

    def _may_see(self, word: Word, viewer: Somebody | None) -> bool:
        """The law, said once more and otherwise than in the code."""
        asked, found = self.asked[word.asked], self.rounds[word.round]
        if viewer is not None and viewer.user == word.author:
            return True
        house = viewer.house if viewer is not None and viewer.id in self.house_of else None
        if asked.where == PRIVATE or word.erased:
            return False
        if viewer is self.world.elsewhere:
            return False
        if found.whose == Whose.ONE_EACH and house in word.houses:
            return True
        if asked.state != AskedState.OPENED:
            return False
        if found.whose == Whose.ANONYMOUS and (
            found.state != RoundState.CLOSED or self.counts[asked.id] < THREE
        ):
            return False
        if asked.where == HOUSE:
            return house in word.houses
        return True

    def _nobody_named(self, sight: Sight, word: Word) -> None:
        whose = self.rounds[word.round].whose
        if whose == Whose.NAMED or sight.source in ("proposal", "reply", "notice"):
            return
        assert not NAMES.search(sight.text), f"{sight.source} names a person in a round {whose}"
        if whose == Whose.ANONYMOUS:
            assert not HOUSES.search(sight.text), "an organisation stands beside anonymous words"
            assert sight.text.count(word.text) == 1, "an anonymous answer is shown twice"

    def _labels(self, sight: Sight) -> None:
        """What was chosen in the own house, or privately, is in no shared text."""
        shared = sight.viewer is None or sight.source in ("brief", "status")
        for _, where in LABEL.findall(sight.text):
            if shared:
                assert where == OPEN, f"{sight.source} shows a choice that is {where}"
            elif sight.source in ("full", "before") and where != OPEN:
                answer = next(a for a in self.answers if a.id == int(sight.argument[1:]))
                assert sight.viewer is not None
                own = answer.person_id == sight.viewer.id
                house = self.house_of.get(sight.viewer.id)
                ours = where == HOUSE and answer.organisation_id == house
                assert own or ours, f"{sight.source} shows a choice that is {where}"
        steps = "valgscale5openx"[:-1] in sight.text
        if sight.source == "opened" and steps:
            asked_id = int(re.match(r"q(\d+)", sight.argument)[1])  # type: ignore[index]
            assert self.counts[asked_id] >= THREE, "a scale is spread out below three answers"

    def _counts(self, sight: Sight) -> None:
        """While an anonymous round goes on, answers are counted in threes."""
        if sight.source != "question":
            return
        asked = self.asked[int(sight.argument[1:])]
        found = self.rounds[asked.round_id]
        line = sight.text.splitlines()[-1]
        if found.whose == Whose.ANONYMOUS:
            assert "virksomhet" not in line, "it is counted from how many organisations they came"
        if found.whose == Whose.ANONYMOUS and found.state == RoundState.OPEN:
            numbers = re.findall(r"(\d+) svar", line)
            assert all(int(each) % THREE == 0 for each in numbers), "one answer more was counted"

    def _figures(self, found: Round) -> None:
        """The figures that are kept hold no more than may be shown."""
        figures = kept_figures(found.figures)
        if figures is None:
            return
        for each in figures.questions:
            asked = self.asked[each.asked]
            nameless = found.whose == Whose.ANONYMOUS
            scale = asked.type == "scale5"
            if asked.where != OPEN:
                assert not each.counts, "figures of what is not open"
                assert not each.by_house
                assert not each.starter
            if (nameless or scale) and each.given + each.unknown < THREE:
                assert not each.counts, "figures of fewer than three"
                assert not each.starter
                assert each.lies is None
            if nameless or scale:
                of_house = [sum(n.values()) for n in each.by_house.values()]
                if asked.type != "multi":
                    rest = each.given - sum(of_house)
                    assert all(n >= THREE for n in of_house), "an organisation below three"
                    assert not of_house or rest == 0 or rest >= THREE, "the rest tells of a few"

    # --- what is kept -------------------------------------------------------------------------

    def _nothing_links(self, found: Round) -> None:
        """After an anonymous round nothing that is kept links an answer to a person or a time."""
        ids = {each.id for each in self.asked.values() if each.round_id == found.id}
        mine = [each for each in self.answers if each.asked_id in ids]
        assert found.pseudonym_key is None
        assert {(each.person_id, each.place_id, each.changes) for each in mine} <= {(None, None, 0)}
        assert len({each.at for each in mine}) <= 1
        order = [(each.asked_id, each.respondent) for each in sorted(mine, key=lambda a: a.id)]
        assert order == sorted(order), "the order of rows tells who came when"
        for asked_id in ids:
            houses = Counter(a.organisation_id for a in mine if a.asked_id == asked_id)
            lost = houses.pop(None, 0)
            counted = Counter(
                a.organisation_id for a in mine if a.asked_id == asked_id and a.status in COUNTED
            )
            assert all(counted[each] >= THREE for each in houses), "an organisation below three"
            assert not houses or lost == 0 or lost >= 2
        world = self.world
        for table in (Responded, Heard, Proposal):
            assert not [each for each in world.kept(table) if each.asked_id in ids]
        answers = {each.id for each in mine}
        assert not [each for each in world.kept(Revision) if each.answer_id in answers]
        for each in world.kept(Conversation):
            assert each.dialog != "round" or each.data.get("asked") not in ids
        self._rows_about(ids, found)

    def _rows_about(self, ids: set[int], found: Round) -> None:
        """Neither a post in direct messages nor an audit row tells who answered what, or when."""
        world = self.world
        direct = {each.id for each in world.kept(Place) if each.person_id is not None}
        about = {f"q{each}" for each in ids}
        for row in world.kept(Outbox):
            assert row.place_id not in direct or row.argument not in about, row.key
        subjects = {f"asked:{each}" for each in ids}
        given = [e for e in world.kept(Audit) if e.subject in subjects and "answer" in e.what]
        assert {each.person_id for each in given} <= {None}
        assert len({(each.at, each.what) for each in given}) <= 1, "audit tells when or what"
        texts = [each for each in world.words.values() if each.round == found.id]
        everything = self._written_elsewhere()
        for word in texts:
            assert word.text not in everything, "an anonymous answer is kept beside its answer"

    def _written_elsewhere(self) -> str:
        """All that every table holds, but the answers themselves."""
        found = []
        with self.world.database.read() as db:
            for table in SQLModel.metadata.sorted_tables:
                if table.name not in ("answer", "asked"):
                    rows = db.connection().execute(select_columns(table))
                    found += [json.dumps(list(row), default=str) for row in rows]
        return "\n".join(found)


def _shown(
    viewer: Somebody, action: str, argument: str, show: Callable[..., object], view: View
) -> list[Sight]:
    try:
        return _told(viewer, action, argument, show(view, argument))
    except Refusal as refusal:
        return [Sight(viewer, action, argument, refusal.text)]


def _told(viewer: Somebody, source: str, argument: str, reply: object) -> list[Sight]:
    match reply:
        case Notice(message=message):
            return [Sight(viewer, source, argument, words_of(message))]
        case Form(fields=fields):
            kept = " ".join(str(each.value) for each in fields)
            return [Sight(viewer, source, argument, kept)]
    return []
