"""No text that a person sees stands in the code without going through the catalogues."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest

from tests.tools.project import ROOT, read

# What people see of each element: the places of its arguments, and their names.
SEEN: dict[str, dict[str, int]] = {
    "Text": {"text": 0},
    "Quote": {"text": 0, "by": 1},
    "Fact": {"label": 0, "value": 1},
    "Link": {"label": 0},
    "Button": {"label": 1},
    "Option": {"label": 1},
    "Choice": {"label": 1},
    "Scale": {"label": 1},
    "LongText": {"text": 0, "label": 1},
    "Image": {"alt": 1},
    "Message": {"summary": 2},
    "Field": {"label": 1, "hint": 5},
    "Form": {"title": 2, "submit": 4, "cancel": 5},
    "Page": {"title": 1},
    "FieldErrors": {"errors": 0},
    "Refusal": {"text": 0},
    "NotUnderstood": {"hint": 0},
    "NotTaken": {"text": 1},
}
# Where in an expression the text may come from: conditions, keys and indexes are not shown.
PARTS: dict[type[ast.expr], tuple[str, ...]] = {
    ast.BinOp: ("left", "right"),
    ast.BoolOp: ("values",),
    ast.Dict: ("values",),
    ast.FormattedValue: ("value",),
    ast.GeneratorExp: ("elt",),
    ast.IfExp: ("body", "orelse"),
    ast.JoinedStr: ("values",),
    ast.List: ("elts",),
    ast.ListComp: ("elt",),
    ast.Starred: ("value",),
    ast.Subscript: ("value",),
    ast.Tuple: ("elts",),
}
ALL_ARGUMENTS = {"notice", "message"}  # methods of a view: strings become paragraphs
SAYS = {"t", "tn", "pick", "n_"}
ATTRIBUTES = re.compile(r'\s(?:aria-label|title|alt|placeholder|label|data-text-\w+)="([^"]*)"')
# Said by the terminal client before it knows who speaks: the command line is in English.
IN_ENGLISH = re.compile(
    "The demo has no one person called|Say --as with one of|No demo answers at|say with --url"
)
THE_SAME_EVERYWHERE = {"Samspill", "Bokmål", "Nynorsk", "English"}

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]+")


def modules() -> list[Path]:
    """Where things are said."""
    found = [*(ROOT / "dialogs").glob("*.py"), *(ROOT / "dialogs" / "rounds").rglob("*.py")]
    found += (ROOT / "bot" / "chat").glob("*.py")
    found += [
        each for each in (ROOT / "bot").glob("*.py") if each.name in ("seeing.py", "turns.py")
    ]
    return sorted(found)


class Escapes(ast.NodeVisitor):
    """Finds literal words in the visible arguments of elements; follows names in one function."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self._assigned: list[dict[str, list[ast.expr]]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._assigned.append(_assignments(node))
        if isinstance(node.returns, ast.Name) and node.returns.id == "str":
            self._weigh_returned(node)
        self.generic_visit(node)
        self._assigned.pop()

    def _weigh_returned(self, node: ast.FunctionDef) -> None:
        """A text made in a function of its own: there, only words side by side are sentences."""
        before, self.found = self.found, []
        for each in ast.walk(node):
            if isinstance(each, ast.Return) and each.value is not None:
                self._weigh(each.value, frozenset())
        self.found = before + [each for each in self.found if _SENTENCE.search(each[1])]

    def visit_Call(self, node: ast.Call) -> None:
        for argument in _visible(node):
            self._weigh(argument, frozenset())
        self.generic_visit(node)

    def _weigh(self, node: ast.expr, followed: frozenset[str]) -> None:
        match node:
            case ast.Constant(value=str(text)):
                if _LETTERS.search(text) and text not in THE_SAME_EVERYWHERE:
                    self.found.append((node.lineno, text))
            case ast.Name(id=name) if name not in followed:
                for value in self._assigned[-1].get(name, []):
                    self._weigh(value, followed | {name})
            case ast.Call():
                self._weigh_call(node, followed)
            case _:
                for part in PARTS.get(type(node), ()):
                    found = getattr(node, part)
                    self._weigh_all(found if isinstance(found, list) else [found], followed)

    def _weigh_all(self, several: list[ast.expr], followed: frozenset[str]) -> None:
        for each in several:
            self._weigh(each, followed)

    def _weigh_call(self, node: ast.Call, followed: frozenset[str]) -> None:
        """What is said through the catalogues is fine, but not what is filled into it unsaid."""
        if _name(node) in SAYS:
            self._weigh_all([each.value for each in node.keywords], followed)
            return
        if isinstance(node.func, ast.Attribute):
            self._weigh(node.func.value, followed)
            if node.func.attr in ("join", "format", "strip"):
                self._weigh_all(node.args, followed)


