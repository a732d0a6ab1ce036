"""A real Chromium, and the built-in chat running for it with a core that answers as it is told."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.channel import Address, Sent
from dialogs.messages import Element, Message
from tests.chat.stage import Stage, new_id, stage

T = TypeVar("T")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        yield browser
        browser.close()


@dataclass
class Running:
    """A chat that is being served; everything of it lives on its own event loop."""

    stage: Stage
    url: str
    loop: asyncio.AbstractEventLoop

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the chat's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def post(self, *elements: Element, thread: int | None = None, direct: bool = False) -> int:
        """Let Samspill say something; the message's number."""
        channel = "kari" if direct else "digital-vei"
        to = Address("web", "nav", channel, str(thread) if thread else None, direct=direct)
        sent = self.wait(self.stage.channel.post(to, Message("nb", elements), new_id()))
        assert isinstance(sent, Sent)
        return int(sent.platform_id)

    def address(self) -> Address:
        """The shared room as the core knows it."""
        return Address("web", "nav", "digital-vei")

    def update(self, message: int, *elements: Element) -> None:
        """Let Samspill change what it said."""
        changed = self.stage.channel.update(self.address(), str(message), Message("nb", elements))
        self.wait(changed)

    def room(self, thread: int | None = None) -> str:
        """The address of the shared room."""
        room = f"{self.url}/chat/{self.stage.rooms['room']}"
        return f"{room}/{thread}" if thread else room


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A chat in the demo's guise, served on loopback from a thread of its own."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    found: list[Running] = []

    async def serve(leaving: asyncio.Event) -> None:
        async with stage(tmp_path, demo=True) as made:
            runner = web.AppRunner(made.app, shutdown_timeout=1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            found.append(Running(made, f"http://127.0.0.1:{port}", loop))
            ready.set()
            await leaving.wait()
            await runner.cleanup()

    leaving = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(leaving)))
    thread.start()
    assert ready.wait(20)
    yield found[0]
    loop.call_soon_threadsafe(leaving.set)
    thread.join(20)
    loop.close()


Opened = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, running: Running) -> Iterator[Opened]:
    """Opens an address of the chat and waits until it is live; any error on the page fails."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def look(address: str, *, width: int = 1280, height: int = 900, scheme: Any = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console", lambda line: errors.append(line.text) if "Refused" in line.text else None
        )
        page.goto(address)
        live(page)
        return page

    yield look
    for context in contexts:
        context.close()
    assert errors == []


def live(page: Page) -> None:
    """Wait until the page listens."""
    page.wait_for_selector("html[data-live]", state="attached")


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong by WCAG 2.1 AA and its own good practice."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {node['html'][:200]} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
