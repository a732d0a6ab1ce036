"""Two persons who turn out to be one human: what is theirs anywhere is theirs everywhere."""

from __future__ import annotations

from random import Random

import pytest

from dialogs.language import Translator
from dialogs.me.linking import link
from dialogs.turn import Turn
from storage import collaborations, linking, memberships, nudges, people
from storage.engine import Database
from storage.tables import (
    Agreed,
    Answer,
    Left,
    Membership,
    Nudge,
    Proposal,
    Responded,
    Revision,
    Role,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    GAIN,
    HOUSES,
    ON_SQLITE,
    PACKS,
    PROBLEM,
    SAME,
    asked_with,
    change_person,
    five,
    kept,
    person_id,
    play,
)
from tests.contract.test_erasing import leave_more, lived, pointing

BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
FIRST, THEN = "Etterlatte må melde fra mange steder.", "Ingen eier helheten i dette."


def twice(stage: Stage, player: Player, house: str | None, user: str = "igjen") -> Player:
    """The same human on another platform, not known as the same yet."""
    other = "terminal" if player.surface.platform == "web" else "web"
    again = stage.player(other, f"c-{other}", user)
    with stage.database.write() as db:
        houses = {each.name: each.id for each in collaborations.organisations(db, 1)}
        mine = person_id(stage, again)
        chosen = houses[house] if house else None
        memberships.join(db, mine, 1, chosen, [Role.MEMBER], stage.clock.now())
    return again


def linked(stage: Stage, stays: Player, goes: Player) -> tuple[int, int]:
    """Link them, as the operator does; their ids before."""
    ids = person_id(stage, stays), person_id(stage, goes)
    now, say = stage.clock.now(), Translator("en")
    with stage.database.write() as db:
        turn = Turn(db, now, PACKS, None, None, say, at=now, event_key="cli:1", random=Random(1))
        link(turn, people.person(db, ids[0]), people.person(db, ids[1]))
    return ids


