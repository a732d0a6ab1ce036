"""Erasing oneself: what will happen is said with counts, then a button or a word does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs.authority import moved_on, number, part
from dialogs.buttons import row_number
from dialogs.me.leaving import refuse_last, tell_coordinators, who_of
from dialogs.me.page import ask, me, only_own, own, stop_asking
from dialogs.me.traces import nobody_waits, show_anew, traces
from dialogs.messages import Button, Buttons, Element, Notice, Reply, Text
from dialogs.registry import fold
from dialogs.rounds.respondents import pseudonym
from dialogs.turn import Refusal, Turn, View
from storage import audit, collaborations, contributions, erasing, mine, timers
from storage.contributions import Extent
from storage.tables import Asked, Conversation, Person, Round

ALL, NAME = "all", "name"
ALL_WORDS = ("alt", "everything", "slett alt", "1")
NAME_WORDS = ("navnet", "namnet", "my name", "bare navnet", "berre namnet", "2")
YES_WORDS = ("slett", "erase", "delete")
OWN_CHATS = ("web", "terminal")  # what is written there is in the record, and goes with it
LASTS = timedelta(hours=1)  # a button from longer ago erases nobody by accident
LAST_SENTENCE = timedelta(hours=1)  # has this long to arrive


@me.command("erase me", ("slett meg", "slett meg nå", "slett meg no"), "", alone=True)
def erase_command(turn: Turn, rest: str) -> Reply | None:
    """What there is, and the two ways."""
    return _choices(turn)


@me.act("erase")
def erase_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The same by a button."""
    only_own(turn, argument)
    return _choices(turn)


def _choices(turn: Turn) -> Notice:
    refuse_last(turn, contributions.only_coordinates(turn.db, turn.me.id))
    say, found = turn.say, contributions.extent(turn.db, turn.me.id)
    ask(turn, "erase", (*ALL_WORDS, *NAME_WORDS))
    return turn.notice(
        Text(say.t("Erase you?"), "heading"),
        _there_is(turn, found),
        say.t("You choose what goes. You see what it means, and confirm it, before it is done."),
        Buttons(
            (
                Button(
                    own(turn, "erase_what", ALL),
                    say.t("Me and my answers"),
                    "danger",
                    typed=ALL_WORDS[0],
                ),
                Button(
                    own(turn, "erase_what", NAME),
                    say.t("Me, but let my answers stay without my name"),
                    "danger",
                    typed=NAME_WORDS[0],
                ),
            )
        ),
        Text(
            say.t(
                "You can also write «everything» or «my name» to me in a direct message. "
                "«stop» lets go of the question."
            ),
            "muted",
        ),
    )


def _there_is(view: View, found: Extent) -> str:
    say = view.say
    count = say.tn("{n} answer of your own", "{n} answers of your own", found.answers)
    if not found.collaborations:
        return say.t("You are in no collaboration, and there is: {answers}.", answers=count)
    return say.t(
        "You are in {names}, and there is: {answers}.",
        names=say.listing([f"«{each}»" for each in found.collaborations]),
        answers=count,
    )


@me.wait("erase")
def choice_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """What is to go, typed."""
    if fold(text) in map(fold, ALL_WORDS):
        return _confirm(turn, keep=False)
    if fold(text) in map(fold, NAME_WORDS):
        return _confirm(turn, keep=True)
    raise Refusal(
        turn.say.t("Nothing is erased. Write «everything» or «my name», or «stop» to let it be.")
    )


