"""Everything in a pack, from one evaluation as it stood at the ledger's last record: the same state, the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import IO

from policies.access.policyset import joined
from policies.controls.collect import Scene
from policies.controls.documents import Document
from policies.controls.errors import ControlsError, EvidenceError
from policies.controls.falsification import falsify, report_bytes
from policies.controls.pack import page
from policies.controls.pack.archive import encode, seal
from policies.controls.pack.bom import bom
from policies.controls.pack.extract import Head, extract, head
from policies.controls.recorded import Recorded
from policies.controls.run import Evaluation, declared_sha256, run
from policies.controls.statement import as_html, as_xlsx, rows
from policies.controls.status import counts
from policies.controls.store import EvidenceStore

_POLICIES = Path(__file__).parents[2]
_TEXTS = ("guardrails/guardrails.yaml", "oversight/prices.yaml")


def build(
    scene: Scene, store: EvidenceStore, out: IO[bytes], start: date | None = None, end: date | None = None
) -> None:
    """Write the pack of what the ledger and the store hold to `out`. It collects nothing and records nothing.

    Raises:
        ControlsError: the ledger does not verify or is empty, its last evaluation says otherwise of a control than what
            is there, or evidence or a document that a status rests on is not there.
    """
    under = head(scene.ledger)
    scene = replace(scene, clock=lambda: under.at)
    done = run(scene, store, mode="stored")
    evaluated = _as_evaluated(scene, done)
    documents = _documents(scene, done)
    evidence = _evidence(scene, store, done, set(documents))
    links = {sha: f"evidence/{sha}.json" for sha in evidence}
    links |= {sha: _document_name(document) for sha, document in documents.items()}
    seal(
        _all(
            _generated(scene, done, under, links, evaluated).items(),
            _policies(scene).items(),
            ((links[sha], _document_bytes(document)) for sha, document in documents.items()),
            _snapshots(store, evidence),
            extract(scene.ledger, under, set(evidence), evaluated, start, end),
        ),
        scene.ledger.origin,
        store.signed_once,
        out,
    )


def _all(*parts: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        yield from part


def _generated(
    scene: Scene, done: Evaluation, under: Head, links: Mapping[str, str], evaluated: int
) -> dict[str, bytes]:
    from policies.guardrails.definition import load

    table = rows(scene.soa, done.statuses)
    guardrail, cedar = load().version, scene.asking_gate().sha256
    return {
        "aibom.cdx.json": bom(scene.manifest, guardrail, cedar, scene.root, under.at),
        "falsification.json": report_bytes(falsify(scene.declared, under.at)),
        "index.html": page.index(done, scene.ledger.origin, under.checkpoint.size, under.at, links),
        "keys.txt": "".join(f"{key}\n" for key in under.keys).encode(),
        "soa.html": as_html(scene.soa, table),
        "soa.xlsx": as_xlsx(scene.soa, table),
        "status.json": encode({**_status(done), "evaluation": evaluated, "source": scene.source}),
        "system-card.md": page.card(scene.manifest, guardrail, cedar, version("regent"), under.at),
        "verify.py": Path(__file__).with_name("verify_pack.py").read_bytes(),
    }


def _as_evaluated(scene: Scene, done: Evaluation) -> int:
    """The record of the last evaluation, which must say the same: a pack shows what is on record, and nothing since."""
    found = Recorded.of(scene.ledger).last_evaluation(scene.source)
    if found is None:
        raise ControlsError("Nothing has been evaluated yet; leave out --stored, so that the controls are.")
    index, body = found
    if body.declared_sha256 != declared_sha256(scene.declared):
        raise ControlsError(
            f"The declarations are not those of the last evaluation (record {index}); leave out --stored, so that the "
            "controls are evaluated anew."
        )
    for one in done.statuses:
        was = body.statuses.get(one.id)
        if was != one.status:
            raise ControlsError(
                f"{one.id} is {one.status}, but {was} in the last evaluation (record {index}); leave out --stored, so "
                "that the controls are evaluated anew."
            )
    return index


def _status(done: Evaluation) -> dict[str, object]:
    keys = {"id", "framework", "status", "reasons", "evidence"}
    controls = [one.model_dump(mode="json", include=keys) for one in done.statuses]
    return {"controls": controls, "counts": dict(counts(done.statuses))}


def _documents(scene: Scene, done: Evaluation) -> dict[str, Document]:
    """Attested documents by SHA-256."""
    valid = {one.sha256 for one in done.attested.values() if one.state == "valid"}
    return {one.sha256: one for several in scene.documents.values() for one in several if one.sha256 in valid}


def _document_name(document: Document) -> str:
    """Its id, which no other document has; two folders may hold files of one name."""
    return f"documents/{document.matter.id}{document.path.suffix}"


def _document_bytes(document: Document) -> bytes:
    try:
        data = document.path.read_bytes()
    except OSError as error:
        raise ControlsError(f"The document {document.path.name} cannot be packed: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise ControlsError(f"The document {document.path.name} was changed while the pack was made; make it again.")
    return data


def _evidence(scene: Scene, store: EvidenceStore, done: Evaluation, documents: set[str]) -> tuple[str, ...]:
    """SHA-256 of the snapshots that statuses rest on, and of the newest of every need that still holds."""
    needed = {sha for one in done.statuses for sha in one.evidence} - documents
    newest = {body.sha256 for body in Recorded.of(scene.ledger).evidence(scene.source).values()}
    found = []
    for sha in sorted(needed | newest):
        try:
            store.read(sha)
        except EvidenceError:
            if sha in needed:
                raise
            continue
        found.append(sha)
    return tuple(found)


def _snapshots(store: EvidenceStore, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for sha in wanted:
        data, note = store.raw(sha)
        yield f"evidence/{sha}.json", data
        yield f"evidence/{sha}.note", note


def _policies(scene: Scene) -> dict[str, bytes]:
    """The texts: shipped Cedar files, all rules in force (a company's own too), guardrails, prices, declarations."""
    files = {f"policies/{path.name}": path.read_bytes() for path in sorted((_POLICIES / "access").glob("*.cedar"))}
    files |= {f"policies/{Path(name).name}": (_POLICIES / name).read_bytes() for name in _TEXTS}
    files["policies/in-force.cedar"] = joined(scene.asking_gate().rules).encode()
    files["policies/declared.json"] = scene.declared.model_dump_json().encode()  # the bytes that evaluations hash
    return files
