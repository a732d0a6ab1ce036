"""What is too many, too few, too long or written the other way: it stays readable, and is kept."""

from __future__ import annotations

import re
from typing import Any

from dialogs.language import MOST_LISTED
from storage import collaborations, memberships, people
from storage.engine import Database
from storage.tables import Answer, Asked, AskedState, Left, Membership, Role, Round, RoundState
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    HOUSES,
    NAME,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answer_of,
    answers,
    asked_with,
    change_member,
    five,
    kept,
    person_id,
    play,
    start,
    trial,
)

CODE = r"\b[A-Z2-9]{10}\b"
MANY = 300
NAMES = [f"Kommune {n:03}" for n in range(MANY)]
ARABIC = "لا أحد يملك الصورة كاملة"
MIXED = f"Ingen eier helheten: {ARABIC} (עברית), 日本語 og 🙂."


def with_many(stage: Stage) -> None:
    """Three hundred organisations more."""
    with stage.database.write() as db:
        for each in NAMES:
            collaborations.add_organisation(db, 1, each)


@EACH_CHANNEL
def test_three_hundred_organisations(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        with_many(stage)
        for each in (ola, siri):
            change_member(stage, each, organisation_id=None)
        await trial(kari)
        more = kari.t("and {n} more", n=MANY + len(HOUSES) - MOST_LISTED)
        begun = kari.post_with(more)
        assert len(begun.text) < 2_000
        # choosing is by name, not among three hundred buttons
        await answers(ola, "Ingen eier helheten i dette.")
        assert len(ola.reply.actions if ola.reply else ola.sees()[-1].actions) < 10
        await ola.presses("Write its name")
        await ola.fills(name="kommune 2")
        assert "name" in ola.errors
        await ola.fills(name="kommune 217")
        answer = answer_of(stage, ola)
        assert answer is not None
        await answers(siri, "Jeg ser det på samme måte.")
        await siri.writes("Kommune")
        assert 100 < len(siri.private) < 1_000, "a word that many have names the first of them"
        await siri.writes("kommune 218")
        assert siri.t("and {n} more", n=291) not in siri.private
        with stage.database.read() as db:
            names = {each.id: each.name for each in collaborations.organisations(db, 1)}
        assert len(names) == MANY + len(HOUSES), "nothing is added by choosing"
        assert names[answer.organisation_id or 0] == "Kommune 217"
        for words in ("folk", "folk Ola", "status", "kort for nye", "bli med"):
            await kari.writes(words)
            assert len(kari.private) < 3_000, words

    play(database, story)


@ON_SQLITE
def test_everybody_of_three_hundred_organisations_answers(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        with_many(stage)
        await trial(kari)
        now, question = stage.clock.now(), asked_with(stage, PROBLEM)
        with stage.database.write() as db:
            for each in collaborations.organisations(db, 1):
                met = people.meet(db, "web", "a", f"u{each.id}", f"Person {each.id}", now)
                memberships.join(db, met.id, 1, each.id, [Role.MEMBER], now)
                value = {"text": f"Slik ser vi det: {each.id}."}
                row: dict[str, Any] = {"value": value, "at": now, "organisation_id": each.id}
                row["person_id"] = met.id
                row |= {"asked_id": question.id, "respondent": f"p{met.id}", "status": "given"}
                db.add(Answer(**row))
        await kari.writes("åpne")
        pages = [each for each in kari.sees() if "Slik ser vi det" in each.text]
        assert 20 <= len(pages) <= 22, "fifteen whole answers a page"
        await kari.writes("fullfør")
        title = kari.t("What the answers show: {name}", name="Prøverunde")
        assert len(kari.post_with(title).text) < 4_000
        await kari.writes("folk")
        assert kari.t("and {n} more", n=MANY + len(HOUSES) - 50) in kari.private

    play(database, story)


@EACH_CHANNEL
def test_one_organisation_alone(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        kari = stage.player(platform, "a", "kari")
        await kari.says("/samspill nytt Alene")
        await kari.sends("setup:new:", name="Alene hjemme", organisations=("Fjordetaten",))
        await kari.presses("Fjordetaten")
        await kari.writes("prøverunde")
        for words in (PROBLEM, SAME, GAIN):
            text = "3" if words == SAME else "Ingen eier helheten i dette."
            await kari.writes("svar")
            await kari.writes(text)
            assert asked_with(stage, words).state == AskedState.ASKED, "nothing opens for one alone"
            await kari.writes("stopp")
            await kari.writes("neste")
        await kari.writes("fullfør")
        title = kari.t("What the answers show: {name}", name="Prøverunde")
        assert PROBLEM in kari.post_with(title).text

    play(database, story)


@EACH_CHANNEL
def test_nobody_answers(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await trial(kari)
        for _ in range(2):
            await kari.writes("neste")
        await kari.writes("fullfør")
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        nobody = kari.t("Nobody answered in this round. You can ask again another day.")
        assert all(nobody in each.screen() for each in cast.values())

    play(database, story)


@EACH_CHANNEL
def test_everybody_answers_twice(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        await trial(cast["kari"])
        for round_of_answers in ("Det første", "Det andre"):
            for name, player in cast.items():
                await answers(player, f"{round_of_answers} som {name} tenkte på.")
                await player.repeats()
        assert len(kept(stage, Answer)) == len(cast)
        for player in cast.values():
            latest = answer_of(stage, player)
            assert latest is not None
            assert latest.value is not None
            assert latest.value["text"].startswith("Det andre")
        if platform != "poor":
            page = cast["amina"].post_with("Det andre som ola")
            assert "Det første" not in page.text

    play(database, story)


@EACH_CHANNEL
def test_a_member_is_removed_mid_question(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        await trial(kari)
        await answers(ola, "Ingen eier helheten i dette.")
        for name in ("kari", "amina", "per"):
            await answers(cast[name], f"Slik ser {name} det.")
        await siri.presses("Answer or change", on=PROBLEM)
        form = siri.form
        assert form is not None
        await siri.writes("svar")
        assert PROBLEM in siri.private
        await kari.writes("bli med")
        old = re.findall(CODE, kari.private)[0]
        # what it means is said first; and only coordinators do it
        await ola.presses_raw(f"people:removed:m{member_of(stage, siri)}")
        assert len(kept(stage, Membership)) == 5
        await kari.writes("folk Siri: fjern")
        assert kari.t("Nothing changes until you press the button.") in kari.private
        assert len(kept(stage, Membership)) == 5
        await kari.presses("Yes, remove")
        gone = kari.t("{name} takes part in «{home}» no more.", name="Siri", home=NAME)
        assert gone in kari.private
        # she alone was waited for
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        ended = siri.t("A coordinator has ended your part in «{home}».", home=NAME)
        assert ended in siri.screen()
        # what she had open, what waited for her words, and what she presses bring her in no more
        stranger = siri.t("You are not part of this collaboration. Ask a coordinator for a code.")
        await siri.sends(form["id"], answer="Jeg svarer likevel.")
        assert stranger in siri.private
        await siri.presses_raw(f"round:dont_know:q{asked_with(stage, PROBLEM).id}")
        assert stranger in siri.private
        await siri.writes("Jeg svarer likevel, skriftlig.")
        assert not any("likevel" in str(each.value) for each in kept(stage, Answer))
        assert len(kept(stage, Membership)) == 4
        # somebody whose answer stands is removed: it stands
        await kari.writes("folk Ola: fjern nå")
        answer = answer_of(stage, ola)
        assert answer is not None
        assert answer.value == {"text": "Ingen eier helheten i dette."}
        assert "Ingen eier helheten" in cast["amina"].screen()
        assert len(kept(stage, Left)) == 2
        # a code that was made before does not let her in again; a new one does, to where she was
        await siri.writes(f"bli med {old}")
        assert siri.t("The code is not valid. It may be used or expired: ask for a new one.") in (
            siri.private
        )
        await kari.writes("bli med")
        code = re.findall(CODE, kari.private)[0]
        await siri.writes(f"bli med {code}")
        assert len(kept(stage, Left)) == 1
        house = siri.t("Thank you. You take part from {organisation}.", organisation=HOUSES[2])
        assert house in siri.private
        assert member_of(stage, siri)

    play(database, story)


def member_of(stage: Stage, player: Player) -> int:
    """Somebody's membership."""
    mine = person_id(stage, player)
    return next(each.id for each in kept(stage, Membership) if each.person_id == mine)


@EACH_CHANNEL
def test_right_to_left_and_mixed_scripts(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        await trial(cast["kari"])
        await answers(cast["kari"], MIXED)
        await cast["ola"].writes("svar")
        await cast["ola"].writes(ARABIC)
        assert ARABIC in cast["ola"].private
        for name in ("siri", "amina", "per"):
            await answers(cast[name], f"Slik ser {name} det.")
        page = cast["amina"].post_with(MIXED)
        assert f"Ola (Fjordetaten): «{ARABIC}»" in page.text

    play(database, story)


@EACH_CHANNEL
def test_answers_of_ten_thousand_characters(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        long = "Ord for ord. " * 770
        text = f"{long}SLUTT"
        assert len(text) > 10_000
        await trial(cast["kari"])
        for player in cast.values():
            if player.surface.platform == "slack":  # whose inputs take 3,000
                await player.writes("svar")
                await player.writes(text)
            else:
                await answers(player, text)
            assert "SLUTT" in player.private, "whoever wrote it sees the whole of it"
        amina = cast["amina"]
        pages = [each for each in amina.sees() if each.thread and "Ord for ord." in each.text]
        assert pages
        assert all(len(each.text) < 9_000 and "SLUTT" not in each.text for each in pages)
        label = next(label for _, _, label in pages[0].actions)
        await amina.presses(label)
        assert text in "\n".join([amina.private, *(each.text for each in amina.sees())])
        assert all(each.value == {"text": text} for each in kept(stage, Answer))

    play(database, story)


@EACH_CHANNEL
def test_lists_of_a_hundred_entries(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await start(kari, "styring-grunnsporsmal-1")
        await kari.writes("neste")
        words = "Hvem skal merke forskjellen?"
        everybody = tuple(f"Gruppe nummer {n}" for n in range(100))
        await kari.presses("Answer or change", on=words)
        await kari.fills(answer=(*everybody, "Én for mye"))
        assert "answer" in kari.errors
        await kari.fills(answer=everybody)
        assert "Gruppe nummer 99" in kari.private
        for name in ("ola", "siri", "amina", "per"):
            await cast[name].writes("svar")
            while words not in cast[name].private:
                await cast[name].writes("hopp over")
            await cast[name].writes(", ".join(everybody))
        asked = next(each for each in kept(stage, Asked) if each.content["text"]["nb"] == words)
        given = [each.value for each in kept(stage, Answer) if each.asked_id == asked.id]
        assert [len(each["items"]) for each in given if each] == [100] * 5
        await kari.writes("fullfør")
        title = kari.t(
            "What the answers show: {name}", name=kari.say.pick(kept(stage, Round)[0].name)
        )
        assert len(kari.post_with(title).text) < 4_000

    play(database, story)
