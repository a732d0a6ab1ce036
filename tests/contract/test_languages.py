"""One round in three languages: everybody reads their own."""

from __future__ import annotations

from dialogs.language import Translator
from storage.engine import Database
from storage.tables import Answer, Audit, Collaboration, Outbox, Place
from tests.contract.stage import Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    ON_SQLITE,
    PROBLEM,
    SAME,
    answers,
    asked_with,
    change,
    five,
    kept,
    play,
    trial,
)

NYNORSK = "Kva problem vil de løyse?"
ENGLISH = "What problem do you want to solve?"


@EACH_CHANNEL
def test_a_place_in_nynorsk_and_a_person_in_english(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform, languages=(None, "nn"))
        kari, ola, siri, amina, per = (
            cast[name] for name in ("kari", "ola", "siri", "amina", "per")
        )
        amina.language = per.language = "nn"
        await amina.writes("språk nynorsk")
        await ola.writes("språk english")
        ola.language = "en"
        assert "From now on I will write to you in English." in ola.private
        await trial(kari)
        # the channel speaks its own language, also to Ola
        assert kari.t("Question {n} of {total}", n=1, total=3) in ola.post_with(PROBLEM).text
        assert amina.t("Question {n} of {total}", n=1, total=3) in amina.post_with(NYNORSK).text
        # what is private is in the person's own
        await ola.writes("answer")
        assert ENGLISH in ola.private
        assert "Write your answer here, or press a button." in ola.private
        await ola.writes("Nobody owns the whole.")
        assert "Your answer is saved." in ola.private
        await amina.writes("svar")
        assert NYNORSK in amina.private
        await amina.writes("Eg veit ikkje.")
        await kari.writes("svar")
        assert PROBLEM in kari.private
        await kari.writes("Ingen eier helheten.")
        await siri.presses("Skip", on=PROBLEM)
        await per.presses("Skip", on=NYNORSK)
        # opened: what people wrote as they wrote it, all else in the place's language
        assert kari.t("The answers") in kari.post_with("Nobody owns the whole.").text
        assert amina.t("The answers") in amina.post_with("Nobody owns the whole.").text
        for somebody in (amina, kari):
            unknown = somebody.t("Don't know")
            assert f"«{unknown}»" in somebody.post_with("Nobody owns").text

        # choices by their words in each language are the same choice
        await kari.writes("neste")
        await ola.writes("answer")
        await ola.writes("partly agree")
        scale = asked_with(stage, SAME).content["options"][3]["label"]
        assert scale["en"].casefold() in ola.private.casefold()
        await amina.presses(scale["nn"], on=asked_with(stage, SAME).content["text"]["nn"])
        await kari.presses(scale["nb"], on=SAME)
        await kari.presses("Open the answers", on=SAME)
        assert f"{scale['nb']}: ●●● 3" in kari.screen()
        assert f"{scale['nn']}: ●●● 3" in amina.screen()
        await kari.writes("fullfør")
        assert amina.t("We agree on") in amina.screen()
        assert kari.t("We agree on") in kari.screen()

    play(database, story)


