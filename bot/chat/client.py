"""Samspill in a terminal: `samspill chat --as NAME` speaks to the running demo, line by line."""

from __future__ import annotations

import asyncio
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, TextIO

import aiohttp

from bot.chat import client_text as text
from bot.chat.client_forms import Asking
from dialogs.language import Translator

PAUSE = 1.0  # seconds before trying again to connect
SOON = aiohttp.ClientTimeout(total=10)  # within which a demo tells who is there


class Trouble(Exception):
    """The chat cannot go on; the text says what to do."""


@dataclass
class State:
    """What the person sees and where they write."""

    rooms: dict[int, dict[str, Any]]
    room: int
    since: int = 0
    until: int = 0  # the change with which what was said before is complete
    before: list[dict[str, Any]] = field(default_factory=list)  # it, until it is
    actions: list[dict[str, Any]] = field(default_factory=list)  # what `!n` presses, from 1
    numbers: dict[Any, int] = field(default_factory=dict)  # a message's button to its number
    threads: dict[int, int] = field(default_factory=dict)  # message to its thread's first message
    places: dict[int, int] = field(default_factory=dict)  # message to its room
    asking: Asking | None = None


def run(as_name: str, base_url: str, stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Chat until the input ends; the exit code: 0, or 1 with a sentence on what to do."""
    try:
        asyncio.run(_run(as_name, base_url.rstrip("/"), stdin, stdout))
    except Trouble as trouble:
        print(f"Error: {trouble}", file=stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


async def _run(as_name: str, base_url: str, stdin: TextIO, stdout: TextIO) -> None:
    async with aiohttp.ClientSession(
        base_url, headers={"X-Samspill": "1"}, timeout=aiohttp.ClientTimeout(sock_connect=5)
    ) as http:
        client = Client(http, stdout, base_url)
        await client.begin(as_name)
        listening = asyncio.create_task(client.listen())
        try:
            async for line in _lines(stdin):
                await client.take(line)
                if client.done:
                    break
        finally:
            listening.cancel()


async def _lines(stdin: TextIO) -> Any:
    """What is typed, line by line; waiting for the keyboard never holds up leaving."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[str]()

    def put(line: str) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, line)

    def read() -> None:
        for line in stdin:
            put(line)
        put("")

    threading.Thread(target=read, daemon=True).start()
    while line := await queue.get():
        yield line.rstrip("\r\n")


