"""The terminal client against the demo over HTTP: typed lines in, plain lines out."""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from io import TextIOBase
from pathlib import Path
from typing import Any, TextIO, cast

import pytest
from aiohttp import web

from bot.channel import Address
from bot.chat import client
from bot.chat.client_forms import Asking
from bot.chat.client_text import button_label, find_person, printable
from bot.chat.terminal import plainly, rendered
from dialogs.events import Event, Pressed, Said, Submitted
from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Field,
    FieldErrors,
    Form,
    Message,
    Notice,
    Option,
    Page,
    Reply,
    Text,
)
from storage import people
from tests.chat.stage import KARI, Stage, new_id, stage

ROOM = Address("web", "nav", "digital-vei")
BUTTONS = Buttons((Button("a:b:1", "Answer", opens=True), Button("a:c:1", "Skip")))
CHOICE = Choice("a:d:1", "How far?", (Option("1", "Not at all"), Option("2", "All the way")))
FORM = Form(
    "en",
    "a:b:1",
    "Your answer",
    (
        Field(
            "grade", "How far?", "choice", options=(Option("x", "Little"), Option("y", "2. Much"))
        ),
        Field("text", "Why?", "long"),
        Field("more", "More?", "text", required=False),
    ),
    "Send",
    "Cancel",
)


