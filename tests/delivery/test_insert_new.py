"""What all deduplication rests on: an insert that says how many rows were new."""

from datetime import UTC, datetime

from storage.engine import insert_new
from storage.tables import Inbox

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
