"""The evaluation run: collect, evaluate, prove, add up, record. What could not be seen or kept is never met.

Fresh evidence that was kept is used again, unless everything is to be collected anew; ledger and files are looked at
anew each time. A kept snapshot that does not verify is an error for every check that needs it, until it is collected
anew: a changed file must not vanish by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.audit import Record
from policies.audit.bodies import ControlsEvaluated, EvidenceCollected
from policies.audit.verifying import verify
from policies.controls import checks as shipped_checks
from policies.controls.catalogue import catalogue, document_kinds
from policies.controls.check import Check
from policies.controls.collect import Scene, collect
from policies.controls.declared import Declared
from policies.controls.documents import standing
from policies.controls.errors import ControlsError, EvidenceError
from policies.controls.evaluate import Result, evaluate, until
from policies.controls.evidence import Evidence, Need
from policies.controls.proof import Proof, prove
from policies.controls.recorded import Recorded
from policies.controls.status import Attested, ControlStatus, counts, status_of
from policies.controls.store import EvidenceStore

Mode = Literal["reuse", "fresh", "stored"]
"""Use what is fresh and collect the rest; collect everything anew; collect nothing."""
EVALUATORS = ("auditor", "admin")
"""Roles that may see all that is collected; the last evaluation counts, so nobody who sees less makes one."""
_EACH_TIME = ("ledger", "repository", "template")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one run came to."""

    statuses: tuple[ControlStatus, ...]
    results: Mapping[str, Result]
    proofs: Mapping[str, Proof]
    attested: Mapping[str, Attested]
    checks: Mapping[str, Check]
    changes: tuple[tuple[str, str, str], ...]
    """Control, status before, status now."""
    at: datetime
    index: int | None
    """The record of it; None when nothing was recorded."""
    source: Literal["aws", "sample"] = "sample"
    """Which estate the evidence is of; the sample's accounts are invented."""


def run(
    scene: Scene, store: EvidenceStore, *, mode: Mode = "reuse", only: Callable[[Check], bool] | None = None
) -> Evaluation:
    """Evaluate all checks (or those that `only` picks; the others count as not evaluated), and all controls.

    Raises:
        ControlsError: the principal's role does not evaluate (with what they may not see, the record would say less),
            or the ledger does not verify.
        LedgerError, ReceiptError, EvidenceError: a step could not be recorded or kept; nothing may be relied on.
    """
    if mode != "stored" and scene.principal.role not in EVALUATORS:
        raise ControlsError(
            f"{scene.principal.id} is {scene.principal.role}; controls are evaluated by {' and '.join(EVALUATORS)} "
            "(--as). With --stored anybody may look at what was collected."
        )
    verdict = verify(scene.ledger.path, home=scene.ledger.home.path, remember=False)
    if verdict.code == 1:
        raise ControlsError(f"The ledger does not verify, so no status can be relied on: {verdict.reason}")
    known = shipped_checks.load()
    picked = {name: check for name, check in known.items() if only is None or only(check)}
    recorded = Recorded.of(scene.ledger)
    needs = {need for check in picked.values() for need in check.needs.values()}
    gathered = _kept(recorded, store, needs, scene, mode)
    if mode != "stored":
        for evidence in collect(scene, needs - set(gathered)):
            _keep(scene, store, evidence)
            gathered[evidence.need] = evidence
        store.settle()
    now = scene.clock()
    results = {name: evaluate(check, gathered, scene.declared, now) for name, check in picked.items()}
    proofs = {name: prove(check, scene.declared) for name, check in picked.items()}
    attested = {
        kind: standing(kind, scene.documents.get(kind, ()), scene.attested, now.date()) for kind in document_kinds()
    }
    excluded = scene.soa.exclusions(attested.get("soa"))
    statuses = tuple(
        status_of(
            control,
            [check for check in known.values() if control.id in check.serves],
            results,
            proofs,
            attested,
            excluded.get(control.id),
            now,
        )
        for control in catalogue().values()
    )
    last = recorded.last_evaluation(scene.source)
    changes = _changes(last[1] if last else None, statuses)
    if mode == "stored" or only is not None:
        return Evaluation(statuses, results, proofs, attested, known, changes, now, None, scene.source)
    index = _record(scene, statuses, results, proofs, changes)
    return Evaluation(statuses, results, proofs, attested, known, changes, now, index, scene.source)


