"""Checks of what stands for ever or just once: retired ids, fixed labels, rules for all packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from dialogs.packs.base import Label
from dialogs.packs.faults import Fault, shown
from dialogs.packs.models import EVERYWHERE, YPN
from dialogs.packs.parsing import Parsed
from dialogs.packs.world import ParsedPack, World

STATES = ("not_started", "in_progress", "done", "not_relevant")
# What stands once over all packs, by file.
ONCE = (
    ("questions", "answer_labels"),
    ("questions", "where_labels"),
    ("checklists", "status_values"),
    ("checklists", "state_rule"),
    ("checklists", "review"),
    ("nudges", "rules"),
    ("nudges", "anchoring"),
    ("nudges", "release_request"),
    ("nudges", "on_silence"),
    ("nudges", "raise_matter"),
)


def check_standing(world: World) -> Iterator[Fault]:
    """Faults in what is retired, in fixed labels, and in what stands once over all packs."""
    sets = {group.id for pack in world.packs for group in pack.questions.model.sets}
    phases = [phase for pack in world.packs for phase in pack.checklists.model.phases]
    items = {item.id for phase in phases for item in phase.items}
    for pack in world.packs:
        file = pack.questions
        yield from retired(world, file, file.model.retired, world.questions.keys())
        gone = {old: (new,) for old, new in file.model.retired_sets.items()}
        yield from retired(world, file, gone, sets, "retired_sets")
        for id, options in file.model.retired_options.items():
            yield from _retired_options(world, file, id, options)
        lists = pack.checklists
        yield from retired(world, lists, lists.model.retired, items)
        yield from _labels(pack)
    yield from _once(world)


def retired(
    world: World,
    file: Parsed[Any],
    gone: Mapping[str, tuple[str, ...]],
    in_use: Set[str],
    *at: str,
) -> Iterator[Fault]:
    """Faults where a retired id is still in use, or what replaced it is not.

    `at` is where in the file they stand, when not under `retired`.
    """
    at = at or ("retired",)
    for old, replaced in gone.items():
        if old in in_use:
            yield file.fault(f"`{old}` is retired but in use", "Use a new id", *at, old)
        for one in replaced:
            if one not in in_use and not world.may_hide(one, Path(file.path).stem):
                what = f"`{shown(one)}` replaces `{old}`, but is not in use"
                yield file.fault(what, "Name one that is in use, or none", *at, old)


def _retired_options(
    world: World, file: Parsed[Any], id: str, options: Mapping[str, str]
) -> Iterator[Fault]:
    yield from world.unknown_questions(file, [id], ("retired_options", id))
    question = world.questions.get(id)
    if question is None:
        return
    # "Do not know" is on every question, so an option may have given way to it.
    gone = {old: () if new in EVERYWHERE else (new,) for old, new in options.items()}
    yield from retired(world, file, gone, frozenset(question.choices), "retired_options", id)


def expect_ids(
    file: Parsed[Any], labels: tuple[Label, ...] | None, ids: tuple[str, ...], *at: str
) -> Iterator[Fault]:
    """A fault unless the labels are for just these ids, in this order."""
    if labels is not None and tuple(label.id for label in labels) != ids:
        what = f"`{at[-1]}` should have just these ids, in this order: {', '.join(ids)}"
        yield file.fault(what, "Change wordings only", *at)


def _labels(pack: ParsedPack) -> Iterator[Fault]:
    file = pack.questions
    if labels := file.model.answer_labels:
        for name, ids in (
            ("every_question", ("dont_know", "skip")),
            ("ypn", YPN),
            ("goal_level", ("overall", "sub")),
            ("doc", ("link", "not_yet")),
        ):
            yield from expect_ids(file, getattr(labels, name), ids, "answer_labels", name)
        if [step.id for step in labels.scale5] != [1, 2, 3, 4, 5]:
            what = "`scale5` should have the steps 1 to 5, in this order"
            yield file.fault(what, "Change wordings only", "answer_labels", "scale5")
    wheres = ("open", "house", "private")
    yield from expect_ids(file, file.model.where_labels, wheres, "where_labels")
    lists = pack.checklists
    yield from expect_ids(lists, lists.model.status_values, STATES, "status_values")


def _once(world: World) -> Iterator[Fault]:
    for name, key in ONCE:
        first: str | None = None
        for pack in world.packs:
            file: Parsed[Any] = getattr(pack, name)
            if getattr(file.model, key) is None:
                continue
            if first is not None:
                what = f"`{key}` stands in another pack already ({first})"
                yield file.fault(what, "Remove it here; it holds for all packs", key)
            first = first or file.path
