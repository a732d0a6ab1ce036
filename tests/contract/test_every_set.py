"""Every part that can be asked in chat, played from its start to its summary: on each kind of
channel, in each language, answered in every way, with conditions met and not met.

Each part is played on SQLite; on PostgreSQL every twelfth, and every third in `make soak`.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dialogs.packs.library import PartInSet
from dialogs.packs.models import Question
from dialogs.questions.content import content
from dialogs.questions.kinds import kind_of
from dialogs.rounds.offering import offered
from storage.engine import Database
from storage.tables import Answer, AnswerStatus, Asked, AskedState, Round, RoundState
from tests.contract.sets import (
    WORDS,
    Troupe,
    can_be_pressed,
    for_form,
    for_typing,
    remember,
    troupe,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import ON_SQLITE, PACKS, kept, person_id, play

PARTS = offered(SimpleNamespace(packs=PACKS))  # type: ignore[arg-type]
STAGES = pytest.mark.parametrize(
    ("database_url", "turn", "every"),
    [
        ("sqlite", 0, 1),
        ("sqlite", 1, 1),
        ("sqlite", 2, 1),
        pytest.param("postgresql", 2, 4, marks=pytest.mark.postgres),
        pytest.param("postgresql", 2, 1, marks=[pytest.mark.postgres, pytest.mark.soak]),
    ],
    indirect=["database_url"],
)


@STAGES
def test_every_part_from_start_to_summary(database: Database, turn: int, every: int) -> None:
    async def story(stage: Stage) -> None:
        cast = troupe(stage, turn)
        for n, part in list(enumerate(PARTS))[turn :: 3 * every]:
            await part_played(cast, n, part)
        cast.reads_all()
        assert not cast.faults, "\n====\n".join(cast.faults)

    play(database, story)


@ON_SQLITE
def test_what_no_answer_opens_is_not_asked_and_keeps_its_number(database: Database) -> None:
    """Those who answer no, have all that is asked for, or skip, are not asked what follows."""

    async def story(stage: Stage) -> None:
        cast = troupe(stage, 0)
        lead = cast.players[0]
        for n, part in enumerate(PARTS):
            own = {each.id for each in part.questions}
            follows = [each for each in part.questions if asks_about(each) & own]
            if not follows or part.audience != "team":
                continue
            await lead.writes(f"runde {n + 1}")
            found = kept(stage, Round)[-1]
            assert found.part_id == part.id
            ids = {each.question_id: each.id for each in questions_of(cast, found)}
            for question in part.questions:
                gates = any(question.id in asks_about(each) for each in follows)
                if gates and question.type != "parties":  # a list is left out
                    await lead.sends(f"round:answer:q{ids[question.id]}", answer=no_to(question))
                await lead.writes("neste")
            for asked in questions_of(cast, found):
                waits = asked.question_id in {each.id for each in follows}
                assert (asked.state == AskedState.WAITING) == waits
                for player in cast.players:
                    posts = [each.text for each in player.sees() if each.thread is None]
                    text = player.say.pick(asked.content["text"])
                    number = number_of(cast, player, asked)
                    assert any(number in each and text in each for each in posts) != waits
            await lead.writes("fullfør")
        assert not cast.faults, "\n====\n".join(cast.faults)

    play(database, story)


def asks_about(question: Question) -> set[str]:
    """The questions that must be answered before this one is asked."""
    return {each.question for each in question.condition.any} if question.condition else set()


def no_to(question: Question) -> str | tuple[str, ...]:
    """The answer that opens nothing."""
    if question.type == "multi":
        return tuple(str(each.id) for each in question.options or () if each.id != "none")
    return "no"


@ON_SQLITE
def test_parts_for_leaders_ministries_and_ks_are_not_asked_in_chat(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = troupe(stage, 0)
        lead = cast.players[0]
        others = [each for each in PACKS.parts() if each not in PARTS]
        assert {each.audience for each in others} == {"leader", "ministry", "ks"}
        await lead.writes("runde")
        assert lead.form is not None
        for part in others:
            await lead.fills(part=part.id, pace="live", way="together", whose="named")
            assert "part" in lead.errors
        await lead.writes(f"runde {len(PARTS) + 1}")
        refused = lead.t(
            "There is no part with that number. Write a number from 1 to {n}.", n=len(PARTS)
        )
        assert refused in lead.private
        assert not kept(stage, Round)

    play(database, story)


async def part_played(cast: Troupe, n: int, part: PartInSet) -> None:
    """One part, from its starting post to its summary."""
    lead = cast.players[0]
    if all(asks_about(each) for each in part.questions):
        remember(cast, *{each for one in part.questions for each in asks_about(one)})
    await lead.writes(f"runde {n + 1}")
    cast.reads_reply(lead)
    found = kept(cast.stage, Round)[-1]
    assert found.part_id == part.id, lead.private
    openly = part.audience == "team"
    for asked in questions_of(cast, found):
        if openly:
            await question_played(cast, asked)
            await lead.writes("neste")
        else:
            await walked_through(cast, asked)
    await lead.writes("fullfør")
    assert kept(cast.stage, Round)[-1].state == RoundState.CLOSED
    for player in cast.players:
        said = player.t("What the answers show: {name}", name=player.say.pick(found.name))
        summary = next(each.text for each in reversed(player.sees()) if said in each.text)
        texts = [player.say.pick(each.content["text"]) for each in questions_of(cast, found)]
        cast.needs(player, summary, *texts)


def questions_of(cast: Troupe, found: Round) -> list[Asked]:
    """A round's questions in order."""
    return [each for each in kept(cast.stage, Asked) if each.round_id == found.id]


