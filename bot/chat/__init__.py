"""The built-in chat: a small platform of our own, for people with neither Slack nor Teams.

It is a platform like any other. Samspill's core reaches it through `ChatChannel` (`bot/channel.py`)
and is reached by neutral events. How to put it together (see also `bot/chat/ports.py`):

    hub = Hub(workers)                                # Workers(database), see bot/workers.py
    web = ChatChannel("web", workers, hub, clock.now) # and ChatChannel("terminal", …) in the demo
    async def take(event): return await workers.run(turns.handle, event)
    site = Site(settings.base_url, settings.proxies)
    setup(app, workers=workers, hub=hub, take=take, now=clock.now, files=seer.file, site=site)

`take` returns once the turn has committed and raises otherwise: the page then tries again with the
same event id. Who asks is told by the session that a personal link began (`/inn/TOKEN`); without
one every page shows how to get a link and nothing else. `who(request)` may be given instead: the
`Seat` of whoever asks, or None. In the demo, pass `demo=DemoControls(people, move_clock, now)`: the
bar with people and clock, `/demo` and `/terminal` are added, whoever has no session is whom they
switched to, and all of `app` answers to names of this machine only. Rooms are made with
`storage.chat_rooms.open_room`, `members_room` and `direct_room`; a tenant belongs to one platform.
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
from bot.chat.limits import Limits
from bot.chat.ports import DemoControls, DemoPerson, Files, Seat, Take, Who
from bot.chat.security import Site, settle
from bot.chat.sessions import Sessions
from bot.chat.signing import Signing
from bot.workers import Workers

__all__ = ["ChatChannel", "DemoControls", "DemoPerson", "Hub", "Limits", "Seat", "Site", "setup"]


def setup(
    app: web.Application,
    *,
    workers: Workers,
    hub: Hub,
    take: Take,
    now: Callable[[], datetime],
    files: Files,
    site: Site | None = None,
    who: Who | None = None,
    demo: DemoControls | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve the chat in `app`: pages under `/`, `/chat` and `/inn`, and with `demo` the demo's."""
    acts = Acts(workers, hub, take, now)
    site, limits = site or Site(), limits or Limits()
    settle(app, site)
    sessions = Sessions(workers, now, site)
    if demo is not None:
        who = who or _open_demo(
            app, demo, workers=workers, hub=hub, acts=acts, files=files, sessions=sessions
        )
    who = who or sessions.who
    signing = Signing(workers, hub, take, now, sessions=sessions, limits=limits, site=site)
    edge = Edge(workers, hub, acts, who, demo=demo, limits=limits, welcome=signing.welcome)
    app.add_routes(signing.routes())
    app.add_routes(edge.routes())
    app.add_routes([handing_over(workers, who, files)])

    async def close(_: web.Application) -> None:
        await hub.close()

    app.on_shutdown.append(close)


def _open_demo(
    app: web.Application,
    demo: DemoControls,
    *,
    workers: Workers,
    hub: Hub,
    acts: Acts,
    files: Files,
    sessions: Sessions,
) -> Who:
    from bot.chat.demo import Demo, who_by_cookie, who_is_named
    from bot.chat.security import only_local
    from bot.chat.terminal import FILES_HERE, Terminal

    who = who_by_cookie(demo, sessions)
    app.middlewares.append(only_local)
    app.add_routes(Demo(workers, who, demo, sessions).routes())
    app.add_routes(Terminal(workers, hub, acts, demo).routes())
    app.add_routes([handing_over(workers, who_is_named(demo), files, FILES_HERE)])
    return who
