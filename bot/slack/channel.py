"""Slack as a channel: neutral messages out, neutral outcomes back. No call is ever made twice here:
what may have gone is for the core to find out."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from aiohttp import ClientConnectorError
from slack_sdk.errors import SlackApiError

from bot.channel import Abilities, Address, Gone, Later, Outcome, Refused, Sent, Unknown
from bot.slack.pacing import Pacing
from bot.slack.payloads import PLATFORM
from bot.slack.reaching import Clients, Reaching, Shared, Way
from bot.slack.refusals import ENDED, UNKNOWN, error_code, retry_after
from bot.slack.render import Rendered, rendered
from bot.slack.workspaces import Unreachable
from dialogs.messages import File, Message

EVENT_TYPE = "samspill"  # of the metadata that carries a post's key
LOOKED_AT = 200  # messages a page when a post in doubt is looked up
PAGES = 5  # at most
_MINUTE = 60.0
_T = TypeVar("_T")
Check = Callable[[Sequence[str]], Awaitable[None]]  # of workspaces and grids

# Slack's errors, see https://docs.slack.dev/reference/methods/chat.postMessage#errors: the place,
# the person or the message is not there any more, or not for us.
_GONE = frozenset(
    (
        "cannot_dm_bot",
        "channel_not_found",
        "file_deleted",
        "file_not_found",
        "is_archived",
        "message_not_found",
        "messages_tab_disabled",
        "no_installation",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
    )
)

PASSING = "~"  # begins the id of what one person was shown in passing: it can only be said anew
# Why one person cannot be shown something in a channel: perhaps in the next.
_ELSEWHERE = frozenset(("channel_not_found", "not_in_channel", "user_not_in_channel"))


@dataclass(frozen=True)
class _NotNow(Exception):
    """Nothing went; again after so many seconds. `place`: the place is held up, not this alone."""

    seconds: float
    place: bool = False


class SlackChannel:
    """Slack's workspaces, each reached with its own token."""

    platform = PLATFORM
    # Nothing puts signs on messages yet, so the app does not ask to be allowed to.
    abilities = Abilities(marks=False, post_gap=timedelta(seconds=1))

    def __init__(self, clients: Clients, shared: Shared, pacing: Pacing, check: Check) -> None:
        """`check` finds out whether an installation stands whose token Slack does not take."""
        self._check = check
        self._reaching = Reaching(clients, shared, self._paced)
        self._pacing = pacing

    async def post(self, to: Address, message: Message, key: str) -> Outcome:
        """Send a new message, its key with it."""
        shown = rendered(message)
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}

        async def call(way: Way) -> Outcome:
            if way.only_for:
                return await _in_passing(way, shown)
            answer = await way.client.chat_postMessage(
                channel=way.channel,
                text=shown.text,
                blocks=shown.blocks,
                metadata=metadata,
                thread_ts=to.thread,
                unfurl_links=False,
                unfurl_media=False,
                mrkdwn=False,
            )
            return Sent(answer["ts"])

        return await self._tried(to, "chat.postMessage", call)

    async def file(self, to: Address, file: File, key: str) -> Outcome:
        """Send a file. Its message can carry no key of ours: the name that the file is saved under
        does, and its title is what people read."""
        stem, _, ending = file.name.rpartition(".")
        name = f"{stem} {_code(key)}.{ending}"

        async def call(way: Way) -> Outcome:
            if way.only_for:
                return await _in_passing(way, rendered(file.instead)) if file.instead else Sent("")
            answer = await way.client.files_upload_v2(
                channel=way.channel,
                thread_ts=to.thread,
                content=file.data,
                filename=name,
                title=file.label,
            )
            return Sent(str(answer["file"]["id"]))

        return await self._tried(to, "files.completeUploadExternal", call)

    async def find(self, to: Address, key: str) -> str | None:
        """The message with this key among the latest of its thread or channel. Raises what Slack's
        client raises, and whatever else says that it could not be looked up."""
        method = "conversations.history" if to.thread is None else "conversations.replies"
        cursor = ""
        try:
            ways = await self._reaching.ways(to)
            if not ways or ways[0].only_for:
                return None
            for _ in range(PAGES):
                page = _page(ways[0], to.thread, cursor)
                answer = await self._paced(to.tenant, method, page)
                for each in answer["messages"]:
                    if _has(each, key):
                        return str(each["ts"])
                cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
                if not cursor:
                    break
        except SlackApiError as error:
            if error_code(error) not in _GONE:
                raise  # where nothing can stand, nothing does: the post itself will say so
        return None

    async def update(self, to: Address, platform_id: str, message: Message) -> Outcome:
        """Replace a message; what was shown in passing is shown anew."""
        if platform_id.startswith(PASSING):
            return await self.post(to, message, platform_id)
        shown = rendered(message)

        async def call(way: Way) -> Outcome:
            await way.client.chat_update(
                channel=way.channel, ts=platform_id, text=shown.text, blocks=shown.blocks
            )
            return Sent(platform_id)

        return await self._tried(to, "chat.update", call)

    async def remove(self, to: Address, platform_id: str) -> Outcome:
        """Take a message away, or a file; one that is gone is away, and what was shown in passing
        goes by itself."""
        if platform_id.startswith(PASSING):
            return Sent(platform_id)
        is_file = not platform_id[:1].isdecimal()

        async def call(way: Way) -> Outcome:
            if is_file:
                await way.client.files_delete(file=platform_id)
            else:
                await way.client.chat_delete(channel=way.channel, ts=platform_id)
            return Sent(platform_id)

        return await self._tried(to, "files.delete" if is_file else "chat.delete", call)

    async def mark(self, to: Address, platform_id: str, sign: str) -> Outcome:
        """React to a message; `sign` is Slack's name for the picture."""

        async def call(way: Way) -> Outcome:
            await way.client.reactions_add(channel=way.channel, timestamp=platform_id, name=sign)
            return Sent(platform_id)

        return await self._tried(to, "reactions.add", call)

    async def _tried(
        self,
        to: Address,
        method: str,
        call: Callable[[Way], Coroutine[Any, Any, Outcome]],
    ) -> Outcome:
        try:
            ways = await self._reaching.ways(to)
            for way in ways[:-1]:
                try:
                    return await self._paced(to.tenant, method, call(way))
                except SlackApiError as error:
                    if error_code(error) not in _ELSEWHERE:
                        raise
            if not ways:
                return Gone("no_installation")
            return await self._paced(to.tenant, method, call(ways[-1]))
        except _NotNow as wait:
            return Later(timedelta(seconds=wait.seconds), whole_place=wait.place)
        except Unreachable:
            return Later(timedelta(seconds=_MINUTE), whole_place=False)
        except SlackApiError as error:
            return _outcome(method, error)

    async def _paced(self, tenant: str, method: str, call: Coroutine[Any, Any, _T]) -> _T:
        """One call, if it may be made now; raises _NotNow when nothing of it was taken."""
        wait = self._pacing.take(tenant, method)
        if wait:
            call.close()
            raise _NotNow(wait)
        try:
            return await call
        except SlackApiError as error:
            seconds = retry_after(error)
            if seconds is None and error_code(error) in ENDED:
                await self._check([tenant])  # what is on its way waits for a new token, or goes
                seconds = _MINUTE
            if seconds is None:
                raise
            self._pacing.pause(tenant, method, seconds)
            raise _NotNow(seconds, place=method == "chat.postMessage") from None
        except ClientConnectorError:  # there was no connection
            raise _NotNow(_MINUTE) from None


