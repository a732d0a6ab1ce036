"""The built-in chat in a real browser: what is seen, kept, focused and read aloud."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from dialogs.events import Event, Pressed, Said, Submitted
from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Fact,
    Facts,
    Field,
    FieldErrors,
    Form,
    LongText,
    Message,
    Notice,
    Option,
    Quote,
    Reply,
    Scale,
    Text,
)
from dialogs.messages import Page as Home
from storage import chat
from storage.engine import Db
from tests.chat.stage import OLA
from tests.clients.conftest import Opened, Running, faults, live

ASK = "round:form:17"
SCALE = Scale(
    "round:scale:17", "Hvor langt?", (Option("1", "Ikke i gang"), Option("2", "Helt framme"))
)
BUTTONS = Buttons(
    (Button(ASK, "Svar", "primary", opens=True), Button("round:why:17", "Hvorfor spør vi?"))
)
FORM = Form(
    "en",
    ASK,
    "Your answer",
    (
        Field("said", "What do we know?", "long", hint="A few sentences."),
        Field("grade", "How far?", "scale", options=(Option("1", "Little"), Option("2", "Much"))),
        Field("more", "Anything else?", "text", required=False),
    ),
    "Send the answer",
    "Cancel",
)


def question(running: Running, text: str = "Hva vet vi?") -> int:
    return running.post(
        Text(text, "heading"), SCALE, BUTTONS, Facts((Fact("Svar", "7 fra 3 virksomheter"),))
    )


def heard(running: Running, page: Page, kind: type[Event], count: int = 1) -> list[Event]:
    """Wait until so many events of a kind came to the core."""
    for _ in range(400):
        found = [event for event in running.stage.core.events if isinstance(event, kind)]
        if len(found) >= count:
            return found
        page.wait_for_timeout(25)
    raise AssertionError(f"{kind} did not come")


def theirs(running: Running, text: str, thread: int | None = None) -> None:
    """Ola says something."""

    def write(db: Db) -> None:
        stage = running.stage
        key = f"{text}:{thread}"
        chat.post(
            db,
            stage.rooms["room"],
            key,
            at=stage.now,
            author="ola",
            written=text,
            thread=thread,
        )

    running.wait(running.stage.workers.write(write))


def test_what_is_written_appears_for_oneself_and_others(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    page.get_by_label("Write in Digital vei").fill("Hello <b>there</b>")
    page.keyboard.press("Enter")
    expect(page.locator(".message.own .content")).to_have_text("Hello <b>there</b>")
    expect(page.get_by_label("Write in Digital vei")).to_have_value("")
    expect(page.get_by_label("Write in Digital vei")).to_be_focused()
    other = opened(f"{running.url}/chat")
    other.get_by_label("You are").select_option(label="Ola Hansen – the web chat")
    other.get_by_role("button", name="Switch").click()
    expect(other.get_by_text("Hello <b>there</b>")).to_be_visible()
    expect(other.get_by_role("button", name="Edit")).to_have_count(0)


def test_shift_enter_makes_a_new_line(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    box = page.get_by_label("Write in Digital vei")
    box.press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")


def test_new_messages_are_read_aloud_and_changes_are_not(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    spoken = page.locator("#spoken")
    first = question(running)
    expect(spoken).to_contain_text("Samspill: Hva vet vi?")
    running.update(first, Text("Endret"))
    expect(page.get_by_text("Endret")).to_be_visible()
    theirs(running, "I agree")
    expect(spoken).to_contain_text("Ola Hansen: I agree")
    assert "Endret" not in (spoken.text_content() or "")


def test_focus_and_typed_text_survive_a_live_update(running: Running, opened: Opened) -> None:
    message = question(running)
    page = opened(running.room())
    button = page.get_by_role("button", name="2 Helt framme")
    button.focus()
    running.update(message, Text("8 svar"), SCALE)
    expect(page.get_by_text("8 svar")).to_be_visible()
    expect(button).to_be_focused()
    box = page.get_by_label("Write in Digital vei")
    box.fill("half a thou")
    running.update(message, Text("9 svar"))
    expect(page.get_by_text("9 svar")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("half a thou")


def test_focus_is_never_lost_when_its_button_goes_away(running: Running, opened: Opened) -> None:
    message = question(running)
    page = opened(running.room())
    page.get_by_role("button", name="2 Helt framme").focus()
    running.update(message, Text("Over"))
    expect(page.get_by_text("Over")).to_be_visible()
    expect(page.locator(f'[data-message="{message}"]')).to_be_focused()


def test_an_unfolded_text_stays_unfolded(running: Running, opened: Opened) -> None:
    long = LongText("ord " * 300)
    other = Message("en", (Text("First"), long))
    message = running.post(Text("First"))
    page = opened(running.room())
    channel, to = running.stage.channel, running.address()
    running.wait(channel.update(to, str(message), other))
    page.get_by_text("Show the whole text").click()
    running.wait(channel.update(to, str(message), Message("en", (Text("Second"), long))))
    expect(page.get_by_text("Second")).to_be_visible()
    expect(page.locator("details[data-fold]")).to_have_attribute("open", "")


def test_a_draft_survives_looking_elsewhere(running: Running, opened: Opened) -> None:
    root = question(running)
    page = opened(running.room())
    page.get_by_label("Write in Digital vei").fill("half a thou")
    page.goto(running.room(root))
    live(page)
    expect(page.get_by_label("Write in Digital vei")).to_have_value("half a thou")
    page.get_by_label("Write in the thread").fill("and the rest")
    page.reload()
    live(page)
    expect(page.get_by_label("Write in the thread")).to_have_value("and the rest")


def test_a_lost_connection_is_said_and_nothing_is_lost(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    page.context.set_offline(True)
    box = page.get_by_label("Write in Digital vei")
    box.fill("@Samspill kept")
    page.keyboard.press("Enter")
    expect(page.locator("#offline")).to_have_text("No connection – trying again")
    expect(box).to_have_value("@Samspill kept")
    page.context.set_offline(False)
    expect(page.locator(".message.own .content")).to_have_text("@Samspill kept")
    expect(page.locator("#offline")).to_be_hidden()
    expect(box).to_have_value("")
    assert len(heard(running, page, Said)) == 1


def test_what_is_sent_before_the_script_has_come_is_kept(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    page.route("**/chat.js", lambda route: route.abort())
    page.reload(wait_until="domcontentloaded")
    box = page.get_by_label("Write in Digital vei")
    box.fill("Vi vet lite.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_timeout(300)
    expect(box).to_have_value("Vi vet lite.")


def loses_the_answer(page: Page, path: str) -> None:
    """Let the server take what is sent, and the answer never come."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(path, lose)


