"""Logs: whatever goes wrong with whatever people wrote, no word of it comes out."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot import logs
from storage.engine import Database
from tests.tools.project import ROOT

SECRET = "Vi stoler ikke på direktøren"  # what somebody wrote


@pytest.fixture(params=["console", "json"])
def lines(request):
    """What is logged, in either style; everything is put back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook)
    thread_hook = threading.excepthook
    stream = io.StringIO()
    logs.set_up(request.param, stream)
    yield stream.getvalue
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook = before
    threading.excepthook = thread_hook
    logging.captureWarnings(capture=False)


def only_ours() -> None:
    """Take away pytest's own handlers, which write what they are given, or raise."""
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if isinstance(each, logs._Handler)]


class Hostile:
    """Shows what it holds whenever it is asked."""

    def __repr__(self) -> str:
        return SECRET

    __str__ = __repr__


class Breaks:
    """Cannot be shown, and says why."""

    def __str__(self) -> str:
        raise ValueError(SECRET)


def fail(words: str) -> None:
    raise ValueError(words)


def fails_within() -> None:
    try:
        fail(SECRET)
    except ValueError as error:
        raise RuntimeError(SECRET) from error


def test_an_exception_is_its_types_and_places(lines) -> None:
    try:
        fails_within()
    except RuntimeError:
        logging.getLogger("samspill.turns").exception("a turn failed", extra={"event": 7})
    said = lines()
    assert SECRET not in said
    assert "a turn failed" in said
    assert "RuntimeError < ValueError" in said
    assert "operations/test_logs.py:" in said
    assert ":fails_within" in said
    assert ":fail" in said


@pytest.mark.parametrize(
    "value", [Hostile(), ValueError(SECRET), {"a": SECRET}, [SECRET], Breaks()]
)
def test_values_are_logged_by_their_type(lines, value) -> None:
    only_ours()
    logging.getLogger("samspill").warning("got %s", value, extra={"more": value})
    logging.getLogger("samspill").warning("got %(it)r", {"it": value})
    logging.getLogger("samspill").warning(value)
    said = lines()
    assert SECRET not in said
    assert len(said.splitlines()) == 3


def test_a_group_is_told_by_what_is_in_it(lines) -> None:
    group = ExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])
    logging.getLogger("samspill").error("several", exc_info=group)
    assert "ExceptionGroup < ValueError < KeyError" in lines()
    assert SECRET not in lines()


@pytest.mark.parametrize(
    "name", ["asyncio", "aiohttp.server", "sqlalchemy.engine", "apscheduler", "x"]
)
def test_another_librarys_words_are_not_repeated(lines, name) -> None:
    log = logging.getLogger(name)
    log.error(f"Task exception: ValueError({SECRET!r})")  # noqa: G004 - as libraries do
    log.error("Error handling %s", SECRET, exc_info=ValueError(SECRET), extra={"body": SECRET})
    said = lines()
    assert SECRET not in said
    assert said.count("test_another_librarys_words_are_not_repeated") == 2
    assert "ValueError" in said


def test_our_own_facts_come_through(lines) -> None:
    about = {"outbox": 17, "platform": "web", "late": True, "share": 0.5, "reason": None}
    logging.getLogger("samspill.delivery").info("given up after %d tries", 3, extra=about)
    said = lines()
    if said.startswith("{"):
        found = json.loads(said)
        assert found["message"] == "given up after 3 tries"
        assert (found["level"], found["logger"]) == ("INFO", "samspill.delivery")
        assert {name: found[name] for name in about} == about
    else:
        assert "INFO samspill.delivery given up after 3 tries outbox=17 platform=web" in said


def test_nobody_forges_a_line(lines) -> None:
    log = logging.getLogger("samspill")
    log.info("by %s", "a\nERROR samspill all is lost\x1b[2J\u2028x", extra={"b": "c\r\nd"})
    assert len(lines().splitlines()) == 1
    assert "\x1b" not in lines()


def test_long_texts_are_cut(lines) -> None:
    logging.getLogger("samspill").info("by %s", "a" * 5000, extra={"b": "b" * 5000})
    assert len(lines()) < 1000


def test_a_line_that_cannot_be_made_shows_nothing(lines, capsys) -> None:
    only_ours()
    logging.getLogger("samspill").info("%d of them", SECRET)
    assert SECRET not in lines()
    assert SECRET not in "".join(capsys.readouterr())


def test_a_stream_that_is_gone_shows_nothing_elsewhere(capsys) -> None:
    stream = io.StringIO()
    handler = logs._Handler(stream)
    stream.close()
    record = logging.makeLogRecord({"name": "samspill", "msg": SECRET})
    handler.handle(record)
    handler.handleError(record)
    assert "".join(capsys.readouterr()) == ""


def test_what_the_event_loop_complains_of(lines) -> None:
    async def forgotten() -> None:
        asyncio.get_running_loop().call_exception_handler(
            {"message": SECRET, "exception": ValueError(SECRET), "future": Hostile()}
        )

    asyncio.run(forgotten())
    assert SECRET not in lines()
    assert "ValueError" in lines()


def test_the_databases_own_words(lines, database: Database) -> None:
    """A statement's parameters, and PostgreSQL's "Key (name)=(…) already exists"."""
    statement = text("INSERT INTO mark (name, value) VALUES (:name, :value)")
    with database.write() as db:
        db.execute(statement, {"name": SECRET, "value": SECRET})
    with pytest.raises(DBAPIError) as fault, database.write() as db:
        db.execute(statement, {"name": SECRET, "value": SECRET})
    logging.getLogger("samspill").error("failed: %s", fault.value, exc_info=fault.value)
    assert "IntegrityError" in lines()
    assert SECRET not in lines()


def test_parameters_are_hidden_in_the_exception_itself(sqlite_url) -> None:
    database = Database(sqlite_url)
    for opened in (database.write, database.read):
        with pytest.raises(DBAPIError) as fault, opened() as db:
            db.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": SECRET})
        assert SECRET not in str(fault.value)
    database.close()


@pytest.mark.parametrize(
    "last_words",
    [
        "raise ValueError(secret)",
        "import threading; t = threading.Thread(target=int, args=(secret,)); t.start(); t.join()",
        "class A:\n    def __del__(self): raise ValueError(secret)\nA()",
        "import warnings; warnings.warn(secret)",
        "import asyncio\nasync def f():\n    asyncio.create_task(g())\n    await asyncio.sleep(0)\n"
        "async def g(): raise ValueError(secret)\nasyncio.run(f())",
    ],
    ids=["main", "thread", "finaliser", "warning", "task"],
)
def test_what_nobody_caught_is_told_without_its_words(last_words) -> None:
    begin = "import sys; from bot.logs import set_up; set_up('console'); secret = sys.argv[1]"
    program = f"{begin}\n{last_words}"
    done = subprocess.run(
        [sys.executable, "-c", program, SECRET],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert "samspill.faults" in done.stderr or "(another library's words)" in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
