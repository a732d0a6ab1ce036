"""`web` gives a personal link in every channel, privately; nobody else there sees it."""

from __future__ import annotations

import re

from storage.engine import Database
from tests.contract.stage import Stage
from tests.contract.stories import EACH_CHANNEL, five, play

LINK = re.compile(r"/inn/[\w-]{43}")


@EACH_CHANNEL
def test_a_link_comes_privately_wherever_it_is_asked_for(database: Database, platform: str) -> None:
    async def story(stage: Stage) -> None:
        cast = five(stage, platform)
        kari, ola = cast["kari"], cast["ola"]
        found = []
        for ask in ("/samspill web", "@Samspill lenke"):
            await kari.says(ask)
            found.append(LINK.findall(kari.private)[-1])
        await kari.writes("lenkje")
        found.append(LINK.findall(kari.private)[-1])
        await kari.says("/samspill folk inviter Tone: Fjordetaten")
        found.append(LINK.findall(kari.private)[-1])
        assert len(set(found)) == 4
        await ola.says("/samspill folk inviter Tone")
        assert not LINK.search(ola.screen())
        await kari.writes("web logg ut")
        assert kari.t("You were not signed in on the web anywhere.") in kari.private

    play(database, story)
