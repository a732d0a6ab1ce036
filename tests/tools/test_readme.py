"""The README and the guide to Slack tell the truth: commands and log lines exist, and every setting
is named."""

import re

import click
import pytest
from pydantic.aliases import AliasChoices
from pydantic_settings import BaseSettings

from tests.tools.project import ROOT, make_targets, read


def code_in(text: str) -> list[str]:
    """The lines of code blocks, and what stands between backticks."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + re.findall(
        r"`([^`\n]+)`", prose
    )


def commands(program: str, text: str) -> set[tuple[str, ...]]:
    """The words that follow the program's name wherever the text has it as code."""
    lines = [line.partition("#")[0].strip() for line in code_in(text)]
    found = (re.search(rf"(?:^|[;&($] ?|bin/){program} +([a-z][a-z -]*)", line) for line in lines)
    return {tuple(match[1].split()) for match in found if match}


def test_every_make_command_exists() -> None:
    named = {words[0] for words in commands("make", read("README.md"))}
    assert {"demo", "test"} <= named
    assert named - make_targets() == set()


@pytest.mark.parametrize("path", ["README.md", "docs/slack.md"])
def test_every_samspill_command_exists(path: str) -> None:
    from bot.cli import main

    unknown = []
    for words in commands("samspill", read(path)):
        found: click.Command | None = main
        for word in words:
            if not isinstance(found, click.Group):
                break
            found = found.commands.get(word)
        if found is None:
            unknown.append(words)
    assert unknown == []


def test_every_log_line_that_is_explained_exists() -> None:
    explained = re.findall(r"^\| \*([^*]+)\*", read("docs/slack.md"), re.MULTILINE)
    code = "".join(each.read_text("utf-8") for each in (ROOT / "bot").rglob("*.py"))
    assert len(explained) > 8
    assert [line for line in explained if f'"{line}"' not in code] == []


def settings_names() -> list[str]:
    """The environment variables that bot/settings.py reads."""
    import bot.settings

    return [
        name
        for kind in vars(bot.settings).values()
        if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind is not BaseSettings
        for field, about in kind.model_fields.items()
        for name in environment_names(kind, field, about.validation_alias)
    ]


def environment_names(kind: type[BaseSettings], field: str, alias: object) -> list[str]:
    match alias:
        case str():
            return [alias]
        case AliasChoices():
            return [str(choice) for choice in alias.choices]
        case _:
            return [(kind.model_config.get("env_prefix", "") + field).upper()]


def test_every_setting_is_documented() -> None:
    names = settings_names()
    assert "SAMSPILL_DATABASE_URL" in names
    assert [name for name in names if name not in read("README.md")] == []


@pytest.mark.parametrize(
    "text",
    [
        "```sh\ncd samspill\nmake demo  # opens it\n```",
        "Run `make demo`.",
        "Run `make demo PORT=1`.",
        "`cd samspill && make demo`",
    ],
)
def test_commands_are_found_in_blocks_and_in_prose(text: str) -> None:
    assert commands("make", text) == {("demo",)}


def test_what_is_written_in_chat_is_no_shell_command() -> None:
    text = "`/samspill nytt`, `@Samspill runde`, `.venv/bin/samspill packs check [DIR]`"
    assert commands("samspill", text) == {("packs", "check")}