def test_the_same_words_later_are_another_message(running: Running, opened: Opened) -> None:
    page = opened(f"{running.url}/chat/{running.stage.rooms['direct']}")
    loses_the_answer(page, "**/chat/say")
    box = page.get_by_label("Write to Samspill")
    box.fill("Ja")
    page.keyboard.press("Enter")
    heard(running, page, Said)
    page.unroute("**/chat/say")
    page.reload()
    live(page)
    expect(box).to_have_value("Ja")  # sent once more as it is, it would be the same
    box.fill("")
    box.fill("Ja")
    page.keyboard.press("Enter")
    expect(box).to_have_value("")
    assert len(heard(running, page, Said, 2)) == 2


def test_the_same_press_after_another_is_another_press(running: Running, opened: Opened) -> None:
    question(running)
    page = opened(running.room())
    loses_the_answer(page, "**/chat/press")
    page.get_by_role("button", name="Hvorfor spør vi?").click()
    heard(running, page, Pressed)
    page.unroute("**/chat/press")
    page.reload()
    live(page)
    page.locator('[data-press^="round:scale"]').last.click()
    heard(running, page, Pressed, 2)
    page.get_by_role("button", name="Hvorfor spør vi?").click()
    assert len(heard(running, page, Pressed, 3)) == 3


