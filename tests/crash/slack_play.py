"""The round of `tests.crash.story` in Slack: the same people and acts, pressed and written there.

Slack sends an event again that was not acknowledged; what is pressed or sent in comes once, so the
person does it again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.demo import HOUSES, NAME, SAMPLES
from storage import collaborations, memberships, people, places
from storage.engine import Database
from storage.schema import DatabaseKind, claim_kind, migrate
from tests.crash.process import Process, answers, until
from tests.crash.record import Record
from tests.crash.slack_runner import env
from tests.crash.steps import Order, Steps
from tests.crash.story import GRACE, Act, Play, Starter, given
from tests.crash.workspace import Workspace
from tests.slack.local import Message, User
from tests.slack.reading import reading

OPENS = "round:answer"  # opens a window
MINUTE = timedelta(minutes=1)
LEASES = 360.0  # seconds after which none of them lasts
TOLD_TIMES = "live:round:start:"  # its words hold moments
_COUNTED = {each: f"SELECT id FROM {each} ORDER BY id" for each in ("asked", "round")}
_NUMBERS = {
    ":q": "asked",
    "starter:": "asked",
    '"asked": ': "asked",
    ":r": "round",
    "summary:": "round",
    "page:": "round",
}
_NUMBERED = re.compile(rf"({'|'.join(_NUMBERS)})(\d+)")
# Where people press again, more comes in than without a kill.
_ALSO = ("inbox", "audit", "revisions", "rooms", "chat")


def sown(address: str, workspace: Workspace) -> None:
    """A record in which the demo's collaboration stands, in this Slack."""
    database = Database(address)
    migrate(database)
    claim_kind(database, DatabaseKind.RECORD)
    now, tenant = workspace.slack.state.now(), workspace.team.id
    with database.write() as db:
        home = collaborations.create(db, name=NAME, organisations=HOUSES, language="nb", now=now)
        houses = {each.name: each.id for each in collaborations.organisations(db, home.id)}
        for each in SAMPLES:
            user = workspace.user(each.user)
            person = people.meet(db, "slack", tenant, user.id, each.name, now)
            places.meet(db, "slack", tenant, user.id, person_id=person.id)
            memberships.join(db, person.id, home.id, houses[each.organisation], each.roles, now)
            channel = workspace.channel_of(user)
            place = places.meet(db, "slack", tenant, channel.id, name=channel.name)
            places.bind(db, place.id, home.id)
    database.close()


