"""Works out the rules of questions on answers as the record keeps them. Pure functions.

An answer is a JSON object by type: text `{"text"}`, ypn and pick `{"choice"}`, multi `{"choices"}`,
scale5 `{"scale": 1..5}`, parties `{"items"}`, roles `{"roles": [{"party", "name"}]}`, goal
`{"text", "level", "owner", "sign", "review"}`, date `{"date"}`, doc `{"link"}` or
`{"not_yet": true}`; dates as YYYY-MM-DD.
None is "vet ikke": a full answer that meets no rule and is part of no mean.
Skipped questions are not passed. An answer of another type than the rule's meets nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from dialogs.packs import rule_models as r
from dialogs.packs.base import Model

Answer = Mapping[str, object]
NONE = "none"  # the id of an option that says that none of the others fits


def followup_due(rule: r.FollowupRule | None, answer: Answer | None, *, today: date) -> bool:
    """Whether one person's answer is to be followed up. `today` is that person's local date."""
    if rule is None or answer is None:
        return False
    match rule:
        case r.TooShort(min_chars=least):
            return 0 < len(_text(answer, "text")) < least
        case r.AnswerIn(values=values):
            return not _chosen(answer).isdisjoint(values)
        case r.AnswerAtMost(value=value):
            return (step := _scale(answer)) is not None and step <= value
        case r.AnswerAtLeast(value=value):
            return (step := _scale(answer)) is not None and step >= value
        case r.FewerThan(count=count):
            return (length := _length(answer)) is not None and length < count
        case r.MissingAny(values=values):
            return "choices" in answer and not _chosen(answer).issuperset(values)
        case r.NoneChosen():
            return "choices" in answer and _chosen(answer) <= {NONE}
        case r.Answered():
            return True
        case _:
            return _incomplete(rule, answer, today)


def _incomplete(rule: Model, answer: Answer, today: date) -> bool:
    """Rules about something that should be there and in time. A date is passed the day after it."""
    match rule:
        case r.RoleWithoutName():
            return any(_text(role, "party") and not _text(role, "name") for role in _roles(answer))
        case r.OwnerOrDateMissingOrOverdue():
            is_goal = "text" in answer or "owner" in answer or "review" in answer
            return is_goal and (not _text(answer, "owner") or _passed(answer, "review", today))
        case r.MissingOrPassed():
            return "date" in answer and _passed(answer, "date", today)
        case r.NotYet():
            return answer.get("not_yet") is True or ("link" in answer and not _text(answer, "link"))
    return False


def starter_due(rule: r.StarterRule | None, answers: Iterable[Answer | None]) -> bool:
    """Whether all answers together invite to a talk.

    Pass only what may be shown: the caller holds back answers, and waits until enough are in.
    """
    match rule:
        case r.MeanOrSpread():
            return _mean_or_spread(rule, _scales(answers))
        case r.SpreadRule(spread_at_least=least):
            return _spread(_scales(answers)) >= least
        case r.AnswersDiffer():
            return len({_chosen(a) for a in answers if a and ("choice" in a or "choices" in a)}) > 1
        case r.NamedByOne():
            return bool(named_by_one(answers))
    return False


def named_by_one(answers: Iterable[Answer | None]) -> tuple[str, ...]:
    """What just one person named, as they wrote it, in the order of the answers; never who.

    Case and spaces do not matter, and one person's repeats count once. Nothing stands out
    before two people have named something.
    """
    counts: dict[str, int] = {}
    written: dict[str, str] = {}
    people = 0
    for answer in answers:
        mine: set[str] = set()
        for name in _named(answer or {}):
            key = " ".join(name.casefold().split())
            if key:
                mine.add(key)
                written.setdefault(key, name.strip())
        people += bool(mine)
        for key in mine:
            counts[key] = counts.get(key, 0) + 1
    if people < 2:
        return ()
    return tuple(name for key, name in written.items() if counts[key] == 1)


def condition_met(
    condition: r.Condition | None, answers_by_question: Mapping[str, Sequence[Answer | None]]
) -> bool:
    """Whether a question is to be asked.

    Pass, for each question, the answers that count: the person's own in the same round, otherwise
    anybody's; in a channel anybody's. One answer that meets one clause is enough.
    """
    if condition is None:
        return True
    return any(clause_met(c, answers_by_question.get(c.question, ())) for c in condition.any)


def clause_met(clause: r.Clause, answers: Iterable[Answer | None]) -> bool:
    """Whether any of the answers meets one clause."""
    for answer in answers:
        if answer is None:
            continue
        if clause.answer_in and not _chosen(answer).isdisjoint(clause.answer_in):
            return True
        missing = "choices" in answer and not _chosen(answer).issuperset(clause.missing_any or ())
        if clause.missing_any and missing:
            return True
        if clause.has_record and _text(answer, "text"):
            return True
        if clause.has_entries and _length(answer):
            return True
    return False


def _mean_or_spread(rule: r.MeanOrSpread, scales: list[int]) -> bool:
    if not scales:
        return False
    mean = sum(scales) / len(scales)
    low = rule.mean_below is not None and mean < rule.mean_below
    high = rule.mean_above is not None and mean > rule.mean_above
    return low or high or _spread(scales) >= rule.spread_at_least


def _spread(scales: list[int]) -> int:
    return max(scales) - min(scales) if scales else 0


def _scales(answers: Iterable[Answer | None]) -> list[int]:
    steps = (_scale(answer) for answer in answers if answer is not None)
    return [step for step in steps if step is not None]


def _scale(answer: Answer) -> int | None:
    step = answer.get("scale")
    return step if isinstance(step, int) else None


def _chosen(answer: Answer) -> frozenset[str]:
    """Ids chosen, be it one or several."""
    one, several = answer.get("choice"), answer.get("choices")
    if isinstance(several, (list, tuple)):
        return frozenset(id for id in several if isinstance(id, str))
    return frozenset({one}) if isinstance(one, str) else frozenset()


def _named(answer: Answer) -> list[str]:
    """Parties named in a list of parties or of roles."""
    items = answer.get("items")
    if isinstance(items, (list, tuple)):
        return [item for item in items if isinstance(item, str)]
    return [_text(role, "party") for role in _roles(answer)]


def _length(answer: Answer) -> int | None:
    """How many entries a list holds, blank ones left out; None when the answer is no list."""
    if "choices" in answer:
        return len(_chosen(answer) - {NONE})
    if "items" in answer or "roles" in answer:
        return sum(bool(name.strip()) for name in _named(answer))
    return None


def _roles(answer: Answer) -> list[Mapping[str, object]]:
    roles = answer.get("roles")
    return (
        [role for role in roles if isinstance(role, Mapping)]
        if isinstance(roles, (list, tuple))
        else []
    )


def _text(answer: Mapping[str, object], key: str) -> str:
    text = answer.get(key)
    return text.strip() if isinstance(text, str) else ""


def _passed(answer: Answer, key: str, today: date) -> bool:
    """Whether a date is missing, unreadable or before today."""
    try:
        return date.fromisoformat(_text(answer, key)) < today
    except ValueError:
        return True
