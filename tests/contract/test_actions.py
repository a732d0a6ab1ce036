"""What people promise each other: added, changed, settled, and shown first in the next round."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from dialogs.codec import decode
from dialogs.messages import Buttons
from storage.engine import Database
from storage.tables import Action, ActionState, Audit, ChatMessage, Round
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    HOUSES,
    NAME,
    ON_SQLITE,
    PROBLEM,
    answers,
    asked_with,
    change,
    five,
    kept,
    person_id,
    play,
    trial,
)

FORM = "Lage ett felles skjema"
DATE = date(2027, 3, 1)
FRIDAY = date(2026, 11, 27)  # the stage is played on a Monday


def actions(stage: Stage) -> list[Action]:
    return kept(stage, Action)


def audited(stage: Stage) -> list[str]:
    return [each.what for each in kept(stage, Audit) if each.what.startswith("action.")]


def first_post(player: Player) -> str:
    """The latest starting post."""
    return player.post_with(player.t("stands with each question")).text


@EACH_CHANNEL
def test_promised_by_words_and_by_form_and_first_in_the_next_round(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina, per = (cast[name] for name in ("kari", "ola", "amina", "per"))
        await trial(kari)
        await ola.writes(f"tiltak: {FORM} – Amina – innen 1.3.2027")
        assert f"1. {FORM}: Amina · " in ola.private
        assert "1. mars 2027" in ola.private
        assert (
            ola.t(
                "Visible to everyone in the collaboration, in every channel. It is one of the "
                "collaboration's documents. Anyone may ask for access (innsyn)."
            )
            in ola.private
        )
        await amina.says("@Samspill tiltak: Spørre de etterlatte - Elveby kommune", under=PROBLEM)
        await kari.writes("tiltak")
        await kari.presses("Add an action")
        await kari.fills(text="Kalle inn til møte", who="Statsforvalteren", by_when="2027-02-01")
        found = actions(stage)
        assert [each.number for each in found] == [1, 2, 3]
        assert [each.person_id for each in found] == [person_id(stage, amina), None, None]
        assert [each.organisation_id for each in found] == [None, 2, None]
        assert [each.who for each in found] == [None, None, "Statsforvalteren"]
        assert [each.by_when for each in found] == [DATE, None, date(2027, 2, 1)]
        assert {each.round_id for each in found} == {1}
        assert found[1].asked_id == asked_with(stage, PROBLEM).id
        # the summary has what was promised in the round; the next round begins with it
        await kari.writes("fullfør")
        title = amina.t("What the answers show: {name}", name="Prøverunde")
        assert f"1. {FORM}: Amina" in amina.post_with(title).text
        assert FORM not in first_post(amina)
        await per.writes("tiltak 3 ferdig")
        await trial(kari)
        start = first_post(amina)
        assert start.index(FORM) < start.index("Spørre de etterlatte") < start.index(NAME)
        assert f"1. {FORM}: Amina · {amina.t('by {day}', day='mandag 1. mars 2027')}" in start
        assert amina.t("still open") in start
        assert "Kalle inn til møte" not in start
        # how it stands is fresh as long as the round runs
        await per.presses_raw(f"action:done:a{found[0].id}")
        if platform != "poor":
            assert f"{amina.t('by {day}', day='mandag 1. mars 2027')} · {amina.t('finished')}" in (
                first_post(kari)
            )
        # nobody is reminded of any of it
        await kari.writes("fullfør")
        said = len(per.sees()), len(amina.sees())
        await stage.pass_time(timedelta(days=120))
        assert (len(per.sees()), len(amina.sees())) == said

    play(database, story)


@EACH_CHANNEL
def test_settled_changed_and_opened_again_by_anybody(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        ola, amina = cast["ola"], cast["amina"]
        await ola.writes(f"tiltak: {FORM}")
        await amina.writes("tiltak")
        assert f"1. {FORM}: {amina.t('nobody named yet')}" in amina.private
        await amina.presses("Change")
        await amina.fills(text=f"{FORM} til sommeren", who="Per", by_when="1. juni 2027")
        assert actions(stage)[0].person_id == person_id(stage, cast["per"])
        await ola.writes("tiltak")
        await ola.presses("Finished")
        assert actions(stage)[0].state == ActionState.DONE
        await ola.repeats()
        await ola.presses_raw("action:done:a1")
        assert ola.t("It stands like this already.") in ola.private
        await ola.writes("tiltak")
        assert ola.t("Nothing is promised that is still open.") in ola.private
        await ola.writes("tiltak alle")
        assert f"{FORM} til sommeren" in ola.private
        await amina.writes("tiltak 1")
        await amina.presses("Open it again")
        assert actions(stage)[0].settled_at is None
        await amina.writes("tiltak 1")
        await amina.presses("No longer relevant")
        assert actions(stage)[0].state == ActionState.DROPPED
        for words, state in (
            ("tiltak 1 åpent", ActionState.OPEN),
            ("tiltak 1 ikkje lenger aktuelt", ActionState.DROPPED),
            ("actions 1 open again", ActionState.OPEN),
            ("tiltak 1 Ferdig!", ActionState.DONE),
        ):
            await ola.writes(words)
            assert actions(stage)[0].state == state, words
        await ola.writes("tiltak 1: Skjemaet er vårt – Kari – 2.6.2027")
        assert (actions(stage)[0].text, actions(stage)[0].by_when) == (
            "Skjemaet er vårt",
            date(2027, 6, 2),
        )
        assert audited(stage) == [
            "action.added",
            "action.changed",
            "action.done",
            "action.open",
            "action.dropped",
            "action.open",
            "action.dropped",
            "action.open",
            "action.done",
            "action.changed",
        ]

    play(database, story)


@EACH_CHANNEL
def test_what_is_no_action_is_said_and_changes_nothing(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, nils = cast["kari"], stage.player(platform, "z", "nils")
        await kari.writes(f"tiltak: {FORM} – Kari")
        nothing = kari.t("Nothing has been changed.")
        for words in (
            "tiltak: 👍 – Kari",
            "tiltak: " + "x" * 301,
            "tiltak: " + "x" * 20_000,
            "tiltak: Møtes – Kari – 31.2.2027",
            "tiltak: Møtes – Kari – 1.3.2020",
            "tiltak: Møtes – Kari – uke 50",
            "tiltak: Møtes – Kari – innen jul",
            "tiltak: Møtes – " + "x" * 201,
            "tiltak 1: – Kari – 1.3.2027",
        ):
            await kari.writes(words)
            assert nothing in kari.private, words[:40]
        await kari.writes("tiltak 77 ferdig")
        assert kari.t("There is no action with this number. «actions» shows them.") in kari.private
        for text in ("", "👍", "x" * 301, "x" * 20_000):
            await kari.sends("action:add:c1", text=text, who="", by_when="")
            assert list(kari.errors) == ["text"]
        await kari.sends("action:change:a1", text="Noe", who="x" * 201, by_when="snart")
        assert sorted(kari.errors) == ["by_when", "who"]
        # what is past may stand, and is not said to be late
        change(stage, Action, by_when=date(2026, 1, 1))
        await kari.sends("action:change:a1", text=FORM, who="Kari", by_when="2026-01-01")
        assert kari.errors == {}
        # a stranger sees and changes nothing
        for button in ("action:done:a1", "action:drop:a1", "action:list:c1", "action:change:a1"):
            await nils.presses_raw(button)
        await nils.sends("action:add:c1", text="Utenfra")
        await nils.sends("action:change:a1", text="Utenfra")
        await nils.writes("tiltak")
        await nils.writes("tiltak 1 ferdig")
        await nils.writes("tiltak: Utenfra")
        assert FORM not in nils.screen()
        assert [(each.text, each.state) for each in actions(stage)] == [(FORM, ActionState.OPEN)]

    play(database, story)


@EACH_CHANNEL
def test_two_promise_at_once_and_a_form_sent_twice(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        acts = [
            player.surface.submit(player, "action:add:c1", {"text": f"Noe fra {name}"})
            for name, player in cast.items()
        ]
        await asyncio.gather(*(act() for act in acts))
        await asyncio.gather(*(act() for act in acts[:2]))
        await stage.settle()
        assert sorted(each.number for each in actions(stage)) == [1, 2, 3, 4, 5]
        assert {each.text for each in actions(stage)} == {f"Noe fra {name}" for name in cast}

    play(database, story)


@pytest.mark.parametrize(
    ("words", "text", "who", "by_when"),
    [
        ("Møtes", "Møtes", None, None),
        ("Møtes – Fylkesmannen", "Møtes", "Fylkesmannen", None),
        ("Møtes – 1.3.2027", "Møtes", None, DATE),
        ("Møtes – Ola Nordmann – by 1 March 2027", "Møtes", "Ola Nordmann", DATE),
        ("Møtes - og snakkes - Etaten - 2027-03-01", "Møtes – og snakkes", "Etaten", DATE),
        ("Møtes – Nilsen – på fredag", "Møtes", "Nilsen", FRIDAY),
        ("Møtes – Nordby bydel", "Møtes", "Nordby bydel", None),
        ("3 møter i året – Etaten", "3 møter i året", "Etaten", None),
        ("E-post til e-Helse", "E-post til e-Helse", None, None),
    ],
)
@ON_SQLITE
def test_what_who_and_when_are_told_apart(
    database: Database, words: str, text: str, who: str | None, by_when: date | None
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await cast["kari"].writes(f"tiltak: {words}")
        found = actions(stage)[0]
        assert (found.text, found.who, found.by_when) == (text, who, by_when)

    play(database, story)


@ON_SQLITE
def test_under_the_summary_it_belongs_to_that_round_and_the_longest_list_is_shown(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        await answers(amina, "Slik er det.")
        await kari.writes("fullfør")
        title = amina.t("What the answers show: {name}", name="Prøverunde")
        await amina.says(f"@Samspill tiltak: {FORM} – {HOUSES[1]}", under=title)
        assert actions(stage)[0].round_id == kept(stage, Round)[0].id
        assert f"1. {FORM}: {HOUSES[1]}" in kari.post_with(title).text
        for n in range(2, 19):
            await kari.sends("action:add:c1", text=f"Noe {n}")
        await kari.writes("tiltak")
        assert "18. Noe 18" in kari.private
        await trial(kari)
        assert kari.t("{n} more: write «actions».", n=3) in first_post(kari)

    play(database, story)


@ON_SQLITE
def test_the_buttons_of_several_say_which_they_are_about(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await kari.writes("tiltak: Skrive planen")
        await kari.writes("tiltak: Kalle inn – Per – 1.3.2027")
        await kari.writes("tiltak")
        said = kept(stage, ChatMessage)[-1].body
        rows = [each for each in decode(said).elements if isinstance(each, Buttons)]
        shown = [(each.label, each.about) for row in rows for each in row.buttons if each.about]
        labels = [kari.t(each) for each in ("Finished", "Change", "No longer relevant")]
        # what is due comes before what has no date
        assert shown == [
            (label, about) for about in ("2. Kalle inn", "1. Skrive planen") for label in labels
        ]

    play(database, story)
