"""Nothing that a person sees is missing in bokmål or nynorsk, and nothing is left over."""

from __future__ import annotations

import io
import re
import string

import jinja2
import pytest
from babel.messages.pofile import write_po
from jinja2 import nodes

from dialogs.language import LOCALES
from tests.tools.project import ROOT
from tests.wording.texts import TRANSLATED, catalogue, entries, forms, sources

HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


in_both = pytest.mark.parametrize("language", TRANSLATED)


def names(text: str) -> list[str]:
    """The names in braces, as `str.format` takes them; ValueError when a brace stands alone."""
    parts = string.Formatter().parse(text)
    return sorted(
        f"{name}!{conversion}:{spec}" if spec or conversion else name
        for _, name, spec, conversion in parts
        if name is not None
    )


def test_texts_are_found_in_code_and_templates() -> None:
    kinds = {where.split(":")[0].rpartition(".")[2] for where in sources().values()}
    assert kinds == {"py", "html"}
    assert len(sources()) > 200


@in_both
def test_every_text_is_in_the_catalogue(language: str) -> None:
    found = entries(language)
    assert [f"{where}: {each}" for each, where in sources().items() if each not in found] == []


@in_both
def test_every_text_is_translated(language: str) -> None:
    empty = [
        each.where for each in entries(language).values() if not all(map(str.strip, each.said))
    ]
    assert empty == []


@in_both
def test_nothing_is_left_over(language: str) -> None:
    unused = [each.where for each in entries(language).values() if each.source not in sources()]
    assert unused == []
    assert list(catalogue(language).obsolete) == []


@in_both
def test_nothing_is_guessed(language: str) -> None:
    assert [message.lineno for message in catalogue(language) if message.id and message.fuzzy] == []


@in_both
def test_names_in_braces_are_the_same(language: str) -> None:
    wrong = [
        f"{each.where}: {form}"
        for each in entries(language).values()
        for source, form in each.pairs
        if names(form) != names(source)
    ]
    assert wrong == []


@in_both
def test_a_text_has_as_many_forms_as_the_language_has_numbers(language: str) -> None:
    """Read from the file itself: the catalogue is filled up, or cut, to the right number."""
    wanted = [f"msgstr[{n}]" for n in range(catalogue(language).num_plurals)]
    blocks = (LOCALES / f"{language}.po").read_text(encoding="utf-8").split("\n\n")
    plurals = [block for block in blocks if "\nmsgid_plural " in block]
    assert len(plurals) > 5
    found = [block for block in plurals if re.findall(r"^msgstr\[\d\]", block, re.M) != wanted]
    assert found == []


@in_both
def test_spaces_and_the_full_stop_at_the_ends_are_the_same(language: str) -> None:
    ends = re.compile(r"\A(\s*).*?([.?:…]?\s*)\Z", re.DOTALL)
    wrong = [
        f"{each.where}: {form}"
        for each in entries(language).values()
        for source, form in each.pairs
        if _groups(ends, source) != _groups(ends, form)
    ]
    assert wrong == []


def _groups(ends: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = ends.match(text)
    assert found is not None
    return found.groups()


@in_both
def test_the_file_is_as_make_wording_writes_it(language: str) -> None:
    """No dates or names of people and machines in the header; sorted, so that changes are few."""
    written = io.BytesIO()
    write_po(written, catalogue(language), width=0, omit_header=True, sort_output=True)
    whole = HEADER.format(language=language) + written.getvalue().decode()
    assert (LOCALES / f"{language}.po").read_text(encoding="utf-8") == whole


def test_no_text_is_marked_where_it_cannot_be_found() -> None:
    """In a template only `t(…)` and `tn(…)` by those names are found, and only with a literal."""
    missed = []
    for path in sorted((ROOT / "bot").rglob("*.html")):
        parsed = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
        for call in parsed.find_all(nodes.Call):
            by_name = isinstance(call.node, nodes.Name) and call.node.name in ("t", "tn")
            by_attribute = isinstance(call.node, nodes.Getattr) and call.node.attr in ("t", "tn")
            literal = bool(call.args) and isinstance(call.args[0], nodes.Const)
            if by_attribute or (by_name and not literal):
                missed.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert missed == []


def test_sources_of_one_text_agree_on_its_number() -> None:
    """A singular that is also a text of its own would get the wrong catalogue entry."""
    single = {each for each in sources() if isinstance(each, str)}
    assert [each for each in sources() if not isinstance(each, str) and each[0] in single] == []


def test_braces_in_sources_are_whole() -> None:
    assert [each for source in sources() for each in forms(source) if "" in names(each)] == []
