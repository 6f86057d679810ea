"""Everything in a pack, from one evaluation as it stood at the ledger's last record: the same state, the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from policies.access.policyset import joined
from policies.controls.collect import Scene
from policies.controls.errors import EvidenceError
from policies.controls.falsification import falsify, report_bytes
from policies.controls.pack import page
from policies.controls.pack.archive import encode, seal
from policies.controls.pack.bom import bom
from policies.controls.pack.extract import extract, head
from policies.controls.recorded import Recorded
from policies.controls.run import Evaluation, run
from policies.controls.statement import as_html, as_xlsx, rows
from policies.controls.status import counts
from policies.controls.store import EvidenceStore

_POLICIES = Path(__file__).parents[2]
_TEXTS = ("guardrails/guardrails.yaml", "oversight/prices.yaml")


def build(scene: Scene, store: EvidenceStore, start: date | None = None, end: date | None = None) -> bytes:
    """The pack of what the ledger and the store hold. It collects nothing and records nothing.

    Raises:
        ControlsError: the ledger does not verify or is empty, or evidence that a status rests on is not there.
    """
    from policies.guardrails.definition import load

    under = head(scene.ledger)
    scene = replace(scene, clock=lambda: under.at)
    done = run(scene, store, mode="stored")
    documents = _documents(scene, done)
    evidence = _evidence(scene, store, done, set(documents))
    files = {f"evidence/{sha}.{ending}": data for sha, pair in evidence.items() for ending, data in pair.items()}
    files |= dict(documents.values())
    links = {sha: f"evidence/{sha}.json" for sha in evidence} | {sha: name for sha, (name, _) in documents.items()}
    files |= extract(scene.ledger, under, set(evidence), start, end)
    files |= _policies(scene)
    table = rows(scene.soa, done.statuses)
    guardrail, cedar = load().version, scene.asking_gate().sha256
    files |= {
        "index.html": page.index(done, scene.ledger.origin, under.checkpoint.size, under.at, links),
        "soa.html": as_html(scene.soa, table),
        "soa.xlsx": as_xlsx(scene.soa, table),
        "falsification.json": report_bytes(falsify(scene.declared, under.at)),
        "status.json": encode(_status(done)),
        "keys.txt": "".join(f"{key}\n" for key in under.keys).encode(),
        "aibom.cdx.json": bom(scene.manifest, guardrail, cedar, scene.root, under.at),
        "system-card.md": page.card(scene.manifest, guardrail, cedar, version("regent"), under.at),
        "verify.py": Path(__file__).with_name("verify_pack.py").read_bytes(),
    }
    return seal(files, scene.ledger.origin, scene.ledger.signer)


def _status(done: Evaluation) -> dict[str, object]:
    keys = {"id", "framework", "status", "reasons", "evidence"}
    controls = [one.model_dump(mode="json", include=keys) for one in done.statuses]
    return {"controls": controls, "counts": dict(counts(done.statuses))}


def _documents(scene: Scene, done: Evaluation) -> dict[str, tuple[str, bytes]]:
    """Attested documents by SHA-256: name in the pack, and bytes."""
    valid = {one.sha256 for one in done.attested.values() if one.state == "valid"}
    return {
        one.sha256: (f"documents/{one.path.name}", one.path.read_bytes())
        for several in scene.documents.values()
        for one in several
        if one.sha256 in valid
    }


def _evidence(scene: Scene, store: EvidenceStore, done: Evaluation, documents: set[str]) -> dict[str, dict[str, bytes]]:
    """Snapshots and signatures by SHA-256: what statuses rest on, and the newest of every need that still holds."""
    needed = {sha for one in done.statuses for sha in one.evidence} - documents
    newest = {body.sha256 for body in Recorded.of(scene.ledger).evidence(scene.source).values()}
    found = {}
    for sha in sorted(needed | newest):
        try:
            store.read(sha)
        except EvidenceError:
            if sha in needed:
                raise
            continue
        data, note = store.raw(sha)
        found[sha] = {"json": data, "note": note}
    return found


def _policies(scene: Scene) -> dict[str, bytes]:
    """The texts: shipped Cedar files, all rules in force (a company's own too), guardrails, prices, declarations."""
    files = {f"policies/{path.name}": path.read_bytes() for path in sorted((_POLICIES / "access").glob("*.cedar"))}
    files |= {f"policies/{Path(name).name}": (_POLICIES / name).read_bytes() for name in _TEXTS}
    files["policies/in-force.cedar"] = joined(scene.asking_gate().rules).encode()
    files["policies/declared.json"] = encode(scene.declared.model_dump(mode="json"))
    return files
