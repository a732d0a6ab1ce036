"""The lock files hold every package by hash, name no address, and answer to pyproject.toml."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools.project import ROOT, read

LOCKS = ("requirements.lock", "requirements-dev.lock")


def entries(lock: str) -> list[str]:
    """One string for each pinned package, its hashes with it."""
    return re.split(r"\n(?=\S)", read(lock).strip())


def pins(lock: str) -> dict[str, str]:
    """Package name to pinned version."""
    named = (re.match(r"([\w.-]+(?:\[[\w,-]+\])?)==(\S+)", entry) for entry in entries(lock))
    found = [match.groups() for match in named if match]
    return {canonicalize_name(name.partition("[")[0]): version for name, version in found}


def asked_for(*, dev: bool) -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)
    project = declared["project"]
    asked = project["dependencies"] + declared["build-system"]["requires"]
    return asked + (project["optional-dependencies"]["dev"] if dev else [])


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    assert len(pins(lock)) == len(entries(lock)) > 20
    assert [entry for entry in entries(lock) if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert (
        re.findall(r"\S*(?:://|--index|--extra-index|--find-links|file:|@ )\S*", read(lock)) == []
    )


@pytest.mark.parametrize(
    ("lock", "dev"), [("requirements.lock", False), ("requirements-dev.lock", True)]
)
def test_a_lock_answers_to_pyproject(lock: str, *, dev: bool) -> None:
    pinned = pins(lock)
    unmet = [
        text
        for text in asked_for(dev=dev)
        if not (wanted := Requirement(text)).specifier.contains(
            pinned.get(canonicalize_name(wanted.name), "0"), prereleases=True
        )
    ]
    assert unmet == [], "run `make lock`"


def test_the_dev_lock_holds_the_run_lock() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_the_client_tests_lock_names_no_address() -> None:
    assert "://" not in re.sub(
        r'"(?:url|funding)": "[^"]*"', "", read("tests/clients/package-lock.json")
    )
