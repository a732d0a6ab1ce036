"""What waits for somebody's next words in their direct conversation, wherever they acted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dialogs.turn import Turn
from storage import conversations, places
from storage.tables import Conversation


def wait_for(
    turn: Turn,
    dialog: str,
    step: str,
    data: dict[str, Any],
    lasts: timedelta,
    *,
    person_id: int | None = None,
    collaboration_id: int | None = None,
) -> None:
    """Let this step of a dialog wait there, for as long as it `lasts`, instead of what waited
    before; for whoever acts, if nobody else is named."""
    whose = turn.me.id if person_id is None else person_id
    conversations.wait_for(
        turn.db,
        person_id=whose,
        place_id=places.direct_of(turn.db, whose).id,
        collaboration_id=collaboration_id,
        dialog=dialog,
        step=step,
        data=data,
        expires_at=turn.now + lasts,
    )


def waiting(turn: Turn, dialog: str = "", *, person_id: int | None = None) -> Conversation | None:
    """What waits there, of this dialog or (if none is named) of any; of whoever acts, if nobody
    else is named."""
    whose = turn.me.id if person_id is None else person_id
    direct = places.direct_of(turn.db, whose)
    found = conversations.waiting(turn.db, whose, direct.id, turn.now)
    return found if found is not None and dialog in ("", found.dialog) else None


def let_go(turn: Turn, waits: Conversation) -> None:
    """It waits no more: it has its answer, or none is wanted."""
    conversations.stop(turn.db, waits.person_id, waits.place_id)
