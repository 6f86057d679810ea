"""The Statement of Applicability: grounds for every row, a computed status, and the same bytes from the same inputs."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from policies.controls.catalogue import catalogue
from policies.controls.documents import read_document
from policies.controls.errors import ControlsError
from policies.controls.implemented import implementers, located
from policies.controls.soa import SHIPPED, load_soa
from policies.controls.statement import COLUMNS, as_html, as_xlsx, rows
from policies.controls.status import Attested, ControlStatus

ROOT = Path(__file__).parents[3]
ANNEX = [id for id, control in catalogue().items() if control.annex]


def changed(tmp_path: Path, control: str, row: str) -> Path:
    lines = SHIPPED.read_text().splitlines()
    lines = [f"  {control}: {row}" if line.startswith(f"  {control}: ") else line for line in lines]
    path = tmp_path / "soa.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def status(control: str, **more: object) -> ControlStatus:
    given = {"id": control, "title": "t", "status": "partial", "reasons": (), "evidence": ("a" * 64,), "standings": ()}
    return ControlStatus.model_validate({**given, **more})


def test_the_shipped_statement_is_a_draft_that_decides_on_every_annex_control():
    statement = load_soa(SHIPPED)
    assert list(statement.decisions) == ANNEX
    assert statement.matter.approver is None and read_document(SHIPPED).matter.type == "soa"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{applicable: true, reason: "r r r", risks: [""], owner: a}', "decisions.A.5.5.risks"),
        ('{applicable: true, reason: "   ", requirements: [R], owner: a}', "decisions.A.5.5.reason"),
        ('{applicable: true, reason: "r r r", requirements: [R], owner: " "}', "decisions.A.5.5.owner"),
        ('{applicable: true, reason: "because", owner: risk}', "risk or a requirement"),
        ('{applicable: false, reason: "none here", owner: risk}', "approver"),
        ('{applicable: false, reason: "none here", owner: risk, approver: Risk}', "approves the exclusion"),
        ('{applicable: false, reason: "", owner: risk, approver: carla}', "at least 3"),
        ('{applicable: true, reason: "because", risks: [R-1], owner: risk, status: evidenced}', "status"),
    ],
)
def test_a_row_without_its_grounds_is_an_error_that_names_the_control(tmp_path, row, said):
    with pytest.raises(ControlsError, match=said) as raised:
        load_soa(changed(tmp_path, "A.5.5", row))
    assert "A.5.5" in str(raised.value)


def test_a_control_left_out_and_one_that_does_not_exist_are_errors(tmp_path):
    text = SHIPPED.read_text()
    path = tmp_path / "soa.yaml"
    path.write_text("\n".join(line for line in text.splitlines() if "A.5.5" not in line))
    with pytest.raises(ControlsError, match=r"nothing of A\.5\.5"):
        load_soa(path)
    path.write_text(text.replace("A.5.5:", "A.5.9:"))
    with pytest.raises(ControlsError, match=r"A\.5\.9"):
        load_soa(path)


def test_an_exclusion_counts_only_once_the_statement_is_attested(tmp_path):
    row = '{applicable: false, reason: "no effect beyond us", owner: dpo, approver: carla}'
    statement = load_soa(changed(tmp_path, "A.5.5", row))
    for state in ("draft", "changed", "overdue", "self-approved", "missing"):
        assert statement.exclusions(Attested(type="soa", state=state, said="")) == {}
    excluded = statement.exclusions(Attested(type="soa", state="valid", said=""))
    assert excluded == {"A.5.5": "no effect beyond us (approved by carla)"}


def test_the_workbook_has_a_row_per_control_with_the_computed_status():
    statement = load_soa(SHIPPED)
    at = datetime(2026, 11, 28, 9, tzinfo=UTC)
    table = rows(statement, [status("A.6.2.8", status="failing", evidence_from=at)])
    sheet = load_workbook(io.BytesIO(as_xlsx(statement, table)))["SoA"]
    header = [cell.value for cell in sheet[2]]
    assert header == [column.replace("_", " ") for column in COLUMNS]
    found = {row[0].value: dict(zip(header, [c.value for c in row], strict=True)) for row in sheet.iter_rows(min_row=3)}
    assert list(found) == ANNEX
    assert found["A.6.2.8"]["computed status"] == "failing" and found["A.6.2.8"]["evidence"] == "a" * 12
    assert found["A.6.2.8"]["evidence from"] == "2026-11-28T09:00:00Z"
    assert found["A.2.2"]["computed status"] == "unassessed"


def test_the_same_inputs_give_the_same_bytes_at_another_time(monkeypatch):
    import time

    statement = load_soa(SHIPPED)
    table = rows(statement, [status(control) for control in ANNEX])
    first = as_xlsx(statement, table), as_html(statement, table)
    later = time.time() + timedelta(days=40).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    import openpyxl.writer.excel as writer

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromtimestamp(later, tz)

    monkeypatch.setattr(writer.datetime, "datetime", Later)
    assert (as_xlsx(statement, table), as_html(statement, table)) == first


def test_a_text_that_looks_like_a_formula_or_like_html_is_only_text(tmp_path):
    row = '{applicable: true, reason: "=HYPERLINK(1)<script>", risks: [R-1], owner: risk}'
    statement = load_soa(changed(tmp_path, "A.5.5", row))
    table = rows(statement, [])
    sheet = load_workbook(io.BytesIO(as_xlsx(statement, table)))["SoA"]
    cells = [cell for line in sheet.iter_rows(min_row=3) for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert b"<script>" not in as_html(statement, table)


def test_no_word_claims_conformity():
    statement = load_soa(SHIPPED)
    page = as_html(statement, rows(statement, [])).decode().casefold()
    assert "compliant" not in page and "certified" not in page


def test_what_implements_a_control_exists():
    for references in implementers().values():
        for reference in references:
            assert located(ROOT, reference)


def test_a_reference_to_code_that_is_gone_is_an_error():
    with pytest.raises(ControlsError, match="has no gone_away"):
        located(ROOT, "policies/governed.py::gone_away")
    with pytest.raises(ControlsError, match="does not exist"):
        located(ROOT, "policies/nowhere.py")
