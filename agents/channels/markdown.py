"""Markdown: an answer's view as GitHub-style markdown, for clients that show text and nothing else.

Pages draw it, and load the pictures in it by themselves. So no text of an answer, and no name of the estate, becomes a
picture, a link with another face than its address, or HTML: whoever could write one would be told what was asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.channels.rendering import TableShown, View

_MOST_ROWS = 15
_LINK, _TAG = re.compile(r"\](?=[(\[:])"), re.compile(r"<(?=[A-Za-z/!?])")


def markdown(view: View) -> str:
    """The text, its tables, how many receipts stand behind it, what waits, and the line that an AI system wrote it."""
    text = inert(view.text)
    parts = [text] if view.status == "answered" else [f"**{view.title}.** {text}"]
    parts += [_table(table) for table in view.tables]
    if view.status == "withheld":
        parts += [inert(f"- {figure.label}: {figure.value} ({figure.context})") for figure in view.figures]
    if view.approval and f"resume {view.approval}" not in view.text:
        parts.append(f"When it has been decided, go on with: `resume {view.approval}`")
    if view.receipts:
        parts.append(f"Receipts: {len(view.receipts)} ({view.receipts[0].source}). Answer: `{view.answer}`.")
    parts.append(f"_{view.disclosure}_")
    return "\n\n".join(part for part in parts if part)


def _table(table: TableShown) -> str:
    rows = [_row(table.columns), _row(["---:" if i in table.right else "---" for i in range(len(table.columns))])]
    rows += [_row(row) for row in table.rows[:_MOST_ROWS]]
    left = len(table.rows) - _MOST_ROWS
    more = f"\n\n{left} more row{'s' if left > 1 else ''} not shown." if left > 0 else ""
    return "\n".join(rows) + more


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(inert(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def inert(text: str) -> str:
    """Text in which nothing is a link or a picture but an address that is seen as it is, and nothing is HTML."""
    return _TAG.sub("\u2039", _LINK.sub("] ", text))
