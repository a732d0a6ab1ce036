"""The record: every table Samspill keeps, as SQLModel classes.

Times are aware and in UTC. JSON columns hold plain data. What people wrote stands only in columns
named in `WRITTEN`, so that erasing and exporting know where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Role(StrEnum):
    """What a person is in a collaboration; one may hold several."""

    MEMBER = "member"  # answers
    COORDINATOR = "coordinator"  # runs rounds, invites


class RoundState(StrEnum):
    """Where a round is."""

    DRAFT = "draft"  # being put together by a coordinator; nobody else sees it
    OPEN = "open"  # asked and answered
    CLOSED = "closed"  # summed up; late answers are still kept, but not in an anonymous one
    CANCELLED = "cancelled"  # called off: nothing is asked, opened or summed up any more


class Pace(StrEnum):
    """When the questions of a round come."""

    LIVE = "live"  # when the coordinator goes on
    DAILY = "daily"  # one each working day
    SELF = "self"  # all at once, and everybody walks through them privately


class Whose(StrEnum):
    """Whom an answer belongs to, and so what others see of it."""

    NAMED = "named"  # a person, by name
    ONE_EACH = "one_each"  # an organisation: colleagues agree on one, and one of them gives it
    BY_HOUSE = "by_house"  # a person, shown as their organisation only
    ANONYMOUS = "anonymous"  # nobody: a pseudonym whose key is destroyed when the round closes


# The audiences of rounds, as packs call them: in channels, and in direct messages alone.
TEAM, COORDINATORS = "team", "coordinator"


class Way(StrEnum):
    """How answers come."""

    TOGETHER = "together"  # first each, then opened together
    THREAD = "thread"  # written openly in the question's thread


class SeenBy(StrEnum):
    """Who sees the answers to a question, by name or without: its `where`."""

    OPEN = "open"  # everyone taking part
    HOUSE = "house"  # colleagues in the same organisation; others see a count
    PRIVATE = "private"  # whoever gave it; others see a count


class AskedState(StrEnum):
    """Where one question of a round is."""

    WAITING = "waiting"  # not asked yet, or its condition is not met
    ASKED = "asked"  # posted, answers are hidden
    OPENED = "opened"  # answers are shown as far as its `where` allows


class AnswerStatus(StrEnum):
    """What somebody said to a question."""

    GIVEN = "given"  # there is a value
    DONT_KNOW = "dont_know"  # a full answer
    SKIPPED = "skipped"  # counts as asked, not as an answer
    WITHDRAWN = "withdrawn"  # taken back: nothing is left but that it happened
    NOT_FOR_ME = "not_for_me"  # walked through alone: its condition is not met by one's own answers


class ActionState(StrEnum):
    """Where something promised is."""

    OPEN = "open"  # somebody takes it further
    DONE = "done"
    DROPPED = "dropped"  # no longer relevant; that is no failure


class Kind(StrEnum):
    """What an outbox row is."""

    POST = "post"  # sent once, carries its message until settled
    LIVE = "live"  # one platform message for ever, rendered from the record when sent
    FILE = "file"  # sent once like a post, but made from the record when sent
    MARK = "mark"  # a small sign on a person's message; dropped when old
    REMOVE = "remove"  # takes a message of ours away


class Sending(StrEnum):
    """Where an outbox row is on its way."""

    WAITING = "waiting"  # to be sent when due
    SENDING = "sending"  # claimed by a lease; an expired lease means in doubt
    SETTLED = "settled"  # nothing more to send (a live message may wait again)
    GONE = "gone"  # the place or message is no longer there
    REFUSED = "refused"  # given up, loudly


class Reason(StrEnum):
    """Why Samspill itself ended a row; channels have reasons of their own."""

    ROOT = "root"  # the thread it belongs to never came, or is gone
    TARGET = "target"  # what was to be removed is not there
    REMOVED = "removed"  # it was taken away
    LATE = "late"  # a mark that nobody waits for any more
    DOUBT = "doubt"  # it may have gone twice already
    FAILED = "failed"  # tried as often as we try
    RENDER = "render"  # it could not be rendered
    EMPTY = "empty"  # its content was erased before it went
    UNABLE = "unable"  # the channel cannot do it


def _partly(where: str, name: str, *columns: str) -> Index:
    """An index of those rows alone that are looked for by it."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# Rows that may be deleted and whose ids stand in buttons and keys: no id is given out twice.
