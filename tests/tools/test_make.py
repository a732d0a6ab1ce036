"""The Makefile explains itself, and says what to do when something is missing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.project import ROOT, make_targets, read


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=folder,
        capture_output=True,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
        text=True,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with just what make reads, and nothing set up."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def ready(checkout: Path) -> Path:
    """The same, where make believes that everything is installed."""
    (checkout / ".venv").mkdir()
    for stamp in ("python", "run", "dev"):
        (checkout / ".venv" / f"{stamp}.stamp").touch()
    clients = checkout / "tests" / "clients"
    clients.mkdir(parents=True)
    return checkout


def test_help_lists_every_target_in_one_line() -> None:
    listed = re.findall(r"^make ([a-z-]+) +\S.*$", make(ROOT, "help").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(make_targets())


def test_every_rule_without_a_file_is_phony() -> None:
    rules = re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE)
    assert sorted(rules) == sorted(make_targets())


def test_an_old_python_is_refused_with_advice(checkout: Path) -> None:
    old = checkout / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    done = make(checkout, "demo", f"PYTHON={old}")
    assert done.returncode != 0
    assert "3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert "PYTHON=python3" in done.stderr
    assert not (checkout / ".venv").exists()


def test_client_tests_say_that_there_are_none(ready: Path) -> None:
    done = make(ready, "test-clients", "CHROMIUM=/nowhere/chromium")
    assert done.returncode == 0
    assert "no client tests yet" in done.stdout


def test_client_tests_without_chromium_say_what_to_install(ready: Path) -> None:
    (ready / "tests" / "clients" / "test_page.py").touch()
    done = make(ready, "test-clients", "CHROMIUM=/nowhere/chromium")
    assert done.returncode != 0
    assert "apt-get install chromium" in done.stderr


def test_ci_runs_what_a_person_runs() -> None:
    steps = re.findall(r"^step make ([a-z-]+)$", read(".ci/run"), re.MULTILINE)
    assert steps == ["check", "test", "test-clients"]
    assert "set -euo pipefail" in read(".ci/run")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