@BOTH
def test_of_two_answers_the_earlier_stands_with_the_other_as_a_comment(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        again = twice(stage, siri, HOUSES[2])
        await kari.writes("runde 1")
        form = f"round:answer:q{asked_with(stage, PROBLEM).id}"
        await again.sends(form, answer=FIRST)
        await siri.sends(form, answer=THEN)
        await kari.writes("neste")
        scale = asked_with(stage, SAME)
        await siri.presses_raw(f"round:skip:q{scale.id}")
        await again.presses_raw(f"round:choose:q{scale.id}", "4")
        await kari.presses_raw(f"round:open:q{asked_with(stage, PROBLEM).id}")
        assert kari.post_with(FIRST).text.count("Igjen (") == 1
        stays, goes = linked(stage, siri, again)
        await stage.settle()
        given = kept(stage, Answer)
        assert {each.respondent for each in given} == {f"p{stays}"}
        assert [(each.value, each.followup) for each in given] == [
            ({"text": FIRST}, THEN),
            ({"scale": 4}, None),
        ]
        page = kari.post_with(FIRST).text
        assert THEN in page
        assert kari.t("{who}, in addition", who=f"Siri ({HOUSES[2]})") in page
        assert "Igjen" not in page
        # both ways lead to the same person, who changes what is theirs from either; both are told
        assert person_id(stage, again) == person_id(stage, siri) == stays != goes
        told = "I know now that it is you here and elsewhere: what is yours there is yours here."
        assert siri.t(told) in siri.screen()
        assert again.t(told) in again.screen()
        await again.sends(form, answer="Noe nytt fra oss.")
        assert kept(stage, Answer)[0].value == {"text": "Noe nytt fra oss."}
        assert len(kept(stage, Membership)) == 5

    play(database, story)


@ON_SQLITE
def test_house_answers_stay_at_home_and_two_houses_are_not_made_one(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        again = twice(stage, ola, None)  # has not picked an organisation yet
        await kari.writes("runde 1")
        await kari.writes("neste")
        await kari.writes("neste")
        gain = asked_with(stage, GAIN)
        assert gain.where == "house"
        await again.sends(f"round:answer:q{gain.id}", answer=FIRST)
        await ola.sends(f"round:answer:q{gain.id}", answer=THEN)
        with stage.database.read() as db:
            pair = person_id(stage, ola), person_id(stage, amina)
            assert [each.id for each in linking.in_two_houses(db, *pair)] == [1]
            assert not linking.in_two_houses(db, pair[0], person_id(stage, again))
        linked(stage, ola, again)
        await stage.settle()
        (given,) = kept(stage, Answer)
        assert (given.organisation_id, given.followup) == (1, THEN)
        await kari.presses_raw(f"round:open:q{gain.id}")
        await kari.presses_raw(f"round:ours:q{gain.id}")
        assert FIRST in kari.private
        assert THEN in kari.private
        await amina.presses_raw(f"round:ours:q{gain.id}")
        assert FIRST not in amina.screen()

    play(database, story)


@ON_SQLITE
def test_two_anonymous_answers_stay_two_and_one_can_be_changed_from_either(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        again = twice(stage, siri, HOUSES[2])
        await kari.writes("runde 1 anonymt")
        problem = f"round:answer:q{asked_with(stage, PROBLEM).id}"
        await siri.sends(problem, answer=FIRST)
        await again.sends(problem, answer=THEN)
        await kari.writes("neste")
        scale = asked_with(stage, SAME)
        await again.presses_raw(f"round:choose:q{scale.id}", "4")
        before = {each.respondent for each in kept(stage, Answer) if each.asked_id != scale.id}
        linked(stage, siri, again)
        after = {each.respondent for each in kept(stage, Answer) if each.asked_id != scale.id}
        assert after == before
        assert len(kept(stage, Responded)) == 2
        await siri.presses_raw(f"round:choose:q{scale.id}", "5")
        values = [each.value for each in kept(stage, Answer) if each.asked_id == scale.id]
        assert values == [{"scale": 5}]
        assert {each.person_id for each in kept(stage, Answer)} == {None}

    play(database, story)


@ON_SQLITE
def test_nothing_points_to_the_one_who_is_the_other_now(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = await lived(stage, "web")
        siri = cast["siri"]
        leave_more(stage, siri)
        change_person(stage, siri, monday=True)
        again = twice(stage, siri, HOUSES[2])
        had = pointing(stage, person_id(stage, siri))
        stays, goes = linked(stage, again, siri)
        assert pointing(stage, goes) == {}
        has = pointing(stage, stays)
        assert set(had) - {"conversation.person_id"} <= set(has)
        roles = next(each.roles for each in kept(stage, Membership) if each.person_id == stays)
        assert roles == [Role.MEMBER, Role.COORDINATOR]
        # what stood before a change after the end still did
        assert len(kept(stage, Revision)) == 1

    play(database, story)


@ON_SQLITE
def test_what_each_has_once_is_not_had_twice(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, per = cast["kari"], cast["ola"], cast["per"]
        again = twice(stage, ola, HOUSES[0])
        await kari.writes("runde 1 én per virksomhet")
        question = asked_with(stage, PROBLEM)
        await kari.sends(f"round:answer:q{question.id}", answer=FIRST)
        for each in (ola, again):
            await each.presses_raw(f"round:agree:q{question.id}")
        with stage.database.write() as db:  # one reminder goes to both
            nudges.note(db, [person_id(stage, each) for each in (ola, again)], stage.clock.now())
        third = twice(stage, per, HOUSES[1], "tredje")
        for each in (per, third):
            await each.writes("forlat")
            await each.writes("med navn")
        stays, _ = linked(stage, ola, again)
        assert [each.person_id for each in kept(stage, Agreed)] == [stays]
        assert [each.person_id for each in kept(stage, Nudge)] == [stays]
        assert len(kept(stage, Proposal)) == 1
        linked(stage, third, per)
        assert [each.person_id for each in kept(stage, Left)] == [person_id(stage, per)]

    play(database, story)
