"""What anybody may send to Slack's way in: nothing unsigned is taken, nothing breaks, nothing that
people wrote is logged, and buttons are never trusted."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from storage.engine import Database
from storage.tables import Answer, Asked, Inbox, Membership, Outbox, Person, Round
from tests.contract.stage import Player, Stage
from tests.contract.stories import ON_SQLITE, PROBLEM, SAME, answers, five, kept, play, trial
from tests.slack.local import LocalSlack, signed

pytestmark = ON_SQLITE
SECRET_WORDS = "hemmelige ord"
JSON_BODY = {"Content-Type": "application/json"}
FORM_BODY = {"Content-Type": "application/x-www-form-urlencoded"}


def local(stage: Stage) -> LocalSlack:
    assert stage.house is not None
    return stage.house.local


def record(stage: Stage) -> dict[str, Any]:
    """All that a request may not change."""
    tables = (Answer, Asked, Inbox, Membership, Outbox, Person, Round)
    return {table.__name__: [each.model_dump() for each in kept(stage, table)] for table in tables}


def an_answer(stage: Stage, player: Player) -> dict[str, Any]:
    """An event that would be taken: somebody writes to Samspill."""
    before = deepcopy(
        next(
            each.payload
            for each in reversed(local(stage).post.sent)
            if "client_msg_id" in each.payload.get("event", {})
        )
    )
    stage.clock.forward(timedelta(seconds=1))
    ts = local(stage).state.instant()
    before["event"] |= {"ts": ts, "event_ts": ts, "text": "meny", "user": player.user}
    return before | {"event_id": "Ev-new"}


def _forged(body: str, secret: str, now: float) -> dict[str, dict[str, str]]:
    good = signed(body, secret, now)
    stamp, signature = good
    return {
        "another secret": signed(body, "another secret", now),
        "an old stamp": signed(body, secret, now - 400),
        "a stamp of tomorrow": signed(body, secret, now + 86_400),
        "of another body": signed(body + " ", secret, now),
        "no signature": {stamp: good[stamp]},
        "no stamp": {signature: good[signature]},
        "nothing": {},
        "an empty signature": good | {signature: ""},
        "no number": good | {stamp: "in a while"},
        "not of letters": good | {signature: "v0=ÆØÅ"},
        "a stamp of its own": good | {stamp: str(int(now) - 1)},
    }


def test_what_slack_has_not_signed_is_not_taken(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        body = json.dumps(an_answer(stage, kari))
        before, now = record(stage), time.time()
        secret, at = local(stage).state.signing_secret, local(stage).events_at
        async with ClientSession() as session:
            for kind, headers in _forged(body, secret, now).items():
                answer = await session.post(at, data=body.encode(), headers=JSON_BODY | headers)
                assert answer.status == 401, kind
                assert "meny" not in await answer.text()
            assert record(stage) == before
            good = JSON_BODY | signed(body, secret, now)
            assert (await session.post(at, data=body.encode(), headers=good)).status == 200
        assert len(kept(stage, Inbox)) == len(before["Inbox"]) + 1

    play(database, story)


def test_of_a_form_the_whole_is_signed_and_only_what_is_known_is_taken(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, "slack")["kari"]
        await trial(kari)
        await kari.presses("Next question", on=PROBLEM)
        before, now = record(stage), time.time()
        press = next(p.payload for p in reversed(local(stage).post.sent) if "actions" in p.payload)
        secret, at = local(stage).state.signing_secret, local(stage).events_at
        inside, other = json.dumps(press), json.dumps(press | {"type": "block_suggestion"})
        form, unknown = urlencode({"payload": inside}), urlencode({"payload": other})
        sent = [
            (form, signed(inside, secret, now), 401),
            (form + "&x=1", signed(form, secret, now), 401),
            (unknown, signed(unknown, secret, now), 404),
            (form, signed(form, secret, now), 200),
        ]
        async with ClientSession() as session:
            for body, headers, status in sent:
                answer = await session.post(at, data=body, headers=FORM_BODY | headers)
                assert answer.status == status
        assert record(stage) == before  # the last is the press that was taken already

    play(database, story)


def test_slack_sees_that_the_address_is_ours(database: Database) -> None:
    """When the address is typed into Slack's settings, it sends a word and wants it back."""

    async def story(stage: Stage) -> None:
        five(stage, "slack")
        await stage.settle()
        body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "t"})
        secret, at = local(stage).state.signing_secret, local(stage).events_at
        async with ClientSession() as session:
            for given, status in ((secret, 200), ("another secret", 401)):
                headers = JSON_BODY | signed(body, given, time.time())
                answer = await session.post(at, data=body.encode(), headers=headers)
                assert answer.status == status
                assert ("3eZbrw1a" in await answer.text()) == (status == 200)

    play(database, story)


# --- buttons are never trusted --------------------------------------------------------------------


def test_a_press_without_authority_changes_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        stranger = stage.player("slack", "a", "eva")
        await trial(kari)
        await answers(kari, "Slik.")
        _, next_question, _ = kari.find(kari.t("Next question"), PROBLEM)
        for who in (ola, stranger):
            before = _without_inbox(record(stage))
            await who.presses_raw(next_question)
            assert who.reply is not None
            assert len(who.reply.text) > 10
            assert who.form is None
            assert _without_inbox(record(stage)) == before

    play(database, story)


def _without_inbox(found: dict[str, Any]) -> dict[str, Any]:
    """A refused press is claimed, and who pressed is met: no more."""
    return {name: rows for name, rows in found.items() if name not in ("Inbox", "Person")}


