"""What the pages and the screens tell people to type is a command with those options, and every command shows one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from agents.cli.app import app
from agents.cli.commands import apart
from tests.commands import regent_here

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TYPED = re.compile(r"(?:`|^)\s*(?:\.venv/bin/)?regent ([a-z][^`\n]*)", re.MULTILINE)
GROUP = typer.main.get_command(app)


def mistakes(said: str) -> list[str]:
    """What is wrong with a command as it is typed, `a|b` standing for either."""
    words = shlex.split(re.sub(r"\s#.*|[\[\]]|\s[>|] .*", "", said.replace("'s", "")))
    readings: list[list[str]] = [[]]
    for word in words:
        choices = word.split("|") if re.fullmatch(r"[a-z-]+(?:\|[a-z-]+)+", word) else [word]
        readings = [[*reading, choice] for reading in readings for choice in choices]
    return [wrong for reading in readings if (wrong := mistake(reading))]


def mistake(words: list[str]) -> str:
    command: Any = GROUP
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return "" if command.invoke_without_command else f"no command {' '.join(words)}"
        command, words = command.commands[words[0]], words[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"{command.name} has no {unknown}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_exists_with_its_options(page: Path) -> None:
    found = TYPED.findall(page.read_text(encoding="utf-8"))
    assert not {said: wrong for said in found if (wrong := mistakes(said))}


def test_a_command_that_is_not_there_would_be_seen() -> None:
    assert mistakes("audit erase") and mistakes("ask --jsn x") and mistakes("release open|propose")
    assert not mistakes('controls pack --out pack.zip    # "everything"') and not mistakes("audit search|verify")


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from leaves(inner, f"{path} {name}")
    else:
        yield path, command


def groups(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield f"{path} {name}", inner
            yield from groups(inner, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), [*groups(GROUP, "regent")])
def test_every_group_of_commands_shows_one_of_them(path: str, command: Any) -> None:
    _, _, shown = f"{command.help or ''}\n{command.epilog or ''}".partition("Example")
    typed = re.findall(r"(?:`|^ *)(regent [^`\n]+)", shown, re.MULTILINE)
    assert typed and all(one.startswith(path) and not mistakes(one.removeprefix("regent ")) for one in typed)


@pytest.mark.parametrize(("path", "command"), [*leaves(GROUP, "regent")])
def test_every_command_shows_an_example_that_works(path: str, command: Any) -> None:
    examples = apart(command.help or "")[1]
    assert all(len(line) <= 76 for line in examples), "an example is broken by a screen of eighty columns"
    joined = re.sub(r" \\\n +", " ", "\n".join(examples)).splitlines()
    typed = [line for line in joined if line.startswith(path)]
    assert typed, "no example"
    for line in typed:
        assert not mistakes(line.removeprefix("regent "))


def test_help_ends_with_the_examples_each_as_it_is_typed(tmp_path: Path) -> None:
    said = regent_here(tmp_path, "incident", "open", "--help", COLUMNS="80").stdout
    shown = said[said.index("Examples:") :]
    assert '\n   regent incident open --title "Wrong figure in an answer" \\\n       --detected' in shown
    assert "<bool>" not in said and "<str>" not in said, "a value is named by a word"
    assert "Deadlines" in said or "deadlines" in said
    _, examples = apart(GROUP.commands["incident"].commands["open"].help)
    assert max(map(len, said.splitlines())) <= 80 and len(examples) == 4
