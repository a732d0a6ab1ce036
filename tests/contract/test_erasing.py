"""Erasing: two steps, what goes, what stays without a name, and that nothing else is left."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, select

from dialogs.codec import encode
from dialogs.me.erasing import LAST_SENTENCE
from dialogs.messages import Message, Text
from storage import (
    actions,
    conclusions,
    conversations,
    erasing,
    inbox,
    memberships,
    outbox,
    people,
    places,
    rounds,
)
from storage.engine import Database, Db
from storage.erasing import GOES, LAST, LETS_GO
from storage.tables import (
    WRITTEN,
    Action,
    Answer,
    Audit,
    Conclusion,
    Heard,
    Identity,
    Inbox,
    Membership,
    Outbox,
    Person,
    Place,
    Proposal,
    Revision,
    Role,
    Sending,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    EVERYWHERE,
    GAIN,
    HOUSES,
    NAME,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    change,
    five,
    kept,
    person_id,
    play,
    start,
    trial,
)

MARK = "Hemmelige ord"
WHOLE = "Siri Merkelig"
TABLES = SQLModel.metadata.tables


def pointers() -> dict[str, Any]:
    """Every column that points to a person, as table.column."""
    return {
        f"{table.name}.{column.name}": column
        for table in TABLES.values()
        for column in table.columns
        if any(each.column.table.name == "person" for each in column.foreign_keys)
    }


def pointing(stage: Stage, mine: int) -> dict[str, int]:
    """How many rows point to a person, by column; those that none does are left out."""
    with stage.database.read() as db:
        counts = {
            name: len(db.connection().execute(select_columns(each).where(each == mine)).all())
            for name, each in pointers().items()
        }
    return {name: count for name, count in counts.items() if count}


def standing(stage: Stage, *words: str) -> list[str]:
    """The columns of what people wrote, the built-in chat's too, in which any of the words is."""
    found = []
    with stage.database.read() as db:
        for table, columns in WRITTEN.items():
            for column in columns:
                rows = db.connection().execute(select_columns(TABLES[table].c[column])).scalars()
                text = json.dumps(list(rows), ensure_ascii=False, default=str)
                found += [f"{table}.{column}" for word in words if word in text]
    return found


def test_every_column_that_points_to_a_person_is_taken_care_of() -> None:
    assert set(pointers()) == {*GOES, *LETS_GO, *LAST}
    for name in LETS_GO:
        assert pointers()[name].nullable, name


async def lived(stage: Stage, platform: str) -> dict[str, Player]:
    """A collaboration in which Siri has left something in as many places as she can."""
    cast = five(stage, platform)
    kari, siri = cast["kari"], cast["siri"]
    change(stage, Person, Person.id == person_id(stage, siri), name=WHOLE)
    change(
        stage,
        Membership,
        Membership.person_id == person_id(stage, siri),
        roles=[Role.MEMBER, Role.COORDINATOR],
    )
    await siri.writes("bli med")
    await trial(siri)
    for name in ("kari", "ola", "amina"):
        await answers(cast[name], f"Det samme sier {name}.")
    await siri.writes("svar")
    await siri.writes(f"{MARK} om problemet.")
    await siri.writes("stopp")
    await kari.writes("åpne")
    await kari.writes("neste")
    await siri.presses("Helt enig", on=SAME)
    await kari.writes("neste")
    await answers(siri, f"{MARK} hjemme.", on=GAIN)
    await siri.writes("utdyp")
    await siri.writes(f"{MARK} i tillegg.")
    await siri.writes("stopp")
    await kari.writes("fullfør")
    await siri.sends("round:answer:q1", answer=f"{MARK} om problemet, endret.")
    return cast


def post(db: Db, place: Place, text: str, now: datetime) -> None:
    """Something to say in a place, by nobody."""
    outbox.post(
        db,
        key=f"post: {text}",
        place_id=place.id,
        root_id=None,
        dialog="",
        argument="",
        collaboration_id=None,
        body=encode(Message("nb", (Text(text),))),
        rank=50,
        now=now,
    )


