"""The real demo in a real browser: five people of three organisations in two places, two rounds."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dialogs.language import LANGUAGES, Translator
from tests.clients.conftest import faults, live

PICTURES = os.environ.get("PICTURES")  # a folder to leave screenshots in, to look at
SAMSPILL = Path(sys.executable).with_name("samspill")
PEOPLE = ("Kari", "Ola", "Siri", "Amina", "Per")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address of a fresh demo, run as a user runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(SAMSPILL), "demo", "--port", str(port), "--file", str(tmp_path / "demo.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert "runs at" in process.stdout.readline()
        yield f"http://localhost:{port}"
        process.terminate()
        assert process.wait(20) == 0


class Person:
    """Somebody at the demo's page, reading in one language."""

    def __init__(self, browser: Browser, url: str, name: str, language: str, scheme: str) -> None:
        self.say = Translator(language)
        self.name = name
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        self.page: Page = context.new_page()
        self.page.goto(url)
        live(self.page)
        choice = self.page.locator("select").first
        label = next(each for each in choice.locator("option").all_inner_texts() if name in each)
        choice.select_option(label=label)
        self.page.get_by_role("button", name="Bytt", exact=True).click()
        expect(self.page.locator("select option:checked").first).to_contain_text(name)
        live(self.page)
        if language != "nb":
            names = {"nn": "Nynorsk", "en": "English"}
            self.page.get_by_role("button", name=names[language], exact=True).click()
            expect(self.page.locator("html")).to_have_attribute("lang", language)
            live(self.page)

    def t(self, text: str, **values: object) -> str:
        return self.say.t(text, **values)

    def message(self, words: str) -> Locator:
        """The message in the room with these words."""
        return self.page.get_by_role("article").filter(has_text=words).first

    def presses(self, label: str, *, on: str) -> None:
        """Press a button of Samspill's; in a channel it reads bokmål."""
        name = re.compile(rf"^{re.escape(Translator('nb').t(label))}( …)?$")
        self.message(on).get_by_role("button", name=name).first.click()

    def answers(self, text: str, *, on: str) -> None:
        """Open the form, write, save, and read the receipt."""
        self.presses("Answer or change", on=on)
        form = self.page.locator("dialog[open]")
        form.locator("textarea").fill(text)
        form.get_by_role("button", name=self.t("Save"), exact=True).click()
        expect(form).to_have_count(0)
        expect(self.page.get_by_text(self.t("Your answer is saved.")).first).to_be_visible()

    def picture(self, name: str) -> None:
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{name}.png")


@pytest.fixture
def people(chromium: Browser, demo: str) -> Iterator[dict[str, Person]]:
    """Five people, three languages, light and dark."""
    languages = {"Kari": "nb", "Ola": "nn", "Siri": "en", "Amina": "nb", "Per": "nn"}
    made = {
        name: Person(chromium, demo, name, languages[name], "dark" if name == "Siri" else "light")
        for name in PEOPLE
    }
    yield made
    for each in made.values():
        each.page.context.close()


def test_the_direct_message_says_how_to_begin_and_a_channel_is_free(
    people: dict[str, Person],
) -> None:
    for name in ("Kari", "Siri"):
        one = people[name]
        rooms = one.page.get_by_role("navigation", name=one.t("Rooms"))
        rooms.get_by_text(one.t("Direct message")).click()
        live(one.page)
        hello = one.page.get_by_role("article").first
        expect(hello).to_contain_text("Når noen dør")
        expect(hello.get_by_role("button", name="Hjelp …")).to_be_visible()
        one.picture(f"direct-{name}")
        one.page.get_by_role("link", name=re.compile("Ledig kanal")).click()
        live(one.page)
        one.presses("Set up a collaboration", on="Jeg er Samspill")
        expect(one.page.locator("dialog[open]")).to_be_visible()


