"""The local Slack behaves like Slack: channels, workspaces, grids, and who comes and goes."""

from __future__ import annotations

import pytest

from tests.slack.listener import BUTTON, Stage, refused, run
from tests.slack.local import NotPossible, at


def test_coming_and_going_is_told() -> None:
    async def act(made: Stage) -> None:
        slack, bot = made.slack, made.team.app.bot
        room = slack.channel("digital-vei", made.team, made.kari, bot=False)
        await slack.say(made.kari, room, "ingen hører")
        assert made.listener.came == []
        await slack.join(bot, room, inviter=made.kari)
        await slack.join(made.ola, room)
        joined = made.listener.events("member_joined_channel")
        assert [each["user"] for each in joined] == [bot.id, made.ola.id]
        assert joined[0]["inviter"] == made.kari.id
        old = room.id
        await slack.change_id(room)
        assert made.listener.events("channel_id_changed")[0]["old_channel_id"] == old
        await slack.leave(made.ola, room)
        await slack.leave(bot, room, by=made.kari)
        left = made.listener.events("member_left_channel")
        assert [each["user"] for each in left] == [made.ola.id]
        assert made.listener.events("channel_left")[0]["actor_id"] == made.kari.id
        await slack.open_home(made.kari)
        assert made.listener.events("app_home_opened")[0]["tab"] == "home"
        slack.post.subscribed = frozenset({"app_uninstalled"})
        await slack.uninstall(made.team)
        assert made.listener.events("tokens_revoked") == []
        assert len(made.listener.events("app_uninstalled")) == 1

    run(act)


def test_what_becomes_of_channels_is_told() -> None:
    async def act(made: Stage) -> None:
        slack, listener = made.slack, made.listener
        ks = slack.workspace("KS", installed=False)
        room = slack.channel("digital-vei", made.team, made.kari)
        await slack.rename(room, "felles-vei")
        assert listener.events("channel_rename")[0]["channel"]["name"] == "felles-vei"
        await slack.share(room, ks)
        assert listener.events("channel_shared")[0]["connected_team_id"] == ks.id
        said = await slack.say(made.kari, room, "https://nav.no")
        assert listener.came[-1]["is_ext_shared_channel"]
        await slack.unfurl(said, "Nav")
        shown = listener.events("message")[-1]
        assert shown["message"]["text"] == shown["previous_message"]["text"]
        assert "edited" not in shown["message"]
        await slack.archive(room, made.kari)
        assert listener.events("channel_archive")[0]["channel"] == room.id
        hidden = slack.channel("lukket", made.team, made.kari, kind="group")
        await slack.rename(hidden, "lukka")
        assert listener.events("group_rename")[0]["channel"]["id"] == hidden.id

    run(act)


def test_two_installations_in_one_channel_get_one_event() -> None:
    async def act(made: Stage) -> None:
        slack, came = made.slack, made.listener.came
        ks = slack.workspace("KS")
        siri = slack.person(ks, "Siri Berg")
        room = slack.channel("felles", made.team, made.kari, siri, shared_with=(ks,))
        await slack.join(ks.app.bot, room)
        before = len(came)
        await slack.say(siri, room, f"{at(ks.app.bot)} hei")
        message, mention = came[before:]
        assert message["authorizations"][0]["team_id"] == made.team.id
        assert mention["authorizations"][0]["team_id"] == ks.id
        await slack.revoke(made.team)
        await slack.say(siri, room, "hei")
        assert came[-1]["authorizations"][0]["team_id"] == ks.id

    run(act)


def test_people_from_elsewhere_keep_their_own_workspace() -> None:
    async def act(made: Stage) -> None:
        slack, client, came = made.slack, made.client(), made.listener.came
        ks = slack.workspace("KS", installed=False)
        grid = slack.workspace("Digdir", installed=False, enterprise="E0GRID")
        siri, per = slack.person(ks, "Siri Berg"), slack.person(grid, "Per Vik")
        room = slack.channel("felles", made.team, made.kari, siri, per, shared_with=(ks, grid))
        await slack.say(siri, room, f"Hei {at(made.team.app.bot)}")
        outer = came[0]
        assert outer["team_id"] == made.team.id
        assert [each["team_id"] for each in outer["authorizations"]] == [made.team.id]
        assert outer["event"]["user_team"] == ks.id
        await slack.say(per, room, "hei")
        assert came[-1]["event"]["user_team"] == "E0GRID"
        await slack.say(made.kari, room, "hei")
        assert "user_team" not in came[-1]["event"]
        answer = await client.chat_postMessage(channel=room.id, text="Neste?", blocks=[BUTTON])
        await slack.quiet()
        message = room.messages[answer["ts"]]
        await slack.press(siri, message, "round:next:7")
        assert came[-1]["user"]["team_id"] == ks.id
        assert came[-1]["team"]["id"] == made.team.id
        with pytest.raises(NotPossible):
            await slack.command(siri, room, "/samspill")
        assert await refused(client.conversations_open(users=siri.id)) == "user_not_visible"

    run(act)


