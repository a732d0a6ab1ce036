"""A channel becomes one of a collaboration's: it is told, and the web's own is made when somebody
on the web takes part."""

from __future__ import annotations

from dialogs.messages import Message, Text
from dialogs.rounds.coming_in import bring_in
from dialogs.turn import Turn, View, translator
from storage import chat_rooms, collaborations, links, places
from storage.places import WEB_PLATFORM, WEB_TENANT
from storage.tables import Place


def tell_channel(turn: Turn, place: Place, collaboration_id: int) -> None:
    """Say in the channel itself, once, where it is now: whoever reads there ought to know."""
    home = collaborations.the(turn.db, collaboration_id)
    parties = [each.name for each in collaborations.organisations(turn.db, collaboration_id)]
    say = translator(None, place, home)
    text = say.t(
        "This channel is in «{name}» now, where {organisations} work together. When a round runs, "
        "its questions come here too.",
        name=home.name,
        organisations=say.some(parties),
    )
    message = Message(say.language, (Text(text),))
    key = f"join:p{place.id}:c{collaboration_id}"
    turn.post(place, message, key, owner=("home", ""), collaboration=collaboration_id)


def on_web(view: View) -> bool:
    """Whether this is said on the web, where a collaboration's channel is made by itself."""
    place = view.place
    return place is not None and (place.platform, place.tenant) == (WEB_PLATFORM, WEB_TENANT)


def web_channel(turn: Turn, person_id: int, collaboration_id: int) -> None:
    """See to it that a collaboration has a channel on the web, if this member of it is there: one
    for all its members, who are in it as long as they are that."""
    if links.user_of(turn.db, person_id) is None:
        return
    home = collaborations.the(turn.db, collaboration_id)
    name = translator(None, None, home).t("{name} (web)", name=home.name)
    room = chat_rooms.members_room(turn.db, WEB_PLATFORM, WEB_TENANT, home.id, name)
    place = places.meet(turn.db, WEB_PLATFORM, WEB_TENANT, room.room, name=name)
    if place.collaboration_id is None:
        tell_channel(turn, place, home.id)
        bring_in(turn, place, home.id)