@pytest.mark.parametrize(
    "button", ["nothing", "round:nothing:q1", "round:answer:q999", "round:answer:q1;--", ":::", "~"]
)
def test_a_button_that_was_made_up_is_answered_in_words(database: Database, button: str) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage, "slack")["ola"]
        await ola.presses_raw(button)
        assert ola.reply is not None
        assert ola.reply.text
        assert kept(stage, Answer) == []

    play(database, story)


def test_a_window_from_before_and_one_of_elsewhere_change_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        stranger = stage.player("slack", "a", "eva", "elsewhere")
        await trial(kari)
        await ola.presses("Answer or change", on=PROBLEM)
        assert ola.form is not None
        form = ola.form["id"]
        await stranger.sends(form, answer="Jeg er ikke med.")
        assert kept(stage, Answer) == []
        assert stranger.errors or stranger.reply
        await kari.writes("fullfør")
        await stage.settle()
        await ola.sends("round:nothing:q1", answer="Dit ut.")
        assert kept(stage, Answer) == []
        assert ola.errors or ola.reply

    play(database, story)


# --- whatever a body may hold ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "requests", [2000, pytest.param(10_000, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_no_signed_request_breaks_it_or_makes_it_tell(
    database: Database, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(stage: Stage) -> None:
        cast = five(stage, "slack")
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await kari.says(f"Vi har {SECRET_WORDS} her.", under=PROBLEM)
        await kari.edits(SECRET_WORDS, f"Vi har andre {SECRET_WORDS}.")
        await kari.deletes(SECRET_WORDS)
        await ola.writes(SECRET_WORDS)
        await answers(ola, f"Mine {SECRET_WORDS}.")
        await ola.says(f"/samspill {SECRET_WORDS}")
        await kari.presses("Next question", on=PROBLEM)
        await ola.presses("Litt enig", on=SAME)
        slack, random = local(stage), Random(requests)
        seeds = [(each.what, each.payload) for each in slack.post.sent]
        assert {what for what, _ in seeds} == {"events_api", "interactive", "slash_commands"}
        found: Counter[int] = Counter()
        async with ClientSession() as session:

            async def send() -> None:
                body, headers = _body(random, seeds)
                headers = headers | _signed(body, slack.state.signing_secret)
                async with session.post(slack.events_at, data=body, headers=headers) as answer:
                    found[answer.status] += 1
                    text = await answer.text(errors="replace")
                    assert answer.status < 500, (answer.status, body)
                    assert "Traceback" not in text, body
                    assert 'File "' not in text, body

            for _ in range(requests // 20):
                await asyncio.gather(*(send() for _ in range(20)))
        assert found[200] > requests / 4, found

    play(database, story)
    told = "\n".join(_told(each) for each in caplog.records)
    assert SECRET_WORDS not in told


def _told(entry: logging.LogRecord) -> str:
    """All that a log line holds, whatever shows it."""
    return f"{entry.name} {entry.getMessage()} {entry.__dict__} {entry.exc_text}"


def _signed(body: bytes, secret: str) -> dict[str, str]:
    """Slack signs bytes; Bolt reads them as text, as it can."""
    return signed(body.decode(errors="replace"), secret, time.time())


def _body(random: Random, seeds: Sequence[tuple[str, Any]]) -> tuple[bytes, dict[str, str]]:
    """A request: noise, or a real one that something was done to."""
    what, payload = random.choice(seeds)
    kind = random.random()
    if kind < 0.1:
        return random.randbytes(random.randrange(200)), random.choice([JSON_BODY, FORM_BODY, {}])
    if kind < 0.15:
        return json.dumps(_anything(random)).encode(), JSON_BODY
    if kind < 0.2:
        return urlencode({"payload": json.dumps(_anything(random))}).encode(), FORM_BODY
    broken = deepcopy(payload)
    for _ in range(random.randrange(4)):
        _break(random, broken)
    if what == "events_api":
        body, headers = json.dumps(broken), JSON_BODY
    elif what == "slash_commands":
        body, headers = urlencode({key: str(each) for key, each in broken.items()}), FORM_BODY
    else:
        body, headers = urlencode({"payload": json.dumps(broken)}), FORM_BODY
    if random.random() < 0.05:
        body = body[: random.randrange(len(body))]
    if random.random() < 0.05:
        headers = random.choice([JSON_BODY, FORM_BODY, {}])
    return body.encode(), headers


def _break(random: Random, data: Any) -> None:
    """Change, take away or add something, anywhere."""
    here, last = data, None
    while isinstance(here, dict | list) and here:
        inside, last = (
            here,
            random.choice(list(here) if isinstance(here, dict) else range(len(here))),
        )
        here = here[last]
        if random.random() < 0.3:
            break
    if last is None:
        return
    if random.random() < 0.3:
        del inside[last]
    else:
        inside[last] = _anything(random)


def _anything(random: Random, depth: int = 0) -> Any:
    texts = (
        "",
        "D1",
        "C1",
        "U1",
        SECRET_WORDS,
        "\0",
        "😀" * 9,
        "a" * 5000,
        "1.2",
        "event_callback",
    )
    plain = (None, True, 0, -1, 10**20, 1.5, *texts)
    pick = random.random()
    if depth > 2 or pick < 0.7:
        return random.choice(plain)
    if pick < 0.85:
        return [_anything(random, depth + 1) for _ in range(random.randrange(3))]
    keys = ("type", "event", "user", "channel", "view", "id", "actions")
    return {random.choice(keys): _anything(random, depth + 1) for _ in range(random.randrange(3))}
