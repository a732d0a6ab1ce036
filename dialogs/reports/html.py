"""The page for a meeting as HTML: one A4 sheet where it fits, no scripts, all text escaped."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dialogs.reports.page import Page, writable
from dialogs.reports.sheet_content import Sheet
from dialogs.rounds.findings import TITLES

LINES = 3  # left to write on by hand


def html(page: Page) -> bytes:
    """The document."""
    page = writable(page)
    template = _templates().get_template("page.html")
    titles = {part: page.say.t(title) for part, title in TITLES.items()}
    made = template.render(t=page.say.t, page=page, titles=titles, lines=LINES, dotted=dotted)
    return made.encode()


def sheet_html(sheet: Sheet) -> bytes:
    """A meeting sheet."""
    sheet = writable(sheet)
    made = _templates().get_template("sheet.html").render(t=sheet.say.t, sheet=sheet)
    return made.encode()


def dotted(text: str) -> Markup:
    """Dots are for the eye: a screen reader gets the number beside them."""
    pieces = ("".join(run) for _, run in groupby(text, key=lambda sign: sign == "●"))
    return Markup("").join(
        Markup('<span class="dots" aria-hidden="true">{}</span>').format(each)
        if each.startswith("●")
        else escape(each)
        for each in pieces
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
