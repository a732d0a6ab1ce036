"""A round from its setting up to its summary, over every channel, on both databases."""

from __future__ import annotations

import re

from storage.engine import Database
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EVERYWHERE,
    GAIN,
    HOUSES,
    PROBLEM,
    SAME,
    answers,
    five,
    play,
    trial,
    value_of,
)


async def collaboration(stage: Stage, platform: str) -> dict[str, Player]:
    """Five people of three organisations in two places, set up by talking to Samspill."""
    other = "web" if platform != "web" else "terminal"
    people = {name: stage.player(platform, "a", name) for name in ("kari", "ola", "siri")}
    people |= {name: stage.player(other, "b", name) for name in ("amina", "per")}
    kari, amina = people["kari"], people["amina"]
    await kari.says("/samspill nytt Når noen dør: " + ", ".join(HOUSES))
    await kari.presses(HOUSES[0])
    await kari.writes("bli med")
    code = re.findall(r"\b[A-Z2-9]{10}\b", kari.private)[0]
    await amina.says(f"@Samspill bli med {code}")
    await amina.presses("Yes, bring the channel in")
    await kari.presses("Let it in")
    await amina.presses(HOUSES[1])
    return people


@EVERYWHERE
def test_a_trial_round_from_setting_up_to_summary(  # noqa: PLR0915 - one long story
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        people = await collaboration(stage, platform)
        kari, ola, siri, amina, per = (
            people[name] for name in ("kari", "ola", "siri", "amina", "per")
        )
        await kari.writes("prøverunde")
        assert PROBLEM in kari.post_with(PROBLEM).text
        assert PROBLEM in amina.post_with(PROBLEM).text

        # by a form; by one press of somebody who then picks an organisation; by typed words
        await kari.presses("Answer or change", on=PROBLEM)
        await kari.fills(answer="Etterlatte må melde fra mange steder.")
        assert "Etterlatte må melde fra mange steder." in kari.private
        await ola.presses("Don't know", on=PROBLEM)
        await ola.presses(HOUSES[0])
        assert not any("Etterlatte må" in each.text for each in ola.sees())
        await amina.writes("svar")
        await amina.writes("Ingen eier helheten.")
        assert "Ingen eier helheten." in amina.private

        # all who are asked have answered, three people of two organisations: opened in both places
        for somebody in (kari, amina):
            opened = somebody.post_with("Etterlatte må melde fra mange steder.")
            assert "Kari (Fjordetaten)" in opened.text
            assert "Amina (Elveby kommune): «Ingen eier helheten.»" in opened.text
            assert opened.thread == somebody.post_with(PROBLEM).id

        # a newcomer's answer comes on the same page
        await siri.presses("Answer or change", on=PROBLEM)
        await siri.fills(answer="Skjemaene spør om det samme om igjen.")
        await siri.presses(HOUSES[2])
        if kari.surface.platform != "poor":
            page = kari.post_with("Skjemaene spør")
            assert "Etterlatte må melde" in page.text
            assert page.id == kari.post_with("Etterlatte må").id

        # the scale: no names, a conversation starter since the answers lie far apart
        await kari.writes("neste")
        for somebody, step in ((kari, "Helt enig"), (ola, "Litt uenig"), (siri, "Litt enig")):
            await somebody.presses(step, on=SAME)
        await amina.writes("svar")
        await amina.writes("2")
        spread = amina.post_with("Helt enig: ● 1")
        assert "Kari" not in spread.text
        assert "Hvordan ser problemet ut fra hvert ståsted?" in kari.screen()

        # the house question: counts in the thread, answers only at home
        await kari.writes("neste")
        for somebody in (kari, siri, amina):
            await somebody.presses("Answer or change", on=GAIN)
            await somebody.fills(answer=f"Gevinst hos {somebody.name}, og mer til.")
        await ola.presses("Skip", on=GAIN)
        counts = kari.post_with(kari.t("The answers are shown only within each organisation."))
        assert "Gevinst" not in counts.text
        await ola.presses("See ours", on=counts.text)
        assert "Gevinst hos Kari" in ola.private
        assert "Gevinst hos Amina" not in ola.screen()

        # summed up, and a late answer refreshes the summary
        await kari.writes("fullfør")
        title = kari.t("What the answers show: {name}", name="Prøverunde")
        assert SAME in amina.post_with(title).text
        await per.presses("Don't know", on=PROBLEM)
        await per.presses(HOUSES[1])
        if amina.surface.platform != "poor":
            assert "5" in amina.post_with(title).text
        assert (
            len(
                [
                    each
                    for each in kari.sees()
                    if each.thread is None and each.author is None and each.room == "samspill"
                ]
            )
            <= 5 + 4
        )

    play(database, story)


@EVERYWHERE
def test_a_question_that_was_answered_by_a_form_waits_for_words_no_longer(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, platform)["kari"]
        await trial(kari)
        await kari.writes("svar")
        await answers(kari, "Etterlatte må melde fra mange steder.")
        await kari.writes("runde 2")
        assert kari.t("A round is running. Finish it before you start another.") in kari.private
        assert value_of(stage, kari) == {"text": "Etterlatte må melde fra mange steder."}

    play(database, story)
