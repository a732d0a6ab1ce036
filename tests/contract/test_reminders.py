"""Reminders, and rounds that end by the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from storage import collaborations, memberships, places
from storage.engine import Database
from storage.tables import (
    AskedState,
    Collaboration,
    Membership,
    Nudge,
    Role,
    Round,
    RoundState,
    Timer,
)
from tests.contract.stage import Player, Stage
from tests.contract.stories import (
    EACH_CHANNEL,
    NAME,
    ON_SQLITE,
    PROBLEM,
    answers,
    asked_with,
    change,
    change_person,
    five,
    kept,
    person_id,
    play,
    trial,
)

SENTENCE = "Etterlatte må melde fra mange steder."
OSLO = ZoneInfo("Europe/Oslo")


def reminders(player: Player) -> list[str]:
    """What the person was reminded of."""
    rest = player.t("It is fine to skip, or to answer «don't know».")
    return [each.text for each in player.sees() if rest in each.text]


async def until(stage: Stage, at: datetime) -> None:
    """Let time pass to an instant, hour by hour, as it does."""
    while stage.clock.now() < at:
        step = min(timedelta(hours=1), at - stage.clock.now())
        stage.clock.forward(step)
        await stage.core.plan()
    await stage.settle()


def due(stage: Stage, action: str) -> list[datetime]:
    return sorted(each.due_at for each in kept(stage, Timer) if each.action == action)


@EACH_CHANNEL
def test_only_who_has_not_answered_is_reminded_and_privately(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola, siri, amina, per = (
            cast[name] for name in ("kari", "ola", "siri", "amina", "per")
        )
        change_person(stage, siri, away_until=date(2026, 12, 24))
        await trial(kari)
        await answers(kari, SENTENCE)
        await amina.presses("Skip", on=PROBLEM)
        closes = kept(stage, Round)[0].closes_at
        first, last = due(stage, "remind")
        await until(stage, first)
        for somebody, count in ((kari, 0), (ola, 1), (siri, 0), (amina, 0), (per, 1)):
            assert len(reminders(somebody)) == count, somebody.name
        assert NAME in reminders(per)[0]
        assert all(each.room != ola.room for each in ola.sees() if each.text in reminders(ola))
        # a press brings the question, and typed words answer it
        await per.presses("Answer now", on=reminders(per)[0])
        assert PROBLEM in per.private
        await per.writes("svar")
        await per.writes(SENTENCE)
        await until(stage, last)
        assert len(reminders(per)) == 1
        assert len(reminders(ola)) == 2
        for at in (first, last):
            assert 8 <= at.astimezone(OSLO).hour < 16
            assert at.astimezone(OSLO).weekday() < 5
        # it closes by the clock and opens what enough have answered
        await until(stage, closes)
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        await stage.pass_time(timedelta(days=3))
        assert len(reminders(ola)) == 2

    play(database, story)


@ON_SQLITE
def test_enough_answers_are_opened_by_the_clock_and_too_few_are_not(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, ola, siri, amina = (cast[name] for name in ("kari", "ola", "siri", "amina"))
        await trial(kari)
        await answers(kari, SENTENCE)
        await answers(siri, "Ingen eier helheten.")
        await until(stage, kept(stage, Round)[0].closes_at)
        assert asked_with(stage, PROBLEM).state == AskedState.ASKED
        assert "Ingen eier helheten." not in ola.screen()
        title = amina.t("What the answers show: {name}", name="Prøverunde")
        assert amina.t("Counted, not shown here") in amina.post_with(title).text
        # a late answer makes them enough
        await amina.presses("Don't know", on=PROBLEM)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED
        assert "Ingen eier helheten." in ola.screen()
        assert amina.t("In our own words") in amina.post_with(title).text

        await trial(kari)
        for each in (kari, siri, amina):
            await answers(each, f"Igjen: {SENTENCE}")
        await until(stage, kept(stage, Round)[-1].closes_at)
        assert asked_with(stage, PROBLEM).state == AskedState.OPENED

    play(database, story)


@ON_SQLITE
def test_the_coordinator_may_open_too_few_after_the_end(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        kari, amina = cast["kari"], cast["amina"]
        await trial(kari)
        await answers(kari, SENTENCE)
        await until(stage, kept(stage, Round)[0].closes_at)
        assert SENTENCE not in amina.screen()
        await kari.presses("Open the answers", on=PROBLEM)
        assert SENTENCE in amina.screen()

    play(database, story)


@ON_SQLITE
def test_a_round_closes_however_late_it_has_become(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        await stage.pass_time(timedelta(days=40))  # nobody was running
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        assert kept(stage, Nudge) == []  # but nobody is reminded of what is over

    play(database, story)


def test_two_collaborations_come_in_one_message_and_at_most_two_a_week(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        first = five(stage)
        other = five(stage, tenants=("c", "d"), name="Et annet samarbeid")
        ola = first["ola"]
        member_too(stage, ola, "Et annet samarbeid")
        await trial(first["kari"])
        stage.clock.forward(timedelta(minutes=10))
        await trial(other["kari"])
        assert len(due(stage, "remind")) == 4
        await until(stage, due(stage, "remind")[1])
        assert len(reminders(ola)) == 1
        assert NAME in reminders(ola)[0]
        assert "Et annet samarbeid" in reminders(ola)[0]
        await until(stage, max(due(stage, "remind")))
        assert len(reminders(ola)) == 2
        # a third round in the same week: enough is enough
        await first["kari"].writes("fullfør")
        await trial(first["kari"])
        await until(stage, stage.clock.now() + timedelta(days=1, hours=20))
        assert len(reminders(ola)) == 2
        # the week after, again
        stage.clock.forward(timedelta(days=6))
        await first["kari"].writes("fullfør")
        await trial(first["kari"])
        await until(stage, stage.clock.now() + timedelta(days=4))
        assert len(reminders(ola)) > 2
        weekly(stage, ola)

    play(database, story)


def member_too(stage: Stage, player: Player, name: str) -> None:
    """Let somebody be in another collaboration as well."""
    with stage.database.write() as db:
        home = next(each for each in kept(stage, Collaboration) if each.name == name)
        house = collaborations.organisations(db, home.id)[0]
        me = person_id(stage, player)
        memberships.join(db, me, home.id, house.id, [Role.MEMBER], stage.clock.now())
    assert len([each for each in kept(stage, Membership) if each.person_id == me]) == 2


def weekly(stage: Stage, player: Player) -> None:
    """No week has more than two, none is at night, and no day has two."""
    me = person_id(stage, player)
    times = sorted(each.at for each in kept(stage, Nudge) if each.person_id == me)
    for at in times:
        assert sum(timedelta(0) <= each - at < timedelta(days=7) for each in times) <= 2
        assert 8 <= at.astimezone(OSLO).hour <= 16
    days = [each.astimezone(OSLO).date() for each in times]
    assert len(days) == len(set(days))


@ON_SQLITE
def test_who_has_the_page_too_is_reminded_where_they_are_called(database: Database) -> None:
    """The page calls nobody: a reminder there is seen by those who look at it anyway."""

    async def story(stage: Stage) -> None:
        cast = five(stage)
        per = cast["per"]
        page = (places.WEB_PLATFORM, places.WEB_TENANT, "per")
        with stage.database.write() as db:
            called = places.direct_of(db, person_id(stage, per))
            there = places.meet(db, *page, person_id=called.person_id)
            assert there.id > called.id
        await trial(cast["kari"])
        await until(stage, due(stage, "remind")[0])
        assert len(reminders(per)) == 1

    play(database, story)


@ON_SQLITE
def test_a_reminder_that_is_late_waits_until_people_are_at_work(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        first = due(stage, "remind")[0]
        await stage.pass_time(first + timedelta(hours=9) - stage.clock.now())  # we were away
        assert kept(stage, Nudge) == []
        await until(stage, first + timedelta(hours=24))
        assert len(reminders(cast["per"])) == 1
        weekly(stage, cast["per"])

    play(database, story)


@ON_SQLITE
def test_a_round_started_at_night_reminds_by_day(database: Database) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        stage.clock.at = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)  # a Friday night
        await trial(cast["kari"])
        await until(stage, kept(stage, Round)[0].closes_at)
        assert kept(stage, Nudge)
        weekly(stage, cast["per"])

    play(database, story)


@ON_SQLITE
def test_a_round_whose_time_is_up_is_not_reminded_of_in_the_same_catch_up(
    database: Database,
) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        found = kept(stage, Round)[0]
        # its last reminder and its closing are both less than a day late, in working time
        await stage.pass_time(found.closes_at + timedelta(minutes=5) - stage.clock.now())
        assert kept(stage, Round)[0].state == RoundState.CLOSED
        assert kept(stage, Nudge) == []

    play(database, story)


@ON_SQLITE
def test_a_reminder_names_no_round_whose_time_is_up(database: Database) -> None:
    async def story(stage: Stage) -> None:
        first = five(stage)
        other = five(stage, tenants=("c", "d"), name="Et annet samarbeid")
        member_too(stage, first["ola"], "Et annet samarbeid")
        await trial(first["kari"])
        await trial(other["kari"])
        at = due(stage, "remind")[1]  # of the second round, some seconds after the first one's
        home = next(each for each in kept(stage, Round) if each.collaboration_id == 1)
        change(stage, Round, Round.id == home.id, closes_at=at)
        await until(stage, at)
        (said,) = reminders(first["ola"])
        assert "Et annet samarbeid" in said
        assert NAME not in said
        assert reminders(first["siri"]) == []

    play(database, story)
