"""Forms as Slack's modals: Slack takes them, and what is filled in comes back as it was meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import forms
from bot.slack.fitting import clean
from dialogs.messages import (
    Field,
    FieldErrors,
    FieldKind,
    Form,
    LongText,
    Option,
    Page,
    Text,
)
from tests.slack.checks import check_view

KINDS: tuple[FieldKind, ...] = (
    "text", "long", "choice", "multi", "scale", "lines", "date", "pairs", "link", "confirm",
)  # fmt: skip
WORDS = st.one_of(
    st.text(st.characters(codec=None), max_size=30),
    st.sampled_from(("<!channel>", "*b* &amp;", "ord " * 600, "linje\n" * 700, "x" * 80, " ")),
)


def form(*fields: Field, **more: Any) -> Form:
    made = {"title": "Svar", "submit": "Send", "cancel": "Avbryt", **more}
    return Form("nb", "round:answer:q7", fields=fields, **made)


def view(*fields: Field, **more: Any) -> dict[str, Any]:
    made = forms.view(form(*fields, **more), "{}")
    assert not check_view(made)
    return made


def inputs(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in made["blocks"] if each["type"] == "input"]


def element(field: Field) -> dict[str, Any]:
    (block,) = inputs(view(field))
    found: dict[str, Any] = block["element"]
    return found


def sent(made: dict[str, Any], **filled: Any) -> dict[str, Any]:
    """The view as Slack sends it in: what stood in the inputs, or what is `filled` instead."""
    names = {
        "plain_text_input": ("value", "initial_value"),
        "datepicker": ("selected_date", "initial_date"),
        "radio_buttons": ("selected_option", "initial_option"),
        "static_select": ("selected_option", "initial_option"),
        "checkboxes": ("selected_options", "initial_options"),
        "multi_static_select": ("selected_options", "initial_options"),
    }
    state: dict[str, Any] = {}
    for block in inputs(made):
        shown = block["element"]
        name, initial = names[shown["type"]]
        none: Any = [] if name == "selected_options" else None
        value = filled.get(block["block_id"], shown.get(initial, none))
        state[block["block_id"]] = {shown["action_id"]: {"type": shown["type"], name: value}}
    return {**made, "id": "V1", "state": {"values": state}}


def expected(field: Field) -> str | tuple[str, ...]:
    """What a form gives that is sent as it was opened."""
    values = (field.value,) if isinstance(field.value, str) else field.value
    known = [each.value for each in field.options]
    match field.kind:
        case "multi":
            return tuple(each for each in known if each in values)
        case "choice" | "scale":
            return values[0] if values[0] in known else ""
        case "lines" | "pairs":
            lines = [line.strip() for each in values for line in clean(each).splitlines()]
            return tuple(line for line in lines if line)
    return clean(values[0])


def fields() -> st.SearchStrategy[Field]:
    some = st.lists(
        st.builds(Option, st.sampled_from("0123456789"), WORDS), min_size=1, max_size=15
    )

    def of_kind(kind: FieldKind) -> st.SearchStrategy[Field]:
        value: st.SearchStrategy[Any] = WORDS
        if kind in ("lines", "pairs"):
            value = st.lists(WORDS, max_size=4).map(tuple)
        elif kind == "date":
            value = st.one_of(st.just(""), st.dates().map(str))
        elif kind == "confirm":
            value = st.sampled_from(("", "yes"))
        elif kind == "multi":
            value = st.lists(st.sampled_from("0123456789"), unique=True).map(tuple)
        elif kind in ("choice", "scale"):
            value = st.sampled_from(("", *"0123456789"))
        return st.builds(
            Field,
            st.just(kind),
            WORDS,
            st.just(kind),
            value,
            some.map(lambda found: tuple({each.value: each for each in found}.values())),
            WORDS,
            st.booleans(),
            st.sampled_from((2, 300, 3_000, 20_000)),
        )

    return st.sampled_from(KINDS).flatmap(of_kind)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(fields(), max_size=6, unique_by=lambda field: field.name),
    WORDS,
    st.lists(WORDS.map(Text), max_size=3).map(tuple),
)
def test_what_is_sent_as_it_was_opened_comes_back_unchanged(
    some: list[Field], title: str, intro: tuple[Text, ...]
) -> None:
    made = forms.view(form(*some, title=title, submit=title, cancel=title, intro=intro), "{}")
    assert not check_view(made)
    values = forms.values(sent(made))
    assert {each.name for each in some} == values.keys()
    for field in some:
        assert values[field.name] == expected(field)


# --- the view ---


def test_a_form_is_a_modal() -> None:
    made = view(Field("answer", "Hva er målet?", "text", "Ro", hint="Kort", required=False))
    assert made == {
        "type": "modal",
        "callback_id": "round:answer:q7",
        "private_metadata": "{}",
        "title": {"type": "plain_text", "text": "Svar", "emoji": False},
        "submit": {"type": "plain_text", "text": "Send", "emoji": False},
        "close": {"type": "plain_text", "text": "Avbryt", "emoji": False},
        "blocks": [
            {
                "type": "input",
                "block_id": "answer",
                "label": {"type": "plain_text", "text": "Hva er målet?", "emoji": False},
                "hint": {"type": "plain_text", "text": "Kort", "emoji": False},
                "optional": True,
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text:round:answer:q7:answer",
                    "initial_value": "Ro",
                    "max_length": 3000,
                },
            }
        ],
    }


def test_a_long_title_stands_in_full_above_the_intro() -> None:
    made = view(Field("a", "A", "text"), title="Dette kom vi fram til i dag", intro=(Text("Hei"),))
    assert made["title"]["text"] == "Dette kom vi fram til …"
    assert made["blocks"][0]["text"]["text"] == "Dette kom vi fram til i dag"
    assert made["blocks"][1]["elements"][0]["elements"][0]["text"] == "Hei"


@pytest.mark.parametrize(
    ("kind", "count", "shown"),
    [
        ("choice", 10, "radio_buttons"),
        ("choice", 11, "static_select"),
        ("scale", 5, "radio_buttons"),
        ("multi", 10, "checkboxes"),
        ("multi", 11, "multi_static_select"),
    ],
)
def test_options_are_shown_all_at_once_while_they_are_few(
    kind: FieldKind, count: int, shown: str
) -> None:
    options = tuple(Option(str(n), f"Nr. {n}") for n in range(count))
    made = element(Field("a", "A", kind, options=options))
    assert made["type"] == shown
    assert len(made["options"]) == count


@pytest.mark.parametrize(("kind", "shown"), [("text", False), ("long", True), ("lines", True)])
def test_what_takes_many_lines_has_room_for_them(kind: FieldKind, shown: bool) -> None:
    assert element(Field("a", "A", kind)).get("multiline", False) is shown


def test_very_many_options_are_in_groups() -> None:
    options = tuple(Option(str(n), f"Virksomhet {n}") for n in range(1, 301))
    made = view(Field("a", "A", "choice", "300", options))
    groups = inputs(made)[0]["element"]["option_groups"]
    assert [each["label"]["text"] for each in groups] == ["1–100", "101–200", "201–300"]
    assert forms.values(sent(made)) == {"a": "300"}


def test_long_options_are_read_in_full_before() -> None:
    options = (Option("1", "Kort"), Option("2", "lang " * 20))
    read, asked = view(Field("a", "A", "choice", options=options))["blocks"]
    assert read["elements"][0]["elements"][0]["text"] == f"2. {('lang ' * 20).strip()}"
    assert [each["text"]["text"][:7] for each in asked["element"]["options"]] == [
        "1. Kort",
        "2. lang",
    ]


def test_a_choice_among_nothing_is_not_asked() -> None:
    assert not inputs(view(Field("a", "A", "choice"), Field("b", "B", "multi")))


def test_the_empty_option_can_be_chosen() -> None:
    options = (Option("", "Hele samarbeidet"), Option("4", "Nav"))
    made = view(Field("a", "A", "choice", "", options))
    assert inputs(made)[0]["element"]["initial_option"]["text"]["text"] == "Hele samarbeidet"
    picked = inputs(made)[0]["element"]["options"]
    assert forms.values(sent(made, a=picked[0])) == {"a": ""}
    assert forms.values(sent(made, a=picked[1])) == {"a": "4"}


def test_a_tick_is_yes_or_nothing() -> None:
    made = view(Field("a", "Dokumentet finnes ikke ennå", "confirm", required=False))
    (tick,) = inputs(made)[0]["element"]["options"]
    assert tick["text"]["text"] == "Ja"
    assert forms.values(sent(made, a=[tick])) == {"a": "yes"}
    assert forms.values(sent(made)) == {"a": ""}


def test_a_day_that_is_none_is_left_open() -> None:
    assert "initial_date" not in element(Field("a", "A", "date", "i morgen"))


def test_what_is_longer_than_an_input_says_where_it_can_be_written() -> None:
    (asked,) = inputs(view(Field("a", "A", "long", max_length=20_000)))
    assert asked["hint"]["text"].startswith("Her er det plass til 3000 tegn.")
    assert "hint" not in inputs(view(Field("a", "A", "long", max_length=3_000)))[0]


def test_a_long_text_that_stands_fills_several_inputs_and_is_one_again() -> None:
    text = "\n\n".join(f"Avsnitt {n}. " + "Ord og atter ord. " * 40 for n in range(10)).strip()
    made = view(Field("a", "Hva?", "long", text, max_length=20_000))
    asked = inputs(made)
    assert [each["block_id"] for each in asked] == ["a", "a~2", "a~3"]
    assert [each["label"]["text"] for each in asked] == ["Hva?", "Hva? (2)", "Hva? (3)"]
    assert [each["optional"] for each in asked] == [False, True, True]
    assert [bool(each.get("hint")) for each in asked] == [False, False, True]
    back = sent(made)
    assert forms.values(back) == {"a": text}
    back["state"]["values"] = dict(reversed(back["state"]["values"].items()))
    assert forms.values(back) == {"a": text}


def test_words_at_the_ends_of_inputs_stay_apart() -> None:
    made = view(Field("a", "A", "long", "ord " * 1_000, max_length=20_000))
    assert forms.values(sent(made, a="Først.", **{"a~2": "Så."})) == {"a": "Først.\nSå."}
    assert forms.values(sent(made, a="Først.", **{"a~2": None})) == {"a": "Først."}


def test_two_forms_share_no_input() -> None:
    """Or Slack would show what was written in the one in the other, when it takes its place."""
    field = Field("answer", "A", "long")
    others = forms.view(Form("nb", "round:more:q7", "T", (field,), "Send", "Avbryt"), "{}")
    ours = inputs(view(field))[0]["element"]["action_id"]
    assert inputs(others)[0]["element"]["action_id"] != ours


def test_a_page_is_a_modal_without_inputs() -> None:
    made = forms.page(Page("nb", "Hele svaret", (LongText("ord " * 5_000),)))
    assert not check_view(made)
    assert made["close"]["text"] == "Lukk"
    assert "submit" not in made
    runs = [run["text"] for run in made["blocks"][0]["elements"][0]["elements"]]
    assert "".join(runs) == "ord " * 5_000


# --- what came back ---


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.one_of(
                    st.sampled_from(
                        (
                            "values",
                            "value",
                            "selected_option",
                            "selected_options",
                            "multi:a",
                            "long:a",
                        )
                    ),
                    st.text(max_size=5),
                ),
                inner,
                max_size=3,
            ),
        ),
    )
)
def test_a_strange_state_is_read_as_far_as_it_goes(state: Any) -> None:
    for value in forms.values({"state": state}).values():
        assert isinstance(value, (str, tuple))
    assert forms.values({}) == {}


def test_lines_come_back_one_by_one() -> None:
    made = view(Field("a", "A", "lines"))
    assert forms.values(sent(made, a=" Nav \n\nKS\n")) == {"a": ("Nav", "KS")}


def test_what_is_wrong_stands_by_its_input() -> None:
    made = view(Field("a", "A", "text"), Field("b", "B", "text"), intro=(Text("Hei"),))
    wrong = FieldErrors({"b": "Skriv mer.", "gone": "Noe gikk galt.", "": "Prøv igjen."})
    assert forms.errors(wrong, made["blocks"]) == {
        "b": "Skriv mer.",
        "a": "Noe gikk galt. Prøv igjen.",
    }
    assert forms.errors(wrong, []) == {}