def test_a_page_of_somebody_else_sends_nothing(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    page.context.request.post(
        f"{running.url}/demo/person",
        data={"person": OLA.seat.key},
        headers={"X-Samspill": "1", "Sec-Fetch-Site": "same-origin"},
    )
    box = page.get_by_label("Write in Digital vei")
    box.fill("Dette er Karis.")
    page.keyboard.press("Enter")
    expect(page.locator("#say-room-error")).to_contain_text("Somebody else is signed in")
    expect(box).to_have_value("Dette er Karis.")
    expect(page.locator("[data-message]")).to_have_count(0)


def test_a_form_that_is_refused_stays_with_what_was_typed(running: Running, opened: Opened) -> None:
    late = FieldErrors({"": "The round is over."})
    running.stage.core.answer = lambda event: FORM if isinstance(event, Pressed) else late
    question(running)
    page = opened(running.room())
    page.get_by_role("button", name="Svar …").click()
    fill(page, "We know enough")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("The round is over.")
    expect(page.get_by_label("What do we know?")).to_have_value("We know enough")


def test_a_failing_server_gets_the_same_act_again(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    running.stage.core.failures = 2
    page.get_by_label("Write in Digital vei").fill("@Samspill once")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Write in Digital vei")).to_have_value("")
    assert len(heard(running, page, Said)) == 1
    expect(page.locator(".message")).to_have_count(1)


def test_a_text_too_long_is_refused_with_a_reason_and_kept(
    running: Running, opened: Opened
) -> None:
    page = opened(running.room())
    box = page.get_by_label("Write in Digital vei")
    box.fill("a" * 40_001)
    page.keyboard.press("Enter")
    expect(page.locator("#say-room-error")).to_contain_text("40001 characters")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert len(box.input_value()) == 40_001


def test_a_form_is_filled_in_by_keyboard_alone(running: Running, opened: Opened) -> None:
    def answer(event: Event) -> Reply | None:
        if isinstance(event, Pressed):
            return FORM
        if isinstance(event, Submitted) and event.values["said"] == "short":
            return FieldErrors({"said": "Say a little more."})
        return None

    running.stage.core.answer = answer
    question(running)
    page = opened(running.room())
    page.get_by_role("button", name="Svar …").focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("What do we know?")
    expect(box).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".error:visible")).to_have_count(2)
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("short")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send the answer").press("Enter")
    expect(page.get_by_text("Say a little more.")).to_be_visible()
    expect(page.locator(".error:visible")).to_have_count(1)
    expect(box).to_be_focused()
    box.fill("We know enough")
    page.get_by_role("button", name="Send the answer").press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_role("button", name="Svar …")).to_be_focused()
    last = heard(running, page, Submitted, 2)[-1]
    assert isinstance(last, Submitted)
    assert last.values == {"said": "We know enough", "grade": "1", "more": ""}


