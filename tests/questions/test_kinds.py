"""Every question type: what is typed or sent in becomes a value, and the value becomes words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.language import LANGUAGES, Translator
from dialogs.packs.loader import load
from dialogs.packs.models import Question
from dialogs.packs.rule_models import NoneChosen
from dialogs.packs.rules import followup_due
from dialogs.questions.content import Content, copy_of
from dialogs.questions.kind import ANSWER, LONGEST, NotUnderstood, meaning
from dialogs.questions.kinds import KINDS
from storage.tables import AnswerStatus

PACKS = load()
SAY = Translator("nb")
ENGLISH = Translator("en")


def asking(kind: str) -> Content:
    """The first question of this type in the guide."""
    question = next(each for each in PACKS.questions if each.type == kind)
    return of(question)


def of(question: Question) -> Content:
    part = next(each for each in PACKS.parts() if question in each.set.questions)
    return copy_of(PACKS, part, question)


TYPED: list[tuple[str, str, dict[str, Any]]] = [
    ("text", "  Vi ser det likt.\n", {"text": "Vi ser det likt."}),
    ("ypn", "delvis", {"choice": "partly"}),
    ("ypn", "Delvis!", {"choice": "partly"}),
    ("ypn", "3", {"choice": "no"}),
    ("scale5", "4", {"scale": 4}),
    ("parties", "- KS\n- Nav, Digdir", {"items": ["KS", "Nav", "Digdir"]}),
    ("parties", "KS; KS", {"items": ["KS"]}),
    (
        "roles",
        "Nav: Kari\nDigdir – Ola\nKS",
        {
            "roles": [
                {"party": "Nav", "name": "Kari"},
                {"party": "Digdir", "name": "Ola"},
                {"party": "KS", "name": ""},
            ]
        },
    ),
    ("date", "1.3.2027", {"date": "2027-03-01"}),
    ("date", "1. mars 2027", {"date": "2027-03-01"}),
    ("date", "12th August 2027", {"date": "2027-08-12"}),
    ("date", "2027-03-01", {"date": "2027-03-01"}),
    ("date", "1/3-27", {"date": "2027-03-01"}),
    ("doc", "https://eksempel.no/analyse", {"link": "https://eksempel.no/analyse"}),
    ("doc", "ikke ennå", {"not_yet": True}),
    ("doc", "ikkje enno", {"not_yet": True}),
    ("goal", "Én melding er nok.", {"text": "Én melding er nok."}),
    (
        "goal",
        "Én melding er nok.\nEier: Kari\nDato: 1.3.2027\nNivå: delmål\nTegn: Færre skjema",
        {
            "text": "Én melding er nok.",
            "level": "sub",
            "owner": "Kari",
            "sign": "Færre skjema",
            "review": "2027-03-01",
        },
    ),
]


@pytest.mark.parametrize(("kind", "text", "value"), TYPED)
def test_typed_words_become_a_value(kind: str, text: str, value: dict[str, Any]) -> None:
    assert KINDS[kind].from_typed(asking(kind), text) == value


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, _, value in TYPED])
def test_a_value_is_shown_and_comes_back_from_its_own_form(
    kind: str, value: dict[str, Any]
) -> None:
    """What the form is filled in with is the same value when it is sent in unchanged."""
    content = asking(kind)
    fields = KINDS[kind].fields(content, SAY, value)
    sent = {each.name: each.value for each in fields}
    assert KINDS[kind].from_form(content, sent) == value
    for language in LANGUAGES:
        assert KINDS[kind].shown(content, value, Translator(language)).strip()


NOT_THIS: list[tuple[str, str]] = [
    ("text", " \n "),
    ("text", "👍"),
    ("text", "x" * (LONGEST + 1)),
    ("ypn", "kanskje"),
    ("scale5", "6"),
    ("scale5", "0"),
    ("pick", "noe helt annet"),
    ("multi", "1, 99"),
    ("parties", "–"),
    ("parties", "\n".join(map(str, range(101)))),
    ("roles", ":"),
    ("date", "31.2.2027"),
    ("date", "snart"),
    ("date", "1.3"),
    ("doc", "javascript:alert(1)"),
    ("doc", "analysen er på vei"),
    ("goal", "Eier: Kari"),
    ("goal", "Et mål\nDato: snart"),
    ("goal", "Et mål\nNivå: høyt"),
    ("goal", "Et mål\nEier: " + "x" * 301),
]


@pytest.mark.parametrize(("kind", "text"), NOT_THIS)
def test_what_does_not_fit_says_what_would(kind: str, text: str) -> None:
    with pytest.raises(NotUnderstood) as fault:
        KINDS[kind].from_typed(asking(kind), text)
    assert SAY.t(fault.value.hint) != fault.value.hint, "not in the catalogue"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("ypn", ("nummeret",)),
        ("pick", ("nummeret",)),
        ("scale5", ("fra 1 til 5",)),
        ("multi", ("tallene", "«ingen av dem»")),
        ("doc", ("https://", "«ikke ennå»")),
    ],
)
def test_what_does_not_fit_says_everything_that_can_be_written(
    kind: str, names: tuple[str, ...]
) -> None:
    with pytest.raises(NotUnderstood) as fault:
        KINDS[kind].from_typed(asking(kind), "kanskje 6")
    said = SAY.t(fault.value.hint)
    assert all(each in said for each in (*names, "«vet ikke»")), said


def test_a_date_in_a_goal_has_room_for_words() -> None:
    fields = KINDS["goal"].fields(asking("goal"), SAY, None)
    given = {ANSWER: "Et mål", "review": "15. september 2027"}
    (review,) = (each for each in fields if each.name == "review")
    assert len(given["review"]) <= review.max_length
    assert KINDS["goal"].from_form(asking("goal"), given)["review"] == "2027-09-15"


def test_a_fault_names_the_field_it_is_in() -> None:
    goal = {ANSWER: "Et mål", "level": "", "owner": "", "sign": "", "review": "snart"}
    with pytest.raises(NotUnderstood) as fault:
        KINDS["goal"].from_form(asking("goal"), goal)
    assert fault.value.field == "review"


def test_none_of_them_is_an_answer_of_several() -> None:
    """By the question's own word for it, where there is one: the two would be counted apart."""
    own = asking("multi")
    bare = own.model_copy(update={"options": own.options[:-1]})
    assert own.options[-1].id == "none"
    for content, value in ((bare, {"choices": []}), (own, {"choices": ["none"]})):
        for typed in ("ingen av dem", "none of them"):
            assert KINDS["multi"].from_typed(content, typed) == value
        assert KINDS["multi"].from_form(content, {ANSWER: ()}) == value
    assert KINDS["multi"].shown(bare, {"choices": []}, ENGLISH) == "None of them"
    assert KINDS["multi"].shown(own, {"choices": ["none"]}, ENGLISH) == "Nothing yet"
    rule, today = NoneChosen(rule="none_chosen"), date(2026, 11, 23)
    assert followup_due(rule, {"choices": ["none"]}, today=today)


