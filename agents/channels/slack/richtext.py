"""Text as Slack's rich text, in which nothing is parsed: no mention, channel, link or emoji can be written into it.

The house's texts are GitHub-style markdown: paragraphs, lists, bold, code and tables; nothing else of it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

_ITEM = re.compile(r"\s{0,3}(?:[-*•]|\d{1,3}[.)])\s+(.*)")
_ORDERED = re.compile(r"\s{0,3}\d{1,3}[.)]\s")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_STYLED = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`")
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*")
Element = dict[str, Any]


def rich_text(text: str) -> Element:
    """One block with the whole text."""
    elements: list[Element] = []
    for kind, lines in groupby(text.strip().splitlines(), key=_kind):
        made = _elements(kind, list(lines))
        elements += made
    return {"type": "rich_text", "elements": elements or [_section("")]}


def lines(said: Sequence[tuple[str, str, str]]) -> Element:
    """One block with a line for each: its name in bold, what it says, and in which style (`""`: plain)."""
    elements: list[Element] = []
    for number, (name, text, style) in enumerate(said):
        elements.append({"type": "text", "text": ("\n" if number else "") + name, "style": {"bold": True}})
        if text:
            elements.append({"type": "text", "text": text} | ({"style": {style: True}} if style else {}))
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def preformatted(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Element:
    """Rows in columns of one width, as one block; the first row is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return {"type": "rich_text", "elements": [_code("\n".join(lines))]}


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    if line.lstrip().startswith("|"):
        return "table"
    return "ordered" if _ORDERED.match(line) else "bullet" if _ITEM.match(line) else "text"


def _elements(kind: str, lines: list[str]) -> list[Element]:
    match kind:
        case "empty":
            return [{"type": "rich_text_section", "elements": [{"type": "text", "text": "\n"}]}]
        case "table":
            return [_code("\n".join(line.strip() for line in lines if not _RULE.fullmatch(line)))]
        case "ordered" | "bullet":
            items = [_section(found[1]) for line in lines if (found := _ITEM.match(line))]
            return [{"type": "rich_text_list", "style": kind, "elements": items}]
    said = [f"**{found[1]}**" if (found := _HEADING.match(line)) else line for line in lines]
    return [_section("\n".join(said) + "\n")]


def _section(text: str) -> Element:
    return {"type": "rich_text_section", "elements": list(_runs(text)) or [{"type": "text", "text": " "}]}


def _code(text: str) -> Element:
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text or " "}]}


def _runs(text: str) -> Iterator[Element]:
    at = 0
    for found in _STYLED.finditer(text):
        if text[at : found.start()]:
            yield {"type": "text", "text": text[at : found.start()]}
        style = "bold" if found["bold"] else "code"
        yield {"type": "text", "text": found[style], "style": {style: True}}
        at = found.end()
    if text[at:]:
        yield {"type": "text", "text": text[at:]}
