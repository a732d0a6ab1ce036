"""A brief for newcomers: what has been said and decided so far, privately, from the record."""

from __future__ import annotations

from dialogs.arrived.shown import promises
from dialogs.authority import member_of, number
from dialogs.choosing import the_collaboration
from dialogs.language import n_
from dialogs.messages import Button, Buttons, Element, Fact, Facts, Notice, Quote, Reply, Text
from dialogs.reports.page import arrived_at
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.figures import kept
from dialogs.rounds.findings import TITLES, Findings, Part, Point, findings
from dialogs.turn import Turn, View
from storage import actions, collaborations, rounds
from storage.tables import Round

MOST = 4  # rounds that are told of, the latest first
MOST_PROMISED = 15
LOOKED_AT = 20  # for those that somebody answered
_TOLD = (Part.AGREE, Part.DIFFER, Part.TALK)


@rounds_dialog.command(
    "brief",
    ("kort for nye", "kort", "kort for dei nye", "in brief"),
    n_("what has been said and decided so far"),
    alone=True,
)
def brief_command(turn: Turn, rest: str) -> Reply | None:
    """The brief of the collaboration that is meant."""
    return brief_shown(turn, f"c{the_collaboration(turn).id}")


@rounds_dialog.show("brief")
def brief_shown(view: View, argument: str) -> Notice:
    """The same by a button; for members only."""
    home_id = number(view, argument, "c")
    member_of(view, home_id)
    say, home = view.say, collaborations.the(view.db, home_id)
    parties = [each.name for each in collaborations.organisations(view.db, home.id)]
    elements: list[Element] = [
        Text(say.t("{name}, in brief", name=home.name), "heading"),
        Facts((Fact(say.t("Organisations"), say.some(parties)), *_now(view, home.id))),
    ]
    running = rounds.running(view.db, home.id)
    elements += _arrived(view, running) if running is not None else []
    latest = _answered(view, home.id)[:MOST]
    told = [each for found in latest for each in _round(view, found)]
    elements += told or [Text(say.t("No round is finished yet."))]
    promised = actions.open_of(view.db, home.id)
    if promised:
        title = say.t("What you promised each other")
        elements += [Text(title, "heading"), promises(say, promised[:MOST_PROMISED])]
    if told:
        where = say.t("You will find the answers in each question's thread.")
        elements.append(Text(where, "muted"))
    return view.notice(*elements)


def brief_button(view: View, collaboration_id: int) -> tuple[Element, ...]:
    """The button for it, once there is something to tell."""
    if not rounds.finished(view.db, collaboration_id, 1):
        return ()
    label = view.say.t("In brief, for newcomers")
    id = rounds_dialog.id("brief", f"c{collaboration_id}")
    return (Buttons((Button(id, label, opens=True, typed="kort for nye"),)),)


def _now(view: View, home_id: int) -> list[Fact]:
    """The round that runs, if one does."""
    found = rounds.running(view.db, home_id)
    if found is None:
        return []
    say = view.say
    name, closes = say.pick(found.name), say.moment(found.closes_at)
    if found.paused_at is not None:
        moment = say.moment(found.paused_at)
        return [
            Fact(say.t("Now"), say.t("{name}, paused since {moment}", name=name, moment=moment))
        ]
    return [Fact(say.t("Now"), say.t("{name}, closes {moment}", name=name, moment=closes))]


def _answered(view: View, home_id: int) -> list[Round]:
    """The rounds that are finished and that somebody answered, the latest first."""
    finished = rounds.finished(view.db, home_id, LOOKED_AT)
    return [each for each in finished if (figures := kept(each.figures)) and figures.people]


def _round(view: View, found: Round) -> list[Element]:
    figures = kept(found.figures)
    assert figures is not None
    assert found.closed_at is not None
    say, it = view.say, findings(view, found, figures)
    head = say.t("{name}, finished {day}", name=it.name, day=say.day(found.closed_at))
    facts = tuple(_fact(view, part, it) for part in _TOLD if part in it.parts)
    elements: list[Element] = [Text(head, "heading"), Text(it.who)]
    if facts:
        elements.append(Facts(facts))
    return [*elements, *_arrived(view, found)]


def _arrived(view: View, found: Round) -> list[Element]:
    arrived = arrived_at(view, found)
    if not arrived:
        return []
    title = Text(view.say.t("This is what we arrived at"))
    return [title, *(Quote(each.text, each.question) for each in arrived)]


def _fact(view: View, part: Part, it: Findings) -> Fact:
    title = TITLES[part]
    lines = "\n".join(_line(part, each) for each in it.parts[part])
    return Fact(view.say.t(title), lines)


def _line(part: Part, point: Point) -> str:
    """What was agreed with the answer; else the question, or what there is to talk about."""
    if part == Part.AGREE:
        return point.line
    return f"{point.number}. {point.says}" if part == Part.TALK else point.title
