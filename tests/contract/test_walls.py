"""Tenant walls and forged ids: every handler there is, with every kind of argument, as a stranger.

A new handler is in these tests by being registered; whoever adds one that strangers may use says so
in `FOR_ALL`. Every handler meets every argument on SQLite. On PostgreSQL, where a turn takes longer
and the handlers are the same, each meets every fifth, each beginning with another one; `make soak`
does the whole of it there too.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dialogs.all import registry
from dialogs.buttons import parse
from dialogs.events import Actor, Event, Pressed, Said, Submitted, Where
from dialogs.messages import FieldErrors, Form, Notice, Page, plain
from storage import conversations, people, places
from storage.engine import Database
from storage.tables import Asked, Collaboration, Place
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    GAIN,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    asked_with,
    five,
    kept,
    person_id,
    play,
    trial,
)

SECRET = "Hemmeligsvar"
HIDDEN = "Skjultsamarbeid"
FOR_ALL = {("setup", "new"), ("home", "help"), ("home", "menu"), ("home", "language")}
BOTH = pytest.mark.parametrize(
    ("database_url", "every"),
    [
        ("sqlite", 1),
        pytest.param("postgresql", 5, marks=pytest.mark.postgres),
        pytest.param("postgresql", 1, marks=[pytest.mark.postgres, pytest.mark.soak]),
    ],
    indirect=["database_url"],
)

GARBAGE = (
    "",
    "q",
    "r",
    "x1",
    "q0",
    "q-1",
    "q999999",
    "r999999",
    "n999999",
    "c999999",
    "i999999",
    "m999999",
    "p999999",
    "q999999999999",
    "c99999999999999",
    "c2147483648",
    "i999999999,1",
    "r999999,1",
    "q999999,0",
    "q999999,x,y",
    "q٣٣٣٣٣٣",
    ",,,",
    "q" + "9" * 140,
)
VALUES = (None, "", "yes", "1", "999999999999999", "æøå", "5" * 5000)
FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"answer": "Noe"},
    {"answer": ("a", "b")},
    {"answer": "x" * 20_001},
    {"more": "Mer"},
    {"more": ("a",)},
    {"part": "proverunde", "way": "thread"},
    {"part": ("x",), "way": ("y",)},
    {"name": "En etat", "organisations": ("A", "B")},
    {"name": ("a",), "organisations": ""},
    {"name": "x" * 3000, "organisations": "\n" * 50},
    {"text": "Noe vi ble enige om", "who": "Kari", "by_when": "2027-03-01", "again": "3"},
    {"text": ("a", "b"), "who": ("c",), "by_when": ("d",), "again": ("e",)},
    {"unknown": ""},
)
WORDS = ("", "1", "999999", "99999999999999", "1 tråd", "ABCDEFGHJK", "x" * 20_001, "👍", "?")

_numbers = itertools.count(1)


def pressed(player: Player, button: str, value: str | None, where: Where) -> Event:
    return Pressed(f"wall-{next(_numbers)}", player.stage.clock.now(), actor(player), where, button)


def actor(player: Player) -> Actor:
    return Actor(player.surface.platform, player.surface.tenant, player.user, player.name)


def wheres(player: Player) -> tuple[Where, Where, Where]:
    """The person's channel, a channel nobody knows, and their direct conversation."""
    platform, tenant = player.surface.platform, player.surface.tenant
    return (
        Where(platform, tenant, player.room),
        Where(platform, tenant, "unknown"),
        Where(platform, tenant, player.user, direct=True),
    )


