"""Setting up a collaboration: a name and the organisations; the rest has defaults."""

from __future__ import annotations

import re
from typing import Any

from dialogs.authority import coordinator_of
from dialogs.belonging import ask_organisation, make_member
from dialogs.buttons import row_number
from dialogs.channels import on_web, tell_channel
from dialogs.dialog import Dialog
from dialogs.inviting import invite_button
from dialogs.language import n_
from dialogs.messages import Buttons, Field, FieldErrors, Form, Reply, Text
from dialogs.naming import LONGEST_NAME, one_line
from dialogs.rounds.coming_in import bring_in
from dialogs.rounds.offer import first_round
from dialogs.scope import scope
from dialogs.turn import Refusal, Turn, View
from storage import collaborations
from storage.tables import Collaboration, Place, Role

MOST_ORGANISATIONS = 300


setup = Dialog("setup", scope(""))


@setup.command("new", ("nytt", "ny", "set up"), n_("set up a collaboration"))
def new_command(turn: Turn, rest: str) -> Reply | None:
    """A form; or all in one line: `nytt Navn: Etat A, Etat B`. A line that is anything less than a
    name and a list comes back in the form: a sentence of that shape makes no collaboration."""
    name, _, parties = rest.partition(":")
    sent: dict[str, Any] = {
        "name": name.strip(),
        "organisations": tuple(re.split(r"[\n,;]", parties)),
    }
    named = _parties(sent)
    a_list = len(named) > 1 and not any(each[-1] in ".!?…" for each in named)
    if a_list and not _faults(turn, sent):
        return _create(turn, sent)
    return _form(turn, sent["name"], tuple(named), written=bool(rest))


@setup.show("new")
def new_form(view: View, argument: str) -> Form:
    """The form for a new collaboration."""
    return _form(view)


def _form(
    view: View, name: str = "", parties: tuple[str, ...] = (), *, written: bool = False
) -> Form:
    """The form, with what was written already."""
    _free(view)
    say = view.say
    not_yet = say.t(
        "Nothing is set up yet. It takes a name and at least two organisations: fill in the form, "
        "or write them after «new», with a colon after the name and commas between."
    )
    return Form(
        view.language,
        setup.id("new"),
        say.t("Set up a collaboration"),
        (
            Field(
                "name",
                say.t("What are you working on together?"),
                "text",
                hint=say.t("A short name that everyone will recognise."),
                max_length=LONGEST_NAME,
                value=name,
            ),
            Field(
                "organisations",
                say.t("Which organisations take part?"),
                "lines",
                hint=say.t("One per line. You can add more later."),
                value=parties,
            ),
        ),
        say.t("Set up"),
        say.t("Cancel"),
        (
            *((Text(not_yet),) if written else ()),
            Text(
                say.t(
                    "The one who sets it up coordinates: starts rounds and invites. "
                    "Coordinating is not leading."
                ),
                "muted",
            ),
        ),
    )


@setup.submit("new")
def new_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """Make it, or say by each field what is missing."""
    faults = _faults(turn, sent)
    return FieldErrors(faults) if faults else _create(turn, sent)


def _parties(sent: dict[str, Any]) -> list[str]:
    written = sent.get("organisations", ())
    lines = written.splitlines() if isinstance(written, str) else list(written)
    names = [one_line(each) for each in lines]
    unique = {name.casefold(): name for name in reversed(names) if name}
    return list(reversed(unique.values()))


def _faults(view: View, sent: dict[str, Any]) -> dict[str, str]:
    say, faults = view.say, {}
    name = str(sent.get("name", "")).strip()
    parties = _parties(sent)
    if not name or len(name) > LONGEST_NAME:
        faults["name"] = say.t("Give it a name of at most 200 characters.")
    if not parties:
        faults["organisations"] = say.t("Name at least one organisation.")
    elif len(parties) > MOST_ORGANISATIONS or max(map(len, parties)) > LONGEST_NAME:
        faults["organisations"] = say.t(
            "At most 300 organisations, each with a name of at most 200 characters."
        )
    return faults


def _free(view: View) -> Place | None:
    """The channel, when this is one; a channel has one collaboration only."""
    place = view.place
    if place is None or place.person_id is not None:
        return None
    if place.collaboration_id is not None:
        raise Refusal(
            view.say.t(
                "This channel is already part of a collaboration. Set up a new one in another "
                "channel, or write «new» to me in a direct message."
            )
        )
    return place


def _create(turn: Turn, sent: dict[str, Any]) -> Reply:
    channel = _free(turn)
    home = collaborations.create(
        turn.db,
        name=one_line(sent["name"]),
        organisations=_parties(sent),
        language=turn.language,
        now=turn.now,
    )
    turn.audit("collaboration.made", f"collaboration:{home.id}", home.id)
    make_member(turn, turn.me.id, home.id, Role.COORDINATOR)
    if channel is not None:
        bring_in(turn, channel, home.id)
    asks = ask_organisation(turn, home.id)
    bound = channel is not None or on_web(turn)
    return turn.notice(*_made(turn, home, bound=bound), *asks.message.elements)


def _made(turn: Turn, home: Collaboration, *, bound: bool) -> list[Any]:
    say = turn.say
    elements: list[Any] = [Text(say.t("«{name}» is set up.", name=home.name), "heading")]
    if bound:
        elements += first_round(turn, home.id)
    else:
        elements.append(
            Text(
                say.t(
                    "Now write «@Samspill use {code}» in the channel where you work.", code=home.id
                )
            )
        )
    if on_web(turn):
        elements.append(Buttons((invite_button(turn, home.id),)))
    elements.append(
        Text(
            say.t("Write «join» to get a code for a channel or a person who is to come in."),
            "muted",
        )
    )
    return elements


@setup.command("use", ("bruk",), "", takes=())
def use_here(turn: Turn, rest: str) -> Reply | None:
    """Bind a channel to a collaboration that the writer coordinates."""
    place = turn.place
    if place is None or place.person_id is not None:
        where = turn.say.t("Write this in the channel you want to use.")
        if row_number(rest) is not None:
            where = turn.say.t(
                "Write «@Samspill use {code}» in the channel you want to use.", code=rest
            )
        raise Refusal(where)
    member = coordinator_of(turn, row_number(rest) or 0)
    tell_channel(turn, place, member.collaboration_id)
    with_round = bring_in(turn, place, member.collaboration_id)
    home, say = collaborations.the(turn.db, member.collaboration_id), turn.say
    return turn.notice(
        Text(say.t("The channel is part of «{name}» now.", name=home.name), "heading"),
        *((Text(say.t("The running round is shown there too.")),) if with_round else ()),
        *first_round(turn, home.id),
    )
