"""The page for a meeting as HTML and Word: what stands there, escaped, readable everywhere."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.arrived.movement import Movement
from dialogs.language import LANGUAGES, Translator
from dialogs.messages import Fact
from dialogs.reports.html import html
from dialogs.reports.page import Arrived, Moved, Page, Promise, Said
from dialogs.reports.word import document
from dialogs.rounds.findings import Findings, Part, Point, Row

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = '<script>alert("x")</script> & <b>fet</b> {{ 7 * 7 }} \x00\x0b\x1b\ud800\ufffe ]]>'
# All there is, also what no document may hold.
anything = st.text(st.characters(), max_size=40)


def page(text: str = "Tekst", language: str = "nb", **more) -> Page:
    parts = {
        Part.AGREE: (Point(1, text, "4 Litt enig ●● 2 · 5 Helt enig ● 1"),),
        Part.DIFFER: (
            Point(
                2,
                text,
                text,
                (Row(text, f"●●● 3 · {text}"), Row("Nei", "0")),
                (Row(text, "Ja ● 1"),),
                text,
            ),
            Point(4, text, "", (Row("Ja", "● 1"),)),
        ),
        Part.WORDS: (Point(3, "Hvem er brukerne?", "", (Row("Nevnt", text),)),),
        Part.COUNTED: (Point(5, text, "3 svar"), Point(7, text, "1 svar")),
        Part.NOBODY: (Point(6, text, "Ingen svar"),),
    }
    found = Findings(text, "5 personer", (Row(text, "2"),), parts, readable=True)
    return Page(
        say=Translator(language),
        collaboration=text,
        round=text,
        when="23. november 2026",
        who=text,
        made="24. november 2026",
        found=found,
        **more,
    )


class Tags(HTMLParser):
    """What is in a page: its tags, and the text between them."""

    def __init__(self, made: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(made.decode())

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data) -> None:
        self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def parts_of(made: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(made)) as whole:
        return {name: whole.read(name).decode() for name in whole.namelist() if "xml" in name}


def words_of(made: bytes) -> str:
    """Everything that a Word document says, cells of tables too."""
    root = ElementTree.fromstring(parts_of(made)["word/document.xml"])
    return "\n".join(
        "".join(run.text or "" for run in line.iter(f"{W}t")) for line in root.iter(f"{W}p")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_html(language: str) -> None:
    found = Tags(html(page(language=language)))
    assert found.named("html") == [{"lang": language}]
    assert len(found.named("h1")) == 1
    assert not found.named("script")
    assert not found.named("img")
    say = Translator(language)
    for each in ("This is what we arrived at", "What we promised to do", "We see it differently"):
        assert say.t(each) in found.text
    assert say.t("Counted, not shown here") in found.text
    assert say.listing(["5 (3 svar)", "7 (1 svar)"]) in found.text
    assert {each.get("scope") for each in found.named("th")} == {"row", "col"}
    # dots are for the eye; the number stands beside them for everybody
    hidden = [each for each in found.named("span") if each.get("aria-hidden") == "true"]
    assert len(hidden) == 5
    assert say.t("By organisation") in found.text
    assert "3 · Tekst" in found.text
    assert found.text.count("\n1. Tekst") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_answers_in_words_end_with_how_many_more(language: str) -> None:
    many = Said(("Ja", "Nei <b>"), Translator(language).t("and {n} more", n=3))
    shown = page(language=language, said={3: many})
    words = replace(shown.found.parts[Part.WORDS][0], rows=(), says="5")
    found = replace(shown.found, parts={Part.WORDS: (words,)})
    made = replace(shown, found=found)
    text = Tags(html(made)).text
    for each in (*many.texts, many.more):
        assert each in text
        assert each in words_of(document(made))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_word(language: str) -> None:
    made = document(page(language=language))
    opened = docx.Document(BytesIO(made))
    styled = [(str(each.style and each.style.name), each.text) for each in opened.paragraphs]
    headings = [each for each in styled if "Heading" in each[0]]
    say = Translator(language)
    assert headings[0] == ("Heading 1", "Tekst")
    assert ("Heading 2", say.t("We see it differently")) in headings
    assert ("Heading 3", "2. Tekst") in headings
    assert ("Heading 2", say.t("This is what we arrived at")) in headings
    *spreads, promised = opened.tables
    assert [cell.text for cell in promised.rows[0].cells] == [
        say.t("What"),
        say.t("Who"),
        say.t("By when"),
    ]
    assert len(promised.rows) == 4  # room to write
    assert spreads[0].cell(0, 1).text == "●●● 3 · Tekst"
    parts = parts_of(made)
    assert parts["word/document.xml"].count("<w:tblHeader") == 1
    assert parts["word/document.xml"].count("<w:tblCaption") == len(opened.tables)
    locale = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}[language]
    assert set(re.findall(r'w:lang [^>]*w:val="([^"]+)"', parts["word/styles.xml"])) == {locale}
    assert opened.core_properties.language == locale
    assert opened.core_properties.author == "Samspill"
    section = opened.sections[0]
    assert section.page_width is not None
    assert round(section.page_width.mm) == 210


def test_what_was_arrived_at_and_promised_takes_the_place_of_the_empty_lines() -> None:
    made = page(
        arrived=(Arrived("1. Hva nå?", "Vi spør brukerne først."),),
        promised=(Promise("Intervju", "Fjordetaten", "1. mars 2027"),),
    )
    found = Tags(html(made))
    assert "Vi spør brukerne først." in found.text
    assert not [each for each in found.named("div") if each.get("class") == "room"]
    opened = docx.Document(BytesIO(document(made)))
    assert [[cell.text for cell in row.cells] for row in opened.tables[-1].rows][1:] == [
        ["Intervju", "Fjordetaten", "1. mars 2027"]
    ]
    assert "Vi spør brukerne først." in words_of(document(made))


def test_then_and_now_stand_beside_each_other_in_both_documents() -> None:
    spread = (Fact("Ja", "da ● 1 · nå ●● 2"), Fact("Nei", "da ●● 2 · nå 0"))
    then = Movement("1. mars 2026", "Hva da?", "Vi ser det ulikt.", spread)
    made = page(moved=(Moved("1. Hva nå?", then), Moved("2. Og så?", replace(then, spread=()))))
    found, words = Tags(html(made)).text, words_of(document(made))
    for said in ("Da og nå", "Sist, 1. mars 2026", "Hva da?", "Vi ser det ulikt.", "1. Hva nå?"):
        assert said in found
        assert said in words
    for said in ("da ● 1 · nå ●● 2", "da ●● 2 · nå 0"):
        assert found.count(said) == words.count(said) == 1
    assert "Da og nå" not in Tags(html(page())).text


def test_text_from_people_stays_text() -> None:
    found = Tags(html(page(HOSTILE)))
    assert not found.named("script")
    assert '<script>alert("x")</script> & <b>fet</b> {{ 7 * 7 }} ' in found.text
    assert not re.search("[\x00\x0b\x1b\ufffe]", found.text)
    said = words_of(document(page(HOSTILE)))
    assert '<script>alert("x")</script> & <b>fet</b> {{ 7 * 7 }} ' in said


@settings(deadline=None, max_examples=40)
@given(anything)
def test_no_text_breaks_a_document(text: str) -> None:
    made = page(text, arrived=(Arrived(text, text),), promised=(Promise(text, text, text),))
    found = Tags(html(made))
    assert not found.named("script")
    for part in parts_of(document(made)).values():
        ElementTree.fromstring(part)
    name = made.saved_as("html")
    assert re.fullmatch(r'[^\\/:*?"<>|\x00-\x1f]{1,85}', name)
    assert not name.startswith((" ", "."))
    name.encode()


def test_a_spread_of_right_to_left_text_keeps_to_its_cell() -> None:
    found = Tags(html(page("שלום \u202e evil")))
    cells = found.named("td") + found.named("th")
    assert all(each.get("dir") == "auto" for each in cells if each and "scope" not in each)
