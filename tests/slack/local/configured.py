"""What an app's manifest lets it do; without one, everything."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.slack.local.state import Json

# What a token needs before Slack sends it an event.
NEEDED = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_id_changed": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "group_archive": "groups:read",
    "group_left": "groups:read",
    "group_rename": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "user_change": "users:read",
}


@dataclass(frozen=True)
class Configured:
    """A manifest, read; None stands for everything."""

    events: frozenset[str] | None = None
    scopes: frozenset[str] | None = None
    commands: dict[str, bool] | None = None  # whether its mentions are sent with ids
    shortcuts: frozenset[tuple[str, str]] | None = None  # type, callback id
    home: bool = True
    direct: bool = True
    faults: list[str] = field(default_factory=list)


def configured(manifest: Json) -> Configured:
    """What Slack makes of a manifest."""
    features, settings = manifest["features"], manifest["settings"]
    scopes = frozenset(manifest["oauth_config"]["scopes"]["bot"])
    events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", ()))
    commands = features.get("slash_commands", ())
    home = features.get("app_home", {})
    lacking = sorted(
        f"the manifest lacks {NEEDED[each]} for {each}"
        for each in events
        if each in NEEDED and NEEDED[each] not in scopes
    )
    if commands and "commands" not in scopes:
        lacking.append("the manifest lacks commands for its slash commands")
    return Configured(
        events,
        scopes,
        {each["command"]: bool(each.get("should_escape")) for each in commands},
        frozenset((each["type"], each["callback_id"]) for each in features.get("shortcuts", ())),
        bool(home.get("home_tab_enabled")),
        bool(home.get("messages_tab_enabled")) and not home.get("messages_tab_read_only_enabled"),
        lacking,
    )
