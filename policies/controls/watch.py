"""Watching: evaluate again, and put what changed into the outbox; what left `evidenced` is an alert.

Changes are made from the ledger's records of evaluations, not from this run: what another evaluation found in between,
or before a crash, is one too, and each is one only once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from policies.audit.bodies import ControlsEvaluated
from policies.controls.collect import Scene
from policies.controls.errors import ControlsError
from policies.controls.outbox import Alert, Outbox
from policies.controls.recorded import Recorded
from policies.controls.run import Evaluation, Mode, run
from policies.controls.store import EvidenceStore


@dataclass(frozen=True, slots=True)
class Watched:
    """What one round came to. `alerts` are those that are new in the outbox."""

    evaluation: Evaluation
    alerts: tuple[Alert, ...]


def watch(scene: Scene, store: EvidenceStore, outbox: Outbox, *, mode: Mode = "reuse") -> Watched:
    """Evaluate once and alert about what changed since the last round (on the first: since the last evaluation).

    Raises:
        ControlsError: the ledger is shorter than what was looked at, or the outbox cannot be used.
        LedgerError, ReceiptError, EvidenceError: as `run`; alerts about it follow in the next round.
    """
    ledger, source = scene.ledger.origin, scene.source
    looked = outbox.looked(ledger, source)
    size = scene.ledger.size
    if looked is None:
        looked = size - 1
        outbox.put(ledger, source, looked, ())
    if looked >= size:
        raise ControlsError(
            f"The ledger has {size} records, but changes up to record {looked} were looked at: it was cut or replaced."
            " `regent audit verify` says more."
        )
    done = run(scene, store, mode=mode)
    changes, upto = _since(scene, looked)
    return Watched(done, tuple(one for one in outbox.put(ledger, source, upto, changes) if one.left))


def _since(scene: Scene, looked: int) -> tuple[list[Alert], int]:
    """Changes from all evaluations after a record, oldest first, and the last record looked at."""
    found, upto = [], looked
    for stored in Recorded.of(scene.ledger).evaluations(after=looked):
        body = stored.body
        if not isinstance(body, ControlsEvaluated) or body.source != scene.source:
            continue
        upto = max(upto, stored.index)
        at = datetime.fromtimestamp(stored.time / 1e9, UTC)
        for change in body.changes:
            found.append(
                Alert(
                    id=f"{scene.ledger.origin}/{stored.index}/{change['control']}",
                    control=change["control"],
                    before=change["before"],
                    after=change["after"],
                    source=scene.source,
                    record=stored.index,
                    at=at,
                )
            )
    return found, upto
