"""What people press, choose, fill in and command; each comes once, and nothing is sent again."""

from __future__ import annotations

from typing import Any

from tests.slack.local.core import Core
from tests.slack.local.inputs import NotPossible, acted, complaints, entered
from tests.slack.local.lines import Answer
from tests.slack.local.methods_chat import respond
from tests.slack.local.methods_views import put_on_top, replace
from tests.slack.local.shapes import message_json, team_stub, user_stub, view_json
from tests.slack.local.state import Answering, Channel, Install, Json, Message, Team, User, View
from tests.slack.local.words import elements_of, mentioned, typed


class Hands(Core):
    """Interactions."""

    async def press(
        self,
        user: User,
        message: Message,
        action_id: str,
        value: Any = None,
        *,
        stale: bool = False,
    ) -> Answer:
        """Use a button or menu of a message. `value` says which, where several share the id, or
        what is chosen. `stale`: from a copy on the screen that has since been changed."""
        self._can_see(user, message)
        install, at = message.user.team.app, self.state.instant()
        action = (
            {"type": "button", "action_id": action_id, "block_id": "stale", "action_ts": at}
            | ({"value": value} if value is not None else {})
            if stale
            else _used(message.blocks, action_id, value, at)
        )
        channel = message.channel
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container["is_ephemeral"] = message.only_for is not None
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = {
            "type": "block_actions",
            "trigger_id": self.state.new_trigger(user, install).id,
            "team": team_stub(install.place(channel.teams) or install.bot.team),
            "container": container,
            "channel": _channel_stub(channel),
            "state": {"values": {}},
            "response_url": self._answer_at(user, channel, install, message),
            "actions": [action],
        }
        if message.only_for is None:
            payload["message"] = message_json(message, self.state.app_id)
        return await self._interact(user, install, payload)

    async def press_in_view(self, view: View, action_id: str, value: Any = None) -> Answer:
        """Use a button or menu of a modal or of the home tab."""
        self._is_open(view)
        user, install = view.user, view.install
        action = _used(view.content["blocks"], action_id, value, self.state.instant())
        if action["type"] != "button":
            view.entered = entered(view, {action_id: value})
        shown = view_json(view, self.state.app_id)
        payload = {
            "type": "block_actions",
            "trigger_id": self.state.new_trigger(user, install, view).id,
            "team": team_stub(user.team),
            "container": {"type": "view", "view_id": view.id},
            "view": shown,
            "state": shown["state"],
            "actions": [action],
        }
        return await self._interact(user, install, payload)

    async def submit(self, view: View, values: dict[str, Any] | None = None) -> Answer:
        """Fill in (by block id or action id) and send a modal; does what the answer asks for."""
        self._is_open(view)
        user, install = view.user, view.install
        if not view.content.get("submit"):
            raise NotPossible("the view has nothing to send it with")
        state = entered(view, values)
        if wrong := complaints(view, state):
            raise NotPossible(f"Slack's client refuses: {wrong}", wrong)
        view.entered = state
        payload = {
            "type": "view_submission",
            "trigger_id": self.state.new_trigger(user, install, view).id,
            "team": team_stub(user.team),
            "view": view_json(view, self.state.app_id),
            "response_urls": [],
        }
        answer = await self._interact(user, install, payload)
        if answer.ok:
            self._follow(view, answer)
        return answer

    async def close(self, view: View, *, everything: bool = False) -> Answer | None:
        """Close a modal, or the whole stack; the app hears of it only if it asked to."""
        self._is_open(view)
        stack = self.state.modals[view.user.id]
        del stack[0 if everything else -1 :]
        if not view.content.get("notify_on_close"):
            return None
        payload = {
            "type": "view_closed",
            "team": team_stub(view.user.team),
            "view": view_json(view, self.state.app_id),
            "is_cleared": everything,
            "response_urls": [],
        }
        return await self._interact(view.user, view.install, payload)

    async def command(self, user: User, channel: Channel, command: str, text: str = "") -> Answer:
        """A slash command, anywhere but in threads and only in a workspace that has the app."""
        install = _home_app(user.team)
        if user not in channel.members or channel.archived or user.deleted:
            raise NotPossible(f"{user.name} cannot write in {channel.name or channel.id}")
        commands = self.allowed.commands
        if commands is not None and command not in commands:
            raise NotPossible(f"there is no {command}, only {sorted(commands)}")
        with_ids = commands is None or commands[command]
        written, _ = typed(text)
        for id in mentioned(written):
            name = self.state.users[id].name
            written = written.replace(f"<@{id}>", f"<@{id}|{name}>" if with_ids else f"@{name}")
        stub = _channel_stub(channel)
        payload = {
            "token": "an old verification token",
            "team_id": user.team.id,
            "team_domain": user.team.domain,
            "channel_id": stub["id"],
            "channel_name": stub["name"],
            "user_id": user.id,
            "user_name": user_stub(user)["name"],
            "command": command,
            "text": written,
            "api_app_id": self.state.app_id,
            "is_enterprise_install": "true" if install.whole else "false",
            "response_url": self._answer_at(user, channel, install, None),
            "trigger_id": self.state.new_trigger(user, install).id,
        }
        if user.team.enterprise:
            payload |= {"enterprise_id": user.team.enterprise, "enterprise_name": "Grid"}
        answer = await self.post.interaction("slash_commands", payload)
        if answer.ok and answer.body:
            said = answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)}
            call = self.api.call("command", said | {"user": user.id}, install)
            respond(call, None, channel)
        return answer

    async def shortcut(self, user: User, callback_id: str) -> Answer:
        """A shortcut from the menu beside the message field."""
        self._offers("global", callback_id)
        install = _home_app(user.team)
        payload = {
            "type": "shortcut",
            "action_ts": self.state.instant(),
            "team": team_stub(user.team),
            "callback_id": callback_id,
            "trigger_id": self.state.new_trigger(user, install).id,
        }
        return await self._interact(user, install, payload)

    async def message_shortcut(self, user: User, message: Message, callback_id: str) -> Answer:
        """A shortcut from a message's own menu."""
        self._offers("message", callback_id)
        install = _home_app(user.team)
        self._can_see(user, message)
        payload = {
            "type": "message_action",
            "action_ts": self.state.instant(),
            "team": team_stub(user.team),
            "callback_id": callback_id,
            "trigger_id": self.state.new_trigger(user, install).id,
            "channel": _channel_stub(message.channel),
            "message_ts": message.ts,
            "message": message_json(message, self.state.app_id),
            "response_url": self._answer_at(user, message.channel, install, message),
        }
        return await self._interact(user, install, payload)

    # --- how ------------------------------------------------------------------------------------

    async def _interact(self, user: User, install: Install, payload: Json) -> Answer:
        enterprise = install.bot.team.enterprise
        payload |= {
            "user": user_stub(user),
            "api_app_id": self.state.app_id,
            "token": "an old verification token",
            "enterprise": {"id": enterprise, "name": "Grid"} if enterprise else None,
            "is_enterprise_install": install.whole,
        }
        return await self.post.interaction("interactive", payload)

    def _follow(self, view: View, answer: Answer) -> None:
        """Do what the app answered to a submitted view."""
        stack = self.state.modals[view.user.id]
        call = self.api.call("view_submission", {}, view.install)
        match answer.response_action:
            case "":
                stack.remove(view)
            case "clear":
                stack.clear()
            case "errors":
                blocks = {each["block_id"] for each in view.content["blocks"]}
                if not answer.errors or not set(answer.errors) <= blocks:
                    self.faults.append("view_submission: errors that belong to no block")
            case "update":
                replace(self.state, view, call.checked_view(answer.body["view"]))
            case "push":
                content, ids = call.checked_view(answer.body["view"]), self.state.ids
                put_on_top(View(ids("V"), view.user, view.install, content, ids("hash")), stack)
            case other:
                self.faults.append(f"view_submission: there is no response_action {other!r}")

    def _answer_at(
        self, user: User, channel: Channel, install: Install, message: Message | None
    ) -> str:
        id = self.state.ids("answer")
        now = self.state.now()
        self.state.answering[id] = Answering(user, channel, install, now, message)
        return f"{self.api.origin}/response/{id}"

    def _can_see(self, user: User, message: Message) -> None:
        if user not in message.channel.members or message.only_for not in (None, user):
            raise NotPossible(f"{user.name} does not see this message")

    def _offers(self, kind: str, callback_id: str) -> None:
        known = self.allowed.shortcuts
        if known is not None and (kind, callback_id) not in known:
            raise NotPossible(f"there is no {kind} shortcut {callback_id!r}")

    def _is_open(self, view: View) -> None:
        stack = self.state.modals.get(view.user.id, [])
        home = self.state.homes.get((view.install.bot.id, view.user.id))
        if view is not home and (not stack or stack[-1] is not view):
            raise NotPossible("this view is not in front of anybody")


def _used(blocks: list[Json], action_id: str, value: Any, at: str) -> Json:
    for block, element in elements_of(blocks):
        if element["action_id"] != action_id:
            continue
        if element["type"] == "button" and value not in (None, element.get("value")):
            continue
        return acted(block, element, value, at)
    there = [element["action_id"] for _, element in elements_of(blocks)]
    raise NotPossible(f"nothing here is called {action_id!r}, only {there}")


def _home_app(team: Team) -> Install:
    if team.install is None or team.install.dead:
        raise NotPossible(f"the app is not installed in {team.name}")
    return team.install


def _channel_stub(channel: Channel) -> Json:
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}
