"""Slack as a surface of the stage: what people do goes through the local Slack and Samspill's own
edge, and what they see is what stands in that Slack."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.slack import forms
from bot.slack.pressing import REPEATED
from dialogs.messages import Field, Form
from tests.contract.stage import Player
from tests.contract.surface import Act, Seen, Surface
from tests.slack.house import House
from tests.slack.local import Channel, Message, User, at
from tests.slack.local.events import Delivery
from tests.slack.local.inputs import NotPossible, options, stateful
from tests.slack.local.state import View
from tests.slack.local.words import elements_of, reads
from tests.slack.reading import reading

COMMAND = "/samspill"
PIECE = 3000  # characters of one input of a form


class InSlack(Surface):
    """A workspace as tests see it."""

    platform = "slack"

    def __init__(self, house: House, part: str) -> None:
        self.house = house
        self.bot = house.bot_of(part)
        self.tenant = house.team_of(part).id
        self._refused: dict[str, str] = {}
        self._made: list[View] = []

    def direct_room(self, player: Player) -> str:
        return f"@{player.user}"

    def _user(self, player: Player) -> User:
        return self.house.state.users[player.user]

    def _channel(self, player: Player, room: str) -> Channel:
        if room == self.direct_room(player):
            return self.house.state.direct(self._user(player), self.bot.team.app)
        return self.house.state.channels[room]

    # --- what people do -------------------------------------------------------------------------

    def say(self, player: Player, room: str, text: str, thread: str | None) -> Act:
        async def act() -> None:
            user, channel = self._user(player), self._channel(player, room)
            if text.startswith(COMMAND) and thread is None:
                rest = text.removeprefix(COMMAND).strip()
                await self.house.local.command(user, channel, COMMAND, rest)
                return
            said = text.replace("@Samspill", at(self.bot))
            await self.house.local.say(user, channel, said, thread)

        return self._act(player, act)

    def press(self, player: Player, seen: Seen | None, button: str, value: str | None) -> Act:
        async def act() -> None:
            user, local = self._user(player), self.house.local
            found = self._pressable(player, seen, button, value)
            message = found or self._anything(player)
            for _, element in elements_of(message.blocks if found else []):
                if _is(element, button, value):
                    await local.press(user, message, element["action_id"], value)
                    return
            await local.press(user, message, button, value, stale=True)

        return self._act(player, act)

    def _pressable(
        self, player: Player, seen: Seen | None, button: str, value: str | None
    ) -> Message | None:
        if seen is not None and seen.id:
            return self._messages(player)[seen.room, seen.id]
        for message in reversed(self._private(player)):
            if any(_is(each, button, value) for _, each in elements_of(message.blocks)):
                return message
        return None

    def _anything(self, player: Player) -> Message:
        """A message of Samspill's that this person sees, for presses that were made up."""
        ours = [each for each in self._messages(player).values() if each.user.is_bot]
        channel = self._channel(player, player.room)
        return ours[-1] if ours else Message(self.house.state.instant(), channel, self.bot)

    def submit(self, player: Player, form: str, values: dict[str, Any]) -> Act:
        async def act() -> None:
            user, local = self._user(player), self.house.local
            view = local.modal(user)
            if view is None or view.content["callback_id"] != form or view in self._made:
                view = self._made_up(user, form, values)
            try:
                await local.submit(view, _entered(view, values))
            except NotPossible as refused:  # by Slack's own client, which sends nothing
                self._refused = refused.fields

        return self._act(player, act)

    def _made_up(self, user: User, form: str, values: dict[str, Any]) -> View:
        """A window that never opened, as somebody would send it by a program."""
        fields = tuple(
            Field(name, name, "lines" if isinstance(value, tuple) else "long", required=False)
            for name, value in values.items()
        )
        content = forms.view(Form("nb", form, "…", fields, "OK", "Nei"), self._where(user))
        ids = self.house.state.ids
        view = View(ids("V"), user, self.bot.team.app, content, ids("hash"))
        self.house.state.modals[user.id] = [view]
        self._made.append(view)
        return view

    def _where(self, user: User) -> str:
        from bot.slack.interactions import to_metadata
        from dialogs.events import Where

        room = next(each.id for each in self.house.state.channels.values() if user in each.members)
        return to_metadata(Where("slack", self.tenant, room))

    def edit(self, player: Player, seen: Seen, text: str) -> Act:
        async def act() -> None:
            await self.house.local.edit(self._messages(player)[seen.room, seen.id], text)

        return self._act(player, act)

    def delete(self, player: Player, seen: Seen) -> Act:
        async def act() -> None:
            await self.house.local.delete(self._messages(player)[seen.room, seen.id])

        return self._act(player, act)

    def _act(self, player: Player, act: Any) -> Act:
        mine: list[Delivery] = []  # what this act made Slack send, to be sent again

        async def once_or_again() -> dict[str, Any]:
            await self.house.ready()
            local, user = self.house.local, self._user(player)
            self.house.stage.clock.forward(timedelta(seconds=1))
            notices, sent = len(self._private(player)), len(local.post.sent)
            self._refused = {}
            before = local.modal(user)
            if mine:
                for each in mine[:]:
                    await local.post.repeat(each)
            else:
                await act()
                mine.extend(local.post.sent[sent:])
            while self.house.failing and local.post.due:
                await local.post.retry()
            own = local.post.sent[sent:]
            await self.house.settled()
            tried = [each for each in local.post.sent[sent:] if each.attempts]
            failed = [each.answer.reason for each in tried if not each.answer.ok]
            assert not failed, failed
            wrong = [each.answer.errors for each in own if each.answer.errors]
            errors = self._refused or (wrong[0] if wrong else {})
            return self._answered(player, before, notices, errors)

        return once_or_again

    def _answered(
        self, player: Player, before: View | None, notices: int, errors: dict[str, str]
    ) -> dict[str, Any]:
        """What the person got at once."""
        answer: dict[str, Any] = {}
        view = self.house.local.modal(self._user(player))
        if errors:
            answer["errors"] = {each.partition(REPEATED)[0]: text for each, text in errors.items()}
        elif view is not None and view is not before:
            answer["form"] = _form(view)
        fresh = self._private(player)[notices:]
        if fresh:
            answer["notice"] = self._seen(fresh[-1], player)
        return answer

    # --- what people see ------------------------------------------------------------------------

    def _private(self, player: Player) -> list[Message]:
        user = self._user(player)
        return [
            each
            for channel in self.house.state.channels.values()
            for each in channel.private
            if each.only_for is user
        ]

    def _messages(self, player: Player) -> dict[tuple[str, str], Message]:
        rooms = (player.room, self.direct_room(player))
        found = [
            (room, each)
            for room in rooms
            for each in self._channel(player, room).messages.values()
            if each.subtype in (None, "thread_broadcast", "file_share")
        ]
        found.sort(key=lambda each: each[1].ts)
        return {(room, each.ts): each for room, each in found}

    def seen_by(self, player: Player) -> list[Seen]:
        return [
            self._seen(each, player, room) for (room, _), each in self._messages(player).items()
        ]

    def _seen(self, message: Message, player: Player, room: str = "") -> Seen:
        shown = reading(message)
        author = None if message.user.is_bot else message.user.id
        thread = message.thread_ts if message.is_reply else None
        actions = tuple(_actions(message))
        return Seen(message.ts if room else "", room or player.room, thread, author, shown, actions)


