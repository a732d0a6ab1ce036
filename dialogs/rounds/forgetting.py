"""Closing an anonymous round for good: what could tell who said what goes, in one transaction."""

from __future__ import annotations

from collections import Counter

from dialogs.questions.kinds import kind_of
from dialogs.rounds.privacy import privacy_of
from dialogs.turn import Turn
from storage import anonymous, answers, counting, rounds
from storage.tables import Asked, Round


def forget_who(turn: Turn, found: Round) -> Round:
    """Destroy the key of the pseudonyms and every trace of who answered, and take the organisation
    off answers where too few share it. Nothing of this can be taken back."""
    questions = rounds.all_questions(turn.db, found.id)
    for asked in questions:
        _few(turn, found, asked)
    anonymous.scrub(turn.db, found.id, [each.id for each in questions], turn.now)
    turn.audit("round.forgot", f"round:{found.id}", found.collaboration_id)
    return rounds.change(turn.db, found.id, pseudonym_key=None)


def _few(turn: Turn, found: Round, asked: Asked) -> None:
    houses = Counter(each.organisation_id for each in counting.given(turn.db, asked.id))
    kept = privacy_of(found).apart(houses, scale=kind_of(asked).spread_only)
    answers.keep_houses(turn.db, asked.id, [each for each in kept if each is not None])
