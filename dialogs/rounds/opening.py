"""Opening: answers shown together in each place's thread, as whole answers in pages, kept fresh."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from dialogs.authority import coordinator_of, member_of, moved_on
from dialogs.calendar import WorkCalendar
from dialogs.dialog import Turn, View, translator
from dialogs.language import Translator
from dialogs.messages import (
    Button,
    Buttons,
    Element,
    Fact,
    Facts,
    LongText,
    Message,
    Notice,
    Quote,
    Reply,
    Text,
)
from dialogs.packs.rule_models import StarterRule
from dialogs.packs.rules import starter_due
from dialogs.rounds import values
from dialogs.rounds.asking import HOUSE, OPEN, how_many, show_question
from dialogs.rounds.dialog import answer_of, asked_of, rounds_dialog
from dialogs.rounds.summary import sum_up
from storage import answers, outbox, people, rounds
from storage.answers import Given
from storage.tables import AnswerStatus, Asked, AskedState, Place, Round, RoundState, Way

PAGE_ANSWERS = 15
PAGE_CHARACTERS = 8_000
SHOWN_CHARACTERS = 1_500  # of one answer in a page; the rest behind "show all"
FEWEST_PEOPLE = 3  # before answers open by themselves
FEWEST_HOUSES = 2

_STARTER: TypeAdapter[Any] = TypeAdapter(StarterRule)


@rounds_dialog.act("open")
def open_pressed(turn: Turn, argument: str, value: str | None) -> Reply | None:
    """The coordinator opens the answers now."""
    asked, found = asked_of(turn, argument)
    coordinator_of(turn, found.collaboration_id)
    if asked.state != AskedState.ASKED:
        return turn.notice(turn.say.t("The answers are open already."))
    open_answers(turn, asked, found)
    if found.state == RoundState.CLOSED:
        sum_up(turn, found)
    return None


def open_answers(turn: Turn, asked: Asked, found: Round) -> None:
    """Show the answers in every place's thread, with the invitation to talk if it is due."""
    given = answers.given(turn.db, asked.id)
    starter = asked.where == OPEN and _starter_due(asked, given)
    rounds.set_state(turn.db, asked.id, AskedState.OPENED, turn.now, starter=starter)
    turn.audit("question.opened", f"asked:{asked.id}", found.collaboration_id)
    for place in rounds.places(turn.db, found.id):
        root = show_question(turn, found, asked, place)
        _show_pages(turn, asked, found, place, root, first=0)
        if starter:
            _post_starter(turn, asked, found, place, root)


def open_when_all_have(turn: Turn, asked: Asked, found: Round) -> bool:
    """Open by itself: enough have answered, and that is all who are asked, or the time is over;
    whether it did."""
    if asked.state != AskedState.ASKED:
        return False
    if found.state == RoundState.OPEN and not _all_have(turn, asked, found):
        return False
    if not enough(turn, asked):
        return False
    open_answers(turn, asked, found)
    return True


def _all_have(turn: Turn, asked: Asked, found: Round) -> bool:
    home = people.collaboration(turn.db, found.collaboration_id)
    today = WorkCalendar(home.country, home.zone).local_date(turn.now)
    return rounds.all_have_answered(turn.db, asked.id, home.id, today)


def enough(view: View, asked: Asked) -> bool:
    """At least three people of two organisations have answered."""
    count, houses = answers.counts(view.db, asked.id)
    return count >= FEWEST_PEOPLE and houses >= FEWEST_HOUSES


def answers_changed(turn: Turn, asked: Asked, found: Round, answer_id: int | None = None) -> None:
    """An answer came or changed: refresh the question's count and, if open, its pages."""
    turn.refresh("round", "question", f"q{asked.id}")
    if asked.state != AskedState.OPENED:
        return
    for place in rounds.places(turn.db, found.id):
        pages = _pages(answers.sizes(turn.db, asked.id), found, place)
        first = next((n for n, page in enumerate(pages) if answer_id in page), 0)
        root = show_question(turn, found, asked, place)
        _show_pages(turn, asked, found, place, root, first=first)


def _show_pages(
    turn: Turn, asked: Asked, found: Round, place: Place, root: int, *, first: int
) -> None:
    """See to it that every page from `first` on is there and fresh; one that emptied goes away."""
    count = 1
    if asked.where == OPEN:
        count = len(_pages(answers.sizes(turn.db, asked.id), found, place))
    elif found.way == Way.THREAD:
        return  # nothing is shown but the count, which stands on the question itself
    for page in range(first, max(count, 1)):
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
    sizes: Sequence[tuple[int, int, int, int | None]], found: Round, place: Place
) -> list[list[int]]:
    """Answer ids by page for a place: whole answers, so many and so long at most.

    What was written in this place's own thread stands there already and is on no page.
    """
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
    if asked.where != OPEN:
        return view.message(*_counts_only(view, asked)) if page == 0 else None
    assert view.place is not None
    pages = _pages(answers.sizes(view.db, asked.id), found, view.place)
    if page >= len(pages):
        return (
            view.message(say.t("No answers to show."))
            if page == 0 and found.way == Way.TOGETHER
            else None
        )
    given = {each.id: each for each in answers.given(view.db, asked.id)}
    mine = [given[each] for each in pages[page] if each in given]
    title = say.t("The answers")
    if len(pages) > 1:
        title = say.t("The answers, page {n} of {total}", n=page + 1, total=len(pages))
    body = _scale(asked, list(given.values()), say) if asked.type == "scale5" else None
    if body is not None and page:
        return None
    elements = body or shown_answers(asked, mine, say)
    return view.message(Text(title, "heading"), *elements, summary=title)