class SlackPlay(Play):
    """A story being played on one database, in one Slack: processes come and go, these stay."""

    def __init__(
        self, starter: Starter, address: str, workspace: Workspace, before: int = 0
    ) -> None:
        """`before` says how many processes there were on it before."""
        super().__init__(starter, address)
        self._before = before
        self.workspace = workspace

    def start(self, **order: Any) -> Process:
        """A process that counts from its start, and that Slack reaches.

        On PostgreSQL nobody can know that the one before it is dead until its leases are over.
        """
        there, address = self.workspace, self.record.address
        order |= {"from_start": True, "ahead": self.record.ahead.total_seconds()}
        if not self.record.is_sqlite:
            order |= {"later": (self._before + self.starts) * LEASES}
        secret = there.slack.state.signing_secret
        given = env(address, there.slack.base_url, there.team.app.token, secret)
        there.steps = Steps(Order(address, **order), self._shoot)
        with self._lock:
            process = super().start(env=given, **order)
            there.reach(process.port)
            return process

    def pass_time(self) -> None:
        """Nobody does anything, nor does Samspill run, until the next timer is due."""
        self.rest()
        self.kill()
        due = self.record.rows("SELECT CAST(min(due_at) AS TEXT) FROM timer WHERE done_at IS NULL")
        moment = datetime.fromisoformat(due[0][0])
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        self.record.ahead += aware - self.record.now + MINUTE

    def _shoot(self) -> None:
        with self._lock:
            assert self.process is not None
            self.process.shoot()

    # --- acts -----------------------------------------------------------------------------------

    def act(self, act: Act, number: int) -> dict[str, Any]:
        """Do something until it is acknowledged."""
        user = self.workspace.user(act.who)
        if act.what == "say":
            self._says(act, user)
        elif act.what == "press":
            self._until_acknowledged(lambda: self._pressed(act, user))
        else:
            self._until_acknowledged(lambda: self._submitted(act, user))
        return {}

    def _says(self, act: Act, user: User) -> None:
        if act.asked is not None:
            self._control(replace(act, action=OPENS, on=act.asked), user)
        under: Message | None = None
        if act.on is not None:
            under = self._control(replace(act, action=OPENS), user)[0]
        self.running()
        sent = self.workspace.says(user, act.text, under)

        def heard() -> bool:
            if sent.answer.ok:
                return True
            there = answers(self.running().port)  # by the time that Slack tries again
            return there and self.workspace.sends_again(sent)

        until(heard, f"somebody to hear: {sent.answer.reason}", self.patience)

    def _until_acknowledged(self, do: Any) -> None:
        def done() -> bool:
            self.running()
            return bool(do())

        until(done, "an acknowledgement", self.patience)

    def _pressed(self, act: Act, user: User) -> bool:
        message, element = self._control(act, user)
        acknowledged = self.workspace.presses(user, message, element)
        if acknowledged and act.action == OPENS:
            with suppress(AssertionError):  # a process that dies now opens nothing
                until(lambda: self.workspace.modal(user), "a window", GRACE)
        return acknowledged

    def _submitted(self, act: Act, user: User) -> bool:
        view = self.workspace.modal(user)
        if view is None:
            self._pressed(act, user)
            return False
        return self.workspace.submits(user, view, act.text)

    def _control(self, act: Act, user: User) -> Any:
        assert act.on is not None

        def seen() -> Any:
            self.running()
            there = self.workspace
            return there.look(lambda: there.control(user, act.action, str(act.on), act.label))

        return until(seen, f"{act.action} on {act.on!r}", self.patience)

    def resting(self) -> bool:
        """Whether neither Samspill nor Slack has anything to do now."""
        return super().resting() and self.workspace.quiet()

    # --- the whole ------------------------------------------------------------------------------

    def end(self) -> dict[str, list[Any]]:
        """Come to rest and stop; the whole story, as it stands in the record and in Slack."""
        told = super().end()
        for name in _ALSO:
            del told[name]
        plain = _plain(self.record)
        for name in ("outbox", "jobs", "timers", "rounds"):
            plainly = ([plain(each) for each in row] for row in told[name])
            told[name] = sorted(map(tuple, plainly), key=repr)
        told["slack"] = self.posts()
        return told

    def posts(self) -> list[tuple[str, str, str, str]]:
        """All that Samspill posted: where, under what, its key, its words."""
        ours, plain = self.workspace.ours(), _plain(self.record)
        keys = {(channel, message.ts): key for key, channel, message in ours}
        return sorted(
            (
                channel,
                plain(keys.get((channel, message.thread_ts or ""), "")),
                plain(key),
                "" if key.startswith(TOLD_TIMES) else reading(message),
            )
            for key, channel, message in ours
        )

    def doubled(self) -> list[str]:
        """What stands there more than once, or is not what the record says."""
        ours = self.workspace.ours()
        stands = Counter((key, message.ts) for key, _, message in ours)
        kept = self.record.rows(
            "SELECT key, platform_id FROM outbox WHERE platform_id IS NOT NULL AND kind != 'mark'"
        )
        missing, extra = Counter(kept) - stands, stands - Counter(kept)
        return [f"lacks {each}" for each in missing] + [f"has {each}" for each in extra]

    def given(self) -> set[tuple[int, str, str, str]]:
        """The answers that stand, by the demo's names."""
        names = {each.id: each.display_name for each in self.workspace.slack.state.users.values()}
        return {(n, names[user], status, said) for n, user, status, said in given(self.record)}


def _plain(record: Record) -> Callable[[Any], Any]:
    """Makes a value, such as a key, one without what differs from one time to the next: when
    something was said, and which ids rounds and questions got.

    PostgreSQL gives no id twice, even when what got it first is undone; so they are counted anew.
    """
    counted = {
        table: {row_id: n for n, (row_id,) in enumerate(record.rows(query), 1)}
        for table, query in _COUNTED.items()
    }

    def numbered(found: re.Match[str]) -> str:
        return f"{found[1]}{counted[_NUMBERS[found[1]]][int(found[2])]}"

    def plain(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return "notice" if value.startswith("notice:") else _NUMBERED.sub(numbered, value)

    return plain
