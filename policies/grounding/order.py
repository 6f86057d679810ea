"""Which of two moments was first: `X first (13:48), Y after it (18:36)` must be so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.grounding.view import Item, View, about
from tools import units

_FIRST = re.compile(r"\b(?:came |went |was \w+ |deployed |happened )first\b|^\W*first\b(?! of)", re.IGNORECASE)
_THEN = re.compile(r"\b(?:then|later|afterwards|after (?:it|that)|followed by|next)\b", re.IGNORECASE)
_UNSURE = re.compile(r"\b(?:not|before|again|last|if|or)\b|n't\b|n\u2019t\b", re.IGNORECASE)


def order(view: View) -> Iterator[tuple[int, int, str]]:
    """Two moments of a sentence that are told in the wrong order."""
    lines: dict[tuple[int, int], list[Item]] = {}
    for item in view.items:
        if units.kind(item.fact.unit) in ("date", "time"):
            lines.setdefault(view.layout.sentence(item.start), []).append(item)
    for (start, _), row in lines.items():
        if len(row) != 2:
            continue
        one, two = row
        lead, between = view.text[start : one.start], view.text[one.end : two.start]
        if not (_FIRST.search(lead) and _THEN.search(between)) or _UNSURE.search(lead + between):
            continue
        if str(one.fact.value) > str(two.fact.value):  # both are written as ISO 8601
            yield one.start, two.end, f"The words tell {about(one.fact)} first, but {about(two.fact)} was before it."