def events(
    player: Player, arguments: tuple[str, ...], *places: Where, every: int = 1
) -> Iterator[Event]:
    """Everything that can be pressed and sent, with each of these arguments (or every so many of
    them); with each kind of value and form, and from each place, in turn."""
    now, who = player.stage.clock.now(), actor(player)
    values, forms = itertools.cycle(VALUES), itertools.cycle(FORMS)
    wheres = itertools.cycle(places)
    for n, (dialog, argument) in enumerate(
        itertools.product(registry().dialogs.values(), arguments)
    ):
        actions = sorted({*dialog.acts, *dialog.shows, *dialog.agains})
        for action in some(actions, n, every):
            button = f"{dialog.name}:{action}:{argument}"
            event_id = f"wall-{next(_numbers)}"
            yield Pressed(event_id, now, who, next(wheres), button, next(values))
        for action in some(list(dialog.submits), n, every):
            name = f"{dialog.name}:{action}:{argument}"
            event_id = f"wall-{next(_numbers)}"
            yield Submitted(event_id, now, who, next(wheres), name, next(forms))


def some(names: Sequence[str], turn: int, every: int) -> Sequence[str]:
    """Of some names every so many; over as many turns all of them."""
    return [name for n, name in enumerate(names) if (n + turn) % every == 0]


def typed(player: Player, where: Where, every: int) -> Iterator[Event]:
    """Every command there is, with all kinds of words after it (or every so many of them)."""
    now, who = player.stage.clock.now(), actor(player)
    commands = [each for dialog in registry().dialogs.values() for each in dialog.commands]
    for n, command in enumerate(commands):
        for rest in some(WORDS, n, every):
            words = f"{command.words[0]} {rest}".strip()
            event_id = f"wall-{next(_numbers)}"
            yield Said(event_id, now, who, where, "m", words, named=True)


def belongings(stage: Stage, home: Collaboration) -> str:
    """All that is kept about a collaboration, but for what delivery writes."""
    rounds = f"(SELECT id FROM round WHERE collaboration_id = {home.id})"
    asked = f"(SELECT id FROM asked WHERE round_id IN {rounds})"
    own = f"collaboration_id = {home.id}"
    queries = {
        "collaboration": f"id = {home.id}",
        "organisation": own,
        "membership": own,
        "invitation": own,
        "place": own,
        "round": own,
        "round_place": f"round_id IN {rounds}",
        "asked": f"round_id IN {rounds}",
        "answer": f"asked_id IN {asked}",
        "revision": f"answer_id IN (SELECT id FROM answer WHERE asked_id IN {asked})",
        "heard": f"asked_id IN {asked}",
        "conclusion": own,
        "wording": f"conclusion_id IN (SELECT id FROM conclusion WHERE {own})",
        "action": own,
        "timer": own,
        "audit": own,
        "outbox": own,
    }
    with stage.database.read() as db:
        found = {
            table: [
                [str(value) for value in row]
                for row in db.execute(text(f"SELECT * FROM {table} WHERE {which}"))
            ]
            for table, which in queries.items()
        }
    return json.dumps({name: sorted(rows) for name, rows in found.items()}, indent=1)


def shown(reply: Any) -> str:
    """All that a reply lets somebody read."""
    match reply:
        case Notice(message=message):
            return plain(message)
        case Page():
            return plain(reply)
        case Form(fields=fields, title=title, intro=intro):
            return " ".join([title, *map(str, intro), *map(str, fields)])
        case FieldErrors(errors=errors):
            return " ".join(errors.values())
    return ""


async def two_collaborations(stage: Stage) -> tuple[dict[str, Player], dict[str, Player]]:
    """One with everything in it, and another whose coordinator is curious."""
    ours = five(stage, name=HIDDEN)
    theirs = five(stage, tenants=("c", "d"), name="Et annet")
    await trial(ours["kari"])
    await trial(theirs["kari"])
    for name in ("kari", "ola", "amina", "per", "siri"):
        await answers(ours[name], f"{SECRET} fra {name}, og litt til.")
    await ours["kari"].writes("neste")
    await ours["kari"].presses("Helt enig", on=SAME)
    await ours["kari"].writes("neste")
    await answers(ours["kari"], f"{SECRET} hjemme.", on=GAIN)
    await ours["kari"].writes("åpne")
    await ours["kari"].says(f"@Samspill kom fram til: {SECRET} til slutt.", under=PROBLEM)
    await ours["kari"].says(f"@Samspill kom fram til: {SECRET} likevel.", under=PROBLEM)
    await ours["kari"].says(f"@Samspill tiltak: {SECRET} skrives – Kari", under=PROBLEM)
    await ours["kari"].writes("bli med")
    await stage.settle()
    return ours, theirs


