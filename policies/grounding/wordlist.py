"""Word lists written as prose, so that they stay readable."""

from __future__ import annotations


def listing(text: str) -> tuple[str, ...]:
    """The words of a text, in order."""
    return tuple(text.split())
