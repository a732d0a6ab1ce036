"""The app manifest that a Slack workspace is given: what Samspill may do there, and why.

See https://docs.slack.dev/reference/app-manifest. The least that the room uses, and no more.
"""

from __future__ import annotations

from typing import Any

EVENTS = "/slack/events"  # where Slack sends events, interactions and commands
INSTALL = "/slack/install"  # where somebody lets Samspill into their workspace …
REDIRECT = "/slack/oauth_redirect"  # … and where Slack sends them back to
# Each scope of the bot's token, with what it is for.
SCOPES = {
    "app_mentions:read": "to be called upon by @Samspill in a channel",
    "channels:history": "to read answers in the threads under its own questions (public channels)",
    "channels:read": "to know when people and Samspill come into and leave public channels",
    "chat:write": "to post questions, summaries and private answers",
    "commands": "for /samspill, and the shortcuts in Slack's own menus",
    "files:write": "to hand out the page for a meeting, and one's own data when one asks for it",
    "groups:history": "to read answers in the threads under its own questions (private channels)",
    "groups:read": "to know when people and Samspill come into and leave private channels",
    "im:history": "to read what people write to Samspill itself",
    "im:write": "to begin a conversation with somebody who is asked or reminded",
    "users:read": "to know what people are called, and their language",
}
# Each event, with what it is for.
EVENT_TYPES = {
    "app_home_opened": "somebody looks at their own page of Samspill",
    "app_mention": "somebody calls upon Samspill",
    "channel_id_changed": "a channel is shared, or no longer: its threads go on",
    "channel_left": "Samspill was taken out of a public channel",
    "channel_rename": "a public channel is called otherwise",
    "group_left": "Samspill was taken out of a private channel",
    "group_rename": "a private channel is called otherwise",
    "member_joined_channel": "somebody, or Samspill, came into a channel",
    "member_left_channel": "somebody, or Samspill, left a channel",
    "message.channels": "answers in threads, and changes of them (public channels)",
    "message.groups": "answers in threads, and changes of them (private channels)",
    "message.im": "what is written to Samspill itself",
    "user_change": "somebody is called otherwise",
}
# With many workspaces: each tells when Samspill is not installed there any more.
ENDINGS = {
    "app_uninstalled": "Samspill was taken out of a workspace",
    "team_access_revoked": "Samspill was taken out of a workspace of a grid",
    "tokens_revoked": "Samspill's token for a workspace is worth nothing any more",
}
_ABOUT = (
    "Samspill hjelper folk fra flere virksomheter med å løse én oppgave sammen. Det stiller "
    "spørsmål i tråder, samler svarene, viser hvor dere ser ulikt på det, og tar fram igjen det "
    "dere ble enige om. Samspill tar vare på det som skrives i trådene under sine egne spørsmål "
    "og i direktemeldinger til seg, og ingenting annet."
)
ADD_ANSWER = "add_answer"  # the shortcut in a message's own menu
MENU = "menu"  # the shortcut beside the message field


def manifest(url: str, *, socket_mode: bool, many: bool = False) -> dict[str, Any]:
    """The manifest for a Samspill that is reached at `url`; in Socket Mode nothing reaches it.
    `many`: for all workspaces that let it in, and for whole grids."""
    events = EVENT_TYPES | (ENDINGS if many else {})
    address = f"{url}{EVENTS}"
    reached = {} if socket_mode else {"request_url": address}
    commands = [
        {
            "command": f"/{name}",
            "description": f"Samspill ({language})",
            "usage_hint": "hjelp",
            "should_escape": True,
            **({} if socket_mode else {"url": address}),
        }
        for name, language in (("samspill", "bokmål"), ("samspel", "nynorsk"))
    ]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Samspill",
            "description": "Stiller spørsmål som dere tenker sammen om, og husker svarene.",
            "long_description": _ABOUT,
            "background_color": "#1d4f63",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Samspill", "always_online": True},
            "shortcuts": [
                {
                    "name": "Samspill",
                    "type": "global",
                    "callback_id": MENU,
                    "description": "Vis hva Samspill kan gjøre",
                },
                {
                    "name": "Legg til som svar",
                    "type": "message",
                    "callback_id": ADD_ANSWER,
                    "description": "Gi meldingen din i en spørsmålstråd som svar på spørsmålet",
                },
            ],
            "slash_commands": commands,
        },
        "oauth_config": {
            **({"redirect_urls": [f"{url}{REDIRECT}"]} if many else {}),
            "scopes": {"bot": sorted(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**reached, "bot_events": sorted(events)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": many,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
