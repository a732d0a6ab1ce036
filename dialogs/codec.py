"""Messages to plain data and back, for rows that wait in the outbox and for the built-in chat."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from dialogs import messages
from dialogs.messages import Message

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        messages.Message,
        messages.Text,
        messages.Quote,
        messages.Fact,
        messages.Facts,
        messages.Divider,
        messages.Link,
        messages.Button,
        messages.Buttons,
        messages.Option,
        messages.Choice,
        messages.Scale,
        messages.LongText,
        messages.Image,
    )
}


def encode(message: Message) -> dict[str, Any]:
    """The message as JSON-able data; what is as it mostly is, is left out."""
    return _out(message)  # type: ignore[no-any-return]


def decode(data: dict[str, Any]) -> Message:
    """The message again; ValueError when the data is none."""
    made = _in(data)
    if not isinstance(made, Message):
        raise ValueError("not a message")
    return made


def _out(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_out(each) for each in value]
    kind = type(value).__name__
    if kind not in _KINDS:
        return value
    data: dict[str, Any] = {"is": kind}
    for name, default in _fields(kind):
        held = getattr(value, name)
        if held != default:
            data[name] = _out(held)
    return data


@cache
def _fields(kind: str) -> tuple[tuple[str, Any], ...]:
    return tuple((each.name, each.default) for each in fields(_KINDS[kind]))


def _in(value: Any) -> Any:
    if isinstance(value, dict):
        kind = _KINDS.get(value.get("is", ""))
        if kind is None:
            raise ValueError("unknown element")
        return kind(**{name: _in(each) for name, each in value.items() if name != "is"})
    if isinstance(value, list):
        return tuple(_in(each) for each in value)
    return value
