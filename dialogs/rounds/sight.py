"""Who sees what of a question's answers: `privacy.py` laid on the question, and said in words."""

from __future__ import annotations

from dialogs.language import Translator, n_
from dialogs.questions.kinds import kind_of
from dialogs.rounds.privacy import THREE, privacy_of
from dialogs.turn import View
from storage import memberships
from storage.counting import Given
from storage.seats import Seat
from storage.tables import Answer, Asked, Membership, Round, SeenBy, Way, Whose

ALONE = n_(
    "You are the only one from your organisation here: others will know that the answer is yours."
)


def visible_to(view: View, asked: Asked, found: Round) -> str:
    """One line on who will see the answer; stands on every ask."""
    return _and_others(view.say, _who_sees(view.say, asked, found))


def _and_others(say: Translator, who: str) -> str:
    return who + " " + say.t("Anyone may ask for access (innsyn).")


def _who_sees(say: Translator, asked: Asked, found: Round) -> str:
    if asked.where == SeenBy.PRIVATE:
        return say.t("Visible only to you, and part of a count.")
    if privacy_of(found).nameless:
        if asked.where == SeenBy.HOUSE:
            return say.t("Anonymous: colleagues see it without names when three have answered.")
        return say.t("Anonymous: everyone taking part sees it without names when the round closes.")
    if asked.where == SeenBy.HOUSE:
        return _house_sees(say, found)
    if kind_of(asked).spread_only:
        return say.t("Visible to everyone taking part, but only how many chose each step.")
    match found.whose:
        case Whose.ONE_EACH:
            return say.t("One answer from each organisation, visible to everyone taking part.")
        case Whose.BY_HOUSE:
            return say.t("Visible to everyone taking part, with your organisation's name only.")
    return say.t("Visible to everyone taking part, with your name.")


def visible_later(view: View, asked: Asked, found: Round) -> str:
    """The same of an answer that everybody sees once it is opened; stands where it is saved."""
    return _and_others(view.say, _who_will_see(view.say, asked, found))


def _who_will_see(say: Translator, asked: Asked, found: Round) -> str:
    if kind_of(asked).spread_only:
        return say.t(
            "Everyone taking part sees how many chose each step, but not before the answers are "
            "opened."
        )
    match found.whose:
        case Whose.ONE_EACH:
            return say.t(
                "Everyone taking part sees it as your organisation's answer, but not before the "
                "answers are opened."
            )
        case Whose.BY_HOUSE:
            return say.t(
                "Everyone taking part sees it with your organisation's name only, and not before "
                "the answers are opened."
            )
    return say.t(
        "Everyone taking part sees it with your name, but not before the answers are opened."
    )


def _house_sees(say: Translator, found: Round) -> str:
    if privacy_of(found).people:
        return say.t(
            "Visible to colleagues in your own organisation, with your name. "
            "Other organisations see only how many have answered."
        )
    return say.t(
        "Visible to colleagues in your own organisation, without your name. "
        "Other organisations see only how many have answered."
    )


def alone_in_house(view: View, seat: Seat) -> bool:
    """Whether an answer under the organisation's name would be this person's for all to see."""
    member, found = seat.member, seat.round
    if found.whose != Whose.BY_HOUSE or seat.asked.where != SeenBy.OPEN:
        return False
    if member is None or member.organisation_id is None:
        return False
    return len(memberships.colleagues(view.db, found.collaboration_id, member.organisation_id)) < 2


def seen_by(member: Membership, answer: Answer, asked: Asked) -> bool:
    """Whether somebody who takes part may see an answer to a question that has been opened."""
    house = member.organisation_id
    same_house = house is not None and answer.organisation_id == house
    return asked.where == SeenBy.OPEN or (asked.where == SeenBy.HOUSE and same_house)


def in_thread(asked: Asked, found: Round) -> bool:
    """Whether answers are written in the question's thread, for all to read at once."""
    openly = found.way == Way.THREAD and asked.where == SeenBy.OPEN
    return openly and kind_of(asked).in_thread


def author(found: Round, given: Given, say: Translator) -> str:
    """Who said it, as others may read it; "" for nobody. Of those who took their name away, the
    organisation alone."""
    privacy = privacy_of(found)
    if privacy.people:
        if not given.person:
            return say.t("a participant from {organisation}", organisation=given.organisation)
        return f"{given.person} ({given.organisation})"
    return given.organisation if privacy.houses else ""


def enough_to_show(asked: Asked, found: Round, count: int) -> bool:
    """Whether so many answers may be shown at all: a spread or an anonymous answer of one or two
    people would tell who gave it."""
    return privacy_of(found).enough(count, scale=kind_of(asked).spread_only)


def is_spread(asked: Asked, found: Round) -> bool:
    """Whether answers are shown as how many chose what, and not one by one."""
    kind = kind_of(asked)
    return kind.spread_only or (kind.choosing and not privacy_of(found).houses)


def counted(found: Round, count: int) -> int:
    """The number of answers as it may be shown while a round goes on; an anonymous one counts in
    threes, so that no two looks differ by one person."""
    if privacy_of(found).nameless and found.pseudonym_key is not None:
        return count - count % THREE
    return count
