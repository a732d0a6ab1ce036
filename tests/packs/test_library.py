"""Reloading keeps what works, and what is in use stays the same for those who hold it."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from dialogs.packs.faults import PackError
from dialogs.packs.loader import SHIPPED, Library, load

README = SHIPPED.parent / "README.md"


def test_first_load_raises_with_all_faults(small) -> None:
    small.change("hints", "source: X1", "source: X9")
    with pytest.raises(PackError, match=r"hints\.yaml:5: there is no source `X9`\. Correct"):
        Library([small.folder])


def test_reload_takes_a_good_change(small) -> None:
    library = Library([small.folder])
    before = library.current
    small.change("questions", "nb: Lyst", "nb: Nok lys")

    assert library.reload() == ()

    assert library.current.question("hage-sol").text.nb == "Nok lys"
    assert before.question("hage-sol").text.nb == "Lyst"


def test_reload_keeps_the_old_on_a_fault_and_recovers(small) -> None:
    small.path("nudges").unlink()  # its button is in the shipped pack
    library = Library([small.folder], shipped=False)
    before = library.current
    line = small.change("questions", "nb: Lyst, ", "#!\n      ")

    faults = library.reload()

    assert [(fault.line, fault.what) for fault in faults] == [(line, "`nb` is missing")]
    assert library.current is before
    small.change("questions", "#!\n", "nb: Lyst,\n")
    assert library.reload() == ()
    assert library.current is not before


def test_reload_survives_the_folder_going_away(small) -> None:
    library = Library([small.folder])
    small.folder.rename(small.folder.with_name("moved"))
    (fault,) = library.reload()
    assert "cannot be read" in fault.what
    assert library.current.pack("hagelag").version == 1


def test_readers_see_one_whole_library_while_others_reload(small) -> None:
    small.path("nudges").unlink()
    library = Library([small.folder], shipped=False)
    stop = threading.Event()
    torn: list[str] = []

    def read() -> None:
        while not stop.is_set():
            packs = library.current
            if packs.question("hage-sol") not in packs.part("hage-1").questions:
                torn.append("part and question differ")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(20):
        text = f"nb: Lyst{n}," if n % 3 else "#"
        good = small.path("questions").read_text(encoding="utf-8")
        small.write("questions", re.sub(r"nb: Lyst\d*,", text, good))
        library.reload()
        small.write("questions", good)
    stop.set()
    for reader in readers:
        reader.join()
    assert not torn


def test_pack_alone_without_the_shipped_one_says_what_it_lacks(small) -> None:
    small.path("nudges").unlink()
    packs = load([small.folder], shipped=False)
    with pytest.raises(LookupError, match="answer_labels"):
        _ = packs.answer_labels
    with pytest.raises(LookupError, match="rules"):
        _ = packs.nudges


def test_lists_of_all_packs_are_put_together(small) -> None:
    packs = load([small.folder])
    assert packs.nudges.nudges[-1].id == "nudge-hage"
    assert packs.nudges.placeholders["bed"] == "name of the bed"
    assert [item.id for item in packs.checklist(1)][-5] == "h-plan"  # before the four for all
    assert packs.terms[-1].in_("en") == "garden"
    assert [part.id for part in packs.parts(pack="hagelag")] == ["hage-1"]
    assert packs.pack_of("hage-plan").id == "hagelag"
    assert [question.id for question in packs.deeper("hage-plan")] == ["hage-dypere"]
    assert packs.deeper("hage-plan", "team") == ()
    assert packs.hints_for("hage-plan")[0].text.in_("en") == "Dig"


def test_pack_of_the_readme_loads(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert [name for name, _ in blocks] == ["pack.yaml", "questions.yaml"]
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert load([tmp_path]).part("hage-1").questions[0].where == "house"
