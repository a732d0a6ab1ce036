"""`samspill packs`: check packs before they are used, and print their JSON Schemas."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.group()
def packs() -> None:
    """Work on packs: question sets, checklists, hints and nudges."""


@packs.command()
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
def check(folders: tuple[Path, ...], as_json: bool) -> None:
    """Name every fault in the packs in DIR (a pack, or a folder of packs), by file and line.

    Without DIR: in all packs that Samspill loads (SAMSPILL_PACKS).
    """
    from bot import settings
    from dialogs.packs import commands

    folders = folders or settings.load(demo=False, key=False).packs
    faults = commands.check(folders)
    if as_json:
        click.echo(json.dumps({"faults": [asdict(each) for each in faults]}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(str(fault))
        if not faults:
            where = ", ".join(["the pack that comes with Samspill", *map(str, folders)])
            click.echo(f"No faults in {where}.")
    if faults:
        found = "1 fault. Mend it" if len(faults) == 1 else f"{len(faults)} faults. Mend them"
        click.echo(f"{found} and check again.", err=True)
        sys.exit(1)


@packs.command()
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write them here.",
)
def schema(out: Path | None) -> None:
    """Print the JSON Schemas of a pack's files, or write them as DIR/NAME.json for your editor."""
    from dialogs.packs import commands
    from dialogs.packs.schema import as_text, write

    if out is None:
        click.echo(as_text(commands.schema()), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    write(out)
    click.echo(f"The schemas are in {out}.")
