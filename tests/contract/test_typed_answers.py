"""Answers that are typed in a direct message: in which words, added to, edited and taken away."""

from __future__ import annotations

from dataclasses import replace

from storage.engine import Database
from storage.tables import (
    Conversation,
    Revision,
    Round,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    GAIN,
    ON_SQLITE,
    PROBLEM,
    SAME,
    Raw,
    answer_of,
    answers,
    asked_with,
    five,
    kept,
    later,
    play,
    start,
    trial,
    value_of,
    wording,
)

SENTENCE = "Etterlatte må melde fra mange steder."
TYPED = (  # what is asked, what is typed, and what is kept
    (SAME, "4", {"scale": 4}),
    (SAME, "4.", {"scale": 4}),
    (SAME, "litt enig", {"scale": 4}),
    (SAME, "Litt einig", {"scale": 4}),
    (SAME, "vet ikke", None),
    (SAME, "veit ikkje", None),
    (SAME, "don't know", None),
    ("komme i konflikt", "delvis", {"choice": "partly"}),
    ("komme i konflikt", "Ja!", {"choice": "yes"}),
    ("komme i konflikt", "no", {"choice": "no"}),
    ("komme i konflikt", "3", {"choice": "no"}),
    ("Hvem er brukerne?", "etterlatte, pårørende; naboer", None),
    ("Hvem er brukerne?", "- etterlatte\n- pårørende", None),
)
LISTS = {
    "etterlatte, pårørende; naboer": {"items": ["etterlatte", "pårørende", "naboer"]},
    "- etterlatte\n- pårørende": {"items": ["etterlatte", "pårørende"]},
}