@me.act("erase_what")
def choice_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What is to go, pressed."""
    only_own(turn, argument)
    return _confirm(turn, keep=_keeps(turn, argument))


def _keeps(turn: Turn, argument: str) -> bool:
    what = part(turn, argument, 1)
    if what not in (ALL, NAME):
        raise moved_on(turn)
    return what == NAME


def _confirm(turn: Turn, *, keep: bool) -> Notice:
    refuse_last(turn, contributions.only_coordinates(turn.db, turn.me.id))
    say = turn.say
    ask(turn, "confirm", YES_WORDS, keep=keep)
    until = int((turn.now + LASTS).timestamp() // 60)
    button = Button(
        own(turn, "erase_now", NAME if keep else ALL, until),
        say.t("Yes, erase me"),
        "danger",
        typed=YES_WORDS[0],
    )
    lines = consequences(turn, turn.me, keep=keep)
    return turn.notice(
        Text(say.t("This will happen"), "heading"),
        *(Text(f"• {each}") for each in lines),
        Text(say.t("It cannot be undone.")),
        Buttons((button,)),
        Text(say.t("Or write «erase» to me in a direct message. «stop» lets it be."), "muted"),
    )


def consequences(view: View, person: Person, *, keep: bool) -> list[str]:
    """What erasing a person does and what it cannot reach, a sentence each."""
    say, found = view.say, contributions.extent(view.db, person.id)
    identities = mine.all_of(view.db, person.id).identities
    lines = [_what_of_answers(view, found, keep=keep)]
    lines.append(say.t("Your name, your settings, and how you are reached in the chat are erased."))
    lines.append(
        say.t("What I have said to you, and what I noted of your messages, is erased with it.")
    )
    if found.collaborations:
        names = say.listing([f"«{each}»" for each in found.collaborations])
        lines.append(say.t("You are no longer in {names}.", names=names))
    if found.for_organisations:
        lines.append(
            say.tn(
                "{n} answer that you gave for your organisation stays, under its name.",
                "{n} answers that you gave for your organisation stay, under its name.",
                found.for_organisations,
            )
        )
    if not keep and contributions.responded(view.db, person.id):
        lines.append(say.t("What you answered in anonymous rounds that go on is erased too."))
    lines.append(
        say.t("Anonymous rounds that are closed cannot be reached: nobody can tell what was yours.")
    )
    lines.append(say.t("Documents that are out already, and what others wrote or were told, stay."))
    if any(each.platform not in OWN_CHATS for each in identities):
        lines.append(
            say.t("What you wrote in the chat yourself stays there until you delete it there.")
        )
    return lines


def _what_of_answers(view: View, found: Extent, *, keep: bool) -> str:
    say = view.say
    if not found.answers:
        return say.t("There are no answers of yours.")
    if keep:
        return say.tn(
            "Your {n} answer stays, as from «{who}».",
            "Your {n} answers stay, as from «{who}».",
            found.answers,
            who=say.t("a participant from {organisation}", organisation="…"),
        )
    erased = say.tn("Your {n} answer is erased", "Your {n} answers are erased", found.answers)
    if not found.changed:
        return f"{erased}."
    return say.tn(
        "{erased}, with {n} earlier version.",
        "{erased}, with {n} earlier versions.",
        found.changed,
        erased=erased,
    )


@me.wait("confirm")
def confirmed_typed(turn: Turn, waits: Conversation, text: str) -> Reply | None:
    """The word that does it."""
    if fold(text) in map(fold, YES_WORDS) and "keep" in waits.data:
        return _erase_me(turn, keep=bool(waits.data["keep"]))
    raise Refusal(turn.say.t("Nothing is erased. Write «erase» to do it, or «stop» to let it be."))


@me.act("erase_now", everywhere=True)
def confirmed_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The button that does it; one from long ago does nothing."""
    only_own(turn, argument)
    keep = _keeps(turn, argument)
    until = row_number(part(turn, argument, 2))  # in minutes
    if until is None:
        raise moved_on(turn)
    if turn.now.timestamp() > until * 60:
        raise Refusal(
            turn.say.t("This was asked a while ago, and nothing is erased. Ask once more.")
        )
    return _erase_me(turn, keep=keep)


def _erase_me(turn: Turn, *, keep: bool) -> Notice:
    refuse_last(turn, contributions.only_coordinates(turn.db, turn.me.id))
    stop_asking(turn)
    farewell: tuple[Element | str, ...] = (
        turn.say.t("You are erased."),
        turn.say.t("If you write to me again, we meet for the first time."),
    )
    erase(turn, turn.me, keep=keep)
    due = {
        "occurrence": f"me:remove:u{turn.me.id}",
        "dialog": "me",
        "action": "remove",
        "argument": f"u{turn.me.id}",
        "collaboration_id": None,
        "due_at": turn.now + LAST_SENTENCE,
    }
    timers.plan(turn.db, [due])
    return turn.notice(*farewell)


def erase(turn: Turn, person: Person, *, keep: bool) -> None:
    """Erase a person, in chat and by the operator alike. What is left is a row without a name
    for one last sentence, which `storage.erasing.remove` takes."""
    homes = collaborations.touched_by(turn.db, person.id)
    named = traces(turn, person.id)
    told = [
        (each.collaboration.id, who_of(turn, each.membership, nameless=True))
        for each in mine.parts(turn.db, person.id)
    ]
    words = [] if keep else contributions.words_of(turn.db, person.id)
    if keep:
        for home_id in homes:
            contributions.unname(turn.db, person.id, home_id, turn.now)
    else:
        named = replace(named, answered=[*named.answered, *_take_away_hidden(turn, person.id)])
        contributions.take_away(turn.db, person.id)
    for home_id in homes:
        contributions.unsign(turn.db, person.id, home_id)
    erasing.forget(turn.db, person, words, homes)
    audit.note(turn.db, turn.now, None, None, "person.erased", f"person:{person.id}")
    turn.db.expire_all()
    show_anew(turn, named)
    for home_id in homes:
        nobody_waits(turn, home_id)
    for home_id, who in told:
        tell_coordinators(turn, home_id, who, f"me:erased:{person.id}")


def _take_away_hidden(turn: Turn, person_id: int) -> list[tuple[Asked, Round]]:
    """Erase what somebody answered in anonymous rounds that go on; the questions."""
    found = contributions.responded(turn.db, person_id)
    for asked, its_round in found:
        respondent = pseudonym(its_round, asked, person_id)
        if respondent is not None:
            contributions.take_away_as(turn.db, asked.id, respondent)
    return found


@me.due("remove", whenever=True)
def remove_due(turn: Turn, arguments: list[str]) -> None:
    """The last sentence has had its time: nothing is left of those who were erased."""
    for argument in arguments:
        erasing.remove(turn.db, number(turn, argument, "u"))