def _form(view: View) -> dict[str, Any]:
    """A window as the stories look at it."""
    blocks = view.content["blocks"]
    return {
        "id": view.content["callback_id"],
        "title": view.content["title"]["text"],
        "intro": reads([each for each in blocks if each["type"] != "input"]),
        "fields": [
            {"name": block["block_id"], "value": element.get("initial_value", "")}
            for block, element in stateful(blocks)
        ],
    }


def _is(element: dict[str, Any], button: str, value: str | None) -> bool:
    """Whether this is what is pressed to do that."""
    if element["action_id"].partition(REPEATED)[0] != button:
        return False
    if element["type"] == "button":
        return bool(value == element.get("value"))
    return value in [each["value"] for each in options(element)]


def _actions(message: Message) -> list[tuple[str, str | None, str]]:
    """What can be pressed: button id, value, label."""
    found: list[tuple[str, str | None, str]] = []
    for _, element in elements_of(message.blocks):
        button = element["action_id"].partition(REPEATED)[0]
        if element["type"] == "button":
            label, value = element["text"]["text"].removesuffix(" …"), element.get("value")
            if value is not None and value.isdecimal():  # a step stands with its number
                label = label.removeprefix(f"{value} ")
            found.append((button, value, label))
        else:
            found += [(button, each["value"], each["text"]["text"]) for each in options(element)]
    return found


def _entered(view: View, values: dict[str, Any]) -> dict[str, Any]:
    """Values by field as what is put into the inputs of a window; a long text goes on in the next
    input, a value is picked by what it is called inside."""
    found: dict[str, Any] = {}
    left: dict[str, str] = {}
    for block, element in stateful(view.content["blocks"]):
        name, _, place = block["block_id"].partition(REPEATED)
        if name not in values:
            continue
        value = values[name]
        among = {each["value"]: each["value"] for each in options(element)}
        if among:
            found[block["block_id"]] = _picked(among, value)
        elif element["type"] in ("datepicker",):
            found[block["block_id"]] = value
        else:
            text = "\n".join(value) if isinstance(value, tuple | list) else value
            start = (int(place) - 1) * PIECE if place else 0
            found[block["block_id"]] = text[start : start + PIECE]
            left[name] = text[start + PIECE :]
    if too_long := {name: "too long" for name, text in left.items() if text}:
        raise NotPossible("there is no room for so much", too_long)
    return found


def _picked(among: dict[str, str], value: Any) -> Any:
    """The option's own value, which may have something put before it."""

    def one(wanted: str) -> str:
        return next((each for each in among if each == wanted or each.endswith(wanted)), wanted)

    if isinstance(value, tuple | list):
        return [one(each) for each in value]
    return one(value) if value else value
