"""`samspill export` and `samspill erase`: what a person has a right to, done by the operator."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

ENDINGS = (".html", ".json")


def _whom(command: Callable[..., None]) -> Callable[..., None]:
    by_id = click.option("--person", metavar="ID", type=click.IntRange(1), help="Whom, by number.")
    by_name = click.option(
        "--identity",
        metavar="PLATFORM:TENANT:USER",
        help="Whom, as the chat knows them, such as slack:T0123:U0456.",
    )
    return by_id(by_name(command))


@click.command()
@_whom
@click.option(
    "--to",
    "to",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it: a .html to read, or a .json for programs.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def export(person: int | None, identity: str | None, to: Path, as_json: bool) -> None:
    """Write all that is kept about one person to a file that only you can read."""
    from dataclasses import replace

    from dialogs.me import document
    from dialogs.turn import translator
    from storage import mine

    _one_of(person, identity)
    if to.suffix not in ENDINGS:
        raise click.BadParameter("name a file that ends in .html or .json.", param_hint="--to")
    with own_turn() as turn:
        whom = whom_of(turn, person, identity)
        found = mine.all_of(turn.db, whom.id)
        text = document.as_html(replace(turn, say=translator(whom, None, None)), found)
        if to.suffix == ".json":
            text = document.as_json(found)
    _write(to, text)
    done = {"person": found.person.id, "answers": len(found.answers), "file": str(to)}
    what = f"All that is kept about person {found.person.id} is in {to}."
    click.echo(json.dumps(done) if as_json else what)


def _write(to: Path, text: str) -> None:
    """A new file, for the operator alone."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(
            f"{to} is there already, and is left as it is. Name another file."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:  # the disk is full: half a file would look like all that is kept
        to.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(to)) from None


@click.command()
@_whom
@click.option("--keep-answers", is_flag=True, help="Let the answers stay, without the name.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON; needs --yes.")
def erase(
    person: int | None, identity: str | None, keep_answers: bool, yes: bool, as_json: bool
) -> None:
    """Erase a person, for good: says what will happen, and asks.

    Stop Samspill first when the database is a SQLite file.
    """
    from dialogs.me.erasing import consequences
    from storage import contributions

    _one_of(person, identity)
    if as_json and not yes:
        raise click.UsageError("--json prints nothing but JSON: add --yes when you are sure.")
    with own_turn() as turn:
        whom = whom_of(turn, person, identity)
        found = contributions.extent(turn.db, whom.id)
        last = [each.name for each in contributions.only_coordinates(turn.db, whom.id)]
        lines = consequences(turn, whom, keep=keep_answers)
    person_id = whom.id
    if not yes:
        click.echo(f"This will happen to person {person_id}, in words to them:")
        for line in [*lines, *(_last(each) for each in last)]:
            click.echo(f"- {line}")
        click.confirm("Erase? It cannot be undone.", abort=True)
    with own_turn() as turn:
        _erase(turn, person_id, keep_answers)
    done = {
        "person": person_id,
        "answers": found.answers,
        "kept": keep_answers,
        "without_coordinator": last,
    }
    click.echo(
        json.dumps(done, ensure_ascii=False) if as_json else f"Person {person_id} is erased."
    )


def _last(name: str) -> str:
    return f"Nobody is left to coordinate «{name}»: name another first, if you can."


def _erase(turn: Any, person_id: int, keep: bool) -> None:
    from dialogs.me.erasing import erase as erase_person
    from storage import collaborations, erasing
    from storage.engine import lock

    lock(turn.db, collaborations.touched_by(turn.db, person_id), [person_id])
    turn.db.expire_all()
    erase_person(turn, whom_of(turn, person_id, None), keep=keep)
    erasing.remove(turn.db, person_id)


def _one_of(person: int | None, identity: str | None) -> None:
    if (person is None) == (identity is None):
        raise click.UsageError("Say whom: --person ID or --identity PLATFORM:TENANT:USER.")
    if identity is not None and len(identity.split(":", 2)) != 3:
        raise click.BadParameter(
            "write it as PLATFORM:TENANT:USER, such as slack:T0123:U0456.", param_hint="--identity"
        )


def whom_of(turn: Any, person: int | None, identity: str | None) -> Any:
    """The person; a plain sentence when there is none."""
    from storage import people

    if identity is not None:
        platform, tenant, user = identity.split(":", 2)
        known = people.by_identity(turn.db, platform, tenant, user)
    else:
        known = next(iter(people.persons(turn.db, [person or 0])), None)
    if known is None:
        raise click.ClickException(
            "Nobody is known by that. Look at the number or the identity once more: whoever was "
            "erased, or never wrote to Samspill, is not there."
        )
    return known


@contextmanager
def own_turn() -> Iterator[Any]:
    """A turn of the operator's own: one transaction on a database that is up to date."""
    from random import SystemRandom

    from bot import settings
    from bot.time import SystemClock
    from dialogs.language import Translator
    from dialogs.packs.loader import Library
    from dialogs.turn import Turn
    from storage.engine import Database
    from storage.lockfile import one_process
    from storage.schema import DatabaseKind, claim_kind, require_current

    chosen = settings.load(demo=False, key=False)
    with one_process(chosen.database_url):
        database = Database(chosen.database_url)
        try:
            require_current(database)
            claim_kind(database, DatabaseKind.RECORD)
            clock, random = SystemClock(), SystemRandom()
            now, packs = clock.now(), Library(chosen.packs).current
            key = f"cli:{random.getrandbits(64):x}"
            say = Translator("en")
            with database.write() as db:
                yield Turn(db, now, packs, None, None, say, at=now, event_key=key, random=random)
        finally:
            database.close()
