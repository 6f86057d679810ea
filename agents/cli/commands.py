"""Commands whose help ends with their examples, one a line as it is typed, and says of a switch only what it does."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

_F = TypeVar("_F", bound=Callable[..., Any])


def apart(text: str) -> tuple[str, list[str]]:
    """A docstring without its examples, and its examples."""
    said: list[str] = []
    examples: list[str] = []
    listing = False
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph in ("Example:", "Examples:"):
            listing = True
        elif listing and paragraph.startswith("    "):
            examples += textwrap.dedent(paragraph).splitlines()
        else:
            listing = False
            said.append(paragraph)
    return "\n\n".join(said), examples


_KINDS = {"<str>": "TEXT", "<list[str]>": "TEXT", "<path>": "PATH", "<int>": "N", "<%Y-%m-%d>": "DAY"}
"""What stands behind an option for the kinds of value that people do not read."""


def _told(params: list[Any], ctx: Any) -> list[Any]:
    """The parameters with a word for each option's value; a switch has none."""
    for param in params:
        if isinstance(param, TyperArgument):
            param.display_type_rich = lambda ctx: None  # type: ignore[method-assign]  # its name says it
        if isinstance(param, TyperOption) and param.metavar is None:
            shown = "" if param.is_flag else param.display_type_rich(ctx)
            param.metavar = "N" if (shown or "").startswith("<int") else _KINDS.get(shown or "", shown)
    return params


def _helped(command: Any, show: Callable[[], None]) -> None:
    whole = command.help
    command.help, examples = apart(whole or "")
    try:
        show()
    finally:
        command.help = whole
    if examples:
        typer.echo(f" Example{'s' if len(examples) > 1 else ''}:\n")
        typer.echo("\n".join(f"   {example}" for example in examples) + "\n")


class Command(TyperCommand):
    """A command."""

    def invoke(self, ctx: Any) -> Any:
        """Run it; what libraries log is not for the screen."""
        from agents.diagnostics import hush

        hush()
        return super().invoke(ctx)

    def get_params(self, ctx: Any) -> Any:
        """The parameters, with a word for each option's value."""
        return _told(super().get_params(ctx), ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _helped(self, lambda: super(Command, self).format_help(ctx, formatter))


class Group(TyperGroup):
    """A group of commands."""

    def get_params(self, ctx: Any) -> Any:
        """The parameters, with a word for each option's value."""
        return _told(super().get_params(ctx), ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        _helped(self, lambda: super(Group, self).format_help(ctx, formatter))


class Commands(typer.Typer):
    """A `typer.Typer` of such commands and groups."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"cls": Group, **given})

    def command(self, name: str | None = None, **given: Any) -> Callable[[_F], _F]:
        """Add a command."""
        return super().command(name, **{"cls": Command, **given})
