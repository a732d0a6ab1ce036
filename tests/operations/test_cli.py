"""The command line as a user meets it: help, exit codes, where things are printed, no traceback."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from storage import people
from storage.engine import Database
from storage.lockfile import one_process
from storage.schema import REVISIONS, DatabaseKind, SchemaState, claim_kind, migrate, state
from tests.operations.commands import PATIENCE, Commands

SAMSPILL = Path(sys.executable).with_name("samspill")
KEY = {"SAMSPILL_SECRET_KEY": "k" * 40}
COMMANDS = [
    [],
    ["serve"],
    ["demo"],
    ["chat"],
    ["migrate"],
    ["export"],
    ["erase"],
    ["link"],
    ["packs"],
    ["packs", "check"],
    ["packs", "schema"],
    ["slack"],
    ["slack", "manifest"],
    ["web-link"],
]


def environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMSPILL_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", **extra}


@pytest.fixture
def started(tmp_path):
    """Run the installed `samspill` in an empty folder, with no settings but those given."""

    def run(*words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SAMSPILL, *words],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            encoding="utf-8",
            env=environment(**extra),
            timeout=PATIENCE,
        )

    return run


@pytest.fixture(scope="module")
def commands(tmp_path_factory) -> Iterator[Commands]:
    made = Commands(tmp_path_factory.mktemp("commands"), environment())
    yield made
    made.close()


@pytest.fixture
def samspill(commands, tmp_path):
    """The same in a process that has imported everything: each command is `started` once too."""
    return lambda *words, **extra: commands.run(words, tmp_path, environment(**extra))


@pytest.fixture
def migrated(tmp_path) -> str:
    """The address of the database in that folder, as `samspill migrate` leaves it."""
    address = f"sqlite:///{tmp_path}/samspill.db"
    database = Database(address)
    migrate(database)
    database.close()
    return address


def refused(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """What was said about a fault; on stderr alone, without a traceback."""
    assert done.returncode == code, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(started, words) -> None:
    done = started(*words, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: {' '.join(['samspill', *words])}")


def test_the_commands_are_those_tested_here() -> None:
    import click

    from bot.cli import main

    def names(group: click.Group, before: list[str]) -> list[list[str]]:
        found = [before]
        for name, each in group.commands.items():
            inner = [*before, name]
            found += names(each, inner) if isinstance(each, click.Group) else [inner]
        return found

    assert sorted(names(main, [])) == sorted(COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, bot.cli; heavy = {'sqlalchemy', 'aiohttp', 'pydantic', 'yaml', 'alembic'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["serve", "--loud"],
        ["chat"],
        ["chat", "--as", "Kari", "--url", "http://samspill.example.org"],
        ["chat", "--as", "Kari", "--url", "http://["],
        ["demo", "--port", "many"],
        ["demo", "--host", "0.0.0.0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(started, words) -> None:
    assert "Usage: samspill" in refused(started(*words), code=2)


def test_serve_without_a_key_says_how_to_make_one(started, samspill) -> None:
    said = refused(samspill("serve", SAMSPILL_PORT="x"))
    assert said.startswith("Error: SAMSPILL_PORT is no port")
    assert "token_urlsafe" in refused(started("serve"))


def test_migrate_then_nothing_more_to_do(started, samspill, tmp_path) -> None:
    first = started("migrate", "--json")
    assert (first.returncode, first.stderr) == (0, "")
    assert json.loads(first.stdout) == {"applied": list(REVISIONS), "version": REVISIONS[-1]}
    assert json.loads(samspill("migrate", "--json").stdout)["applied"] == []
    assert samspill("migrate").stdout == "The database was up to date already.\n"
    database = Database(f"sqlite:///{tmp_path}/samspill.db")
    assert state(database) is SchemaState.CURRENT
    database.close()


def test_migrate_names_what_it_applied(samspill) -> None:
    assert f"applied {', '.join(REVISIONS)}." in samspill("migrate").stdout


def test_migrate_keeps_off_a_file_in_use(samspill, tmp_path) -> None:
    with one_process(f"sqlite:///{tmp_path}/samspill.db"):
        assert "Another Samspill is using samspill.db" in refused(samspill("migrate"))


def test_migrate_tells_of_a_database_out_of_reach(samspill) -> None:
    said = refused(
        samspill("migrate", SAMSPILL_DATABASE_URL="postgresql://u:hemmelig@127.0.0.1:1/n")
    )
    assert "cannot be reached. See that the server runs" in said
    assert "hemmelig" not in said


def test_a_damaged_database_is_told_as_such(samspill, migrated, tmp_path) -> None:
    file = tmp_path / "samspill.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xaa" * (len(whole) - 8192))
    assert "restore the latest copy" in refused(samspill("serve", **KEY))


def test_a_fault_that_nobody_foresaw_is_told_without_its_words() -> None:
    program = """
import sys
from bot.cli import main
@main.command()
def fail():
    raise ValueError("hemmelig")
main(["fail"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, encoding="utf-8"
    )
    said = refused(done)
    assert "ValueError at " in said
    assert ":fail" in said
    assert "hemmelig" not in said


# --- packs ------------------------------------------------------------------------------------


def test_shipped_packs_have_no_faults(started, samspill) -> None:
    said = started("packs", "check").stdout
    assert said == "No faults in the pack that comes with Samspill.\n"
    done = samspill("packs", "check", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"faults": []})


