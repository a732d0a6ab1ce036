"""Personal links to the web and the sessions that begin with them: kept as hashes, never as given.

A token has 256 random bits, so a plain hash is enough, and looking it up tells no guesser how near
they came. Every person on the web sits in one workspace of the built-in chat, `WEB_TENANT`.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, update
from sqlmodel import col, select

from storage import chat_rooms, people
from storage.engine import Db, by_id, changed
from storage.places import WEB_PLATFORM, WEB_TENANT
from storage.tables import ChatMessage, Identity, Membership, Person, WebLink, WebSession

OWN_LASTS = timedelta(minutes=30)
INVITATION_LASTS = timedelta(days=7)
IDLE = timedelta(days=30)  # a session ends when it is not used for so long
LONGEST = timedelta(days=180)  # and however much it is used
RANDOM_BYTES = 32


def token(random: bytes) -> str:
    """Random bytes as they stand in an address or a cookie."""
    return urlsafe_b64encode(random).rstrip(b"=").decode()


def hashed(given: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()


# --- links ------------------------------------------------------------------------------------


def make_own(db: Db, token_hash: str, person_id: int, now: datetime) -> None:
    """A link for somebody we know; the one they had before and did not use is gone."""
    unused = and_(col(WebLink.used_at).is_(None), col(WebLink.invites).is_(False))
    db.execute(delete(WebLink).where(col(WebLink.person_id) == person_id, unused))
    made = WebLink(
        token_hash=token_hash,
        person_id=person_id,
        created_by=person_id,
        created_at=now,
        expires_at=now + OWN_LASTS,
    )
    db.add(made)
    db.flush()


def invite(
    db: Db,
    token_hash: str,
    name: str,
    now: datetime,
    *,
    collaboration_id: int | None = None,
    organisation_id: int | None = None,
    created_by: int | None = None,
) -> int:
    """A link for somebody who is nowhere yet; its id."""
    made = WebLink(
        token_hash=token_hash,
        invites=True,
        name=name,
        collaboration_id=collaboration_id,
        organisation_id=organisation_id,
        created_by=created_by,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    db.add(made)
    db.flush()
    return made.id


def usable(db: Db, token_hash: str, now: datetime) -> WebLink | None:
    """The link behind a token, if it can still be used."""
    return db.exec(
        select(WebLink).where(
            WebLink.token_hash == token_hash,
            col(WebLink.used_at).is_(None),
            WebLink.expires_at > now,
        )
    ).first()


def one(db: Db, link_id: int) -> WebLink | None:
    """The link with this id."""
    return by_id(db, WebLink, link_id)


def open_invitations(db: Db, collaboration_id: int, now: datetime) -> list[WebLink]:
    """Who was invited by a link to a collaboration and has not come, oldest first."""
    return list(
        db.exec(
            select(WebLink)
            .where(WebLink.collaboration_id == collaboration_id)
            .where(col(WebLink.used_at).is_(None), col(WebLink.expires_at) > now)
            .order_by(col(WebLink.id))
        )
    )


def take_back(db: Db, link_id: int) -> bool:
    """Let a link lead nowhere; False when it was used or taken back before."""
    unused = and_(col(WebLink.id) == link_id, col(WebLink.used_at).is_(None))
    return changed(db, delete(WebLink).where(unused)) == 1


# --- coming in --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coming:
    """How somebody comes in: `person_id` when they are signed in already, else `name` for whoever
    is invited; `user` is what a new identity is called."""

    session_hash: str = field(repr=False)
    user: str
    person_id: int | None = None
    name: str = field(default="", repr=False)
    organisation_id: int | None = None


def enter(db: Db, token_hash: str, coming: Coming, now: datetime) -> WebSession | None:
    """Use a link up and begin a session; None when it cannot be used (any more)."""
    link = usable(db, token_hash, now)
    if link is None or not _use(db, link.id, now):
        return None  # somebody else was quicker
    person_id = link.person_id if not link.invites else coming.person_id
    if person_id is None:
        new = Person(name=coming.name, created_at=now)
        db.add(new)
        db.flush()
        person_id = new.id
    link.person_id, link.organisation_id, link.name = person_id, coming.organisation_id, ""
    made = WebSession(
        token_hash=coming.session_hash,
        person_id=person_id,
        user=_identity(db, person_id, coming.user),
        link_id=link.id,
        created_at=now,
        seen_at=now,
    )
    db.add(made)
    db.flush()
    return made


def _use(db: Db, link_id: int, now: datetime) -> bool:
    unused = and_(col(WebLink.id) == link_id, col(WebLink.used_at).is_(None))
    return changed(db, update(WebLink).where(unused).values(used_at=now)) == 1


def _identity(db: Db, person_id: int, user: str) -> str:
    """Who the person is on the web, made now if they were never there."""
    known = user_of(db, person_id)
    if known is not None:
        return known
    people.be_known(db, person_id, WEB_PLATFORM, WEB_TENANT, user)
    chat_rooms.direct_room(db, WEB_PLATFORM, WEB_TENANT, user)
    return user


def user_of(db: Db, person_id: int) -> str | None:
    """Who a person is on the web; None when they were never there."""
    return db.exec(
        select(Identity.user).where(
            Identity.person_id == person_id,
            Identity.platform == WEB_PLATFORM,
            Identity.tenant == WEB_TENANT,
        )
    ).first()


# --- sessions ---------------------------------------------------------------------------------


def session(db: Db, session_id: int) -> WebSession | None:
    """The session with this id, if it has not ended."""
    return by_id(db, WebSession, session_id)


def session_by(db: Db, token_hash: str, now: datetime) -> WebSession | None:
    """The session behind a cookie, if it has not ended or run out."""
    return db.exec(
        select(WebSession).where(
            WebSession.token_hash == token_hash,
            WebSession.seen_at > now - IDLE,
            WebSession.created_at > now - LONGEST,
        )
    ).first()


def sessions_of(db: Db, person_id: int, now: datetime) -> list[WebSession]:
    """Where a person is signed in, the latest used first."""
    return list(
        db.exec(
            select(WebSession)
            .where(WebSession.person_id == person_id)
            .where(col(WebSession.seen_at) > now - IDLE, col(WebSession.created_at) > now - LONGEST)
            .order_by(col(WebSession.seen_at).desc(), col(WebSession.id).desc())
        )
    )


def seen(db: Db, session_id: int, now: datetime) -> None:
    """The session is in use."""
    mine = col(WebSession.id) == session_id
    db.execute(update(WebSession).where(mine).values(seen_at=now))


def welcomed(db: Db, session_id: int) -> None:
    """The session's person was let into their rooms."""
    mine = col(WebSession.id) == session_id
    db.execute(update(WebSession).where(mine).values(welcomed=True))


