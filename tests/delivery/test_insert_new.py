"""What all deduplication rests on: an insert that says how many rows were new."""

from datetime import UTC, datetime

from sqlmodel import col, select

from storage import outbox, people, places
from storage.engine import insert_new
from storage.outbox import ToMany
from storage.tables import Inbox, Outbox

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def rows(*events):
    return [{"source": "s", "event": event, "at": AT} for event in events]


def test_it_counts_what_was_new_on_either_database(database):
    with database.write() as db:
        unique = ["source", "event"]
        assert insert_new(db, Inbox, rows("a"), unique) == 1
        assert insert_new(db, Inbox, rows("a"), unique) == 0
        assert insert_new(db, Inbox, rows("a", "b", "c"), unique) == 2
        assert insert_new(db, Inbox, rows("a", "b"), unique) == 0
        assert insert_new(db, Inbox, [], unique) == 0


def test_one_statement_posts_messages_to_many_once(database):
    def said(summary):
        return {"is": "Message", "language": "nb", "elements": [], "summary": summary}

    def told(places_given, summary):
        return ToMany(places_given, "r1", None, said(summary))

    users = ("kari", "ola", "siri")
    with database.write() as db:
        for user in users:
            people.meet(db, "web", "t", user, user, AT)
        one, two, three = (places.direct_of(db, person).id for person in (1, 2, 3))
        for posts, new in (
            ([told([one], "Ærlig")], 1),
            ([told([one, two], "Ærlig"), told([three], "Åpen")], 2),
            ([told([one], "Ærlig"), told([], "Åpen")], 0),
            ([], 0),
        ):
            assert outbox.post_in(db, posts, key="k", dialog="round", now=AT) == new
        rows = db.exec(select(Outbox).order_by(col(Outbox.id))).all()
    assert [each.place_id for each in rows] == [one, two, three]
    assert [each.key for each in rows] == [f"k:{each}" for each in (one, two, three)]
    assert [each.body for each in rows] == [said("Ærlig"), said("Ærlig"), said("Åpen")]
    assert all(each.state == "waiting" for each in rows)
