"""Whatever is in the files of a pack, loading gives packs or faults, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.packs.faults import Fault, PackError
from dialogs.packs.loader import SHIPPED, load
from dialogs.packs.reading import read

NAMES = ("pack", "questions", "checklists", "hints", "nudges", "sources", "glossary")
FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["yes", "hage-plan", "core", "team", "X1", "{line}", "too_short", "all", "1"])
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["id", "nb", "rule"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def try_to_load(folder: Path) -> None:
    """Load, and see that what is wrong is said in full."""
    faults: tuple[Fault, ...] = ()
    try:
        load([folder], shipped=False)
    except PackError as error:
        faults = error.faults or (Fault("", 0, "", ""),)
    for fault in faults:
        assert fault.what
        assert fault.do
        path = Path(fault.file)
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
        assert 1 <= fault.line <= len(text.splitlines()) + 1
        assert "\n" not in str(fault)


def copied(small: Any) -> tempfile.TemporaryDirectory[str]:
    """The small pack in a folder for one example."""
    made = tempfile.TemporaryDirectory()
    for path in small.folder.iterdir():
        (Path(made.name) / path.name).write_bytes(path.read_bytes())
    return made


def mutate(data: st.DataObject, node: Any) -> Any:
    """The tree with one node replaced, removed or repeated somewhere inside."""
    if isinstance(node, dict) and node and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(node)))
        match data.draw(st.integers(0, 9)):
            case 0:
                return {k: v for k, v in node.items() if k != key}
            case 1:
                return {**node, data.draw(st.text(max_size=8)): node[key]}
        return {**node, key: mutate(data, node[key])}
    if isinstance(node, list) and node and data.draw(st.integers(0, 9)):
        n = data.draw(st.integers(0, len(node) - 1))
        match data.draw(st.integers(0, 9)):
            case 0:
                return node[:n] + node[n + 1 :]
            case 1:
                return [*node, node[n]]
        return [*node[:n], mutate(data, node[n]), *node[n + 1 :]]
    return data.draw(trees)


@FUZZ
@given(data=st.data())
def test_mutated_trees(small, data: st.DataObject) -> None:
    with copied(small) as folder:
        for name in data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)):
            path = Path(folder) / f"{name}.yaml"
            tree = yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader)
            path.write_text(yaml.safe_dump(mutate(data, tree), allow_unicode=True), "utf-8")
        try_to_load(Path(folder))


@FUZZ
@given(data=st.data())
def test_mutated_bytes(small, data: st.DataObject) -> None:
    with copied(small) as folder:
        path = Path(folder) / f"{data.draw(st.sampled_from(NAMES))}.yaml"
        old = path.read_bytes()
        begin = data.draw(st.integers(0, len(old)))
        end = data.draw(st.integers(begin, min(len(old), begin + 20)))
        new = data.draw(
            st.binary(max_size=10)
            | st.text("[]{}:,-&*!|>'\"#%@`\t\n ?~", max_size=10).map(str.encode)
        )
        path.write_bytes(old[:begin] + new + old[end:])
        try_to_load(Path(folder))


@FUZZ
@given(
    text=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
)
def test_any_bytes(small, text: bytes) -> None:
    with copied(small) as folder:
        (Path(folder) / "hints.yaml").write_bytes(text)
        try_to_load(Path(folder))


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_both_parsers_tell_the_same(small, loader: str, monkeypatch) -> None:
    """Where PyYAML has no C parser the Python one takes over."""
    if loader == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")
    small.path("nudges").unlink()
    assert small.faults(shipped=False) == ()
    line = small.change("questions", "where: private", "where: secret  #!")
    small.write("hints", "hints:\n- id: a\n\tb: c\n")
    assert [(fault.line, fault.file) for fault in small.faults(shipped=False)] == [
        (3, str(small.path("hints"))),
        (line, str(small.path("questions"))),
    ]


def test_shipped_pack_reads_the_same_without_the_c_parser(monkeypatch) -> None:
    paths = sorted(SHIPPED.glob("*.yaml"))
    small_ones = [path for path in paths if path.name != "questions.yaml"]  # it takes 5 s
    by_c = [read(path) for path in small_ones]
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert [read(path) for path in small_ones] == by_c
