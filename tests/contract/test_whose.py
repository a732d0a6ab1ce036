"""Whose answers they are: one from each organisation, under its name only, or nobody's."""

from __future__ import annotations

from storage import collaborations, memberships, places
from storage.engine import Database
from storage.tables import (
    Agreed,
    Answer,
    Asked,
    AskedState,
    Audit,
    Conversation,
    Heard,
    Outbox,
    Place,
    Proposal,
    Responded,
    Role,
    Round,
    RoundState,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    HOUSES,
    ON_SQLITE,
    PROBLEM,
    SAME,
    People,
    answers,
    asked_with,
    five,
    kept,
    person_id,
    play,
)

WORDS = "Etterlatte må melde fra mange steder."


# Whose the answers of a round are, as it is written.
ONE_EACH, BY_HOUSE, NOBODYS = "én per virksomhet", "per virksomhet", "anonymt"


async def begun(stage: Stage, whose: str, platform: str = "web") -> tuple[People, Asked]:
    """The five in a round of the first part, and its first question."""
    cast = five(stage, platform)
    await cast["kari"].writes(f"runde 1 {whose}")
    return cast, asked_with(stage, PROBLEM)


async def all_answer(cast: People, stage: Stage, words: str = PROBLEM) -> None:
    question = asked_with(stage, words)
    for name, player in cast.items():
        await player.sends(f"round:answer:q{question.id}", answer=f"{WORDS} Nummer {name[::-1]}.")


# --- one from each organisation ---------------------------------------------------------------


@EACH_CHANNEL
def test_colleagues_agree_and_one_gives_the_answer(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH, platform)
        kari, ola, siri = cast["kari"], cast["ola"], cast["siri"]
        await ola.presses("Answer or change", on=PROBLEM)
        await ola.fills(answer=WORDS)
        assert ola.t("Your proposal is shared with your colleagues:") in ola.private
        assert not kept(stage, Answer), "nothing is given yet"
        shared = next(each for each in kari.sees() if WORDS in each.text)
        assert ola.t("{name} proposes", name="Ola") in shared.text
        assert WORDS not in siri.screen(), "another organisation sees nothing of it"
        await kari.presses("I agree", on=WORDS)
        assert [each.person_id for each in kept(stage, Agreed)] != []
        await ola.writes("gi svaret")
        given = kept(stage, Answer)
        assert [(each.respondent[0], each.value) for each in given] == [("o", {"text": WORDS})]
        assert not kept(stage, Proposal)
        # the others' organisations: one alone gives at once
        await siri.sends(f"round:answer:q{question.id}", answer="Pårørende står alene.")
        assert len(kept(stage, Answer)) == 2
        await kari.writes("åpne")
        page = siri.post_with(WORDS).text
        assert HOUSES[0] in page
        assert "Ola" not in page
        assert "Kari" not in page

    play(database, story)


@EACH_CHANNEL
def test_nobody_agrees_with_or_gives_what_they_did_not_see(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH, platform)
        kari, ola = cast["kari"], cast["ola"]
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        seen = kept(stage, Proposal)[0].id
        # while Kari reads it, Ola has another thought
        await ola.sends(f"round:answer:q{question.id}", answer="Noe helt annet enn det.")
        for act in ("agree", "give_ours"):
            await kari.presses_raw(f"round:{act}:q{question.id},{seen}")
            assert kari.t("A colleague has proposed something else meanwhile:") in kari.private
            assert "Noe helt annet enn det." in kari.private
            assert not kept(stage, Agreed)
            assert not kept(stage, Answer)
        await kari.presses("I agree", on="Noe helt annet enn det.")
        assert len(kept(stage, Agreed)) == 1

    play(database, story)


