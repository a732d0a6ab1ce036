"""`samspill web-link`: a personal link from the operator, for the first person and for whoever lost
their way in."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from storage.engine import Db


@click.command("web-link")
@click.option("--name", metavar="NAME", help="Invite somebody of this name who is nowhere yet.")
@click.option("--person", type=int, metavar="NUMBER", help="A new link for somebody who is known.")
@click.option("--new", is_flag=True, help="Invite, though somebody of that name is known.")
@click.option("--url", metavar="URL", help="Where people reach Samspill (SAMSPILL_BASE_URL).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def web_link(
    name: str | None, person: int | None, new: bool, url: str | None, as_json: bool
) -> None:
    """Print a personal link to the web pages, to pass on to one person.

    The first person on a fresh installation comes in by one, and sets up a collaboration. Whoever
    has the link comes in as that person: pass it on to them alone.
    """
    if (name is None) == (person is None):
        raise click.UsageError("say who it is for: either --name NAME or --person NUMBER.")
    wanted = " ".join((name or "").split())
    if name is not None and not 0 < len(wanted) <= 200:
        raise click.BadParameter("a name has 1 to 200 characters.", param_hint="--name")
    from bot import settings
    from storage.engine import Database
    from storage.links import INVITATION_LASTS, OWN_LASTS
    from storage.schema import DatabaseKind, claim_kind, require_current

    chosen = settings.load(demo=False, key=False)
    # Beside a running Samspill too, so without `one_process`: see decision 0007.
    database = Database(chosen.database_url)
    try:
        require_current(database)
        claim_kind(database, DatabaseKind.RECORD)
        with database.write() as db:
            token = _make(db, wanted, person, new=new)
    finally:
        database.close()
    address = f"{(url or chosen.base_url).rstrip('/')}/inn/{token}"
    lasts = OWN_LASTS if person is not None else INVITATION_LASTS
    if as_json:
        click.echo(json.dumps({"link": address, "seconds": int(lasts.total_seconds())}))
        return
    click.echo(address)
    span = "7 days" if person is None else "30 minutes"
    click.echo(f"It works once, within {span}, for whoever has it.", err=True)


def _make(db: Db, name: str, person_id: int | None, *, new: bool) -> str:
    """The link's token. Nothing else of it is known afterwards."""
    from datetime import UTC, datetime

    from storage import audit, links, people

    now = datetime.now(UTC)
    token = links.token(secrets.token_bytes(links.RANDOM_BYTES))
    if person_id is not None:
        if not people.persons(db, [person_id]):
            raise click.ClickException(f"There is no person {person_id}.")
        links.make_own(db, links.hashed(token), person_id, now)
        audit.note(db, now, None, None, "link.made", f"person:{person_id}")
        return token
    known = people.called(db, name)
    if known and not new:
        numbers = ", ".join(str(each) for each in known)
        raise click.ClickException(
            f"Somebody of that name is known already (number {numbers}). For a new link to them: "
            "--person NUMBER. To invite somebody else of the same name: --new."
        )
    made = links.invite(db, links.hashed(token), name, now)
    audit.note(db, now, None, None, "link.invited", f"web_link:{made}")
    return token
