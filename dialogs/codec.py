"""Messages to plain data and back, for rows that wait in the outbox and for the built-in chat."""

from __future__ import annotations

from dataclasses import Field, fields
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
    kind = type(value).__name__
    if kind in _KINDS:
        held = ((each, getattr(value, each.name)) for each in _fields(kind))
        data = {each.name: _out(one) for each, one in held if one != each.default}
        return {"is": kind, **data}
    if isinstance(value, tuple):
        return [_out(each) for each in value]
    return value


@cache
def _fields(kind: str) -> tuple[Field[Any], ...]:
    return fields(_KINDS[kind])


def _in(value: Any) -> Any:
    if isinstance(value, dict):
        kind = _KINDS.get(value.get("is", ""))
        if kind is None:
            raise ValueError("unknown element")
        return kind(**{name: _in(each) for name, each in value.items() if name != "is"})
    if isinstance(value, list):
        return tuple(_in(each) for each in value)
    return value
