"""Saying no on stderr: one sentence, masked, because it may quote what somebody typed."""

from __future__ import annotations

from typing import NoReturn

import typer

DENIED = 3
"""The exit code of whatever was denied."""


def say(sentence: str) -> None:
    """One sentence on stderr."""
    from policies.guardrails import clean_and_mask

    typer.secho(f"regent: {clean_and_mask(sentence)}", err=True, fg="red")


def refused(error: Exception) -> NoReturn:
    """Say why, and end with the exit code of what was denied."""
    say(str(error))
    raise typer.Exit(DENIED) from error