@ON_SQLITE
def test_of_two_who_propose_at_the_same_time_the_later_is_told(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        kari, ola = cast["kari"], cast["ola"]
        await ola.presses("Answer or change", on=PROBLEM)
        await kari.presses("Answer or change", on=PROBLEM)
        await ola.fills(answer=WORDS)
        await kari.fills(answer="Noe helt annet enn det.")
        assert kari.t("It takes the place of a colleague's proposal.") in kari.private
        assert WORDS not in kari.private, "what is replaced stands nowhere"
        # one's own is simply changed
        await kari.sends(f"round:answer:q{question.id}", answer="En tredje tanke om saken.")
        assert kari.t("It takes the place of a colleague's proposal.") not in kari.private

    play(database, story)


@ON_SQLITE
def test_a_form_that_comes_too_late_keeps_what_was_typed(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, _ = await begun(stage, NOBODYS)
        await cast["ola"].presses("Answer or change", on=PROBLEM)
        await cast["kari"].writes("fullfør")
        await cast["ola"].fills(answer=WORDS)
        over = cast["ola"].t("The round is over, and no more answers are taken.")
        assert cast["ola"].errors == {"": over}
        assert not kept(stage, Answer)

    play(database, story)


@ON_SQLITE
def test_a_new_proposal_starts_anew_and_the_given_answer_can_be_changed(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        kari, ola = cast["kari"], cast["ola"]
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        await kari.presses_raw(f"round:agree:q{question.id}")
        await kari.sends(f"round:answer:q{question.id}", answer="Noe helt annet enn det.")
        assert not kept(stage, Agreed)
        await ola.presses_raw(f"round:give_ours:q{question.id}")
        assert kept(stage, Answer)[0].value == {"text": "Noe helt annet enn det."}
        # a skip is one's own affair; others cannot touch what is not theirs
        await ola.presses_raw(f"round:skip:q{question.id}")
        assert kept(stage, Answer)[0].status == "given"
        await cast["siri"].presses_raw(f"round:agree:q{question.id}")
        assert kari.t("Nothing is proposed now.") in cast["siri"].private
        await ola.sends(f"round:answer:q{question.id}", answer="En tredje tanke om saken.")
        await kari.presses_raw(f"round:give_ours:q{question.id}")
        assert [each.value for each in kept(stage, Answer)] == [
            {"text": "En tredje tanke om saken."}
        ]

    play(database, story)


@ON_SQLITE
def test_all_organisations_have_answered_when_each_has_given_one(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        for name in ("kari", "siri", "amina"):
            await cast[name].sends(f"round:answer:q{question.id}", answer=f"{WORDS} {name}")
            await cast[name].presses_raw(f"round:give_ours:q{question.id}")
        assert len(kept(stage, Answer)) == 3
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        await cast["ola"].writes("svar")
        assert PROBLEM not in cast["ola"].private, "the organisation has answered"

    play(database, story)


@ON_SQLITE
def test_a_proposal_names_nobody_who_is_no_colleague_any_more(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        kari, ola, per, amina = cast["kari"], cast["ola"], cast["per"], cast["amina"]
        # moved: what the others proposed is taken away, and the agreement with it
        await amina.sends(f"round:answer:q{question.id}", answer="Kommunen mangler oversikt.")
        await per.presses("I agree", on="Kommunen mangler")
        assert amina.t("Agree: {names}", names="Per") in amina.screen()
        await kari.writes(f"folk Per: {HOUSES[0]}")
        assert not kept(stage, Agreed)
        assert amina.t("Agree: {names}", names="Per") not in amina.screen()
        assert "Kommunen mangler" not in per.screen()
        # gone: without the name
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        await per.presses_raw(f"round:agree:q{question.id}")
        shared = WORDS
        assert kari.t("Agree: {names}", names="Per") in proposal_to(kari, shared)
        await per.writes("forlat")
        await per.writes("med navn")
        assert not kept(stage, Agreed)
        assert "Per" not in proposal_to(kari, shared)
        await ola.writes("forlat")
        await ola.writes("uten navn")
        assert [each.person_id for each in kept(stage, Proposal)][-1] is None
        assert "Ola" not in proposal_to(kari, shared)
        assert kari.t("A colleague proposes") in proposal_to(kari, shared)
        assert WORDS not in ola.screen()

    play(database, story)


def proposal_to(player: Player, words: str) -> str:
    """The proposal as somebody sees it."""
    title = player.t("One answer from {organisation}", organisation=HOUSES[0])
    return next(each.text for each in player.sees() if title in each.text and words in each.text)


@ON_SQLITE
def test_nothing_is_proposed_in_a_round_that_was_called_off(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        kari, ola = cast["kari"], cast["ola"]
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        await kari.presses_raw(f"round:open:q{question.id}")
        assert WORDS in kari.screen()
        await kari.writes("avlys nå")
        assert WORDS not in kari.screen()
        assert kari.t("Nothing is proposed now.") in kari.screen()
        assert not kept(stage, Proposal)

    play(database, story)


@ON_SQLITE
def test_words_in_a_channel_reach_its_own_collaboration_alone(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, ours = await begun(stage, ONE_EACH)
        ola = cast["ola"]
        await ola.sends(f"round:answer:q{ours.id}", answer=WORDS)
        there = another_home(stage, ola)
        for words in ("enig", "gi svaret"):
            await there.says(f"@Samspill {words}")
            assert ola.t("Nothing is proposed now.") in there.private
        await ola.says("@Samspill gi svaret")
        assert [each.value for each in kept(stage, Answer)] == [{"text": WORDS}]
        await there.says(f"@Samspill trekk tilbake {ours.id}")
        assert kept(stage, Answer)[0].status == "given"
        await ola.says(f"@Samspill trekk tilbake {ours.id}")
        assert kept(stage, Answer)[0].status == "withdrawn"

    play(database, story)


def another_home(stage: Stage, player: Player) -> Player:
    """The same person in the channel of another collaboration, which they take part in."""
    there = stage.player("web", "a", player.user, room="bro")
    with stage.database.write() as db:
        home = collaborations.create(
            db, name="Bro", organisations=["Etat"], language="nb", now=stage.clock.now()
        )
        house = collaborations.organisations(db, home.id)[0].id
        mine = person_id(stage, player)
        memberships.join(db, mine, home.id, house, [Role.MEMBER], stage.clock.now())
        places.bind(db, places.meet(db, "web", "a", "bro").id, home.id)
    return there


@ON_SQLITE
def test_what_was_proposed_in_a_round_that_is_finished_is_not_given_by_a_word(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, ONE_EACH)
        kari, ola = cast["kari"], cast["ola"]
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        await kari.writes("fullfør")
        await ola.writes("gi svaret")
        assert not kept(stage, Answer)
        # but what is proposed late is
        await ola.sends(f"round:answer:q{question.id}", answer="Noe vi kom på siden.")
        await kari.writes("gi svaret")
        assert [each.late for each in kept(stage, Answer)] == [True]

    play(database, story)


# --- under the organisation's name ------------------------------------------------------------


@ON_SQLITE
def test_by_organisation_no_name_of_a_person_is_shown(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, _ = await begun(stage, BY_HOUSE)
        siri = cast["siri"]
        assert siri.t("Visible to everyone taking part, with your organisation's name only.") in (
            siri.screen()
        )
        await all_answer(cast, stage)
        page = siri.post_with(WORDS).text
        for house in HOUSES:
            assert house in page
        for name in ("Kari", "Ola", "Siri", "Amina", "Per ("):
            assert name not in page

    play(database, story)


@ON_SQLITE
def test_who_is_alone_in_their_organisation_is_told_before_answering(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, _ = await begun(stage, BY_HOUSE)
        kari, siri, ola = cast["kari"], cast["siri"], cast["ola"]
        await kari.writes("neste")
        alone = (
            "You are the only one from your organisation here: others will know that the answer "
            "is yours."
        )
        await siri.presses("Helt enig", on=SAME)
        assert siri.t(alone) in siri.private
        assert not kept(stage, Answer)
        await siri.presses("Answer all the same")
        assert [each.value for each in kept(stage, Answer)] == [{"scale": 5}]
        await ola.presses("Litt enig", on=SAME)
        assert ola.t(alone) not in ola.private
        await siri.presses("Answer or change", on=PROBLEM)
        assert siri.form is not None
        assert siri.t(alone) in str(siri.form)

    play(database, story)


# --- anonymous --------------------------------------------------------------------------------


@EACH_CHANNEL
def test_an_anonymous_round_to_its_end(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, NOBODYS, platform)
        kari, ola, amina = cast["kari"], cast["ola"], cast["amina"]
        await kari.sends(f"round:answer:q{question.id}", answer=f"{WORDS} 1")
        assert all(each.person_id is None for each in kept(stage, Answer))
        assert amina.t("Fewer than three answers yet") in amina.screen()
        # what is typed in a direct message is an answer, and is noted nowhere else
        await ola.writes("svar")
        await ola.writes("Nummer to, skrevet direkte.")
        assert not kept(stage, Heard)
        for name in ("siri", "amina", "per"):
            await cast[name].sends(f"round:answer:q{question.id}", answer=f"{WORDS} {name[0]}")
        assert amina.t("At least {n} answers", n=3) in amina.screen()
        # all have answered, and the coordinator asks: still nothing is shown before the end
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        await kari.writes("åpne")
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        await kari.writes("neste")
        await ola.presses("Helt enig", on=SAME)
        await amina.presses("Helt enig", on=SAME)
        await kari.writes("fullfør")
        page = amina.post_with(WORDS).text
        for name in ("Kari", "Ola", "Siri", "Amina", *HOUSES):
            assert name not in page
        few = amina.t("Fewer than three have answered, so the answers are not shown.")
        assert few in amina.post_with(few).text

    play(database, story)


@ON_SQLITE
def test_nothing_tells_who_answered_once_an_anonymous_round_is_closed(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, NOBODYS)
        kari, ola = cast["kari"], cast["ola"]
        await all_answer(cast, stage)
        await ola.writes("svar")
        assert len(kept(stage, Responded)) == 5
        await kari.writes("fullfør")
        found = kept(stage, Round)[0]
        assert (found.state, found.pseudonym_key) == (RoundState.CLOSED, None)
        assert not kept(stage, Responded)
        given = kept(stage, Answer)
        assert {each.at for each in given} == {found.closed_at}
        assert {each.organisation_id for each in given} == {None}, "no organisation has three"
        # ids follow the pseudonyms, not the order in which people answered
        assert [each.respondent for each in given] == sorted(each.respondent for each in given)
        answered = [each for each in kept(stage, Audit) if each.what.startswith("answer.")]
        assert answered
        assert {(each.person_id, each.at) for each in answered} == {(None, found.closed_at)}
        assert not [each for each in kept(stage, Conversation) if each.dialog == "round"]
        direct = {each.id for each in kept(stage, Place) if each.person_id is not None}
        about = [
            each
            for each in kept(stage, Outbox)
            if each.place_id in direct and each.argument == f"q{question.id}"
        ]
        assert about == []
        # and it is over for good
        await cast["per"].sends(f"round:answer:q{question.id}", answer="For sent.")
        assert cast["per"].t("The round is over, and no more answers are taken.") in (
            cast["per"].private
        )
        await kari.writes("gjenåpne")
        assert kari.t("An anonymous round cannot be opened again.") in kari.private

    play(database, story)


@ON_SQLITE
def test_in_an_anonymous_round_nobody_answers_before_picking_an_organisation(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        await begun(stage, NOBODYS)
        nils = stage.player("web", "a", "nils")
        await nils.presses("Answer or change", on=PROBLEM)
        assert nils.form is None, "what was written in it would be lost"
        assert nils.t("Choose your organisation first.") in nils.private
        await nils.sends(f"round:answer:q{asked_with(stage, PROBLEM).id}", answer=WORDS)
        assert nils.t("Choose your organisation first, and then answer once more.") in nils.private
        assert not kept(stage, Answer)
        await nils.presses(HOUSES[1])
        await answers(nils, WORDS)
        assert [each.value for each in kept(stage, Answer)] == [{"text": WORDS}]

    play(database, story)


@ON_SQLITE
def test_changing_and_taking_back_while_an_anonymous_round_goes_on(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast, question = await begun(stage, NOBODYS)
        ola = cast["ola"]
        await ola.sends(f"round:answer:q{question.id}", answer=WORDS)
        await ola.presses_raw(f"round:answer:q{question.id}")
        assert ola.form is not None
        assert WORDS in str(ola.form), "one's own answer is there to change"
        await ola.fills(answer="Noe annet enn jeg først skrev.")
        assert [each.value for each in kept(stage, Answer)] == [
            {"text": "Noe annet enn jeg først skrev."}
        ]
        await ola.presses_raw(f"round:withdraw:q{question.id}")
        assert [each.value for each in kept(stage, Answer)] == [None]

    play(database, story)
