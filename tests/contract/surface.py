"""A platform with its workspaces as tests see it: what people do there, and what they see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dialogs.messages import Buttons, Choice, Element, Scale, plain_element

if TYPE_CHECKING:
    from tests.contract.stage import Player

Act = Callable[[], Awaitable[dict[str, Any]]]  # may be done twice: its id is made once


@dataclass(frozen=True)
class Seen:
    """A message as somebody sees it: its text, what can be pressed, where it stands."""

    id: str
    room: str
    thread: str | None
    author: str | None
    text: str
    actions: tuple[tuple[str, str | None, str], ...]  # button id, value, label


class Surface:
    """A platform with its workspaces, as tests see it."""

    platform = ""
    tenant = ""

    def direct_room(self, player: Player) -> str:
        raise NotImplementedError

    def say(self, player: Player, room: str, text: str, thread: str | None) -> Act:
        raise NotImplementedError

    def press(self, player: Player, seen: Seen | None, button: str, value: str | None) -> Act:
        raise NotImplementedError

    def submit(self, player: Player, form: str, values: dict[str, Any]) -> Act:
        raise NotImplementedError

    def edit(self, player: Player, seen: Seen, text: str) -> Act:
        raise NotImplementedError

    def delete(self, player: Player, seen: Seen) -> Act:
        raise NotImplementedError

    def seen_by(self, player: Player) -> list[Seen]:
        raise NotImplementedError


def actions_of(elements: Sequence[Element]) -> tuple[tuple[str, str | None, str], ...]:
    """What can be pressed."""
    found: list[tuple[str, str | None, str]] = []
    for element in elements:
        if isinstance(element, Buttons):
            found += [(each.id, None, each.label) for each in element.buttons]
        elif isinstance(element, Choice | Scale):
            found += [(element.id, each.value, each.label) for each in element.options]
    return tuple(found)


def text_of(elements: Sequence[Element]) -> str:
    """The words, without what can be pressed."""
    return "\n".join(plain_element(each) for each in elements if not isinstance(each, Buttons))