def _outcome(method: str, error: SlackApiError) -> Outcome:
    code = error_code(error)
    if error.response.status_code >= 500 or code in UNKNOWN:
        return Unknown()
    if method == "reactions.add" and code == "already_reacted":
        return Sent("")
    return Gone(code) if code in _GONE else Refused(code or "unreadable")


async def _in_passing(way: Way, shown: Rendered) -> Outcome:
    answer = await way.client.chat_postEphemeral(
        channel=way.channel, user=way.only_for, text=shown.text, blocks=shown.blocks
    )
    return Sent(f"{PASSING}{answer['message_ts']}")


def _code(key: str) -> str:
    """What stands in a file's name, so that it can be found by its key."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _has(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message was sent with this key."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    names = [str(each.get("name", "")) for each in message.get("files") or ()]
    return payload.get("key") == key or any(f" {_code(key)}." in each for each in names)


async def _page(way: Way, thread: str | None, cursor: str) -> Any:
    wanted: dict[str, Any] = {"include_all_metadata": True, "limit": LOOKED_AT}
    wanted |= {"cursor": cursor} if cursor else {}
    if thread is None:
        return await way.client.conversations_history(channel=way.channel, **wanted)
    return await way.client.conversations_replies(channel=way.channel, ts=thread, **wanted)