@EACH_CHANNEL
def test_answers_can_be_typed_in_words_of_each_language(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await start(kari, "felles-mal-1", asked=7)
        answered: set[str] = set()
        order = ("finne ut hva problemet", "finne ut hva brukerne", "Hvem er brukerne?")
        for question in order[:2]:  # what waits longest comes first
            await kari.writes("svar")
            assert question in kari.private
            await kari.writes("hopp over")
        for question, typed, value in (
            TYPED[-1],
            ("Hvem bestemmer", "Det gjør vi", {"text": "Det gjør vi"}),
            ("forstår utfordringen", "4", {"scale": 4}),
            ("enige om hva brukerne", "litt uenig", {"scale": 2}),
            ("komme i konflikt", "Ja!", {"choice": "yes"}),
        ):
            assert question in kari.private  # `svar` goes on by itself
            await kari.writes(typed)
            assert value_of(stage, kari, question) == LISTS.get(typed, value)
            answered.add(question)
            if typed in LISTS or typed == "Det gjør vi":  # more may be added until then
                await kari.writes("neste")
        assert len(answered) == 5
        await kari.writes("svar")
        assert kari.t("No questions are waiting for you.") in kari.private

    play(database, story)


@ON_SQLITE
def test_every_way_of_typing_an_answer(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await start(kari, "felles-mal-1", asked=7)
        for question, typed, value in TYPED:
            words = question if question != SAME else "forstår utfordringen"
            await answers(kari, "1", on=words) if value else None
            asked = asked_with(stage, words)
            await kari.presses_raw(f"round:skip:q{asked.id}")
            await kari.writes("endre")
            assert words in kari.private
            await kari.writes(typed)
            assert value_of(stage, kari, words) == LISTS.get(typed, value), typed
        # what does not fit: a hint, and the question still waits
        await kari.presses_raw(f"round:skip:q{asked_with(stage, 'forstår utfordringen').id}")
        await kari.writes("endre")
        for nonsense in ("bananer", "9", "👍", "0", "x" * 20_000, "- hjelp oss alle sammen"):
            await kari.writes(nonsense)
            assert kari.t("Write a number from 1 to 5, or «don't know».") in kari.private
            assert kari.t("The question still waits. «stop» lets it go.") in kari.private
        await kari.writes("hjelp")
        assert kari.t("How Samspill works") in kari.private
        await kari.writes("3")  # it waits all the same
        assert value_of(stage, kari, "forstår utfordringen") == {"scale": 3}

    play(database, story)


@EACH_CHANNEL
def test_command_words_in_an_answer_are_an_answer(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await trial(kari)
        for words in (
            "Hjelp til de etterlatte kommer for sent",
            "Bli med på møtene er det få som får",
            "Start på feil ende, det er problemet",
            "- Ingen eier helheten\n- Alle venter",
            "Stopp i saksbehandlingen hver sommer",
        ):
            await kari.writes("svar" if answer_of(stage, kari) is None else "endre")
            await kari.writes(words)
            assert value_of(stage, kari) == {"text": words}
        await kari.writes("endre")
        await kari.writes("stopp")
        assert kept(stage, Conversation) == []
        await kari.writes("Noe helt annet enn et svar")
        assert value_of(stage, kari) == {"text": words}
        await kari.writes("👍")  # nothing waits: the menu
        assert kari.t("What would you like to do?") in kari.private

    play(database, story)


@EACH_CHANNEL
def test_typed_words_are_added_until_the_person_goes_on(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await start(kari, "felles-mal-1")
        await kari.writes("neste")
        await kari.writes("svar")
        await kari.writes("Vi spør de etterlatte.")
        await kari.writes("Og leser klagene.")
        first = "finne ut hva problemet"
        both = {"text": "Vi spør de etterlatte.\nOg leser klagene."}
        assert value_of(stage, kari, first) == both
        await kari.writes("vet ikke")  # meant or not: nothing changes before it is confirmed
        assert value_of(stage, kari, first) == both
        await kari.writes("neste")
        assert "finne ut hva brukerne" in kari.private
        await kari.writes("Vi går sammen ut.")
        assert value_of(stage, kari, first) == both
        assert value_of(stage, kari, "finne ut hva brukerne") == {"text": "Vi går sammen ut."}

    play(database, story)


def directly(stage: Stage, player: Player) -> Raw:
    """What somebody types to Samspill alone, in any order that a platform may tell it."""
    raw = Raw(stage, player, PROBLEM)
    raw.where = replace(raw.where, channel=player.user, thread=None, direct=True)
    return raw


@ON_SQLITE
def test_typed_messages_that_are_swapped_edited_and_deleted(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await kari.writes("neste")
        raw = directly(stage, ola)
        await ola.writes("svar")
        first, second = stage.clock.now(), later(stage, 0.01)
        await raw.said("b", "Og køene.", second)
        await raw.said("a", "Skjemaene er mange og lange.", first)
        both = {"text": "Skjemaene er mange og lange.\nOg køene."}
        assert value_of(stage, ola, PROBLEM) == both
        await ola.writes("neste")
        # what was written before the next question was shown is not for that one
        await raw.said("c", "Og ventetiden.", later(stage, -0.1))
        assert value_of(stage, ola, PROBLEM) == {"text": both["text"] + "\nOg ventetiden."}
        assert value_of(stage, ola, GAIN) is None
        await raw.edited("a", "Skjemaene.", first, later(stage, 1))
        assert value_of(stage, ola, PROBLEM) == {"text": "Skjemaene.\nOg køene.\nOg ventetiden."}
        for message in ("c", "b"):
            await raw.deleted(message, later(stage, 2))
        assert value_of(stage, ola, PROBLEM) == {"text": "Skjemaene."}
        await raw.deleted("a", later(stage, 3))
        assert value_of(stage, ola, PROBLEM) is None
        assert ola.t("Your answer is taken back and erased.") in ola.private
        assert "Skjemaene" not in wording(stage)

    play(database, story)


@ON_SQLITE
def test_words_after_the_end_are_not_added_to_an_answer(database: Database) -> None:
    """A command with more behind it is then a command again, and no part of the answer."""

    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await trial(kari)
        await kari.writes("svar")
        await kari.writes(SENTENCE)
        await kari.writes("fullfør")
        await kari.writes("runde 2")
        assert value_of(stage, kari) == {"text": SENTENCE}
        assert len(kept(stage, Round)) == 2

    play(database, story)


@ON_SQLITE
def test_nothing_is_added_to_a_late_answer_either(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, siri = cast["kari"], cast["siri"]
        await trial(kari)
        await siri.writes("svar")
        await kari.writes("fullfør")
        await siri.writes(SENTENCE)  # what was brought before the end is answered late
        assert siri.t("Your answer is saved.") in siri.private
        assert value_of(stage, siri) == {"text": SENTENCE}
        await siri.writes("Hei, er det noen her?")
        assert value_of(stage, siri) == {"text": SENTENCE}
        assert not kept(stage, Revision)

    play(database, story)
