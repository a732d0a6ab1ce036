"""Which language Samspill speaks: to a person, who chooses alone, and in a channel, where a
coordinator chooses for all who read there."""

from __future__ import annotations

from dialogs.authority import coordinator_of, moved_on, number
from dialogs.dialog import Turn
from dialogs.home import home
from dialogs.language import LANGUAGES, Translator, n_
from dialogs.messages import Choice, Message, Notice, Option, Reply, Text
from storage import people, speaking
from storage.tables import Place

NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


@home.command("language", ("språk",), n_("choose your language, or a channel's"))
def language_command(turn: Turn, rest: str) -> Reply | None:
    """Choose by a press, or by writing the language's name: for oneself in a direct message, for
    the channel in a channel of a collaboration."""
    place = turn.place
    of_channel = place is not None and place.collaboration_id is not None
    wanted = rest.strip().casefold()
    for code in LANGUAGES:
        if wanted in (code, NAMES[code].casefold()):
            if of_channel and place is not None:
                return _speak_in(turn, place, code)
            return choose_language(turn, "", code)
    options = tuple(Option(code, NAMES[code]) for code in LANGUAGES)
    if not of_channel or place is None:
        return turn.notice(Choice(home.id("language"), turn.say.t("Your language"), options))
    _may_choose(turn, place)
    return turn.notice(
        Choice(home.id("place_language", f"p{place.id}"), turn.say.t("Language here"), options),
        Text(_whom_it_concerns(turn), "muted"),
    )


@home.act("language")
def choose_language(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """Everything said privately to this person is in this language from now on."""
    if value not in LANGUAGES:
        raise moved_on(turn)
    people.set_language(turn.db, turn.me.id, value)
    say = Translator(value, turn.say.zone)
    text = say.t("From now on I will write to you in English.")
    return Notice(Message(value, (Text(text),)))


@home.act("place_language")
def choose_place_language(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """What all read in this channel is in this language from now on."""
    place = speaking.place(turn.db, number(turn, argument, "p"))
    if place is None or place.collaboration_id is None or value not in LANGUAGES:
        raise moved_on(turn)
    return _speak_in(turn, place, value)


def _may_choose(turn: Turn, place: Place) -> None:
    coordinator_of(turn, place.collaboration_id or 0)


def _speak_in(turn: Turn, place: Place, language: str) -> Reply:
    _may_choose(turn, place)
    if place.language != language:
        speaking.speak(turn.db, place, language)
        turn.audit("place.language", f"place:{place.id}", place.collaboration_id)
    say = Translator(language)
    here = say.t("From now on I will write English in this channel.")
    return turn.notice(here, Text(_whom_it_concerns(turn), "muted"))


def _whom_it_concerns(turn: Turn) -> str:
    return turn.say.t(
        "This concerns all who read in this channel. Whoever has chosen a language of their own "
        "still gets that from me in private: write «language» to me in a direct message."
    )
