"""Opening: answers shown together in each place's thread, as whole answers in pages, kept fresh."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.arrived import movement
from dialogs.arrived import shown as arrived
from dialogs.messages import Button, Buttons, Element, Message, Text
from dialogs.packs.rules import starter_due
from dialogs.questions.content import content
from dialogs.rounds.asking import how_many, show_question
from dialogs.rounds.dialog import asked_of, rounds_dialog
from dialogs.rounds.privacy import privacy_of
from dialogs.rounds.shown import SHOWN_CHARACTERS, shown_answers
from dialogs.rounds.sight import enough_to_show, is_spread
from dialogs.turn import Turn, View, translator
from storage import collaborations, counting, outbox, rounds, waiting
from storage.counting import Given
from storage.tables import Asked, AskedState, Place, Round, RoundState, SeenBy, Way

PAGE_ANSWERS = 15
PAGE_CHARACTERS = 6_000  # with buttons it has to fit into one message of any platform
FEWEST_PEOPLE = 3  # before answers open by themselves
FEWEST_HOUSES = 2


def open_answers(turn: Turn, asked: Asked, found: Round) -> None:
    """Show the answers in every place's thread, with the invitation to talk if it is due, and those
    to the questions that deepen it."""
    given = counting.given(turn.db, asked.id)
    starter = asked.where == SeenBy.OPEN and _starter_due(asked, found, given)
    rounds.opened(turn.db, asked.id)
    turn.audit("question.opened", f"asked:{asked.id}", found.collaboration_id)
    deeper = rounds.deeper(turn.db, asked.id)
    for each in deeper:
        rounds.opened(turn.db, each.id)
    sized = [(each, counting.sizes(turn.db, each.id)) for each in (asked, *deeper)]
    for place in rounds.places(turn.db, found.id):
        root = show_question(turn, found, asked, place)
        for each, sizes in sized:
            _show_pages(turn, each, found, place, root, pages=_pages(sizes, each, found, place))
        if starter:
            _post_starter(turn, asked, found, place, root)


def open_when_all_have(turn: Turn, asked: Asked, found: Round) -> bool:
    """Open by itself: enough have answered, and that is all who are asked, or the time is over;
    whether it did."""
    if asked.state != AskedState.ASKED or asked.parent_id is not None:
        return False
    if not privacy_of(found).before_close and found.state == RoundState.OPEN:
        return False
    if found.state == RoundState.OPEN and not _all_have(turn, asked, found):
        return False
    if not enough(turn, asked):
        return False
    open_answers(turn, asked, found)
    return True


def _all_have(turn: Turn, asked: Asked, found: Round) -> bool:
    today = turn.calendar(found.collaboration_id).local_date(turn.now)
    return not waiting.somebody_left(turn.db, asked.id, today)


def enough(view: View, asked: Asked) -> bool:
    """At least three people of two organisations have answered."""
    count, houses = counting.counts(view.db, asked.id)
    return count >= FEWEST_PEOPLE and houses >= FEWEST_HOUSES


def answers_changed(turn: Turn, asked: Asked, found: Round, answer_id: int | None = None) -> None:
    """An answer came or changed: refresh the question's count and, if open, its pages."""
    turn.refresh("round", "question", f"q{asked.parent_id or asked.id}")
    if asked.state != AskedState.OPENED:
        return
    sizes = counting.sizes(turn.db, asked.id)
    for place in rounds.places(turn.db, found.id):
        question = outbox.live_row(
            turn.db, "round", "question", f"q{asked.parent_id or asked.id}", place.id
        )
        if question is None:
            continue  # the channel came in later, and this question was never asked there
        pages = _pages(sizes, asked, found, place)
        first = next((n for n, page in enumerate(pages) if answer_id in page), 0)
        _show_pages(turn, asked, found, place, question.id, pages=pages, first=first)


def _show_pages(
    turn: Turn,
    asked: Asked,
    found: Round,
    place: Place,
    root: int,
    *,
    pages: Sequence[Sequence[int]],
    first: int = 0,
) -> None:
    """See to it that every page from `first` on is there and fresh; one that emptied goes away."""
    count = len(pages) if asked.where == SeenBy.OPEN else 1
    if asked.where != SeenBy.OPEN and (found.way == Way.THREAD or asked.parent_id is not None):
        return  # nothing is shown but the count, which stands on the question itself
    least = 0 if asked.parent_id is not None else 1  # of what deepens it, only what there is
    for page in range(first, max(count, least)):
        if count or _page_is_there(turn, asked, place, page):
            turn.live(
                place,
                "round",
                "opened",
                f"q{asked.id},{page}",
                root=root,
                collaboration=found.collaboration_id,
                rank=40,
            )
    page = count
    while _page_is_there(turn, asked, place, page):
        turn.refresh("round", "opened", f"q{asked.id},{page}")
        page += 1