def test_faults_are_named_by_file_and_line(samspill, tmp_path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "pack.yaml").write_text("id: mine\nversion: zero\nname: {nb: A, nn: A, en: A}\n")
    done = samspill("packs", "check", "mine")
    assert done.returncode == 1
    assert done.stdout.startswith("mine/pack.yaml:2: ")
    assert done.stderr == "1 fault. Mend it and check again.\n"
    as_json = samspill("packs", "check", "--json", SAMSPILL_PACKS="mine")
    (fault,) = json.loads(as_json.stdout)["faults"]
    assert as_json.returncode == 1
    assert (fault["file"], fault["line"]) == ("mine/pack.yaml", 2)
    assert set(fault) == {"file", "line", "what", "do"}


def test_a_folder_that_is_missing_is_a_fault(samspill) -> None:
    done = samspill("packs", "check", "nowhere")
    assert (done.returncode, done.stdout.split(":")[0]) == (1, "nowhere")


def test_schemas_are_printed_or_written(started, samspill, tmp_path) -> None:
    printed = json.loads(samspill("packs", "schema").stdout)
    done = started("packs", "schema", "--out", "deep/er")
    assert done.returncode == 0
    written = {path.stem: json.loads(path.read_text()) for path in tmp_path.glob("deep/er/*.json")}
    assert written == printed
    assert {"pack", "questions"} <= set(printed)


# --- running ----------------------------------------------------------------------------------


def test_chat_without_a_demo_says_so(started) -> None:
    said = refused(started("chat", "--as", "Kari", SAMSPILL_PORT="1"))
    assert said.startswith("Error: No demo answers at http://localhost:1. Start it with")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_runs_until_it_is_stopped(tmp_path, ends) -> None:
    port = free_port()
    with subprocess.Popen(
        [SAMSPILL, "demo", "--port", str(port), "--file", "my.db"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        encoding="utf-8",
        env=environment(),
    ) as demo:
        assert demo.stdout is not None
        assert f"http://localhost:{port}" in demo.stdout.readline()
        with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
        demo.send_signal(ends)
        try:
            _, said = demo.communicate(timeout=PATIENCE)
        finally:
            demo.kill()
    assert (demo.returncode, "Traceback" in said) == (0, False), said


def test_a_port_in_use_is_said(samspill, migrated) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = samspill("demo", "--port", port)
        assert f"Port {port} is in use" in refused(done)
        assert "--port in the demo" in done.stderr
        assert f"Port {port} is in use" in refused(samspill("serve", SAMSPILL_PORT=port, **KEY))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a:b:c", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_said(samspill, migrated, host) -> None:
    said = refused(samspill("serve", SAMSPILL_HOST=host, SAMSPILL_PORT="0", **KEY))
    assert said.startswith("Error: This machine does not have the address in SAMSPILL_HOST.")


def test_a_folder_that_cannot_be_written_is_named(samspill, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    said = refused(samspill("packs", "schema", "--out", "file/deeper"))
    assert said.startswith("Error: file/deeper cannot be read or written (")


def test_the_demo_never_opens_a_real_record(samspill, tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/real.db")
    claim_kind(database, DatabaseKind.RECORD)
    database.close()
    assert "holds a real record" in refused(samspill("demo", "--file", "real.db"))
    fresh = refused(samspill("demo", "--file", "real.db", "--fresh"))
    assert "holds a real record" in fresh


def test_serve_never_opens_a_demo(samspill, tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/samspill.db")
    claim_kind(database, DatabaseKind.DEMO)
    database.close()
    assert "made by the demo" in refused(samspill("serve", **KEY))


def test_a_link_for_the_first_person(started, samspill) -> None:
    refused(samspill("web-link", "--name", "Kari"))
    assert samspill("migrate").returncode == 0
    done = started("web-link", "--name", "Kari", SAMSPILL_BASE_URL="https://samspill.example")
    assert re.fullmatch(r"https://samspill\.example/inn/[\w-]{43}\n", done.stdout)
    assert "once, within 7 days" in done.stderr
    told = json.loads(samspill("web-link", "--name", "Ola", "--url", "http://o", "--json").stdout)
    assert told["link"].startswith("http://o/inn/")
    assert "There is no person 7" in refused(samspill("web-link", "--person", "7"))
    for words in ((), ("--name", " "), ("--name", "x" * 201), ("--name", "a", "--person", "1")):
        refused(samspill("web-link", *words), 2)


def test_a_link_is_made_beside_a_running_samspill(samspill, migrated) -> None:
    with one_process(migrated):
        assert "Another Samspill is using" in refused(samspill("serve", **KEY))
        assert samspill("web-link", "--name", "Kari").returncode == 0


def test_a_name_that_is_known_needs_a_choice(samspill, migrated) -> None:
    database = Database(migrated)
    with database.write() as db:
        known = people.meet(db, "web", "nett", "u", "Kari", datetime.now(UTC)).id
    database.close()
    said = refused(samspill("web-link", "--name", "Kari"))
    assert "--person NUMBER. To invite somebody else" in said
    assert f"(number {known})" in said
    done = samspill("web-link", "--person", str(known))
    assert "30 minutes" in done.stderr
    assert samspill("web-link", "--name", "Kari", "--new").returncode == 0


def test_serve_asks_for_the_migration(samspill) -> None:
    assert "Run: samspill migrate" in refused(samspill("serve", **KEY))
