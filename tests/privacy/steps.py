"""What can happen in a round, as steps of plain numbers: easy to make, shrink and write down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from storage.tables import Asked, Conversation, Membership, Round, RoundState, Whose
from tests.privacy.observer import Observer
from tests.privacy.world import Kind, Somebody, World

Step = tuple[str, int, int, int]
WHOSE = (Whose.ANONYMOUS, Whose.NAMED, Whose.BY_HOUSE, Whose.ONE_EACH)


class Play:
    """A world with somebody who looks at it after each step."""

    def __init__(self, world: World, kinds: Sequence[Kind]) -> None:
        self.world = world
        self.kinds = kinds
        self.observer = Observer(world)

    def goes(self, steps: Sequence[Step]) -> None:
        """Play the steps, looking all the while, and everywhere at the end."""
        for verb, a, b, c in steps:
            VERBS[verb](self, a, b, c)
            self.world.rests()
            self.observer.looks(everywhere=verb == "look")
        self.observer.looks(everywhere=True)

    def who(self, a: int) -> Somebody:
        """One of those who take part."""
        return self.world.people[a % len(self.world.people)]

    def what(self, b: int) -> Asked | None:
        """One of the questions of the latest round that has been asked."""
        asked = self.world.asked()
        if not asked:
            return None
        last = max(each.round_id for each in asked)
        mine = [each for each in asked if each.round_id == last]
        return mine[b % len(mine)]

    def latest(self) -> Round | None:
        """The round that was started last."""
        started = [each for each in self.world.kept(Round) if each.state != RoundState.DRAFT]
        return max(started, key=lambda each: each.id, default=None)


def _start(play: Play, a: int, b: int, c: int) -> None:
    found = play.latest()
    if found is None or found.state != RoundState.OPEN:
        play.world.starts(WHOSE[a % len(WHOSE)], play.kinds, alone=b % 3 == 0)


def _answer(play: Play, a: int, b: int, c: int) -> None:
    asked = play.what(b)
    if asked is not None:
        play.world.answers(play.who(a), asked, c, c)


def _everybody(play: Play, a: int, b: int, c: int) -> None:
    """Most of them answer the same question."""
    asked = play.what(b)
    if asked is None:
        return
    for n, who in enumerate(play.world.people):
        if (n + a) % 4:
            play.world.answers(who, asked, n * c + b, n)
    if play.world.round_of(asked).whose == Whose.ONE_EACH:
        for who in play.world.people:
            play.world.presses(who, f"round:give_ours:q{asked.id}")


def _more(play: Play, a: int, b: int, c: int) -> None:
    asked, who = play.what(b), play.who(a)
    if asked is not None:
        word = play.world.new_word(who, asked)
        form = f"round:more:q{asked.id}"
        play.world.sends(who, form, {"more": word.text}, notices=c % 2 == 0)
        play.world.settles(who, asked)


def _type(play: Play, a: int, b: int, c: int) -> None:
    """Bring what waits, and write."""
    who = play.who(a)
    play.world.writes(who, "svar")
    waits = [
        each.data.get("asked")
        for each in play.world.kept(Conversation)
        if each.person_id == who.id and each.dialog == "round"
    ]
    asked = next((each for each in play.world.asked() if each.id in waits), None)
    if asked is not None:
        word = play.world.new_word(who, asked)
        options = [each["id"] for each in asked.content.get("options", [])]
        play.world.writes(who, options[c % len(options)] if options else word.text)
        play.world.settles(who, asked)


def _on_question(action: str) -> Callable[[Play, int, int, int], None]:
    def press(play: Play, a: int, b: int, c: int) -> None:
        asked = play.what(b)
        if asked is not None:
            who = play.who(a)
            play.world.presses(who, f"round:{action}:q{asked.id}", notices=c % 2 == 0)
            play.world.settles(who, asked)

    return press


def _on_round(action: str) -> Callable[[Play, int, int, int], None]:
    def press(play: Play, a: int, b: int, c: int) -> None:
        found = play.latest()
        if found is not None:
            play.world.presses(play.world.coordinator, f"round:{action}:r{found.id}")
            for asked in play.world.asked():
                play.world.settles(play.who(a), asked)

    return press


def _open(play: Play, a: int, b: int, c: int) -> None:
    asked = play.what(b)
    if asked is not None:
        play.world.presses(play.world.coordinator, f"round:open_now:q{asked.id}")


def _join(play: Play, a: int, b: int, c: int) -> None:
    play.world.joins(b)


def _move(play: Play, a: int, b: int, c: int) -> None:
    """The coordinator corrects somebody's organisation, maybe their own."""
    who = play.who(a)
    member = next((e for e in play.world.kept(Membership) if e.person_id == who.id), None)
    if member is None:
        return
    house = play.world.houses[b % len(play.world.houses)]
    play.world.presses(play.world.coordinator, f"people:move:m{member.id}", str(house))
    if who is not play.world.coordinator:
        who.house = house


def _leave(play: Play, a: int, b: int, c: int) -> None:
    """Leave, with the name or without, and press to come back for another organisation."""
    who, world = play.who(a), play.world
    how = "named" if c % 2 else "nameless"
    world.presses(who, f"me:left:u{who.id},{world.home},{how}")
    house = world.houses[b % len(world.houses)]
    world.presses(who, f"join:pick:c{world.home}", str(house))


def _remove(play: Play, a: int, b: int, c: int) -> None:
    """The coordinator removes somebody, who presses to come back for another organisation, and
    answers all the same."""
    who, world = play.who(a), play.world
    member = next((e for e in world.kept(Membership) if e.person_id == who.id), None)
    if member is None or who is world.coordinator:
        return
    world.presses(world.coordinator, f"people:removed:m{member.id}")
    world.presses(who, f"join:pick:c{world.home}", str(world.houses[b % len(world.houses)]))
    _answer(play, a, b, c)
    assert world.house_of(who) is None, "whoever was removed came in again"


def _erase(play: Play, a: int, b: int, c: int) -> None:
    """Be erased, with one's answers or by name only; never the coordinator."""
    who, world = play.who(a), play.world
    if who is not world.coordinator:
        until = int(world.clock.now().timestamp() // 60) + 60
        what = "name" if c % 2 else "all"
        world.presses(who, f"me:erase_now:u{who.id},{what},{until}")
        world.is_gone(who)


def _time(play: Play, a: int, b: int, c: int) -> None:
    play.world.clock.forward(timedelta(days=1 + a % 6))


def _look(play: Play, a: int, b: int, c: int) -> None:
    """Only look."""


VERBS: dict[str, Callable[[Play, int, int, int], None]] = {
    "start": _start,
    "answer": _answer,
    "everybody": _everybody,
    "more": _more,
    "type": _type,
    "dont_know": _on_question("dont_know"),
    "dont_know_instead": _on_question("dont_know_instead"),
    "skip": _on_question("skip"),
    "withdraw": _on_question("withdraw"),
    "agree": _on_question("agree"),
    "give": _on_question("give_ours"),
    "open": _open,
    "close": _on_round("close_now"),
    "cancel": _on_round("cancel_now"),
    "reopen": _on_round("reopen"),
    "pause": _on_round("pause"),
    "resume": _on_round("resume"),
    "join": _join,
    "move": _move,
    "leave": _leave,
    "remove": _remove,
    "erase": _erase,
    "time": _time,
    "look": _look,
}
