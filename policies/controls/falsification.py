"""The falsification report: for every check, what became of its mutants, bound to the hash of the code that ran."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

import orjson
from pydantic import BaseModel, ConfigDict

from policies.controls import checks
from policies.controls.check import Check
from policies.controls.declared import Declared
from policies.controls.proof import Case, Proof, prove


class CheckReport(BaseModel):
    """One check: how many mutants, how they ended, and each case by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str
    says: str
    code_sha256: str
    mutants: int
    killed: int
    survived: int
    benign: int
    kept_green: int
    void: int
    valid: bool
    cases: tuple[Case, ...]


class Report(BaseModel):
    """All checks. `run_at` is ISO UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_at: str
    tool_version: str
    total: int
    valid: int
    checks: tuple[CheckReport, ...]


def falsify(declared: Declared, now: datetime | None = None) -> Report:
    """Prove all checks there are."""
    known = checks.load()
    done = tuple(_report(check, prove(check, declared)) for check in known.values())
    at = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Report(
        run_at=at,
        tool_version=version("regent"),
        total=len(done),
        valid=sum(1 for one in done if one.valid),
        checks=done,
    )


def report_bytes(report: Report) -> bytes:
    """The report as it is written to a file: sorted JSON, indented."""
    plain = report.model_dump(mode="json")
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _report(check: Check, proof: Proof) -> CheckReport:
    mutants = [case for case in proof.cases if case.expected is not None]
    benign = [case for case in proof.cases if case.expected is None]
    return CheckReport(
        check=check.id,
        says=check.says,
        code_sha256=proof.code_sha256,
        mutants=len(mutants),
        killed=sum(1 for case in mutants if case.outcome == "killed"),
        survived=sum(1 for case in mutants if case.outcome == "survived"),
        benign=len(benign),
        kept_green=sum(1 for case in benign if case.outcome == "green"),
        void=sum(1 for case in proof.cases if case.outcome == "void"),
        valid=proof.valid,
        cases=proof.cases,
    )