@pytest.mark.parametrize("kind", KINDS)
def test_dont_know_and_skip_are_answers_to_every_question(kind: str) -> None:
    for typed in ("vet ikke", "Veit ikkje.", "don't know"):
        assert meaning(KINDS[kind], asking(kind), typed) == (AnswerStatus.DONT_KNOW, None)
    assert meaning(KINDS[kind], asking(kind), "hopp over") == (AnswerStatus.SKIPPED, None)


@given(kind=st.sampled_from(sorted(KINDS)), text=st.text(max_size=300))
def test_any_words_are_a_value_or_a_hint(kind: str, text: str) -> None:
    content = asking(kind)
    try:
        value = KINDS[kind].from_typed(content, text)
    except NotUnderstood:
        return
    assert KINDS[kind].shown(content, value, SAY)


@pytest.mark.parametrize("question", PACKS.questions, ids=lambda each: each.id)
def test_every_question_of_the_guide_can_be_asked(question: Question) -> None:
    """Its copy comes back from the record as it was, and its form opens in each language."""
    content = of(question)
    assert Content.model_validate(content.kept(), strict=False) == content
    for language in LANGUAGES:
        assert KINDS[question.type].fields(content, Translator(language), None)
        assert KINDS[question.type].how_to_type(Translator(language))
