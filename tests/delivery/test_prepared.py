"""Statements compiled once: the same rows and objects as SQLAlchemy's own, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import String, TypeDecorator, bindparam, func, literal, type_coerce, update
from sqlalchemy import event as events
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel, col, select

from storage import people, places
from storage.engine import among, insert, insert_new, the, undoable
from storage.prepared import Prepared, prepared
from storage.tables import Identity, Mark, Membership, Outbox, Person, Sending

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

_ENDS = func.pg_terminate_backend(func.pg_backend_pid())

somebody = prepared(lambda: select(Person).where(Person.id == bindparam("person")))
everybody = prepared(
    lambda: (
        select(Person.name, Identity, Membership)
        .outerjoin(Identity, col(Identity.person_id) == col(Person.id))
        .outerjoin(Membership, col(Membership.person_id) == col(Person.id))
        .order_by(col(Person.id))
    )
)


@pytest.fixture
def db(database):
    with database.write() as session:
        people.meet(session, "web", "t", "kari", "Kari", AT)
        yield session


def test_a_row_is_an_object_of_the_session(db):
    made = somebody.value(db, {"person": 1})
    assert made is db.get(Person, 1)
    assert (made.name, made.created_at, made.monday) == ("Kari", AT, False)
    made.name = "Kari Nordmann"
    db.flush()
    db.expunge_all()
    assert db.get(Person, 1).name == "Kari Nordmann"


def test_it_is_the_object_that_sqlalchemy_makes(db):
    db.expunge_all()
    ours = somebody.value(db, {"person": 1})
    ours = dict(ours.__dict__) | {"_sa_instance_state": None}
    db.expunge_all()
    theirs = dict(db.get(Person, 1).__dict__) | {"_sa_instance_state": None}
    assert ours == theirs


def test_what_is_there_stays_as_it_was_read_until_it_is_forgotten(db):
    made = somebody.value(db, {"person": 1})
    untold = update(Person).values(name="Ola").execution_options(synchronize_session=False)
    db.execute(untold)
    assert somebody.value(db, {"person": 1}) is made
    assert made.name == "Kari"
    db.expire_all()
    assert somebody.value(db, {"person": 1}) is made
    assert made.name == "Ola"
    assert not db.dirty


def test_what_waits_to_be_written_is_found(db):
    db.get(Person, 1).name = "Ola"
    assert [name for name, _, _ in everybody.all(db, {})] == ["Ola"]


def test_what_an_outer_join_does_not_find_is_nothing(db):
    ((name, identity, member),) = everybody.all(db, {})
    assert (name, identity.user, member) == ("Kari", "kari", None)
    assert somebody.first(db, {"person": 2}) is None
    assert somebody.value(db, {"person": 2}) is None


def test_columns_get_their_defaults_and_say_what_became_of_them(db):
    place = places.meet(db, "web", "t", "kari", person_id=1)
    row = {"key": "k", "kind": "post", "place_id": place.id, "dialog": "d", "argument": ""}
    row |= {"not_before": AT, "created_at": AT, "body": {"å": [1, None]}}
    insert(db, Outbox, row, row | {"key": "l", "body": None})
    found = prepared(lambda: select(Outbox).order_by(col(Outbox.id))).all(db, {})
    assert [each.state for (each,) in found] == [Sending.WAITING] * 2
    assert [each.body for (each,) in found] == [{"å": [1, None]}, None]
    outbox = SQLModel.metadata.tables["outbox"]
    taking = update(outbox).where(outbox.c.key == bindparam("wanted")).values(state=Sending.GONE)
    taken = prepared(lambda: taking.returning(outbox.c.id, outbox.c.created_at))
    assert taken.all(db, {"wanted": "l"}) == [(found[1][0].id, AT)]
    assert taken.change(db, {"wanted": "none such"}) == 0


def test_an_error_is_sqlalchemys_and_tells_nothing_that_was_written(db):
    insert(db, Mark, {"name": "secret", "value": "words"})
    with pytest.raises(IntegrityError) as caught, undoable(db):
        insert(db, Mark, {"name": "secret", "value": "words"})
    assert isinstance(caught.value, DBAPIError)
    assert not caught.value.connection_invalidated
    assert "words" not in str(caught.value)
    assert insert_new(db, Mark, [{"name": "secret", "value": ""}], ["name"]) == 0


def test_an_error_after_the_first_row_is_sqlalchemys_too(db):
    """SQLite looks at a row when it is fetched: a disk may fail then."""
    insert(db, Mark, {"name": "a", "value": "{}"}, {"name": "b", "value": "words"})
    read = prepared(lambda: select(func.json(Mark.value)).order_by(Mark.name))
    with pytest.raises(DBAPIError), undoable(db):
        read.all(db, {})


def test_what_is_undone_is_undone_whatever_wrote_it(db):
    class Regretted(Exception):
        pass

    def write():
        insert(db, Mark, {"name": "a", "value": ""})
        db.add(Mark(name="b", value=""))
        db.flush()
        raise Regretted

    with pytest.raises(Regretted), undoable(db):
        write()
    with undoable(db):
        insert(db, Mark, {"name": "c", "value": ""})
    assert db.exec(select(Mark.name)).all() == ["c"]


def test_a_lost_connection_is_given_up(postgres):
    killing = prepared(lambda: select(_ENDS))
    with pytest.raises(DBAPIError) as caught, postgres.write() as db:
        killing.all(db, {})
    assert caught.value.connection_invalidated
    with postgres.write() as db:
        assert somebody.first(db, {"person": 1}) is None


def test_whoever_listens_hears_of_it(database):
    heard = []

    def listen(_connection, _cursor, statement, *_):
        heard.append(statement)

    events.listen(database.engine, "after_cursor_execute", listen)
    try:
        with database.write() as db:
            somebody.first(db, {"person": 1})
    finally:
        events.remove(database.engine, "after_cursor_execute", listen)
    assert [each for each in heard if "person" in each] == heard[-1:]


def test_lists_that_are_the_same_each_time_are_a_part_of_the_statement(db):
    people.meet(db, "web", "t", "ola", "Ola", AT)
    people.meet(db, "web", "t", "siri", "Siri", AT)
    named = literal("Ola", literal_execute=True)
    found = prepared(
        lambda: select(Person.name).where(
            col(Person.id).in_([2, 3]), col(Person.name).in_(["Kari", "Ola"]), Person.name == named
        )
    )
    assert found.all(db, {}) == [("Ola",)]


def test_lists_that_differ_are_given_as_one_value(db):
    people.meet(db, "web", "t", "ola", "Ola", AT)
    found = Prepared(
        lambda dialect: (
            select(Person.id)
            .where(among(dialect, Person.id, "ids"), among(dialect, Person.name, "names"))
            .order_by(col(Person.id))
        )
    )
    assert found.all(db, {"ids": [1, 2], "names": ["Ola", "Kari"]}) == [(1,), (2,)]
    assert found.all(db, {"ids": [1], "names": ["Ola"]}) == []
    assert found.all(db, {"ids": [], "names": []}) == []
    expanding = select(Person).where(col(Person.id).in_(bindparam("ids", expanding=True)))
    with pytest.raises(TypeError):
        prepared(lambda: expanding).all(db, {"ids": [1]})


class Told(TypeDecorator[str]):
    """Text that is never missing."""

    impl = String
    cache_ok = True

    def process_result_value(self, value, dialect):
        return value or "nothing"


def test_a_type_that_makes_something_of_null_is_refused(db):
    never_null = select(type_coerce(col(Person.language), Told()))
    with pytest.raises(TypeError):
        prepared(lambda: never_null).all(db, {})


def test_the_one_row_or_an_error(db):
    assert the(db, Person, 1).name == "Kari"
    assert places.one(db, 99) is None
    assert places.direct_of(db, 1).channel == "kari"
