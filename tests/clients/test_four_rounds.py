"""Four rounds of twenty-five people from seven organisations, one for each kind of respondent, read
in a real browser: every summary, every page of answers, and what axe finds in them."""

from __future__ import annotations

import asyncio
import os
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright

from bot.chat import Seat
from bot.chat.demo import COOKIE
from dialogs.language import Translator
from storage import collaborations, counting, memberships, people, places, rounds
from storage.engine import Database
from storage.tables import Asked, AskedState, Role, Round
from tests.clients.conftest import AXE
from tests.contract.stage import Player, Stage
from tests.contract.stories import PACKS, kept, start

HOUSES = {
    "Fjordetaten": 7,
    "Elveby kommune": 5,
    "Skogvik kommune": 4,
    "Direktoratet for bygg": 3,
    "Havnefylket": 3,
    "Sorgstøtte Norge": 2,
    "Viddas sparebank": 1,
}
ROUNDS = {
    "felles-mal-1": "",
    "styring-grunnsporsmal-1": "én per virksomhet",
    "team-og-tverrfaglighet-1": "per virksomhet",
    "roller-og-ansvar-1": "anonymt",
}
SENTENCES = (
    "Folk må fortelle det samme til fem etater, og ingen av dem eier helheten.",
    "Vi følger tre familier gjennom de første ukene og skriver ned hvor de står fast.",
    "Kommunene bærer mest av arbeidet og får minst av gevinsten.",
    "Direktørene er enige i møtet, men ikke i tildelingsbrevene.",
    "Det burde vært én melding, og resten burde gått av seg selv.",
    "Jeg tror vi mener ulike ting når vi sier «etterlatte».",
)
PARTIES = (("KS", "Nav"), ("Nav", "Skatteetaten"), ("Statsforvalteren",), ("KS", "bankene"))
CHOSEN = ("ypn", "pick", "scale5")  # answered by a press
PICTURES = os.environ.get("PICTURES")


def cast_of(stage: Stage) -> dict[str, Player]:
    """Everybody, in one channel of the web; the first coordinates."""
    cast: dict[str, Player] = {}
    now = stage.clock.now()
    numbers = iter(range(1, 100))
    names = {house: [f"p{next(numbers)}" for _ in range(size)] for house, size in HOUSES.items()}
    for users in names.values():
        for user in users:
            cast[user] = stage.player("web", "a", user)
    with stage.database.write() as db:
        home = collaborations.create(
            db, name="Når noen dør", organisations=list(HOUSES), language="nb", now=now
        )
        ids = {each.name: each.id for each in collaborations.organisations(db, home.id)}
        for house, users in names.items():
            for user in users:
                met = people.by_identity(db, "web", "a", user)
                assert met is not None
                roles = [Role.MEMBER, Role.COORDINATOR] if user == "p1" else [Role.MEMBER]
                memberships.join(db, met.id, home.id, ids[house], roles, now)
        place = places.meet(db, "web", "a", "samspill", name="Når noen dør")
        places.bind(db, place.id, home.id)
    return cast


def answer_to(asked: Asked, chance: Random, said: Any) -> dict[str, Any]:
    """A likely answer by the type of the question; now and then another than most give."""
    options = [each["id"] for each in asked.content.get("options", ())]
    match asked.type:
        case "ypn" | "pick":
            return {"answer": chance.choices(options, [5, 2, 1, 1, 1, 1, 1, 1][: len(options)])[0]}
        case "scale5":
            return {"answer": str(chance.choice((2, 3, 4, 4, 5)))}
        case "multi":
            return {"answer": tuple(chance.sample(options, 2))}
        case "parties":
            return {"answer": chance.choice(PARTIES)}
        case "roles":
            return {"answer": ("Nav: Kari", "KS")}
    return {"answer": next(said)}


