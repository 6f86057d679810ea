"""Patterns from a definition: checked to be portable to Bedrock, and to need bounded time in the process.

Python's `re` backtracks, and its time explodes where a repetition without an end stands inside another repetition.
Such a pattern is refused when the definition is read, so that no text can make it slow.
"""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Annotated, Any

from pydantic import AfterValidator, Field

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_LOOKING = (codes.ASSERT, codes.ASSERT_NOT)
_MANY = 2000
"""A repetition that may go on longer than this counts as one without an end."""
_MOST_NESTED = 4096
"""How often the inside of nested repetitions may run, all together."""


def _bounded(pattern: str) -> str:
    for many, what in _faults(_parsed(pattern), 1):
        if many:
            raise ValueError(
                f"the pattern could need endless time: {what}; give every repetition an end, as in {{0,40}}"
            )
    return pattern


def _portable(pattern: str) -> str:
    for many, what in _faults(_parsed(pattern), 1):
        raise ValueError(f"the pattern {'could need endless time' if many else 'does not run on Bedrock'}: {what}")
    return pattern


BoundedPattern = Annotated[str, Field(min_length=1, max_length=1500), AfterValidator(_bounded)]
"""A pattern for the process alone."""
PortablePattern = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_portable)]
"""A pattern that Bedrock takes as well: no looking ahead or behind, no references back."""


def _parsed(pattern: str) -> Any:
    try:
        return parser.parse(pattern)
    except re.error as error:
        raise ValueError(f"this is no regular expression: {error}") from error


def _faults(parsed: Any, within: int) -> list[tuple[bool, str]]:
    """What is wrong, and whether it is about time. `within`: how often the surrounding repetitions may run."""
    found: list[tuple[bool, str]] = []
    for code, given in parsed:
        if code in _REPEATS:
            _, most, inner = given
            often = within * (1 if int(most) <= 1 else int(most))
            if int(most) > _MANY:
                found.append((True, "a repetition without an end"))
            elif within > 1 and often > _MOST_NESTED and int(most) > 1:
                found.append((True, "repetitions within repetitions"))
            found += _faults(inner, often)
        elif code in _LOOKING:
            found.append((False, "it looks ahead or behind"))
            found += _faults(given[1], within)
        elif code in (codes.GROUPREF, codes.GROUPREF_EXISTS):
            found.append((False, "it refers back to a group"))
        elif code is codes.SUBPATTERN:
            found += _faults(given[-1], within)
        elif code is codes.BRANCH:
            for branch in given[1]:
                found += _faults(branch, within)
        elif code is codes.ATOMIC_GROUP:
            found += _faults(given, within)
    return found