def end(db: Db, session_id: int, person_id: int) -> bool:
    """End one of a person's sessions; whether there was one."""
    mine = and_(col(WebSession.id) == session_id, col(WebSession.person_id) == person_id)
    return changed(db, delete(WebSession).where(mine)) == 1


def end_all(db: Db, person_id: int) -> int:
    """End all sessions of a person, and the link that could begin another; how many there were."""
    unused = and_(col(WebLink.used_at).is_(None), col(WebLink.invites).is_(False))
    db.execute(delete(WebLink).where(col(WebLink.person_id) == person_id, unused))
    return changed(db, delete(WebSession).where(col(WebSession.person_id) == person_id))


def forget(db: Db, now: datetime) -> None:
    """Let go of what has run out: sessions, then links that no session began with."""
    ended = or_(col(WebSession.seen_at) <= now - IDLE, col(WebSession.created_at) <= now - LONGEST)
    db.execute(delete(WebSession).where(ended))
    began = select(WebSession.link_id)
    old = and_(col(WebLink.expires_at) <= now - IDLE, col(WebLink.id).not_in(began))
    db.execute(delete(WebLink).where(old))


def pulse(db: Db) -> tuple[int, ...]:
    """Numbers that differ once something was said, or somebody lost or gained a way in."""
    counts = (
        select(func.coalesce(func.max(table.id), 0), func.count()).select_from(table)
        for table in (Membership, WebSession)
    )
    latest = db.exec(select(func.coalesce(func.max(ChatMessage.change), 0))).one()
    return (latest, *(number for each in counts for number in db.exec(each).one()))