def test_escape_closes_a_form_and_what_was_typed_is_kept(running: Running, opened: Opened) -> None:
    running.stage.core.answer = lambda _: FORM
    message = question(running)
    page = opened(running.room())
    button = page.get_by_role("button", name="Svar …")
    button.click()
    page.get_by_label("What do we know?").fill("Half an answer")
    running.update(message, Text("8 svar"), SCALE, BUTTONS)
    expect(page.get_by_text("8 svar")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    expect(page.get_by_label("What do we know?")).to_have_value("Half an answer")
    expect(page.get_by_text("What you wrote last time is still here.")).to_be_visible()


def fill(page: Page, text: str) -> None:
    page.get_by_label("What do we know?").fill(text)
    page.get_by_label("Little").check()


def sent_texts(running: Running, page: Page) -> list[object]:
    found = heard(running, page, Submitted)
    return [each.values["said"] for each in found if isinstance(each, Submitted)]


def test_a_form_says_that_it_was_not_sent_and_goes_when_pressed_again(
    running: Running, opened: Opened
) -> None:
    running.stage.core.answer = lambda event: FORM if isinstance(event, Pressed) else None
    question(running)
    page = opened(running.room())
    page.get_by_role("button", name="Svar …").click()
    fill(page, "We know enough")
    page.context.set_offline(True)
    send = page.get_by_role("button", name="Send the answer")
    send.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("This was not sent")
    expect(page.get_by_label("What do we know?")).to_have_value("We know enough")
    page.context.set_offline(False)
    send.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert sent_texts(running, page) == ["We know enough"]


def test_a_form_that_is_called_off_while_it_is_sent_does_not_go(
    running: Running, opened: Opened
) -> None:
    running.stage.core.answer = lambda event: FORM if isinstance(event, Pressed) else None
    question(running)
    page = opened(running.room())
    page.get_by_role("button", name="Svar …").click()
    fill(page, "Too early")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/chat/submit", hold)
    page.get_by_role("button", name="Send the answer").click()
    for _ in range(400):
        if held:
            break
        page.wait_for_timeout(25)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    for each in held:
        each.continue_()
    page.unroute("**/chat/submit")
    page.get_by_role("button", name="Svar …").click()
    expect(page.get_by_label("What do we know?")).to_have_value("Too early")
    fill(page, "Thought over")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert sent_texts(running, page) == ["Thought over"]


def test_a_notice_stands_beside_what_it_is_about_and_can_be_put_away(
    running: Running, opened: Opened
) -> None:
    running.stage.core.answer = lambda _: Notice(
        Message("en", (Text("Because we differ."), BUTTONS))
    )
    first = question(running)
    question(running, "Og nå?")
    page = opened(running.room())
    page.locator(f'[data-message="{first}"]').get_by_role("button", name="Hvorfor").click()
    notice = page.locator(f'[data-message="{first}"] + .notice')
    expect(notice).to_contain_text("Only you see this")
    expect(page.locator("#spoken")).to_contain_text("Because we differ.")
    notice.get_by_role("button", name="Hvorfor").press("Enter")
    heard(running, page, Pressed, 2)
    expect(page.locator(".notice")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".notice")).to_have_count(0)


def test_a_home_page_opens_and_its_buttons_work(running: Running, opened: Opened) -> None:
    home = Home("en", "All of it", (Text("Welcome"), BUTTONS))
    running.stage.core.answer = lambda event: None if isinstance(event, Pressed) else home
    page = opened(running.room())
    page.get_by_label("Write in Digital vei").fill("/samspill")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="All of it")
    expect(dialog).to_contain_text("Welcome")
    dialog.get_by_role("button", name="Hvorfor spør vi?").click()
    expect(dialog).to_have_count(0)
    heard(running, page, Pressed)


def test_the_thread_is_beside_and_counts_grow(running: Running, opened: Opened) -> None:
    root = question(running)
    page = opened(running.room())
    page.get_by_role("link", name="Write in the thread").click()
    page.wait_for_url(re.compile(rf"/{root}#thread$"))
    live(page)
    page.get_by_label("Write in the thread").fill("My answer")
    page.keyboard.press("Enter")
    thread = page.locator("#thread")
    expect(thread.get_by_text("My answer")).to_be_visible()
    expect(page.locator("#room").get_by_text("1 message", exact=True)).to_be_visible()
    expect(page.locator("#room").get_by_text("My answer")).to_have_count(0)
    theirs(running, "Mine too", root)
    expect(thread.get_by_text("Mine too")).to_be_visible()
    expect(page.locator("#room").get_by_text("2 messages", exact=True)).to_be_visible()


def test_own_messages_are_edited_and_deleted(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    page.get_by_label("Write in Digital vei").fill("Frist")
    page.keyboard.press("Enter")
    own = page.locator(".message.own")
    own.get_by_role("button", name="Edit").click()
    page.get_by_label("Your message").fill("First")
    page.get_by_role("button", name="Save").click()
    expect(own.locator(".content")).to_have_text("First")
    expect(own).to_contain_text("(edited)")
    expect(own.get_by_role("button", name="Edit")).to_be_focused()
    own.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".message")).to_have_count(0)
    expect(page.get_by_text("Nothing is written here yet.")).to_be_visible()


