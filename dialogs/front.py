"""Samspill's own page for one person: what waits, where things stand, what is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from dialogs.arriving import who_i_am
from dialogs.home import home, menu_row, status
from dialogs.me.page import own
from dialogs.messages import Button, Buttons, Divider, Element, Page, Text
from dialogs.questions.content import content
from dialogs.rounds.dialog import rounds_dialog
from dialogs.rounds.privately import number_of
from dialogs.rounds.waits import waiting_for
from dialogs.turn import View
from storage import collaborations, rounds, timers
from storage.tables import Asked

TITLE = "Samspill"
SHOWN = 8  # questions: each takes three blocks, and a page has room for a hundred in all
_NOT_HERE = ("round:bring:", "home:status:")  # what the page itself shows


@home.show("page")
def page(view: View, argument: str) -> Page:
    """The page as it is now, in the person's language."""
    if view.person is None:
        return Page(view.language, TITLE, tuple(_to_a_stranger(view)))
    say = view.say
    row = [each for each in menu_row(view) if each.id not in _NOT_HERE]
    elements: list[Element] = [
        *_waiting(view),
        Divider(),
        Text(say.t("Your collaborations"), "heading"),
        *status(view),
        Divider(),
        Text(say.t("What would you like to do?"), "heading"),
        Buttons((*row, _my_data(view))),
        Text(say.t("Nobody but you sees this page."), "muted"),
    ]
    return Page(view.language, TITLE, tuple(elements))


def _to_a_stranger(view: View) -> list[Element]:
    say = view.say
    new = Button("setup:new:", say.t("Set up a collaboration"), "primary", opens=True, typed="nytt")
    helping = Button("home:help:", say.t("Help"), opens=True, typed="hjelp")
    code = say.t("Do you have a code? Write «join CODE» to me in a message.")
    return [*who_i_am(view), Buttons((new, helping)), Text(code, "muted")]


def _my_data(view: View) -> Button:
    return Button(own(view, "data", 0), view.say.t("See my data"), opens=True, typed="mine data")


def _waiting(view: View) -> Iterator[Element]:
    say, left = view.say, waiting_for(view)
    yield Text(say.t("Waiting for you"), "heading")
    if not left:
        yield Text(say.t("No questions are waiting for you."))
        return
    for asked in left[:SHOWN]:
        yield from _question(view, asked)
    more = len(left) - SHOWN
    if more > 0:
        words = say.tn("{n} more question is waiting.", "{n} more questions are waiting.", more)
        yield Text(words, "muted")
    yield from _reminder(view, left)


def _reminder(view: View, left: Sequence[Asked]) -> Iterator[Element]:
    """When the next comes of what waits; nothing while none will."""
    found = (rounds.one(view.db, each.round_id) for each in left)
    homes = {each.collaboration_id for each in found if each is not None and not each.paused_at}
    at = timers.next_of(view.db, "round", "remind", sorted(homes), view.now)
    if at is None:
        return
    say, away = view.say, view.me.away_until
    if away is not None and at.astimezone(ZoneInfo(say.zone)).date() <= away:
        return
    words = say.t(
        "I remind you {moment} if something is still waiting then.", moment=say.moment(at)
    )
    yield Text(words, "muted")


def _question(view: View, asked: Asked) -> Iterator[Element]:
    """One that waits, with the form that answers it."""
    found = rounds.one(view.db, asked.round_id)
    if found is None:
        return
    say, named = view.say, collaborations.the(view.db, found.collaboration_id).name
    yield Text(f"{named} · {number_of(view, asked)}", "muted")
    yield Text(say.pick(content(asked).text))
    answer = rounds_dialog.id("answer", f"q{asked.id}")
    yield Buttons((Button(answer, say.t("Answer"), "primary", opens=True, typed="svar"),))