def shown_answers(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """Answers with names: as quotes for words, as names under each choice for choices."""
    if asked.type in ("ypn", "pick", "multi"):
        return _choices(asked, given, say) + _words_added(given, say)
    elements: list[Element] = []
    for each in given:
        text = values.shown(asked.type, asked.content, each.value, say)
        if len(text) > SHOWN_CHARACTERS:
            elements.append(Quote(text[:SHOWN_CHARACTERS] + " …", by_line(each, say)))
            full = Button(rounds_dialog.id("full", f"n{each.id}"), say.t("Show all"), opens=True)
            elements.append(Buttons((full,)))
        else:
            elements.append(Quote(text, by_line(each, say)))
    return elements + _words_added(given, say)


def by_line(given: Given, say: Translator) -> str:
    """Who said it, and whether it came late or was changed after the end."""
    line = f"{given.person} ({given.organisation})"
    if given.late:
        line += ", " + say.t("answered after the round")
    if given.changes:
        line += ", " + say.tn(
            "changed once after the round", "changed {n} times after the round", given.changes
        )
    return line


def _words_added(given: Sequence[Given], say: Translator) -> list[Element]:
    return [
        Quote(each.followup[:SHOWN_CHARACTERS], say.t("{who}, in addition", who=by_line(each, say)))
        for each in given
        if each.followup
    ]


def _choices(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """Who chose what: one line an option that was chosen, in the options' order."""
    names: dict[str, list[str]] = {}
    for each in given:
        for label in _chosen(asked, each, say):
            names.setdefault(label, []).append(f"{each.person} ({each.organisation})")
    order = [option.label for option in values.options(asked.content, say)]
    labels = [label for label in order if label in names] + [
        label for label in names if label not in order
    ]
    facts = tuple(
        Fact(f"{label} ({len(names[label])})", ", ".join(names[label])) for label in labels
    )
    return [Facts(facts)] if facts else []


def _chosen(asked: Asked, given: Given, say: Translator) -> list[str]:
    if given.value is None:
        return [say.t("Don't know")]
    if asked.type == "multi":
        labels = {option.value: option.label for option in values.options(asked.content, say)}
        return [labels.get(each, each) for each in given.value["choices"]] or [
            say.t("None of them")
        ]
    return [values.shown(asked.type, asked.content, given.value, say)]


def _scale(asked: Asked, given: Sequence[Given], say: Translator) -> list[Element]:
    """A scale is shown as a spread, never per person."""
    steps = [str(each.value["scale"]) for each in given if each.value is not None]
    facts = [
        Fact(f"{option.value} {option.label}", _dots(steps.count(option.value)))
        for option in values.options(asked.content, say)
    ]
    unknown = sum(each.status == AnswerStatus.DONT_KNOW for each in given)
    if unknown:
        facts.append(Fact(say.t("Don't know"), str(unknown)))
    return [Facts(tuple(facts))]


def _dots(count: int) -> str:
    return ("●" * min(count, 40) + f" {count}").strip()


def _counts_only(view: View, asked: Asked) -> list[Element]:
    line = how_many(view, *answers.counts(view.db, asked.id))
    if asked.where == HOUSE:
        why = view.say.t("The answers are shown only within each organisation.")
        ours = rounds_dialog.id("ours", f"q{asked.id}")
        return [Text(line), Text(why), Buttons((Button(ours, view.say.t("See ours"), opens=True),))]
    return [Text(line), Text(view.say.t("The answers are private and are only counted."))]


def _starter_due(asked: Asked, given: Sequence[Given]) -> bool:
    rule = asked.content["starter_when"]
    if rule is None or len(given) < 2:
        return False
    return starter_due(_STARTER.validate_python(rule, strict=False), [each.value for each in given])


def _post_starter(turn: Turn, asked: Asked, found: Round, place: Place, root: int) -> None:
    home = people.collaboration(turn.db, found.collaboration_id)
    say = translator(None, place, home)
    message = Message(
        say.language,
        (
            Text(say.t("Something to talk about"), "heading"),
            Text(say.pick(asked.content["starter"])),
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


@rounds_dialog.show("ours")
def ours(view: View, argument: str) -> Notice:
    """House answers, privately, to somebody of the same organisation; once they are opened."""
    asked, found = asked_of(view, argument)
    member = member_of(view, found.collaboration_id)
    if member.organisation_id is None:
        return view.notice(view.say.t("Choose your organisation first."))
    if asked.where != HOUSE or asked.state != AskedState.OPENED:
        raise moved_on(view)
    given = answers.given(view.db, asked.id, member.organisation_id)
    if not given:
        return view.notice(view.say.t("Nobody in your organisation has answered this."))
    body = _scale(asked, given, view.say) if asked.type == "scale5" else None
    title = Text(view.say.t("Answers in your organisation"), "heading")
    return view.notice(title, *(body or shown_answers(asked, given, view.say)))


@rounds_dialog.show("full")
def full(view: View, argument: str) -> Notice:
    """The whole of an answer that was cut; only where the answer may be seen."""
    answer, asked, found = answer_of(view, argument)
    member = member_of(view, found.collaboration_id)
    same_house = asked.where == HOUSE and answer.organisation_id == member.organisation_id
    if asked.state != AskedState.OPENED or not (asked.where == OPEN or same_house):
        raise moved_on(view)
    if answer.value is None:
        return view.notice(view.say.t("The answer was taken back."))
    text = values.shown(asked.type, asked.content, answer.value, view.say)
    return view.notice(LongText(text))
