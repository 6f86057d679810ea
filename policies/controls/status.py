"""Status: computed from results, proofs, attestations and the Statement of Applicability. There is no other way in.

Order, worst first: one failure makes a control `failing`; evidence or a document out of date makes it `stale`; a pass
by a check that has not been seen to fail makes it `unproven`. Otherwise all obligations met is `evidenced` (`attested`
when no machine had a part), some is `partial`, none is `unassessed`: what nobody examined is never met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.controls.catalogue import FRAMEWORK, Control
from policies.controls.check import Check
from policies.controls.evaluate import Result
from policies.controls.proof import Proof

Status = Literal["evidenced", "attested", "partial", "failing", "stale", "unproven", "unassessed", "excluded"]
STATUSES: tuple[Status, ...] = (
    "evidenced",
    "attested",
    "partial",
    "failing",
    "stale",
    "unproven",
    "unassessed",
    "excluded",
)
State = Literal["met", "failing", "stale", "unproven", "open"]
"""How one obligation stands: `open` is what was not examined, could not be, or has no subject."""


class Attested(BaseModel):
    """How one document stands. Made by `documents.py` from front matter and the ledger, never by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    state: Literal["valid", "draft", "missing", "overdue", "self-approved", "changed"]
    said: str
    sha256: str | None = None


class Standing(BaseModel):
    """How one obligation of a control stands, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    obligation: str
    """`check:ID` or `document:TYPE`."""
    state: State
    said: str
    evidence: tuple[str, ...] = ()


class ControlStatus(BaseModel):
    """The computed status of one control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    framework: str = FRAMEWORK
    title: str
    status: Status
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]
    standings: tuple[Standing, ...]
    evidence_from: datetime | None = None
    """The oldest evidence it rests on."""


def status_of(
    control: Control,
    checks: Iterable[Check],
    results: Mapping[str, Result],
    proofs: Mapping[str, Proof],
    attested: Mapping[str, Attested],
    excluded: str | None,
    now: datetime,
) -> ControlStatus:
    """The status of one control. `excluded` is the approved reason of the Statement of Applicability, if it has one."""
    standings = [_machine(check, results.get(check.id), proofs.get(check.id), now) for check in checks]
    standings += [_document(kind, attested.get(kind)) for kind in control.attests]
    status: Status = "excluded" if excluded is not None else _combined(standings)
    used = [results[check.id] for check in checks if check.id in results]
    times = [result.collected for result in used if result.collected is not None]
    return ControlStatus(
        id=control.id,
        title=control.title,
        status=status,
        reasons=_reasons(status, standings, excluded),
        evidence=tuple(dict.fromkeys(sha for standing in standings for sha in standing.evidence)),
        standings=tuple(standings),
        evidence_from=min(times, default=None),
    )


def counts(statuses: Iterable[ControlStatus]) -> dict[Status, int]:
    """How many controls have each status; never one percentage."""
    found = [status.status for status in statuses]
    return {status: found.count(status) for status in STATUSES}


def _machine(check: Check, result: Result | None, proof: Proof | None, now: datetime) -> Standing:
    name = f"check:{check.id}"
    if result is None:
        return Standing(obligation=name, state="open", said="not evaluated yet")
    if result.verdict == "fail":
        first = result.findings[0]
        more = f" and {len(result.findings) - 1} more" if len(result.findings) > 1 else ""
        said = f"{first.reason}: {first.subject}, {first.said}{more}"
        return Standing(obligation=name, state="failing", said=said, evidence=result.evidence)
    if result.verdict == "error":
        return Standing(obligation=name, state="open", said=f"could not be decided: {result.problems[0]}")
    if result.verdict == "no-subject":
        return Standing(obligation=name, state="open", said="there is nothing here to judge")
    if proof is None or not proof.valid:
        return Standing(obligation=name, state="unproven", said="passes, but was not seen to fail where it must")
    if result.expires is None or now > result.expires:
        return Standing(obligation=name, state="stale", said="the evidence is out of date", evidence=result.evidence)
    said = f"{check.says} ({result.inspected} inspected)"
    return Standing(obligation=name, state="met", said=said, evidence=result.evidence)


def _document(kind: str, attested: Attested | None) -> Standing:
    name = f"document:{kind}"
    if attested is None:
        return Standing(obligation=name, state="open", said="no such document")
    states: dict[str, State] = {
        "valid": "met",
        "draft": "open",
        "missing": "open",
        "overdue": "stale",
        "self-approved": "failing",
        "changed": "failing",
    }
    evidence = (attested.sha256,) if attested.state == "valid" and attested.sha256 else ()
    return Standing(obligation=name, state=states[attested.state], said=attested.said, evidence=evidence)


def _combined(standings: Sequence[Standing]) -> Status:
    states = {standing.state for standing in standings}
    if "failing" in states:
        return "failing"
    if "stale" in states:
        return "stale"
    if "unproven" in states:
        return "unproven"
    if "met" not in states:
        return "unassessed"
    if "open" in states:
        return "partial"
    return "evidenced" if any(s.obligation.startswith("check:") for s in standings) else "attested"


def _reasons(status: Status, standings: Sequence[Standing], excluded: str | None) -> tuple[str, ...]:
    if status == "excluded":
        return (str(excluded),)
    wanted: dict[Status, tuple[State, ...]] = {
        "failing": ("failing",),
        "stale": ("stale",),
        "unproven": ("unproven",),
        "partial": ("open",),
        "unassessed": ("open",),
    }
    states = wanted.get(status, ("met",))
    return tuple(f"{s.obligation}: {s.said}" for s in standings if s.state in states)
