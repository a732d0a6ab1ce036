"""The page for a meeting as a Word document: real headings, lists and tables, its language set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dialogs.language import Translator
from dialogs.messages import Fact, between
from dialogs.reports.html import LINES
from dialogs.reports.page import Page, Said, writable
from dialogs.rounds.findings import TITLES, Part, Point, Row

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
_FONT = "Calibri"
_INK = "1A1A1A"
_SMALL = 8.5  # points
# Each style that is used: its name, its size and the room above it, in points.
_STYLES = (
    ("Normal", 10, 0),
    ("List Bullet", 10, 0),
    ("Subtitle", 10, 0),
    ("Heading 1", 16, 0),
    ("Heading 2", 12, 8),
    ("Heading 3", 10, 4),
)


def document(page: Page) -> bytes:
    """The document."""
    import docx as word

    page, made = writable(page), word.Document()
    _set_up(made, page)
    say = page.say
    made.add_paragraph(say.t("For the meeting"), style="Subtitle")
    made.add_heading(page.round, level=1)
    for label, value in (
        (say.t("Collaboration"), page.collaboration),
        (say.t("When"), page.when),
        (say.t("Who answered"), page.who),
    ):
        _labelled(made, label, value)
    for part, points in page.full.items():
        title = TITLES[part]
        made.add_heading(say.t(title), level=2)
        _points(made, points, say, page.said if part == Part.WORDS else {})
    for part, numbers in page.brief.items():
        title = TITLES[part]
        _labelled(made, say.t(title), numbers)
    _moved(made, page)
    _arrived_at(made, page)
    _promised(made, page)
    made_on = say.t(
        "Samspill made this page from the answers on {day}. Anyone may ask for access to it "
        "(innsyn).",
        day=page.made,
    )
    _small(made, made_on)
    kept = BytesIO()
    made.save(kept)
    return kept.getvalue()


def _set_up(made: Document, page: Page) -> None:
    """Paper, margins, letters, language, and what the document says of itself."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    for section in made.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(18)
        section.top_margin = section.bottom_margin = Mm(15)
    for name, size, before in _STYLES:
        style: Any = made.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = RGBColor.from_string(_INK)
        lines = style.paragraph_format
        lines.space_before, lines.space_after, lines.line_spacing = Pt(before), Pt(2), 1.0
        letters = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            letters.attrib.pop(qn(f"w:{theme}"), None)  # it would go before the font's name
    locale = _LOCALES[page.say.language]
    for each in made.styles.element.iter(qn("w:lang")):
        each.set(qn("w:val"), locale)
    about = made.core_properties
    about.title, about.language = page.title, locale
    about.author, about.comments = "Samspill", ""


def _labelled(made: Document, label: str, value: str) -> None:
    line = made.add_paragraph()
    line.add_run(f"{label}{between(label)}").bold = True
    line.add_run(value)


def _points(
    made: Document, points: Sequence[Point], say: Translator, said: Mapping[int, Said]
) -> None:
    """Questions with one line each and what was said, then those with a spread and its table."""
    for each in points:
        if each.rows:
            continue
        line = made.add_paragraph()
        line.add_run(each.title).bold = True
        line.add_run(f" – {each.says}")
        for text in said.get(each.number, Said()).lines:
            made.add_paragraph(text, style="List Bullet")
    for each in points:
        if not each.rows:
            continue
        made.add_heading(each.title, level=3)
        if each.says:
            made.add_paragraph(each.says)
        _spread(made, each.rows, each.title)
        if each.houses:
            made.add_paragraph(say.t("By organisation"))
            _spread(made, each.houses, say.t("By organisation"))
        if each.note:
            _small(made, each.note)


def _spread(made: Document, rows: Sequence[Row | Fact], about: str) -> None:
    table = made.add_table(rows=0, cols=2)
    _describe(table, about)
    for row in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = row.label, row.value
    _widths(table, (50, 124))


def _moved(made: Document, page: Page) -> None:
    """Then and now beside each other, where a question was asked before."""
    say = page.say
    if page.moved:
        made.add_heading(say.t("Then and now"), level=2)
    for each in page.moved:
        then = each.then
        made.add_heading(each.question, level=3)
        _small(made, say.t("Last time, {day}", day=then.day))
        if then.asked_then:
            _small(made, say.t("Then we asked: {question}", question=then.asked_then))
        if then.arrived_at:
            _labelled(made, say.t("What we arrived at then"), then.arrived_at)
        if then.spread:
            _spread(made, then.spread, each.question)


def _arrived_at(made: Document, page: Page) -> None:
    made.add_heading(page.say.t("This is what we arrived at"), level=2)
    for each in page.arrived:
        made.add_heading(each.question, level=3)
        made.add_paragraph(each.text)
    if not page.arrived:
        for _ in range(LINES):
            made.add_paragraph(style="List Bullet")


def _promised(made: Document, page: Page) -> None:
    """A table with a row of headings; rows to write in where nothing is promised yet."""
    say = page.say
    made.add_heading(say.t("What we promised to do"), level=2)
    table = made.add_table(rows=1, cols=3, style="Table Grid")
    _describe(table, say.t("What we promised to do"))
    heads = (say.t("What"), say.t("Who"), say.t("By when"))
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    _repeat_head(table)
    rows = [(each.what, each.who, each.when) for each in page.promised] or [("", "", "")] * LINES
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    _widths(table, (94, 45, 35))


def _small(made: Document, text: str) -> None:
    from docx.shared import Pt

    run = made.add_paragraph().add_run(text)
    run.font.size = Pt(_SMALL)


def _widths(table: Table, millimetres: Sequence[int]) -> None:
    from docx.shared import Mm

    table.autofit = False
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, millimetres, strict=True):
            cell.width = Mm(width)


def _describe(table: Table, text: str) -> None:
    """What a screen reader says of the table."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), text)
    table._tbl.tblPr.append(caption)


def _repeat_head(table: Table) -> None:
    """The first row is the table's head, also on the next sheet."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(head)
