"""A message as plain text: what stands between a label and what follows it."""

from __future__ import annotations

import pytest

from dialogs.messages import Choice, Element, Fact, Facts, Link, LongText, Option, Quote
from dialogs.messages import plain_element as plain


def labelled(label: str) -> tuple[Element, ...]:
    """Every element with a label."""
    return (
        Facts((Fact(label, "text"),)),
        LongText("text", label),
        Link(label, "text"),
        Choice("a:b", label, (Option("1", "text"),)),
    )


@pytest.mark.parametrize("label", ["Write one sentence.", "Why?", "This is new:", "Wait …", "Go!"])
def test_nothing_is_added_to_a_label_that_ends_in_a_sign(label: str) -> None:
    assert [plain(each) for each in labelled(label)] == [f"{label} text"] * 4
    assert plain(Quote("text", label)) == f"{label} «text»"


def test_a_colon_stands_after_any_other_label() -> None:
    assert [plain(each) for each in labelled("Owner")] == ["Owner: text"] * 4
    assert plain(Quote("text", "Kari")) == "Kari: «text»"
