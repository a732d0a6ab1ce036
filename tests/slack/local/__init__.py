"""A Slack to test against: channels, threads and windows behind a server."""

from tests.slack.local.api import Trouble
from tests.slack.local.inputs import NotPossible
from tests.slack.local.lines import Answer, signed
from tests.slack.local.server import LocalSlack, local_slack, running
from tests.slack.local.sight import Pressable, Seen
from tests.slack.local.state import Channel, Message, Team, User, View
from tests.slack.local.words import at

__all__ = [
    "Answer",
    "Channel",
    "LocalSlack",
    "Message",
    "NotPossible",
    "Pressable",
    "Seen",
    "Team",
    "Trouble",
    "User",
    "View",
    "at",
    "local_slack",
    "running",
    "signed",
]
