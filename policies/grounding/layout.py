"""How a text falls into blocks, sentences and clauses: the stretches within which words speak about a figure."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

HOLE = "\ue000"
"""Stands for one character of a figure that code wrote, so that word rules do not read it."""

Span = tuple[int, int]

_BLOCK = re.compile(r"\n[ \t]*\n+|\n(?=[ \t]*#{1,6} )")
_LIST = re.compile(r"\n(?=[ \t]*(?:[-*•|#>]|\d{1,3}[.)] ))|(?<=[.!?:])[ \t]*\n|\n(?=\|)|(?<=\|)[ \t]*\n")
_SENTENCE = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!approx\.)(?<!vs\.)(?<!ca\.)[\"')\]*_]{0,3}\s+(?=[^\s])")
_ITEM = re.compile(r"[ \t]*(?:[-*\u2022|]|\d{1,3}[.)])[ \t]")
_CLAUSE = re.compile(
    rf"[,;](?=\s|$)|:(?=\s|$)(?!\s*[*_`]*(?:[{HOLE}\d$€£]|[A-Z]{{3}} \d))|"
    r"\s[-\u2013\u2014]\s|\u2014|\s(?:and|but|while|whereas|against|versus|vs\.?|followed by|plus|compared (?:with|to)|"
    r"up from|down from|en(?! met\b)|maar|terwijl|tegen|tegenover|gevolgd door|e|mas|enquanto|contra)(?=\s)|\|",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Spans of a text, in order. Every sentence lies in one block."""

    text: str
    blocks: tuple[Span, ...]
    sentences: tuple[Span, ...]

    def block(self, offset: int) -> Span:
        """The block that holds the offset."""
        return _holder(self.blocks, offset)

    def sentence(self, offset: int) -> Span:
        """The sentence (or list item, or table row) that holds the offset."""
        return _holder(self.sentences, offset)

    def heading(self, start: int) -> int:
        """Where the block before the one that starts at `start` begins, if it is one line; else `start`."""
        above = self.blocks[max(bisect_right(self.blocks, (start, 0)) - 1, 0)]
        return above[0] if "\n" not in self.text[above[0] : above[1]].strip() else start

    def lead_in(self, offset: int) -> Iterator[Span]:
        """The sentences before `offset` in its block, nearest first; in a list or table not those of other items."""
        block, own = self.block(offset), self.sentence(offset)
        within = [s for s in self.sentences if block[0] <= s[0] <= own[0]]
        starts = [bool(_ITEM.match(self.text, _line(self.text, s[0]))) for s in within]
        home = _line(self.text, own[0])
        for span, listed in zip(reversed(within), reversed(starts), strict=True):
            if span != own and (not listed or _line(self.text, span[0]) == home):
                yield span

    def clause(self, offset: int) -> Span:
        """The clause of the sentence that holds the offset; parentheses belong to what they stand behind."""
        start, end = self.sentence(offset)
        deep = _depths(self.text[start:end])
        many = self.text[start:end].count(HOLE) > 1
        cuts = [
            m.span()
            for m in _CLAUSE.finditer(self.text, start, end)
            if not deep[m.start() - start] or (many and _crowded(self.text, m.start(), start, end))
        ]
        left = max((b for _, b in cuts if b <= offset), default=start)
        right = min((a for a, _ in cuts if a >= offset), default=end)
        return left, right


def lay_out(text: str) -> Layout:
    """Find the blocks (paragraphs, lists, tables) and sentences of a text."""
    blocks = _cut((0, len(text)), _BLOCK, text)
    sentences = []
    for block in blocks:
        for line in _cut(block, _LIST, text):
            table = text[line[0] : line[1]].lstrip().startswith("|")
            sentences.extend([line] if table else _cut(line, _SENTENCE, text))
    return Layout(text, tuple(blocks), tuple(sentences))


def _line(text: str, offset: int) -> int:
    """Where the line that holds the first character of a sentence starts."""
    while offset < len(text) and text[offset] in "\n":
        offset += 1
    return text.rfind("\n", 0, offset) + 1


def is_table_row(text: str) -> bool:
    """Whether a sentence is a row of a markdown table."""
    return text.lstrip().startswith("|") and text.count("|") >= 2


def table_cells(text: str, row: Span) -> list[Span]:
    """The spans of a row's cells, between its bars."""
    bars = [m.start() for m in re.finditer(r"\|", text[row[0] : row[1]])]
    edges = [row[0] + at for at in bars]
    if not text[row[0] : row[1]].rstrip().endswith("|"):
        edges.append(row[1])
    return [(a + 1, b) for a, b in itertools.pairwise(edges)]


def _cut(span: Span, pattern: re.Pattern[str], text: str) -> list[Span]:
    out, left = [], span[0]
    for match in pattern.finditer(text, *span):
        if match.start() > left:
            out.append((left, match.start()))
        left = match.end()
    if left < span[1] or not out:
        out.append((left, span[1]))
    return out


def _holder(spans: tuple[Span, ...], offset: int) -> Span:
    index = bisect_right(spans, (offset, len(spans) and 1 << 60)) - 1
    return spans[max(index, 0)]


def _depths(text: str) -> list[bool]:
    depth, out = 0, []
    for char in text:
        if char in "([":
            depth += 1
        out.append(depth > 0)
        if char in ")]" and depth:
            depth -= 1
    return out


def _crowded(text: str, at: int, start: int, end: int) -> bool:
    """Whether the parenthesis around `at` holds figures on both sides, so that its commas do separate."""
    left, right = text.rfind("(", start, at), text.find(")", at, end)
    if left < 0 or right < 0:
        return False
    return HOLE in text[left:at] and HOLE in text[at:right]
