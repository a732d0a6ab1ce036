"""How what a turn answers goes back to whoever caused it: in a window, on their page, or privately
in words; after the acknowledgement, for Slack has three seconds of patience."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import forms
from bot.slack.interactions import from_home, to_metadata
from bot.slack.pressing import Json
from bot.slack.refusals import error_code
from bot.slack.render import rendered
from bot.slack.telling import Telling, tell_at
from dialogs.events import PersonEvent, Submitted
from dialogs.language import Translator
from dialogs.language import known as spoken
from dialogs.messages import FieldErrors, Form, Message, Notice, Page, Reply, Text

log = logging.getLogger("samspill.slack")

TITLE = "Samspill"  # of a window that nothing else names
HOOKS = ("hooks.slack.com", "hooks.slack-gov.com")  # where Slack takes answers to commands
MOST_WINDOWS = "push_limit_reached"  # Slack stacks three


class Answers:
    """Gives replies, and knows which are still on their way."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._tasks: set[asyncio.Task[None]] = set()

    async def settled(self, seconds: float | None = None) -> None:
        """Wait for the answers that are on their way, for so long at the most."""
        while self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=seconds)
            if left:
                log.warning("answers are left behind", extra={"answers": len(left)})
                return

    def later(self, work: Awaitable[None]) -> None:
        """After the acknowledgement."""

        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - nobody waits for it
                log.warning("an answer did not go", extra={"error": type(error).__name__})

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def acknowledge(
        self, reply: Reply | None, event: PersonEvent, body: Json, ack: AsyncAck
    ) -> bool:
        """Acknowledge an interaction; whether the reply has been given with that."""
        if not isinstance(event, Submitted):
            await ack()
            return False
        match reply:
            case FieldErrors():
                await ack(
                    response_action="errors", errors=forms.errors(reply, body["view"]["blocks"])
                )
                return True
            case Form():
                await ack(response_action="update", view=forms.view(reply, _where(event, body)))
                return True
        if from_home(body) and body["view"].get("previous_view_id"):
            await ack(response_action="clear")  # the window below shows what was before
        else:
            await ack()
        return False

    def give(
        self,
        reply: Reply | None,
        event: PersonEvent,
        body: Json,
        client: AsyncWebClient,
        address: str | None = None,
    ) -> None:
        """Show a reply; `address` is what came with a press or command for answers to it."""
        match reply:
            case Form():
                view = forms.view(reply, _where(event, body))
                self.later(self._open(client, event, body, view))
            case Page():
                view = forms.page(reply, _where(event, body))
                self.later(self._open(client, event, body, view))
            case Notice():
                self.later(self._privately(client, event, body, reply.message, address))

    async def publish(self, client: AsyncWebClient, event: PersonEvent, page: Page) -> None:
        """Show somebody their page."""
        await client.views_publish(user_id=event.actor.user, view=forms.home(page))

    async def point(
        self,
        client: AsyncWebClient,
        event: PersonEvent,
        address: str,
        *,
        channel: bool,
        answered: bool,
    ) -> None:
        """Samspill is not where a command was given: say so there, and where the answer is."""
        say = Translator(spoken(event.actor.language))
        said = []
        if channel:
            said.append(say.t("I am not in this channel. Write /invite @Samspill to have me here."))
        if answered:
            said.append(say.t("I have answered you in our own conversation."))
        if said:
            await tell_at(client, address, {"text": " ".join(said)})

    async def _open(
        self, client: AsyncWebClient, event: PersonEvent, body: Json, view: dict[str, Any]
    ) -> None:
        try:
            await _shown(client, body, view)
        except (SlackApiError, ClientError, TimeoutError) as error:
            why = error_code(error) if isinstance(error, SlackApiError) else type(error).__name__
            log.warning("a window did not open", extra={"error": why})
            say = Translator(spoken(event.actor.language))
            too_late = say.t("That took too long for Slack. Press once more.")
            await self._privately(client, event, {}, words(say, too_late))

    async def _privately(
        self,
        client: AsyncWebClient,
        event: PersonEvent,
        body: Json,
        message: Message,
        address: str | None = None,
    ) -> None:
        """To one person: in the channel where they are, else directly; on their page in a window.
        What is longer than a message can be is shown in a window too, where one can open."""
        shown = rendered(message)
        if "trigger_id" in body and (from_home(body) or not shown.whole):
            page = Page(message.language, message.summary or TITLE, message.elements)
            await self._open(client, event, body, forms.page(page, _where(event, body)))
            return
        content = {"text": shown.text, "blocks": shown.blocks}
        await self._telling.tell(client, event, content, address)


async def _shown(client: AsyncWebClient, body: Json, view: dict[str, Any]) -> None:
    """Open a window, on top of the one in which something was pressed."""
    under = body.get("view") or {}
    if body.get("type") != "block_actions" or under.get("type") != "modal":
        await _opened(client.views_open, body["trigger_id"], view)
        return
    try:
        await _opened(client.views_push, body["trigger_id"], view)
    except SlackApiError as error:
        if error_code(error) != MOST_WINDOWS:
            raise
        await client.views_update(view_id=under["id"], view=view)


async def _opened(call: Callable[..., Awaitable[Any]], trigger: str, view: dict[str, Any]) -> None:
    """A trigger opens one window. So when the connection breaks one may ask again: if the window
    is open, the trigger is spent."""
    try:
        await call(trigger_id=trigger, view=view)
    except (ClientError, TimeoutError):
        try:
            await call(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if error_code(error) != "exchanged_trigger_id":
                raise


def slacks_own(url: str, api: str) -> bool:
    """Whether an address in a payload is Slack's: what is in a payload is input, and we say nothing
    to anybody else. `api` is where we call Slack ourselves."""
    try:
        there, ours = urlsplit(url), urlsplit(api)
        port = there.port
    except ValueError:
        return False
    if (there.scheme, there.netloc) == (ours.scheme, ours.netloc):
        return True
    return (there.scheme, there.netloc, port) in [("https", host, None) for host in HOOKS]


def _where(event: PersonEvent, body: Json) -> str:
    return to_metadata(event.where, home=from_home(body))


def failed(event: PersonEvent) -> Reply:
    """What is said when something went wrong here."""
    say = Translator(spoken(event.actor.language))
    said = say.t("Something went wrong here. Nothing has been changed. Try again in a while.")
    if isinstance(event, Submitted):
        return FieldErrors({"": said})
    return Notice(words(say, said))


def words(say: Translator, said: str) -> Message:
    """One sentence as a message."""
    return Message(say.language, (Text(said),), said)