def test_one_answer_at_a_time_stands_beside_each_message(running: Running, opened: Opened) -> None:
    times = iter(range(1, 10))
    running.stage.core.answer = lambda _: Notice(Message("en", (Text(f"Answer {next(times)}"),)))
    first, second = question(running), question(running, "Hva vil vi?")
    page = opened(running.room())

    def press(message: int) -> None:
        named = page.locator(f'[data-message="{message}"]').get_by_role("button")
        named.get_by_text("Hvorfor spør vi?").click()

    def types(text: str) -> None:
        page.get_by_label("Write in Digital vei").fill(text)
        page.keyboard.press("Enter")

    press(first)
    expect(page.locator(f'[data-message="{first}"] + .notice')).to_contain_text("Answer 1")
    press(second)
    press(first)
    expect(page.locator(f'[data-message="{first}"] + .notice')).to_contain_text("Answer 3")
    types("@Samspill status")
    expect(page.locator(".notice").filter(has_text="Answer 4")).to_be_visible()
    types("/foo")
    expect(page.locator(".notice .content")).to_have_text(["Answer 3", "Answer 2", "Answer 5"])
    expect(page.locator(".message.own")).to_have_text(re.compile("@Samspill status"))


def test_an_answer_is_put_away_where_another_tab_has_a_newer_one(
    running: Running, opened: Opened
) -> None:
    times = iter(range(1, 10))
    running.stage.core.answer = lambda _: Notice(Message("en", (Text(f"Answer {next(times)}"),)))
    question(running)
    first = opened(running.room())
    first.get_by_role("button", name="Hvorfor spør vi?").click()
    expect(first.locator(".notice")).to_contain_text("Answer 1")
    second = first.context.new_page()
    second.goto(running.room())
    live(second)
    second.get_by_role("button", name="Hvorfor spør vi?").click()
    expect(second.locator(".notice")).to_contain_text("Answer 2")
    expect(first.locator(".notice")).to_have_count(0)


def test_a_page_that_was_put_by_is_fetched_anew(running: Running, opened: Opened) -> None:
    running.stage.core.answer = lambda _: Notice(Message("en", (Text("Answer then"),)))
    question(running)
    page = opened(running.room())
    page.get_by_role("button", name="Hvorfor spør vi?").click()
    expect(page.locator(".notice")).to_contain_text("Answer then")
    page.get_by_label("Write in Digital vei").fill("half a thou")
    came_back = "new PageTransitionEvent('pageshow', { persisted: true })"
    page.evaluate(f"() => window.dispatchEvent({came_back})")
    expect(page.locator(".notice")).to_have_count(0)
    live(page)
    expect(page.get_by_label("Write in Digital vei")).to_have_value("half a thou")


