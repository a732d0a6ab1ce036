"""The page for a meeting in a real browser: as the chat serves it, on paper and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from bot.channel import Sent
from dialogs.language import LANGUAGES
from dialogs.messages import File
from dialogs.reports.html import html
from tests.clients.conftest import Opened, Running, faults
from tests.reports.test_page import HOSTILE, page

KEY = "file:round:page:r1:1"


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_sheet_without_faults(chromium: Browser, running: Running, language: str) -> None:
    made = html(page("Hvem kan løse dette: vi selv, eller noen over oss?", language))
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    sheet = context.new_page()
    sheet.set_content(made.decode())
    assert faults(sheet) == []
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 390
    assert sheets(sheet.pdf(prefer_css_page_size=True)) == 1
    context.close()


def test_the_chat_shows_it_as_it_was_made(opened: Opened, running: Running) -> None:
    """Its own look is let through, and what people wrote stays text."""
    file = File("nb", "side.html", "text/html", "Siden", html(page(HOSTILE)))
    running.stage.files[KEY] = file
    sent = running.wait(running.stage.channel.file(running.address(), file, KEY))
    assert isinstance(sent, Sent)
    chat = opened(running.url)
    chat.get_by_role("link", name="Siden").click()
    chat.wait_for_url(re.compile("/chat/file/"))
    assert chat.get_by_role("heading", level=1).inner_text().startswith("<script>")
    weight = "getComputedStyle(document.querySelector('dt')).fontWeight"
    assert chat.evaluate(weight) == "600"
