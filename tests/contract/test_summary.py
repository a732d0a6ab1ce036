"""What the summary of a round says: in which part a question stands, and what is shown of it."""

from __future__ import annotations

from datetime import timedelta

from storage import answers as records
from storage import collaborations, memberships, people, rounds
from storage.engine import Database
from storage.tables import AnswerStatus, Role
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    People,
    answers,
    five,
    play,
    start,
    trial,
)
from tests.contract.test_shared_goals import ALIKE, CONFLICT, LEVEL, USERS


def summary(player: Player, name: str = "Prøverunde") -> str:
    """The summary as somebody reads it."""
    return player.post_with(player.t("What the answers show: {name}", name=name)).text


def parts(text: str, player: Player, *titles: str) -> list[str]:
    """What stands under each of these headings, which come in this order."""
    found, rest = [], text
    for title in titles:
        _, _, rest = rest.partition(player.t(title) + "\n")
        found.append(rest)
    ends = [*(player.t(each) for each in titles[1:]), "\n—\n"]
    return [each.split(end)[0] for each, end in zip(found, ends, strict=True)]


@EACH_CHANNEL
def test_a_scale_is_a_spread_without_names(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await trial(kari)
        await answers(kari, "Folk må si det samme mange ganger.")
        await cast["amina"].presses("Don't know", on=PROBLEM)
        await kari.presses("Open the answers", on=PROBLEM)
        await kari.writes("neste")
        for name, step in (("kari", "Helt enig"), ("ola", "Helt uenig"), ("amina", "Helt enig")):
            await cast[name].presses(step, on=SAME)
        await cast["per"].presses("Don't know", on=SAME)
        await kari.writes("fullfør")
        for somebody in (kari, cast["amina"]):
            text = summary(somebody)
            differ, words, unknown, talk = parts(
                text,
                somebody,
                "We see it differently",
                "In our own words",
                "Some of us do not know",
                "To talk about and decide",
            )
            assert differ.startswith(f"2. «{SAME}»")
            assert "1 Helt uenig: ● 1\n2 Litt uenig: 0\n" in differ
            assert "5 Helt enig: ●● 2" in differ
            assert "Fjordetaten" not in text  # two of its people answered: no organisation is told
            assert words.startswith(f"1. {PROBLEM}")
            assert words.endswith(" – 1 svar\n")
            assert f"2. «{SAME}» Hvor enig er du? – 1 av 4 vet ikke" in unknown
            assert "setning. – 1 av 2 vet ikke" in unknown
            assert f"2. «{SAME}»" in talk  # a starter names its question
            assert somebody.t("You will find the answers in each question's thread.") in text
            assert "%" not in text

    play(database, story)


@ON_SQLITE
def test_choices_stand_under_the_organisations_that_made_them(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, "felles-mal-1", asked=7)
        for each in cast.values():
            await each.presses("Ja", on=CONFLICT)
        await kari.presses("Next question", on=CONFLICT)
        chosen = {"kari": "Ledelsen", "ola": "Vi selv", "siri": "Vi selv", "amina": "Ledelsen"}
        for name, label in {**chosen, "per": "Ledelsen"}.items():
            await cast[name].presses(label, on=LEVEL)
        await kari.writes("fullfør")
        text = summary(cast["amina"], "Felles mål – finne målet sammen")
        differ, counted, nobody = parts(
            text, kari, "We see it differently", "Counted, not shown here", "Nobody answered"
        )
        assert "8. " in differ
        assert kari.t("The organisations see this differently from each other.") in differ
        assert "Vi selv: ●● 2 · Fjordetaten og Sorgstøtte Norge" in differ
        assert "Ledelsen: ●●● 3 · Elveby kommune (2) og Fjordetaten" in differ
        assert CONFLICT in counted  # a house question: how many, and no more
        assert "Ja" not in counted
        assert "1. " in nobody

    play(database, story)


@ON_SQLITE
def test_a_round_that_nobody_answered_says_just_that(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        await cast["ola"].presses("Skip", on=PROBLEM)
        await kari.writes("fullfør")
        heading = kari.t("What the answers show: {name}", name="Prøverunde")
        nobody = kari.t("Nobody answered in this round. You can ask again another day.")
        assert summary(kari) == f"{heading}\n{nobody}"

    play(database, story)


@ON_SQLITE
def test_what_stayed_hidden_is_counted(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        await kari.writes("neste")
        await kari.writes("neste")
        await answers(kari, "Vi sparer tid.", on=GAIN)
        await cast["ola"].presses("Don't know", on=GAIN)
        await kari.writes("fullfør")
        text = summary(kari)
        assert f"3. {GAIN}" in text
        assert " – 2 svar" in text
        assert kari.t("Some of us do not know") not in text
        assert kari.t("You will find the answers in each question's thread.") not in text

    play(database, story)


async def five_answer(stage: Stage, cast: People, whose: str) -> None:
    """The scale and the choice of felles-mal-1 answered by five, in a round of this kind."""
    kari = cast["kari"]
    await start(kari, "felles-mal-1", whose, asked=3)
    for name, groups in (("kari", "Etterlatte\nBarn"), ("siri", "Etterlatte"), ("per", "Banker")):
        await answers(cast[name], groups, on=USERS)
    for _ in range(2):
        await kari.writes("neste")
    for name, step in (("kari", "Helt enig"), ("amina", "Helt uenig"), ("per", "Litt uenig")):
        await cast[name].presses(step, on=ALIKE)
    await kari.writes("neste")
    await kari.writes("neste")
    await kari.writes("fullfør")


@ON_SQLITE
def test_a_round_by_organisation_names_them_and_nobody(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await five_answer(stage, cast, "per virksomhet")
        text = summary(cast["amina"], "Felles mål – finne målet sammen")
        assert "4 personer fra 3 virksomheter svarte." in text
        assert "Barn (Fjordetaten)" in text
        assert not any(each.name in text for each in cast.values())
        assert "1 Helt uenig: ● 1" in text  # a scale is a spread also here
        assert "Elveby kommune: " not in text

    play(database, story)


@ON_SQLITE
def test_an_anonymous_round_tells_nothing_of_small_organisations(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await five_answer(stage, cast, "anonymt")
        for somebody in (cast["kari"], cast["amina"]):
            text = summary(somebody, "Felles mål – finne målet sammen")
            assert somebody.t("Named") + ": Banker; Barn; Etterlatte" in text
            assert "1 Helt uenig: ● 1" in text
            assert not any(each in text for each in HOUSES)
            assert "Minst 3 personer svarte." in text
        await stage.pass_time(timedelta(hours=23))
        with stage.database.read() as db:
            found = rounds.one(db, 1)
            assert found is not None
            assert not any(house in str(found.figures) for house in HOUSES)
            assert found.figures is not None
            assert found.figures["parties"] == {}
            assert {str(each["by_house"]) for each in found.figures["questions"]} == {"{}"}

    play(database, story)


@ON_SQLITE
def test_two_anonymous_answers_are_counted_only(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, "felles-mal-1", "anonymt", asked=3)
        for name in ("kari", "siri"):
            await answers(cast[name], f"Gruppa til {name}", on=USERS)
        await kari.writes("fullfør")
        text = summary(kari, "Felles mål – finne målet sammen")
        assert "Gruppa til" not in text
        (counted,) = parts(text, kari, "Counted, not shown here")
        assert "3. " in counted.partition(kari.t("Nobody answered"))[0]

    play(database, story)


@ON_SQLITE
def test_of_very_many_organisations_some_are_named(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, "felles-mal-1", asked=8)
        await cast["kari"].presses("Delvis", on=CONFLICT)
        await kari.writes("neste")
        now = stage.clock.now()
        with stage.database.write() as db:
            asked = rounds.questions(db, 1)[-1]
            for n in range(30):
                house = collaborations.add_organisation(db, 1, f"Kommune {n:02}")
                met = people.meet(db, "web", "a", f"x{n}", f"X{n}", now)
                memberships.join(db, met.id, 1, house.id, [Role.MEMBER], now)
                records.record(
                    db,
                    asked.id,
                    f"p{met.id}",
                    met.id,
                    house.id,
                    standing=None,
                    status=AnswerStatus.GIVEN,
                    value={"choice": asked.content["options"][n % 2]["id"]},
                    at=now,
                    closed=False,
                )
        await kari.writes("fullfør")
        text = summary(kari, "Felles mål – finne målet sammen")
        assert "Kommune 22 og 3 til" in text
        assert "Kommune 24" not in text

    play(database, story)
