"""What people read: the source texts in code and templates, and the catalogues as they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from dialogs.language import LOCALES
from tests.tools.project import ROOT, read

TRANSLATED = ("nb", "nn")

Source = str | tuple[str, str]  # a text, or its singular and plural


@dataclass(frozen=True)
class Entry:
    """A text in a catalogue: `said` has one form, or as many as the language has numbers."""

    where: str
    source: Source
    said: tuple[str, ...]

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each form with the source text that it stands for."""
        one, many = (self.source, self.source) if isinstance(self.source, str) else self.source
        for n, form in enumerate(self.said):
            yield (many if n else one), form


def forms(source: Source) -> tuple[str, ...]:
    """The source text, or its singular and plural."""
    return (source,) if isinstance(source, str) else source


@cache
def sources() -> dict[Source, str]:
    """Every text that code and templates mark, with the first place that does (file:line)."""
    mappings = tomllib.loads(read("pyproject.toml"))["tool"]["babel"]["mappings"]
    extracting = re.search(r"pybabel .*extract (?:.*\\\n)*.*", read("Makefile"))
    assert extracting is not None
    keywords = parse_keywords(re.findall(r" -k (\S+)", extracting[0]))
    found: dict[Source, str] = {}
    for room in ("bot", "dialogs"):
        for file, line, text, _, _ in extract_from_dir(
            ROOT / room, [(each["pattern"], each["method"]) for each in mappings], keywords=keywords
        ):
            source = text if isinstance(text, str) else (text[0], text[1])
            found.setdefault(source, f"{room}/{file}:{line}")
    return found


@cache
def catalogue(language: str) -> Catalog:
    """A catalogue as it stands, read anew and not compiled."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def entries(language: str) -> dict[Source, Entry]:
    """A catalogue's texts by their source; the English "catalogue" is the source texts."""
    if language == "en":
        return {source: Entry(where, source, forms(source)) for source, where in sources().items()}
    found = {}
    for message in catalogue(language):
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
        string = message.string or ""
        said = (string,) if isinstance(string, str) else tuple(string)
        where = f"dialogs/locales/{language}.po:{message.lineno}"
        found[source] = Entry(where, source, said)
    return found
