"""Names as they are written: on one line and not too long, and which organisation one is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dialogs.messages import Field, FieldErrors, Form
from dialogs.registry import fold
from dialogs.turn import Refusal, Turn, View
from storage import collaborations
from storage.tables import Organisation

LONGEST_NAME = 200
MOST_BUTTONS = 20  # organisations to pick from by a press; one of more is written


def one_line(written: object) -> str:
    """What was written, on one line, with single spaces."""
    return " ".join(str(written).split())


def name_fault(view: View, name: str) -> str | None:
    """What is wrong with a name, if anything is."""
    fits = 0 < len(name) <= LONGEST_NAME
    return None if fits else view.say.t("Write the name, at most 200 characters.")


def organisation_by(name: str, parties: Iterable[Organisation]) -> Organisation | None:
    """The one with exactly this name, however it is spelled out."""
    return next((each for each in parties if fold(each.name) == fold(name)), None)


def organisation_called(view: View, collaboration_id: int, text: str) -> Organisation:
    """The organisation with this name, or this number in the list; of very many, words that
    only one name has are enough."""
    parties = collaborations.organisations(view.db, collaboration_id)
    like = organisations_like(text, parties)
    if len(like) == 1:
        return like[0]
    names = view.say.some([each.name for each in like or parties])
    raise Refusal(view.say.t("Write the name of one of these: {names}.", names=names))


def organisations_like(text: str, parties: Sequence[Organisation]) -> list[Organisation]:
    """Those that a name or a number in the list can mean."""
    wanted = fold(text)
    numbers = {str(number): each for number, each in enumerate(parties, start=1)}
    found = organisation_by(text, parties) or numbers.get(wanted)
    if found is not None or len(parties) <= MOST_BUTTONS:
        return [found] if found is not None else []
    return [each for each in parties if wanted and f" {wanted}" in f" {fold(each.name)}"]


def organisation_form(view: View, form_id: str, title: str = "") -> Form:
    """A form with the name of an organisation."""
    say = view.say
    field = Field("name", say.t("Name of your organisation"), "text", max_length=LONGEST_NAME)
    title = title or say.t("Another organisation")
    return Form(view.language, form_id, title, (field,), say.t("Save"), say.t("Cancel"))


def named_organisation(
    turn: Turn, collaboration_id: int, values: dict[str, str | tuple[str, ...]]
) -> Organisation | FieldErrors:
    """The organisation that a form names: the one there is, or a new one."""
    name = one_line(values.get("name", ""))
    if fault := name_fault(turn, name):
        return FieldErrors({"name": fault})
    known = {each.id for each in collaborations.organisations(turn.db, collaboration_id)}
    chosen = collaborations.add_organisation(turn.db, collaboration_id, name)
    if chosen.id not in known:
        turn.audit("organisation.added", f"organisation:{chosen.id}", collaboration_id)
    return chosen
