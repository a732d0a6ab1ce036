"""Actions: what people promised each other, shown, added, changed and settled. Nobody is reminded
of them: the next round's starting post shows them."""

from __future__ import annotations

import re
from typing import Any

from dialogs.arrived.dialog import action_of, promised, reads, under, visible
from dialogs.arrived.promising import SHORT, SHORT_NAME, Wanted, parsed, promise_it, renew, wanted
from dialogs.arrived.shown import MOST, promise, promises
from dialogs.authority import member_of, moved_on, number
from dialogs.belonging import let_in
from dialogs.choosing import the_collaboration
from dialogs.language import n_
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Facts,
    Field,
    FieldErrors,
    Form,
    Notice,
    Reply,
    Text,
)
from dialogs.questions.shown import cut
from dialogs.registry import fold
from dialogs.rounds.dialog import asked_of
from dialogs.turn import Refusal, Turn, View
from storage import actions, collaborations, rounds
from storage.actions import Promised
from storage.tables import Action, ActionState, Asked, Collaboration

LISTED = 100  # with those that are settled
NAMED = 50  # characters of an action where a button says which one it is about

_ALL = {fold(each) for each in ("alle", "alt", "all")}
_STATES = {
    ActionState.DONE: ("ferdig", "gjort", "done", "finished"),
    ActionState.DROPPED: (
        "ikke aktuelt",
        "ikke lenger aktuelt",
        "ikkje aktuelt",
        "ikkje lenger aktuelt",
        "not relevant",
        "no longer relevant",
        "dropped",
    ),
    ActionState.OPEN: ("åpent", "åpne igjen", "ope", "opne igjen", "open", "open again"),
}
_STATE_OF = {fold(word): state for state, words in _STATES.items() for word in words}


# --- shown --------------------------------------------------------------------------------------


@promised.command(
    "actions",
    ("tiltak", "tiltaka", "tiltakene", "action"),
    n_("what you promised each other"),
    takes=tuple(_STATE_OF),
    colon=True,
)
def actions_command(turn: Turn, rest: str) -> Reply | None:
    """`tiltak` shows the open ones and `tiltak alle` all; `tiltak: tekst – hvem – dato` adds one;
    `tiltak 3 ferdig` settles one, and `tiltak 3: tekst – hvem – dato` changes it."""
    text = rest.lstrip(" :–—\n")
    if not text:
        home = the_collaboration(turn)
        member_of(turn, home.id)
        return turn.notice(*_list(turn, home))
    if fold(text) in _ALL:
        home = the_collaboration(turn)
        member_of(turn, home.id)
        return turn.notice(*_everything(turn, home))
    found = re.match(r"(\d{1,6})\s*(:?)\s*(.*)\Z", text, re.DOTALL)
    if found is not None and (found[2] or not found[3] or fold(found[3]) in _STATE_OF):
        return _numbered(turn, int(found[1]), found[3])
    return _add_typed(turn, text)


@promised.show("list")
def list_shown(view: View, argument: str) -> Reply:
    """The open actions, by a press."""
    home_id = number(view, argument, "c")
    member_of(view, home_id)
    return view.notice(*_list(view, collaborations.the(view.db, home_id)))


def _list(view: View, home: Collaboration) -> list[Element]:
    say, found = view.say, actions.open_of(view.db, home.id)
    made: list[Element] = [Text(say.t("Actions in «{name}»", name=home.name), "heading")]
    if not found:
        made.append(Text(say.t("Nothing is promised that is still open.")))
    for each in found[:MOST]:
        made += [Facts((promise(say, each),)), Buttons(_choices(view, each))]
    if len(found) > MOST:
        made.append(promises(say, found[MOST:LISTED]))
    new = Button(promised.id("add", f"c{home.id}"), say.t("Add an action"), opens=True)
    how = say.t("You can also write the word «actions», a colon, and: what – who – date.")
    return [*made, Buttons((new,)), Text(how, "muted"), Text(visible(view), "muted")]


def _everything(view: View, home: Collaboration) -> list[Element]:
    say, found = view.say, actions.all_of(view.db, home.id)
    title = Text(say.t("Actions in «{name}»", name=home.name), "heading")
    if not found:
        return [title, Text(say.t("Nothing has been promised yet."))]
    made: list[Element] = [title, promises(say, found[:LISTED])]
    if len(found) > LISTED:
        made.append(Text(say.t("And {n} more.", n=len(found) - LISTED), "muted"))
    return made


def _choices(view: View, each: Promised) -> tuple[Button, ...]:
    say, n, about = view.say, each.number, cut(f"{each.number}. {each.text}", NAMED)

    def button(action: str, label: str, *, opens: bool = False, word: str = "") -> Button:
        typed = f"tiltak {n} {word}" if word else ""
        id = promised.id(action, f"a{each.id}")
        return Button(id, label, opens=opens, typed=typed, about=about)

    change = button("change", say.t("Change"), opens=True)
    if each.state != ActionState.OPEN:
        return button("reopen", say.t("Open it again"), word="åpent"), change
    return (
        button("done", say.t("Finished"), word="ferdig"),
        change,
        button("drop", say.t("No longer relevant"), word="ikke aktuelt"),
    )


# --- added and changed --------------------------------------------------------------------------


