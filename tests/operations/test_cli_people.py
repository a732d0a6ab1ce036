"""`samspill export` and `samspill erase`, on a file in which people have answered."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import select

from bot.cli import main
from storage.engine import Database
from storage.schema import DatabaseKind, claim_kind, migrate
from storage.tables import Answer, Person
from tests.contract.stage import Stage
from tests.contract.stories import PROBLEM, answers, five, person_id, play, trial

SENTENCE = "<b>Etterlatte</b> må melde fra mange steder."
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which Siri, who is person 3, and Ola have answered."""
    file = tmp_path_factory.mktemp("answered") / "samspill.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    claim_kind(database, DatabaseKind.RECORD)

    async def story(stage: Stage) -> None:
        cast = five(stage)
        await trial(cast["kari"])
        await answers(cast["siri"], SENTENCE)
        await answers(cast["ola"], "Ola sitt.")
        await cast["kari"].presses("Open the answers", on=PROBLEM)
        assert person_id(stage, cast["siri"]) == 3

    play(database, story)
    database.close()
    return file


@pytest.fixture
def run(answered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a copy of that file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAMSPILL_DATABASE_URL", "sqlite:///samspill.db")
    shutil.copy(answered, tmp_path / "samspill.db")

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, words, input=typed)

    return invoke


def rows(table: type) -> list:
    database = Database("sqlite:///samspill.db")
    try:
        with database.read() as db:
            return list(db.exec(select(table)).all())
    finally:
        database.close()


def test_a_person_is_exported_to_read_and_for_programs(run: Run, tmp_path: Path) -> None:
    done = run("export", "--identity", "web:a:siri", "--to", "siri.json")
    assert (done.exit_code, done.stderr[:300]) == (0, "")
    assert done.stdout == "All that is kept about person 3 is in siri.json.\n"
    file = tmp_path / "siri.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    data = json.loads(file.read_text())
    assert data["person"]["name"] == "Siri"
    (answer,) = data["answers"]
    assert answer["value"] == {"text": SENTENCE}
    assert PROBLEM in answer["question"]["nb"]
    assert "Ola" not in file.read_text()
    again = run("export", "--person", "3", "--to", "siri.json")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "siri.json is there already" in again.stderr
    done = run("export", "--person", "3", "--to", "siri.html", "--json")
    assert json.loads(done.stdout) == {"person": 3, "answers": 1, "file": "siri.html"}
    html = (tmp_path / "siri.html").read_text()
    assert "&lt;b&gt;Etterlatte" in html
    assert "<b>" not in html
    assert '<html lang="nb">' in html


@pytest.mark.parametrize("keep", [False, True])
def test_a_person_is_erased_after_a_yes(run: Run, keep: bool) -> None:
    words = ["erase", "--person", "3", *(["--keep-answers"] if keep else [])]
    asked = run(*words, typed="n\n")
    assert asked.exit_code == 1
    assert ("Your 1 answer stays" in asked.stdout) is keep
    assert ("Your 1 answer is erased" in asked.stdout) is not keep
    assert 3 in [each.id for each in rows(Person)]
    done = run(*words, typed="y\n")
    assert done.exit_code == 0
    assert "Person 3 is erased." in done.stdout
    assert 3 not in [each.id for each in rows(Person)]
    assert "Siri" not in [each.name for each in rows(Person)]
    assert len(rows(Answer)) == 1 + keep
    gone = run(*words, "--yes")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert "Nobody is known by that" in gone.stderr


def test_the_last_coordinator_is_erased_too_and_it_is_said(run: Run) -> None:
    asked = run("erase", "--person", "1", typed="n\n")
    assert "Nobody is left to coordinate «Når noen dør»" in asked.stdout
    done = run("erase", "--person", "1", "--yes", "--json")
    assert json.loads(done.stdout) == {
        "person": 1,
        "answers": 0,
        "kept": False,
        "without_coordinator": ["Når noen dør"],
    }


def test_two_persons_are_linked_after_a_yes(run: Run) -> None:
    asked = run("link", "--person", "4", "--with", "5", typed="n\n")
    assert asked.exit_code == 1
    assert "Person 5 (Per) becomes person 4 (Amina):" in asked.stdout
    assert 5 in [each.id for each in rows(Person)]
    done = run("link", "--person", "4", "--with", "5", "--yes", "--json")
    assert json.loads(done.stdout) == {"person": 4, "with": 5, "both_answered": 0}
    assert 5 not in [each.id for each in rows(Person)]
    apart = run("link", "--person", "4", "--with", "3", "--yes")
    assert (apart.exit_code, apart.stdout) == (1, "")
    assert "They take part from different organisations in «Når noen dør»" in apart.stderr
    gone = run("link", "--person", "4", "--with", "5", "--yes")
    assert "Nobody is known by that" in gone.stderr


def test_what_the_server_shows_next_is_without_the_erased(run: Run) -> None:
    done = run("erase", "--person", "3", "--yes")
    assert (done.exit_code, done.stderr[:300]) == (0, "")
    database = Database("sqlite:///samspill.db")

    async def story(stage: Stage) -> None:
        ola = stage.player("web", "a", "ola")
        await stage.pass_time(timedelta(hours=1))  # to when it was last shown, and on
        assert "Ola sitt." in ola.screen()
        assert "Siri" not in ola.screen()
        assert SENTENCE not in ola.screen()

    play(database, story)
    database.close()


@pytest.mark.parametrize(
    "words",
    [
        ["export", "--to", "a.json"],
        ["export", "--person", "3"],
        ["export", "--person", "3", "--to", "a.pdf"],
        ["export", "--person", "0", "--to", "a.json"],
        ["erase"],
        ["erase", "--person", "3", "--identity", "web:a:siri"],
        ["erase", "--identity", "siri"],
        ["erase", "--person", "3", "--json"],
        ["link", "--person", "3"],
        ["link", "--person", "3", "--with", "3"],
        ["link", "--person", "3", "--with", "4", "--json"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_changes_nothing(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Error: " in done.stderr
    assert len(rows(Person)) == 5
