"""How it is said: nothing that judges, nynorsk in nynorsk, quotes as in Norwegian, short labels."""

from __future__ import annotations

import ast
import re

import pytest

from dialogs.packs.lints import lint
from dialogs.packs.reading import Node
from tests.wording.test_escapes import modules
from tests.wording.texts import TRANSLATED, Entry, entries, forms, sources

# Words that are nynorsk only, in bokmål a text in the wrong catalogue or a slip of the pen.
NYNORSK = frozenset(
    """
ikkje kva kven kvar kvifor korleis eg dykk dykkar frå vere gjere verksemd verksemda verksemder
noko nokon nokre berre saman sjølv svarar veit framleis enno eit ein eigen eige eigne kvart teke òg
namn tek gong gonger
""".split()  # noqa: SIM905
)
_WORD = re.compile(r"[a-zæøåéòô]+")

LONGEST_LABEL = 75  # of a button; Slack takes no more
LONGEST_TITLE = 24  # of a form and its buttons; Slack takes no more


def _node(entry: Entry, language: str, form: int) -> Node:
    line = int(entry.where.rpartition(":")[2])
    return Node(line, {language: Node(line, entry.said[form])})


@pytest.mark.parametrize("language", [*TRANSLATED, "en"])
def test_nothing_judges_and_nynorsk_is_nynorsk(language: str) -> None:
    nodes = [
        _node(entry, language, form)
        for entry in entries(language).values()
        for form in range(len(entry.said))
    ]
    assert [str(fault) for fault in lint(language, nodes, ())] == []


def test_the_lints_are_awake() -> None:
    for language, text in (("nb", "Svakt svar"), ("nn", "Hvem svarer?"), ("en", "Your score")):
        assert len(list(lint("x", [Node(1, {language: Node(1, text)})], ()))) == 1


def test_bokmal_is_bokmal() -> None:
    found = [
        f"{entry.where}: {sorted(slips)}"
        for entry in entries("nb").values()
        for text in entry.said
        if (slips := NYNORSK.intersection(_WORD.findall(re.sub(r"\{\w+\}", " ", text.lower()))))
    ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_quotes_are_guillemets_and_in_pairs(language: str) -> None:
    found = [
        f"{entry.where}: {text}"
        for entry in entries(language).values()
        for text in entry.said
        if re.search("[\"“”„‟']", text) or not re.fullmatch("[^«»]*(«[^«»]+»[^«»]*)*", text)
    ]
    assert found == []


def _labels() -> dict[str, int]:
    """Texts that stand on buttons or over forms, with the most characters they may have."""
    found: dict[str, int] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            match node.func.id, node.args:
                case "Button", [_, label, *_]:
                    found |= dict.fromkeys(_said(label), LONGEST_LABEL - len(" …"))
                case "Form", [_, _, title, _, submit, cancel, *_]:
                    texts = [*_said(title), *_said(submit), *_said(cancel)]
                    found |= dict.fromkeys(texts, LONGEST_TITLE)
    return found


def _said(node: ast.expr) -> list[str]:
    return [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


@pytest.mark.parametrize("language", [*TRANSLATED, "en"])
def test_labels_fit_where_they_stand(language: str) -> None:
    labels = {text: most for text, most in _labels().items() if text in sources()}
    assert len(labels) > 15
    found = entries(language)
    assert [
        f"{found[text].where}: {form}"
        for text, most in labels.items()
        for form in found[text].said
        if len(form) > most
    ] == []


def test_english_calls_it_samspill() -> None:
    called = re.compile(r"\b(the bot|bot|the assistant|AI)\b")
    assert [each for source in sources() for each in forms(source) if called.search(each)] == []