def leave_more(stage: Stage, siri: Player) -> None:
    """What seldom stands long: a message on its way, one that is held, and what waits."""
    mine, now = person_id(stage, siri), stage.clock.now()
    with stage.database.write() as db:
        direct = places.direct_of(db, memberships.coordinators(db, 1)[0])
        assert direct.person_id != mine
        direct.next_post_at = stage.clock.wall() + timedelta(days=1)  # it is to wait
        post(db, direct, f"Fra {WHOLE}: {MARK}", now)
        asked = rounds.asked(db, 1)
        assert asked is not None
        conclusions.write(db, asked, 1, "Vi ble enige.", mine, now)
        conclusions.write(db, asked, 1, "Vi ble mer enige.", mine, now)
        actions.add(
            db,
            collaboration_id=1,
            text="Ringe rundt",
            who=WHOLE,
            by_when=None,
            round_id=1,
            asked_id=1,
            written_by=mine,
            now=now,
        )
        place = places.channels_of(db, 1)[0]
        inbox.claim(db, "web", "held", now)
        inbox.hold(db, "web", "held", place.id, mine, MARK.encode())
        conversations.wait_for(
            db,
            person_id=mine,
            place_id=place.id,
            collaboration_id=1,
            dialog="round",
            step="answer",
            data={"asked": 1, "words": MARK},
            expires_at=now + timedelta(hours=1),
        )


async def erased(stage: Stage, player: Player, what: str) -> None:
    """Erase oneself by words, and let the last sentence have its time."""
    await player.writes("slett meg")
    await player.writes(what)
    await player.writes("slett")


