"""`samspill serve` with Slack set up, as an operator runs it: a real process, the local Slack."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest
from aiohttp import ClientError, ClientSession

from bot.slack.manifest import EVENTS
from tests.slack.local import LocalSlack, local_slack

SAMSPILL = Path(sys.executable).with_name("samspill")
PATIENCE = 30.0


def settings(slack: LocalSlack, folder: Path, port: int, *, socket_mode: bool) -> dict[str, str]:
    ours = {
        "SAMSPILL_SECRET_KEY": "k" * 40,
        "SAMSPILL_DATABASE_URL": f"sqlite:///{folder / 'samspill.db'}",
        "SAMSPILL_PORT": str(port),
        "SLACK_API_URL": slack.base_url,
        "SLACK_BOT_TOKEN": next(iter(slack.state.teams.values())).app.token,
    }
    if socket_mode:
        return ours | {"SLACK_APP_TOKEN": slack.state.app_token}
    return ours | {"SLACK_SIGNING_SECRET": slack.state.signing_secret}


async def until(look, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await look():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket mode"])
def test_somebody_writes_to_samspill_and_is_answered(tmp_path: Path, socket_mode: bool) -> None:
    async def story() -> None:
        async with local_slack(lambda: datetime.now(UTC)) as slack, ClientSession() as session:
            team = slack.workspace("Nav")
            kari = slack.person(team, "Kari Nordmann")
            direct = slack.direct(kari)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            env = os.environ | settings(slack, tmp_path, port, socket_mode=socket_mode)
            migrating = await asyncio.create_subprocess_exec(SAMSPILL, "migrate", env=env)
            assert await migrating.wait() == 0
            serving = await asyncio.create_subprocess_exec(
                SAMSPILL, "serve", env=env, stdout=PIPE, stderr=STDOUT
            )
            try:
                site = f"http://127.0.0.1:{port}"
                slack.events_at = "" if socket_mode else f"{site}{EVENTS}"

                async def ready() -> bool:
                    try:
                        async with session.get(f"{site}/readyz") as answer:
                            up = answer.status == 200
                    except ClientError:
                        return False
                    return up and (not socket_mode or slack.sockets.connected)

                await until(ready, "samspill serve")
                await slack.say(kari, direct, "hei")

                async def answered() -> bool:
                    ours = [each for each in slack.sees(kari, direct) if each.by == "Samspill"]
                    return bool(ours) and "Kari" not in ours[-1].text

                await until(answered, "an answer")
                async with session.post(f"{site}{EVENTS}", data=b"{}") as forged:
                    assert forged.status == (404 if socket_mode else 401)
            finally:
                serving.terminate()
                output = (await serving.communicate())[0].decode()
            assert serving.returncode == 0, output
            assert "hei" not in output

    asyncio.run(story())
