"""What an anonymous round forgets is gone from the database's file too, not only from its rows."""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.engine import Database
from storage.tables import Round
from tests.privacy.steps import Play
from tests.privacy.world import KINDS, World


def test_the_key_and_the_receipts_are_gone_from_the_file(
    empty_sqlite: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(empty_sqlite, tmp_path / "file.db"))
    database = Database(f"sqlite:///{path}")
    world = World(database, [2, 1])
    play = Play(world, KINDS[:1])
    play.goes([("start", 0, 1, 0), ("answer", 0, 0, 1), ("answer", 1, 0, 1), ("answer", 2, 0, 1)])
    key = world.kept(Round)[0].pseudonym_key
    assert key is not None
    words = [each.text.encode() for each in world.words.values()]
    play.goes([("withdraw", 1, 0, 0), ("close", 0, 0, 0)])
    database.close()
    left = path.read_bytes()
    assert not path.with_name("file.db-wal").exists(), "the journal is written back on closing"
    assert key not in left
    assert words[1] not in left, "what was taken back"
    assert left.count(words[0]) <= 1, "the answer, and no receipt of it"
