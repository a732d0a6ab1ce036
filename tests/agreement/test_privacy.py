"""What of a round is shown by organisation: never so little that it gives somebody away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.rounds.figures import QuestionFigures, question_figures
from dialogs.rounds.privacy import NAMED, THREE, Privacy
from storage.counting import Counted
from storage.tables import Asked, AskedState

relaxed = settings(deadline=None)  # machines are busy
ANONYMOUS = Privacy(choices=THREE, scales=THREE, nameless=True)
ALL_OPEN = Privacy(choices=1, scales=1)  # no round is so open: to see the measure alone

house_ids = st.one_of(st.none(), st.integers(1, 6))
sizes = st.dictionaries(house_ids, st.integers(0, 8))
steps_by_house = st.lists(st.tuples(house_ids, st.integers(1, 5)), max_size=14)


def asked(kind: str = "scale5", ids: Sequence[str] = "12345") -> Asked:
    words = {"nb": "Hei", "nn": "Hei", "en": "Hi"}
    options = [{"id": each, "label": words} for each in ids]
    content = {"text": words, "why": words, "part": words, "options": options}
    return Asked(
        id=1,
        round_id=1,
        position=1,
        question_id="q",
        pack_id="p",
        pack_version="1",
        type=kind,
        where="open",
        content=content,
        state=AskedState.OPENED,
    )


def figures(
    answers: Sequence[tuple[int | None, object]], privacy: Privacy, kind: str = "scale5"
) -> QuestionFigures:
    """The figures of (organisation, step or option) of each answer."""
    key = {"scale5": "scale", "multi": "choices"}.get(kind, "choice")
    ids = "12345" if kind == "scale5" else "abc"
    rows = [
        Counted(1, f"p{n}", house, "given", {key: value})
        for n, (house, value) in enumerate(answers)
    ]
    return question_figures(asked(kind, ids), rows, privacy)


@relaxed
@given(sizes)
def test_what_is_pooled_is_several_organisations_with_three_answers(counts) -> None:
    shown = ANONYMOUS.apart(counts, scale=True)
    pooled = {house: n for house, n in counts.items() if n and house not in shown}
    assert all(counts[house] >= THREE for house in shown)
    assert None not in shown
    if shown:
        assert not pooled or (sum(pooled.values()) >= THREE and (len(pooled) > 1 or None in pooled))


@relaxed
@given(sizes)
def test_with_names_every_organisation_stands_by_itself(counts) -> None:
    everybody = {house for house, n in counts.items() if n and house is not None}
    assert NAMED.apart(counts, scale=False) == everybody
    assert ALL_OPEN.apart(counts, scale=True) == everybody
    assert NAMED.apart(counts, scale=True) == ANONYMOUS.apart(counts, scale=True)


@relaxed
@given(steps_by_house, st.randoms(use_true_random=False))
def test_what_is_said_follows_from_what_is_shown(answers, random) -> None:
    """Whoever of the small organisations gave which step: the figures are the same."""
    found = figures(answers, NAMED)
    pooled = [
        n for n, (house, _) in enumerate(answers) if house and str(house) not in found.by_house
    ]
    mixed = [answers[n][1] for n in pooled]
    random.shuffle(mixed)
    moved = list(answers)
    for n, step in zip(pooled, mixed, strict=True):
        moved[n] = (answers[n][0], step)
    named_only = [each for each in moved if each[0] is not None]
    assert figures(named_only, NAMED) == figures([e for e in answers if e[0] is not None], NAMED)


@relaxed
@given(steps_by_house)
def test_the_parts_shown_add_up_and_hide_the_small(answers) -> None:
    found = figures(answers, ANONYMOUS)
    for each in found.by_house.values():
        assert sum(each.values()) >= THREE
    left = len(answers) - sum(sum(each.values()) for each in found.by_house.values())
    assert sum(found.counts.values()) == (len(answers) if len(answers) >= THREE else 0)
    assert left == 0 or left >= THREE or not found.by_house


def test_a_scale_names_no_small_organisation_nor_where_the_difference_lies() -> None:
    assert figures([(1, 1), (2, 5)], NAMED).result == "counted"  # two would know each other's
    found = figures([(1, 1), (1, 5), (2, 5)], NAMED)
    assert (found.result, found.lies, found.by_house) == ("differ", None, {})
    # who chose what is open among those who answer with their names
    chosen = figures([(1, "a"), (1, "b"), (2, "b")], NAMED, "pick")
    assert (chosen.result, chosen.lies) == ("differ", "inside")
    assert chosen.by_house == {"1": {"a": 1, "b": 1}, "2": {"b": 1}}


def test_a_scale_tells_of_organisations_with_three_answers() -> None:
    found = figures([(1, 1), (1, 1), (1, 2), (2, 5), (2, 5), (2, 4)], NAMED)
    assert (found.result, found.lies) == ("differ", "between")
    assert found.by_house == {"1": {"1": 2, "2": 1}, "2": {"5": 2, "4": 1}}
    third = figures([(1, 1), (1, 1), (1, 2), (2, 5), (2, 5), (2, 4), (3, 5)], NAMED)
    assert third.lies is None
    assert len(third.by_house) == 1  # to show two would give the third one's only answer away


def test_one_answer_from_each_lies_between_them() -> None:
    found = figures([(1, 1), (2, 5), (3, 5)], NAMED)
    assert (found.result, found.lies, found.by_house) == ("differ", "between", {})


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ([], "nobody"),
        ([(1, 4)], "few"),
        ([(1, 1), (1, 5)], "few"),
        ([(1, 4), (2, 5)], "agree"),
        ([(1, 3), (2, 5)], "differ"),
    ],
)
def test_results(answers, result) -> None:
    assert figures(answers, ALL_OPEN).result == result


def test_organisations_that_the_record_has_lost_were_two_at_least() -> None:
    assert figures([(None, 4)] * 3, ANONYMOUS).result == "agree"


def test_several_options_and_none_of_them() -> None:
    found = figures([(1, ["a", "b"]), (2, [])], NAMED, "multi")
    assert found.counts == {"a": 1, "b": 1, "": 1}
    assert (found.result, found.lies) == ("differ", "between")
    assert figures([(1, []), (2, [])], NAMED, "multi").result == "agree"


def test_dont_know_has_no_part() -> None:
    rows = [
        Counted(1, "p1", 1, "given", {"scale": 4}),
        Counted(1, "p2", 2, "dont_know", None),
        Counted(1, "p3", 2, "given", {"scale": 4}),
    ]
    found = question_figures(asked(), rows, ALL_OPEN)
    assert (found.result, found.given, found.unknown) == ("agree", 2, 1)
    alone = question_figures(asked(), rows[:2], ALL_OPEN)
    assert alone.result == "few"
    assert question_figures(asked(), rows[1:2], ALL_OPEN).result == "unknown"


def test_one_or_two_anonymous_answers_are_counted_only() -> None:
    for kind, value in (("pick", "a"), ("multi", ["a"])):
        assert figures([(1, value), (2, value)], ANONYMOUS, kind).result == "counted"
        assert figures([(1, value), (2, value), (3, value)], ANONYMOUS, kind).result == "agree"
    assert figures([(1, "a"), (2, "b")], NAMED, "pick").result == "differ"


def test_what_is_not_open_is_counted_only() -> None:
    rows = [Counted(1, "p1", 1, "given", {"scale": 1}), Counted(1, "p2", 2, "dont_know", None)]
    for change in ({"where": "house"}, {"where": "private"}, {"state": AskedState.ASKED}):
        question = asked()
        for name, value in change.items():
            setattr(question, name, value)
        found = question_figures(question, rows, NAMED)
        assert (found.result, found.counts, found.by_house) == ("counted", {}, {})
        assert not found.open


def test_three_hundred_organisations_and_one() -> None:
    many = [(house, "ab"[house % 2]) for house in range(1, 301)]
    found = figures(many, NAMED, "pick")
    assert (found.result, found.lies, len(found.by_house)) == ("differ", "between", 300)
    assert figures([(1, "a")] * 9, NAMED, "pick").result == "few"
