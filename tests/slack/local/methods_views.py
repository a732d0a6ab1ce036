"""Web API: modals and home tabs."""

from __future__ import annotations

from tests.slack.local.call import Call, Refusal
from tests.slack.local.shapes import view_json
from tests.slack.local.state import TRIGGER_LIFE, VIEWS_AT_MOST, Json, State, Trigger, View


def open_view(call: Call) -> Json:
    """views.open: once, within three seconds of what the person did."""
    content = _modal(call)
    trigger = _trigger(call)
    view = _new(call, trigger, content)
    call.state.modals[trigger.user.id] = [view]
    return _shown(call, view)


def push(call: Call) -> Json:
    """views.push: on top of the modal that the trigger came from."""
    content = _modal(call)
    trigger = _trigger(call)
    stack = call.state.modals.get(trigger.user.id, [])
    if trigger.view is None or trigger.view not in stack:
        raise Refusal("not_found")
    if len(stack) >= VIEWS_AT_MOST:
        raise Refusal("push_limit_reached")
    view = _new(call, trigger, content)
    put_on_top(view, stack)
    return _shown(call, view)


def update(call: Call) -> Json:
    """views.update, of a modal that is still open."""
    content = call.view()
    id, external = call.text("view_id"), call.text("external_id")
    for stack in call.state.modals.values():
        for view in stack:
            if view.id == id or (external and view.content.get("external_id") == external):
                _same_hash(call, view)
                replace(call.state, view, content)
                return _shown(call, view)
    raise Refusal("not_found")


def publish(call: Call) -> Json:
    """views.publish: a person's home tab."""
    content, user = call.view(), call.user("user_id")
    if content["type"] != "home":
        raise Refusal("invalid_arguments")
    if not call.state.has_home:
        raise Refusal("not_enabled")
    key = (call.install.bot.id, user.id)
    if before := call.state.homes.get(key):
        _same_hash(call, before)
        replace(call.state, before, content)
    else:
        ids = call.state.ids
        call.state.homes[key] = View(ids("V"), user, call.install, content, ids("hash"))
    return _shown(call, call.state.homes[key])


def replace(state: State, view: View, content: Json) -> None:
    """New content for a view; what is typed stays where the same inputs are."""
    view.content, view.hash = content, state.ids("hash")
    kept = {block["block_id"]: block for block in content["blocks"] if block["type"] == "input"}
    view.entered = {
        block: values
        for block, values in view.entered.items()
        if block in kept and kept[block]["element"].get("action_id") in values
    }


def put_on_top(view: View, stack: list[View]) -> None:
    """A further view in a person's stack."""
    view.root, view.previous = stack[0].id, stack[-1].id
    stack.append(view)


def _modal(call: Call) -> Json:
    content = call.view()
    if content["type"] != "modal":
        raise Refusal("invalid_arguments")
    return content


def _trigger(call: Call) -> Trigger:
    trigger = call.state.triggers.get(call.text("trigger_id"))
    if trigger is None or trigger.install is not call.install:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if call.state.now() - trigger.at > TRIGGER_LIFE:
        raise Refusal("expired_trigger_id")
    trigger.used = True
    return trigger


def _new(call: Call, trigger: Trigger, content: Json) -> View:
    ids = call.state.ids
    return View(ids("V"), trigger.user, call.install, content, ids("hash"))


def _same_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise Refusal("hash_conflict")


def _shown(call: Call, view: View) -> Json:
    return {"view": view_json(view, call.state.app_id)}