@promised.show("add")
def add_form(view: View, argument: str) -> Reply:
    """The form for a new one: c = in a collaboration, q = on a question."""
    home_id, asked = _about(view, argument)
    reads(view, home_id)
    about = f"q{asked.id}" if asked is not None else f"c{home_id}"
    return _form(view, promised.id("add", about), view.say.t("Add an action"), None)


@promised.show("change")
def change_form(view: View, argument: str) -> Reply:
    """The form for one there is, filled in."""
    action = action_of(view, argument)
    reads(view, action.collaboration_id)
    standing = actions.shown(view.db, action.id)
    title = view.say.t("Change an action")
    return _form(view, promised.id("change", f"a{action.id}"), title, standing)


def _about(view: View, argument: str) -> tuple[int, Asked | None]:
    if argument.startswith("q"):
        asked, found = asked_of(view, argument)
        return found.collaboration_id, asked
    return number(view, argument, "c"), None


def _form(view: View, id: str, title: str, standing: Promised | None) -> Form:
    say = view.say
    due = standing.by_when.isoformat() if standing is not None and standing.by_when else ""
    return Form(
        view.language,
        id,
        title,
        (
            Field(
                "text",
                say.t("What is to be done?"),
                "text",
                standing.text if standing is not None else "",
                max_length=SHORT,
            ),
            Field(
                "who",
                say.t("Who takes it further?"),
                "text",
                (standing.who or "") if standing is not None else "",
                hint=say.t("A person or an organisation."),
                required=False,
                max_length=SHORT_NAME,
            ),
            Field("by_when", say.t("By when?"), "date", due, required=False),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (Text(visible(view), "muted"),),
    )


@promised.submit("add")
def add_sent(turn: Turn, argument: str, values: dict[str, Any]) -> Reply | None:
    """A new one."""
    home_id, asked = _about(turn, argument)
    let_in(turn, home_id)
    said = wanted(turn, home_id, values, None)
    if isinstance(said, FieldErrors):
        return said
    made = promise_it(turn, home_id, *said, asked=asked)
    return _receipt(turn, made)


@promised.submit("change")
def change_sent(turn: Turn, argument: str, values: dict[str, Any]) -> Reply | None:
    """Other words, who or date."""
    action = action_of(turn, argument)
    let_in(turn, action.collaboration_id)
    said = wanted(turn, action.collaboration_id, values, action.by_when)
    if isinstance(said, FieldErrors):
        return said
    return _changed(turn, action, said)


def _changed(turn: Turn, action: Action, wanted: Wanted) -> Notice:
    actions.change(
        turn.db, action, text=wanted.text, who=wanted.who or None, by_when=wanted.by_when
    )
    turn.audit("action.changed", f"action:{action.id}", action.collaboration_id)
    renew(turn, action)
    return _receipt(turn, action)


def _receipt(turn: Turn, action: Action) -> Notice:
    """What stands now, and what can be done with it."""
    stands = actions.shown(turn.db, action.id)
    return turn.notice(
        Text(turn.say.t("It is noted. Nobody is reminded: the next round begins with it.")),
        Facts((promise(turn.say, stands),)),
        Text(visible(turn), "muted"),
        Buttons(_choices(turn, stands)),
    )


# --- settled ------------------------------------------------------------------------------------


@promised.act("done")
def done(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """It is finished."""
    return _settle(turn, action_of(turn, argument), ActionState.DONE)


@promised.act("drop")
def drop(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """It is no longer relevant."""
    return _settle(turn, action_of(turn, argument), ActionState.DROPPED)


@promised.act("reopen")
def reopen(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """It is open after all."""
    return _settle(turn, action_of(turn, argument), ActionState.OPEN)


def _settle(turn: Turn, action: Action, state: ActionState) -> Notice:
    let_in(turn, action.collaboration_id)
    said = turn.say.t("It stands like this already.")
    if action.state != state:
        actions.settle(turn.db, action, state, turn.now)
        turn.audit(f"action.{state}", f"action:{action.id}", action.collaboration_id)
        renew(turn, action)
        said = turn.say.t("It is noted.")
    stands = actions.shown(turn.db, action.id)
    facts = Facts((promise(turn.say, stands),))
    return turn.notice(said, facts, Buttons(_choices(turn, stands)))


# --- typed --------------------------------------------------------------------------------------


def _numbered(turn: Turn, wanted: int, text: str) -> Notice:
    """One action by its number: shown, settled or changed."""
    home = the_collaboration(turn)
    member_of(turn, home.id)
    action = actions.numbered(turn.db, home.id, wanted)
    if action is None:
        raise Refusal(turn.say.t("There is no action with this number. «actions» shows them."))
    if not text:
        stands = actions.shown(turn.db, action.id)
        return turn.notice(Facts((promise(turn.say, stands),)), Buttons(_choices(turn, stands)))
    if (state := _STATE_OF.get(fold(text))) is not None:
        return _settle(turn, action, state)
    return _changed(turn, action, parsed(turn, home.id, text, action.by_when))


def _add_typed(turn: Turn, text: str) -> Notice:
    here = under(turn)
    asked = rounds.asked(turn.db, here[1]) if here is not None and here[0] == "q" else None
    if asked is not None:
        home_id = rounds.collaboration_of_asked(turn.db, asked.id)
    else:
        home_id = the_collaboration(turn).id
    if home_id is None:
        raise moved_on(turn)
    let_in(turn, home_id)
    said = parsed(turn, home_id, text, None)
    return _receipt(turn, promise_it(turn, home_id, *said, asked=asked))
