"""What is noted of who did what has words for whoever did it."""

import ast
from itertools import chain

from dialogs.language import LANGUAGES, Translator
from dialogs.me.deeds import _WORDS, deed
from storage.tables import ActionState, AnswerStatus
from tests.tools.project import ROOT

OTHERS = {"link.html", "person.erased"}  # a page; noted of nobody, for nobody is left


def noted():
    """Every code that stands in dialogs and bot, and those made of a state."""
    subjects = {each.split(".")[0] for each in _WORDS}
    for file in chain((ROOT / "dialogs").rglob("*.py"), (ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                subject, dot, what = node.value.partition(".")
                if dot and subject in subjects and what.replace("_", "").isalpha():
                    yield node.value
    yield from (f"answer.{each}" for each in AnswerStatus)
    yield from (f"action.{each}" for each in ActionState)


def test_each_code_that_is_noted_has_words_and_no_other():
    assert set(noted()) - OTHERS == set(_WORDS)


def test_they_are_said_in_every_language():
    for what in _WORDS:
        said = {deed(what, Translator(language)) for language in LANGUAGES}
        assert what not in said
        assert len(said) > 1


def test_a_code_of_another_version_shows_itself():
    assert deed("garden.planted", Translator("nb")) == "garden.planted"
