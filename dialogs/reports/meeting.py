"""One page for a meeting: made the working day after a round, posted in the summary's thread."""

from __future__ import annotations

from typing import Any

from dialogs.messages import Element, File, Message, Quote, Text
from dialogs.reports.html import html
from dialogs.reports.page import Page, page_of
from dialogs.reports.word import document
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.figures import RoundFigures, kept, work_out
from dialogs.rounds.summary import page_due_at, told
from dialogs.turn import Turn, View, translator
from storage import collaborations, jobs, outbox, rounds
from storage.tables import Place, Round, RoundState

PAGE, WORD = "page", "word"  # the two files, in the order they come
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@rounds_dialog.due("page", whenever=True)
def page_due(turn: Turn, arguments: list[str]) -> None:
    """The day after: have the figures worked out as they stand now, then post. A round that was
    opened again meanwhile has its page after its new end."""
    for argument in arguments:
        found = round_of(turn, argument)
        if found.state == RoundState.CLOSED and page_due_at(turn, found) <= turn.now:
            jobs.enqueue(turn.db, f"page:{found.id}", "round", "page", argument)


def _finish(turn: Turn, argument: str, figures: dict[str, Any]) -> None:
    found = round_of(turn, argument)
    rounds.keep_figures(turn.db, found.id, figures)
    if not figures["people"] or found.state != RoundState.CLOSED:
        return
    for place in rounds.places(turn.db, found.id):
        summary = outbox.live_row(turn.db, "round", "summary", argument, place.id)
        if summary is not None:
            _post(turn, found, place, summary.id)


rounds_dialog.job("page", _finish)(work_out)


def _post(turn: Turn, found: Round, place: Place, root: int) -> None:
    """Once for each end of the round: one that was opened again has a new page."""
    home = collaborations.the(turn.db, found.collaboration_id)
    say = translator(None, place, home)
    title, day = say.t("For the meeting"), f"{page_due_at(turn, found):%Y-%m-%d}"
    text = say.t(
        "One page for your next meeting: what the answers show, and room for what you arrive at. "
        "Print it, or write in the Word document."
    )
    turn.post(
        place,
        Message(say.language, (Text(title, "heading"), Text(text)), title),
        f"page:{found.id}:{day}:{place.id}",
        root=root,
        owner=("round", f"r{found.id}"),
        collaboration=found.collaboration_id,
    )
    for name in (PAGE, WORD):
        about, home_id = f"r{found.id},{day}", found.collaboration_id
        turn.file(place, "round", name, about, root=root, collaboration=home_id)


@rounds_dialog.file(PAGE)
def page_file(view: View, argument: str) -> File | None:
    """The page to print; where no file can go, its words."""
    found, figures = _figures(view, argument)
    if figures is None:
        return None
    page, say = page_of(view, found, figures), view.say
    return File(
        say.language,
        page.saved_as("html"),
        "text/html",
        say.t("The page, to read and print"),
        html(page),
        _in_words(view, page),
    )


@rounds_dialog.file(WORD)
def word_file(view: View, argument: str) -> File | None:
    """The same as a Word document."""
    found, figures = _figures(view, argument)
    if figures is None:
        return None
    page, say = page_of(view, found, figures), view.say
    label = say.t("The page as a Word document")
    return File(say.language, page.saved_as("docx"), WORD_TYPE, label, document(page))


def _figures(view: View, argument: str) -> tuple[Round, RoundFigures | None]:
    found = round_of(view, argument)
    figures = kept(found.figures)
    return found, figures if figures is not None and figures.people else None


def _in_words(view: View, page: Page) -> Message:
    say = page.say
    elements: list[Element] = [
        Text(page.round, "heading"),
        Text(f"{page.collaboration} · {page.when}", "muted"),
        Text(page.who),
        *told(say, page.found),
    ]
    if page.arrived:
        elements.append(Text(say.t("This is what we arrived at"), "heading"))
        for each in page.arrived:
            elements += [Text(each.question), Quote(each.text)]
    if page.promised:
        elements.append(Text(say.t("What we promised to do"), "heading"))
        for one in page.promised:
            parts = [part for part in (one.what, one.who, one.when) if part]
            elements.append(Text(" · ".join(parts)))
    return view.message(*elements, summary=say.t("For the meeting"))
