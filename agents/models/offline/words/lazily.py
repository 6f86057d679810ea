"""Lazily: patterns that are compiled when a text first calls for them, so that a start does not pay for all of them."""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The compiled pattern, compiled once."""
    return re.compile(pattern)
