"""What the local Slack remembers: workspaces, people, channels, messages, views and tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im"]

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5
VIEWS_AT_MOST = 3


@dataclass(eq=False)
class Install:
    """The app in one workspace: its token, its bot user and what it may do (None: all). `whole`:
    for all `teams` of a grid, with one token."""

    token: str
    bot: User = field(repr=False)
    bot_id: str
    scopes: frozenset[str] | None = None
    dead: str = ""  # the error that its token is answered with from now on
    whole: bool = False
    teams: list[Team] = field(default_factory=list, repr=False)

    def place(self, teams: list[Team]) -> Team | None:
        """The first of these workspaces that it is installed in."""
        return next((team for team in teams if team in self.teams), None)


@dataclass(eq=False)
class Team:
    """A workspace; `enterprise` is the id of the grid it belongs to."""

    id: str
    name: str
    domain: str
    enterprise: str | None = None
    install: Install | None = field(default=None, repr=False)

    @property
    def home(self) -> str:
        """What Slack calls the organisation of this workspace's people, seen from outside."""
        return self.enterprise or self.id

    @property
    def app(self) -> Install:
        """The installation; it must be there."""
        assert self.install is not None, f"the app is not installed in {self.name}"
        return self.install


@dataclass(eq=False)
class User:
    """A person, or the app's bot."""

    id: str
    team: Team = field(repr=False)
    real_name: str
    display_name: str = ""
    locale: str = "nb-NO"
    tz: str = "Europe/Oslo"
    deleted: bool = False
    is_bot: bool = False

    @property
    def name(self) -> str:
        """What others see."""
        return self.display_name or self.real_name


@dataclass(eq=False)
class Message:
    """One message; `only_for` is who sees it when it is ephemeral."""

    ts: str
    channel: Channel = field(repr=False)
    user: User
    text: str = ""
    blocks: list[Json] = field(default_factory=list, repr=False)
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    files: list[Upload] = field(default_factory=list)
    reactions: list[tuple[str, str]] = field(default_factory=list)  # name, user id
    only_for: User | None = None
    client_id: str = ""

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread under another message."""
        return self.thread_ts not in (None, self.ts)


@dataclass(eq=False)
class Channel:
    """A channel or a direct conversation; `teams` are the workspaces that share it, host first."""

    id: str
    name: str
    teams: list[Team] = field(repr=False)
    kind: Kind = "channel"
    members: list[User] = field(default_factory=list, repr=False)
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict, repr=False)
    private: list[Message] = field(default_factory=list, repr=False)  # ephemeral ones
    last: int = 0  # the latest ts, in microseconds

    @property
    def shared(self) -> bool:
        """Whether several workspaces share it."""
        return len(self.teams) > 1

    @property
    def seen_by(self) -> Install | None:
        """The one installation that events are delivered for, if the app is in the channel."""
        for team in self.teams:
            install = team.install
            if install and not install.dead and install.bot in self.members:
                return install
        return None


@dataclass(eq=False)
class View:
    """A modal or a home tab, as it stands; `entered` is what its inputs hold."""

    id: str
    user: User
    install: Install = field(repr=False)
    content: Json = field(repr=False)
    hash: str
    root: str = ""
    previous: str | None = None
    entered: dict[str, Json] = field(default_factory=dict)


@dataclass(eq=False)
class Trigger:
    """What opens one view within three seconds; `view` is the modal it came from, if any."""

    id: str
    user: User
    install: Install
    at: datetime
    view: View | None = None
    used: bool = False


@dataclass(eq=False)
class Upload:
    """A file, and where it has been shared (channel id and ts)."""

    id: str
    name: str
    length: int
    title: str = ""
    alt: str = ""
    data: bytes = b""
    arrived: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False)
class Answering:
    """An address at which one interaction may be answered for a while."""

    user: User
    channel: Channel
    install: Install
    at: datetime
    message: Message | None = None
    uses: int = 0


class NumberedIds:
    """Ids that look like Slack's and are the same in every run."""

    def __init__(self) -> None:
        self._numbers = Counter[str]()

    def __call__(self, prefix: str) -> str:
        self._numbers[prefix] += 1
        return f"{prefix}0{self._numbers[prefix]:05d}"


@dataclass(eq=False)
class State:
    """All of it. `now` gives Slack's time, `ids` a new id for a prefix."""

    now: Callable[[], datetime]
    ids: Callable[[str], str] = field(default_factory=NumberedIds)
    app_id: str = "A0SAMSPILL"
    client_id: str = "111.222"
    client_secret: str = "the app's client secret"
    signing_secret: str = "the app's signing secret"
    app_token: str = "xapp-1-local"
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    tokens: dict[str, Install] = field(default_factory=dict)
    codes: dict[str, tuple[User, frozenset[str] | None, bool]] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)  # user id to open views
    homes: dict[tuple[str, str], View] = field(default_factory=dict)  # bot user id, user id
    uploads: dict[str, Upload] = field(default_factory=dict)
    answering: dict[str, Answering] = field(default_factory=dict)
    has_home: bool = True  # whether the app has a home tab, and one to write to it
    has_direct: bool = True
    latest: int = 0  # the latest instant, in microseconds

    def new_ts(self, channel: Channel) -> str:
        """The next timestamp: increasing in the channel, and not unique between channels."""
        micros = max(round(self.now().timestamp() * 1_000_000), channel.last + 1)
        channel.last = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def instant(self) -> str:
        """Slack's time as it stands in events and actions: no two are the same."""
        self.latest = max(round(self.now().timestamp() * 1_000_000), self.latest + 1)
        return f"{self.latest // 1_000_000}.{self.latest % 1_000_000:06d}"

    def second(self) -> str:
        """When a message was edited: Slack says that to the second."""
        return f"{int(self.now().timestamp())}.000000"

    def named(self, blocks: list[Json]) -> list[Json]:
        """The blocks as Slack keeps them: each with an id."""
        return [
            each if "block_id" in each else each | {"block_id": self.ids("b")} for each in blocks
        ]

    def add(self, message: Message) -> Message:
        """Put a message where it belongs."""
        if message.only_for is None:
            message.channel.messages[message.ts] = message
        else:
            message.channel.private.append(message)
        return message

    def new_install(
        self, team: Team, scopes: frozenset[str] | None, *, whole: bool = False
    ) -> Install:
        """Put the app into a workspace, or into the whole of its grid. Again: with a new token, and
        the same bot."""
        before = team.install
        bot = before.bot if before else User(self.ids("UB"), team, "Samspill", is_bot=True)
        bot_id = before.bot_id if before else self.ids("B")
        self.users[bot.id] = bot
        grid = [each for each in self.teams.values() if each.home == team.home]
        install = Install(f"xoxb-{self.ids('local')}", bot, bot_id, scopes, whole=whole)
        install.teams = grid if whole else [team]
        for each in install.teams:
            each.install = install
        self.tokens[install.token] = install
        return install

    def direct(self, user: User, install: Install) -> Channel:
        """The conversation of a person with the app's bot; made when it is first asked for."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == [user, install.bot]:
                return channel
        team = install.place([user.team]) or install.bot.team
        channel = Channel(self.ids("D"), "", [team], "im", [user, install.bot])
        self.channels[channel.id] = channel
        return channel

    def new_trigger(self, user: User, install: Install, view: View | None = None) -> Trigger:
        """A trigger that begins to run out now."""
        trigger = Trigger(f"{self.ids('12')}.{user.id}", user, install, self.now(), view)
        self.triggers[trigger.id] = trigger
        return trigger
