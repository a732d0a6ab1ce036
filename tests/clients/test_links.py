"""Coming in by a personal link in a real browser: served as an operator serves it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clients.conftest import faults, live

PICTURES = os.environ.get("PICTURES")  # a folder to leave screenshots in, to look at
SAMSPILL = [sys.executable, "-c", "from bot.cli import main; main()"]


@dataclass
class Served:
    """A running `samspill serve` on an empty database."""

    url: str
    folder: Path
    settings: dict[str, str]

    def link(self, name: str) -> str:
        """The operator's link for somebody."""
        done = subprocess.run(
            [*SAMSPILL, "web-link", "--name", name],
            cwd=self.folder,
            env=self.settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Samspill as an operator runs it, on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMSPILL_")}
    root = Path(__file__).parents[2]
    settings = kept | {
        "PYTHONPATH": str(root),
        "SAMSPILL_SECRET_KEY": "k" * 40,
        "SAMSPILL_PORT": str(port),
    }
    subprocess.run([*SAMSPILL, "migrate"], cwd=tmp_path, env=settings, check=True)
    with (tmp_path / "log").open("w") as log:
        command = [*SAMSPILL, "serve"]
        with subprocess.Popen(command, cwd=tmp_path, env=settings, stderr=log) as process:
            made = Served(f"http://localhost:{port}", tmp_path, settings)
            ready(made.url)
            yield made
            process.terminate()
            assert process.wait(20) == 0


def ready(url: str) -> None:
    """Wait until it serves."""
    for _ in range(200):
        try:
            with urlopen(f"{url}/readyz") as answer:
                assert answer.status == 200
                return
        except URLError:
            time.sleep(0.1)
    raise AssertionError("it does not serve")


@pytest.fixture
def opened(chromium: Browser) -> Iterator[list[str]]:
    """What went wrong on any page."""
    errors: list[str] = []
    yield errors
    assert errors == []


def browser_of(chromium: Browser, errors: list[str], scheme: str = "light") -> Page:
    """Somebody's own browser."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="nb-NO",
    )
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Refused" in line.text else None)
    return page


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def room(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Rom").get_by_text(name).click()
    live(page)


def write(page: Page, text: str) -> None:
    box = page.locator("#say-room")
    box.fill(text)
    box.press("Enter")
    expect(box).to_have_value("")


def test_from_the_operators_link_to_an_answer(  # noqa: PLR0915 - one long story
    chromium: Browser, served: Served, opened: list[str]
) -> None:
    kari = browser_of(chromium, opened)
    kari.goto(served.url)
    expect(kari.get_by_text("Du trenger en personlig lenke")).to_be_visible()
    assert faults(kari) == []
    picture(kari, "no-session")
    first = served.link("Kari")
    kari.goto(first)
    assert faults(kari) == []
    picture(kari, "invited-first")
    kari.get_by_label("Navnet ditt").fill("Kari Nordmann")
    kari.get_by_role("button", name="Kom inn").click()
    live(kari)
    assert "/inn/" not in kari.url
    expect(kari.get_by_text("Logget inn som Kari Nordmann")).to_be_visible()
    write(kari, "nytt Når noen dør: Fjordetaten, Elveby kommune")
    expect(kari.get_by_role("heading", name="«Når noen dør» er opprettet.")).to_be_visible()
    write(kari, "Fjordetaten")
    expect(kari.get_by_text("Du er med fra Fjordetaten").first).to_be_visible()

    expect(kari.get_by_role("link", name="Når noen dør (nett)")).to_be_visible()  # came live
    assert "Når noen dør" not in kari.title()

    write(kari, "folk")
    kari.get_by_role("button", name="Inviter med lenke …").last.click()
    form = kari.locator("dialog[open]")
    form.get_by_label("Navn").fill("Amina Yusuf")
    form.get_by_label("Elveby kommune").check()
    assert faults(kari) == []
    picture(kari, "invite-form")
    form.get_by_role("button", name="Lag lenken").click()
    shown = kari.locator("[data-notice]").filter(has_text="En lenke til Amina Yusuf")
    expect(shown).to_be_visible()
    picture(kari, "invite-link")
    found = re.search(r"http://localhost:\d+/inn/[\w-]{43}", shown.inner_text())
    assert found

    amina = browser_of(chromium, opened, "dark")
    amina.goto(found[0])
    expect(amina.get_by_role("heading", name="Du er invitert til «Når noen dør»")).to_be_visible()
    expect(amina.locator("select option:checked")).to_have_text("Elveby kommune")
    assert amina.title() == "Samspill"
    assert faults(amina) == []
    picture(amina, "invited")
    amina.get_by_role("button", name="Kom inn").press("Enter")
    live(amina)
    room(amina, "Når noen dør (nett)")
    assert faults(amina) == []
    picture(amina, "room")

    kari.goto(f"{served.url}/chat")
    room(kari, "Når noen dør (nett)")
    write(kari, "@Samspill prøverunde")
    question = amina.get_by_role("article").filter(has_text="Hvilket problem vil dere løse?").first
    expect(question).to_be_visible()
    question.get_by_role("button", name="Vet ikke").click()
    expect(question).to_contain_text("1 svar fra 1 virksomhet")

    # used links, a page that is left, and logging out
    late = browser_of(chromium, opened)
    late.goto(found[0])
    expect(late.get_by_text("Denne lenken fører ingen steder.")).to_be_visible()
    assert "Amina" not in late.content()
    assert faults(late) == []
    picture(late, "used")
    kari.get_by_role("button", name="Logg ut").click()
    expect(kari.get_by_text("Du trenger en personlig lenke")).to_be_visible()
    log = (served.folder / "log").read_text()
    for secret in (first, found[0]):
        assert secret.rpartition("/")[2] not in log
    assert "Amina" not in log


def test_logging_out_everywhere_empties_the_other_screen(
    chromium: Browser, served: Served, opened: list[str]
) -> None:
    laptop, phone = browser_of(chromium, opened), browser_of(chromium, opened)
    laptop.goto(served.link("Kari"))
    laptop.get_by_role("button", name="Kom inn").click()
    live(laptop)
    write(laptop, "lenke")
    way = laptop.get_by_role("link", name="Åpne Samspill i nettleseren")
    phone.goto(way.get_attribute("href") or "")
    expect(phone.get_by_role("heading", name="Kom inn som Kari")).to_be_visible()
    assert faults(phone) == []
    picture(phone, "own-link")
    phone.get_by_role("button", name="Kom inn").click()
    live(phone)
    write(laptop, "lenke")
    expect(laptop.get_by_text("sist brukt").first).to_be_visible()
    picture(laptop, "sessions")
    laptop.get_by_role("button", name="Logg ut alle steder").last.click()
    for page in (laptop, phone):
        expect(page.get_by_text("Du trenger en personlig lenke")).to_be_visible(timeout=20_000)
