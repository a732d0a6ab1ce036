"""What holds for the project's files whatever they are about."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tools.project import ROOT, project_files, room_files

# Joined here, so that this file does not hold what it looks for.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
    )
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in room_files() if path.suffix == ".py"]
    assert {"bot/__init__.py", "dialogs/__init__.py", "storage/__init__.py"} <= {
        *map(name, modules)
    }
    assert [
        name(path) for path in modules if not ast.get_docstring(ast.parse(path.read_bytes()))
    ] == []


def test_no_file_names_a_package_registry() -> None:
    files = project_files()
    assert len(files) > 20
    assert [
        f"{name(path)}: {host}"
        for path in files
        for host in HOSTS
        if host.encode() in path.read_bytes()
    ] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    homes = (b"/" + b"home/", b"/" + b"Users/", b"/" + b"root/")
    assert [
        f"{name(path)}: {home.decode()}"
        for path in project_files()
        for home in homes
        if home in path.read_bytes()
    ] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of the files in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as built:
        return built.namelist()


def test_the_wheel_carries_every_file_of_the_rooms(wheel: list[str]) -> None:
    assert sorted({*map(name, room_files())} - {*wheel}) == []


def test_the_wheel_carries_nothing_else(wheel: list[str]) -> None:
    others = {part for part in wheel if not part.startswith(("bot/", "dialogs/", "storage/"))}
    assert {part.split("/")[0] for part in others} == {"samspill-0.1.0.dev0.dist-info"}
