"""Writes a revision: `python -m storage.migrations "What changes"`, or with `--first` anew.

Compares the tables with a scratch database brought up to the last revision. Read what it wrote,
and add its id to `REVISIONS` in `storage/schema.py`. `--first` replaces the only revision there
is, as long as nothing is released.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.engine import Database
from storage.schema import MIGRATIONS, REVISIONS, alembic_config


def write(message: str, *, first: bool) -> None:
    """Write the next revision, or the first one again."""
    number = 1 if first else len(REVISIONS) + 1
    for old in MIGRATIONS.glob("versions/v*.py") if first else ():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        with database.engine.begin() as connection:
            config = alembic_config(connection)
            command.upgrade(config, "head")
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.close()
    for command_line in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command_line, MIGRATIONS], check=True)


if __name__ == "__main__":
    write(" ".join(sys.argv[1:]).removeprefix("--first").strip(), first="--first" in sys.argv)
