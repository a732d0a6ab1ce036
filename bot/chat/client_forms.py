"""A form in the terminal, asked field by field: pure, lines in and lines out."""

from __future__ import annotations

from typing import Any

from bot.chat.client_text import printable
from dialogs.language import Translator
from dialogs.questions.days import day_in, day_with_year

_MANY_LINES = ("long", "lines", "pairs")
_YES = ("y", "yes", "j", "ja")
_NO = ("n", "no", "nei")


class Asking:
    """A form that is being filled in. `values` is what to send once it is `complete`."""

    def __init__(self, form: dict[str, Any], where: dict[str, Any], say: Translator) -> None:
        self._say = say
        self.form = form
        self.where = where
        self.values: dict[str, Any] = {
            field["name"]: list(field["value"]) if _listed(field) else field["value"]
            for field in form["fields"]
        }
        self._todo: list[dict[str, Any]] = list(form["fields"])
        self._lines: list[str] = []

    @property
    def complete(self) -> bool:
        """Whether everything was asked."""
        return not self._todo

    def begin(self) -> str:
        """The form's title and its first question."""
        gives_up = self._say.t("/cancel gives up.")
        head = f"--- {self.form['title']} --- {gives_up}"
        parts = [head, self.form["intro"], self._question()]
        return printable("\n".join(part for part in parts if part))

    def again(self, errors: dict[str, str]) -> str:
        """Ask once more what was wrong; without errors by field, press Enter to send again."""
        fields = {field["name"]: field for field in self.form["fields"]}
        self._todo = [fields[name] for name in errors if name in fields]
        if not self._todo:
            self._todo = [self.form["fields"][-1]]
        said = [f"! {text}" for text in errors.values()]
        return printable("\n".join([*said, self._question()]))

    def take(self, line: str) -> str:
        """One line of an answer; what to write then (the next question, or what is wrong)."""
        field = self._todo[0]
        if field["kind"] in _MANY_LINES:
            if line.strip() == ".":
                line = "\n".join(self._lines)
            elif line.strip() or self._lines:
                self._lines.append(line)
                return ""
        self._lines = []
        wrong = self._fill(field, line.strip())
        if wrong:
            return wrong
        self._todo.pop(0)
        return printable(self._question()) if self._todo else ""

    def _question(self) -> str:
        field = self._todo[0] if self._todo else None
        if field is None:
            return ""
        label = field["label"]
        if not field["required"]:
            label = self._say.t("{label} (optional)", label=label)
        lines = [label]
        if field["hint"]:
            lines.append(f"  {field['hint']}")
        lines += [
            f"  {place}. {option['label'].removeprefix(f'{place}. ')}"  # some labels count already
            for place, option in enumerate(field["options"], 1)
        ]
        now = self.values[field["name"]]
        if now:
            kept = self._say.t("Now: {value}", value=_readable(field, now, self._say))
            keeps = self._say.t("Enter keeps it.")
            lines += [f"  {line}" for line in (*kept.splitlines(), keeps)]
        lines.append(f"  {self._how(field)}")
        return "\n".join(lines)

    def _fill(self, field: dict[str, Any], text: str) -> str:
        """Set a field's value; what is wrong with the text, or nothing."""
        if not text:
            needed = field["required"] and not self.values[field["name"]]
            missing = self._say.t("This must be filled in.")
            return f"! {missing}" if needed else ""
        value = _value(field, text)
        if value is None:
            return f"! {self._how(field)}"
        length = len("\n".join([value] if isinstance(value, str) else value))
        if length > field["max_length"]:
            too_long = self._say.t(
                "This is too long: {n} characters, and there is room for {max}.",
                n=length,
                max=field["max_length"],
            )
            return f"! {too_long}"
        self.values[field["name"]] = value
        return ""

    def _how(self, field: dict[str, Any]) -> str:
        say = self._say
        match field["kind"]:
            case "choice" | "scale":
                return say.t("Write one number.")
            case "multi":
                return say.t("Write numbers with spaces between.")
            case "long":
                return say.t("Write as many lines as you like. A line with just . ends it.")
            case "lines":
                return say.t("Write one on each line. A line with just . ends it.")
            case "pairs":
                return say.t("Write «party: name» on each line. A line with just . ends it.")
            case "date":
                return say.t("Write a date with day, month and year, such as 1.3.2027.")
            case "confirm":
                return say.t("Write yes or no.")
            case "link":
                return say.t("Write an address.")
        return say.t("Write a line.")


def _listed(field: dict[str, Any]) -> bool:
    return field["kind"] in ("multi", "lines", "pairs")


def _value(field: dict[str, Any], text: str) -> str | list[str] | None:
    match field["kind"]:
        case "choice" | "scale":
            picked = _picked(field, text)
            return picked[0] if picked and len(picked) == 1 else None
        case "multi":
            return _picked(field, text)
        case "lines" | "pairs":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "confirm":
            return "yes" if text.lower() in _YES else "" if text.lower() in _NO else None
    return text  # what a date is, Samspill says itself: it takes the same typed anywhere


def _picked(field: dict[str, Any], text: str) -> list[str] | None:
    options = field["options"]
    numbers = text.replace(",", " ").split()
    if not all(each.isdecimal() and 0 < int(each) <= len(options) for each in numbers):
        return None
    return [options[int(each) - 1]["value"] for each in dict.fromkeys(numbers)]


def _readable(field: dict[str, Any], value: str | list[str], say: Translator) -> str:
    if field["kind"] == "date" and isinstance(value, str) and (day := day_in(value)) is not None:
        return day_with_year(day.isoformat(), say)
    labels = {option["value"]: option["label"] for option in field["options"]}
    return ", ".join(
        labels.get(each, each) for each in ([value] if isinstance(value, str) else value)
    )
