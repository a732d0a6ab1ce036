"""Every element as HTML, with text that means harm."""

from html.parser import HTMLParser

import pytest

from bot.chat import forms, render
from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Divider,
    Element,
    Fact,
    Facts,
    Field,
    Form,
    Image,
    Link,
    LongText,
    Option,
    Page,
    Quote,
    Scale,
    Text,
)

SAY = Translator("en")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}\u202egro.live'
ID = "round:answer:17"


class Tags(HTMLParser):
    """What a browser would make of it: tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in ("img", "input", "hr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shown(element: Element) -> Tags:
    return Tags(render.element(element, SAY))


def test_text() -> None:
    assert render.element(Text("Hi"), SAY) == '<p class="text" dir="auto">Hi</p>'
    assert render.element(Text("Hi", "muted"), SAY) == '<p class="muted" dir="auto">Hi</p>'
    assert render.element(Text("Hi", "heading"), SAY, heading=2) == '<h2 dir="auto">Hi</h2>'


def test_quote_names_its_author() -> None:
    made = shown(Quote("We agree", "Nav"))
    assert [tag for tag, _ in made.tags] == ["blockquote", "p", "footer", "cite"]
    assert "cite" not in [tag for tag, _ in shown(Quote("We agree")).tags]


def test_facts_are_a_list_of_terms() -> None:
    made = shown(Facts((Fact("Phase", "Shape"), Fact("Goal", "Later"))))
    assert [tag for tag, _ in made.tags] == ["dl", "div", "dt", "dd", "div", "dt", "dd"]
    assert made.text == "PhaseShapeGoalLater"


def test_divider() -> None:
    assert render.element(Divider(), SAY) == "<hr>"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/a?b=c&d", True),
        ("/reports/3", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("http://[", False),
    ],
)
def test_links_lead_only_where_it_is_safe(url: str, kept: bool) -> None:
    made = shown(Link("Read", url))
    assert [each["href"] for each in made.named("a")] == ([url] if kept else [])
    assert "Read" in made.text


def test_buttons_are_buttons() -> None:
    made = shown(Buttons((Button(ID, "Answer", "primary", opens=True), Button(ID, "Next"))))
    first, second = made.named("button")
    assert (first["type"], first["data-press"], first["class"]) == ("button", ID, "primary")
    assert first["aria-haspopup"] == "dialog"
    assert "aria-haspopup" not in second
    assert "Answer …" in made.text
    assert "Why? …" not in shown(Buttons((Button(ID, "Why?", opens=True),))).text


def test_a_button_says_what_it_is_about_to_those_who_do_not_see_where_it_stands() -> None:
    made = shown(Buttons((Button(ID, "Finished", about="2. <Write> the plan"),)))
    assert made.text == "Finished – 2. <Write> the plan"
    assert made.named("span")[0]["class"] == "hidden"


@pytest.mark.parametrize("kind", [Choice, Scale])
def test_choice_and_scale_are_named_groups_of_buttons(kind: type[Choice] | type[Scale]) -> None:
    made = shown(kind(ID, "How far?", (Option("1", "Not at all"), Option("2", "All the way"))))
    assert [tag for tag, _ in made.tags][:3] == ["fieldset", "legend", "div"]
    assert [each["data-value"] for each in made.named("button")] == ["1", "2"]
    keys = [each["data-key"] for each in made.named("button")]
    assert len({*keys}) == 2


def test_a_step_does_not_repeat_its_number() -> None:
    made = shown(Scale(ID, "How far?", (Option("1", "1 – not at all"), Option("2", "far"))))
    assert made.text == "How far?1 – not at all2 far"


def test_long_texts_are_folded_and_short_ones_are_not() -> None:
    assert not shown(LongText("a" * render.FOLD)).named("details")
    made = shown(LongText("word " * 200, "Answer"))
    assert made.named("details")
    assert made.text.startswith("Answer")
    assert ("word " * 200) in made.text


def test_images_have_words() -> None:
    made = shown(Image("https://example.org/a.png", "A map"))
    assert made.named("img") == [
        {"src": "https://example.org/a.png", "alt": "A map", "loading": "lazy"}
    ]
    assert shown(Image("data:image/png;base64,xx", "A map")).text == "A map"


def test_addresses_in_what_people_write_become_links() -> None:
    made = Tags(render.written("see https://example.org/a?x=1&y=2, or «http://b.example»!", SAY))
    assert [each["href"] for each in made.named("a")] == [
        "https://example.org/a?x=1&y=2",
        "http://b.example",
    ]
    assert made.text == "see https://example.org/a?x=1&y=2, or «http://b.example»!"


def everything(text: str) -> tuple[Element, ...]:
    options = (Option(text, text), Option("2", text))
    return (
        Text(text),
        Text(text, "heading"),
        Text(text, "muted"),
        Quote(text, text),
        Facts((Fact(text, text),)),
        Divider(),
        Link(text, f"https://example.org/{text}"),
        Link(text, text),
        Buttons((Button(text, text),)),
        Choice(text, text, options),
        Scale(text, text, options),
        LongText(text, text),
        LongText(text * 50, text),
        Image(f"https://example.org/{text}", text),
        Image(text, text),
    )


def harmless(made: Tags) -> None:
    assert made.open == []
    assert not made.named("script")
    for tag, attributes in made.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    assert all(not (each.get("src") or "x").startswith("x onerror") for each in made.named("img"))


@pytest.mark.parametrize("element", everything(HOSTILE))
def test_hostile_text_stays_text(element: Element) -> None:
    made = shown(element)
    harmless(made)
    allowed = 1 if isinstance(element, Image) and element.url.startswith("https") else 0
    assert len(made.named("img")) == allowed


def test_hostile_text_that_people_write_stays_text() -> None:
    made = Tags(render.written(f"{HOSTILE} https://e.example/{HOSTILE}", SAY))
    harmless(made)
    assert not made.named("img")


def test_every_text_finds_its_own_direction() -> None:
    for element in everything("שלום"):
        for tag, attributes in shown(element).tags:
            if tag in ("p", "h3", "dt", "dd", "legend", "cite"):
                assert attributes.get("dir") == "auto", tag


OPTIONS = (Option("a", "Alpha"), Option("b", "Beta"))
KINDS = ("text", "long", "choice", "multi", "scale", "lines", "date", "pairs", "link", "confirm")


def form(*fields: Field) -> Form:
    return Form("en", ID, "An answer", fields, "Send", "Cancel", (Text("Who sees this"),))


def test_a_form_is_a_named_dialog() -> None:
    made = Tags(forms.form(form(), SAY))
    dialog = made.named("dialog")[0]
    heading = made.named("h2")[0]
    assert dialog["aria-labelledby"] == heading["id"]
    assert made.named("form")[0]["data-form"] == ID
    assert "Who sees this" in made.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_label_hint_and_place_for_an_error(kind: str) -> None:
    field = Field("said", "What do you say?", kind, options=OPTIONS, hint="In short")  # type: ignore[arg-type]
    made = Tags(forms.form(form(field), SAY))
    (about,) = [attributes for _, attributes in made.tags if "data-field" in attributes]
    ids = {attributes.get("id") for _, attributes in made.tags}
    assert about["data-kind"] == kind
    assert "data-required" in about
    described = (about["aria-describedby"] or "").split()
    assert len(described) == 2
    assert {*described} <= ids
    assert "What do you say?" in made.text
    labels = {each.get("for") for each in made.named("label")}
    assert about.get("id") in labels or "legend" in [tag for tag, _ in made.tags]


def test_fields_that_may_be_left_out_say_so() -> None:
    made = Tags(forms.form(form(Field("said", "Why", "text", required=False)), SAY))
    assert "Why (optional)" in made.text
    assert "aria-required" not in made.named("input")[0]


def test_what_stands_is_filled_in() -> None:
    made = Tags(
        forms.form(
            form(
                Field("one", "One", "choice", "b", OPTIONS),
                Field("many", "Many", "multi", ("a", "b"), OPTIONS),
                Field("lines", "Lines", "lines", ("first", "second")),
                Field("yes", "Yes", "confirm", "yes"),
                Field("text", "Text", "text", "words"),
            ),
            SAY,
        )
    )
    checked = [each["value"] for each in made.named("input") if "checked" in each]
    assert checked == ["b", "a", "b", "yes"]
    assert "first\nsecond" in made.text
    assert [each["value"] for each in made.named("input")][-1] == "words"


def test_many_options_become_a_list_to_pick_from() -> None:
    options = tuple(Option(str(n), f"Option {n}") for n in range(20))
    made = Tags(forms.form(form(Field("one", "One", "choice", "3", options)), SAY))
    assert [each["value"] for each in made.named("option") if "selected" in each] == ["3"]
    assert made.named("option")[0]["value"] == ""
    assert "Choose …" in made.text


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_forms_stay_text(kind: str) -> None:
    field = Field(HOSTILE, HOSTILE, kind, HOSTILE, (Option(HOSTILE, HOSTILE),), HOSTILE)  # type: ignore[arg-type]
    made = Tags(forms.form(Form("en", HOSTILE, HOSTILE, (field,), HOSTILE, HOSTILE), SAY))
    harmless(made)
    assert not made.named("img")


def test_a_page_can_be_closed() -> None:
    made = Tags(forms.page(Page("en", "Home", (Text("Hi"), Buttons((Button(ID, "Go"),)))), SAY))
    harmless(made)
    assert [
        each.get("data-press", each.get("data-close", "")) for each in made.named("button")
    ] == [
        ID,
        None,
    ]