def number_of(cast: Troupe, player: Player, asked: Asked) -> str:
    """ "Question 2 of 4"."""
    total = sum(each.round_id == asked.round_id for each in kept(cast.stage, Asked))
    return player.t("Question {n} of {total}", n=asked.position, total=total)


async def question_played(cast: Troupe, asked: Asked) -> None:
    """One question in the channels: read, asked about, answered by all, and opened."""
    for player in cast.players:
        post = player.post_with(player.say.pick(asked.content["text"]))
        cast.reads_one(player, post)
        number = number_of(cast, player, asked)
        cast.needs(player, post.text, number, player.t("Anyone may ask for access (innsyn)."))
        labels = [label for _, _, label in post.actions]
        wanted = ("Answer or change", "Don't know", "Skip", "Why do we ask?")
        cast.needs(player, "\n".join(labels), *(player.t(each) for each in wanted))
    if asked.position % 3 == 0:
        await explained(cast, asked)
    for which, player in enumerate(cast.players):
        await answered(cast, asked, player, which)
    if asked_now(cast, asked).state != AskedState.OPENED:
        await cast.players[0].writes("åpne")
    assert asked_now(cast, asked).state == AskedState.OPENED


def asked_now(cast: Troupe, asked: Asked) -> Asked:
    """The question as it stands now."""
    return next(each for each in kept(cast.stage, Asked) if each.id == asked.id)


async def walked_through(cast: Troupe, asked: Asked) -> None:
    """One question in the coordinators' direct messages, for those whom it is for."""
    for which, player in enumerate(cast.players):
        if status_of(cast, asked, player) != AnswerStatus.NOT_FOR_ME:
            await brought(cast, asked, player)
            await answered(cast, asked, player, which)


def status_of(cast: Troupe, asked: Asked, player: Player) -> str | None:
    """What somebody has said to it."""
    mine = person_id(cast.stage, player)
    rows = [each for each in kept(cast.stage, Answer) if each.asked_id == asked.id]
    return next((each.status for each in rows if each.person_id == mine), None)


async def brought(cast: Troupe, asked: Asked, player: Player) -> None:
    """The question as it comes in a direct message."""
    await player.writes("svar")
    cast.reads_reply(player)
    how = kind_of(asked).how_to_type(player.say)
    number = number_of(cast, player, asked)
    text = player.say.pick(asked.content["text"])
    visible = player.t("Anyone may ask for access (innsyn).")
    cast.needs(player, player.private, text, number, how, visible)


async def explained(cast: Troupe, asked: Asked) -> None:
    """Why it is asked, or an example, for one of them in turn."""
    player = cast.players[asked.id % 3]
    words = content(asked)
    example = bool(words.hints) and asked.position % 2 == 1
    label = "Show an example" if example else "Why do we ask?"
    await player.presses(label, on=player.say.pick(words.text))
    cast.reads_reply(player)
    if not example:
        cast.needs(player, player.private, player.say.pick(words.why or {"nb": "?"}))


async def answered(cast: Troupe, asked: Asked, player: Player, which: int) -> None:
    """Each in another way, which changes from question to question."""
    way = (asked.position + which) % 4
    words, typed = content(asked), False
    text = player.say.pick(words.text)
    if way == 0 and can_be_pressed(asked, player):
        option = words.options[which % len(words.options)]
        await player.presses(player.say.pick(option.label), on=text)
    elif way == 1:
        await brought(cast, asked, player)
        await player.writes(for_typing(asked, which, player))
        typed = True
    elif way == 2:
        await player.presses("Skip" if asked.position % 2 else "Don't know", on=text)
    else:
        await opens(player, "Answer or change", text)
        cast.reads_reply(player)
        await player.fills(**for_form(asked, which))
    cast.reads_reply(player)
    assert status_of(cast, asked, player), player.screen()[-2000:]
    if player.t("Add this") in [label for _, _, label in offered_to(player)]:
        cast.needs(player, player.private, player.say.pick(words.followup or {"nb": "?"}))
        if which == asked.position % 3:
            await opens(player, "Add this", None)
            cast.reads_reply(player)
            await player.fills(more=f"{WORDS} {WORDS}")
            cast.reads_reply(player)
    if typed and kind_of(asked).in_thread:
        await player.writes("stopp")  # or what comes next would be added to the answer


async def opens(player: Player, label: str, on: str | None) -> None:
    """Open a form; nothing is to be delivered after that."""
    seen, button, value = player.find(player.t(label), on)
    answer = await player.surface.press(player, seen, button, value)()
    player.form, player.reply = answer["form"], None


def offered_to(player: Player) -> tuple[tuple[str, str | None, str], ...]:
    """What can be pressed on the latest private words."""
    if player.reply is not None:
        return player.reply.actions
    room = player.surface.direct_room(player)
    own = [each for each in player.sees() if each.room == room and each.author is None]
    return own[-1].actions if own else ()
