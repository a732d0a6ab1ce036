"""What people write and do in channels; each waits until the app has acknowledged it."""

from __future__ import annotations

from tests.slack.local.call import changed, message_event
from tests.slack.local.core import Core
from tests.slack.local.inputs import NotPossible
from tests.slack.local.methods_chat import remove
from tests.slack.local.shapes import message_json, of_person, user_json, view_json
from tests.slack.local.state import Channel, Install, Json, Message, Team, Upload, User
from tests.slack.local.words import mentioned, typed

Thread = Message | str | None


class People(Core):
    """Messages, and coming and going."""

    async def say(self, user: User, channel: Channel, text: str, thread: Thread = None) -> Message:
        """Write a message, in a thread under another; mentions are made with `at`."""
        return await self._say(self._message(user, channel, text, thread))

    async def broadcast(
        self, user: User, channel: Channel, text: str, thread: Message | str
    ) -> Message:
        """Write in a thread and "also send to" the channel."""
        message = self._message(user, channel, text, thread)
        message.subtype = "thread_broadcast"
        return await self._say(message)

    async def share_file(
        self,
        user: User,
        channel: Channel,
        name: str,
        data: bytes,
        text: str = "",
        thread: Thread = None,
    ) -> Message:
        """Put a file into the conversation, with words or without."""
        message = self._message(user, channel, text, thread)
        message.subtype = "file_share"
        file = Upload(self.state.ids("F"), name, len(data), data=data, arrived=True)
        file.shares.append((channel.id, message.ts))
        self.state.uploads[file.id] = file
        message.files.append(file)
        return await self._say(message)

    async def edit(self, message: Message, text: str) -> None:
        """Its author changes a message."""
        self._may_write(message.user, message.channel)
        before = message_json(message, self.state.app_id)
        named = mentioned(message.text)
        message.text, message.blocks = self._typed(text)
        message.edited = {"user": message.user.id, "ts": self.state.second()}
        after = message_json(message, self.state.app_id)
        await self._tell(message, changed(before, after))
        await self._mentions(message, mentioned(message.text) - named)

    async def unfurl(self, message: Message, title: str) -> None:
        """Slack itself shows under a message what is behind its link: no edit by anybody."""
        before = message_json(message, self.state.app_id)
        shown = {"attachments": [{"id": 1, "title": title, "fallback": title}]}
        await self._tell(message, changed(before, before | shown))

    async def delete(self, message: Message) -> None:
        """Its author takes a message away."""
        self._may_write(message.user, message.channel)
        for each, change in remove(message, self.state.app_id):
            await self._tell(each, change)

    async def join(self, user: User, channel: Channel, inviter: User | None = None) -> None:
        """Somebody, or the app's bot, comes into a channel."""
        channel.members.append(user)
        more = {"inviter": inviter.id} if inviter else {}
        await self._came_or_went("member_joined_channel", user, channel, channel.seen_by, more)
        await self._notes(user, channel, "join", more)

    async def leave(self, user: User, channel: Channel, by: User | None = None) -> None:
        """Somebody, or the app's bot, leaves a channel or is taken out of it. A bot hears of its
        own leaving by `channel_left` alone: https://github.com/slackapi/bolt-js/issues/1847."""
        channel.members.remove(user)
        if user.is_bot:
            event = {"type": f"{channel.kind}_left", "channel": channel.id}
            event |= {"actor_id": by.id} if by else {}
            await self.post.event(event, user.team.install, channel)
        await self._came_or_went("member_left_channel", user, channel, channel.seen_by, {})
        await self._notes(user, channel, "leave", {})

    async def react(self, user: User, message: Message, name: str) -> None:
        """Somebody puts a sign on a message."""
        message.reactions.append((name, user.id))
        item = {"type": "message", "channel": message.channel.id, "ts": message.ts}
        event = {"type": "reaction_added", "user": user.id, "reaction": name, "item": item}
        event["item_user"] = message.user.id
        await self.post.event(event, message.channel.seen_by, message.channel)

    async def open_home(self, user: User, tab: str = "home") -> None:
        """Somebody opens the app's own page, on one of its tabs."""
        install = user.team.app
        event: Json = {"type": "app_home_opened", "user": user.id, "tab": tab}
        event["channel"] = self.state.direct(user, install).id
        view = self.state.homes.get((install.bot.id, user.id))
        if view and tab == "home":
            event["view"] = view_json(view, self.state.app_id)
        await self.post.event(event, install)

    # --- channels and workspaces ----------------------------------------------------------------

    async def rename(self, channel: Channel, name: str) -> None:
        """A channel gets another name."""
        channel.name = name
        about = {"id": channel.id, "name": name, "created": 1}
        await self._place(channel, "rename", {"channel": about})

    async def archive(self, channel: Channel, user: User) -> None:
        """A channel is closed for all."""
        channel.archived = True
        await self._place(channel, "archive", {"channel": channel.id, "user": user.id})

    async def change_id(self, channel: Channel) -> str:
        """A channel gets another id, as happens when sharing begins or ends; gives the new one."""
        old, new = channel.id, self.state.ids("C")
        self.state.channels[new] = self.state.channels.pop(old)
        channel.id = new
        event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
        await self.post.event(event, channel.seen_by, channel)
        return new

    async def share(self, channel: Channel, team: Team) -> None:
        """Another workspace comes into the channel."""
        channel.teams.append(team)
        event = {"type": "channel_shared", "channel": channel.id, "connected_team_id": team.id}
        await self.post.event(event, channel.seen_by, channel)

    async def deactivate(self, user: User) -> None:
        """Somebody's account is closed."""
        user.deleted = True
        event = {"type": "user_change", "user": user_json(user, self.state.now())}
        await self.post.event(event, user.team.install)

    async def uninstall(self, team: Team) -> None:
        """The app is taken out of a workspace."""
        install = self._ended(team, "account_inactive")
        for channel in self.state.channels.values():
            if channel.kind != "im" and install.bot in channel.members:
                channel.members.remove(install.bot)
        await self.post.event(_revoked(install), install)
        await self.post.event({"type": "app_uninstalled"}, install)

    async def revoke(self, team: Team) -> None:
        """The app's token is taken away, and nothing else."""
        install = self._ended(team, "token_revoked")
        await self.post.event(_revoked(install), install)

    # --- how ------------------------------------------------------------------------------------

    def _message(self, user: User, channel: Channel, text: str, thread: Thread) -> Message:
        self._may_write(user, channel)
        root = thread.ts if isinstance(thread, Message) else thread
        if root is not None and root not in channel.messages:
            raise NotPossible("there is no such thread in this channel")
        written, blocks = self._typed(text)
        message = Message(self.state.new_ts(channel), channel, user, written, blocks, root)
        message.client_id = self.state.ids("client-")
        return message

    def _may_write(self, user: User, channel: Channel) -> None:
        closed = channel.archived or (channel.kind == "im" and not self.state.has_direct)
        if user not in channel.members or closed or user.deleted:
            raise NotPossible(f"{user.name} cannot write in {channel.name or channel.id}")

    def _typed(self, text: str) -> tuple[str, list[Json]]:
        written, blocks = typed(text)
        return written, self.state.named(blocks)

    async def _say(self, message: Message) -> Message:
        self.state.add(message)
        await self._tell(message)
        await self._mentions(message, mentioned(message.text))
        return message

    async def _tell(self, message: Message, change: Json | None = None) -> None:
        await self.post.event(*message_event(self.state, message, change))

    async def _mentions(self, message: Message, named: set[str]) -> None:
        """A mention comes as an event of its own, to the app of each workspace that is named."""
        if message.channel.kind == "im":
            return
        for member in message.channel.members:
            if member.id in named and member.is_bot:
                shape = message_json(message, self.state.app_id) | {"type": "app_mention"}
                shape |= {"channel": message.channel.id, "event_ts": message.ts}
                shape.pop("subtype", None)
                await self.post.event(shape, member.team.install, message.channel)

    async def _came_or_went(
        self, kind: str, user: User, channel: Channel, install: Install | None, more: Json
    ) -> None:
        letter = "C" if channel.kind == "channel" else "G"
        event = {"type": kind, "user": user.id, "channel": channel.id, "channel_type": letter}
        event |= {"team": of_person(user, install)["team"]} | more
        await self.post.event(event, install, channel)

    async def _notes(self, user: User, channel: Channel, what: str, more: Json) -> None:
        """Slack's own line in the channel."""
        subtype = f"{channel.kind}_{what}"
        text = f"<@{user.id}> has {'joined' if what == 'join' else 'left'} the channel"
        ts = self.state.new_ts(channel)
        message = self.state.add(Message(ts, channel, user, text, [], None, subtype))
        event, install, place = message_event(self.state, message)
        await self.post.event(event | more, install, place)

    async def _place(self, channel: Channel, what: str, more: Json) -> None:
        event = {"type": f"{channel.kind}_{what}"} | more
        installs = (team.install for team in channel.teams if team.install)
        seen = channel.seen_by
        if seen is None and channel.kind == "channel":
            seen = next(installs, None)  # of public channels the app hears without being there
        await self.post.event(event, seen, channel)

    def _ended(self, team: Team, error: str) -> Install:
        team.app.dead = error
        return team.app


def _revoked(install: Install) -> Json:
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [install.bot.id]}}
