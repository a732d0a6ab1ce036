"""Names every dialog: what is not here is not in the menu, the help or any button."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from dialogs import arriving, codes, front, joining, rounds, speaking
from dialogs.arrived import actions, again, conclusions, taking, when
from dialogs.arrived import shown as arrived_shown
from dialogs.arrived import typed as arrived_typed
from dialogs.arrived.dialog import arrived, promised
from dialogs.belonging import joining as joining_dialog
from dialogs.choosing import which
from dialogs.home import home
from dialogs.me import away, erasing, leaving, setting, showing, zones
from dialogs.me.page import me
from dialogs.members import members
from dialogs.registry import Registry
from dialogs.reports import brief, meeting, sheet
from dialogs.rounds.dialog import rounds_dialog
from dialogs.setup import setup
from dialogs.web_links import web

ROOMS = (
    actions,
    again,
    arrived_shown,
    arrived_typed,
    conclusions,
    taking,
    when,
    arriving,
    front,
    brief,
    codes,
    joining,
    away,
    erasing,
    leaving,
    setting,
    showing,
    zones,
    meeting,
    sheet,
    speaking,
)  # they register handlers
for each in iter_modules(rounds.__path__, "dialogs.rounds."):
    import_module(each.name)  # all of them are about rounds, and register what they handle


@cache
def registry() -> Registry:
    """All dialogs, by name and word."""
    every = (setup, joining_dialog, members, rounds_dialog, arrived, promised, which, web, me, home)
    return Registry(every)
