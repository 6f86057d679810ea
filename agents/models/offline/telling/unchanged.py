"""Unchanged: what a question asks and its answer tells as it would without that; it is said, for who reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.plan import Plan
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import Told
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.weighing.aside import NOT_SPLIT, NOTHING_NEW, SHOWN_BEFORE
from agents.models.offline.weighing.heeded import A_FIGURE, FIGURES, NOT_HEEDED
from agents.models.offline.words.text import fold

_APART = frozenset({"account", "team", "venue", "service", "region", "env", "type"})
"""What an answer may be told apart by; "which databases?" asks for no split."""


_SPLITS = re.compile(
    r"\b(?:per|by|each|every|split|spread|break\w*|broken|group\w*|divid\w*|most|least|worst|best|top)\b"
)


def nothing_changed(plan: Plan, results: Sequence[Told], asked: str) -> tuple[str, ...]:
    """A sentence where the question, or a word of it, changes neither what was looked at nor what is told of it.

    Args:
        plan: what the question means.
        results: what was found.
        asked: the question as it is told by.
    """
    if NOTHING_NEW in plan.limits:
        return ()
    told = _sentences(plan, results, asked)
    if plan.again and told <= _sentences(plan, results, plan.again):
        rows = {told.columns[0].casefold() for told in results if told.columns}  # what they are told apart by
        split = [name for name in dimensions(fold(asked)) if name in _APART - rows]
        split = split if _SPLITS.search(fold(asked)) else []
        return (NOT_SPLIT.format(split=" or ".join(split)),) if split else (SHOWN_BEFORE,)
    noted = " ".join(plan.limits)
    left = (one for one in plan.without if one.word not in noted)
    same = [one.word for one in left if told == _sentences(plan, results, one.asked)]
    words = list(dict.fromkeys(A_FIGURE if word in FIGURES else f'"{word}"' for word in same))
    return (NOT_HEEDED.format(words=" and ".join(words)),) if words else ()


def _sentences(plan: Plan, results: Sequence[Told], asked: str) -> frozenset[str]:
    """What is told of the results where `asked` is the question."""
    text = answer(results, (), asked, plan.focus)
    return frozenset(said.strip(" .") for said in re.split(r"\n|(?<=[.\]]) ", text))
