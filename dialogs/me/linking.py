"""Two persons turn out to be one human, on two platforms: from then on they are one here too."""

from __future__ import annotations

from dialogs.me.traces import nobody_waits, show_anew, traces
from dialogs.messages import Message
from dialogs.questions.shown import shown
from dialogs.rounds.respondents import pseudonym
from dialogs.turn import Turn, View, translator
from storage import answers, collaborations, contributions, freshening, linking, places, rounds
from storage.tables import Answer, AnswerStatus, Person, Place


def link(turn: Turn, kept: Person, gone: Person) -> None:
    """Let everything of `gone` be `kept`'s. Both have been told apart from everybody else, and take
    part from different organisations nowhere (`storage.linking.in_two_houses`).

    Of two answers to one question the earlier stands, and the other is added to it; those of an
    anonymous round stay two, for they are nobody's.
    """
    kept_id, gone_id = kept.id, gone.id
    told = [places.direct_of(turn.db, each) for each in (kept_id, gone_id)]
    shown_of = [traces(turn, each) for each in (kept_id, gone_id)]
    _join_pseudonyms(turn, kept_id, gone_id)
    for stands, other in linking.both_answered(turn.db, kept_id, gone_id):
        linking.join_answers(turn.db, stands, other, _comment(turn, other))
    linking.link(turn.db, kept_id, gone_id, turn.now)
    turn.audit("person.linked", f"person:{kept_id}", None)
    for each in shown_of:
        show_anew(turn, each)
    for home in collaborations.of(turn.db, kept_id):
        freshening.directs(turn.db, kept_id, home.id)
        nobody_waits(turn, home.id)
    for place in told:
        _tell(turn, kept_id, gone_id, place)


def _comment(turn: Turn, other: Answer) -> str:
    """An answer that does not stand, in words."""
    found = rounds.asked_with_round(turn.db, other.asked_id)
    assert found is not None
    asked, its_round = found
    say = translator(None, None, collaborations.the(turn.db, its_round.collaboration_id))
    words = shown(asked, other.value, say) if other.status == AnswerStatus.GIVEN else ""
    return "\n".join(each for each in (words, other.followup) if each)


def _join_pseudonyms(turn: Turn, kept_id: int, gone_id: int) -> None:
    """What one answered in anonymous rounds that go on is the other's to change, where they have
    not answered themselves."""
    mine = {asked.id for asked, _ in contributions.responded(turn.db, kept_id)}
    for asked, its_round in contributions.responded(turn.db, gone_id):
        old, new = (pseudonym(its_round, asked, each) for each in (gone_id, kept_id))
        if asked.id not in mine and old is not None and new is not None:
            answers.rename(turn.db, asked.id, old, new)


def _tell(turn: Turn, kept_id: int, gone_id: int, place: Place) -> None:
    """In each of the two conversations, so that somebody notices if it was wrong."""
    turn.db.refresh(place)
    view: View = turn.as_seen_by(kept_id, place, None)
    say = view.say
    message = view.message(
        say.t("I know now that it is you here and elsewhere: what is yours there is yours here."),
        say.t("Of two answers to one question the earlier stands, with the other added to it."),
        say.t("Is it not you? Tell those who run Samspill at once."),
    )
    assert isinstance(message, Message)
    turn.post(place, message, f"me:linked:{gone_id}:{place.id}", owner=("me", ""))
