"""All dialogs by name, and all words that people can write to Samspill."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dialogs.dialog import Command, Dialog

_FOLD = (("æ", "ae"), ("ø", "o"), ("å", "a"), ("oe", "o"), ("aa", "a"))
_COLON = re.compile(r"(?:\d{1,6}\s*)?:")


def fold(text: str) -> str:
    """A typed word as it is compared: case, æøå, punctuation and doubled spaces do not matter."""
    folded = re.sub(r"[^\w\s]", " ", text.casefold())
    for written, plain in _FOLD:
        folded = folded.replace(written, plain)
    return " ".join(folded.split())


def _key(text: str) -> str:
    """What a word is found by; signs alone ("?", an emoji) stand for themselves."""
    return fold(text) or text


@dataclass(frozen=True, slots=True)
class Words:
    """A command that was typed, and what followed it (as it was written)."""

    command: Command
    rest: str
    colon: bool = False  # right after the word, or after the word and a number

    @property
    def plain(self) -> bool:
        """Whether this cannot be meant as an answer to what waits."""
        if self.colon and self.command.colon:
            return True
        first, *others = fold(self.rest).split() or ("",)
        if self.command.takes is None or not first.isdecimal():
            return not self.rest
        known = {word for each in self.command.takes for word in fold(each).split()}
        return all(each.isdecimal() or each in known for each in others)


class Registry:
    """Finds dialogs by name and commands by word."""

    def __init__(self, dialogs: Iterable[Dialog]) -> None:
        """ValueError when two dialogs share a name or two commands a word."""
        self.dialogs: dict[str, Dialog] = {}
        self._commands: dict[str, Command] = {}
        self.commands: list[Command] = []
        for dialog in dialogs:
            if dialog.name in self.dialogs:
                raise ValueError(f"two dialogs are called {dialog.name}")
            self.dialogs[dialog.name] = dialog
            for command in dialog.commands:
                self._add(command)

    def _add(self, command: Command) -> None:
        for word in {_key(each) for each in command.words}:
            if word in self._commands:
                raise ValueError(f"two commands share the word {word!r}")
            self._commands[word] = command
        self.commands.append(command)

    def words(self, text: str) -> Words | None:
        """The command that `text` begins with (the longest that fits), or None."""
        head, colon, tail = text.partition(":")
        if colon and (command := self._commands.get(_key(head))) is not None:
            return _words(command, tail.strip(), colon=True)
        for length in (3, 2, 1):
            parts = text.split(maxsplit=length)
            if len(parts) > length and not fold(parts[length - 1]):
                continue  # a sign in the middle is no word of the command
            command = self._commands.get(_key(" ".join(parts[:length])))
            if command is not None and len(parts) >= length:
                rest = parts[length].rstrip() if len(parts) > length else ""
                return _words(command, rest, colon=_COLON.match(rest) is not None)
        return None


def _words(command: Command, rest: str, *, colon: bool) -> Words | None:
    return None if rest and command.alone else Words(command, rest, colon)