@EVERYWHERE
def test_nothing_of_a_person_is_left(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await lived(stage, platform)
        siri = cast["siri"]
        mine = person_id(stage, siri)
        identities = [each.user for each in kept(stage, Identity) if each.person_id == mine]
        await siri.writes("slett meg")
        await siri.writes("alt")
        counts = siri.private
        for sentence in (
            siri.say.tn("Your {n} answer is erased", "Your {n} answers are erased", 3),
            siri.t("You are no longer in {names}.", names=f"«{NAME}»"),
            siri.t("It cannot be undone."),
        ):
            assert sentence in counts
        leave_more(stage, siri)
        assert pointing(stage, mine)
        assert standing(stage, MARK, WHOLE)
        with stage.database.write() as db:  # the leave above took the place of what waited
            conversations.wait_for(
                db,
                person_id=mine,
                place_id=places.direct_of(db, mine).id,
                collaboration_id=None,
                dialog="me",
                step="confirm",
                data={"keep": False, "own": ["slett"]},
                expires_at=stage.clock.now() + timedelta(hours=1),
            )
        await siri.writes("slett")
        assert standing(stage, MARK, WHOLE) == []
        assert set(pointing(stage, mine)) <= {"place.person_id"}
        assert siri.t("You are erased.") in siri.private
        (action,) = kept(stage, Action)  # what they promised is their organisation's
        assert (action.person_id, action.organisation_id) == (None, 3)
        (stands,) = kept(stage, Conclusion)
        assert (stands.text, stands.written_by) == ("Vi ble mer enige.", None)
        if platform != "poor" and not platform.startswith("slack"):
            assert MARK not in siri.screen()  # where the chat is our own
            assert MARK not in cast["kari"].screen()
            assert WHOLE not in cast["kari"].screen()
        await stage.pass_time(LAST_SENTENCE + timedelta(minutes=1))
        assert pointing(stage, mine) == {}
        assert mine not in [each.id for each in kept(stage, Person)]
        assert identities[0] not in [each.channel for each in kept(stage, Place)]
        assert kept(stage, Revision) == []
        done = kept(stage, Audit)
        assert {"answer.given", "person.erased"} <= {each.what for each in done}
        assert mine not in [each.person_id for each in done]
        await siri.writes("hei")
        assert person_id(stage, siri) not in (mine, None)
        assert NAME not in siri.private

    play(database, story)


@EVERYWHERE
def test_only_the_name_goes(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = await lived(stage, platform)
        kari, siri = cast["kari"], cast["siri"]
        mine = person_id(stage, siri)
        leave_more(stage, siri)
        await siri.writes("meg")
        await siri.presses("Erase me")
        await siri.presses("Me, but let my answers stay without my name")
        stays = siri.say.tn(
            "Your {n} answer stays, as from «{who}».",
            "Your {n} answers stay, as from «{who}».",
            3,
            who=siri.t("a participant from {organisation}", organisation="…"),
        )
        assert stays in siri.private
        await siri.presses("Yes, erase me")
        assert siri.t("You are erased.") in siri.private
        assert standing(stage, WHOLE) == []
        assert set(pointing(stage, mine)) <= {"place.person_id"}
        given = [each for each in kept(stage, Answer) if MARK in json.dumps(each.value)]
        assert len(given) == 2
        assert len(kept(stage, Revision)) == 1
        nobody = {each.person_id for each in given}
        assert len(nobody) == 1
        assert mine not in nobody
        if platform != "poor":
            text = kari.post_with(f"{MARK} om problemet, endret.").text
            assert kari.t("a participant from {organisation}", organisation=HOUSES[2]) in text
            assert WHOLE not in kari.screen()
        await stage.pass_time(LAST_SENTENCE + timedelta(minutes=1))
        assert pointing(stage, mine) == {}
        nameless = [each for each in kept(stage, Person) if not each.name]
        assert [each.id for each in nameless] == list(nobody)
        await siri.writes("hei")
        await siri.writes("mine data")
        assert MARK not in siri.private

    play(database, story)


@EACH_CHANNEL
def test_nothing_happens_by_accident(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        ola = cast["ola"]
        mine = person_id(stage, ola)
        await ola.writes("slett")  # nothing waits: an unknown word
        await ola.writes("slett meg nå, tenkte hun")
        await ola.writes("slett meg")
        await ola.writes("ja")
        not_yet = "Nothing is erased. Write «everything» or «my name», or «stop» to let it be."
        assert ola.t(not_yet) in ola.private
        await ola.writes("alt")
        await ola.writes("ja, gjør det")
        not_yet = "Nothing is erased. Write «erase» to do it, or «stop» to let it be."
        assert ola.t(not_yet) in ola.private
        await ola.writes("stopp")
        await ola.writes("slett")
        await ola.presses("Yes, erase me", on=ola.t("This will happen"))
        assert mine not in [each.person_id for each in kept(stage, Identity)]

    async def late(stage: Stage) -> None:
        ola = five(stage, platform)["ola"]
        mine = person_id(stage, ola)
        await ola.writes("slett meg")
        await ola.writes("alt")
        await stage.pass_time(timedelta(hours=2))
        await ola.writes("slett")
        await ola.presses("Yes, erase me", on=ola.t("This will happen"))
        said = ola.t("This was asked a while ago, and nothing is erased. Ask once more.")
        assert said in ola.private
        assert mine in [each.person_id for each in kept(stage, Identity)]

    play(database, story)
    if platform == "terminal":
        play_again(database, late)


def play_again(database: Database, story: Any) -> None:
    """On the same database, emptied."""
    with database.write() as db:
        for table in reversed(SQLModel.metadata.sorted_tables):
            if table.name == "outbox":
                db.execute(table.update().values(root_id=None, target_id=None))
            db.execute(table.delete())
    play(database, story)


@ON_SQLITE
@pytest.mark.parametrize("what", ["alt", "navnet"])
def test_what_was_written_openly_in_a_thread(database: Database, what: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri, amina = cast["kari"], cast["siri"], cast["amina"]
        await start(kari, "proverunde", "tråd")
        await siri.says(f"{MARK} i tråden.", under=PROBLEM)
        await amina.says("Noe annet.", under=PROBLEM)
        assert MARK in amina.screen()  # carried over to the other channel
        await erased(stage, siri, what)
        others = {each.person_id for each in kept(stage, Heard)}
        assert others == {person_id(stage, amina)}
        nobody = amina.t("a participant from {organisation}", organisation=HOUSES[2])
        for player in (kari, amina):
            assert (MARK in player.screen()) is (what == "navnet")
            assert (f"{nobody}: «" in player.screen()) is (what == "navnet")
            assert "Siri" not in player.screen()

    play(database, story)


@ON_SQLITE
def test_what_was_given_for_an_organisation_stays(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        await trial(kari)
        await answers(siri, "Vi i virksomheten mener dette.")
        change(stage, Answer, Answer.id == 1, respondent="o3")  # as one per organisation has it
        await siri.writes("slett meg")
        await siri.writes("alt")
        stays = siri.say.tn(
            "{n} answer that you gave for your organisation stays, under its name.",
            "{n} answers that you gave for your organisation stay, under its name.",
            1,
        )
        assert stays in siri.private
        await siri.writes("slett")
        (answer,) = kept(stage, Answer)
        assert (answer.respondent, answer.organisation_id, answer.person_id) == ("o3", 3, None)

    play(database, story)


@ON_SQLITE
@pytest.mark.parametrize("what", ["alt", "navnet"])
def test_a_proposal_that_nobody_gave_yet(database: Database, what: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await kari.writes("runde 1 én per virksomhet")
        await answers(ola, f"{MARK} som forslag.")
        await kari.presses("I agree", on=MARK)
        await erased(stage, ola, what)
        left = kept(stage, Proposal)
        assert [each.person_id for each in left] == ([None] if what == "navnet" else [])
        assert pointing(stage, person_id(stage, kari)).get("agreed.person_id", 0) == len(left)
        one = kari.t("One answer from {organisation}", organisation=HOUSES[0])
        shown = next(each.text for each in kari.sees() if one in each.text)
        assert "Ola" not in shown
        assert (MARK in shown) is (what == "navnet")
        if what == "navnet":
            await kari.presses("I agree", on=MARK)  # others go on with it
            assert MARK in kari.screen()

    play(database, story)


@ON_SQLITE
@pytest.mark.parametrize("closed", [False, True])
def test_anonymous_answers_are_reached_until_the_round_closes(
    database: Database, closed: bool
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        await kari.writes("runde 1 anonymt")
        for name, player in cast.items():
            await answers(player, f"{MARK if name == 'siri' else 'Noe annet'} i en anonym runde.")
        if closed:
            await kari.writes("fullfør")
        await siri.writes("slett meg")
        await siri.writes("alt")
        goes_too = siri.t("What you answered in anonymous rounds that go on is erased too.")
        assert (goes_too in siri.private) is not closed
        not_reached = siri.t(
            "Anonymous rounds that are closed cannot be reached: nobody can tell what was yours."
        )
        assert not_reached in siri.private
        await siri.writes("slett")
        assert len(kept(stage, Answer)) == (5 if closed else 4)
        assert ("answer.value" in standing(stage, MARK)) is closed

    play(database, story)


@ON_SQLITE
def test_who_writes_again_at_once_is_new_and_reached(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        before = person_id(stage, ola)
        await erased(stage, ola, "alt")
        await ola.presses("Don't know", on=PROBLEM)  # in the channel, before the hour is over
        await ola.presses(HOUSES[0])
        after = person_id(stage, ola)
        assert after != before
        assert [each.person_id for each in kept(stage, Place) if each.channel == "ola"] == [after]
        await stage.pass_time(LAST_SENTENCE + timedelta(minutes=1))
        await kari.writes("folk ola: koordinator")
        told = ola.t(
            "You coordinate «{name}» now, with others: you start rounds and invite. "
            "Write «help» to see how.",
            name=NAME,
        )
        assert told in ola.screen()
        assert [each.person_id for each in kept(stage, Place) if each.channel == "ola"] == [after]

    play(database, story)


@ON_SQLITE
def test_a_message_that_names_somebody_else_is_still_sent(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        siri = cast["siri"]
        mine = person_id(stage, siri)
        with stage.database.write() as db:
            place = places.direct_of(db, person_id(stage, cast["kari"]))
            for text in ("Sirius og Siripus", "Hei, Siri!"):
                post(db, place, text, stage.clock.now())
            person = people.person(db, mine)
            erasing.forget(db, person, [], [1])
            rows = {each.key: each for each in db.exec(select(Outbox))}
        assert rows["post: Sirius og Siripus"].state == Sending.WAITING
        assert rows["post: Hei, Siri!"].state == Sending.GONE
        assert rows["post: Hei, Siri!"].body is None

    play(database, story)


BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
PRESSED = {"skip": "round:skip:q1", "come back": "round:dont_know:q2"}
STEERING = {"next": "neste", "open": "åpne", "finish": "fullfør"}
WRITTEN_BY_SIRI = {
    "svar": ["svar"],
    "typed": [f"{MARK} skrevet."],
    "withdraw": ["trekk tilbake 1"],
    "leave named": ["forlat", "med navn"],
    "leave nameless": ["forlat", "uten navn"],
}
STEPS = st.lists(st.sampled_from(["form", *PRESSED, *STEERING, *WRITTEN_BY_SIRI]), max_size=8)


async def act(cast: dict[str, Player], step: str) -> None:
    """One of `STEPS`, typed or pressed."""
    kari, siri = cast["kari"], cast["siri"]
    if step == "form":
        await siri.sends("round:answer:q1", answer=f"{MARK} i skjema.")
    elif step in PRESSED:
        await siri.presses_raw(PRESSED[step])
    elif step in STEERING:
        await kari.writes(STEERING[step])
    else:
        for words in WRITTEN_BY_SIRI[step]:
            await siri.writes(words)


@BOTH
def test_whatever_was_done_before_nothing_is_left(database: Database) -> None:
    async def sequence(stage: Stage, steps: list[str], what: str) -> None:
        cast = five(stage)
        siri = cast["siri"]
        change(stage, Person, Person.id == person_id(stage, siri), name=WHOLE)
        await trial(cast["kari"])
        for step in steps:
            await act(cast, step)
        mine = person_id(stage, siri)
        await siri.writes("stopp")
        await erased(stage, siri, what)
        await stage.pass_time(LAST_SENTENCE + timedelta(minutes=1))
        assert pointing(stage, mine) == {}
        # The coordinator has got a message about who left, and keeps it.
        told = {"chat_message.body"} if "leave named" in steps else set()
        assert set(standing(stage, WHOLE)) <= told
        # What was let stay without a name before cannot be reached by its author either.
        if what == "alt" and "leave nameless" not in steps:
            assert standing(stage, MARK) == []

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS, st.sampled_from(("alt", "navnet")))
    def sequences(steps: list[str], what: str) -> None:
        play_again(database, lambda stage: sequence(stage, steps, what))

    sequences()


@BOTH
def test_held_words_of_others_are_still_held(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        now = stage.clock.now()
        with stage.database.write() as db:
            place = places.channels_of(db, 1)[0]
            for name in ("siri", "ola"):
                who = person_id(stage, cast[name])
                inbox.claim(db, "web", name, now)
                inbox.hold(db, "web", name, place.id, who, b"sealed")
            erasing.forget(db, people.person(db, person_id(stage, cast["siri"])), [], [1])
        left = {each.event: each.held for each in kept(stage, Inbox) if each.event in cast}
        assert left == {"siri": None, "ola": b"sealed"}

    play(database, story)
