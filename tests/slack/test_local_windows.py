"""The local Slack behaves like Slack: triggers, windows, buttons and answers at an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import ClientSession

from tests.slack.listener import BUTTON, Stage, refused, run
from tests.slack.local import NotPossible

MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Svar"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Hvorfor?"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": {"type": "plain_text", "text": "Hvem?"},
            "element": {
                "type": "checkboxes",
                "action_id": "several",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": name}
                    for name in ("Nav", "KS")
                ],
            },
        },
    ],
}


def test_a_trigger_opens_one_window_within_three_seconds() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari)

        async def pressed() -> str:
            await slack.command(made.kari, room, "/samspill", "meg")
            return made.listener.came[-1]["trigger_id"]

        first = await pressed()
        made.clock.forward(timedelta(seconds=3))
        await client.views_open(trigger_id=first, view=MODAL)
        assert await refused(client.views_open(trigger_id=first, view=MODAL)) == (
            "exchanged_trigger_id"
        )
        late = await pressed()
        made.clock.forward(timedelta(seconds=3.1))
        assert await refused(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"

    run(act)


def test_a_window_is_filled_in_sent_and_answered() -> None:
    async def act(made: Stage) -> None:
        slack, client, came = made.slack, made.client(), made.listener.came
        await slack.shortcut(made.kari, "menu")
        await client.views_open(trigger_id=came[-1]["trigger_id"], view=MODAL)
        view = slack.modal(made.kari)
        assert view is not None
        assert slack.reads(view) == "Svar\nHvorfor?\nHvem?"
        with pytest.raises(NotPossible, match="required"):
            await slack.submit(view)
        with pytest.raises(NotPossible, match="no option"):
            await slack.submit(view, {"why": "fordi", "who": ["Digdir"]})
        made.listener.answer = {"response_action": "errors", "errors": {"why": "Nei"}}
        answer = await slack.submit(view, {"why": "fordi", "who": ["KS"]})
        assert answer.errors == {"why": "Nei"}
        values = came[-1]["view"]["state"]["values"]
        assert values["why"]["text"]["value"] == "fordi"
        assert [each["value"] for each in values["who"]["several"]["selected_options"]] == ["KS"]
        assert slack.modal(made.kari) is view
        made.listener.answer = ""
        await slack.submit(view)  # what was typed is still there
        assert slack.modal(made.kari) is None

    run(act)


def test_buttons_are_pressed_and_answered_at_their_own_address() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        room = slack.channel("digital-vei", made.team, made.kari, made.ola)
        await client.chat_postEphemeral(
            channel=room.id, user=made.kari.id, text="Neste?", blocks=[BUTTON]
        )
        seen = slack.sees(made.kari, room)[0]
        button = seen.button("Neste")
        with pytest.raises(NotPossible):
            await slack.press(made.ola, seen.message, button.action_id)
        await slack.press(made.kari, seen.message, button.action_id, button.value)
        payload = made.listener.came[-1]
        assert payload["actions"][0]["value"] == "7"
        assert payload["container"]["is_ephemeral"]
        assert "message" not in payload
        async with ClientSession() as session:
            for number in range(6):
                new = {"replace_original": True, "text": f"Takk {number}"}
                async with session.post(payload["response_url"], json=new) as response:
                    assert response.status == (200 if number < 5 else 404)
        assert [each.text for each in slack.sees(made.kari, room)] == ["Takk 4"]

    run(act)


def test_windows_are_stacked_changed_and_closed() -> None:
    async def act(made: Stage) -> None:
        slack, client, came = made.slack, made.client(), made.listener.came
        await slack.shortcut(made.kari, "menu")
        first = MODAL | {"blocks": [*MODAL["blocks"], BUTTON | {"block_id": "more"}]}
        opened = await client.views_open(trigger_id=came[-1]["trigger_id"], view=first)
        view = slack.modal(made.kari)
        assert view is not None
        await slack.press_in_view(view, "round:next:7")
        assert came[-1]["container"] == {"type": "view", "view_id": view.id}
        second = MODAL | {"notify_on_close": True}
        await client.views_push(trigger_id=came[-1]["trigger_id"], view=second)
        top = slack.modal(made.kari)
        assert top is not None
        assert top.previous == view.id
        with pytest.raises(NotPossible, match="not in front"):
            await slack.submit(view, {"why": "fordi"})
        await slack.close(top)
        assert came[-1]["type"] == "view_closed"
        before = len(came)
        stale = client.views_update(view_id=view.id, hash="old", view=MODAL)
        assert await refused(stale) == "hash_conflict"
        await client.views_update(view_id=view.id, hash=opened["view"]["hash"], view=MODAL)
        assert slack.buttons(view) == slack.buttons(top)
        await slack.close(view)
        assert len(came) == before  # it did not ask to hear of it
        gone = client.views_update(view_id=view.id, view=MODAL)
        assert await refused(gone) == "not_found"

    run(act)


def test_the_home_tab_is_published_to_one_person() -> None:
    async def act(made: Stage) -> None:
        slack, client = made.slack, made.client()
        page = {"type": "home", "blocks": [BUTTON]}
        await client.views_publish(user_id=made.kari.id, view=page)
        assert slack.home(made.ola) is None
        home = slack.home(made.kari)
        assert home is not None
        assert [each.label for each in slack.buttons(home)] == ["Neste"]
        await slack.press_in_view(home, "round:next:7")
        assert made.listener.came[-1]["view"]["type"] == "home"
        await slack.open_home(made.kari)
        assert made.listener.events("app_home_opened")[0]["view"]["id"] == home.id

    run(act)


def test_a_message_shortcut_hands_over_the_message() -> None:
    async def act(made: Stage) -> None:
        room = made.slack.channel("digital-vei", made.team, made.kari, made.ola)
        said = await made.slack.say(made.kari, room, "hei")
        await made.slack.message_shortcut(made.ola, said, "hand over")
        payload = made.listener.came[-1]
        assert (payload["type"], payload["message"]["user"]) == ("message_action", made.kari.id)
        assert payload["user"]["id"] == made.ola.id

    run(act)
