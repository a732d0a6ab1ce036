"""Who answers in a round: a person, an organisation, or a pseudonym; and what that brings."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from dialogs.rounds.privacy import privacy_of
from dialogs.turn import View
from storage import answers, seats
from storage.seats import Seat
from storage.tables import Asked, Membership, Round, RoundState, SeenBy, Whose

PSEUDONYM_KEY_BYTES = 32


def respondent_of(found: Round, asked: Asked, member: Membership) -> str | None:
    """Who answers, as the record has it; None when nobody can: a member without an organisation
    where the organisation answers, or an anonymous round whose key is gone."""
    if for_house(found, asked):
        return f"o{member.organisation_id}" if member.organisation_id else None
    match found.whose:
        case Whose.ANONYMOUS:
            return pseudonym(found, asked, member.person_id)
    return f"p{member.person_id}"


def for_house(found: Round, asked: Asked) -> bool:
    """Whether colleagues give one answer together. Not to a private question: there everybody
    answers alone."""
    return found.whose == Whose.ONE_EACH and asked.where != SeenBy.PRIVATE


def pseudonym(found: Round, asked: Asked, person_id: int) -> str | None:
    """Another one for each question, so that nobody's answers can be laid side by side."""
    if found.pseudonym_key is None:
        return None
    said = f"{asked.id}:{person_id}".encode()
    return "a" + hmac.new(found.pseudonym_key, said, hashlib.sha256).hexdigest()[:40]


def needs_organisation(found: Round) -> bool:
    """Whether nobody can answer before they have picked their organisation."""
    return found.whose in (Whose.ONE_EACH, Whose.ANONYMOUS)


def takes_late_answers(found: Round) -> bool:
    """An anonymous round closes hard; a cancelled one takes nothing more."""
    if found.state == RoundState.CLOSED:
        return privacy_of(found).late
    return found.state == RoundState.OPEN


def keeps_words(found: Round, asked: Asked) -> bool:
    """Whether messages that answer may be noted with their author, so that edits reach the answer:
    not where nobody is to know who answered, nor where the answer is the organisation's."""
    return found.whose != Whose.ANONYMOUS and not for_house(found, asked)


def seat(view: View, asked_id: int, person_id: int) -> Seat | None:
    """A person's seat before a question, with the answer that is theirs to change; None when there
    is no such question."""
    found = seats.seat(view.db, asked_id, person_id)
    if found is None or found.member is None or found.round.whose != Whose.ANONYMOUS:
        return found
    respondent = respondent_of(found.round, found.asked, found.member)
    answer = answers.of(view.db, asked_id, respondent) if respondent else None
    return replace(found, answer=answer)
