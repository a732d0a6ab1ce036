"""A round in Slack, to Samspill's own edge by signed requests and in Socket Mode."""

from __future__ import annotations

from storage.engine import Database
from tests.contract.stage import Stage
from tests.contract.stories import PROBLEM, SAME, answers, five, play, trial
from tests.slack.house import EACH_WAY, House


@EACH_WAY
def test_five_people_play_a_round_in_slack_and_on_the_web(
    database: Database, socket_mode: bool
) -> None:
    async def story(stage: Stage) -> None:
        stage.house = House(stage, socket_mode=socket_mode)
        cast = five(stage, "slack")
        kari, ola, siri, amina, per = cast.values()
        await trial(kari)
        for each in (kari, ola, siri, amina, per):
            await answers(each, f"{each.name} ser det slik.", on=PROBLEM)
        assert "Amina ser det slik." in kari.screen()
        await kari.presses("Next question", on=PROBLEM)
        for each in (kari, ola, siri, amina, per):
            await each.presses("Litt enig", on=SAME)
        await kari.writes("fullfør")
        for each in (kari, amina):
            assert each.t("What the answers show: {name}", name="Prøverunde") in each.screen()

    play(database, story)
