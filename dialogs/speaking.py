"""Which language Samspill speaks: to a person, who chooses alone, and where a coordinator chooses:
in a channel, to an organisation's people, in a collaboration."""

from __future__ import annotations

from typing import Any

from dialogs.authority import coordinator_of, moved_on, number
from dialogs.buttons import row_number
from dialogs.choosing import the_collaboration
from dialogs.home import ECHOED, home
from dialogs.language import LANGUAGES, Translator, n_
from dialogs.messages import (
    Button,
    Buttons,
    Choice,
    Field,
    Form,
    Message,
    Notice,
    Option,
    Reply,
    Text,
)
from dialogs.naming import one_line, organisation_by
from dialogs.registry import fold
from dialogs.turn import Refusal, Turn, View
from storage import collaborations, people, places, speaking
from storage.tables import Collaboration, Organisation, Place

NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
_OPTIONS = tuple(Option(code, NAMES[code]) for code in LANGUAGES)


def own_language(view: View) -> Choice:
    """The languages to choose from for oneself."""
    return Choice(home.id("language"), view.say.t("Your language"), _OPTIONS)


@home.command("language", ("språk",), n_("choose your language, or a channel's"))
def language_command(turn: Turn, rest: str) -> Reply | None:
    """Choose by a press, or by writing the language's name: for oneself in a direct message, for
    the channel in a channel of a collaboration."""
    place = turn.place
    of_channel = place is not None and place.collaboration_id is not None
    code = _language(rest)
    if code is not None:
        if of_channel and place is not None:
            return _speak_in(turn, place, code)
        return choose_language(turn, "", code)
    if not of_channel or place is None:
        return turn.notice(own_language(turn))
    _may_choose(turn, place)
    return turn.notice(
        Choice(home.id("place_language", f"p{place.id}"), turn.say.t("Language here"), _OPTIONS),
        Text(_whom_it_concerns(turn.say), "muted"),
    )


