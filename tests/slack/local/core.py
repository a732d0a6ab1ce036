"""The parts of the local Slack, and what a test sets up in it."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import ClientSession

from tests.slack.local.api import Api, Trouble
from tests.slack.local.configured import Configured, configured
from tests.slack.local.events import Post
from tests.slack.local.lines import Http, Line, Sockets
from tests.slack.local.pacing import Pacing
from tests.slack.local.state import Channel, Install, Json, Kind, Message, State, Team, User
from tests.slack.local.words import woken


class Core:
    """Everything together. `events_at` is the app's request address, for all that Slack sends."""

    def __init__(
        self, state: State, pacing: Pacing, stamp: Callable[[], float], patience: float
    ) -> None:
        self.state = state
        self.pacing = pacing
        self.sockets = Sockets(state, patience)
        self.post = Post(state, self._line)
        self.api = Api(state, self.post, self.sockets, pacing, self._refuses_direct)
        self.events_at = ""
        self.allowed = Configured()
        self.across = (
            "user_not_visible"  # why no conversation opens with others' people; "": it does
        )
        self._session: ClientSession | None = None
        self._stamp = stamp
        self._patience = patience

    @property
    def faults(self) -> list[str]:
        """What Samspill sent that Slack would not take, or that nobody should send."""
        return self.api.faults

    @property
    def base_url(self) -> str:
        """For a client, as SLACK_API_URL."""
        return f"{self.api.origin}/api/"

    def reach_out(self, session: ClientSession | None) -> None:
        """With what it reaches the app over HTTP from now on; None: not at all."""
        self._session = session

    def _line(self) -> Line | None:
        if self.sockets.connected:
            return self.sockets
        if not self.events_at or self._session is None:
            return None
        return Http(self.state, self.events_at, self._session, self._stamp, self._patience)

    def _refuses_direct(self, user: User, install: Install) -> str:
        if user.is_bot:
            return "cannot_dm_bot"
        if user.deleted:
            return "user_disabled"
        return "" if install.place([user.team]) else self.across

    def configure(self, manifest: Json) -> None:
        """Let the app do what its manifest says, and no more, where it is and will be installed."""
        self.allowed = configured(manifest)
        self.faults.extend(self.allowed.faults)
        self.post.subscribed = self.allowed.events
        self.state.has_home = self.allowed.home
        self.state.has_direct = self.allowed.direct
        for team in self.state.teams.values():
            if team.install:
                team.install.scopes = self.allowed.scopes

    # --- setting up (nothing is sent) -----------------------------------------------------------

    def workspace(
        self, name: str, *, installed: bool = True, enterprise: str | None = None
    ) -> Team:
        """A workspace, with the app unless it is not `installed`."""
        domain = name.lower().replace(" ", "-")
        team = Team(self.state.ids("T"), name, domain, enterprise)
        self.state.teams[team.id] = team
        if installed:
            self.state.new_install(team, self.allowed.scopes)
        return team

    def person(
        self,
        team: Team,
        real_name: str,
        display_name: str = "",
        *,
        locale: str = "nb-NO",
        tz: str = "Europe/Oslo",
    ) -> User:
        """Somebody in a workspace."""
        user = User(self.state.ids("U"), team, real_name, display_name, locale, tz)
        self.state.users[user.id] = user
        return user

    def channel(
        self,
        name: str,
        team: Team,
        *members: User,
        shared_with: tuple[Team, ...] = (),
        kind: Kind = "channel",
        bot: bool = True,
    ) -> Channel:
        """A channel; `bot`: the host's (else the first installed) app is in it."""
        teams = [team, *shared_with]
        bots = [each.install.bot for each in teams if each.install][:1] if bot else []
        channel = Channel(self.state.ids("C"), name, teams, kind, [*members, *bots])
        self.state.channels[channel.id] = channel
        return channel

    def direct(self, user: User) -> Channel:
        """A person's conversation with the app of their own workspace."""
        return self.state.direct(user, user.team.app)

    def consent(
        self, user: User, scopes: frozenset[str] | None = None, *, whole: bool = False
    ) -> str:
        """A person lets the app into their workspace or `whole` grid: the code for a token."""
        code = self.state.ids("code")
        self.state.codes[code] = (user, scopes, whole)
        return code

    # --- trouble, and looking into it -----------------------------------------------------------

    def then(self, method: str, *troubles: Trouble | str) -> None:
        """What the next calls of a method come to; a string is an error's code."""
        self.api.then(method, *troubles)

    def wakes(self, message: Message) -> set[str]:
        """Whom a message notifies by name: user ids, `channel`, `here`, `everyone`."""
        return woken(message.text, message.blocks)

    async def quiet(self) -> None:
        """Wait until all that the app's own calls set off has arrived."""
        await self.post.quiet()
