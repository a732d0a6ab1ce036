"""Web API: files, tokens and installations."""

from __future__ import annotations

from tests.slack.local.call import Call, Refusal
from tests.slack.local.shapes import file_json
from tests.slack.local.state import Install, Json, Message, State, Upload


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name, length = call.text("filename"), call.text("length")
    if not name or not length.isdecimal() or int(length) < 1:
        raise Refusal("invalid_arguments")
    file = Upload(call.state.ids("F"), name, int(length), alt=call.text("alt_txt"))
    call.state.uploads[file.id] = file
    return {"upload_url": f"{call.origin}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: shares the files; which message it became, it does not say."""
    files = call.json("files")
    if not isinstance(files, list) or not files:
        raise Refusal("invalid_arguments")
    uploads = [_arrived(call, each) for each in files]
    if call.text("channel_id"):
        channel = call.channel("channel_id")
        if channel.archived:
            raise Refusal("is_archived")
        thread = call.text("thread_ts") or None
        ts = call.state.new_ts(channel)
        text = call.text("initial_comment")
        message = Message(ts, channel, call.install.bot, text, [], thread, "file_share")
        message.files = uploads
        for each in uploads:
            each.shares.append((channel.id, ts))
        call.tell(call.state.add(message))
    return {"files": [file_json(each) for each in uploads]}


def file_info(call: Call) -> Json:
    """files.info, which says where a file was shared."""
    file = call.state.uploads.get(call.text("file"))
    if file is None or not file.arrived:
        raise Refusal("file_not_found")
    return {"file": file_json(file, call.state.channels)}


def delete_file(call: Call) -> Json:
    """files.delete: the app's own file goes, and with it the message that shared it."""
    file = call.state.uploads.pop(call.text("file"), None)
    if file is None:
        raise Refusal("file_not_found")
    for channel_id, ts in file.shares:
        call.state.channels[channel_id].messages.pop(ts, None)
    return {}


def _arrived(call: Call, wanted: Json) -> Upload:
    file = call.state.uploads.get(str(wanted.get("id")))
    if file is None or not file.arrived:
        raise Refusal("file_not_found")
    file.title = wanted.get("title") or file.name
    return file


def auth_test(call: Call) -> Json:
    """auth.test: whose token it is."""
    install, team = call.install, call.install.bot.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": "samspill",
        "team_id": team.id,
        "user_id": install.bot.id,
        "bot_id": install.bot_id,
        "enterprise_id": team.enterprise,
        "is_enterprise_install": install.whole,
    }


def revoke(call: Call) -> Json:
    """auth.revoke: the token is worth nothing any more."""
    if call.flag("test"):
        return {"revoked": False}
    call.install.dead = "token_revoked"
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [call.install.bot.id]}}
    call.post.event_soon(event, call.install)
    return {"revoked": True}


def access(state: State, client: tuple[str, str], code: str) -> Json:
    """oauth.v2.access: a code that a person's consent gave becomes a token, once."""
    if client[0] != state.client_id:
        raise Refusal("invalid_client_id")
    if client[1] != state.client_secret:
        raise Refusal("bad_client_secret")
    if code not in state.codes:
        raise Refusal("invalid_code")
    user, scopes, whole = state.codes.pop(code)
    install: Install = state.new_install(user.team, scopes, whole=whole)
    team = user.team
    grid = {"id": team.enterprise, "name": "Grid"} if team.enterprise else None
    return {
        "access_token": install.token,
        "token_type": "bot",
        "scope": ",".join(sorted(scopes or ())),
        "bot_user_id": install.bot.id,
        "app_id": state.app_id,
        "team": None if whole else {"id": team.id, "name": team.name},
        "enterprise": grid,
        "authed_user": {"id": user.id},
        "is_enterprise_install": whole,
    }