_ONCE = {"sqlite_autoincrement": True}


class Row(SQLModel):
    """What every table is: a row shows itself by table and id only, for what people wrote must not
    reach logs by way of a repr."""

    def __repr_args__(self) -> Sequence[tuple[str | None, Any]]:
        """For `repr`, `str` and everything that pretty-prints; reads nothing anew."""
        return [("id", self.__dict__["id"])] if "id" in self.__dict__ else []


class Person(Row, table=True):
    """A human, on however many platforms; without a name: somebody who took it away."""

    __table_args__ = _ONCE
    id: int = Field(default=None, primary_key=True)
    name: str
    language: str | None = None
    zone: str | None = None
    away_until: date | None = None  # that day too
    monday: bool = False  # of daily rounds: all of the week's questions at once
    text_receipts: bool = False  # every answer is confirmed by a message that stays
    created_at: datetime


class Identity(Row, table=True):
    """Who a person is on one platform; a direct conversation of the same ids is theirs."""

    __table_args__ = (UniqueConstraint("platform", "tenant", "user"),)
    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    platform: str
    tenant: str
    user: str


class Collaboration(Row, table=True):
    """Several organisations solving one task together."""

    id: int = Field(default=None, primary_key=True)
    name: str
    language: str = "nb"
    house_languages: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )  # by organisation id: the form of Norwegian that an organisation has adopted, or its language
    zone: str = "Europe/Oslo"
    country: str = "NO"
    joining_open: bool = True
    created_at: datetime


class Organisation(Row, table=True):
    """A party of one collaboration; organisations of two collaborations are never the same row."""

    __table_args__ = (UniqueConstraint("collaboration_id", "name"),)
    id: int = Field(default=None, primary_key=True)
    collaboration_id: int = Field(foreign_key="collaboration.id")
    name: str


