"""Where Samspill is installed in Slack, and which of its places belong to which installation.

An installation that ends takes its channels with it; installed again, it has those back that Slack
has left it in.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from storage.engine import Db
from storage.tables import Installation, Membership, Place

PLATFORM = "slack"


def save(db: Db, made: Installation, outside: Collection[str] = ()) -> int:
    """Keep an installation and give its id; one of the same workspace gives way to it, and has its
    channels back, but for those that Samspill is `outside` of: there it has to be invited again."""
    before = db.exec(select(Installation).where(Installation.tenant == made.tenant)).first()
    if before is None:
        db.add(made)
        db.flush()
        return made.id
    if before.removed_at is not None:
        back = update(Place).where(*_went_with(before), col(Place.channel).not_in(outside))
        db.execute(back.values(removed_at=None))
    for name in ("enterprise", "bot_user", "bot_id", "sealed", "installed_by", "installed_at"):
        setattr(before, name, getattr(made, name))
    before.removed_at = None
    db.flush()
    return before.id


def ended_with(db: Db, tenant: str) -> list[str]:
    """The channels that went when a workspace's installation ended; none while it stands."""
    before = db.exec(select(Installation).where(Installation.tenant == tenant)).first()
    if before is None or before.removed_at is None:
        return []
    return list(db.exec(select(Place.channel).where(*_went_with(before)).order_by(col(Place.id))))


def end(db: Db, tenant: str, sealed: bytes, now: datetime) -> int | None:
    """Samspill is no longer installed there: the id. None when it is not so any more: there is no
    installation, or a new one with another token."""
    here = standing(db, [tenant])
    if not here or here[0].sealed != sealed:
        return None
    here[0].removed_at = now
    channels = update(Place).where(
        col(Place.platform) == PLATFORM,
        col(Place.tenant) == tenant,
        col(Place.person_id).is_(None),
        col(Place.removed_at).is_(None),
    )
    db.execute(channels.values(removed_at=now))
    db.flush()
    return here[0].id


def standing(db: Db, tenants: Sequence[str]) -> list[Installation]:
    """The installations of these workspaces and grids, in this order."""
    query = select(Installation).where(
        col(Installation.tenant).in_(tenants), col(Installation.removed_at).is_(None)
    )
    return sorted(db.exec(query), key=lambda each: tenants.index(each.tenant))


def reaching(db: Db, tenant: str) -> Installation | None:
    """By which installation a workspace or grid is reached: its own, else, where a workspace's own
    has ended, its grid's."""
    here = db.exec(select(Installation).where(Installation.tenant == tenant)).first()
    if here is None or here.removed_at is None:
        return here
    return next(iter(standing(db, [here.enterprise])), None) if here.enterprise else None


def bots(db: Db) -> dict[str, tuple[str, str]]:
    """Samspill's own user in each workspace and grid, and which grid that belongs to, if any."""
    query = select(Installation.tenant, Installation.bot_user, Installation.enterprise)
    found = db.exec(query.where(col(Installation.removed_at).is_(None)))
    return {tenant: (bot, grid or "") for tenant, bot, grid in found}


def keeper(db: Db, channel: str) -> Place | None:
    """The place that a channel is. One that organisations share has the same id for all of them,
    and is one place, of whichever installation met it first."""
    query = select(Place).where(
        col(Place.platform) == PLATFORM,
        col(Place.tenant).in_(select(Installation.tenant)),
        col(Place.channel) == channel,
        col(Place.person_id).is_(None),
    )
    return db.exec(query.order_by(col(Place.id))).first()


def take_over(db: Db, channel: str, tenant: str, standing_in: Container[str]) -> None:
    """Let a shared channel be this installation's, when that which had it has ended."""
    here = keeper(db, channel)
    if here is not None and here.tenant not in standing_in:
        here.tenant, here.removed_at = tenant, None
        db.flush()


def shared_with(db: Db, tenant: str, user: str) -> list[tuple[str, str]]:
    """Channels (workspace or grid, channel) of the collaborations that somebody is in: where a
    person of an organisation without an installation of its own may be found."""
    person = select(Place.person_id).where(
        col(Place.platform) == PLATFORM, col(Place.tenant) == tenant, col(Place.channel) == user
    )
    homes = select(Membership.collaboration_id).where(col(Membership.person_id).in_(person))
    query = select(Place.tenant, Place.channel).where(
        col(Place.platform) == PLATFORM,
        col(Place.collaboration_id).in_(homes),
        col(Place.person_id).is_(None),
        col(Place.removed_at).is_(None),
    )
    return [(each[0], each[1]) for each in db.exec(query.order_by(col(Place.id)))]


def forget(db: Db, platform: str, user: str) -> None:
    """Let go of who installed it."""
    if platform == PLATFORM:
        theirs = update(Installation).where(col(Installation.installed_by) == user)
        db.execute(theirs.values(installed_by=""), execution_options={"synchronize_session": False})


def _went_with(ended: Installation) -> list[ColumnElement[bool]]:
    """Which channels went when it ended."""
    return [
        col(Place.platform) == PLATFORM,
        col(Place.tenant) == ended.tenant,
        col(Place.person_id).is_(None),
        col(Place.removed_at) == ended.removed_at,
    ]
