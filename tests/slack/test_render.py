"""Messages as Slack blocks: nothing is lost, nobody is woken, Slack takes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.slack.fitting import clean, shortened, size, split
from bot.slack.render import rendered, weight
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Divider,
    Element,
    Fact,
    Facts,
    Image,
    Link,
    LongText,
    Message,
    Option,
    Page,
    Quote,
    Scale,
    Text,
)
from dialogs.rounds.opening import PAGE_CHARACTERS
from tests.slack.checks import check_blocks, check_view

NASTY = (
    "<!channel> <@U012ABC> <https://x.example|here>",
    "*bold* _it_ ~no~ `code` > quote",
    "&amp; &lt;b&gt; &",
    ":wave: @here #general",
    "\u202eright to left\u202c שלום مرحبا",
    "a\0b\ud800c\x07",
    "line\r\nline\rline\n\n\n",
    "   ",
    "e\u0301" * 3,
    "👩‍👩‍👧‍👦🇳🇴👍🏽",
)
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec=None), max_size=40),
    st.sampled_from(("x" * 76, "word " * 40, "&" * 151, "👍" * 80)),
)
IDS = st.sampled_from(("round:choose:q7", "round:answer:q7", "me:name:"))
OPTIONS = st.lists(st.builds(Option, st.sampled_from("12345"), TEXTS), min_size=1, max_size=14)
ADDRESSES = st.one_of(
    st.sampled_from(("https://digdir.no/a?b=c&d", "javascript:go()", "/here", "")), TEXTS
)
ELEMENTS: st.SearchStrategy[Element] = st.one_of(
    st.builds(Text, TEXTS, st.sampled_from(("normal", "heading", "muted"))),
    st.builds(Quote, TEXTS, TEXTS),
    st.builds(LongText, TEXTS, TEXTS),
    st.builds(Facts, st.lists(st.builds(Fact, TEXTS, TEXTS), max_size=4).map(tuple)),
    st.builds(Divider),
    st.builds(Link, TEXTS, ADDRESSES),
    st.builds(
        Buttons,
        st.lists(
            st.builds(
                Button, IDS, TEXTS, st.sampled_from(("normal", "primary", "danger")), st.booleans()
            ),
            max_size=7,
        ).map(tuple),
    ),
    st.builds(Choice, IDS, TEXTS, OPTIONS.map(tuple)),
    st.builds(Scale, IDS, TEXTS, OPTIONS.map(tuple)),
    st.builds(Image, ADDRESSES, TEXTS),
)
MESSAGES = st.builds(
    Message, st.sampled_from(("nb", "nn", "en")), st.lists(ELEMENTS, max_size=6).map(tuple), TEXTS
)


def said(part: Any) -> Iterator[str]:
    """All that is read in blocks, in order."""
    if isinstance(part, list):
        for each in part:
            yield from said(each)
    elif isinstance(part, dict):
        for name in ("text", "alt_text", "placeholder", "elements", "options"):
            value = part.get(name)
            if isinstance(value, str):
                yield value
            elif value is not None:
                yield from said(value)


def words(element: Element) -> list[list[str]]:
    """The texts of an element as they must be found: groups one after the other, and within a
    group in any order (what is too long for a button stands above all of them)."""
    match element:
        case Text(text=text):
            return [[text]]
        case Quote(text=text, by=by):
            return [[by], [text]]
        case LongText(text=text, label=label):
            return [[label], [text]]
        case Facts(facts=facts):
            return [[each] for fact in facts for each in (fact.label, fact.value)]
        case Link(label=label) | Image(alt=label):
            return [[label]]
        case Buttons(buttons=buttons):
            return [[each.label.strip() for each in buttons]]
        case Choice(label=label, options=options) | Scale(label=label, options=options):
            return [[label], [each.label.strip() for each in options]]
    return []


def found_in_order(shown: str, groups: Sequence[Sequence[str]]) -> bool:
    place = 0
    for group in groups:
        ends = [place]
        for text in map(clean, group):
            if not text.strip():
                continue
            at = shown.find(text if len(group) == 1 else text.strip(), place)
            if at < 0:
                return False
            ends.append(at + len(text.strip()))
        place = max(ends)
    return True


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_all_that_is_said_is_shown_in_order(message: Message) -> None:
    made = rendered(message)
    assert not check_blocks(made.blocks)
    assume(made.whole)
    groups = [group for each in message.elements for group in words(each)]
    assert found_in_order("".join(said(made.blocks)), groups)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ELEMENTS, st.integers(1, 30)), max_size=6))
def test_slack_takes_whatever_it_is_given(many: list[tuple[Element, int]]) -> None:
    elements = tuple(element for element, times in many for _ in range(times))
    assert not check_blocks(rendered(Message("nb", elements)).blocks)
    assert not check_blocks(rendered(Page("nb", "Hjem", elements)).blocks, "home")


@settings(deadline=None)
@given(MESSAGES)
def test_nobody_is_called_upon(message: Message) -> None:
    made = rendered(message)
    kinds = set(re.findall(r"'type': '(\w+)'", str(made.blocks)))
    assert not kinds & {"mrkdwn", "markdown", "user", "usergroup", "channel", "broadcast", "emoji"}
    assert "'emoji': True" not in str(made.blocks)
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", made.text)


@settings(max_examples=40, deadline=None)
@given(MESSAGES, st.integers(1, 20))
def test_the_plain_text_is_within_what_an_update_takes(message: Message, times: int) -> None:
    made = rendered(Message("nb", message.elements * times, message.summary))
    assert 0 < len(made.text) <= 3_000
    assert len(made.text.encode()) < 4_000


def test_the_plain_text_is_the_summary_and_the_message() -> None:
    message = Message("nb", (Text("Hva er målet?"), Quote("Ro & <orden>", "Kari")), "Spørsmål 3")
    assert rendered(message).text == ("Spørsmål 3\nHva er målet?\nKari: «Ro &amp; &lt;orden&gt;»")
    assert rendered(Message("nb", (Text("Takk!"),), "Takk!")).text == "Takk!"
    assert rendered(Message("nb", ())).text == "…"
    assert rendered(Message("nb", ())).blocks == []


# --- elements ---


def blocks(*elements: Element) -> list[dict[str, Any]]:
    made = rendered(Message("nb", elements)).blocks
    assert not check_blocks(made)
    return made


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def run(text: str, *, bold: bool = False) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def section(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(runs)}


def quote(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_quote", "elements": list(runs)}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def test_a_title_is_a_header_if_it_fits_on_one() -> None:
    assert blocks(Text("Spørsmål 3 av 7", "heading")) == [
        {"type": "header", "text": plain("Spørsmål 3 av 7")}
    ]
    assert blocks(Text("x" * 151, "heading")) == [rich(section(run("x" * 151, bold=True)))]


def test_small_print_is_a_context() -> None:
    assert blocks(Text("Synlig for alle", "muted")) == [
        {"type": "context", "elements": [plain("Synlig for alle")]}
    ]
    assert blocks(Text("x" * 3_001, "muted"))[0]["type"] == "rich_text"


def test_neighbours_that_are_read_share_one_block() -> None:
    assert blocks(Text("En"), Text("To"), Quote("Tre", "Kari"), Quote("Fire"), Text("Fem")) == [
        rich(
            section(run("En\n\nTo\n\n"), run("Kari", bold=True)),
            quote(run("Tre")),
            section(run("\n")),
            quote(run("Fire")),
            section(run("\nFem")),
        )
    ]
    assert blocks(Quote("En"), Quote("To", "Kari")) == [
        rich(quote(run("En")), section(run("\nKari", bold=True)), quote(run("To")))
    ]


def test_facts_are_lines_and_dots_stay_beside_their_numbers() -> None:
    spread = Facts((Fact("1 Uenig", "●● 2"), Fact("2", "● 1")))
    assert blocks(spread) == [
        rich(section(run("1 Uenig", bold=True), run(": ●● 2\n"), run("2", bold=True), run(": ● 1")))
    ]
    asked = Facts((Fact("Skriv én setning.", "Alt"),))
    assert blocks(asked) == [rich(section(run("Skriv én setning.", bold=True), run(" Alt")))]


def test_a_link_leads_where_it_may() -> None:
    assert blocks(Link("Veilederen", "https://digdir.no/x")) == [
        rich(section({"type": "link", "url": "https://digdir.no/x", "text": "Veilederen"}))
    ]
    for url in ("javascript:go()", "/here", "https://a b", "https://x|y", "https://" + "x" * 3_000):
        made = blocks(Link("Veilederen", url))
        assert "".join(said(made)) == f"Veilederen: {url}"
        assert "'link'" not in str(made)


def test_a_picture_that_nobody_can_fetch_is_said_in_words() -> None:
    assert blocks(Image("https://x.example/a.png", "Et kart")) == [
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "Et kart"}
    ]
    assert blocks(Image("/a.png", "Et kart")) == blocks(Text("Et kart", "muted"))
    long = blocks(Image("https://x.example/a.png", "ord " * 600))
    assert "".join(said(long[0])) == "ord " * 600


def test_buttons_say_what_they_do() -> None:
    made = blocks(
        Buttons((Button("round:answer:q7", "Svar", "primary", opens=True), Button("a:b:", "Nei")))
    )
    assert made == [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "round:answer:q7",
                    "text": plain("Svar …"),
                    "style": "primary",
                },
                {"type": "button", "action_id": "a:b:", "text": plain("Nei")},
            ],
        }
    ]


def test_a_button_says_aloud_what_it_is_about() -> None:
    pressed = (Button("a:b:", "Ferdig", about="2. Skriv planen"), Button("a:c:", "Nei"))
    first, second = blocks(Buttons(pressed))[0]["elements"]
    assert first["text"] == plain("Ferdig")
    assert first["accessibility_label"] == "Ferdig – 2. Skriv planen"
    assert "accessibility_label" not in second
    (long,) = blocks(Buttons((Button("a:b:", "Ferdig", about="ø" * 100),)))[0]["elements"]
    assert len(long["accessibility_label"]) <= 75


def test_a_long_label_stands_above_its_button() -> None:
    label = "Vis hva deltakeren fra direktoratet hadde skrevet " * 2
    read, pressed = blocks(Buttons((Button("a:b:", label, opens=True),)))
    assert "".join(said(read)) == f"{label.strip()} …"
    assert size(pressed["elements"][0]["text"]["text"]) <= 75


def test_many_buttons_stand_in_rows() -> None:
    made = blocks(Buttons(tuple(Button(f"a:b:{n}", str(n)) for n in range(12))))
    assert [len(each["elements"]) for each in made] == [5, 5, 2]


def options(count: int, label: str = "Nr.") -> tuple[Option, ...]:
    return tuple(Option(str(n), f"{label} {n}") for n in range(1, count + 1))


def test_each_option_is_a_button_with_an_id_of_its_own() -> None:
    made = blocks(Choice("a:b:c", "Velg", options(3)), Choice("a:b:c", "Igjen", options(1)))
    pressed = [each for block in made if block["type"] == "actions" for each in block["elements"]]
    assert [(each["action_id"], each["value"]) for each in pressed] == [
        ("a:b:c", "1"),
        ("a:b:c~2", "2"),
        ("a:b:c~3", "3"),
        ("a:b:c~4", "1"),
    ]
    assert made[0] == rich(section(run("Velg", bold=True)))


def test_steps_of_a_scale_have_their_numbers() -> None:
    steps = (Option("1", "helt uenig"), Option("2", "2 – uenig"), Option("3", "3"))
    (_, row) = blocks(Scale("a:b:c", "Svar", steps))
    assert [each["text"]["text"] for each in row["elements"]] == ["1 helt uenig", "2 – uenig", "3"]


def test_many_options_are_a_list_to_pick_from() -> None:
    (_, row) = blocks(Choice("a:b:c", "Velg", options(11)))
    (select,) = row["elements"]
    assert select["type"] == "static_select"
    assert select["placeholder"] == plain("Velg …")
    assert select["options"][10] == {"text": plain("Nr. 11"), "value": "11"}


def test_options_that_a_list_cannot_hold_are_buttons() -> None:
    many = (*options(11), Option("", "Ingen"))
    made = blocks(Choice("a:b:c", "Velg", many))
    pressed = [each for block in made[1:] for each in block["elements"]]
    assert [each.get("value") for each in pressed] == [*(each.value for each in many[:-1]), None]


def test_long_options_are_read_in_full_and_picked_by_number() -> None:
    long = "Vi har snakket om det, men ikke blitt enige om hva vi vil oppnå sammen, men prøver"
    read, row = blocks(Choice("a:b:c", "Velg", (Option("yes", "Ja"), Option("partly", long))))
    assert "".join(said(read)) == f"Velg\n\n2. {long}"
    labels = [each["text"]["text"] for each in row["elements"]]
    assert labels == [
        "1. Ja",
        "2. Vi har snakket om det, men ikke blitt enige om hva vi vil oppnå …",
    ]


def test_options_that_have_numbers_get_no_others() -> None:
    names = (Option("a", "1. Prøverunde"), Option("b", "2. " + "Felles mål " * 8))
    _, row = blocks(Choice("a:b:c", "Velg", names))
    assert [each["text"]["text"][:6] for each in row["elements"]] == ["1. Prø", "2. Fel"]


# --- what is much ---


@pytest.mark.parametrize("count", [15, 10, 7])
def test_a_page_of_answers_is_whole(count: int) -> None:
    """As long as `dialogs/rounds/opening.py` makes it, each answer changed before."""
    length = PAGE_CHARACTERS // count - 80
    elements: list[Element] = [Text("Svarene på spørsmål 3", "heading")]
    for n in range(count):
        before = Button(f"round:before:n{n}", "Vis hva deltakeren skrev før", opens=True)
        elements.append(Quote(("Vi er enige om målet. " * 99)[:length], f"Deltaker {n}, Fylket"))
        elements.append(Buttons((before,)))
    made = rendered(Message("nb", tuple(elements)))
    assert made.whole
    assert not check_blocks(made.blocks)


def test_small_print_titles_and_rows_give_way_when_there_are_too_many_blocks() -> None:
    line = (Text("Tittel", "heading"), Text("Smått", "muted"), Buttons((Button("a:b:", "Trykk"),)))
    some = blocks(*line * 20)
    assert len(some) == 40
    assert {each["type"] for each in some} == {"rich_text", "actions"}
    many = blocks(*line * 30)
    assert [each["type"] for each in many] == ["rich_text", "actions", "actions"]
    shown = "".join(said(many))
    assert [shown.count(each) for each in ("Tittel", "Smått", "Trykk")] == [30, 30, 30]


def test_of_what_slack_takes_not_the_longest_texts_are_cut() -> None:
    short, long = Quote("Kort svar.", "Kari"), Quote("ord " * 5_000, "Ola")
    end = Buttons((Button("a:b:", "Trykk"),))
    made = rendered(Message("nb", (short, long, short, end)))
    assert not made.whole
    assert not check_blocks(made.blocks)
    shown = "".join(said(made.blocks))
    assert shown.count("Kort svar.") == 2
    assert "ord …" in shown
    assert shown.endswith("Trykk")
    assert 11_000 < weight(made.blocks) <= 12_000


def test_a_home_page_has_more_room() -> None:
    made = rendered(Page("nb", "Hjem", (LongText("ord " * 5_000),)))
    assert made.whole
    assert "".join(said(made.blocks)) == "ord " * 5_000  # its name stands on the tab


def test_a_home_page_has_its_end_too() -> None:
    made = rendered(Page("nb", "Hjem", tuple(LongText("øre " * 5_000) for _ in range(6))))
    assert not made.whole
    assert not check_view({"type": "home", "blocks": made.blocks})


# --- fitting ---


@given(st.one_of(TEXTS, TEXTS.map(lambda text: text * 30)), st.integers(5, 200))
def test_the_parts_of_a_text_join_to_the_whole(text: str, most: int) -> None:
    parts = split(text, most)
    assert "".join(parts) == text
    assert all(part and size(part) <= most for part in parts)


@given(TEXTS, st.integers(10, 100))
def test_what_is_shortened_fits_and_says_so(text: str, most: int) -> None:
    made = shortened(text, most)
    assert made == text if size(text) <= most else made.endswith(" …")
    assert size(made) <= most


@pytest.mark.parametrize(
    ("text", "most", "parts"),
    [
        ("En to.\n\nTre fire.", 12, ["En to.\n\n", "Tre fire."]),
        ("En to.\nTre fire.", 12, ["En to.\n", "Tre fire."]),
        ("En to tre fire", 9, ["En to ", "tre fire"]),
        ("x" * 5, 3, ["xxx", "xx"]),
        ("&&&", 11, ["&&", "&"]),
    ],
)
def test_a_text_is_split_at_a_good_place(text: str, most: int, parts: list[str]) -> None:
    assert split(text, most) == parts


@pytest.mark.parametrize("sign", ["e\u0301", "👩‍👩‍👧", "🇳🇴", "👍🏽", "❤\ufe0f", "a\u0308\u0323"])
def test_what_is_read_as_one_sign_is_never_split(sign: str) -> None:
    for most in range(8, 24):
        for part in split(sign * 30, most):
            assert part == sign * part.count(sign)
            assert not unicodedata.combining(part[0])


def test_signs_that_cannot_be_shown_are_seen_as_such() -> None:
    assert clean("a\0b\ud800c\x1b[0m\td\r\ne\rf") == "a�b�c�[0m\td\ne\nf"