class Membership(Row, table=True):
    """A person in an organisation in a collaboration; the organisation is picked by the person."""

    __table_args__ = (UniqueConstraint("collaboration_id", "person_id"), _ONCE)
    id: int = Field(default=None, primary_key=True)
    collaboration_id: int = Field(foreign_key="collaboration.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    roles: list[str] = Field(sa_column=Column(JSON, nullable=False))
    told_talk: bool = False  # has been told that thread text is talk, not an answer
    told_thread: bool = False  # has been told that thread text was taken as the answer
    created_at: datetime


class Left(Row, table=True):
    """Who took part before, and from which organisation: that is where they are from if they come
    back. Only a code or a link made since lets those in whom a coordinator removed."""

    __tablename__ = "left_from"
    collaboration_id: int = Field(foreign_key="collaboration.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    removed: bool = False  # by a coordinator: writing in a channel does not let them in
    at: datetime


class Invitation(Row, table=True):
    """A code that lets one place or person join; kept as a hash, used once, expires."""

    __table_args__ = _ONCE
    id: int = Field(default=None, primary_key=True)
    collaboration_id: int = Field(foreign_key="collaboration.id", index=True)
    code_hash: str = Field(unique=True)
    created_by: int = Field(foreign_key="person.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    place_id: int | None = Field(default=None, foreign_key="place.id")  # who asked to join with it
    asked_by: int | None = Field(default=None, foreign_key="person.id")


class Place(Row, table=True):
    """A channel, or the direct conversation with one person (`person_id` set)."""

    __table_args__ = (
        UniqueConstraint("platform", "tenant", "channel"),
        _partly("collaboration_id IS NOT NULL", "ix_place_collaboration_id", "collaboration_id"),
        _ONCE,
    )
    id: int = Field(default=None, primary_key=True)
    platform: str
    tenant: str
    channel: str
    name: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id")
    language: str | None = None
    removed_at: datetime | None = None
    next_post_at: datetime | None = None  # delivery's own: the platform asked us to wait


class Installation(Row, table=True):
    """Samspill in a workspace of Slack, or in a whole grid, by somebody's consent there."""

    id: int = Field(default=None, primary_key=True)
    tenant: str = Field(unique=True)  # the workspace's id, or the grid's when it is for all of it
    enterprise: str | None = None  # the grid's id
    bot_user: str
    bot_id: str
    sealed: bytes = Field(repr=False)  # the bot's token, encrypted
    installed_by: str = ""  # Slack's user id; empty when that person was erased
    installed_at: datetime
    removed_at: datetime | None = None


class Round(Row, table=True):
    """One part of a set, asked once of one collaboration in all its places."""

    id: int = Field(default=None, primary_key=True)
    collaboration_id: int = Field(foreign_key="collaboration.id", index=True)
    part_id: str
    audience: str = TEAM  # the pack's word for whom the questions are for
    name: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    way: str
    pace: str = Pace.LIVE
    whose: str = Whose.NAMED
    state: str = RoundState.DRAFT
    days: int  # working days from start to close
    opened_at: datetime  # of a draft: when it was begun
    closes_at: datetime
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    timetable: int = 0  # grows with each new closing time: timers of an old one are let go by
    pseudonym_key: bytes | None = None  # anonymous and not closed: what pseudonyms are made with
    figures: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


class RoundPlace(Row, table=True):
    """A channel that a round runs in."""

    __tablename__ = "round_place"
    round_id: int = Field(foreign_key="round.id", primary_key=True)
    place_id: int = Field(foreign_key="place.id", primary_key=True)


class Asked(Row, table=True):
    """One question of a round, copied from its pack when the round began."""

    __table_args__ = (UniqueConstraint("round_id", "position"),)
    id: int = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id")
    position: int
    parent_id: int | None = Field(default=None, foreign_key="asked.id")  # the question it deepens
    due_on: date | None = None  # daily rounds: the day it is asked
    question_id: str
    pack_id: str
    pack_version: str
    type: str
    where: str  # `SeenBy`
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = AskedState.WAITING
    asked_at: datetime | None = None


class Answer(Row, table=True):
    """What one respondent said to one asked question; the organisation is the one held then."""

    __table_args__ = (UniqueConstraint("asked_id", "respondent"),)
    id: int = Field(default=None, primary_key=True)
    asked_id: int = Field(foreign_key="asked.id")
    respondent: str  # "p17" a person, "o4" an organisation, "a" and a pseudonym
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    status: str
    value: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    followup: str | None = None
    asked_more: bool = False  # the follow-up has been offered; it comes once
    late: bool = False
    changes: int = 0
    at: datetime  # the platform's time of what stands
    place_id: int | None = Field(default=None, foreign_key="place.id")


class Revision(Row, table=True):
    """What stood before a change made after the round closed."""

    id: int = Field(default=None, primary_key=True)
    answer_id: int = Field(foreign_key="answer.id", index=True)
    status: str
    value: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    followup: str | None = None
    at: datetime


class Responded(Row, table=True):
    """That a person has answered a question of an anonymous round, never what; gone when it closes.
    In other rounds the answers themselves tell."""

    asked_id: int = Field(foreign_key="asked.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)


class Proposal(Row, table=True):
    """What somebody proposes as their organisation's answer, until one of them gives it. Its id is
    its own for good: buttons carry it, so that nobody agrees with what they did not see."""

    __table_args__ = (UniqueConstraint("asked_id", "organisation_id"), _ONCE)
    id: int = Field(default=None, primary_key=True)
    asked_id: int = Field(foreign_key="asked.id")
    organisation_id: int = Field(foreign_key="organisation.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    status: str
    value: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    at: datetime


class Agreed(Row, table=True):
    """That a colleague agrees with a proposal as it stands."""

    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)


class Heard(Row, table=True):
    """A message in a question's thread, or directly in answer to it, as id and time; its text only
    while it is an answer."""

    __table_args__ = (
        UniqueConstraint("place_id", "message"),
        Index("ix_heard_asked_id_person_id", "asked_id", "person_id"),
    )
    id: int = Field(default=None, primary_key=True)
    place_id: int = Field(foreign_key="place.id")
    message: str
    asked_id: int = Field(foreign_key="asked.id")
    person_id: int = Field(foreign_key="person.id")
    at: datetime
    changed_at: datetime | None = None
    text: str | None = None
    talk: bool = False  # a question, a mere mention, or marked "not an answer"
    deleted: bool = False


class Conclusion(Row, table=True):
    """What a collaboration arrived at on one asked question: the wording that stands, who wrote it,
    and when the question is to be asked again."""

    id: int = Field(default=None, primary_key=True)
    asked_id: int = Field(foreign_key="asked.id", unique=True)
    collaboration_id: int = Field(foreign_key="collaboration.id", index=True)
    text: str
    written_by: int | None = Field(default=None, foreign_key="person.id")
    written_at: datetime
    wordings: int = 1  # with the one that stands
    again_months: int | None = None  # None: never
    again_at: datetime | None = None
    brought_at: datetime | None = None  # put before the coordinators, who have not chosen yet


class Wording(Row, table=True):
    """What stood before a conclusion was corrected."""

    id: int = Field(default=None, primary_key=True)
    conclusion_id: int = Field(foreign_key="conclusion.id", index=True)
    text: str
    written_by: int | None = Field(default=None, foreign_key="person.id")
    written_at: datetime


class Action(Row, table=True):
    """Something promised: what, who (a member, a party of the collaboration, or anybody by name),
    by when, and how it stands."""

    __table_args__ = (UniqueConstraint("collaboration_id", "number"),)
    id: int = Field(default=None, primary_key=True)
    collaboration_id: int = Field(foreign_key="collaboration.id")
    number: int  # what people call it by, within the collaboration
    text: str
    who: str | None = None  # in words, when it is neither of the next two
    person_id: int | None = Field(default=None, foreign_key="person.id")
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    by_when: date | None = None
    state: str = ActionState.OPEN
    round_id: int | None = Field(default=None, foreign_key="round.id", index=True)
    asked_id: int | None = Field(default=None, foreign_key="asked.id", index=True)
    written_by: int | None = Field(default=None, foreign_key="person.id")
    written_at: datetime
    settled_at: datetime | None = None  # since when it is done or dropped


class Conversation(Row, table=True):
    """What waits for a person's next words in one place; one at a time."""

    __table_args__ = (UniqueConstraint("person_id", "place_id"),)
    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    place_id: int = Field(foreign_key="place.id")
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id")
    dialog: str
    step: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    expires_at: datetime


class Timer(Row, table=True):
    """Something due once at an instant; `occurrence` is unique, so it happens once."""

    __table_args__ = (_partly("done_at IS NULL", "ix_timer_due", "due_at"),)
    id: int = Field(default=None, primary_key=True)
    occurrence: str = Field(unique=True)
    dialog: str
    action: str
    argument: str
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id", index=True)
    due_at: datetime
    done_at: datetime | None = None
    skipped: bool = False
    attempts: int = 0  # that failed
    retry_at: datetime | None = None  # real time: after a failure
    failed: str | None = None  # given up: the kind of error


class Nudge(Row, table=True):
    """That a person was reminded, when: what the weekly cap counts."""

    __table_args__ = {"sqlite_with_rowid": False}  # it is all key: one tree, not two
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    at: datetime = Field(primary_key=True)


class Job(Row, table=True):
    """Work too long for a turn, done on a read snapshot by whoever holds the lease."""

    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    dialog: str
    action: str
    argument: str
    wanted: int = 1
    done: int = 0
    attempts: int = 0
    due_at: datetime = Field(index=True)  # real time, like the lease
    lease: str | None = None
    leased_until: datetime | None = None
    failed: str | None = None


class Inbox(Row, table=True):
    """An event that was taken; its content only, encrypted, while it is held for a post."""

    __table_args__ = (UniqueConstraint("source", "event"),)
    id: int = Field(default=None, primary_key=True)
    source: str
    event: str
    at: datetime
    held: bytes | None = None
    held_for: int | None = Field(default=None, foreign_key="place.id", index=True)
    held_by: int | None = Field(default=None, foreign_key="person.id")  # who wrote what is held


# Settled rows stay for years: what delivery looks through is only what is still to be sent.
_PENDING = "state IN ('waiting', 'sending')"


class Outbox(Row, table=True):
    """Something to say, or said: see `Kind` and `Sending`."""

    __table_args__ = (
        Index("ix_outbox_due", "state", "not_before"),
        _partly(_PENDING, "ix_outbox_conversation", "place_id", "root_id", "id"),
        _partly("platform_id IS NOT NULL", "ix_outbox_platform_id", "place_id", "platform_id"),
        _partly("live IS NOT NULL", "ix_outbox_live", "live", "argument"),
        _partly("live IS NOT NULL", "ix_outbox_collaboration_id", "collaboration_id"),
    )
    id: int = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    place_id: int = Field(foreign_key="place.id")
    root_id: int | None = Field(default=None, foreign_key="outbox.id")
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id")
    target_id: int | None = Field(default=None, foreign_key="outbox.id")  # what a removal is of
    dialog: str
    argument: str
    live: str | None = None  # which of the dialog's renderers, for live messages
    body: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    rank: int = 50  # lower goes first within what is due
    wanted: int = 1
    sent: int = 0
    platform_id: str | None = None
    state: str = Sending.WAITING
    not_before: datetime  # real time, as all that delivery paces by; the clock of rounds may move
    lease: str | None = None
    leased_until: datetime | None = None
    attempts: int = 0
    repeats: int = 0  # how often it was sent again in doubt
    reason: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


class Audit(Row, table=True):
    """That the record changed: who, what, when; never the content."""

    id: int = Field(default=None, primary_key=True)
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id")
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id", index=True)
    what: str
    subject: str


class Mark(Row, table=True):
    """What kind of file this database is: a demo's or a real one's, and the demo clock's offset."""

    name: str = Field(primary_key=True)
    value: str


class WebLink(Row, table=True):
    """A personal link to the web, kept as a hash, used once, expires: a person's own, or one that
    invites somebody who is nowhere yet. Taken back, it is gone."""

    __tablename__ = "web_link"
    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)  # whose
    invites: bool = False
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    name: str = ""  # of who is invited, until they come
    created_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class WebSession(Row, table=True):
    """A browser that somebody came in with by a personal link; ended, it is gone."""

    __tablename__ = "web_session"
    id: int = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    user: str
    link_id: int = Field(foreign_key="web_link.id", index=True)
    created_at: datetime
    seen_at: datetime
    welcomed: bool = False  # the turn that lets them into their rooms has been


class ChatRoom(Row, table=True):
    """A channel or direct conversation of the built-in chat.

    With a `collaboration_id` it is open to whoever is a member of that, as long as they are;
    otherwise to those named as `ChatMember`.
    """

    __tablename__ = "chat_room"
    __table_args__ = (UniqueConstraint("tenant", "room"),)
    id: int = Field(default=None, primary_key=True)
    platform: str
    tenant: str
    room: str
    name: str
    direct_user: str | None = None
    collaboration_id: int | None = Field(default=None, foreign_key="collaboration.id")


class ChatMember(Row, table=True):
    """A person who may read and write in a room of the built-in chat."""

    __tablename__ = "chat_member"
    room_id: int = Field(foreign_key="chat_room.id", primary_key=True)
    user: str = Field(primary_key=True)


class ChatMessage(Row, table=True):
    """A message in the built-in chat: a person's text, or a neutral message of Samspill's.

    `key` makes posting idempotent: Samspill's delivery key, or the browser's own id for a send.
    `change` grows by each change anywhere, so that a reader can ask for what came since.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        UniqueConstraint("room_id", "key"),
        Index("ix_chat_message_room_id_change", "room_id", "change"),
    )
    id: int = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="chat_room.id")
    key: str
    thread: int | None = Field(default=None, foreign_key="chat_message.id", index=True)
    author: str | None = None  # None is Samspill
    body: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    text: str | None = None
    mark: str | None = None
    at: datetime
    edited_at: datetime | None = None
    deleted: bool = False
    change: int = Field(index=True)


# What people wrote, and what they call themselves and theirs. A test sees that every other column
# of text is known to hold nothing of the kind.
WRITTEN = {
    "person": ("name",),
    "collaboration": ("name",),
    "organisation": ("name",),
    "place": ("name",),
    "asked": ("content",),  # a coordinator's own questions and wordings
    "answer": ("value", "followup"),
    "revision": ("value", "followup"),
    "proposal": ("value",),
    "heard": ("text",),
    "conclusion": ("text",),
    "wording": ("text",),
    "action": ("text", "who"),
    "conversation": ("data",),
    "outbox": ("body",),
    "inbox": ("held",),
    "chat_room": ("name",),
    "chat_message": ("text", "body"),
    "web_link": ("name",),
}
