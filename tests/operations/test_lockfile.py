"""One process on one SQLite file: a real second process is refused, until the first one ends."""

import subprocess
import sys

import pytest

from storage.lockfile import Locked, one_process
from tests.tools.project import ROOT

HOLDER = """
import sys
from storage.lockfile import one_process
with one_process(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock until its input ends."""
    url = f"sqlite:///{tmp_path}/s.db"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process, url
        process.kill()


def test_a_second_process_is_refused_and_told_what_to_do(holder) -> None:
    _, url = holder
    told = r"Another Samspill is using s\.db\. Stop it first"
    with pytest.raises(Locked, match=told), one_process(url):
        raise AssertionError("both hold it")


def test_the_lock_goes_with_the_process(holder) -> None:
    process, url = holder
    process.communicate("")
    assert process.returncode == 0
    with one_process(url):
        pass


def test_the_lock_goes_with_a_killed_process(holder) -> None:
    process, url = holder
    process.kill()
    process.wait()
    with one_process(url):
        pass


def test_another_way_to_the_same_file_is_the_same_file(holder, tmp_path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "s.db")
    (tmp_path / "sub").mkdir()
    for path in (tmp_path / "link.db", tmp_path / "sub" / ".." / "s.db"):
        with pytest.raises(Locked), one_process(f"sqlite:///{path}"):
            raise AssertionError("both hold it")


def test_the_lock_is_let_go_of_after_a_fault(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with pytest.raises(ZeroDivisionError), one_process(url):
        _ = 1 / 0
    with one_process(url):
        pass


@pytest.mark.parametrize("url", ["postgresql://h/n", "sqlite://", "sqlite:///:memory:"])
def test_what_has_no_file_has_no_lock(url, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with one_process(url), one_process(url):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_said_and_not_made(tmp_path) -> None:
    told = "See that its folder exists"
    with pytest.raises(Locked, match=told), one_process(f"sqlite:///{tmp_path}/no/s.db"):
        raise AssertionError("it cannot be held")
    assert list(tmp_path.iterdir()) == []
