"""Records of the ledger on a screen: one line each in a pipe, columns and whole words at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from agents.cli.audit_common import line_of, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.audit.story import StoryStep

_LEAST = 30
"""Columns below which what a record says stands under it instead of beside it."""
_WITH_HASH = 110
"""Columns from which on its hash is shown, too; `--json` has it in any case."""


def show_records(found: Sequence[tuple[StoryStep, str | None]]) -> None:
    """Print records, each with the id of its question where that is to be said."""
    from policies.guardrails import visible

    if not sys.stdout.isatty():
        for one, question in found:
            typer.echo(visible(f"{line_of(one)}  {question or ''}".rstrip()))
        return
    from rich.text import Text

    from agents.cli.tables import screen

    console, day = screen(), ""
    number, who = (
        max(len(text) for text in texts) for texts in zip(*map(_head, (one for one, _ in found)), strict=True)
    )
    for one, question in found:
        on, _, clock = utc(one.time).partition(" ")
        if on != day:
            day = on
            console.print(Text(f"{day} UTC", "bold"))
        index, actor = _head(one)
        head = Text.assemble(index.rjust(number), "  ", clock[:12], "  ", (actor.ljust(who), "cyan"), "  ")
        said = Text.assemble(visible(one.line.replace("\n", "\\n")), (f"  {question or ''}".rstrip(), "dim"), "  ")
        if console.width >= _WITH_HASH:
            said.append(f"[{one.hash[:12]}]", "dim")
        beside = console.width - len(head) >= _LEAST
        indent = len(head) if beside else number + 2
        lines = list(said.wrap(console, max(console.width - indent, 10), overflow="fold"))
        if not beside:
            head.rstrip()
            console.print(head, soft_wrap=True)
        for place, line in enumerate(lines):
            line.rstrip()
            console.print((head if beside and not place else Text(" " * indent)) + line, soft_wrap=True)


def _head(one: StoryStep) -> tuple[str, str]:
    return f"#{one.index}", one.actor
