"""Direct conversations: everybody whom we have met has one, and one of several is written in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import select

from storage import people, places
from storage.tables import Identity

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KARI = ("slack", "T1", "U1")
PAGE = (places.WEB_PLATFORM, places.WEB_TENANT, "kari")


def met(db, who: tuple[str, str, str] = KARI):
    return people.meet(db, *who, "Kari", AT)


def test_whoever_is_met_has_one_from_then(database):
    with database.write() as db:
        kari = met(db)
        direct = places.direct_of(db, kari.id)
        assert (direct.platform, direct.tenant, direct.channel) == KARI
        assert places.meet(db, *KARI, person_id=kari.id) is direct
        assert met(db) is kari


def test_the_latest_is_written_in_but_the_page_only_when_there_is_no_other(database):
    with database.write() as db:
        kari = met(db)
        assert people.be_known(db, kari.id, *PAGE)
        assert places.direct_of(db, kari.id).channel == "U1"
        assert people.be_known(db, kari.id, "slack", "T2", "U2")
        assert places.direct_of(db, kari.id).channel == "U2"
        assert not people.be_known(db, kari.id, *KARI)
        guest = met(db, (*PAGE[:2], "guest"))
        assert places.direct_of(db, guest.id).channel == "guest"


def test_where_samspill_was_removed_it_writes_only_when_there_is_no_other(database):
    with database.write() as db:
        kari = met(db)
        people.be_known(db, kari.id, "slack", "T2", "U2")
        for left, written_in in (("U2", "U1"), ("U1", "U2")):
            places.remove(db, places.direct_of(db, kari.id).id, AT)
            assert places.direct_of(db, kari.id).channel == written_in, left


def test_one_who_is_met_again_has_the_conversation_that_was_left(database):
    with database.write() as db:
        kari = met(db)
        direct = places.direct_of(db, kari.id)
        identity = db.exec(select(Identity)).one()
        db.delete(identity)  # as erasing does
        db.flush()
        again = met(db)
        assert again.id != kari.id
        db.refresh(direct)
        assert places.direct_of(db, again.id) is direct


def test_a_channel_of_the_same_id_stays_a_channel(database):
    with database.write() as db:
        channel = places.meet(db, *KARI)
        met(db)
        db.refresh(channel)
        assert channel.person_id is None