def test_unread_rooms_are_marked_in_words(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    mark = page.get_by_role("link", name=re.compile("Direct message")).get_by_text("New")
    expect(mark).to_be_hidden()
    running.post(Text("Hei"), direct=True)
    expect(mark).to_be_visible()
    page.get_by_role("link", name=re.compile("only you and Samspill")).click()
    live(page)
    page.get_by_role("link", name=re.compile("Digital vei")).click()
    live(page)
    expect(page.locator(".new:visible")).to_have_count(0)


def test_a_direct_message_offers_a_thread_only_where_there_is_one(
    running: Running, opened: Opened
) -> None:
    root = running.post(Text("Hei"), direct=True)
    page = opened(f"{running.url}/chat/{running.stage.rooms['direct']}")
    expect(page.get_by_text("Hei")).to_be_visible()
    to_thread = page.get_by_role("link", name="Write in the thread")
    expect(to_thread).to_have_count(0)
    running.post(Text("Under det"), direct=True, thread=root)
    expect(to_thread).to_be_visible()
    page.reload()
    expect(to_thread).to_be_visible()


def test_narrow_shows_one_pane_at_a_time_with_ways_back(running: Running, opened: Opened) -> None:
    root = question(running)
    page = opened(running.room(), width=380, height=740)
    expect(page.locator("nav.rooms")).to_be_hidden()
    page.get_by_role("link", name="Write in the thread").click()
    live(page)
    expect(page.locator("#room")).to_be_hidden()
    page.get_by_role("link", name="Close the thread").click()
    page.wait_for_url(running.room())
    page.get_by_role("link", name="Rooms").click()
    live(page)
    expect(page.get_by_role("link", name=re.compile("Digital vei"))).to_be_visible()
    assert root


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 400), (800, 700), (1400, 900)])
def test_nothing_has_to_be_scrolled_sideways(
    running: Running, opened: Opened, width: int, height: int
) -> None:
    root = question(running, "Et veldig langt sammensattordsomaldrislutter" * 4)
    theirs(running, "https://example.org/" + "a" * 300)
    for n in range(20):
        theirs(running, f"more {n}")
    for address in (running.room(), running.room(root), f"{running.url}/chat"):
        page = opened(address, width=width, height=height)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if height > 600:  # the panes scroll, the page does not
            assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        for pane in page.locator(".scroll").all():
            assert pane.evaluate("pane => pane.scrollWidth <= pane.clientWidth + 1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing(running: Running, opened: Opened, scheme: str, width: int) -> None:
    running.stage.core.answer = lambda event: (
        FORM
        if isinstance(event, Pressed) and event.button == ASK
        else Notice(Message("en", (Text("Because."), Text("Small", "muted"), BUTTONS)))
    )
    root = question(running)
    choice = Choice("a:b:1", "Hvor?", (Option("1", "Her"), Option("2", "Der")))
    running.post(Quote("Vi er enige", "Nav"), choice, thread=root)
    theirs(running, "Well", root)
    for address in (running.room(), running.room(root), f"{running.url}/chat"):
        assert faults(opened(address, width=width, scheme=scheme)) == []
    page = opened(running.room(), width=width, scheme=scheme)
    page.get_by_role("button", name="Hvorfor").click()
    expect(page.locator(".notice")).to_be_visible()
    assert faults(page) == []
    page.locator("[data-message]").get_by_role("button", name="Svar …").click()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".error:visible")).to_have_count(2)
    assert faults(page) == []


def test_everything_is_reached_by_tab_in_reading_order(running: Running, opened: Opened) -> None:
    question(running)
    page = opened(running.room())
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(document.activeElement.innerText || document.activeElement.id).trim()")
        )
    order = ["Skip to the messages", "Demo", "Switch", "Bokmål", "Next day 08:00"]
    order += ["1 Ikke i gang", "Svar …", "Hvorfor spør vi?", "say-room", "Send"]
    places = [
        next(n for n, each in enumerate(reached) if re.sub(r"\s+", " ", each) == name)
        for name in order
    ]
    assert places == sorted(places)


def test_the_demo_switches_person_language_and_time(running: Running, opened: Opened) -> None:
    page = opened(running.room())
    clock = page.locator("[data-clock]")
    before = running.stage.now
    for name, hours in (("+1 hour", 1), ("+3 hours", 4)):
        page.get_by_role("button", name=name).click()
        then = before + timedelta(hours=hours)
        expect(clock).to_have_text(Translator("en").moment(then))
    page.get_by_role("button", name="Next day 08:00").click()
    expect(clock).to_contain_text("Wednesday 25 November at 08:00")
    page.get_by_role("button", name="English").click()
    live(page)
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("You are").select_option(label="Siri Berg – the other web chat")
    page.get_by_role("button", name="Switch").click()
    page.wait_for_url(f"{running.url}/chat/{running.stage.rooms['ks']}")
    live(page)
