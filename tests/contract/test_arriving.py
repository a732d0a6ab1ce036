"""Samspill comes to a channel or to one person, and says how to begin."""

from __future__ import annotations

from dialogs.events import Actor, Installed, Where
from storage.engine import Database
from tests.contract.stage import Player, Stage
from tests.contract.stories import EACH_CHANNEL, NAME, five, play


async def arrives(stage: Stage, player: Player, *, direct: bool) -> None:
    """The platform tells that Samspill was added, to the channel or by the person alone."""
    surface = player.surface
    who = Actor(surface.platform, surface.tenant, player.user, player.name, "nb")
    channel = player.user if direct else player.room
    where = Where(surface.platform, surface.tenant, channel, direct=direct)
    event = Installed(f"came-{channel}", stage.clock.now(), who, where)
    await stage.core.take(event)
    await stage.settle()


@EACH_CHANNEL
def test_the_first_words_to_one_person_say_how_to_begin(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        stranger = stage.player(platform, "z", "nils")
        for each in (kari, ola, stranger):
            await arrives(stage, each, direct=True)
        here = "Here you write to me alone: answer questions when they come, or write «help» to"
        start = "Start a round"
        for each, mine, labels in ((kari, True, [start]), (ola, True, []), (stranger, False, [])):
            seen = each.sees()[-1]
            assert seen.room == each.surface.direct_room(each)
            assert each.t(f"{here} see what I can do.") in seen.text
            assert (NAME in seen.text) == mine
            offered = {label for _, _, label in seen.actions}
            assert offered >= {each.t("Help"), *map(each.t, labels)}
            assert (each.t(start) in offered) == bool(labels)
        await kari.presses("Start a round")
        assert kari.form is not None

    play(database, story)


@EACH_CHANNEL
def test_the_first_words_in_a_channel_say_what_it_belongs_to(
    database: Database, platform: str
) -> None:
    async def story(stage: Stage) -> None:
        kari = five(stage, platform)["kari"]
        free = stage.player(platform, "a", "kari", "free")
        await arrives(stage, kari, direct=False)
        await arrives(stage, free, direct=False)
        assert NAME in kari.post_with(kari.t("Hello! I am Samspill.")).text
        labels = [label for _, _, label in free.post_with(free.t("Hello! I am Samspill.")).actions]
        assert labels == [free.t("Set up a collaboration"), free.t("Help")]

    play(database, story)
