"""The tables of rules at their edges: what is followed up, what opens a talk, what is asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dialogs.packs.loader import load
from dialogs.packs.models import Condition
from dialogs.packs.rule_models import FollowupRule, StarterRule
from dialogs.packs.rules import condition_met, followup_due, named_by_one, starter_due

TODAY = date(2026, 11, 22)
FOLLOWUP = TypeAdapter(FollowupRule)
STARTER = TypeAdapter(StarterRule)


def ypn(choice):
    return {"choice": choice}


def scale(step):
    return {"scale": step}


def multi(*choices):
    return {"choices": list(choices)}


def parties(*items):
    return {"items": list(items)}


def roles(*pairs):
    return {"roles": [{"party": party, "name": name} for party, name in pairs]}


SHORT = {"rule": "too_short", "min_chars": 15}
NOT_YES = {"rule": "answer_in", "values": ["partly", "no"]}
LOW = {"rule": "answer_at_most", "value": 2}
HIGH = {"rule": "answer_at_least", "value": 4}
TWO = {"rule": "fewer_than", "count": 2}
BOTH = {"rule": "missing_any", "values": ["a", "b"]}
NONE = {"rule": "none_chosen"}
NAMES = {"rule": "role_without_name"}
GOAL = {"rule": "owner_or_date_missing_or_overdue"}
DATE = {"rule": "missing_or_passed"}
DOC = {"rule": "not_yet"}
ALWAYS = {"rule": "answered"}

WHOLE_GOAL = {
    "text": "Ett skjema",
    "level": "overall",
    "owner": "Nav",
    "sign": "",
    "review": "2026-11-22",
}


@pytest.mark.parametrize(
    ("rule", "answer", "due"),
    [
        (SHORT, {"text": "x" * 14}, True),
        (SHORT, {"text": "x" * 15}, False),
        (SHORT, {"text": "  " + "x" * 14 + "  "}, True),
        (SHORT, {"text": ""}, False),
        (SHORT, {"text": "   "}, False),
        (NOT_YES, ypn("partly"), True),
        (NOT_YES, ypn("no"), True),
        (NOT_YES, ypn("yes"), False),
        (NOT_YES, multi("yes", "no"), True),
        (NOT_YES, multi("yes"), False),
        (NOT_YES, multi(), False),
        (LOW, scale(2), True),
        (LOW, scale(3), False),
        (HIGH, scale(4), True),
        (HIGH, scale(3), False),
        (TWO, parties("a"), True),
        (TWO, parties("a", " "), True),
        (TWO, parties("a", "b"), False),
        (TWO, parties(), True),
        (TWO, multi("a"), True),
        (TWO, multi("a", "b"), False),
        (TWO, roles(("a", "")), True),
        (TWO, roles(("a", ""), ("b", "")), False),
        (BOTH, multi("a"), True),
        (BOTH, multi("a", "b", "c"), False),
        (BOTH, multi(), True),
        (NONE, multi(), True),
        (NONE, multi("a"), False),
        (NAMES, roles(("Nav", "Kari"), ("KS", " ")), True),
        (NAMES, roles(("Nav", "Kari")), False),
        (NAMES, roles(), False),
        (NAMES, roles(("", "")), False),
        (GOAL, WHOLE_GOAL, False),
        (GOAL, WHOLE_GOAL | {"owner": " "}, True),
        (GOAL, WHOLE_GOAL | {"review": ""}, True),
        (GOAL, WHOLE_GOAL | {"review": "2026-11-21"}, True),
        (GOAL, WHOLE_GOAL | {"review": "snart"}, True),
        (GOAL, {"text": "Ett skjema"}, True),
        (DATE, {"date": "2026-11-21"}, True),
        (DATE, {"date": "2026-11-22"}, False),
        (DATE, {"date": "2026-11-23"}, False),
        (DATE, {"date": ""}, True),
        (DATE, {"date": None}, True),
        (DOC, {"not_yet": True}, True),
        (DOC, {"link": "https://example.org"}, False),
        (DOC, {"link": " "}, True),
        (DOC, {"not_yet": False, "link": "https://example.org"}, False),
        (ALWAYS, ypn("yes"), True),
        (ALWAYS, {"text": ""}, True),
    ],
)
def test_followup(rule, answer, due: bool) -> None:
    made = FOLLOWUP.validate_python(_tuples(rule))
    assert followup_due(made, answer, today=TODAY) is due


EVERY_RULE = [SHORT, NOT_YES, LOW, HIGH, TWO, BOTH, NONE, NAMES, GOAL, DATE, DOC, ALWAYS]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule["rule"])
def test_do_not_know_is_never_followed_up(rule) -> None:
    assert followup_due(FOLLOWUP.validate_python(_tuples(rule)), None, today=TODAY) is False


@pytest.mark.parametrize("rule", EVERY_RULE[:-1], ids=lambda rule: rule["rule"])
def test_answer_of_another_type_meets_nothing(rule) -> None:
    made = FOLLOWUP.validate_python(_tuples(rule))
    assert followup_due(made, {"other": 1}, today=TODAY) is False


def test_no_rule_meets_nothing() -> None:
    assert followup_due(None, ypn("no"), today=TODAY) is False
    assert starter_due(None, [ypn("no"), ypn("yes")]) is False


MEAN_LOW = {"rule": "mean_or_spread", "mean_below": 3.5, "spread_at_least": 2}
MEAN_HIGH = {"rule": "mean_or_spread", "mean_above": 2.5, "spread_at_least": 2}
SPREAD = {"rule": "spread", "spread_at_least": 2}
DIFFER = {"rule": "answers_differ"}
ONE = {"rule": "named_by_one"}


@pytest.mark.parametrize(
    ("rule", "answers", "due"),
    [
        (MEAN_LOW, [scale(3), scale(4)], False),  # 3.5 is not below 3.5
        (MEAN_LOW, [scale(3), scale(3), scale(4)], True),
        (MEAN_LOW, [scale(5), scale(3)], True),  # two apart
        (MEAN_LOW, [scale(5), scale(4)], False),
        (MEAN_LOW, [scale(5), None, scale(5)], False),
        (MEAN_LOW, [scale(4), None, None, None], False),  # "vet ikke" does not draw the mean down
        (MEAN_LOW, [None], False),
        (MEAN_LOW, [], False),
        (MEAN_HIGH, [scale(2), scale(3)], False),
        (MEAN_HIGH, [scale(3), scale(3), scale(2)], True),
        (MEAN_HIGH, [scale(1), scale(3)], True),
        (SPREAD, [scale(2), scale(4)], True),
        (SPREAD, [scale(2), scale(3)], False),
        (SPREAD, [scale(1), None], False),
        (SPREAD, [], False),
        (DIFFER, [ypn("yes"), ypn("no")], True),
        (DIFFER, [ypn("yes"), ypn("yes"), None], False),
        (DIFFER, [ypn("yes")], False),
        (DIFFER, [multi("a", "b"), multi("b", "a")], False),
        (DIFFER, [multi("a"), multi("a", "b")], True),
        (DIFFER, [multi(), multi("a")], True),
        (DIFFER, [], False),
        (ONE, [parties("Nav", "KS"), parties("nav ")], True),
        (ONE, [parties("Nav"), parties("NAV")], False),
        (ONE, [parties("Nav", "Nav")], False),  # one person alone stands out from nobody
        (ONE, [parties("Nav"), None, parties()], False),
        (ONE, [roles(("Nav", "Kari")), roles(("Nav", "Ola"))], False),
        (ONE, [], False),
    ],
)
def test_starter(rule, answers, due: bool) -> None:
    assert starter_due(STARTER.validate_python(rule), answers) is due


def test_named_by_one_says_what_as_written() -> None:
    answers = [
        parties("Nav", "KS  øst "),
        parties("nav", " ", "Oslo kommune", "Oslo  kommune"),
        None,
    ]
    assert named_by_one(answers) == ("KS  øst", "Oslo kommune")


@given(st.lists(st.none() | st.builds(scale, st.integers(1, 5))))
def test_do_not_know_takes_no_part(answers) -> None:
    known = [answer for answer in answers if answer is not None]
    for rule in (MEAN_LOW, MEAN_HIGH, SPREAD):
        made = STARTER.validate_python(rule)
        assert starter_due(made, answers) is starter_due(made, known)
        assert starter_due(made, reversed(answers)) is starter_due(made, answers)


def condition(**test) -> Condition:
    return Condition.model_validate({"any": ({"question": "q", **test},)})


@pytest.mark.parametrize(
    ("test", "answers", "met"),
    [
        ({"answer_in": ("yes", "partly")}, [ypn("partly")], True),
        ({"answer_in": ("yes", "partly")}, [ypn("no")], False),
        ({"answer_in": ("yes", "partly")}, [ypn("no"), None, ypn("yes")], True),
        ({"answer_in": ("yes",)}, [None], False),
        ({"answer_in": ("yes",)}, [], False),
        ({"answer_in": ("a",)}, [multi("b", "a")], True),
        ({"missing_any": ("a", "b")}, [multi("a")], True),
        ({"missing_any": ("a", "b")}, [multi("a", "b")], False),
        ({"missing_any": ("a", "b")}, [multi()], True),
        ({"missing_any": ("a", "b")}, [None], False),
        ({"has_record": True}, [{"text": "Ett skjema"}], True),
        ({"has_record": True}, [{"text": " "}], False),
        ({"has_entries": True}, [parties("Nav")], True),
        ({"has_entries": True}, [parties(), parties(" ")], False),
    ],
)
def test_condition(test, answers, met: bool) -> None:
    assert condition_met(condition(**test), {"q": answers}) is met


def test_condition_not_asked_yet_or_none() -> None:
    assert condition_met(condition(answer_in=("yes",)), {}) is False
    assert condition_met(None, {}) is True


def test_one_clause_of_several_is_enough() -> None:
    shipped = load().question("fase1-avklare-med-oppdragsgiver").condition
    assert shipped is not None
    assert condition_met(shipped, {"fase1-effekt-eller-losning": [ypn("solution")]})
    assert condition_met(shipped, {"fase1-mandat-effekt": [ypn("no")]})
    assert not condition_met(shipped, {"fase1-mandat-effekt": [ypn("yes")]})


def _tuples(rule):
    return {key: tuple(v) if isinstance(v, list) else v for key, v in rule.items()}
