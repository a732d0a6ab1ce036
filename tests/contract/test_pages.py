"""Opened answers: pages of whole answers, few of them, cut where one is too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from dialogs.messages import plain
from dialogs.rounds.opening import (
    PAGE_ANSWERS,
    PAGE_CHARACTERS,
    _pages,
)
from dialogs.rounds.shown import SHOWN_CHARACTERS
from storage import collaborations, memberships, people, places
from storage.engine import Database
from storage.tables import Answer, AnswerStatus, Asked, Outbox, Place, Role, Round, Way
from tests.contract.stage import Stage
from tests.contract.stories import (
    ON_SQLITE,
    PROBLEM,
    answers,
    asked_with,
    five,
    kept,
    play,
    start,
    trial,
)
from tests.contract.surface import Seen

BOTH = pytest.mark.parametrize(
    "database_url",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
    indirect=True,
)
ORDINARY = "Etterlatte må melde det samme til mange etater, og ingen av dem eier helheten. {n}."


def given_by_a_crowd(stage: Stage, texts: list[str]) -> None:
    """So many answers of people of three houses, as if they had come one by one."""
    asked, now = asked_with(stage, PROBLEM), stage.clock.now()
    with stage.database.write() as db:
        houses = [each.id for each in collaborations.organisations(db, 1)]
        for n, text in enumerate(texts):
            met = people.meet(db, "web", "a", f"person{n}", f"Person {n}", now)
            memberships.join(db, met.id, 1, houses[n % 3], [Role.MEMBER], now)
            db.execute(
                insert(Answer).values(
                    asked_id=asked.id,
                    respondent=f"p{met.id}",
                    person_id=met.id,
                    organisation_id=houses[n % 3],
                    status=AnswerStatus.GIVEN,
                    value={"text": text},
                    followup=None,
                    asked_more=False,
                    late=False,
                    changes=0,
                    at=now,
                )
            )


def pages(stage: Stage, seen: list[Seen], title: str) -> list[Seen]:
    return [each for each in seen if each.author is None and each.text.startswith(title)]


@BOTH
def test_two_hundred_answers_take_few_messages(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        given_by_a_crowd(stage, [ORDINARY.format(n=n) for n in range(200)])
        await kari.presses("Open the answers", on=PROBLEM)
        for somebody in (kari, amina):
            found = pages(stage, somebody.sees(), somebody.t("The answers"))
            assert len(found) <= 20
            assert len(found) == -(-200 // PAGE_ANSWERS)
            assert all(each.thread == somebody.post_with(PROBLEM).id for each in found)
            everything = "\n".join(each.text for each in found)
            assert all(f"helheten. {n}.»" in everything for n in range(200))
            assert all(len(each.text) <= PAGE_CHARACTERS + 200 for each in found)
            numbered = somebody.t(
                "{title}, page {n} of {total}",
                title=somebody.t("The answers"),
                n=2,
                total=len(found),
            )
            assert numbered in everything
        # one more: a page is edited, nothing is posted
        before = len(kari.sees())
        await answers(cast["per"], "En som kommer til slutt, men likevel.")
        assert "En som kommer til slutt" in kari.screen()
        assert len(kari.sees()) == before

    play(database, story)


@ON_SQLITE
def test_a_long_answer_is_cut_and_shown_whole_on_request(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        long = "ord " * 4_998 + "slutt"
        await answers(kari, long)
        await kari.presses("Open the answers", on=PROBLEM)
        page = ola.post_with(ola.t("The answers"))
        assert len(page.text) < SHOWN_CHARACTERS + 300
        assert "slutt" not in page.text
        await ola.presses("Show all", on=ola.t("The answers"))
        assert ola.private.endswith("slutt")
        # taken back meanwhile: the button shows nothing of it
        await kari.writes("trekk tilbake")
        await kari.presses("Take back")
        await ola.presses_raw("round:full:n1")
        assert ola.t("The answer was taken back.") in ola.private
        assert ola.t("No answers to show.") in ola.screen()

    play(database, story)


@ON_SQLITE
def test_pages_that_empty_go_away(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        await trial(kari)
        given_by_a_crowd(stage, [ORDINARY.format(n=n) for n in range(PAGE_ANSWERS)])
        await answers(siri, "Den sekstende.")
        await kari.presses("Open the answers", on=PROBLEM)
        assert len(pages(stage, kari.sees(), kari.t("The answers"))) == 2
        await siri.writes("trekk tilbake")
        await siri.presses("Take back")
        found = pages(stage, kari.sees(), kari.t("The answers"))
        assert len(found) == 1
        assert "Den sekstende" not in kari.screen()

    play(database, story)


@ON_SQLITE
def test_additions_take_room_too(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        for each in cast.values():
            await answers(each, "Skjemaer")
            await each.presses("Add this")
            await each.fills(more="mer " * 1_000)
        found = pages(stage, kari.sees(), kari.t("The answers"))
        assert len(found) > 1 or len(found[0].text) <= PAGE_CHARACTERS + 400
        assert all(len(each.text) <= PAGE_CHARACTERS + 400 for each in found)

    play(database, story)


SIZE = st.integers(0, 20_000)
HERE = st.sampled_from([None, 1, 2])


@given(st.lists(st.tuples(SIZE, st.integers(0, 20_000), HERE), max_size=200))
def test_whole_answers_once_each_in_order_within_the_limits(
    rows: list[tuple[int, int, int | None]],
) -> None:
    sizes = [(n, *row) for n, row in enumerate(rows)]
    place = Place(id=1, platform="web", tenant="a", channel="x")
    for way in Way:
        found = _pages(sizes, Asked(type="text"), Round(way=way), place)  # type: ignore[call-arg]
        shown = [n for n, _, _, at in sizes if not (way == Way.THREAD and at == 1)]
        assert [n for page in found for n in page] == shown
        for page in found:
            assert 0 < len(page) <= PAGE_ANSWERS
            length = sum(
                min(size, SHOWN_CHARACTERS) + min(more, SHOWN_CHARACTERS)
                for n, size, more, _ in sizes
                if n in page
            )
            assert length <= PAGE_CHARACTERS or len(page) == 1


@ON_SQLITE
def test_a_page_in_one_place_leaves_out_what_was_written_there(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await start(kari, "felles-mal-1", "tråd")
        question = "finne ut hva problemet egentlig er"
        await kari.says("Vi spør.", under=question)
        await amina.says("Vi måler.", under=question)
        with stage.database.read() as db:
            rows = [each for each in kept(stage, Outbox) if each.live == "opened"]
            texts = {}
            for row in rows:
                place = places.place(db, row.place_id)
                message = stage.core.seer.render(db, row, place)
                texts[place.tenant] = plain(message) if message else ""
        assert "Vi måler." in texts["a"]
        assert "Vi spør." not in texts["a"]
        assert "Vi spør." in texts["b"]

    play(database, story)