def _name(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _visible(node: ast.Call) -> Iterator[ast.expr]:
    name = _name(node)
    if isinstance(node.func, ast.Attribute) and name in ALL_ARGUMENTS:
        yield from node.args
        yield from (each.value for each in node.keywords)
    for argument, place in SEEN.get(name, {}).items():
        if place < len(node.args):
            yield node.args[place]
        yield from (each.value for each in node.keywords if each.arg == argument)


def _assignments(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                found.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.setdefault(name, []).append(value)
    return found


def escapes(source: str) -> list[tuple[int, str]]:
    walker = Escapes()
    walker.visit(ast.parse(source))
    return sorted(set(walker.found))


def test_no_words_reach_people_past_the_catalogues() -> None:
    assert len(modules()) > 20
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in modules()
        for line, text in escapes(path.read_text(encoding="utf-8"))
        if not IN_ENGLISH.search(text)
    ]
    assert found == []


def test_a_text_is_a_literal_where_it_is_marked() -> None:
    """What is put together first is never found; a name must have been marked before (`n_`)."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and _name(node) in ("t", "tn", "n_")
        and node.args
        and not isinstance(node.args[0], ast.Constant | ast.Name | ast.Attribute)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'Text("Hello")',
        'view.notice("Hello")',
        'Text(f"Hello {name}")',
        'Text(say.t("Hello") + " there")',
        'Text(say.t("{who}", who="somebody"))',
        'Button(home.id("x"), "Press", typed="x")',
        'Button(home.id("x"), label="Press")',
        'Field("name", say.t("Name"), "text", hint="Short")',
        'Form(language, id, "Title", (), say.t("Save"), say.t("Cancel"))',
        'raise Refusal("No")',
        'FieldErrors({"name": "Too long"})',
        'Text("no" if shut else say.t("yes"))',
        'Text(", ".join(["one", "two"]))',
        'def f(say):\n    line = "none"\n    return Text(line)',
        'def f(say):\n    line = say.t("a")\n    line += " more"\n    return Text(line)',
        'raise NotTaken(404, "gone")',
        'def hint() -> str:\n    return "One on each line."',
    ],
)
def test_escapes_are_seen(code: str) -> None:
    assert len(escapes(code)) >= 1


@pytest.mark.parametrize(
    "code",
    [
        'Text(say.t("Hello"), "heading")',
        'Text("\\n".join(lines))',
        'Text(f"{n}. {option.label}")',
        'Text(say.pick(asked.content["why"]))',
        'Button("home:help:", say.t("Help"), "primary", typed="hjelp")',
        'Field("name", say.t("Name"), "text")',
        'FieldErrors({"name": say.t("Too long")})',
        'Text(say.t("a") if kind == "text" else say.t("b"))',
        'Fact("Bokmål", "●● 2")',
        'def key(n: int) -> str:\n    return f"round:{n}"',
    ],
)
def test_what_goes_through_is_left_alone(code: str) -> None:
    assert escapes(code) == []


class Words(HTMLParser):
    """The words of a page that stand in it as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        text = data.strip()
        for same in THE_SAME_EVERYWHERE:
            text = text.replace(same, "")
        if _LETTERS.search(text):
            self.found.append(data.strip())


def words_in(template: str) -> list[str]:
    """Literal words outside `{{ … }}` that people see or hear."""
    in_a_tag = re.compile(r"\{% block \w+_attributes %\}(.*?)\{% endblock %\}", re.DOTALL)
    template = in_a_tag.sub(r"<p \1>", template)
    shown = "".join(
        value if kind == "data" else "\u00b7" if kind == "variable_begin" else ""
        for _, kind, value in jinja2.Environment().lex(template)
    )
    parser = Words()
    parser.feed(shown)
    parser.close()
    for attribute in ATTRIBUTES.findall(shown):
        parser.handle_data(attribute)
    return parser.found


def test_no_words_stand_in_templates() -> None:
    paths = sorted((ROOT / "bot").rglob("*.html"))
    assert len(paths) > 5
    assert [f"{path.name}: {text}" for path in paths for text in words_in(read(str(path)))] == []


def test_words_in_templates_are_seen() -> None:
    assert words_in("<p>Hello {{ name }}</p>") == ["Hello \u00b7"]
    assert words_in('<a aria-label="Close {{ x }}" class="close">Samspill</a>') == ["Close \u00b7"]
    assert words_in('{% if "a" in it %}<p class="old">{{ t("Hello") }}</p>{% endif %}') == []


def test_no_words_stand_in_scripts() -> None:
    """Scripts get their words from the page; they write none of their own."""
    own = re.compile(
        r"(?:textContent|innerText|ariaLabel|title|alert\()\s*=?\s*[\"'`][^\"'`]*[A-Za-z]{2}"
    )
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "bot" / "chat" / "static").glob("*.js"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if own.search(line)
    ]
    assert found == []
    assert own.search('line.textContent = "Try again"')


def hidden_in_f_strings(source: str) -> list[int]:
    """The lines of texts that are said inside an f-string, where extraction does not look."""
    return [
        call.lineno
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and _name(call) in {"t", "tn", "_t", "n_"}
        if call.args and isinstance(call.args[0], ast.Constant)
    ]


def test_every_text_is_where_the_catalogues_find_it() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ("bot", "dialogs", "storage")
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in hidden_in_f_strings(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "say it before, and put its name into the f-string"
    assert hidden_in_f_strings("f\"{wrong} {say.t('Nothing.')}\"") == [1]
    assert not hidden_in_f_strings("f'{n}. {say.t(NAMES[n])}'")
