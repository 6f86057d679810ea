"""Unchanged: where an answer tells the same as it would without the question, or a word of it, that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.plan import Plan
from agents.models.offline.proposing.guarding import LEAST
from agents.models.offline.proposing.reduced import WITHOUT_IT, WITHOUT_THEM
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import Told
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.of_shown import Ask, of_shown_in, superlative
from agents.models.offline.weighing.heeded import A_FIGURE, FIGURES, NOT_HEEDED
from agents.models.offline.weighing.nothing_new import (
    ALREADY_SO,
    LISTS,
    NOT_SPLIT,
    NOTHING_NEW,
    SHOWN_BEFORE,
    THE_MOST,
    UNRANKED,
)
from agents.models.offline.words.text import fold

_APART = frozenset({"account", "team", "venue", "service", "region", "env", "type"})
"""What an answer may be told apart by; "which databases?" asks for no split."""


NOT_AMONG = "What was to be left out is not in this, or not all of it: what is stands in the list and in the total."


def still_in(plan: Plan, results: Sequence[Told]) -> tuple[str, ...]:
    """The sentences of a plan; where what was to be left out has no row to be taken off, they say that."""
    if any(told.query == "derive" and not told.error for told in results):
        return plan.limits
    return tuple(dict.fromkeys(NOT_AMONG if one in (WITHOUT_IT, WITHOUT_THEM) else one for one in plan.limits))


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
    if {NOTHING_NEW, ALREADY_SO} & set(plan.limits) or _stands_in_the_rows(results, asked):
        return ()
    told = _sentences(plan, results, asked)
    if plan.again and told <= _sentences(plan, results, plan.again):
        if _is_told_first(plan, results, asked):
            return ()
        rows = {told.columns[0].casefold() for told in results if told.columns}  # what they are told apart by
        named = dimensions(fold(asked)) if _SPLITS.search(fold(asked)) else []
        split = [name for name in named if name in _APART - rows]
        if named and not split:
            return (ALREADY_SO,)
        return (NOT_SPLIT.format(split=" or ".join(split)),) if split else (SHOWN_BEFORE,)
    noted = " ".join(plan.limits)
    left = (one for one in plan.without if one.word not in noted)
    same = [one.word for one in left if told == _sentences(plan, results, one.asked)]
    words = list(dict.fromkeys(A_FIGURE if word in FIGURES else f'"{word}"' for word in same))
    return (NOT_HEEDED.format(words=" and ".join(words)),) if words else ()


_COLUMNS: dict[Ask, str] = {"severity": "Severity", "where": "Account", "by": "By"}
"""What is asked of the rows that were shown, and the column that tells it of each, however they are told."""


def _stands_in_the_rows(results: Sequence[Told], asked: str) -> bool:
    """Whether a question asks no more than what each row says of itself."""
    ask = of_shown_in(asked)
    column = _COLUMNS.get(ask, "") if ask else ""
    good = [told for told in results if not told.error]
    return bool(column and good) and all(column in told.columns for told in good)


_WHICH = re.compile(
    r"^\W*(?:(?:and|so|ok|but) )*which (?!of\b)[a-z]+s(?: exactly| (?:are|were) (?:they|those|these|that))?\W*$"
)
"""What asks for the things that are listed: "which databases?"."""
_IN_TOTAL = re.compile(r"\b(?:total|altogether|in all|all together|all in all)\b")


def _is_told_first(plan: Plan, results: Sequence[Told], asked: str) -> bool:
    """Whether the first thing that is told is what is asked: the one with the most, or how many there are in all."""
    text, told = fold(asked), next((one for one in results if not one.error), None)
    if told is None or not told.columns:
        return False
    split = dimensions(text)
    of_rows = not split or told.columns[0].casefold() in {one.replace("_", " ") for one in split}
    if not _APART & set(split) and (LISTS.match(text) or _WHICH.match(text)):
        return True
    if _IN_TOTAL.search(text):
        return not split or told.query == "savings"
    most = THE_MOST.match(text) or (superlative(asked) and not LEAST.search(text))
    return bool(most) and of_rows and plan.calls[0].query not in UNRANKED


def _sentences(plan: Plan, results: Sequence[Told], asked: str) -> frozenset[str]:
    """What is told of the results where `asked` is the question."""
    text = answer(results, (), asked, plan.focus)
    return frozenset(said.strip(" .") for said in re.split(r"\n|(?<=[.\]]) ", text))
