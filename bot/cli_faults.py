"""How the command line runs a command; what goes wrong is one sentence on stderr, exit code 1."""

from __future__ import annotations

import gc
from os import PathLike, fspath
from typing import Any

import click


class Group(click.Group):
    """Runs a command, and turns what it raises into words."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. What it imports stays to the end: to look for garbage in it, again and again and
        once more when the process ends, would take a third of the time of a short command."""
        gc.set_threshold(50_000)
        ctx.call_on_close(gc.freeze)
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the outermost edge: each becomes words
            raise click.ClickException(words(error)) from None


def words(error: Exception) -> str:
    """What to tell the operator. Of a fault that nobody foresaw, its kind and place only."""
    from bot.settings import SettingsError
    from dialogs.packs.faults import PackError
    from storage.lockfile import Locked
    from storage.schema import SchemaError

    if isinstance(error, SettingsError | SchemaError | Locked):
        return str(error)
    if isinstance(error, PackError):
        return f"The packs cannot be used. Mend this first:\n{error}"
    if isinstance(error, OSError) and isinstance(error.filename, str | PathLike):
        return (
            f"{fspath(error.filename)} cannot be read or written ({error.strerror}). See that its "
            "folder exists and that Samspill may read and write there."
        )
    from bot.logs import described
    from storage.troubles import told

    if known := told(error):
        return known
    about = described(error)
    return (
        f"Something went wrong that nobody foresaw: {about['error']} at {about['at']}. Try again; "
        "if it comes back, report these lines: nothing that people wrote is in them."
    )