def _page_is_there(turn: Turn, asked: Asked, place: Place, page: int) -> bool:
    return outbox.live_row(turn.db, "round", "opened", f"q{asked.id},{page}", place.id) is not None


def _pages(
    sizes: Sequence[tuple[int, int, int, int | None]], asked: Asked, found: Round, place: Place
) -> list[list[int]]:
    """Answer ids by page for a place: whole answers, so many and so long at most.

    What was written in this place's own thread stands there already and is on no page. A spread is
    on one page.
    """
    if is_spread(asked, found) or not enough_to_show(asked, found, len(sizes)):
        return [[answer for answer, *_ in sizes]] if sizes else []
    pages: list[list[int]] = []
    room = 0
    for answer, size, more, written_in in sizes:
        if found.way == Way.THREAD and written_in == place.id:
            continue
        length = sum(min(each, SHOWN_CHARACTERS) + 80 for each in (size, more) if each)
        length = length or 80  # the name is there at least
        if not pages or len(pages[-1]) >= PAGE_ANSWERS or room < length:
            pages.append([])
            room = PAGE_CHARACTERS
        pages[-1].append(answer)
        room -= length
    return pages


@rounds_dialog.live("opened")
def opened_message(view: View, argument: str) -> Message | None:
    """One page of a question's answers, as far as its `where` lets them be seen."""
    asked, found = asked_of(view, argument)
    page = int(argument.split(",")[1])
    say = view.say
    if asked.where != SeenBy.OPEN:
        return view.message(*_counts_only(view, asked, found)) if page == 0 else None
    assert view.place is not None
    pages = _pages(counting.sizes(view.db, asked.id), asked, found, view.place)
    if asked.parent_id is not None and not _enough_deeper(view, asked, found):
        return None
    if page >= len(pages):
        return (
            view.message(say.t("No answers to show."))
            if page == 0 and found.way == Way.TOGETHER
            else None
        )
    given = {each.id: each for each in counting.given(view.db, asked.id)}
    mine = [given[each] for each in pages[page] if each in given]
    title = say.t("The answers")
    if asked.parent_id is not None:
        title = say.t("Going deeper: {question}", question=say.pick(content(asked).text))
    if len(pages) > 1:
        title = say.t("{title}, page {n} of {total}", title=title, n=page + 1, total=len(pages))
    shown = shown_answers(asked, found, mine, say)
    if page == 0:
        shown += [*movement.elements(view, asked, found), *arrived.elements(view, asked, found)]
    return view.message(Text(title, "heading"), *shown, summary=title)


def _enough_deeper(view: View, asked: Asked, found: Round) -> bool:
    """What deepens a question is not mentioned before there is something to show."""
    count, _ = counting.counts(view.db, asked.id)
    return count > 0 and enough_to_show(asked, found, count)


def _counts_only(view: View, asked: Asked, found: Round) -> list[Element]:
    count, houses = counting.counts(view.db, asked.id)
    line = how_many(view, count, houses if privacy_of(found).houses else 0)
    if asked.where == SeenBy.HOUSE:
        why = view.say.t("The answers are shown only within each organisation.")
        ours = rounds_dialog.id("ours", f"q{asked.id}")
        return [Text(line), Text(why), Buttons((Button(ours, view.say.t("See ours"), opens=True),))]
    return [Text(line), Text(view.say.t("The answers are private and are only counted."))]


def _starter_due(asked: Asked, found: Round, given: Sequence[Given]) -> bool:
    words = content(asked)
    if words.starter is None or len(given) < 2 or not enough_to_show(asked, found, len(given)):
        return False
    return starter_due(words.starter_when, [each.value for each in given])


def _post_starter(turn: Turn, asked: Asked, found: Round, place: Place, root: int) -> None:
    home = collaborations.the(turn.db, found.collaboration_id)
    say, starter = translator(None, place, home), content(asked).starter
    assert starter is not None
    message = Message(
        say.language,
        (
            Text(say.t("Something to talk about"), "heading"),
            Text(say.pick(starter)),
        ),
    )
    turn.post(
        place,
        message,
        f"starter:{asked.id}:{place.id}",
        root=root,
        owner=("round", f"q{asked.id}"),
        collaboration=found.collaboration_id,
    )
