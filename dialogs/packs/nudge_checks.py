"""Checks of nudges, anchoring, drafts and signals: every ask gives first and is released."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dialogs.packs.checks import clause_faults
from dialogs.packs.faults import Fault, shown
from dialogs.packs.lints import placeholders
from dialogs.packs.nudge_models import KINDS, Nudge, When
from dialogs.packs.parsing import Parsed
from dialogs.packs.standing_checks import retired
from dialogs.packs.world import ParsedPack, Path, Place, World, twice


def check_nudges(world: World) -> Iterator[Fault]:
    """Faults in `nudges.yaml` of all packs."""
    places = [place for pack in world.packs for place in _places(pack)]
    yield from twice("nudge, draft, signal or step", places)
    ids = {id for id, _, _ in places}
    for pack in world.packs:
        file = pack.nudges
        yield from _placeholders(world, file)
        yield from _anchoring(file)
        yield from _entries(world, file, ids)
        in_use = ids | {"on_silence"}
        yield from retired(world, file, file.model.retired, in_use)


def _places(pack: ParsedPack) -> Iterator[Place]:
    file, model = pack.nudges, pack.nudges.model
    for name in ("nudges", "drafts", "signals"):
        for n, entry in enumerate(getattr(model, name)):
            yield entry.id, file, (name, n)
    for n, step in enumerate(model.raise_matter.steps if model.raise_matter else ()):
        yield step.id, file, ("raise_matter", "steps", n)


def _entries(world: World, file: Parsed[Any], ids: set[str]) -> Iterator[Fault]:
    for n, nudge in enumerate(file.model.nudges):
        yield from _nudge(world, file, nudge, ("nudges", n))
        yield from _when(world, file, nudge.when, ("nudges", n, "when"), ids)
    for n, draft in enumerate(file.model.drafts):
        at: Path = ("drafts", n)
        yield from world.unknown_questions(file, draft.questions, (*at, "questions"))
        yield from _when(world, file, draft.when, (*at, "when"), ids)
        if draft.only_if:
            yield from clause_faults(world, file, draft.only_if, (*at, "only_if"))
        if draft.when.on == "answer_given" and not draft.only_if:
            what = "`answer_given` needs `only_if`, which says which answer"
            yield file.fault(what, "Add `only_if`", *at, "when")
    for n, signal in enumerate(file.model.signals):
        yield from world.unknown_questions(file, signal.questions, ("signals", n, "questions"))


def _nudge(world: World, file: Parsed[Any], nudge: Nudge, at: Path) -> Iterator[Fault]:
    yield from world.unknown_questions(file, nudge.questions, (*at, "questions"))
    if nudge.to == "leader" and nudge.released_by != "contact":
        what = f"`{nudge.id}` goes to leaders without their contact person's release"
        yield file.fault(what, "Add `released_by: contact`", *at)
    if nudge.to in ("ministry", "ks") and not nudge.only_joined:
        what = f"`{nudge.id}` goes to people who have not joined"
        yield file.fault(what, "Add `only_joined: true`", *at)
    if nudge.to in ("leader", "ministry", "ks"):
        for language in ("nb", "nn", "en"):
            text = nudge.text.in_(language)
            if not -1 < text.find("{line}") < text.find("{need}"):
                what = f"`{nudge.id}` asks before it gives"
                yield file.fault(what, "Put {line} before {need}", *at, "text", language)
        for n, id in enumerate(nudge.questions):
            if id in world.questions and nudge.to not in world.questions[id].audience:
                what = f"`{id}` is not for {nudge.to}"
                yield file.fault(what, "Take it out, or name another", *at, "questions", n)
    for n, button in enumerate(nudge.buttons):
        if button not in world.buttons and not world.nudges_damaged:
            do = f"Use some of: {', '.join(sorted(world.buttons))}"
            yield file.fault(f"there is no button `{shown(button)}`", do, *at, "buttons", n)


def _when(world: World, file: Parsed[Any], when: When, at: Path, ids: set[str]) -> Iterator[Fault]:
    if not (when.on or when.every or when.before or when.yearly_before):
        what = "`when` names no occasion"
        do = "Give `on`, `every`, `before` or `yearly_before`"
        yield file.fault(what, do, *at)
    if (when.before or when.yearly_before) and when.lead_weeks is None:
        yield file.fault("`lead_weeks` is missing", "Say how many weeks before", *at)
    if when.yearly_before and when.default_deadline is None:
        yield file.fault("`default_deadline` is missing", "Give it as MM-DD", *at)
    if when.replaces and when.replaces not in ids and not world.may_hide(when.replaces, "nudges"):
        what = f"there is no nudge `{shown(when.replaces)}`"
        yield file.fault(what, "Name the nudge that this one replaces", *at, "replaces")


def _placeholders(world: World, file: Parsed[Any]) -> Iterator[Fault]:
    if world.nudges_damaged:
        return  # the list of names may be what is faulty
    for text in file.texts:
        words = text.value.get("nb") if isinstance(text.value, dict) else None
        found = placeholders(str(words.value)) if words else frozenset()
        for name in sorted(found - world.placeholders):
            do = f"Use some of: {', '.join(sorted(world.placeholders))}"
            yield file.fault_at(text, f"there is nothing to put for {{{shown(name)}}}", do)


def _anchoring(file: Parsed[Any]) -> Iterator[Fault]:
    anchoring = file.model.anchoring
    if anchoring is None:
        return
    if tuple(kind.id for kind in anchoring.kinds) != KINDS:
        what = f"`kinds` should be these, in this order: {', '.join(KINDS)}"
        yield file.fault(what, "Change wordings only", "anchoring", "kinds")
    seen: set[str] = set()
    for n, statement in enumerate(anchoring.statements):
        at = ("anchoring", "statements", n)
        worded = {kind for kind in ("all", *KINDS) if getattr(statement.text, kind)}
        if worded not in ({"all"}, set(KINDS)):
            what = f"`{statement.id}` is worded neither for `all` nor for each of the six kinds"
            yield file.fault(what, f"Give `all`, or {', '.join(KINDS)}", *at, "text")
        if statement.id in seen:
            what = f"the statement `{statement.id}` stands twice"
            yield file.fault(what, "Give this one an id of its own", *at, "id")
        seen.add(statement.id)
