"""Taking away what was arrived at: what stands is shown first, then it goes for good."""

from __future__ import annotations

from dialogs.arrived.dialog import arrived, question_of, under
from dialogs.arrived.shown import day_with_year_of, signed
from dialogs.authority import member_of
from dialogs.choosing import the_collaboration
from dialogs.messages import Button, Buttons, Notice, Quote, Reply, Text
from dialogs.turn import Refusal, Turn, View
from storage import conclusions
from storage.conclusions import Concluded
from storage.tables import Asked, Role, Round

NOW = "fjern konklusjonen nå"


@arrived.show("remove")
def asks(view: View, argument: str) -> Notice:
    """What would go; nothing has yet."""
    asked, found = question_of(view, argument)
    stands = _removable(view, asked, found)
    say = view.say
    sure = Button(
        arrived.id("removed", f"q{asked.id}", stands.wordings),
        say.t("Yes, take it away"),
        "danger",
        typed=NOW,
    )
    return view.notice(
        Text(say.t("Take away what you arrived at?"), "heading"),
        Quote(stands.text),
        Text(signed(say, stands.by, day_with_year_of(view, stands.at)), "muted"),
        Text(
            say.t(
                "It goes from the threads and the summary, with its earlier wordings, and is not "
                "asked again. Actions that were promised with it stay."
            )
        ),
        Text(say.t("Nothing changes until you press the button."), "muted"),
        Buttons((sure,)),
    )


@arrived.act("removed")
def removed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """It goes, with what stood before, from every place; but not words that came after those that
    the presser was shown: they are shown first."""
    asked, found = question_of(turn, argument)
    stands = _removable(turn, asked, found)
    _, pressed, seen = argument.partition(",")
    if pressed and seen != str(stands.wordings):
        shown = asks(turn, f"q{asked.id}").message.elements
        return turn.notice(turn.say.t("Somebody else had written this in the meantime:"), *shown)
    turn.audit("conclusion.removed", f"conclusion:{stands.id}", found.collaboration_id)
    conclusions.remove(turn.db, stands.id)
    turn.refresh(arrived.name, "conclusion", f"q{asked.id}")
    turn.refresh("round", "summary", f"r{found.id}")
    return turn.notice(turn.say.t("It is taken away. You can write a new one at any time."))


def _removable(view: View, asked: Asked, found: Round) -> Concluded:
    """What stands; a refusal for whoever neither wrote it nor coordinates."""
    member = member_of(view, found.collaboration_id)
    stands = conclusions.shown(view.db, asked.id)
    if stands is None:
        raise Refusal(view.say.t("Nothing is written here that could be taken away."))
    if view.me.id != stands.by_id and Role.COORDINATOR not in member.roles:
        raise Refusal(
            view.say.t(
                "Whoever wrote it, or a coordinator, can take it away. Anybody can correct it."
            )
        )
    return stands


# --- typed --------------------------------------------------------------------------------------


@arrived.command(
    "remove conclusion",
    ("fjern konklusjon", "fjern konklusjonen", "ta bort konklusjonen"),
    "",
    alone=True,
)
def remove_command(turn: Turn, rest: str) -> Reply | None:
    """Show what would go: in a question's thread that one, else what one wrote last."""
    return asks(turn, _meant(turn))


@arrived.command(
    "remove conclusion now",
    ("fjern konklusjon nå", NOW, "fjern konklusjonen no", "ta bort konklusjonen nå"),
    "",
    alone=True,
)
def remove_now_command(turn: Turn, rest: str) -> Reply | None:
    """The same, and then it goes."""
    return removed(turn, _meant(turn), None)


def _meant(turn: Turn) -> str:
    here = under(turn)
    if here is not None and here[0] == "q":
        return f"q{here[1]}"
    latest = conclusions.latest_by(turn.db, turn.me.id, the_collaboration(turn).id)
    if latest is None:
        raise Refusal(
            turn.say.t("You have written none. Write it in the question's thread, after @Samspill.")
        )
    return f"q{latest.asked_id}"
