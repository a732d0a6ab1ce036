"""The manifest: the least that is needed, and the command that prints it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.slack.manifest import ENDINGS, EVENT_TYPES, SCOPES, manifest

SITE = "https://samspill.example.org"
# What Slack asks for each event, https://docs.slack.dev/reference/events.
NEEDS = {
    "app_home_opened": "",  # nothing
    "app_mention": "app_mentions:read",
    "channel_id_changed": "channels:read",
    "channel_left": "channels:read",
    "channel_rename": "channels:read",
    "group_rename": "groups:read",
    "user_change": "users:read",
    "group_left": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


def test_every_event_has_its_scope_and_no_scope_reads_what_nobody_needs() -> None:
    assert set(NEEDS) == set(EVENT_TYPES)
    assert set(NEEDS.values()) - {""} <= set(SCOPES)
    reading = {each for each in SCOPES if each.endswith(":history")}
    assert reading == {"channels:history", "groups:history", "im:history"}


def test_over_http_everything_comes_to_one_address() -> None:
    made = manifest(SITE, socket_mode=False)
    settings, commands = made["settings"], made["features"]["slash_commands"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(each["url"] for each in commands),
    }
    assert addresses == {f"{SITE}/slack/events"}
    assert [each["command"] for each in commands] == ["/samspill", "/samspel"]
    assert settings["token_rotation_enabled"] is False


def test_in_socket_mode_it_names_no_address() -> None:
    made = manifest(SITE, socket_mode=True)
    assert made["settings"]["socket_mode_enabled"]
    assert SITE not in json.dumps(made)


def test_for_many_workspaces_it_names_where_installing_comes_back_to() -> None:
    made = manifest(SITE, socket_mode=False, many=True)
    assert made["oauth_config"]["redirect_urls"] == [f"{SITE}/slack/oauth_redirect"]
    assert made["settings"]["org_deploy_enabled"] is True
    assert set(ENDINGS) <= set(made["settings"]["event_subscriptions"]["bot_events"])
    alone = manifest(SITE, socket_mode=False)
    assert "redirect_urls" not in alone["oauth_config"]
    assert alone["settings"]["org_deploy_enabled"] is False


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(main, ["slack", "manifest", "--url", f"{SITE}/"])
    assert done.exit_code == 0
    assert json.loads(done.output) == manifest(SITE, socket_mode=False)
    many = CliRunner().invoke(main, ["slack", "manifest", "--url", SITE, "--many"])
    assert json.loads(many.output) == manifest(SITE, socket_mode=False, many=True)
    refused = CliRunner().invoke(main, ["slack", "manifest", "--url", "http://samspill.example"])
    assert refused.exit_code == 2
    assert "--socket-mode" in refused.output
    for address in (f"{SITE}/samspill", "samspill.example.org", "https://"):
        wrong = CliRunner().invoke(main, ["slack", "manifest", "--url", address])
        assert wrong.exit_code == 2
        assert "without a path" in wrong.output
    told = CliRunner().invoke(main, ["slack", "manifest", "--explain"]).output
    assert all(why in told for why in (*SCOPES.values(), *EVENT_TYPES.values()))
