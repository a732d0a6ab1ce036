"""A person's own data, shown privately: page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dialogs.authority import moved_on, number, part
from dialogs.buttons import row_number
from dialogs.me.document import Section, as_html, as_json, sections
from dialogs.me.page import ask, me, only_own, own, stop_asking
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    File,
    LongText,
    Notice,
    Reply,
    Text,
)
from dialogs.registry import fold
from dialogs.turn import Turn, View
from storage import mine, places
from storage.mine import Mine
from storage.tables import Conversation

PAGE_SECTIONS = 8
PAGE_CHARACTERS = 6_000
SHORT = 300  # characters of a value in a list; a longer one is folded
MORE = ("mer", "meir", "more", "neste", "next")


@me.command("my data", ("mine data", "data om meg", "meg data"), "", alone=True)
def data_command(turn: Turn, rest: str) -> Reply | None:
    """The first page; the next ones by a press or a word."""
    return _page(turn, 0)


@me.wait("data")
def more_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The next page, typed; anything else is done with it."""
    page = row_number(str(waits.data.get("page", "")))
    if fold(text) not in MORE or page is None:
        stop_asking(turn)
        raise moved_on(turn)
    return _page(turn, page)


def _page(turn: Turn, page: int) -> Notice:
    pages = pages_of(sections(turn, mine.all_of(turn.db, turn.me.id)))
    if page + 1 < len(pages):
        ask(turn, "data", MORE, page=page + 1)
    else:
        stop_asking(turn)
    return turn.notice(*_elements(turn, pages, page))


@me.show("data")
def data_shown(view: View, argument: str) -> Notice:
    """One page."""
    only_own(view, argument)
    page = row_number(part(view, argument, 1))
    pages = pages_of(sections(view, mine.all_of(view.db, view.me.id)))
    if page is None or page >= len(pages):
        raise moved_on(view)
    return view.notice(*_elements(view, pages, page))


def pages_of(everything: Sequence[Section]) -> list[list[Section]]:
    """Whole sections by page: so many and so long at most, one at least."""
    pages: list[list[Section]] = []
    room = 0
    for each in everything:
        length = sum(len(label) + len(text) for label, text in each.rows)
        if not pages or len(pages[-1]) >= PAGE_SECTIONS or room < length:
            pages.append([])
            room = PAGE_CHARACTERS
        pages[-1].append(each)
        room -= length
    return pages


def _elements(view: View, pages: Sequence[Sequence[Section]], page: int) -> list[Element]:
    say = view.say
    title = say.t("What Samspill keeps about you")
    if len(pages) > 1:
        title = say.t(
            "What Samspill keeps about you, page {n} of {total}", n=page + 1, total=len(pages)
        )
    elements: list[Element] = [Text(title, "heading")]
    for each in pages[page]:
        elements += _section(each)
    row = [
        Button(own(view, "download"), say.t("Download all of it"), typed="last ned"),
        Button("me:page:", say.t("Back to my page"), opens=True, typed="meg"),
    ]
    if page + 1 < len(pages):
        more = Button(own(view, "data", page + 1), say.t("Show more"), opens=True, typed=MORE[0])
        row.insert(0, more)
    return [*elements, Buttons(tuple(row))]


# --- files ------------------------------------------------------------------------------------


@me.command(
    "download", ("last ned", "last ned dataene mine", "last ned dataa mine"), "", alone=True
)
def download_command(turn: Turn, rest: str) -> Reply | None:
    """All of it, as files in the direct conversation."""
    return _download(turn)


@me.act("download")
def download_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button."""
    only_own(turn, argument)
    return _download(turn)


def _download(turn: Turn) -> Notice:
    direct = places.direct_of(turn.db, turn.me.id)
    when = int(turn.now.timestamp())
    for name in ("html", "json"):
        turn.file(direct, "me", name, f"u{turn.me.id},{when}")
    turn.audit("person.downloaded", f"person:{turn.me.id}", None)
    return turn.notice(turn.say.t("You get your data in our direct conversation."))


@me.file("html")
def html_file(view: View, argument: str) -> File | None:
    """To read and to print; where no files are, the same in words."""
    everything = _whose(view, argument)
    if everything is None:
        return None
    say = view.say
    said = [LongText(each.text, each.title) for each in map(_lines, sections(view, everything))]
    label, name = say.t("All that Samspill keeps about you, to read"), say.t("my data")
    return File(
        view.language,
        f"{name}.html",
        "text/html",
        label,
        as_html(view, everything).encode(),
        view.message(Text(label, "heading"), *said, summary=label),
    )


@me.file("json")
def json_file(view: View, argument: str) -> File | None:
    """For machines."""
    everything = _whose(view, argument)
    if everything is None:
        return None
    label, name = view.say.t("The same for programs (JSON)"), view.say.t("my data")
    data = as_json(everything).encode()
    return File(view.language, f"{name}.json", "application/json", label, data)


def _whose(view: View, argument: str) -> Mine | None:
    """Only what is the reader's own is ever made."""
    if view.person is None or number(view, argument, "u") != view.person.id:
        return None
    return mine.all_of(view.db, view.person.id)


def _lines(each: Section) -> _Lines:
    return _Lines(each.title, "\n".join(f"{a}: {b}" if a else b for a, b in each.rows))


class _Lines(NamedTuple):
    """A section as one text."""

    title: str
    text: str


def _section(each: Section) -> list[Element]:
    short = [row for row in each.rows if len(row[1]) <= SHORT]
    long = [row for row in each.rows if len(row[1]) > SHORT]
    elements: list[Element] = [Text(each.title, "heading")]
    listed = [text for label, text in short if not label]
    labelled = tuple(Fact(label, text) for label, text in short if label)
    if labelled:
        elements.append(Facts(labelled))
    if listed:
        elements.append(Text("\n".join(f"• {text}" for text in listed)))
    return elements + [LongText(text, label) for label, text in long]
