"""Erasing a person: what goes, what stays without their name, and what is only let go of.

What the person gave goes or loses their name first (`storage.contributions`); then `forget`
lets go of everything else that points to the person, by the lists below: a test sees that every
column that points to a person is in one of them. What is left is a row without a name, so that
one last sentence can reach them; `remove` takes that too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, null, or_, update
from sqlmodel import SQLModel, col, select

from storage import chat, contributions, freshening, installations, memberships, proposals
from storage.contributions import strings
from storage.engine import Db, bulk
from storage.tables import (
    Answer,
    Conversation,
    Identity,
    Inbox,
    Invitation,
    Kind,
    Membership,
    Outbox,
    Person,
    Place,
    Reason,
    Round,
    RoundPlace,
    Sending,
    WebLink,
)

# Columns that point to a person: rows that go with them …
GOES = (
    "web_session.person_id",  # before the links they came in by
    "web_link.person_id",
    "agreed.person_id",
    "conversation.person_id",
    "heard.person_id",
    "identity.person_id",
    "invitation.asked_by",
    "invitation.created_by",
    "left_from.person_id",
    "membership.person_id",
    "nudge.person_id",
    "responded.person_id",
)
# … rows that stay, without them …
LETS_GO = (
    "action.person_id",
    "action.written_by",
    "answer.person_id",
    "audit.person_id",
    "conclusion.written_by",
    "inbox.held_by",
    "proposal.person_id",
    "web_link.created_by",
    "wording.written_by",
)
# … and their direct conversation, which stays for one last sentence.
LAST = ("place.person_id",)


def leave(db: Db, member: Membership, now: datetime, *, removed: bool = False) -> None:
    """End a membership: nothing waits for the person there, codes they made do not work, and they
    agree with no proposal. What they promised is known to be their organisation's too."""
    contributions.promised_by_house(db, member)
    proposals.agree_no_more(db, member.person_id, member.collaboration_id)
    memberships.has_left(db, member, now, removed=removed)
    person_id, home_id = member.person_id, member.collaboration_id
    rounds = select(Round.id).where(Round.collaboration_id == home_id)
    for gone in (
        delete(Conversation).where(
            col(Conversation.person_id) == person_id,
            col(Conversation.collaboration_id) == home_id,
        ),
        delete(Invitation).where(
            col(Invitation.created_by) == person_id, col(Invitation.collaboration_id) == home_id
        ),
        delete(RoundPlace).where(
            col(RoundPlace.place_id).in_(_directs(person_id)),
            col(RoundPlace.round_id).in_(rounds),
        ),
        delete(WebLink).where(
            col(WebLink.created_by) == person_id,
            col(WebLink.collaboration_id) == home_id,
            col(WebLink.used_at).is_(None),
        ),
        delete(Membership).where(col(Membership.id) == member.id),
    ):
        bulk(db, gone)
    freshening.directs(db, person_id, home_id)


def forget(db: Db, person: Person, words: Iterable[str], home_ids: Sequence[int]) -> None:
    """Let go of everything that points to a person whose answers are taken care of. `words` are
    what they wrote in them, which may stand in messages of their collaborations (`home_ids`) that
    are still to be sent."""
    identities = db.exec(select(Identity).where(Identity.person_id == person.id)).all()
    for each in identities:
        chat.forget(db, each.platform, each.tenant, each.user)
        installations.forget(db, each.platform, each.user)
    _empty_posts(db, [person.name, *words], home_ids)
    _empty_conversations(db, person.id)
    bulk(db, update(Inbox).where(col(Inbox.held_by) == person.id).values(held=None, held_for=None))
    for column in columns_of(GOES):
        bulk(db, delete(column.table).where(column == person.id))
    for column in columns_of(LETS_GO):
        let_go = update(column.table).where(column == person.id).values({column.name: None})
        bulk(db, let_go)
    person.name, person.language, person.zone, person.away_until = "", None, None, None
    person.text_receipts = person.monday = False
    db.flush()


def columns_of(names: Iterable[str]) -> list[Any]:
    """The columns of these names, written as table.column."""
    tables = SQLModel.metadata.tables
    parts = [each.split(".") for each in names]
    return [tables[table].c[column] for table, column in parts if table in tables]


def _directs(person_id: int) -> Any:
    return select(Place.id).where(Place.person_id == person_id)


def _empty_conversations(db: Db, person_id: int) -> None:
    """What was said in a person's direct conversations, and what was to be said there."""
    here = _directs(person_id)
    bulk(db, update(Answer).where(col(Answer.place_id).in_(here)).values(place_id=None))
    bulk(db, update(Inbox).where(col(Inbox.held_for).in_(here)).values(held=None, held_for=None))
    for table in (RoundPlace, Outbox):
        gone = delete(table).where(col(table.place_id).in_(here))
        bulk(db, gone)


def _empty_posts(db: Db, words: Iterable[str], home_ids: Sequence[int]) -> None:
    """Messages on their way in these collaborations that hold any of these words, such as a
    person's name, are not sent. In other collaborations the same name is somebody else's."""
    wanted = [re.escape(each) for each in words if each]
    if not wanted:
        return
    theirs = re.compile("|".join(rf"(?<!\w){each}(?!\w)" for each in wanted))
    pending = select(Outbox).where(
        Outbox.kind == Kind.POST,
        or_(
            col(Outbox.collaboration_id).in_(home_ids),
            col(Outbox.collaboration_id).is_(None),
        ),
        col(Outbox.state).in_((Sending.WAITING, Sending.SENDING)),
        col(Outbox.body).is_not(None),
    )
    ids = [
        each.id
        for each in db.exec(pending)
        if any(theirs.search(text) for text in strings(each.body))
    ]
    if ids:
        emptied = {"body": null(), "state": Sending.GONE, "reason": Reason.EMPTY, "lease": None}
        bulk(db, update(Outbox).where(col(Outbox.id).in_(ids)).values(**emptied))


def remove(db: Db, person_id: int) -> None:
    """Take away what was left for a last sentence: the direct conversations and the empty row.

    Whoever has written there since is somebody new, and the conversation theirs.
    """
    person = db.exec(select(Person).where(Person.id == person_id, Person.name == "")).first()
    known = select(Identity.id).where(Identity.person_id == person_id)
    if person is None or db.exec(known).first() is not None:
        return
    _empty_conversations(db, person_id)
    bulk(db, delete(Place).where(col(Place.person_id) == person_id))
    bulk(db, delete(Person).where(col(Person.id) == person_id))