def _kept(
    recorded: Recorded, store: EvidenceStore, needs: Iterable[Need], scene: Scene, mode: Mode
) -> dict[Need, Evidence]:
    """Evidence that lies in the store and may be used in this mode."""
    if mode == "fresh":
        return {}
    held = recorded.evidence(scene.source)
    now, found = scene.clock(), {}
    for need in needs:
        body = held.get(str(need))
        if body is None or (mode == "reuse" and need.kind in _EACH_TIME):
            continue
        evidence, holds = _read(store, need, body)
        # what does not hold stays an error; what somebody could not see wholly, somebody else may see now
        fresh = evidence.state(now) == "fresh" and now <= until(evidence, scene.declared)
        if mode == "stored" or not holds or (fresh and not evidence.problems):
            found[need] = evidence
    return found


def _read(store: EvidenceStore, need: Need, body: EvidenceCollected) -> tuple[Evidence, bool]:
    """The snapshot, and whether it is what was kept."""
    try:
        evidence = store.read(body.sha256)
        if evidence.need != need:
            raise EvidenceError(f"The snapshot {body.sha256[:12]} is of {evidence.need}, recorded is {need}.")
        return evidence, True
    except EvidenceError as error:
        made = Evidence(
            need=need,
            items=(),
            population=0,
            problems=(f"{error} (`regent controls status --fresh`)",),
            source=body.source,
            collector="regent",
            collected=datetime.fromisoformat(body.collected),
            expires=datetime.fromisoformat(body.expires),
        )
        return made, False


def _keep(scene: Scene, store: EvidenceStore, evidence: Evidence) -> None:
    body = EvidenceCollected(
        need=str(evidence.need),
        sha256=store.keep(evidence),
        source=evidence.source,
        items=len(evidence.items),
        population=evidence.population,
        problems=[problem[:300] for problem in evidence.problems[:20]],
        operations=list(evidence.operations),
        collected=evidence.collected.isoformat(),
        expires=evidence.expires.isoformat(),
    )
    # durable with the evaluation's own record, before which nobody sees a status
    scene.ledger.append(Record(actor="system:controls", body=body, principal=scene.principal.id), wait=False)


def _changes(before: ControlsEvaluated | None, statuses: Iterable[ControlStatus]) -> tuple[tuple[str, str, str], ...]:
    if before is None:
        return ()
    return tuple(
        (one.id, before.statuses[one.id], one.status)
        for one in statuses
        if one.id in before.statuses and before.statuses[one.id] != one.status
    )


def _record(
    scene: Scene,
    statuses: tuple[ControlStatus, ...],
    results: Mapping[str, Result],
    proofs: Mapping[str, Proof],
    changes: tuple[tuple[str, str, str], ...],
) -> int:
    body = ControlsEvaluated(
        source=scene.source,
        declared_sha256=declared_sha256(scene.declared),
        verdicts={name: result.verdict for name, result in results.items()},
        statuses={one.id: one.status for one in statuses},
        counts={str(status): count for status, count in counts(statuses).items()},
        unproven=sorted(name for name, proof in proofs.items() if not proof.valid),
        changes=[{"control": control, "before": was, "after": now} for control, was, now in changes],
        evidence=sorted({sha for result in results.values() for sha in result.evidence}),
    )
    index = scene.ledger.append(Record(actor="system:controls", body=body, principal=scene.principal.id))
    scene.ledger.checkpoint()
    return index


def declared_sha256(declared: Declared) -> str:
    """SHA-256 over the declarations, as evaluations name them."""
    return hashlib.sha256(declared.model_dump_json().encode()).hexdigest()
