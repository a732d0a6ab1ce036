"""Checks of questions, checklists, hints and sources against each other, over all packs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dialogs.packs.base import LANGUAGES
from dialogs.packs.faults import Fault, shown
from dialogs.packs.models import EVERYWHERE, Clause, Part, Question, Set
from dialogs.packs.parsing import Parsed
from dialogs.packs.rule_models import RULE_TYPES
from dialogs.packs.world import ParsedPack, Path, World, twice

# A round has this many core questions at least and at most; a trial round is its own case.
SIZES = {"team": (4, 8), "coordinator": (4, 8), "leader": (1, 4), "ministry": (4, 8), "ks": (4, 8)}
TRIAL_SIZE = (3, 3)
HAS_TYPES = {"has_record": frozenset({"goal"}), "has_entries": frozenset({"parties", "roles"})}


def check_content(world: World) -> Iterator[Fault]:
    """Faults that only show when files and packs are laid side by side."""
    yield from _ids(world)
    for pack in world.packs:
        for s, group in enumerate(pack.questions.model.sets):
            yield from _set(pack, group, ("sets", s))
        for question, path in pack.each_question():
            yield from _question(world, pack, question, path)
        yield from _same_text(pack)
        yield from _checklists(world, pack)
        for n, hint in enumerate(pack.hints.model.hints):
            at = ("hints", n)
            yield from world.unknown_questions(pack.hints, hint.fits, (*at, "fits"))
            yield from world.unknown_codes(pack.hints, [hint.source], (*at, "source"))
    yield from _circles(world)


def _ids(world: World) -> Iterator[Fault]:
    packs = world.packs
    yield from twice(
        "set",
        (
            (group.id, pack.questions, ("sets", s))
            for pack in packs
            for s, group in enumerate(pack.questions.model.sets)
        ),
    )
    yield from twice("round", ((p.id, k.questions, at) for k in packs for p, at in k.each_part()))
    yield from twice(
        "question", ((q.id, pack.questions, at) for pack in packs for q, at in pack.each_question())
    )
    yield from twice(
        "checklist item",
        (
            (item.id, pack.checklists, ("phases", p, "items", i))
            for pack in packs
            for p, phase in enumerate(pack.checklists.model.phases)
            for i, item in enumerate(phase.items)
        ),
    )
    yield from twice(
        "hint",
        (
            (hint.id, pack.hints, ("hints", n))
            for pack in packs
            for n, hint in enumerate(pack.hints.model.hints)
        ),
    )
    yield from twice(
        "source",
        (
            (source.code, pack.sources, ("sources", n))
            for pack in packs
            for n, source in enumerate(pack.sources.model.sources)
        ),
    )


def _set(pack: ParsedPack, group: Set, at: Path) -> Iterator[Fault]:
    file = pack.questions
    team = [part.audience == "team" for part in group.parts]
    if team != sorted(team, reverse=True):
        what = f"rounds for the team do not come first in `{group.id}`"
        yield file.fault(what, "Move them to the top of `rounds`", *at, "rounds")
    parts = {part.id: part for part in group.parts}
    sizes = Counter(q.part for q in group.questions if q.tier == "core")
    for q, question in enumerate(group.questions):
        yield from _tier(file, question, parts, (*at, "questions", q))
    if file.damaged:
        return  # questions may be missing from the count
    for r, part in enumerate(group.parts):
        low, high = SIZES[part.audience] if part.minutes is None else TRIAL_SIZE
        if not low <= sizes[part.id] <= high:
            wanted = f"{low}" if low == high else f"{low} to {high}"
            what = f"`{part.id}` has {sizes[part.id]} core questions; it should have {wanted}"
            yield file.fault(what, "Add core questions or make some deeper", *at, "rounds", r)


def _tier(
    file: Parsed[Any], question: Question, parts: dict[str, Part], at: Path
) -> Iterator[Fault]:
    if question.tier == "deeper":
        if question.part is not None:
            what = "a deeper question belongs to no round"
            yield file.fault(what, "Remove `round`, or make the question core", *at, "round")
        if not question.deepens:
            what = f"`{question.id}` is deeper, but does not say what it deepens"
            yield file.fault(what, "Name core questions under `deepens`", *at)
        return
    if question.deepens:
        what = "a core question does not deepen another"
        yield file.fault(what, "Remove `deepens`, or make the question deeper", *at, "deepens")
    if question.part is None:
        what = f"`{question.id}` is core, but no round asks it"
        yield file.fault(what, "Name a round of the set under `round`", *at)
    elif question.part not in parts:
        what = f"there is no round `{shown(question.part)}` in this set"
        yield file.fault(what, "Name a round of the set", *at, "round")
    elif (audience := parts[question.part].audience) not in question.audience:
        what = f"`{question.id}` is not for {audience}, whom its round asks"
        yield file.fault(what, f"Add {audience} to `audience`, or move it", *at, "audience")


def _question(world: World, pack: ParsedPack, q: Question, at: Path) -> Iterator[Fault]:
    file = pack.questions
    yield from world.unknown_codes(file, q.source, (*at, "source"))
    yield from _options(file, q, at)
    yield from _rules(file, q, at)
    yield from world.unknown_questions(file, q.deepens, (*at, "deepens"))
    deepened = [world.questions[id] for id in q.deepens if id in world.questions]
    for n, id in enumerate(q.deepens):
        if id in world.questions and world.questions[id].tier != "core":
            what = f"`{q.id}` deepens `{id}`, which is not core"
            yield file.fault(what, "Name core questions only", *at, "deepens", n)
    asked = {audience for one in deepened for audience in one.audience}
    if deepened and asked.isdisjoint(q.audience):
        what = f"nobody who is asked what `{q.id}` deepens may be asked this"
        yield file.fault(what, f"Use some of: {', '.join(sorted(asked))}", *at, "audience")
    for n, clause in enumerate(q.condition.any if q.condition else ()):
        yield from clause_faults(world, file, clause, (*at, "condition", "any", n))


def clause_faults(world: World, file: Parsed[Any], clause: Clause, at: Path) -> Iterator[Fault]:
    """Faults in what opens a question or a draft."""
    on = world.questions.get(clause.question)
    if on is None:
        if not world.may_hide(clause.question, "questions"):
            what = f"there is no question `{shown(clause.question)}`"
            yield file.fault(what, "Correct the id in the condition", *at, "question")
        return
    for name in ("answer_in", "missing_any"):
        values = getattr(clause, name) or ()
        yield from _values(file, values, on, (*at, name))
    if clause.missing_any and on.type != "multi":
        what = f"`missing_any` needs a question of type multi; `{on.id}` is {on.type}"
        yield file.fault(what, "Use `answer_in`", *at, "missing_any")
    for name, types in HAS_TYPES.items():
        if getattr(clause, name) and on.type not in types:
            what = f"`{name}` needs a question of type {' or '.join(sorted(types))}"
            yield file.fault(f"{what}; `{on.id}` is {on.type}", "Use another test", *at, name)


def _values(file: Parsed[Any], values: tuple[str, ...], q: Question, at: Path) -> Iterator[Fault]:
    for n, value in enumerate(values):
        if value not in q.choices:
            what = f"`{shown(value)}` cannot be chosen in `{q.id}`"
            do = f"Use some of: {', '.join(q.choices)}" if q.choices else "Use another rule"
            yield file.fault(what, do, *at, n)


def _options(file: Parsed[Any], q: Question, at: Path) -> Iterator[Fault]:
    if (q.type in ("pick", "multi")) != bool(q.options):
        if q.options:
            what, do = f"a question of type {q.type} has no `options`", "Remove them"
        else:
            what, do = f"a question of type {q.type} needs `options`", "Give two or more"
        yield file.fault(what, do, *at, "options")
    seen: set[str] = set()
    for n, option in enumerate(q.options or ()):
        where = (*at, "options", n)
        if option.id in seen:
            what = f"the option `{option.id}` stands twice"
            yield file.fault(what, "Give this one an id of its own", *where, "id")
        if option.id in EVERYWHERE:
            what = f"`{option.id}` is offered on every question"
            yield file.fault(what, "Remove the option", *where, "id")
        seen.add(option.id)


def _rules(file: Parsed[Any], q: Question, at: Path) -> Iterator[Fault]:
    for name, when, text in (
        ("followup", q.followup_when, q.followup),
        ("conversation_starter", q.conversation_starter_when, q.conversation_starter),
    ):
        if (when is None) != (text is None):
            what = f"`{name}` and `{name}_when` go together"
            yield file.fault(what, "Give both or neither", *at, name if text else f"{name}_when")
        if when is None:
            continue
        if q.type not in RULE_TYPES.get(when.rule, (q.type,)):
            what = f"the rule {when.rule} says nothing about answers of type {q.type}"
            yield file.fault(what, "See the table of rules", *at, f"{name}_when")
            continue
        yield from _values(file, getattr(when, "values", ()), q, (*at, f"{name}_when", "values"))


def _same_text(pack: ParsedPack) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for question, at in pack.each_question():
        for language in LANGUAGES:
            first = seen.setdefault((language, question.text.in_(language)), question.id)
            if first != question.id:
                what = f"`{question.id}` asks the same words as `{first}`"
                yield pack.questions.fault(what, "Word it otherwise", *at, "text", language)


def _checklists(world: World, pack: ParsedPack) -> Iterator[Fault]:
    file = pack.checklists
    seen: set[object] = set()
    for p, phase in enumerate(file.model.phases):
        if phase.phase in seen:
            what = f"phase {phase.phase} stands twice"
            yield file.fault(what, "Put its items in one list", "phases", p)
        seen.add(phase.phase)
        for i, item in enumerate(phase.items):
            at = ("phases", p, "items", i)
            yield from world.unknown_questions(file, item.feeds, (*at, "feeds"))
            yield from world.unknown_codes(file, item.source, (*at, "source"))


def _circles(world: World) -> Iterator[Fault]:
    """Questions that wait for each other, so that none of them is ever asked."""
    never = {id: q for id, q in world.questions.items() if q.condition}
    while True:
        opened = [
            id
            for id, q in never.items()
            if q.condition and any(clause.question not in never for clause in q.condition.any)
        ]
        if not opened:
            break
        for id in opened:
            del never[id]
    for pack in world.packs:
        for question, at in pack.each_question():
            if question.id in never:
                what = f"the condition of `{question.id}` leads back to itself: it is never asked"
                yield pack.questions.fault(what, "Break the circle", *at, "condition")