# Slack's client warns of itself: it signs in with what aiohttp calls deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
def test_a_code_gives_a_token_once() -> None:
    async def act(made: Stage) -> None:
        state, client = made.slack.state, made.client()
        ks = made.slack.workspace("KS", installed=False)
        code = made.slack.consent(made.slack.person(ks, "Siri Berg"), frozenset({"chat:write"}))
        who = {"client_id": state.client_id, "client_secret": state.client_secret}
        wrong = who | {"client_secret": "x"}
        assert await refused(client.oauth_v2_access(**wrong, code=code)) == "bad_client_secret"
        got = await client.oauth_v2_access(**who, code=code)
        assert got["team"]["id"] == ks.id
        assert await refused(client.oauth_v2_access(**who, code=code)) == "invalid_code"
        client.token = got["access_token"]
        assert (await client.auth_test())["user_id"] == got["bot_user_id"]
        assert await refused(client.team_info()) == "missing_scope"
        made.slack.faults.clear()

    run(act)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
def test_a_grid_is_installed_as_a_whole() -> None:
    async def act(made: Stage) -> None:
        slack, client, came = made.slack, made.client(), made.listener.came
        north, south = (
            slack.workspace(name, installed=False, enterprise="E0GRID") for name in ("Nord", "Sør")
        )
        per = slack.person(south, "Per Vik")
        code = slack.consent(slack.person(north, "Eva Dal"), whole=True)
        state = slack.state
        got = await client.oauth_v2_access(
            client_id=state.client_id, client_secret=state.client_secret, code=code
        )
        assert (got["team"], got["enterprise"]["id"]) == (None, "E0GRID")
        client.token = got["access_token"]
        room = slack.channel("sørpå", south, per)
        await client.chat_postMessage(channel=room.id, text="hei", blocks=[BUTTON])
        await slack.quiet()
        outer, author = came[-1], came[-1]["authorizations"][0]
        assert (outer["team_id"], author["team_id"]) == (south.id, None)
        assert author["is_enterprise_install"]
        await slack.press(per, slack.sees(per, room)[0].message, "round:next:7")
        assert came[-1]["is_enterprise_install"]
        assert came[-1]["enterprise"]["id"] == "E0GRID"
        assert await refused(client.users_conversations()) == "missing_argument"
        mine = await client.users_conversations(team_id=south.id)
        assert [each["id"] for each in mine["channels"]] == [room.id]

    run(act)


MANIFEST = {
    "features": {
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/samspill"}],
        "shortcuts": [{"type": "global", "callback_id": "menu"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
}


def test_an_app_may_do_what_its_manifest_says() -> None:
    async def act(made: Stage) -> None:
        slack, client, came = made.slack, made.client(), made.listener.came
        slack.configure(MANIFEST)
        room = slack.channel("digital-vei", made.team, made.kari)
        await slack.say(made.kari, room, "hei")
        assert came == []
        await slack.say(made.kari, slack.direct(made.kari), "hei")
        await slack.command(made.kari, room, "/samspill", f"meld {at(made.ola)}")
        assert came[-1]["text"] == "meld @Ola Hansen"
        with pytest.raises(NotPossible):
            await slack.command(made.kari, room, "/samspel")
        await slack.shortcut(made.kari, "menu")
        with pytest.raises(NotPossible):
            await slack.shortcut(made.kari, "other")
        page = {"type": "home", "blocks": [BUTTON]}
        assert await refused(client.views_publish(user_id=made.kari.id, view=page)) == "not_enabled"
        assert slack.faults == []
        assert await refused(client.users_info(user=made.kari.id)) == "missing_scope"
        slack.faults.clear()
        events = {"event_subscriptions": {"bot_events": ["app_mention"]}}
        slack.configure(MANIFEST | {"settings": events})
        assert slack.faults == ["the manifest lacks app_mentions:read for app_mention"]
        slack.faults.clear()

    run(act)
