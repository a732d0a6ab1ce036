"""What all deduplication rests on: an insert that says how many rows were new."""

from datetime import UTC, datetime

from sqlmodel import col, select

from storage import outbox, people, places
from storage.engine import insert_new
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


def test_one_statement_posts_the_same_in_many_places_once(database):
    said = {"is": "Message", "language": "nb", "elements": [], "summary": "Ærlig"}
    with database.write() as db:
        for user in ("kari", "ola"):
            people.meet(db, "web", "t", user, user, AT)
        made = places.directs(db, [1, 2])
        here = [made[person].id for person in (1, 2)]
        for places_given, new in ((here[:1], 1), (here, 1), ([], 0)):
            posted = outbox.post_in(
                db,
                places_given,
                key="k",
                dialog="round",
                argument="r1",
                collaboration_id=None,
                body=said,
                now=AT,
            )
            assert posted == new
        rows = db.exec(select(Outbox).order_by(col(Outbox.id))).all()
    assert [each.place_id for each in rows] == here
    assert [each.key for each in rows] == [f"k:{each}" for each in here]
    assert all(each.body == said and each.state == "waiting" for each in rows)