class Client:
    """One conversation with the demo."""

    def __init__(self, http: aiohttp.ClientSession, stdout: TextIO, site: str) -> None:
        self._http = http
        self._site = site
        self._out = stdout
        self._as = ""
        self._state = State({}, 0)
        self._say_in = Translator("en")
        self.done = False

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def _t(self, source: str) -> str:
        return self._say_in.t(source)

    # --- the demo ---------------------------------------------------------------------------------

    async def _get(self, path: str) -> Any:
        try:
            async with self._http.get(path, params={"as": self._as}, timeout=SOON) as response:
                if response.status != 200:
                    raise Trouble(text.NOT_A_DEMO)
                return await response.json()
        except (aiohttp.ContentTypeError, ValueError):
            raise Trouble(text.NOT_A_DEMO) from None
        except (aiohttp.ClientError, TimeoutError):
            raise Trouble(text.not_running(self._site)) from None

    async def _post(self, path: str, **data: Any) -> dict[str, Any] | None:
        """Send an act, once more if the connection broke; None when it did not go."""
        act = {"id": str(uuid.uuid4())} | data
        for _ in range(2):
            try:
                async with self._http.post(path, params={"as": self._as}, json=act) as response:
                    reply: dict[str, Any] = await response.json()
            except (aiohttp.ClientError, TimeoutError, ValueError):
                continue
            if response.status == 200:
                self._say_in = Translator(reply["language"])  # it may be another since that act
                return reply
            self._print(reply.get("error") or self._t(text.NOT_TAKEN))
            if response.status < 500:
                return None
        self._print(self._t(text.NOT_SENT))
        return None

    async def begin(self, as_name: str) -> None:
        """Become somebody, and enter the first shared room."""
        people = await self._get("/terminal/people")
        found = text.find_person(people, as_name)
        if found is None:
            raise Trouble(text.nobody(as_name, people))
        self._as = found["key"]
        found_here = await self._get("/terminal/rooms")
        rooms, self._say_in = found_here["rooms"], Translator(found_here["language"])
        first = next((room for room in rooms if not room["direct"]), rooms[0])
        self._state = State(
            {room["id"]: room for room in rooms}, first["id"], until=found_here["change"]
        )
        self._print(text.greeting(self._say_in, found))
        self._print(text.here(self._say_in, first))

    async def listen(self) -> None:
        """Show what is said, for ever; connect again when the connection breaks."""
        lost = False
        while True:
            params = {"as": self._as, "since": str(self._state.since)}
            try:
                async with self._http.get("/terminal/stream", params=params) as response:
                    response.raise_for_status()
                    if lost:
                        self._print(self._t(text.BACK))
                    lost = False
                    async for line in response.content:
                        self._heard(await asyncio.to_thread(text.message, line))
            except (aiohttp.ClientError, TimeoutError):
                if not lost:
                    self._print(self._t(text.LOST))
                lost = True
            await asyncio.sleep(PAUSE)

    def _heard(self, message: dict[str, Any]) -> None:
        if not message:
            return
        state = self._state
        state.since = message["change"]
        if not state.until:
            self._show(message)
            return
        state.before.append(message)
        if state.since >= state.until:  # all is here: in the order it was said, not last changed
            state.until = 0
            for each in sorted(state.before, key=lambda each: int(each["id"])):
                self._show(each)

    def _show(self, message: dict[str, Any]) -> None:
        state = self._state
        again = message["id"] in state.places
        state.places[message["id"]] = message["room"]
        state.threads[message["id"]] = message["thread"] or message["id"]
        if message["own"] or (message["deleted"] and not again):
            return
        room = state.rooms.get(message["room"], {"name": "?", "direct": False})
        self._print(text.shown(self._say_in, message, room, again=again))
        where = {"room": message["room"], "thread": None, "message": message["id"]}
        self._offer(message["actions"], where)

    def _offer(self, actions: list[dict[str, Any]], where: dict[str, Any]) -> None:
        """Show buttons by number. A number never comes to mean another button: a message can
        change while somebody types `!3`."""
        shown = []
        for action in actions:
            known = (where["message"], action["button"], action["value"])
            number = self._state.numbers.get(known) if where["message"] else None
            if number is None:
                self._state.actions.append(action | {"where": where})
                number = self._state.numbers[known] = len(self._state.actions)
            shown.append((number, text.button_label(action)))
        if shown:
            self._print(text.numbered(shown))

    # --- the person -------------------------------------------------------------------------------

    async def take(self, line: str) -> None:
        """One typed line."""
        state = self._state
        if state.asking is not None:
            await self._answered(line)
            return
        word = line.strip()
        match word.split(" ", 1):
            case [""]:
                return
            case ["/help"] | ["/hjelp"]:
                self._print(self._t(text.HELP))
            case ["/quit"] | ["/exit"]:
                self.done = True
            case ["/dm"]:
                self._go(direct=True, name="")
            case ["/room", *rest]:
                self._go(direct=False, name=rest[0] if rest else "")
            case [first, *rest] if first.startswith("#") and first[1:].isdecimal():
                await self._in_thread(int(first[1:]), rest[0] if rest else "")
            case [first] if first.startswith("!"):
                await self._press(first[1:])
            case _:
                await self._say(state.room, None, line)

    def _go(self, *, direct: bool, name: str) -> None:
        rooms = [room for room in self._state.rooms.values() if room["direct"] == direct]
        fits = [room for room in rooms if name.strip("# ").lower() in room["name"].lower()]
        if not fits:
            self._print(text.no_room(self._say_in, rooms))
            return
        self._state.room = fits[0]["id"]
        self._print(text.here(self._say_in, fits[0]))

    async def _in_thread(self, message: int, said: str) -> None:
        thread, room = self._state.threads.get(message), self._state.places.get(message)
        if thread is None or room is None or not said.strip():
            self._print(self._t(text.NO_SUCH_THREAD))
            return
        await self._say(room, thread, said)

    async def _say(self, room: int, thread: int | None, said: str) -> None:
        where = {"room": room, "thread": thread}
        self._replied(await self._post("/terminal/say", text=said, **where), where)

    async def _press(self, number: str) -> None:
        actions = self._state.actions
        if not number.isdecimal() or not 0 < int(number) <= len(actions):
            self._print(text.no_button(self._say_in, len(actions)))
            return
        chosen = actions[int(number) - 1]
        where = chosen["where"]
        reply = await self._post(
            "/terminal/press", button=chosen["button"], value=chosen["value"], **where
        )
        self._replied(reply, where)

    def _replied(self, reply: dict[str, Any] | None, where: dict[str, Any]) -> None:
        if not reply:
            return
        beside = {"room": where["room"], "thread": where["thread"], "message": None}
        for kind in ("notice", "page"):
            if kind in reply:
                self._print(text.private(self._say_in, reply[kind]))
                self._offer(reply[kind]["actions"], beside)
        if "form" in reply:
            message = self._state.threads.get(where.get("message") or 0)
            thread = where["thread"] or (message if message != where.get("message") else None)
            self._state.asking = Asking(
                reply["form"], {"room": where["room"], "thread": thread}, self._say_in
            )
            self._print(self._state.asking.begin())

    async def _answered(self, line: str) -> None:
        asking = self._state.asking
        assert asking is not None
        if line.strip() == "/cancel":
            self._state.asking = None
            self._print(self._t(text.CANCELLED))
            return
        self._print_some(asking.take(line))
        if not asking.complete:
            return
        reply = await self._post(
            "/terminal/submit", form=asking.form["id"], values=asking.values, **asking.where
        )
        if reply is None:
            self._print(asking.again({}))
        elif "errors" in reply:
            self._print(asking.again(reply["errors"]))
        else:
            self._state.asking = None
            self._print(self._t(text.SENT))
            self._replied(reply, asking.where)

    def _print_some(self, line: str) -> None:
        if line:
            self._print(line)
