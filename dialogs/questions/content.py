"""What a round keeps of a question: its words and rules, copied from the pack when it began."""

from __future__ import annotations

from typing import Any

from dialogs.language import Translator
from dialogs.messages import Option
from dialogs.packs.base import Model
from dialogs.packs.library import Packs, PartInSet
from dialogs.packs.models import Question, Source
from dialogs.packs.rule_models import Condition, FollowupRule, StarterRule
from storage.tables import Asked

Localised = dict[str, str]  # language to wording

_MOST = 1000  # contents read before, by asked question's id, with what they were read from
_known: dict[int, tuple[dict[str, Any], Content]] = {}


class Alternative(Model):
    """One thing that can be chosen."""

    id: str
    label: Localised


class SourceLink(Model):
    """A page behind a question or an example."""

    title: str
    url: str | None = None


class Example(Model):
    """A short example from another collaboration."""

    text: Localised
    source: SourceLink


class Content(Model):
    """A question as it is asked; kept as JSON in `Asked.content`. The pack is not read again."""

    text: Localised
    part: Localised
    why: Localised | None = None  # a coordinator's own question has none
    options: tuple[Alternative, ...] = ()
    condition: Condition | None = None
    followup_when: FollowupRule | None = None
    followup: Localised | None = None
    starter_when: StarterRule | None = None
    starter: Localised | None = None
    hints: tuple[Example, ...] = ()
    sources: tuple[SourceLink, ...] = ()

    def choices(self, say: Translator) -> tuple[Option, ...]:
        """What can be chosen, in the reader's words."""
        return tuple(Option(each.id, say.pick(each.label)) for each in self.options)

    def label_of(self, option: str, say: Translator) -> str:
        """What an option is called; one that is no longer there shows its id."""
        return next((say.pick(each.label) for each in self.options if each.id == option), option)

    def kept(self) -> dict[str, Any]:
        """As it is kept in `Asked.content`."""
        return self.model_dump(mode="json", exclude_none=True)


def content(asked: Asked) -> Content:
    """What was copied when the round began; read once, for every turn asks for it."""
    kept = asked.content
    before, read = _known.get(asked.id, (None, None))
    if read is not None and before is kept:
        return read
    if read is None or before != kept:
        read = Content.model_validate(kept, strict=False)
    if len(_known) >= _MOST:
        _known.clear()
    _known[asked.id] = (kept, read)
    return read


def copy_of(packs: Packs, part: PartInSet, question: Question) -> Content:
    """Everything a round needs of a question."""
    sources = [packs.source(code) for code in question.source]
    return Content(
        text=question.text.model_dump(),
        why=question.why.model_dump(),
        part=part.name.model_dump(),
        options=_alternatives(packs, question),
        condition=question.condition,
        followup_when=question.followup_when,
        followup=question.followup.model_dump() if question.followup else None,
        starter_when=question.conversation_starter_when,
        starter=question.conversation_starter.model_dump()
        if question.conversation_starter
        else None,
        hints=tuple(
            Example(text=hint.text.model_dump(), source=_link(packs.source(hint.source)))
            for hint in packs.hints_for(question.id)
        ),
        sources=tuple(_link(each) for each in sources if each.url),
    )


def _alternatives(packs: Packs, question: Question) -> tuple[Alternative, ...]:
    labels = packs.answer_labels
    fixed: dict[str, Any] = {
        "ypn": labels.ypn,
        "scale5": labels.scale5,
        "goal": labels.goal_level,
        "doc": labels.doc,
    }
    options = fixed.get(question.type, question.options or ())
    return tuple(Alternative(id=str(each.id), label=each.label.model_dump()) for each in options)


def _link(source: Source) -> SourceLink:
    return SourceLink(title=source.title, url=source.url)