@home.act("language")
def choose_language(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Everything said privately to this person is in this language from now on."""
    if value not in LANGUAGES:
        raise moved_on(turn)
    people.choose(turn.db, turn.me.id, language=value)
    say = Translator(value, turn.say.zone)
    text = say.t("From now on I will write to you in English.")
    return Notice(Message(value, (Text(text),)))


@home.act("place_language")
def choose_place_language(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What all read in this channel is in this language from now on."""
    place = places.one(turn.db, number(turn, argument, "p"))
    if place is None or place.collaboration_id is None or value not in LANGUAGES:
        raise moved_on(turn)
    return _speak_in(turn, place, value)


@home.command("adopted language", ("målform",), "")
def adopted_command(turn: Turn, rest: str) -> Reply | None:
    """Which language an organisation has adopted, or the whole collaboration: by form, or
    `målform Elveby kommune: nynorsk`."""
    found = the_collaboration(turn)
    coordinator_of(turn, found.id)
    name, _, written = rest.rpartition(":")
    language = _language(written)
    if not rest.strip():
        return _adopting(turn, found)
    if language is None or not name.strip():
        return _not_understood(turn, found, written if language is None else "")
    houses = collaborations.organisations(turn.db, found.id)
    house = organisation_by(name, houses)
    if house is None and fold(name) not in _ALL:
        return _not_understood(turn, found, name)
    return _adopt(turn, found, house, language)


_ALL = {fold(each) for each in ("alle", "samarbeidet", "everybody", "the collaboration")}


_ENGLISH = "engelsk"  # as Norwegians call it


def names_language(written: str) -> bool:
    """Whether somebody wrote a language's name and nothing else; its code may mean anything."""
    return len(written.strip()) > 2 and _language(written) is not None


def _language(written: str) -> str | None:
    wanted = written.strip().casefold()
    if wanted == _ENGLISH:
        return "en"
    return next((code for code in LANGUAGES if wanted in (code, NAMES[code].casefold())), None)


def _not_understood(view: View, found: Collaboration, words: str) -> Notice:
    """What of the words means nothing, how to write it, and the form."""
    say, words = view.say, one_line(words)
    known = [say.t("I did not understand «{words}».", words=words)] if words else []
    if len(words) > ECHOED:
        known = [say.t("I did not understand that.")]
    form = Button(home.id("adopted", f"c{found.id}"), say.t("Adopted language"), opens=True)
    first = collaborations.organisations(view.db, found.id)[:1]
    how = say.t(
        "Write «adopted language», then the organisation, a colon and bokmål, nynorsk or English, "
        "such as: {example}",
        example=": ".join([*(each.name for each in first), NAMES["nn"].casefold()]),
    )
    return view.notice(
        *known, how, Text(say.t("Nothing has been changed."), "muted"), Buttons((form,))
    )


def _adopting(view: View, found: Collaboration) -> Form:
    say = view.say
    houses = collaborations.organisations(view.db, found.id)
    options = (
        Option("", say.t("The whole collaboration")),
        *(Option(str(each.id), each.name) for each in houses),
    )

    return Form(
        view.language,
        home.id("adopted", f"c{found.id}"),
        say.t("Adopted language"),
        (
            Field("organisation", say.t("For whom?"), "choice", "", options, required=False),
            Field("language", say.t("Language"), "choice", found.language, _OPTIONS),
        ),
        say.t("Save"),
        say.t("Cancel"),
        (Text(say.t("Whoever has chosen a language of their own keeps it."), "muted"),),
    )


@home.show("adopted")
def adopted_form(view: View, argument: str) -> Reply:
    """The same, from a button."""
    home_id = number(view, argument, "c")
    coordinator_of(view, home_id)
    return _adopting(view, collaborations.the(view.db, home_id))


@home.submit("adopted")
def adopted_sent(turn: Turn, argument: str, sent: dict[str, Any]) -> Reply | None:
    """What was chosen."""
    home_id = number(turn, argument, "c")
    coordinator_of(turn, home_id)
    found = collaborations.the(turn.db, home_id)
    chosen, language = str(sent.get("organisation") or ""), str(sent.get("language"))
    house = None
    if chosen:
        house = collaborations.organisation(turn.db, row_number(chosen) or 0, found.id)
    if language not in LANGUAGES or (chosen and house is None):
        raise moved_on(turn)
    return _adopt(turn, found, house, language)


def _adopt(
    turn: Turn, found: Collaboration, house: Organisation | None, language: str
) -> Reply | None:
    speaking.adopt(turn.db, found, language, house.id if house else None)
    subject = f"organisation:{house.id}" if house else f"collaboration:{found.id}"
    turn.audit("language.adopted", subject, found.id)
    return turn.notice(
        turn.say.t(
            "From now on {name} is written to in this language: {language}.",
            name=house.name if house else found.name,
            language=NAMES[language],
        ),
        Text(turn.say.t("Whoever has chosen a language of their own keeps it."), "muted"),
    )


def _may_choose(turn: Turn, place: Place) -> None:
    """Whoever may not choose for the channel can choose for themselves."""
    try:
        coordinator_of(turn, place.collaboration_id or 0)
    except Refusal as refused:
        raise Refusal(refused.text, own_language(turn)) from None


def _speak_in(turn: Turn, place: Place, language: str) -> Reply:
    _may_choose(turn, place)
    if place.language != language:
        speaking.speak(turn.db, place, language)
        turn.audit("place.language", f"place:{place.id}", place.collaboration_id)
    say = Translator(language)
    here = say.t("From now on I will write English in this channel.")
    mine = turn.say if turn.me.language else say  # whoever follows the channel is answered so
    return turn.notice(here, Text(_whom_it_concerns(mine), "muted"))


def _whom_it_concerns(say: Translator) -> str:
    return say.t(
        "This concerns all who read in this channel. Whoever has chosen a language of their own "
        "still gets that from me in private: write «language» to me in a direct message."
    )
