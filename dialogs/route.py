"""Where an event goes: a handler, and the collaborations that it may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dialogs.messages import Reply
from dialogs.turn import Turn

Run = Callable[[Turn], Reply | None]

HOME = "home"  # the dialog that greets and answers what nobody else does


@dataclass(frozen=True, slots=True)
class Route:
    """Where an event goes. `target` names it, so that two routes can be compared.

    `others` are collaborations that it may change besides: a word typed in a direct message can
    mean any of the writer's.
    """

    target: str
    collaboration_id: int | None
    run: Run
    others: tuple[int, ...] = ()

    @property
    def collaborations(self) -> list[int]:
        """All that this turn has to have for itself."""
        own = [self.collaboration_id] if self.collaboration_id is not None else []
        return sorted({*own, *self.others})

    def goes_elsewhere(self, other: Route) -> bool:
        """Whether two routes differ in what they would do or to which collaborations."""
        return (self.target, self.collaborations) != (other.target, other.collaborations)
