"""Who acts, where, and whereto: read for every event, with the locks that its turn needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.seeing import channel_of, whereabouts
from dialogs.events import Actor, Event
from dialogs.registry import Registry
from dialogs.route import Route
from dialogs.routing import route
from storage import people, places
from storage.engine import Db, lock
from storage.tables import Person, Place


class Rerun(Exception):
    """Who it is, or the route, changed while we waited for our locks: begin again."""


class Unsure(Exception):
    """It may be somebody whom we know otherwise: to be taken when the platform has said who."""


@dataclass(frozen=True)
class Parties:
    """Who acts and where, with the route their event takes; `new`: we have not met before."""

    person: Person | None  # None when nobody did it
    place: Place
    route: Route | None
    new: bool = False


def parties(db: Db, event: Event, registry: Registry, now: datetime, *, locks: bool) -> Parties:
    """The parties to an event; with `locks`, nobody else can change anything of theirs from here.

    Raises Rerun, and Unsure.
    """
    person, place, new = _meet(db, event, now)
    found = route(db, event, person, place, registry, now)
    if found is not None and new:
        nobody_guessed(event)
    if found is None or not locks:
        return Parties(person, place, found, new)
    person_id = person.id if person is not None else None
    lock(db, found.collaborations, [person_id] if person_id is not None else [])
    db.expire_all()
    if _ids(*whereabouts(db, event)) != (person_id, place.id):
        raise Rerun  # erased, or linked with somebody else
    again = route(db, event, person, place, registry, now)
    if again is None or again.goes_elsewhere(found):
        raise Rerun
    return Parties(person, place, again, new)


def nobody_guessed(event: Event) -> None:
    """Keep nobody new of whom the platform may yet say that they are somebody whom we know: they
    would be two from then on. Raises Unsure."""
    if event.actor is not None and event.actor.guessed:
        raise Unsure


def _ids(person: Person | None, place: Place | None) -> tuple[int | None, int | None]:
    return person.id if person else None, place.id if place else None


def _meet(db: Db, event: Event, now: datetime) -> tuple[Person | None, Place, bool]:
    """The person, if anybody did it, and the place, made on first sight; whether the person was."""
    actor, where = event.actor, event.where
    name = "" if where.direct else where.name
    person, place = whereabouts(db, event)
    if person is None and actor is not None and _moved(db, actor):
        person, place = whereabouts(db, event)
    new = person is None and actor is not None
    if person is None and actor is not None:
        person = people.meet(db, actor.platform, actor.tenant, actor.user, actor.name, now)
    if place is None or (name and place.name != name):
        place = places.meet(
            db,
            where.platform,
            where.tenant,
            channel_of(event),
            name=name,
            person_id=person.id if where.direct and person is not None else None,
        )
    return person, place, new


def _moved(db: Db, actor: Actor) -> bool:
    """Whether somebody was known by another of their tenants until now."""
    if not actor.also:
        return False
    return people.move(db, actor.platform, actor.also, actor.tenant, actor.user)
