"""What texts tell people to write is understood, and is in their own language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from dialogs.all import registry
from dialogs.joining import NO, YES
from dialogs.me.erasing import ALL_WORDS, NAME_WORDS, YES_WORDS
from dialogs.me.leaving import NAMED, NAMELESS
from dialogs.me.zones import NONE
from dialogs.packs.loader import load
from dialogs.questions.kind import means_dont_know, means_skip
from dialogs.registry import Words, fold
from tests.wording.test_escapes import modules
from tests.wording.texts import TRANSLATED, entries

# Texts in «…» that show a form to fill in, or a name: nobody types them as they stand.
SHOWN = re.compile(r"\{\w+\}|(?:party|part): (?:name|navn|namn)")
_DOCUMENT = {each.id: each.label.model_dump() for each in load().answer_labels.doc}
NOT_YET = {language: words.lower() for language, words in _DOCUMENT["not_yet"].items()}
NONE_OF_THEM = {"nb": "ingen av dem", "nn": "ingen av dei", "en": "none of them"}
SAME_IN_ALL = {"status", "pause"}
# What may follow the words of a command.
_AFTER = re.compile(
    r"\{code\}|KODE|CODE|\d|(?:NAVN|NAMN|NAME): (?:koordinator|coordinator)|"
    r"(?:NAVN|NAMN|NAME): (?:VIRKSOMHET|VERKSEMD|ORGANISATION)|"
)
# What is typed when a question of `meg` waits, by language.
ASKED = {
    "nb": {"alt", "navnet", "slett", "med navn", "uten navn", "ingen"},
    "nn": {"alt", "namnet", "slett", "med namn", "utan namn", "inga"},
    "en": {"everything", "my name", "erase", "with my name", "without my name", "none"},
}
MEANT = {*ALL_WORDS, *NAME_WORDS, *YES_WORDS, *NAMED, *NAMELESS, *NONE}


def typed(language: str) -> Iterator[tuple[str, str]]:
    """Each «…» of a language, with where it stands."""
    for entry in entries(language).values():
        for text in entry.said:
            for quoted in re.findall("«([^»]*)»", text):
                if not SHOWN.fullmatch(quoted):
                    yield entry.where, quoted


def bare(quoted: str) -> str:
    """The words as they are in a direct message."""
    return quoted.removeprefix("@Samspill ").removeprefix("/samspill ")


def command(quoted: str) -> Words | None:
    return registry().words(bare(quoted))


def understood(quoted: str, language: str) -> bool:
    """Whether these words do something, and are this language's own."""
    if means_dont_know(quoted) or means_skip(quoted):
        own = {"nb": "vet ikke", "nn": "veit ikkje", "en": "don't know"}
        return quoted.lower() == own[language] or means_skip(quoted)
    if quoted in NOT_YET.values():  # an answer to a question about a document
        return quoted == NOT_YET[language]
    if quoted in NONE_OF_THEM.values():  # an answer where several can be chosen
        return quoted == NONE_OF_THEM[language]
    if quoted in ASKED[language]:
        return quoted in MEANT
    found = command(quoted)
    if found is None or not _AFTER.fullmatch(found.rest):
        return False
    word = fold(bare(quoted).removesuffix(found.rest))
    if word in SAME_IN_ALL:
        return True
    return (word == fold(found.command.name)) == (language == "en")


@pytest.mark.parametrize("language", [*TRANSLATED, "en"])
def test_words_to_write_are_understood(language: str) -> None:
    every = list(typed(language))
    assert len(every) > 10
    assert [each for each in every if not understood(each[1], language)] == []


@pytest.mark.parametrize(
    ("quoted", "language"),
    [
        ("answer", "nb"),
        ("svar", "en"),
        ("svar nå", "nb"),
        ("@Samspill tull", "nb"),
        ("bli med", "en"),
        ("vet ikke", "nn"),
        ("veit ikkje", "nb"),
    ],
)
def test_wrong_words_are_seen(quoted: str, language: str) -> None:
    assert not understood(quoted, language)


def test_what_a_button_can_be_typed_as_is_understood() -> None:
    words = {
        each.value.value: f"{path.name}:{each.value.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for each in node.keywords
        if each.arg == "typed"
        and isinstance(each.value, ast.Constant)
        and isinstance(each.value.value, str)
    }
    assert len(words) > 8
    unknown = {
        where: word
        for word, where in words.items()
        if command(word) is None
        and not means_dont_know(word)
        and not means_skip(word)
        and word not in YES | NO | MEANT  # when the question waits
    }
    assert unknown == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_line_of_the_help_names_a_norwegian_word(language: str) -> None:
    for each in [one for one in registry().commands if one.help]:
        assert each.help in entries(language)
        assert len(each.words) > 1 or each.name in SAME_IN_ALL
