"""Saying no on stderr: one sentence, masked, because it may quote what somebody typed."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import typer

DENIED = 3
"""The exit code of whatever was denied."""


def write(text: str, *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """A line in a style of typer's, without colour where NO_COLOR is set (which typer does not heed)."""
    typer.secho(text, err=err, nl=nl, color=False if os.environ.get("NO_COLOR") else None, **style)


def tell(text: str) -> None:
    """Lines on stdout: broken between words at a terminal, as they are anywhere else."""
    if not sys.stdout.isatty():
        typer.echo(text)
        return
    from agents.cli.tables import screen, show_text

    show_text(screen(), text)


def say(sentence: str) -> None:
    """One sentence on stderr."""
    from policies.guardrails import clean_and_mask

    said = f"regent: {clean_and_mask(sentence)}"
    if not sys.stderr.isatty():
        write(said, err=True, fg="red")
        return
    from agents.cli.tables import screen, show_text

    show_text(screen(stderr=True), said, "red")


def refused(error: Exception) -> NoReturn:
    """Say why, and end with the exit code of what was denied."""
    say(str(error))
    raise typer.Exit(DENIED) from error
