"""`samspill link`: two persons who are one human become one, done by the operator."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command()
@click.option(
    "--person", metavar="ID", type=click.IntRange(1), required=True, help="Who stays, by number."
)
@click.option(
    "--with",
    "other",
    metavar="ID",
    type=click.IntRange(1),
    required=True,
    help="Who is the same human, by number.",
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON; needs --yes.")
def link(person: int, other: int, yes: bool, as_json: bool) -> None:
    """Let two persons be one, who are one human on two platforms: says what will happen, and asks.

    Both are told. Stop Samspill first when the database is a SQLite file.
    """
    from bot.cli_people import own_turn
    from storage import linking

    if person == other:
        raise click.UsageError("--person and --with are the same.")
    if as_json and not yes:
        raise click.UsageError("--json prints nothing but JSON: add --yes when you are sure.")
    with own_turn() as turn:
        names = [each.name for each in _both(turn, person, other)]
        twice = len(linking.both_answered(turn.db, person, other))
    if not yes:
        click.echo(f"Person {other} ({names[1]}) becomes person {person} ({names[0]}):")
        click.echo("- What is theirs anywhere is theirs everywhere, and they see all of it.")
        click.echo(f"- Questions that both have answered: {twice}. The earlier answer stands, with")
        click.echo("  the other added to it.")
        click.confirm("Link them? It cannot be undone.", abort=True)
    with own_turn() as turn:
        _link(turn, person, other)
    done = {"person": person, "with": other, "both_answered": twice}
    click.echo(json.dumps(done) if as_json else f"Person {other} is person {person} now.")


def _link(turn: Any, person: int, other: int) -> None:
    from dialogs.me.linking import link as link_persons
    from storage import collaborations
    from storage.engine import lock

    homes = {home for each in (person, other) for home in collaborations.touched_by(turn.db, each)}
    lock(turn.db, sorted(homes), [person, other])
    turn.db.expire_all()
    link_persons(turn, *_both(turn, person, other))


def _both(turn: Any, person: int, other: int) -> tuple[Any, Any]:
    """The two; a plain sentence where they cannot be linked."""
    from bot.cli_people import whom_of
    from storage import linking

    both = whom_of(turn, person, None), whom_of(turn, other, None)
    apart = linking.in_two_houses(turn.db, person, other)
    if apart:
        names = ", ".join(f"«{each.name}»" for each in apart)
        raise click.ClickException(
            f"They take part from different organisations in {names}. Let a coordinator correct "
            "that first: people NAME: ORGANISATION."
        )
    return both
