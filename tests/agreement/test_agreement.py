"""The measure of agreement: its bounds, what must not matter to it, and its thresholds' edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.agreement import (
    Diversity,
    Lies,
    Verdict,
    diversity,
    named,
    overlap,
    steps,
    unordered,
)

relaxed = settings(deadline=None)  # machines are busy
FIVE = steps(5)
OPTIONS = ("a", "b", "c", "d")

scales = (st.just(FIVE), st.integers(1, 5))
choices = (st.just(unordered), st.sampled_from(OPTIONS))
several = (st.just(overlap), st.frozensets(st.sampled_from(OPTIONS)))


def houses(values: st.SearchStrategy) -> st.SearchStrategy:
    """Organisations with one to six answers each."""
    one = st.lists(values, min_size=1, max_size=6).map(Counter)
    return st.dictionaries(st.integers(1, 9), one, min_size=1, max_size=7)


cases = st.one_of(
    *(st.tuples(distance, houses(values)) for distance, values in (scales, choices, several))
)


def of(*several: Sequence) -> Diversity:
    """The diversity of a scale of five; one list of answers an organisation."""
    return diversity({n: Counter(each) for n, each in enumerate(several)}, FIVE)


def picks(*several: Sequence) -> Diversity:
    """The same for choices without order."""
    return diversity({n: Counter(each) for n, each in enumerate(several)}, unordered)


def same(one: Diversity, other: Diversity) -> bool:
    pairs = zip(figures(one), figures(other), strict=True)
    return all(isclose(a, b, abs_tol=1e-9) for a, b in pairs)


def figures(found: Diversity) -> tuple[float, ...]:
    return (found.houses, found.whole, found.inside, found.between, found.farthest)


# --- what holds for every set of answers --------------------------------------------------------


@relaxed
@given(cases)
def test_all_parts_lie_between_nothing_and_one_and_add_up(case) -> None:
    distance, answers = case
    found = diversity(answers, distance)
    assert all(-1e-9 <= each <= 1 + 1e-9 for each in figures(found)[1:])
    assert found.whole >= found.inside - 1e-9  # what makes the apportionment one
    assert isclose(found.inside + found.between, found.whole, abs_tol=1e-9)


@relaxed
@given(cases, st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(case, random) -> None:
    distance, answers = case
    renamed = list(answers.values())
    random.shuffle(renamed)
    mixed = {
        f"house {n}": Counter(dict(random.sample(sorted(each.items(), key=str), len(each))))
        for n, each in enumerate(renamed)
    }
    assert same(diversity(mixed, distance), diversity(answers, distance))


@relaxed
@given(cases, st.integers(2, 5))
def test_to_multiply_one_organisations_answers_changes_nothing(case, times) -> None:
    distance, answers = case
    first, *rest = answers.items()
    more = {first[0]: Counter({value: n * times for value, n in first[1].items()}), **dict(rest)}
    assert same(diversity(more, distance), diversity(answers, distance))


@relaxed
@given(cases)
def test_to_repeat_every_organisation_changes_neither_whole_nor_inside(case) -> None:
    distance, answers = case
    twice = {(n, house): each for n in (1, 2) for house, each in answers.items()}
    found, again = diversity(answers, distance), diversity(twice, distance)
    assert isclose(found.whole, again.whole, abs_tol=1e-9)
    assert isclose(found.inside, again.inside, abs_tol=1e-9)


@relaxed
@given(houses(st.integers(1, 5)))
def test_a_scale_read_from_the_other_end_is_the_same(answers) -> None:
    turned = {
        house: Counter({6 - step: n for step, n in each.items()}) for house, each in answers.items()
    }
    assert same(diversity(turned, FIVE), diversity(answers, FIVE))


@relaxed
@given(houses(st.integers(1, 5)))
def test_on_a_scale_it_is_the_ordinal_variation_of_blair_and_lacy(answers) -> None:
    """Twice the sum of F(1 - F) over the cumulative shares F, by the number of steps between."""
    shares = [{step: n / each.total() for step, n in each.items()} for each in answers.values()]
    cumulative = [
        sum(share for one in shares for step, share in one.items() if step <= upto) / len(shares)
        for upto in range(1, 5)
    ]
    expected = 2 * sum(f * (1 - f) for f in cumulative) / 4
    assert isclose(diversity(answers, FIVE).whole, expected, abs_tol=1e-9)


@relaxed
@given(houses(st.sampled_from(OPTIONS)))
def test_on_choices_it_is_gini_and_simpsons(answers) -> None:
    shares = [{value: n / each.total() for value, n in each.items()} for each in answers.values()]
    together = {o: sum(one.get(o, 0) for one in shares) / len(shares) for o in OPTIONS}
    expected = 1 - sum(share**2 for share in together.values())
    assert isclose(diversity(answers, unordered).whole, expected, abs_tol=1e-9)


@relaxed
@given(cases)
def test_it_is_what_drawing_every_pair_of_answers_gives(case) -> None:
    """Worked out the long way: each pair of organisations, each pair of answers."""
    distance, answers = case
    lists = [sorted(each.elements(), key=str) for each in answers.values()]
    apart = [
        [sum(distance(a, b) for a, b in product(x, y)) / (len(x) * len(y)) for y in lists]
        for x in lists
    ]
    n = len(lists)
    found = diversity(answers, distance)
    assert isclose(found.whole, sum(map(sum, apart)) / n**2, abs_tol=1e-9)
    assert isclose(found.inside, sum(apart[i][i] for i in range(n)) / n, abs_tol=1e-9)
    away = [sum(apart[i][j] for j in range(n) if j != i) / (n - 1) for i in range(n) if n > 1]
    assert isclose(found.farthest, max(away, default=0), abs_tol=1e-9)


@relaxed
@given(cases)
def test_where_it_lies_is_said_just_when_people_differ(case) -> None:
    distance, answers = case
    found = diversity(answers, distance)
    assert (found.lies is None) == (found.verdict != Verdict.DIFFER)
    if len(answers) == 1:
        assert found.verdict == Verdict.FEW
    elif len({value for each in answers.values() for value in each}) == 1:
        assert found.verdict == Verdict.AGREE


# --- thresholds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "verdict", "lies"),
    [
        (of(), Verdict.FEW, None),
        (of([3, 3, 3]), Verdict.FEW, None),  # one organisation alone
        (of([3], [3]), Verdict.AGREE, None),
        (of([4], [5]), Verdict.AGREE, None),  # a step apart: just at the edge
        (of([4, 4, 5, 5], [4, 5]), Verdict.AGREE, None),
        (of([4], [4], [5], [5]), Verdict.AGREE, None),
        (of([3], [5]), Verdict.DIFFER, Lies.BETWEEN),  # two steps
        (of([3], [4], [5]), Verdict.DIFFER, Lies.BETWEEN),
        (of([4], [4], [2]), Verdict.DIFFER, Lies.BETWEEN),
        (of([1, 5], [1, 5]), Verdict.DIFFER, Lies.INSIDE),
        (of([1, 1], [5, 5]), Verdict.DIFFER, Lies.BETWEEN),
        (of([1, 5], [5, 5]), Verdict.DIFFER, Lies.INSIDE),  # inside twice as much as between
        (of([1, 5], [5, 5, 5, 1]), Verdict.DIFFER, Lies.INSIDE),
        (of([1, 3], [4, 5]), Verdict.DIFFER, Lies.BOTH),
        (picks(["a"], ["a"]), Verdict.AGREE, None),
        (picks(["a"], ["b"]), Verdict.DIFFER, Lies.BETWEEN),
        (picks(["a"] * 9 + ["b"], ["a"] * 9), Verdict.AGREE, None),
        (picks(["a", "b"], ["a", "b"]), Verdict.DIFFER, Lies.INSIDE),
    ],
)
def test_what_counts_as_what(found: Diversity, verdict: Verdict, lies: Lies | None) -> None:
    assert (found.verdict, found.lies) == (verdict, lies)


def test_one_organisation_far_from_many_is_no_agreement() -> None:
    """Among many a single one weighs little in the whole; that must not make it disappear."""
    many = of(*[[5]] * 19, [1])
    assert many.whole < 1 / 8
    assert (many.verdict, many.lies) == (Verdict.DIFFER, Lies.BETWEEN)
    assert of(*[[5]] * 19, [3]).verdict == Verdict.AGREE  # just half of the way
    assert of(*[[5]] * 19, [3, 2]).verdict == Verdict.DIFFER


def test_the_edges_of_the_thresholds() -> None:
    assert Diversity(2, 1 / 8, 0.0, 1 / 2).verdict == Verdict.AGREE
    assert Diversity(2, 1 / 8 + 1e-6, 0.0, 1 / 2).verdict == Verdict.DIFFER
    assert Diversity(2, 1 / 8, 0.0, 1 / 2 + 1e-6).verdict == Verdict.DIFFER
    assert Diversity(2, 0.3, 0.1, 0.4).lies == Lies.BETWEEN
    assert Diversity(2, 0.3, 0.1001, 0.4).lies == Lies.BOTH
    assert Diversity(2, 0.3, 0.1999, 0.4).lies == Lies.BOTH
    assert Diversity(2, 0.3, 0.2, 0.4).lies == Lies.INSIDE
    assert Diversity(1, 0.5, 0.5, 0.0).verdict == Verdict.FEW


def test_an_organisation_without_answers_has_no_part() -> None:
    assert same(diversity({1: {3: 2}, 2: {}, 3: {4: 0}}, FIVE), of([3, 3]))


def test_distances() -> None:
    assert steps(3)(0, 1) == 0.5
    with pytest.raises(ValueError, match="two steps"):
        steps(1)
    assert overlap(frozenset(), frozenset()) == 0
    assert overlap(frozenset("a"), frozenset()) == 1
    assert overlap(frozenset("ab"), frozenset("bc")) == pytest.approx(2 / 3)


# --- lists ------------------------------------------------------------------------------------


def test_who_named_what() -> None:
    found = named(
        [(1, ["Nav", " nav ", "Etterlatte"]), (2, ["NAV", "  "]), (1, ["Etter  latte"]), (3, [])]
    )
    assert [(each.text, each.houses) for each in found] == [
        ("Nav", (1, 2)),
        ("Etterlatte", (1,)),
        ("Etter latte", (1,)),
    ]
    assert "Nav" not in repr(found)


entries = st.lists(st.text(alphabet="aBæ \n", max_size=4), max_size=5)


@relaxed
@given(st.lists(st.tuples(st.integers(1, 4), entries), max_size=8))
def test_every_entry_is_counted_once_for_each_organisation(answers) -> None:
    found = named(answers)
    expected = {
        (" ".join(entry.split()).casefold(), house)
        for house, several in answers
        for entry in several
        if entry.strip()
    }
    listed = [(each.text.casefold(), house) for each in found for house in each.houses]
    assert len(listed) == len(set(listed))
    assert set(listed) == expected
    sizes = [len(each.houses) for each in found]
    assert sizes == sorted(sizes, reverse=True)
