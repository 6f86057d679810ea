"""Tables for a terminal of any width: a name or an identifier is never cut, nor broken in two.

What fits stands in columns. Where it does not, longer prose (a reason, what to do) moves under its row, then cells take
a second line, and where not even that fits every row stands by itself, cell by cell.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 2
_PROSE = 30
"""Columns from which on a text of several words is prose: it may be wrapped, or stand under its row."""
_BAR = 20
_LEAST_BAR = 6
WIDE = 160
"""Columns of output that goes to a file or another program, unless COLUMNS says otherwise."""


def screen(stderr: bool = False) -> Console:
    """The terminal as a person has it; a file or another program is given `WIDE` columns."""
    from rich.console import Console

    shown = sys.stderr if stderr else sys.stdout
    width = None if shown.isatty() or os.environ.get("COLUMNS", "").isdigit() else WIDE
    return Console(stderr=stderr, highlight=False, width=width)


def show_text(console: Console, text: str, style: str = "") -> None:
    """Print lines of prose, broken between words; what goes on in a next line is set in as its beginning is."""
    for line in text.split("\n"):
        said = line.lstrip(" ")
        indent = len(line) - len(said)
        hang = indent + (_GAP if indent or said.startswith("- ") else 0)
        room = max(console.width - hang, 10)
        for number, part in enumerate(Text(said, style).wrap(console, room, overflow="fold") or [Text()]):
            part.rstrip()
            console.print(Text(" " * (hang if number else indent)) + part, soft_wrap=True)


def show_table(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    *,
    right: Sequence[int] | frozenset[int] = (),
    title: str = "",
    bars: Sequence[float] = (),
) -> None:
    """Print a table.

    Args:
        console: where, and how wide.
        columns: a title for each column.
        rows: as many cells each.
        right: numbers of the columns that are aligned right.
        title: a line above, in bold.
        bars: for each row the length of a small bar behind it, 0 to 1; drawn where there is room.
    """
    if title:
        console.print(Text(title, style="bold"))
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    for line in _lines(console, columns, cells, frozenset(right), bars):
        line.rstrip()
        console.print(line, soft_wrap=True)


def _lines(
    console: Console, columns: Sequence[str], rows: list[list[Text]], right: frozenset[int], bars: Sequence[float]
) -> Iterator[Text]:
    room, shown, below = console.width, list(range(len(columns))), []
    sizes = [_Sizes.of(title, [row[n] for row in rows], n in right) for n, title in enumerate(columns)]
    while (widths := _widths([sizes[n].natural for n in shown], [sizes[n].fine for n in shown], room)) is None:
        movable = [n for n in shown[1:] if sizes[n].prose]
        if not movable:
            break
        below.append(max(movable, key=lambda n: sizes[n].natural))
        shown.remove(below[-1])
    widths = widths or _widths([sizes[n].natural for n in shown], [sizes[n].tight for n in shown], room)
    if widths is None:
        yield from _records(console, columns, rows)
        return
    bar = min(_BAR, room - sum(widths) - _GAP * len(widths)) if bars else 0
    across = [(n, width, n in right) for n, width in zip(shown, widths, strict=True)]
    yield from _across(console, [Text(columns[n], style="bold") for n in range(len(columns))], across)
    for number, row in enumerate(rows):
        drawn = Text("█" * max(1, round(bar * bars[number])), "cyan") if bar >= _LEAST_BAR and bars[number] else Text()
        yield from _across(console, row, across, drawn)
        for n in sorted(below):
            if row[n].plain.strip(" -"):
                yield from _wrapped(console, Text.assemble((f"{columns[n]}: ", "dim"), row[n]), 2)


def _across(
    console: Console, row: Sequence[Text], across: Sequence[tuple[int, int, bool]], bar: Text | None = None
) -> Iterator[Text]:
    """One row of cells side by side, on as many lines as its highest cell takes."""
    wrapped = [row[n].wrap(console, width, overflow="fold") if row[n].plain else [Text()] for n, width, _ in across]
    for number in range(max(map(len, wrapped))):
        line = Text()
        for (_, width, to_right), cell in zip(across, wrapped, strict=True):
            part = cell[number].copy() if number < len(cell) else Text()
            part.rstrip()
            space = " " * (width - cell_len(part.plain))
            line = line + Text(space) + part if to_right else line + part + Text(space)
            line.append(" " * _GAP)
        yield line + bar if bar is not None and number == 0 else line


def _records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Text]]) -> Iterator[Text]:
    """Each row by itself: its first cell, and what the others say under it."""
    for row in rows:
        head = row[0].copy()
        head.stylize("bold")
        yield from _wrapped(console, head, 0)
        line = Text()
        for title, cell in zip(columns[1:], row[1:], strict=True):
            if not cell.plain.strip(" -"):
                continue
            said = Text.assemble((f"{title}: " if title else "", "dim"), cell)
            if line.plain and cell_len(line.plain) + 3 + cell_len(said.plain) > console.width - 2 * _GAP:
                yield from _wrapped(console, line, 2)
                line = Text()
            line = line + Text(" · ", "dim") + said if line.plain else said
        if line.plain:
            yield from _wrapped(console, line, 2)


def _wrapped(console: Console, text: Text, indent: int) -> Iterator[Text]:
    for number, line in enumerate(text.wrap(console, max(console.width - indent - _GAP, 10), overflow="fold")):
        line.rstrip()
        yield Text(" " * (indent + (_GAP if number else 0))) + line


class _Sizes:
    """How wide a column would be, may be without harm, and can be at the least."""

    def __init__(self, natural: int, fine: int, tight: int, prose: bool) -> None:
        self.natural, self.fine, self.tight, self.prose = natural, fine, tight, prose

    @classmethod
    def of(cls, title: str, cells: Sequence[Text], right: bool) -> _Sizes:
        said = [line for cell in cells for line in cell.plain.splitlines()]
        body = max(map(cell_len, said), default=0)
        word = max((cell_len(word) for line in (*said, title) for word in line.split()), default=0)
        prose = not right and body > _PROSE and any(len(line.split()) > 2 for line in said)
        least = max(word, _lines_at_most(title, 3))
        high = max((_lines_at_most(line, 3 if prose else 2) for line in said), default=0)
        return cls(
            natural=max(body, cell_len(title)),
            fine=max(least, min(body, _PROSE) if prose else body),
            tight=max(least, body if right else high),  # a number and its unit stay together
            prose=prose,
        )


def _lines_at_most(text: str, most: int) -> int:
    """The least width at which the words of a text take no more than so many lines."""
    words = [cell_len(word) for word in text.split()]
    width = max(words, default=0)
    while True:
        lines, filled = 1, -1
        for word in words:
            lines, filled = (lines, filled + 1 + word) if filled + 1 + word <= width else (lines + 1, word)
        if lines <= most:
            return width
        width += 1


def _widths(natural: Sequence[int], least: Sequence[int], room: int) -> list[int] | None:
    """A width for each column between the two, the most even way; None if not even the least ones fit."""
    left = room - _GAP * (len(least) - 1) - sum(least)
    if left < 0:
        return None
    widths = list(least)
    while left and (wanting := [n for n in range(len(widths)) if widths[n] < natural[n]]):
        for n in sorted(wanting, key=lambda n: widths[n])[:left]:
            widths[n] += 1
            left -= 1
    return widths