def test_five_people_play_the_trial_round(people: dict[str, Person]) -> None:
    kari, ola, siri, amina, per = (people[name] for name in PEOPLE)
    kari.presses("Start the trial round", on="Jeg er Samspill")

    problem = "Hvilket problem vil dere løse?"
    for each in (kari, amina):
        expect(each.message(problem)).to_contain_text("Spørsmål 1 av 3")
    kari.picture("question")
    kari.answers("Etterlatte må melde fra til mange etater.", on=problem)
    ola.answers("Ingen eig heilskapen.", on=problem)
    siri.answers("Forms ask the same thing again and again.", on=problem)
    amina.answers("Kommunen får vite det for sent.", on=problem)
    expect(kari.message(problem)).to_contain_text("4 svar fra 3 virksomheter")
    per.presses("Don't know", on=problem)  # the last of all: the answers open
    for each in people.values():
        expect(each.message(problem)).to_contain_text("Svarene er åpne")
    amina.message(problem).get_by_role("link", name=re.compile("tråd|svar")).first.click()
    thread = amina.page.get_by_role("article").filter(has_text="Etterlatte må melde fra")
    expect(thread.first).to_contain_text("Kari Nordmann (Fjordetaten)")
    expect(thread.first).to_contain_text("Ingen eig heilskapen.")
    amina.picture("thread")

    kari.presses("Next question", on=problem)
    same = "Alle partene ser problemet på samme måte"
    for each, step in zip(people.values(), ("5", "2", "2", "4", "3"), strict=True):
        expect(each.message(same)).to_be_visible()
        each.message(same).get_by_role("button", name=re.compile(rf"^{step}|{STEPS[step]}")).click()
        expect(each.page.get_by_text(each.t("Your answer is saved.")).first).to_be_visible()
    expect(kari.message(same)).to_contain_text("Svarene er åpne")

    kari.presses("Next question", on=same)
    gain = "Hva får din virksomhet ut av dette?"
    for each in people.values():
        each.answers(f"{each.name} sin virksomhet sparer mye tid.", on=gain)
    siri.presses("See ours", on=gain)
    expect(siri.page.get_by_text("Siri sin virksomhet sparer mye tid.").first).to_be_visible()
    expect(siri.page.get_by_text("Kari sin virksomhet")).to_have_count(0)
    siri.picture("house")

    kari.presses("Finish the round", on=gain)
    title = Translator("nb").t("What the answers show: {name}", name="Prøverunde")
    for each in people.values():
        expect(each.message(title)).to_contain_text("5 personer fra 3 virksomheter")
    kari.page.set_viewport_size({"width": 390, "height": 844})
    kari.picture("summary-narrow")
    for each in (kari, siri, amina):
        assert faults(each.page) == []


def test_five_people_play_shared_goals(people: dict[str, Person]) -> None:
    """`felles-mal-1`: each kind of input, a house question, one asked only on its condition."""
    kari = people["Kari"]
    kari.presses("Choose a round", on="Jeg er Samspill")
    form = kari.page.locator("dialog[open]")
    form.locator("select").first.select_option(value="felles-mal-1")
    kari.picture("set-up")
    form.get_by_role("button", name="Start", exact=True).click()

    written = {
        "Hvordan vil dere sammen finne ut hva problemet": "Vi snakker med dem det gjelder.",
        "Hvordan skal dere finne ut hva brukerne trenger": "Intervjuer på tvers.",
        "Hvem er brukerne? List opp gruppene.": "Etterlatte\nBegravelsesbyråer",
        "Hvem bestemmer målene for samarbeidet": "Styringsgruppa, tror jeg.",
    }
    last = ""
    for number, (question, text) in enumerate(written.items(), start=1):
        if last:
            kari.presses("Next question", on=last)
        for each in people.values():
            expect(each.message(question)).to_contain_text(f"Spørsmål {number} av 8")
            each.answers(text, on=question)
        expect(kari.message(question)).to_contain_text("Svarene er åpne")
        last = question
    pressed = {
        "Vi forstår utfordringen likt": ("Helt enig", "Litt enig", "Helt enig", "Litt enig"),
        "Vi er enige om hva brukerne trenger": ("Helt enig", "Litt uenig", "Helt enig", "Vet ikke"),
        "komme i konflikt med målet": ("Nei", "Nei", "Delvis", "Nei"),
        "Hvor kan en slik konflikt løses": ("Ledelsen", "Vi selv", "Ledelsen", "Ledelsen"),
    }
    for number, (question, choices) in enumerate(pressed.items(), start=5):
        kari.presses("Next question", on=last)
        for each, choice in zip(people.values(), (*choices, "Hopp over"), strict=True):
            expect(each.message(question)).to_contain_text(f"Spørsmål {number} av 8")
            each.message(question).get_by_role("button", name=re.compile(f"{choice}$")).click()
            expect(each.page.get_by_text(SAVED).first).to_be_visible()
        last = question
    kari.picture("pick")
    kari.presses("Finish the round", on=last)
    title = Translator("nb").t("What the answers show: {name}", name="Felles mål")
    for each in people.values():
        expect(each.message(title)).to_contain_text("5 personer fra 3 virksomheter")
        by_all = Translator("nb").t("Named by all organisations")
        expect(each.message(title)).to_contain_text(by_all)
        expect(each.message(title)).to_contain_text("Etterlatte")
        expect(each.message(title)).not_to_contain_text("Delvis")  # a house answer stays at home
        each.page.reload()
        live(each.page)
        each.message(title).scroll_into_view_if_needed()
        each.picture(f"summary-{each.name}")


SAVED = re.compile("|".join(Translator(each).t("Your answer is saved.") for each in LANGUAGES))
STEPS = {
    "1": "Helt uenig",
    "2": "Litt uenig",
    "3": "Verken eller",
    "4": "Litt enig",
    "5": "Helt enig",
}