def theirs_by_id(stage: Stage) -> tuple[str, ...]:
    """The ids of everything in the hidden collaboration."""
    home = hidden(stage)
    ids = [f"c{home.id}", f"c{home.id},open", f"c{home.id},round", "r1", "i1", "i1,1", "i1,2"]
    ids += [f"m{n}" for n in range(1, 6)]
    ids += [f"p{each.id}" for each in kept(stage, Place) if each.collaboration_id == home.id]
    for words in (PROBLEM, SAME, GAIN):
        # the other collaboration asks the same: take the lowest id
        found = [each.id for each in kept(stage, Asked) if words in each.content["text"]["nb"]]
        ids += [f"q{found[0]}", f"q{found[0]},1"]
    return (*ids, "a1", "q1,0", "q1,1", "r1,1", "r1,2", "r1,3", "n1", "n7")


def hidden(stage: Stage) -> Collaboration:
    return next(each for each in kept(stage, Collaboration) if each.name == HIDDEN)


@BOTH
def test_a_stranger_sees_and_changes_nothing_by_any_id(database: Database, every: int) -> None:
    async def story(stage: Stage) -> None:
        _, theirs = await two_collaborations(stage)
        stranger = theirs["kari"]
        before = belongings(stage, hidden(stage))
        for event in events(stranger, theirs_by_id(stage), *wheres(stranger), every=every):
            reply = stage.core.turns.handle(event)
            assert SECRET not in shown(reply), event
            assert HIDDEN not in shown(reply), event
            found = parse(getattr(event, "button", getattr(event, "form", "")))
            if found and (found.dialog, found.action) not in FOR_ALL:
                assert reply is not None or event.where.direct, f"no answer to {event}"
        assert belongings(stage, hidden(stage)) == before

    play(database, story)


@BOTH
def test_words_of_a_stranger_change_nothing(database: Database, every: int) -> None:
    async def story(stage: Stage) -> None:
        _, theirs = await two_collaborations(stage)
        nobody = stage.player("web", "e", "nils")
        before = belongings(stage, hidden(stage))
        for player, place in ((theirs["kari"], 2), (nobody, 0)):
            for event in typed(player, wheres(player)[place], every):
                reply = stage.core.turns.handle(event)
                assert SECRET not in shown(reply), event
                assert HIDDEN not in shown(reply), event
        assert belongings(stage, hidden(stage)) == before

    play(database, story)


@BOTH
def test_garbage_is_answered_in_a_plain_sentence(database: Database, every: int) -> None:
    async def story(stage: Stage) -> None:
        ours, _ = await two_collaborations(stage)
        player = ours["kari"]  # who may do most
        before = belongings(stage, hidden(stage))
        for event in events(player, GARBAGE, wheres(player)[0], every=every):
            found = parse(getattr(event, "button", getattr(event, "form", "")))
            if found and (found.dialog, found.action) in {*FOR_ALL, ("round", "bring")}:
                continue
            reply = stage.core.turns.handle(event)
            assert isinstance(reply, Notice | Form | Page | FieldErrors), event
            assert len(shown(reply)) > 10
        assert belongings(stage, hidden(stage)) == before
        for button in ("", ":", "round:", "nothing:at:all", "round:no_such:q1", "x" * 300, "🎉"):
            where = wheres(player)[0]
            reply = stage.core.turns.handle(pressed(player, button, None, where))
            assert player.t("This has moved on. Write «help» to see what you can do now.") in shown(
                reply
            )
        assert belongings(stage, hidden(stage)) == before

    play(database, story)


