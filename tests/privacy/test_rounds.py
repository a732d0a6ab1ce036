"""No sequence of what can happen in a round lets anybody see, or subtract to, another answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.steps import VERBS, Play, Step
from tests.privacy.world import KINDS, Kind, World
from tests.reused import Reused

Plan = tuple[list[int], list[Kind], int, list[Step]]
numbers = st.integers(0, 11)
likely = ["answer"] * 4 + ["everybody"] * 2 + ["more", "type", "start", "close", "time"] * 2
steps = st.tuples(st.sampled_from([*likely, *VERBS]), numbers, numbers, numbers)
plans = st.tuples(
    st.lists(st.integers(1, 4), min_size=1, max_size=5),
    st.lists(st.sampled_from(KINDS), min_size=2, max_size=4, unique=True),
    st.integers(0, 3),
    st.lists(steps, min_size=4, max_size=14),
)


def run(reused: Reused, plan: Plan) -> None:
    """Play a plan on an empty database."""
    sizes, kinds, whose, steps = plan
    Play(World(reused.empty(), sizes), kinds).goes([("start", whose, 1, 0), *steps])


@given(plan=plans)
@settings(max_examples=12, deadline=None, derandomize=True, database=None)
def test_nobody_sees_more_than_is_theirs(reused_sqlite, plan) -> None:
    run(reused_sqlite, plan)


@pytest.mark.soak
@given(plan=plans)
@settings(max_examples=400, deadline=None, database=None)
def test_nobody_sees_more_than_is_theirs_however_long(reused_sqlite, plan) -> None:
    run(reused_sqlite, plan)


TEXT, TEXT_AT_HOME, TEXT_ALONE = KINDS[0], KINDS[5], KINDS[8]
ANONYMOUS, NAMED, BY_HOUSE, ONE_EACH = range(4)


# Each of these showed or kept what it should not, once or with the code broken on purpose.
@pytest.mark.parametrize(
    ("sizes", "kinds", "whose", "steps"),
    [
        pytest.param(
            [2, 1],
            [TEXT_ALONE],
            ONE_EACH,
            [("answer", 0, 0, 0), ("look", 0, 0, 0), ("give", 1, 0, 0)],
            id="a private answer was proposed to colleagues",
        ),
        pytest.param(
            [2, 1],
            [TEXT],
            ANONYMOUS,
            [("answer", 1, 0, 1), ("close", 0, 0, 0)],
            id="a receipt that was not sent yet outlived the anonymous round",
        ),
        pytest.param(
            [2, 1],
            [TEXT],
            ANONYMOUS,
            [("answer", 0, 0, 0), ("dont_know", 1, 0, 0), ("close", 0, 0, 0)],
            id="the audit told who did not know",
        ),
        pytest.param(
            [1, 1],
            [TEXT],
            ANONYMOUS,
            [("answer", 0, 0, 0), ("answer", 1, 0, 0), ("close", 0, 0, 0)],
            id="a guessed button showed one of two anonymous answers",
        ),
        pytest.param(
            [2, 2],
            [TEXT],
            ANONYMOUS,
            [("everybody", 1, 0, 0), ("close", 0, 0, 0)],
            id="three answers were said to come from no organisation",
        ),
        pytest.param(
            [1, 2],
            [TEXT_AT_HOME],
            NAMED,
            [("answer", 1, 0, 0), ("open", 0, 0, 0), ("move", 1, 0, 0)],
            id="a coordinator moved somebody to read what they wrote to colleagues",
        ),
        pytest.param(
            [2, 2],
            [TEXT_AT_HOME],
            NAMED,
            [("answer", 2, 0, 0), ("open", 0, 0, 0), ("move", 0, 1, 0)],
            id="a coordinator moved to read what others wrote to colleagues",
        ),
        pytest.param(
            [1, 2],
            [TEXT],
            ONE_EACH,
            [("answer", 0, 0, 0), ("move", 0, 1, 0), ("answer", 1, 0, 0), ("give", 1, 0, 0),
             ("move", 1, 0, 0)],
            id="an organisation's answer moved with the one who gave it",
        ),
        pytest.param(
            [2, 2],
            [TEXT_AT_HOME],
            NAMED,
            [("answer", 2, 0, 0), ("open", 0, 0, 0), ("leave", 1, 1, 1)],
            id="somebody left and came back for the organisation they wanted to read",
        ),
        pytest.param(
            [2, 1],
            [TEXT_AT_HOME],
            ONE_EACH,
            [("answer", 0, 0, 0), ("agree", 1, 0, 0), ("remove", 1, 0, 0), ("answer", 1, 0, 1)],
            id="somebody who was removed went on reading what colleagues propose",
        ),
        pytest.param(
            [2, 2],
            [TEXT],
            ANONYMOUS,
            [("everybody", 1, 0, 0), ("close", 0, 0, 0), ("reopen", 0, 0, 0), ("answer", 1, 0, 0)],
            id="an anonymous round was opened again",
        ),
    ],
)  # fmt: skip
def test_what_was_mended_stays_so(
    reused_sqlite: Reused,
    sizes: list[int],
    kinds: list[Kind],
    whose: int,
    steps: list[Step],
) -> None:
    run(reused_sqlite, (sizes, kinds, whose, steps))
