"""A trial round from its start to a late answer, as acts that a browser would send."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bot.demo import OFFSET, SAMPLES
from storage import marks
from storage.engine import Database
from tests.crash.process import PATIENCE, Died, Process, until
from tests.crash.record import Record

PROBLEM = "Hvilket problem vil dere løse?"
SAME = "Alle partene ser problemet på samme måte."
GAIN = "Hva får din virksomhet ut av dette?"
TENANT = {each.user: each.tenant for each in SAMPLES}
GRACE = 0.5  # seconds between an answer and the kill after it, at the most
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # nine o'clock in Oslo, no holiday near


class Starter(Protocol):
    """Starts the real process on a database, one at a time."""

    def start(self, address: str, **order: Any) -> Process: ...


@dataclass(frozen=True)
class Act:
    """One thing that somebody does. `step`: kills are tried at every step of it.

    `on` are words of the message to press or answer under; None is the direct conversation, where
    `asked` are words of a question that must be there first.
    """

    who: str
    what: str  # say, press or submit
    on: str | None = None
    text: str = ""  # what is said; what is answered
    action: str = ""  # of the button or form
    label: str | None = None  # of the option
    step: bool = True
    asked: str | None = None

    @property
    def seat(self) -> str:
        return f"web/{TENANT[self.who]}/{self.who}"

    @property
    def path(self) -> str:
        return f"/terminal/{self.what}"

    def data(self, record: Record, act_id: str) -> dict[str, Any] | None:
        """What the browser sends; None while what is to be pressed cannot be seen yet."""
        tenant = TENANT[self.who]
        if self.asked is not None and not record.control(
            tenant, "round:answer", self.asked, None, "samspill"
        ):
            return None
        if self.on is None:
            return {"id": act_id, "room": record.room(tenant, f"@{self.who}"), "text": self.text}
        wanted = self.action or "round:answer"
        found = record.control(tenant, wanted, self.on, self.label, "samspill")
        if found is None:
            return None
        if self.what == "say":
            return {"id": act_id, "room": found.room, "thread": found.message, "text": self.text}
        here = {"id": act_id, "room": found.room}
        if self.what == "submit":
            return here | {"form": found.button, "values": {"answer": self.text}}
        return here | {"message": found.message, "button": found.button, "value": found.value}


def _answers(who: str, on: str, text: str, *, step: bool = True) -> Act:
    return Act(who, "submit", on, text, "round:answer", step=step)


def _presses(who: str, action: str, on: str, label: str | None = None, *, step: bool = True) -> Act:
    return Act(who, "press", on, "", f"round:{action}", label, step)


ROUND = (
    Act("kari", "say", text="prøverunde"),
    _presses("kari", "answer", PROBLEM),
    _answers("kari", PROBLEM, "Etterlatte må melde fra mange steder."),
    _presses("ola", "dont_know", PROBLEM),
    Act("amina", "say", text="svar", asked=PROBLEM),
    Act("amina", "say", text="Ingen eier helheten."),
    _answers("siri", PROBLEM, "Skjemaene spør om det samme.", step=False),
    Act("siri", "say", PROBLEM, "Dette kjenner jeg igjen."),
    _presses("per", "skip", PROBLEM),
    Act("kari", "say", text="neste"),
    _presses("kari", "choose", SAME, "Helt enig"),
    _presses("ola", "choose", SAME, "Litt uenig", step=False),
    _presses("siri", "choose", SAME, "Litt enig", step=False),
    Act("amina", "say", text="svar", step=False, asked=SAME),
    Act("amina", "say", text="2", asked=SAME),
    _presses("kari", "open", SAME),
    _presses("kari", "next", SAME),
    _answers("kari", GAIN, "Færre telefoner.", step=False),
    _answers("amina", GAIN, "Mindre å rydde opp i.", step=False),
    _answers("amina", GAIN, "Mindre å rydde opp i, og gladere folk."),
    Act("kari", "say", text="fullfør"),
    _presses("per", "dont_know", PROBLEM),
)


def given(record: Record) -> set[tuple[int, str, str, str]]:
    """The answers that stand: number of the question, who, status, and what was said as text."""
    rows = record.rows("""
        SELECT a.position, i.user, n.status, CAST(n.value AS TEXT)
        FROM answer n JOIN asked a ON a.id = n.asked_id
        JOIN identity i ON i.person_id = n.person_id
    """)
    return {(int(a), str(b), str(c), _said(d)) for a, b, c, d in rows}


def _said(value: str | None) -> str:
    said = json.loads(value or "null") or {}
    return str(said.get("text", said.get("scale", "")))


GIVEN = {
    (1, "kari", "given", "Etterlatte må melde fra mange steder."),
    (1, "ola", "dont_know", ""),
    (1, "amina", "given", "Ingen eier helheten."),
    (1, "siri", "given", "Skjemaene spør om det samme."),
    (1, "per", "dont_know", ""),
    (2, "kari", "given", "5"),
    (2, "ola", "given", "2"),
    (2, "siri", "given", "4"),
    (2, "amina", "given", "2"),
    (3, "kari", "given", "Færre telefoner."),
    (3, "amina", "given", "Mindre å rydde opp i, og gladere folk."),
}


class Play:
    """A story being played on one database: processes come and go, the database stays."""

    def __init__(self, starter: Starter, address: str, **order: Any) -> None:
        """`order` holds for every process, such as `find=False`."""
        self.record = Record(address)
        self.process: Process | None = None
        self.starts = 0
        self.patience = PATIENCE
        self._starter = starter
        self._order = order
        self._lock = threading.RLock()  # people may act side by side

    def start(self, **order: Any) -> Process:
        """A process; the one before it must be dead."""
        with self._lock:
            assert self.process is None or self.process.dead
            self.process = self._starter.start(self.record.address, **self._order, **order)
            self.starts += 1
            return self.process

    def kill(self) -> None:
        """kill -9."""
        with self._lock:
            if self.process is not None:
                self.process.kill()
                self.process = None

    def running(self) -> Process:
        """The process, started again if it is dead."""
        with self._lock:
            if self.process is not None and self.process.dead:
                self.kill()
            return self.process or self.start()

    def act(self, act: Act, number: int) -> dict[str, Any]:
        """Do something, and again with the same id after a restart, as a browser would."""
        act_id = f"crash-act-{number:03}"

        def sent() -> dict[str, Any] | None:
            self.running()
            return act.data(self.record, act_id)

        return self.send(act, until(sent, f"act {number}", self.patience))

    def send(self, act: Act, data: dict[str, Any]) -> dict[str, Any]:
        """Send what a browser has, again and again until it is acknowledged."""
        while True:
            process = self.running()
            try:
                return process.post(act.path, act.seat, data)
            except Died:
                until(lambda: process.dead, "the process to end")  # noqa: B023 - called at once

    def dies(self) -> bool:
        """Whether the process still reaches the step it is to be killed at; it is dead then.

        If it has come to rest and lives on for a moment, it is killed there.
        """
        process = self.process
        assert process is not None
        until(lambda: process.dead or self.resting(), "a kill or rest")
        with suppress(AssertionError):
            until(lambda: process.dead, "a kill", GRACE)
        died = process.dead
        self.kill()
        return died

    def move_clock(self, to: str) -> None:
        """Let time pass in the demo; not twice, whatever is killed."""
        before = self.record.now
        while self.record.now - before < timedelta(minutes=50):
            with suppress(Died):
                self.running().post("/demo/clock", "", {"to": to})

    def rest(self) -> None:
        """Wait until Samspill has nothing more to do."""

        def resting() -> bool:
            self.running()
            return self.resting()

        try:
            until(resting, "Samspill to come to rest", self.patience)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.record.at_work()}") from None

    def resting(self) -> bool:
        """Whether Samspill has nothing to do now."""
        return not self.record.at_work()

    def acts(self, acts: Sequence[Act], first: int = 0) -> None:
        """Play on from an act."""
        for number in range(first, len(acts)):
            self.act(acts[number], number)

    def end(self) -> dict[str, list[Any]]:
        """Come to rest and stop; the whole story."""
        self.rest()
        self.kill()
        until(self.record.whole, "all to be in order")
        return self.record.story()


def same(told: dict[str, list[Any]], expected: dict[str, list[Any]]) -> None:
    """Compare two stories, and say what is missing and what is there too often."""
    for name, rows in expected.items():
        missing = Counter(map(repr, rows)) - Counter(map(repr, told[name]))
        extra = Counter(map(repr, told[name])) - Counter(map(repr, rows))
        assert not missing, f"{name} lack {list(missing)[:3]}, and have {list(extra)[:3]}"
        assert not extra, f"{name} have too much: {list(extra)[:3]}"


def sown(nursery: Starter, address: str) -> None:
    """What the demo has just begun, at nine o'clock on a Monday."""
    play = Play(nursery, address)
    play.start()
    play.rest()
    play.kill()
    set_clock(address, MONDAY)


def set_clock(address: str, to: datetime) -> None:
    """Let the demo's clock show this when it starts next."""
    database = Database(address)
    with database.write() as db:
        marks.write(db, OFFSET, str((to - datetime.now(UTC)).total_seconds()))
    database.close()


def at_every_step(steps: Sequence[str], killed: Callable[[str], bool]) -> None:
    """Kill at each of these steps. Not each comes every time, for how edits coalesce differs; but
    most do."""
    missed = [each for each in steps if not killed(each)]
    print(f"killed at {len(steps) - len(missed)} of {len(steps)} steps; not {missed}")
    assert len(missed) <= len(steps) // 4