@ON_SQLITE
def test_what_waits_for_somebody_who_is_out_of_it_changes_nothing(database: Database) -> None:
    async def story(stage: Stage) -> None:
        _, theirs = await two_collaborations(stage)
        stranger = theirs["kari"]
        home, now = hidden(stage), stage.clock.now()
        asked = kept(stage, Asked)[0].id
        before = belongings(stage, home)
        steps = [(dialog, step) for dialog in registry().dialogs.values() for step in dialog.waits]
        assert steps
        for (dialog, step), words in itertools.product(
            steps, ("Noe", "4", "👍", "vet ikke", "x" * 20_001)
        ):
            surface = stranger.surface
            with stage.database.write() as db:
                me = people.by_identity(db, surface.platform, surface.tenant, stranger.user)
                assert me is not None
                place = places.direct_of(db, me.id)
                conversations.wait_for(
                    db,
                    person_id=me.id,
                    place_id=place.id,
                    collaboration_id=home.id,
                    dialog=dialog.name,
                    step=step,
                    data={"asked": asked},
                    expires_at=stage.clock.now().replace(year=2027),
                )
            where = wheres(stranger)[2]
            event = Said(f"wall-{next(_numbers)}", now, actor(stranger), where, "m", words)
            stage.core.turns.handle(event)
            await stage.settle()
            said = stranger.private
            assert SECRET not in said
            assert "Fjordetaten" not in said, (dialog.name, step)
            assert len(said) > 10
        assert belongings(stage, home) == before

    play(database, story)


@ON_SQLITE
def test_forged_ids_of_any_shape(database: Database) -> None:
    """Whatever comes in as a button of a stranger: an answer, no exception, no change."""
    names = sorted(
        {
            (dialog.name, action)
            for dialog in registry().dialogs.values()
            for action in {*dialog.acts, *dialog.shows, *dialog.submits, *dialog.agains}
        }
    )
    number = st.one_of(st.integers(0, 40), st.integers(0, 10**15))
    one = st.builds(lambda kind, n: f"{kind}{n}", st.sampled_from("qrncim"), number)
    argument = st.one_of(
        one,
        st.builds(
            lambda head, tail: ",".join([head, *tail]),
            one,
            st.lists(st.text(alphabet="0123456789qrc-.", max_size=6), max_size=3),
        ),
        st.text(max_size=20),
    )

    async def story(stage: Stage) -> None:
        _, theirs = await two_collaborations(stage)
        stranger = theirs["amina"]
        home = hidden(stage)
        before = belongings(stage, home)

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            st.sampled_from(names),
            argument,
            st.sampled_from(VALUES),
            st.sampled_from(FORMS),
            st.integers(0, 2),
        )
        def forge(name: tuple[str, str], argument: str, value: str | None, form: Any, at: int):
            where = wheres(stranger)[at]
            identity = f"{name[0]}:{name[1]}:{argument}"
            now, who = stage.clock.now(), actor(stranger)
            for event in (
                Pressed(f"wall-{next(_numbers)}", now, who, where, identity, value),
                Submitted(f"wall-{next(_numbers)}", now, who, where, identity, form),
            ):
                reply = stage.core.turns.handle(event)
                assert SECRET not in shown(reply)
                assert HIDDEN not in shown(reply)

        forge()
        assert belongings(stage, home) == before

    play(database, story)


@ON_SQLITE
def test_nobody_can_press_what_the_platform_tells(database: Database) -> None:
    async def story(stage: Stage) -> None:
        ours = five(stage)
        stranger = stage.player("web", "a", "nils")
        await stranger.presses_raw("home:removed:")
        await stranger.presses_raw("home:installed:")
        channels = [each for each in kept(stage, Place) if each.person_id is None]
        assert all(each.removed_at is None for each in channels)
        await trial(ours["kari"])
        assert PROBLEM in ours["kari"].screen()
        assert asked_with(stage, PROBLEM).id
        assert person_id(stage, ours["kari"])

    play(database, story)
