"""The built-in chat: a small platform of our own, for people with neither Slack nor Teams.

It is a platform like any other. Samspill's core reaches it through `ChatChannel` (`bot/channel.py`)
and is reached by neutral events. How to put it together (see also `bot/chat/ports.py`):

    hub = Hub(workers)                                # Workers(database), see bot/workers.py
    web = ChatChannel("web", workers, hub, clock.now) # and ChatChannel("terminal", …) in the demo
    async def take(event): return await workers.run(turns.handle, event)
    setup(app, workers=workers, hub=hub, take=take, now=clock.now, files=seer.file, who=who)

`take` returns once the turn has committed and raises otherwise: the page then tries again with the
same event id. `who(request)` gives the `Seat` of whoever asks, or None: then every page shows how
to get a link and nothing else. In the demo, pass `demo=DemoControls(people, move_clock, now)`
instead of `who`: the bar with people and clock, `/demo` and `/terminal` are added, and all of `app`
answers to names of this machine only. Rooms are made with `storage.chat.open_room` and
`direct_room`; a tenant belongs to one platform.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.chat.acts import Acts
from bot.chat.channel import ChatChannel
from bot.chat.edge import Edge
from bot.chat.files import handing_over
from bot.chat.hub import Hub
from bot.chat.ports import DemoControls, DemoPerson, Files, Seat, Take, Who
from bot.workers import Workers

__all__ = ["ChatChannel", "DemoControls", "DemoPerson", "Hub", "Seat", "setup"]


def setup(
    app: web.Application,
    *,
    workers: Workers,
    hub: Hub,
    take: Take,
    now: Callable[[], datetime],
    files: Files,
    who: Who | None = None,
    demo: DemoControls | None = None,
) -> None:
    """Serve the chat in `app`: pages under `/` and `/chat`, and with `demo` the demo's extras."""
    acts = Acts(workers, hub, take, now)
    if demo is not None:
        who = who or _open_demo(app, workers, hub, acts, demo, files)
    if who is None:
        raise ValueError("setup needs who, or demo")
    app.add_routes(Edge(workers, hub, acts, who, demo).routes())
    app.add_routes([handing_over(workers, who, files)])

    async def close(_: web.Application) -> None:
        await hub.close()

    app.on_shutdown.append(close)


def _open_demo(
    app: web.Application, workers: Workers, hub: Hub, acts: Acts, demo: DemoControls, files: Files
) -> Who:
    from bot.chat.demo import Demo, who_by_cookie, who_is_named
    from bot.chat.security import only_local
    from bot.chat.terminal import FILES_HERE, Terminal

    who = who_by_cookie(demo)
    app.middlewares.append(only_local)
    app.add_routes(Demo(workers, who, demo).routes())
    app.add_routes(Terminal(workers, hub, acts, demo).routes())
    app.add_routes([handing_over(workers, who_is_named(demo), files, FILES_HERE)])
    return who