class Keyboard:
    """What is typed, a line at a time, as the test gets to it."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()

    def __iter__(self) -> Iterator[str]:
        while line := self.lines.get():
            yield line


class Screen(TextIOBase):
    """What was written; the test waits for it."""

    def __init__(self) -> None:
        self.text = ""
        self.more = threading.Condition()

    def write(self, text: str) -> int:
        with self.more:
            self.text += text
            self.more.notify_all()
        return len(text)

    def wait(self, *wanted: str) -> str:
        """Wait for all of these, and take everything that was written until then."""
        with self.more:
            assert self.more.wait_for(lambda: all(each in self.text for each in wanted), 15), (
                wanted,
                self.text,
            )
            seen, self.text = self.text, ""
            return seen


class Talk:
    """A person at the terminal."""

    def __init__(self, made: Stage, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.stage, self.loop, self.screen, self.keyboard = made, loop, Screen(), Keyboard()
        self.code: int | None = None
        self._thread = threading.Thread(target=self._run, args=(url,), daemon=True)
        self._thread.start()

    def _run(self, url: str) -> None:
        out = cast("TextIO", self.screen)
        self.code = client.run("kari", url, cast("TextIO", self.keyboard), out, out)

    def type(self, line: str) -> None:
        self.keyboard.lines.put(line + "\n")

    def wait(self, *wanted: str) -> str:
        return self.screen.wait(*wanted)

    def said(self, *elements: Any, to: Address = ROOM) -> int:
        post = self.stage.channel.post(to, Message("en", elements), new_id())
        sent: Any = asyncio.run_coroutine_threadsafe(post, self.loop).result(15)
        return int(sent.platform_id)

    def changes(self, message: int, *elements: Any) -> None:
        change = self.stage.channel.update(ROOM, str(message), Message("en", elements))
        asyncio.run_coroutine_threadsafe(change, self.loop).result(15)

    def leave(self) -> None:
        self.keyboard.lines.put("")
        self._thread.join(15)


async def _nothing(made: Stage) -> None:
    pass


def talk(
    tmp_path: Path,
    play: Callable[[Talk], None],
    before: Callable[[Stage], Awaitable[None]] = _nothing,
) -> None:
    async def serve() -> None:
        async with stage(tmp_path, demo=True) as made:
            await before(made)
            runner = web.AppRunner(made.app, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            person = Talk(made, url, asyncio.get_running_loop())
            try:
                await asyncio.to_thread(play, person)
            finally:
                await asyncio.to_thread(person.leave)
                await runner.cleanup()
            assert person.code == 0

    asyncio.run(serve())


def events(person: Talk, kind: type[Any]) -> list[Any]:
    return [event for event in person.stage.core.events if isinstance(event, kind)]


def test_a_talk(tmp_path: Path) -> None:
    def play(person: Talk) -> None:
        person.stage.core.answer = lambda _: Notice(Message("en", (Text("Well said."),)))
        person.wait("You are Kari Nordmann, Nav", "You are in Digital vei")
        root = person.said(Text("What now?"), BUTTONS)
        assert "  !2 Skip" in person.wait(f"#{root} · Digital vei · Samspill", "What now?", "!2")
        person.type(f"#{root} my answer")
        person.wait("Only you see this", "Well said.")
        person.type("/dm")
        person.wait("alone with Samspill")
        person.type("help me")
        person.wait("Well said.")
        person.type("!2")
        person.wait("Well said.")
        in_thread, direct = events(person, Said)
        assert (in_thread.text, in_thread.where.thread) == ("my answer", str(root))
        assert (direct.where.channel, direct.where.direct) == ("kari", True)
        (pressed,) = events(person, Pressed)
        assert (pressed.button, pressed.message) == ("a:c:1", str(root))
        assert pressed.where.channel == "digital-vei"
        person.type("/help")
        person.wait("/cancel")

    talk(tmp_path, play)


def test_what_was_said_before_is_shown_in_the_order_it_was_said(tmp_path: Path) -> None:
    async def before(made: Stage) -> None:
        first: Any = await made.channel.post(ROOM, Message("en", (Text("One"), BUTTONS)), new_id())
        await made.channel.post(ROOM, Message("en", (Text("Two"), CHOICE)), new_id())
        now = Message("en", (Text("One, changed"), BUTTONS))
        await made.channel.update(ROOM, first.platform_id, now)

    def play(person: Talk) -> None:
        seen = person.wait("One, changed", "Two", "!4 All the way")
        assert seen.index("One, changed") < seen.index("Two")
        later = person.said(Text("Three"))
        person.wait(f"#{later} ", "Three")
        person.type("!4")
        person.type("/dm")
        person.wait("alone with Samspill")
        (pressed,) = events(person, Pressed)
        assert (pressed.button, pressed.value) == ("a:d:1", "2")

    talk(tmp_path, play, before)


def test_a_number_presses_the_button_it_was_shown_with_whatever_has_changed(
    tmp_path: Path,
) -> None:
    def play(person: Talk) -> None:
        person.wait("You are in")
        root = person.said(Text("One"), BUTTONS)
        person.wait("!2 Skip")
        person.said(Text("Two"), CHOICE)
        person.wait("!4 All the way")
        person.changes(root, Text("One, changed"), BUTTONS, CHOICE)
        person.wait("One, changed", "!2 Skip", "!6 All the way")
        person.type("!4")
        person.type("/dm")
        person.wait("alone with Samspill")
        (pressed,) = events(person, Pressed)
        assert (pressed.value, pressed.message == str(root)) == ("2", False)

    talk(tmp_path, play)


def test_a_form_is_asked_field_by_field(tmp_path: Path) -> None:
    def answer(event: Event) -> Reply | None:
        if isinstance(event, Pressed):
            return FORM
        if isinstance(event, Submitted) and event.values["text"] == "one\n\ntwo":
            return FieldErrors({"text": "Say more."})
        return None

    def play(person: Talk) -> None:
        person.stage.core.answer = answer
        person.wait("You are in")
        person.said(BUTTONS)
        person.wait("!1")
        person.type("!1")
        assert "2. 2." not in person.wait("Your answer", "How far?", "2. Much")
        person.type("7")
        person.wait("! Write one number.")
        person.type("2")
        person.wait("Why?")
        for line in ("one", "", "two", "."):
            person.type(line)
        person.wait("More? (optional)")
        person.type("")
        person.wait("! Say more.", "Now: one")
        person.type("enough")
        person.type(".")
        person.wait("Sent.")
        assert events(person, Submitted)[-1].values == {"grade": "y", "text": "enough", "more": ""}
        person.type("!1")
        person.wait("How far?")
        person.type("/cancel")
        person.wait("nothing was sent")
        assert len(events(person, Submitted)) == 2

    talk(tmp_path, play)


def test_a_failure_says_so_and_the_same_line_can_be_written_again(tmp_path: Path) -> None:
    def play(person: Talk) -> None:
        person.stage.core.failures = 2
        person.wait("You are in")
        person.type("@Samspill status")
        person.wait("This was not sent.")
        person.type("!9")
        person.wait("Nothing to press")
        person.type("#99 hello")
        person.wait("#12")
        person.type("/room nowhere")
        person.wait("no such room")

    talk(tmp_path, play)


def test_its_own_lines_are_in_the_language_that_the_person_has_by_now(tmp_path: Path) -> None:
    def play(person: Talk) -> None:
        person.wait("You are in")
        with person.stage.database.write() as db:
            kari = people.called(db, KARI.name)[0]
            people.choose(db, kari, language="nn")
        person.type("hei")
        person.type("!9")
        person.wait(Translator("nn").t("Nothing to press was shown yet."))

    talk(tmp_path, play)


def test_without_a_demo_it_says_what_to_do(unused_tcp_port_: int) -> None:
    screen, faults = Screen(), Screen()
    url = f"http://127.0.0.1:{unused_tcp_port_}"
    out, err = cast("TextIO", screen), cast("TextIO", faults)
    assert client.run("kari", url, cast("TextIO", Keyboard()), out, err) == 1
    assert (screen.text, "make demo" in faults.text) == ("", True)


@pytest.fixture
def unused_tcp_port_() -> int:
    """A port on which nobody answers."""
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


PEOPLE = [{"name": "Kari Nordmann"}, {"name": "Karin Berg"}, {"name": "Ola Hansen"}]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kari", 0),
        ("Kari Nordmann", 0),
        ("hansen", 2),
        ("Ola", 2),
        ("k", None),
        ("", None),
        ("Per", None),
    ],
)
def test_people_are_found_by_part_of_their_name(name: str, found: int | None) -> None:
    assert find_person(PEOPLE, name) == (None if found is None else PEOPLE[found])


def test_what_people_write_cannot_command_the_terminal() -> None:
    assert printable("a\x1b[31mb\x07\u202ec\n\td") == "a�[31mb�c\n\td".replace("b�c", "b��c")


def test_buttons_are_beside_the_text() -> None:
    made = plainly((Text("Hi"), BUTTONS, CHOICE))
    assert made["text"] == "Hi\nHow far?"
    assert [each["label"] for each in made["actions"]] == [
        "Answer",
        "Skip",
        "Not at all",
        "All the way",
    ]
    several = plainly((Buttons((Button("a:b:1", "Done", about="1. Plan"), Button("a:c:", "No"))),))
    assert [button_label(each) for each in several["actions"]] == ["Done – 1. Plan", "No"]
    assert rendered(None) == {}
    assert rendered(Page("en", "Home", (Text("Hi"),)))["page"]["title"] == "Home"


@pytest.mark.parametrize(
    ("kind", "lines", "value"),
    [
        ("text", ["words"], "words"),
        ("long", ["a", "", "b", "."], "a\n\nb"),
        ("choice", ["1"], "x"),
        ("scale", ["2"], "y"),
        ("multi", ["2, 1"], ["y", "x"]),
        ("lines", ["a", " b ", "."], ["a", "b"]),
        ("pairs", ["Nav: Kari", "."], ["Nav: Kari"]),
        ("date", ["2026-11-24"], "2026-11-24"),
        ("date", ["15.1.2027"], "15.1.2027"),
        ("date", ["om to uker"], "om to uker"),  # Samspill says what is wrong with it
        ("confirm", ["ja"], "yes"),
        ("confirm", ["no"], ""),
        ("link", ["https://example.org"], "https://example.org"),
    ],
)
def test_every_kind_of_field_is_asked(kind: str, lines: list[str], value: Any) -> None:
    options = (Option("x", "X"), Option("y", "Y"))
    field = Field("f", "F", kind, options=options)  # type: ignore[arg-type]
    form = rendered(Form("en", "a:b:1", "T", (field,), "S", "C"))["form"]
    asking = Asking(form, {}, Translator("en"))
    assert "F" in asking.begin()
    for line in lines:
        assert not asking.complete
        assert not asking.take(line).startswith("!")
    assert asking.complete
    assert asking.values == {"f": value}


@pytest.mark.parametrize(("kind", "line"), [("scale", "6"), ("choice", "x"), ("text", "")])
def test_what_does_not_fit_is_asked_again(kind: str, line: str) -> None:
    field = Field("f", "F", kind)  # type: ignore[arg-type]
    form = rendered(Form("en", "a:b:1", "T", (field,), "S", "C"))["form"]
    asking = Asking(form, {}, Translator("en"))
    assert asking.take(line).startswith("!")
    assert not asking.complete


@pytest.mark.parametrize(
    ("kind", "value", "lines"),
    [
        ("text", "Three times.", ["  Now: Three times.", "  Enter keeps it."]),
        ("long", "One\nTwo", ["  Now: One", "  Two", "  Enter keeps it."]),
        ("date", "2027-01-15", ["  Now: Friday 15 January 2027", "  Enter keeps it."]),
    ],
)
def test_what_stands_in_a_field_is_shown_on_lines_of_its_own(
    kind: str, value: str, lines: list[str]
) -> None:
    field = Field("f", "F", kind, value)  # type: ignore[arg-type]
    form = rendered(Form("en", "a:b:1", "T", (field,), "S", "C"))["form"]
    assert Asking(form, {}, Translator("en")).begin().splitlines()[2:-1] == lines
