"""One order split over two records: each half is harmless, together they command. Found in a whole tool result.

A tool result is lines, and cells between bars (`agents/telling.py`). Texts that stand next to each other, in reading
order or in the same column of rows that follow each other, are read together, with and without a space between them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from policies.guardrails.orders import may_order, orders_in, withheld, withheld_in

_CELL = re.compile(r"[^|\n]+")
_LEAD = re.compile(r"\s*(?:(?:row|note|incomplete|read as|query|columns): ?)?(?:f\d+=)?")


@lru_cache(maxsize=128)  # a result is looked at as it comes back and as a model is about to read it
def withhold_split(text: str, threshold: float) -> tuple[str, float, tuple[str, ...]]:
    """The text with every order in it replaced, the highest score found, and what spoke for it, by name."""
    cells = _cells(text)
    hit: set[int] = set()
    score, flags = withheld_in(text)

    def look(joined: str, *which: int) -> None:
        nonlocal score
        found, names = orders_in(joined)
        if found >= threshold:
            score = max(score, found)
            flags.update(names)
            hit.update(which)

    for at, (_, _, said, _) in enumerate(cells):
        look(said, at)
    for one, other in _neighbours(cells, text):
        if one in hit or other in hit:
            continue
        first, second = cells[one][2], cells[other][2]
        if may_order(first) and may_order(second):
            look(f"{first} {second}", one, other)
        if other not in hit and _one_word(first, second):
            look(first + second, one, other)
    for at in sorted(hit, reverse=True):
        start, end, said, _ = cells[at]
        text = f"{text[:start]}{withheld(said)}{text[end:]}"
    return text, score, tuple(sorted(flags))


_BLOB_END, _BLOB_START = re.compile(r"[A-Za-z0-9+/_-]{16,}$"), re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}$")
_WORD_END, _WORD_START = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_HEADED = re.compile(r"query: [a-z][a-z0-9_]*\n")
_Cell = tuple[int, int, str, tuple[int, int]]


def _cells(text: str) -> list[_Cell]:
    """Start, end, text, and (line, column) of every cell; labels and fact ids stay outside."""
    found: list[_Cell] = []
    at = 0
    for number, line in enumerate(text.split("\n")):
        for column, match in enumerate(_CELL.finditer(line)):
            lead = _LEAD.match(match[0])
            skipped = lead.end() if lead else 0
            said = match[0][skipped:].rstrip()
            if said:
                start = at + match.start() + skipped
                found.append((start, start + len(said), said, (number, column)))
        at += len(line) + 1
    return found


def _neighbours(cells: list[_Cell], text: str) -> list[tuple[int, int]]:
    """Pairs of cells that somebody could read as one text. The query's name, which heads a result, is not of them.

    It is our own word, and with those below it reads like an order: `account_list`, `accounts in sight, all accounts`.
    """
    pairs = list(pairwise(range(len(cells))))
    by_column: dict[int, list[int]] = {}
    for at, (_, _, _, (_, column)) in enumerate(cells):
        by_column.setdefault(column, []).append(at)
    found = dict.fromkeys([*pairs, *(pair for column in by_column.values() for pair in pairwise(column))])
    return [pair for pair in found if 0 not in pair] if _HEADED.match(text) else list(found)


def _one_word(first: str, second: str) -> bool:
    """Whether a cut went through a word that matters, or through a run of base64."""
    if _BLOB_END.search(first) and _BLOB_START.match(second):
        return True
    left, right = _WORD_END.search(first), _WORD_START.match(second)
    return bool(left and right and may_order(left[0] + right[0]))
