"""The command `samspill`. What a command needs is imported when it runs: `--help` is quick.

Exit codes: 0 done, 1 a fault or a refusal, said on stderr with what to do next, 2 wrong usage.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import click

from bot.cli_faults import Group
from bot.cli_linking import link
from bot.cli_links import web_link
from bot.cli_packs import packs
from bot.cli_people import erase, export
from bot.cli_slack import slack

HELP = {"help_option_names": ["-h", "--help"]}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@click.group(cls=Group, context_settings=HELP)
@click.version_option(version("samspill"), message="%(version)s")
def main() -> None:
    """A self-hosted chat bot for people from several organisations who solve one task together.

    Settings come from the environment and from a file named .env; the README lists them.
    """


main.add_command(packs)
main.add_command(slack)
main.add_command(web_link)
main.add_command(export)
main.add_command(erase)
main.add_command(link)


@main.command()
def serve() -> None:
    """Run Samspill until it is stopped (Ctrl+C, SIGTERM)."""
    from bot import logs, settings

    chosen = settings.load(demo=False)
    logs.set_up(chosen.log)
    from bot import app

    asyncio.run(app.serve(chosen))


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port on localhost (SAMSPILL_PORT).")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("samspill-demo.db"),
    show_default=True,
    help="Where the demo keeps what you do.",
)
@click.option("--fresh", is_flag=True, help="Throw away what the demo kept, and begin anew.")
def demo(port: int | None, file: Path, fresh: bool) -> None:
    """Try Samspill in a browser, without any account: made-up people, a clock you can move."""
    from bot import logs, settings

    chosen = settings.load(demo=True)
    logs.set_up(chosen.log)
    from bot import demo as made_up

    at = chosen.port if port is None else port
    asyncio.run(made_up.run(port=at, file=file, fresh=fresh, packs=chosen.packs))


@main.command()
@click.option("--as", "as_name", metavar="NAME", required=True, help="Whom to be in the demo.")
@click.option("--url", metavar="URL", help="Where the demo runs, if not at http://localhost:8080.")
def chat(as_name: str, url: str | None) -> None:
    """Talk to the running demo from this terminal."""
    if url is None:
        from bot import settings

        url = settings.load(demo=True).base_url
    if not _is_loopback(url):
        raise click.BadParameter(
            "the demo answers on this machine only, such as http://localhost:8080.",
            param_hint="--url",
        )
    from bot.chat import client

    sys.exit(client.run(as_name, url, sys.stdin, sys.stdout, sys.stderr))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def migrate(as_json: bool) -> None:
    """Bring the database up to this version. Stop Samspill and take a copy of it first."""
    from bot import settings
    from storage import schema
    from storage.engine import Database
    from storage.lockfile import one_process

    url = settings.load(demo=False, key=False).database_url
    with one_process(url):
        database = Database(url)
        try:
            applied = schema.migrate(database)
        finally:
            database.close()
    if as_json:
        click.echo(json.dumps({"applied": applied, "version": schema.REVISIONS[-1]}))
    elif applied:
        click.echo(f"The database is up to date now: applied {', '.join(applied)}.")
    else:
        click.echo("The database was up to date already.")


def _is_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK
    except ValueError:
        return False
