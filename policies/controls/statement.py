"""The Statement of Applicability as a table, for a spreadsheet or a page.

The columns that say how things stand are computed; the same inputs give the same bytes.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.controls.catalogue import catalogue
from policies.controls.documents import Matter
from policies.controls.implemented import implementers
from policies.controls.soa import Statement
from policies.controls.status import ControlStatus

COLUMNS = (
    "control",
    "title",
    "applicable",
    "justification",
    "risk_ids",
    "requirement_ids",
    "owner",
    "approver",
    "approved_on",
    "implementation",
    "computed_status",
    "evidence",
    "evidence_from",
    "residual_gap",
    "inherited_from",
)
_WIDTHS = (10, 34, 10, 44, 14, 20, 18, 16, 12, 44, 14, 30, 22, 26, 18)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_FIRST = b"2000-01-01T00:00:00Z"
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[str, ...]


def rows(statement: Statement, statuses: Sequence[ControlStatus]) -> tuple[Row, ...]:
    """One row per Annex A control, in the standard's order."""
    by_id: Mapping[str, ControlStatus] = {one.id: one for one in statuses}
    places = implementers()
    matter = statement.matter
    found = []
    for control, entry in catalogue().items():
        if not entry.annex:
            continue
        decision, status = statement.decisions[control], by_id.get(control)
        found.append(
            (
                control,
                entry.title,
                "yes" if decision.applicable else "no",
                decision.reason,
                ", ".join(decision.risks),
                ", ".join(decision.requirements),
                decision.owner,
                decision.approver or matter.approver or "",
                matter.approved_on.isoformat() if matter.approved_on else "",
                ", ".join(places.get(control, ())),
                status.status if status else "unassessed",
                ", ".join(sha[:12] for sha in status.evidence) if status else "",
                status.evidence_from.strftime("%Y-%m-%dT%H:%M:%SZ") if status and status.evidence_from else "",
                decision.residual or "",
                decision.inherited or "",
            )
        )
    return tuple(found)


def as_html(statement: Statement, table: Sequence[Row]) -> bytes:
    """One page without scripts or anything from elsewhere."""
    head = "".join(f"<th>{html.escape(column.replace('_', ' '))}</th>" for column in COLUMNS)
    body = "\n".join(
        f"<tr class='{html.escape(row[10])}'>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in table
    )
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Statement of Applicability</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; }}
table {{ border-collapse: collapse; font-size: 12px; }}
th, td {{ border: 1px solid #ccc; padding: 4px 6px; text-align: left; vertical-align: top; }}
th {{ background: #f3f3f3; }}
tr.failing td:nth-child(11) {{ background: #f8d7da; }}
tr.evidenced td:nth-child(11) {{ background: #d9efdc; }}
</style></head><body>
<h1>Statement of Applicability</h1>
<p>{html.escape(_line(statement.matter))}</p>
<p>The status is computed from evidence and attestations; nobody can type it. It says nothing about conformity.</p>
<table><thead><tr>{head}</tr></thead><tbody>
{body}
</tbody></table></body></html>
"""
    return page.encode()


def as_xlsx(statement: Statement, table: Sequence[Row]) -> bytes:
    """A workbook of one sheet. openpyxl stamps times into it; they are taken out again."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "SoA"
    sheet.append([_line(statement.matter)])
    sheet.append([column.replace("_", " ") for column in COLUMNS])
    for row in table:
        sheet.append([_inert(cell) for cell in row])
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for line in sheet.iter_rows(min_row=3):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "B3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(COLUMNS))}{len(table) + 2}"
    raw = io.BytesIO()
    book.save(raw)
    return _without_times(raw.getvalue())


def write(path: Path, statement: Statement, table: Sequence[Row]) -> None:
    """Write to `path`, in the form that its ending names (.xlsx or .html). OSError when it cannot be written."""
    path.write_bytes(as_xlsx(statement, table) if path.suffix == ".xlsx" else as_html(statement, table))


def _line(matter: Matter) -> str:
    approved = f"approved {matter.approved_on} by {matter.approver}" if matter.approved_on else "draft, not approved"
    return f"{matter.id} {matter.version}, owner {matter.owner}, {approved}"


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell


def _without_times(data: bytes) -> bytes:
    """The same archive with fixed times, in a fixed order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>" + _FIRST + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(entry, content)
    return out.getvalue()
