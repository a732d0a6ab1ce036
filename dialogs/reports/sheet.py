"""The meeting sheet (møteark): questions to print, for those whom chat does not reach."""

from __future__ import annotations

import re

from dialogs.authority import member_of, moved_on, number, part
from dialogs.choosing import the_collaboration
from dialogs.language import n_
from dialogs.messages import Element, File, Message, Notice, Reply, Text
from dialogs.packs.library import PartInSet
from dialogs.reports.html import sheet_html
from dialogs.reports.page import file_name
from dialogs.reports.sheet_content import Sheet, of_part, of_round
from dialogs.rounds.dialog import round_of, rounds_dialog
from dialogs.rounds.offering import full_name, offered
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, memberships, places, rounds
from storage.tables import Collaboration

AUDIENCES = {
    "team": n_("for the team"),
    "coordinator": n_("for coordinators"),
    "leader": n_("for leaders"),
    "ministry": n_("for ministries"),
    "ks": n_("for KS"),
}


@rounds_dialog.command(
    "meeting sheet",
    ("møteark", "moteark", "ark"),
    n_("get questions to print for a meeting"),
    takes=(),
)
def sheet_command(turn: Turn, rest: str) -> Reply | None:
    """`møteark 7`: the sheet of a part for anybody; alone, of a draft, or the list of parts."""
    home = the_collaboration(turn)
    member_of(turn, home.id)
    found = re.match(r"\s*(\d{1,3})\b", rest)
    parts = _parts(turn)
    if found is None:
        drafts = rounds.drafts(turn.db, home.id)
        return _send(turn, home, f"r{drafts[0].id}") if drafts else _list(turn)
    if not 1 <= int(found[1]) <= len(parts):
        raise Refusal(
            turn.say.t(
                "There is no part with that number. Write a number from 1 to {n}.", n=len(parts)
            )
        )
    return _send(turn, home, f"c{home.id},{parts[int(found[1]) - 1].id}")


def _parts(view: View) -> list[PartInSet]:
    """All there are: first those that can be asked, with the numbers that `runde` has for them."""
    first = offered(view)
    return [*first, *(each for each in view.packs.parts() if each not in first)]


def _list(view: View) -> Notice:
    say = view.say
    lines = [
        f"{n}. {say.pick(full_name(each))} ({say.t(AUDIENCES[each.audience])})"
        for n, each in enumerate(_parts(view), start=1)
    ]
    return view.notice(
        say.t("Which questions do you want on paper? Write «meeting sheet» and the number."),
        Text("\n".join(lines)),
    )


@rounds_dialog.act("sheet")
def sheet_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The sheet of a round that is being put together, or runs."""
    found = round_of(turn, argument)
    member_of(turn, found.collaboration_id)
    return _send(turn, collaborations.the(turn.db, found.collaboration_id), f"r{found.id}")


def _send(turn: Turn, home: Collaboration, argument: str) -> Reply | None:
    place = places.direct_of(turn.db, turn.me.id)
    moment = int(turn.now.timestamp())  # each time it is asked for, it is made anew
    turn.file(place, "round", "sheet", f"{argument},{moment}", collaboration=home.id)
    return turn.notice(turn.say.t("The sheet comes in a direct message."))


@rounds_dialog.file("sheet")
def sheet_file(view: View, argument: str) -> File | None:
    """The sheet to print; where no file can go, its words."""
    sheet = _sheet(view, argument)
    if sheet is None:
        return None
    say = sheet.say
    title = say.t("Meeting sheet")
    return File(
        say.language,
        file_name(f"{title} {sheet.name}", "html"),
        "text/html",
        say.t("The meeting sheet, to print"),
        sheet_html(sheet),
        _in_words(view, sheet),
    )


def _sheet(view: View, argument: str) -> Sheet | None:
    """None for somebody who has left, and for what is not there any more."""
    if argument.startswith("r"):
        found = rounds.one(view.db, number(view, argument, "r"))
        if found is None or not _still_in(view, found.collaboration_id):
            return None
        home = collaborations.the(view.db, found.collaboration_id)
        return of_round(view, home.name, found)
    home_id = number(view, argument, "c")
    if not _still_in(view, home_id):
        return None
    chosen = _part(view, part(view, argument, 1))
    home = collaborations.the(view.db, home_id)
    return of_part(view, home.name, chosen, full_name(chosen))


def _still_in(view: View, collaboration_id: int) -> bool:
    return memberships.of(view.db, view.me.id, collaboration_id) is not None


def _part(view: View, part_id: str) -> PartInSet:
    try:
        return view.packs.part(part_id)
    except LookupError:
        raise moved_on(view) from None


def _in_words(view: View, sheet: Sheet) -> Message:
    elements: list[Element] = [Text(sheet.name, "heading")]
    for each in sheet.questions:
        elements.append(Text(f"{each.number}. {each.text}"))
        if each.options:
            elements.append(Text(" / ".join(each.options), "muted"))
    return view.message(*elements, summary=view.say.t("The meeting sheet, to print"))
