"""Names every dialog: what is not here is not in the menu, the help or any button."""

from __future__ import annotations

from functools import cache

from dialogs import arriving, codes, joining, speaking
from dialogs.arrived import actions, again, conclusions, when
from dialogs.arrived import shown as arrived_shown
from dialogs.arrived import typed as arrived_typed
from dialogs.arrived.dialog import arrived, promised
from dialogs.belonging import joining as joining_dialog
from dialogs.choosing import which
from dialogs.home import home
from dialogs.members import members
from dialogs.registry import Registry
from dialogs.reports import brief, meeting
from dialogs.rounds import (
    answering,
    asking,
    more,
    opening,
    receipts,
    reminders,
    revisions,
    running,
    shown,
    summary,
    thread,
    typed,
    words,
)
from dialogs.rounds.dialog import rounds_dialog
from dialogs.setup import setup

ROOMS = (
    actions,
    again,
    arrived_shown,
    arrived_typed,
    conclusions,
    when,
    arriving,
    codes,
    joining,
    speaking,
    answering,
    asking,
    brief,
    meeting,
    more,
    opening,
    receipts,
    reminders,
    revisions,
    running,
    shown,
    summary,
    thread,
    typed,
    words,
)  # they register handlers


@cache
def registry() -> Registry:
    """All dialogs, by name and word."""
    return Registry((setup, joining_dialog, members, rounds_dialog, arrived, promised, which, home))
