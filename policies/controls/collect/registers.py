"""Registers: the rows of the tables in approved documents, one item per row. A draft states nothing, so it has no rows.

The header's cells name the fields. Lists are comma-separated, an empty cell is null, whole numbers and yes or no become
what they are. The rows are counted in the file's bytes, without parsing them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from policies.controls.collect.base import Scene, Seen
from policies.controls.documents import Document, standing
from policies.controls.evidence import Item

REGISTERS = (
    "scope-statement",
    "risk-register",
    "responsibility-matrix",
    "competence-matrix",
    "objectives-register",
    "corrective-action-log",
    "data-inventory",
    "aiia-record",
    "reporting-obligations-register",
)
_LISTS = frozenset({"runtimes", "controls", "regions", "services"})
_NAMED = {"responsibility-matrix": ("supplier", "service"), "competence-matrix": ("person", "role")}
_ROW = re.compile(rb"^\|(?!\s*:?-)[^\n]*\|\s*$", re.MULTILINE)
_STATES = ("valid", "overdue")


def register(scene: Scene, kind: str) -> Seen:
    """The rows of all approved documents of this type."""
    seen = Seen()
    today = scene.clock().date()
    for document in scene.documents.get(kind, ()):
        if standing(kind, [document], scene.attested, today).state not in _STATES:
            continue
        seen.operations += (document.path.name,)
        header, rows = table(document.text)
        if not header:
            seen.problems.append(f"{document.path.name} has no table")
            continue
        seen.population += max(len(_ROW.findall(document.text.encode())) - 1, 0)
        for number, row in enumerate(rows, 1):
            if len(row) != len(header):
                seen.problems.append(f"row {number} of {document.path.name} has {len(row)} cells, not {len(header)}")
                continue
            seen.items.append(_item(scene, kind, document, dict(zip(header, row, strict=True))))
    return seen


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the first Markdown table in a text."""
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines[:-1]):
        if line.startswith("|") and re.fullmatch(r"\|[\s:|-]+\|", lines[number + 1]):
            rows = []
            for more in lines[number + 2 :]:
                if not more.startswith("|"):
                    break
                rows.append(_cells(more))
            return [cell.casefold().replace(" ", "_") for cell in _cells(line)], rows
    return [], []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _item(scene: Scene, kind: str, document: Document, row: dict[str, str]) -> Item:
    data: dict[str, Any] = {key: _typed(key, cell) for key, cell in row.items()}
    if kind == "competence-matrix" and isinstance(data.get("person"), str):
        data["person"] = scene.ledger.vault.pseudonym(data["person"])
    named: Sequence[str] = _NAMED.get(kind, tuple(row)[:1])
    name = "/".join(str(data.get(key)) for key in named)
    if kind not in _NAMED:
        data.pop(named[0], None)
    return Item(name=name, data={**data, "document": f"{document.matter.id} {document.matter.version}"})


def _typed(key: str, cell: str) -> Any:
    if key in _LISTS:
        return [part.strip() for part in cell.split(",") if part.strip()]
    if not cell:
        return None
    if cell.isascii() and cell.isdigit():
        return int(cell)
    return {"yes": True, "no": False}.get(cell.casefold(), cell)