@ON_SQLITE
def test_a_languages_name_alone_asks_for_it(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, stranger = cast["kari"], stage.player("web", "a", "zoe")
        for player in (cast["ola"], stranger):
            await player.writes("English")
            assert "From now on I will write to you in English." in player.private
        await kari.writes("en")  # a word, too
        assert kari.t("I did not understand «{words}».", words="en") in kari.private
        await trial(kari)
        await kari.writes("svar")
        await kari.writes("nynorsk")  # an answer, where one is waited for
        assert [each.value for each in kept(stage, Answer)] == [{"text": "nynorsk"}]

    play(database, story)


@EACH_CHANNEL
def test_whoever_may_not_choose_for_a_channel_chooses_for_themselves(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage, platform)["ola"]
        await ola.says("@Samspill språk")
        assert ola.t("Only a coordinator can do this.") in ola.private
        await ola.presses("Nynorsk")
        assert Translator("nn").t("From now on I will write to you in English.") in ola.private

    play(database, story)


@ON_SQLITE
def test_a_file_is_in_the_language_of_the_collaboration(database: Database) -> None:
    async def story(stage: Stage) -> None:
        ola = five(stage)["ola"]
        change(stage, Collaboration, language="nn")
        await ola.writes("last ned")
        file = next(each for each in kept(stage, Outbox) if each.live == "html")
        with stage.database.read() as db:
            made = stage.core.seer.file(db, file.key)
        assert made is not None
        assert made.language == "nn"

    play(database, story)


@EACH_CHANNEL
def test_a_coordinator_chooses_the_language_of_a_channel(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await trial(kari)
        await ola.says("@Samspill språk nynorsk")
        assert ola.t("Only a coordinator can do this.") in ola.private
        place = next(each for each in kept(stage, Place) if each.channel == kari.room)
        await ola.presses_raw(f"home:place_language:p{place.id}", "nn")
        assert kept(stage, Audit)[-1].what != "place.language"
        await kari.says("@Samspill språk")
        await kari.presses("Nynorsk")
        concerns = Translator("nn").t(  # she follows the channel, so all of it is nynorsk
            "This concerns all who read in this channel. Whoever has chosen a language of their "
            "own still gets that from me in private: write «language» to me in a direct message."
        )
        assert concerns in kari.private
        assert kept(stage, Audit)[-1].what == "place.language"
        if platform != "poor":  # where nothing can be changed, what stands there stays
            assert NYNORSK in ola.screen()
            assert PROBLEM not in ola.post_with(NYNORSK).text
        await kari.says("@Samspill neste")
        assert asked_with(stage, SAME).content["text"]["nn"] in ola.screen()
        assert PROBLEM in amina.screen()  # the other channel keeps its own
        await ola.writes("svar")
        assert PROBLEM in ola.private

    play(database, story)


@EACH_CHANNEL
def test_a_form_is_in_the_language_of_who_opens_it(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await ola.writes("språk")
        await ola.presses("Nynorsk")
        ola.language = "nn"
        await trial(kari)
        shown = PROBLEM
        label = kari.t("Answer or change")
        ola.language = "nb"  # the post is the channel's
        await ola.presses(label, on=shown)
        ola.language = "nn"
        assert ola.form is not None
        assert ola.form["title"] == ola.t("Your answer")
        await ola.fills(answer="Ingen eig heilskapen.")
        assert ola.t("Your answer is saved.") in ola.private
        await answers(kari, "Ingen eier helheten.")
        assert kari.t("Your answer is saved.") in kari.private

    play(database, story)


@EACH_CHANNEL
def test_an_organisation_and_a_collaboration_have_their_language(
    database: Database, platform: str
) -> None:
    """The person's own choice, else the organisation's, else the collaboration's."""

    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, amina, per = (cast[name] for name in ("kari", "ola", "amina", "per"))
        await per.writes("målform Elveby kommune: nynorsk")
        assert per.t("Only a coordinator can do this.") in per.private
        await kari.writes("målform Elveby kommune: nynorsk")
        assert "Nynorsk" in kari.private
        await per.writes("språk english")
        await trial(kari)
        for player, words in ((amina, NYNORSK), (per, ENGLISH), (ola, PROBLEM)):
            await player.writes("svar")
            assert words in player.private
        await kari.writes("målform samarbeidet: english")
        await ola.writes("svar")
        assert ENGLISH in ola.private
        await amina.writes("svar")
        assert NYNORSK in amina.private
        # the channel that has no language of its own is shown anew
        if platform != "poor":  # where nothing is edited
            assert ola.post_with(ENGLISH).author is None
        assert [each.what for each in kept(stage, Audit)].count("language.adopted") == 2

    play(database, story)
