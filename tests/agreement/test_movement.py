"""Which figures of two rounds may stand beside each other."""

from __future__ import annotations

from dialogs.arrived.movement import may_stand_together


def test_small_figures_of_anonymous_rounds_do_not_stand_beside_each_other() -> None:
    assert may_stand_together([4, 1], [1, 2], nameless=False)
    assert not may_stand_together([], [3, 5], nameless=False)
    assert may_stand_together([4, 3], [3, 0, 5], nameless=True)
    assert not may_stand_together([4, 2], [3, 5], nameless=True)
    assert not may_stand_together([4, 3], [1, 5], nameless=True)