class Hands:
    """People at one browser, one after the other: they read the channel, press and fill in."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.address = address
        self.say = Translator("nb")

    async def sit_down(self, user: str) -> None:
        """The page as this person sees it."""
        cookie = {
            "name": COOKIE,
            "value": Seat("a", user, "web").key,
            "url": self.address.rstrip("/"),
        }
        await self.context.add_cookies([cookie])  # type: ignore[list-item]
        await self.page.goto(self.address)
        await self.page.locator("html[data-live]").wait_for(state="attached")
        mine = await self.page.locator("select option:checked").first.inner_text()
        assert mine.casefold().startswith(f"{user} ")

    async def answers(self, user: str, asked: Asked, button: str, values: dict[str, Any]) -> None:
        """Answer, or say that one does not know, under the question in the channel."""
        await self.sit_down(user)
        question = self.say.pick(asked.content["text"])
        post = self.page.get_by_role("article").filter(has_text=question).last
        if button != "answer":
            label = {"dont_know": "Don't know", "skip": "Skip"}[button]
            await post.get_by_role("button", name=self.say.t(label), exact=True).click()
        elif asked.type in CHOSEN:
            label = next(
                self.say.pick(each["label"])
                for each in asked.content["options"]
                if each["id"] == values["answer"]
            )
            await post.get_by_role("button", name=re.compile(f"{re.escape(label)}$")).click()
        else:
            svar = re.compile(rf"^{re.escape(self.say.t('Answer or change'))}( …)?$")
            await post.get_by_role("button", name=svar).click()
            form = self.page.locator("dialog[open]")
            given = values["answer"]
            text = given if isinstance(given, str) else "\n".join(given)
            await form.locator("textarea").fill(text)
            await form.get_by_role("button", name=self.say.t("Save"), exact=True).click()
            await form.wait_for(state="detached")
        await self.page.locator("[data-notice]").first.wait_for()


async def play(stage: Stage, cast: dict[str, Player], part: str, how: str, hands: Hands) -> Round:
    """One round from start to summary; some do not know, some skip, one says nothing. The first
    question everybody answers by hand in the browser, the others as the page would send it."""
    chance, said = Random(part), cycle(SENTENCES)
    lead = cast["p1"]
    await start(lead, part, how)
    found: Round = kept(stage, Round)[-1]
    while True:
        with stage.database.read() as db:
            asked = rounds.questions(db, found.id)
        now = next((each for each in asked if each.state == AskedState.ASKED and _new(each)), None)
        if now is not None:
            _SEEN.add(now.id)
            for user, player in cast.items():
                if user == "p25":
                    continue
                button = chance.choices(("answer", "dont_know", "skip"), (12, 2, 1))[0]
                given = answer_to(now, chance, said)
                if now.position == 1:
                    await hands.answers(user, now, button, given)
                elif button == "answer":
                    await player.sends(f"round:answer:q{now.id}", **given)
                else:
                    await player.presses_raw(f"round:{button}:q{now.id}")
            if how.startswith("én"):
                for player in cast.values():
                    await player.presses_raw(f"round:give_ours:q{now.id}")
            await lead.writes("åpne")
        before = sum(each.asked_at is not None for each in asked)
        await lead.writes("neste")
        with stage.database.read() as db:
            after = sum(each.asked_at is not None for each in rounds.questions(db, found.id))
        if after == before:
            break
    await lead.writes("fullfør")
    await stage.settle()
    return kept(stage, Round)[-1]


_SEEN: set[int] = set()


def _new(asked: Asked) -> bool:
    return asked.id not in _SEEN


async def look(page: Page, name: str) -> None:
    """See what axe finds, and take a picture where pictures are wanted."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    assert [each["id"] for each in found["violations"]] == []
    if PICTURES:
        await page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def test_four_rounds(sqlite_url: str) -> None:
    database = Database(sqlite_url)

    async def story() -> None:
        async with Stage(database, PACKS) as stage, async_playwright() as playwright:
            cast = cast_of(stage)
            browser = await playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            context = await browser.new_context(viewport={"width": 1000, "height": 900})
            address = str(stage.client.make_url("/"))
            page = await context.new_page()
            hands = Hands(context, page, address)
            say = Translator("nb")
            for part, how in ROUNDS.items():
                found = await play(stage, cast, part, how, hands)
                with stage.database.read() as db:
                    said = counting.counts(db, rounds.questions(db, found.id)[0].id)[0]
                assert said >= 15 or how.startswith("én")  # the rest do not know, or skip
                title = say.t("What the answers show: {name}", name=say.pick(found.name))
                assert title in cast["p2"].screen()
                await hands.sit_down("p2")
                await page.get_by_text(title).first.wait_for()
                await look(page, f"{part}-channel")
            await browser.close()

    try:
        # on a thread of its own: the other clients' browser keeps a loop running on this one
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(lambda: asyncio.run(story())).result()
    finally:
        database.close()
