"""What every dialog copes with: help, stop, nonsense, signs, far too much, and what is over."""

from __future__ import annotations

from storage.engine import Database
from storage.tables import (
    Answer,
    AnswerStatus,
    Asked,
    Audit,
    Collaboration,
    Conversation,
    Membership,
    Round,
    RoundState,
)
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
    five,
    kept,
    play,
    trial,
    value_of,
)

NONSENSE = ("qwerty", "👍", "🎉🎉", "?", "…", "x" * 20_000, "x" * 20_001, "- \n- ", "4 og 5 og 6")
HELP = "How Samspill works"
SENTENCE = "Etterlatte må melde fra mange steder."
NOT_YET = (
    "Nothing is set up yet. It takes a name and at least two organisations: fill in the form, "
    "or write them after «new», with a colon after the name and commas between."
)


def waits(stage: Stage) -> list[tuple[str, str]]:
    return [(each.dialog, each.step) for each in kept(stage, Conversation)]


@EACH_CHANNEL
def test_nonsense_where_nothing_waits_opens_the_menu(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        audit = len(kept(stage, Audit))
        for words in NONSENSE:
            await kari.writes(words)
            asked = kari.t(HELP) if words == "?" else kari.t("What would you like to do?")
            assert asked in kari.private, words[:10]
        await kari.says("@Samspill qwerty")
        assert kari.t("What would you like to do?") in kari.private
        assert len(kept(stage, Audit)) == audit

    play(database, story)


async def about_an_organisation(stage: Stage, kari: Player) -> Player:
    """Somebody who is asked which organisation they speak for."""
    nils = stage.player("web", "z", "nils")
    await kari.writes("bli med")
    code = next(
        word
        for word in kari.private.replace(".", " ").split()
        if len(word) == 10 and word.isupper()
    )
    await nils.writes(f"bli med {code}")
    assert waits(stage) == [("join", "organisation")]
    return nils


@ON_SQLITE
def test_somebody_who_is_asked_for_their_organisation(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        nils = await about_an_organisation(stage, cast["kari"])
        for words in NONSENSE:
            await nils.writes(words)
            assert len(nils.private) > 20
            assert waits(stage) == [("join", "organisation")], words[:10]
            assert [each.organisation_id for each in kept(stage, Membership)][-1] is None
        await nils.writes("hjelp")
        assert nils.t(HELP) in nils.private
        await nils.writes("stopp")
        assert waits(stage) == []
        await nils.presses("Elveby kommune", on="Elveby kommune")  # the buttons still stand
        assert kept(stage, Membership)[-1].organisation_id is not None

    play(database, story)


@EACH_CHANNEL
def test_somebody_who_is_asked_a_question(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        await trial(kari)
        await ola.writes("svar")
        for words in ("👍", "…", "- \n- ", "x" * 20_001):
            await ola.writes(words)
            assert answer_of(stage, ola) is None, words[:10]
            assert ola.t("The question still waits. «stop» lets it go.") in ola.private
        await ola.writes("hjelp")
        await ola.writes("x" * 20_000)
        assert value_of(stage, ola) == {"text": "x" * 20_000}
        # in a form: the sentence stands by the field, and the form stays
        await kari.presses("Answer or change", on=PROBLEM)
        for words in ("", "   ", "👍", "x" * 20_001):
            await kari.fills(answer=words)
            assert kari.errors["answer"]
            assert answer_of(stage, kari) is None
        await kari.fills(answer=SENTENCE)
        assert value_of(stage, kari) == {"text": SENTENCE}

    play(database, story)


@ON_SQLITE
def test_somebody_who_is_asked_for_more(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        ola = cast["ola"]
        await trial(cast["kari"])
        await answers(ola, "Køer")
        await ola.writes("utdyp")
        assert waits(stage) == [("round", "more")]
        await ola.writes("hjelp")
        assert waits(stage) == [("round", "more")]
        await ola.writes("x" * 20_001)
        found = answer_of(stage, ola)
        assert found is not None
        assert found.followup is None, "nothing is cut without a word"
        assert waits(stage) == [("round", "more")]
        await ola.writes("Pårørende")
        found = answer_of(stage, ola)
        assert found is not None
        assert found.followup == "Pårørende"
        # an addition to what was taken back is none
        await ola.writes("trekk tilbake")
        await ola.presses("Take back")
        await ola.sends(f"round:more:q{asked_with(stage, PROBLEM).id}", more="Spøkelse")
        assert answer_of(stage, ola).followup is None  # type: ignore[union-attr]

    play(database, story)


@EACH_CHANNEL
def test_setting_up_with_nonsense(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        kari = stage.player(platform, "a", "kari")
        for words in (
            "nytt Navn",
            "nytt Navn: ,;",
            "nytt Navn: Etat",
            "nytt Navn: Etat, etat",
            f"nytt {'x' * 201}: Etat, Kommune",
            "nytt møte: kan du, eller passer det ikke?",
        ):
            await kari.says(f"/samspill {words}")
            assert kept(stage, Collaboration) == []
            if platform == "poor":
                assert kari.t(NOT_YET) in kari.private
            else:
                assert kari.form is not None
        await kari.says("/samspill nytt")
        if platform == "poor":
            await kari.presses("Set up a collaboration")
        await kari.fills(name="", organisations="")
        assert set(kari.errors) == {"name", "organisations"}
        await kari.fills(name="Når noen dør", organisations="Etat\netat\n\n  Kommune ")
        assert len(kept(stage, Collaboration)) == 1

    play(database, story)


@ON_SQLITE
def test_what_was_written_in_one_line_stands_in_the_form(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = stage.player("terminal", "a", "kari")
        await kari.writes("nytt Når noen dør: Fjordetaten")
        assert kari.form is not None
        values = [each["value"] for each in kari.form["fields"]]
        assert values == ["Når noen dør", ["Fjordetaten"]]
        assert kari.t(NOT_YET) in kari.form["intro"]

    play(database, story)


@EACH_CHANNEL
def test_a_channel_that_is_in_use_offers_no_other_collaboration(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        stranger = stage.player(platform, "a", "nils")
        in_use = (
            "This channel is already part of a collaboration. Set up a new one in another "
            "channel, or write «new» to me in a direct message."
        )
        for words in ("nytt", "nytt Et annet: Etat, Kommune"):
            await kari.says(f"@Samspill {words}")
            assert kari.t(in_use) in kari.private
        assert len(kept(stage, Collaboration)) == 1
        setting_up, starting = kari.t("Set up a collaboration"), kari.t("Start a round")
        for who, offered in ((kari, True), (ola, False), (stranger, False)):
            await who.says("@Samspill meny")
            labels = [label for _, _, label in _offered(who)]
            assert setting_up not in labels
            assert (starting in labels) == offered
        await ola.says("@Samspill meny")
        await ola.presses("Who takes part")
        assert "Amina" in ola.private
        await kari.writes("meny")
        assert setting_up in [label for _, _, label in _offered(kari)]

    play(database, story)


@EACH_CHANNEL
def test_whoever_reads_in_the_channel_can_take_part_from_its_menu(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        five(stage, platform)
        nils = stage.player(platform, "a", "nils")
        await nils.says("@Samspill meny")
        if platform == "poor":  # the menu stands in the direct message, outside the channel
            await nils.presses("Take part")
            assert HOUSES[1] not in nils.private
            await nils.says("@Samspill bli med")
        else:
            await nils.presses("Take part")
        await nils.presses(HOUSES[1])
        said = nils.t("Thank you. You take part from {organisation}.", organisation=HOUSES[1])
        assert said in nils.private

    play(database, story)


def _offered(player: Player) -> tuple[tuple[str, str | None, str], ...]:
    """What can be pressed on what was said last to this player alone."""
    if player.reply is not None:
        return player.reply.actions
    direct = player.surface.direct_room(player)
    return [each for each in player.sees() if each.room == direct and not each.author][-1].actions


@EACH_CHANNEL
def test_unknown_words_are_said_to_be_unknown(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, platform)["kari"]
        await kari.writes("qwerty <!channel>\n *fet*")
        unknown = kari.t("I did not understand «{words}».", words="qwerty <!channel> *fet*")
        assert kari.private.startswith(unknown)
        await kari.writes("x" * 41)
        assert kari.private.startswith(kari.t("I did not understand that."))
        assert "xxx" not in kari.private
        await kari.says("@Samspill hva nå")
        assert kari.private.startswith(kari.t("I did not understand «{words}».", words="hva nå"))
        for words in ("hei!", "meny"):
            await kari.writes(words)
            assert kari.t("I did not understand that.")[:12] not in kari.private
            assert kari.t("What would you like to do?") in kari.private

    play(database, story)


@EACH_CHANNEL
def test_the_buttons_of_a_round_that_is_over(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        never = asked_with(stage, GAIN).id
        first = asked_with(stage, PROBLEM).id
        await answers(kari, SENTENCE)
        await kari.writes("fullfør")
        for action in ("choose", "dont_know", "skip", "answer", "withdraw"):
            await amina.presses_raw(f"round:{action}:q{never}", "yes")
            assert amina.t("This has moved on. Write «help» to see what you can do now.") in (
                amina.private
            )
        assert len(kept(stage, Answer)) == 1
        # what was asked can still be answered late
        await amina.presses_raw(f"round:dont_know_instead:q{first}")
        assert answer_of(stage, amina).status == AnswerStatus.DONT_KNOW  # type: ignore[union-attr]
        for words in ("neste", "åpne", "ferdig"):
            await kari.writes(words)
            assert kari.t("No round is running. Write «round» to start one.") in kari.private
        assert SAME not in amina.screen()

    play(database, story)


@EACH_CHANNEL
def test_a_word_that_several_collaborations_could_mean(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari = cast["kari"]
        await kari.writes("nytt Et annet: Etat, Kommune")
        await kari.writes("Etat")
        await kari.writes("runde 2 tråd")
        assert kari.t("Which collaboration do you mean?") in kari.private
        assert kept(stage, Round) == []
        await kari.presses(NAME)
        assert [each.way for each in kept(stage, Round)] == ["thread"]
        await kari.writes("neste")
        await kari.presses("Et annet")
        assert kari.t("No round is running. Write «round» to start one.") in kari.private
        await kari.writes("bli med")
        await kari.presses("Et annet")
        assert "«Et annet»" in kari.private
        await kari.writes("fullfør")
        await kari.presses(NAME)
        assert kept(stage, Round)[0].state == RoundState.CLOSED

    play(database, story)


@ON_SQLITE
def test_a_second_round_while_one_is_running(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari = cast["kari"]
        await trial(kari)
        for words in ("prøverunde", "runde 1", "runde 2 tråd"):
            await kari.writes(words)
            running = "A round is running. Finish it before you start another."
            assert kari.t(running) in kari.private
        await kari.writes("runde 99")
        assert (
            kari.t("There is no part with that number. Write a number from 1 to {n}.", n=25)
            in kari.private
        )
        await cast["amina"].writes("runde 1")
        assert kari.t("Only a coordinator can do this.") in cast["amina"].private
        who_can = kari.t("In «{name}» that is {names}.", name=NAME, names="Kari")
        assert who_can in cast["amina"].private

    play(database, story)


@ON_SQLITE
def test_a_sentence_that_begins_with_a_command_word_is_no_command(database: Database) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage)["kari"]
        await trial(kari)
        for words in ("Ferdig snart?", "Neste gang tar vi kake", "Åpne vinduet", "endre alt"):
            await kari.writes(words)
        assert [each.state for each in kept(stage, Round)] == [RoundState.OPEN]
        assert sum(each.asked_at is not None for each in kept(stage, Asked)) == 1

    play(database, story)
