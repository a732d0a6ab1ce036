"""The English source texts that stories name are said somewhere: who changes one sees it here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
CODE = [each for room in ("dialogs", "bot") for each in (HERE.parents[1] / room).rglob("*.py")]


def test_texts_that_stories_name_are_in_the_code() -> None:
    said = {text for path in CODE for text in strings(ast.parse(path.read_text()))}
    named = [(path.name, *each) for path in HERE.glob("*.py") for each in sources(path)]
    assert len(named) > 100
    assert [each for each in named if each[2] not in said] == []


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def sources(path: Path) -> Iterator[tuple[int, str]]:
    """What a file hands to `t` and `tn`, also by a name of its own."""
    tree = ast.parse(path.read_text())
    names = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        count = {"t": 1, "tn": 2}.get(node.func.attr, 0)
        for each in node.args[:count]:
            value = each.value if isinstance(each, ast.Constant) else None
            if isinstance(each, ast.Name):
                value = names.get(each.id)
            if isinstance(value, str):
                yield node.lineno, value
