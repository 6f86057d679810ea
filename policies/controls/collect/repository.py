"""Evidence from this installation's files, and from the manifest that the command line passes in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from policies.controls import evaluations
from policies.controls.collect import inventory
from policies.controls.collect.base import Scene, Seen
from policies.controls.collect.registers import REGISTERS, register
from policies.controls.documents import SHIPPED as DOCUMENTS
from policies.controls.documents import Document, standing
from policies.controls.errors import ControlsError
from policies.controls.evidence import Evidence, Item, Need
from policies.controls.recorded import Recorded

_INVARIANT = re.compile(r"^\| *(\d+) *\| *(.+?) *\| *`([^`]+)` *\| *`([^`]+)` *\|\s*$")


def collect_repository(scene: Scene, needs: Iterable[Need]) -> Iterator[Evidence]:
    """One snapshot per need."""
    for need in needs:
        look = _LOOKS.get(need.name)
        seen = look(scene) if look else Seen(problems=[f"nobody collects {need}"])
        yield scene.evidence(need, seen, "local", "regent")


def _documents(scene: Scene) -> Seen:
    seen = Seen(operations=("documents",))
    for documents in scene.documents.values():
        seen.items += [_document(scene, document) for document in documents]
    seen.population = _files(scene)
    return seen


def _document(scene: Scene, document: Document) -> Item:
    matter = document.matter
    last = scene.attested.get(matter.id)
    data = {
        "type": matter.type,
        "version": matter.version,
        "draft": document.shipped or last is None,
        "owner": matter.owner,
        "approver": matter.approver,
        "approved_on": matter.approved_on.isoformat() if matter.approved_on else None,
        "review_due": matter.review_due.isoformat() if matter.review_due else None,
        "sha256": document.sha256,
        "attested_sha256": last.sha256 if last else None,
    }
    return Item(name=matter.id, data=data)


def _files(scene: Scene) -> int:
    """The files in the tenant's folder, and those shipped whose type has none there: shipped files bear their type."""
    folders = {document.path.parent for documents in scene.documents.values() for document in documents}
    own = {
        document.matter.type for documents in scene.documents.values() for document in documents if not document.shipped
    }
    counted = 0
    for folder in folders:
        names = [path for path in folder.iterdir() if path.suffix == ".md" or path.name == "soa.yaml"]
        names = [path for path in names if path.name.casefold() != "readme.md"]
        counted += sum(1 for path in names if folder != DOCUMENTS or path.stem not in own)
    return counted


def _prompts(scene: Scene) -> Seen:
    items = [Item(name=name, data={"sha256": digest}) for name, digest in sorted(scene.manifest.prompts.items())]
    return Seen(items=items, population=scene.manifest.prompt_files, operations=("manifest",))


def _policy_sets(scene: Scene) -> Seen:
    import cedarpy

    from policies.access.policyset import joined

    gate = scene.asking_gate()  # it opens only if every policy fits the schema
    static = orjson.loads(cedarpy.policies_to_json_str(joined(gate.rules)))["staticPolicies"]
    data = {
        "sha256": gate.sha256,
        "schema_sha256": gate.schema_sha256,
        "errors": [],
        "policies": [_policy(internal, policy) for internal, policy in static.items()],
    }
    files = tuple(sorted({rule.file for rule in gate.rules}))
    seen = Seen(items=[Item(name="policies in force", data=data)], population=1, operations=files)
    if len(static) != len(gate.rules):
        seen.problems.append(f"{len(static)} policies parse, {len(gate.rules)} rules are in force")
    return seen


def _policy(internal: str, policy: dict[str, Any]) -> dict[str, Any]:
    notes = policy.get("annotations") or {}
    action = policy["action"]
    every = action["op"] == "All" or (action.get("entity") or {}).get("id") == "ask"
    return {
        "id": notes.get("id", internal),
        "says": notes.get("says"),
        "effect": policy["effect"],
        "everyone": policy["principal"]["op"] in ("All", "is"),
        "everything": every and policy["resource"]["op"] in ("All", "is"),
        "conditions": len(policy["conditions"]),
    }


def _guardrails(scene: Scene) -> Seen:
    from policies.guardrails.definition import SHIPPED, load

    definition = load()
    data = {
        "sha256": hashlib.sha256(SHIPPED.read_bytes()).hexdigest(),
        "topics": [topic.name for topic in definition.topics],
        "filters": {one.type: {"input": one.input, "output": one.output} for one in definition.filters},
        "personal": {one.type: {"input": one.input, "output": one.output} for one in definition.personal},
        "regexes": [one.name for one in definition.regexes],
        "words": len(definition.words.blocked),
    }
    return Seen(items=[Item(name=SHIPPED.name, data=data)], population=1, operations=(SHIPPED.name,))


def _invariants(scene: Scene) -> Seen:
    file = scene.root / "INVARIANTS.md"
    seen = Seen(operations=("INVARIANTS.md",))
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        seen.problems.append(f"INVARIANTS.md cannot be read: {error.strerror}")
        return seen
    for line in text.splitlines():
        found = _INVARIANT.match(line)
        if found is None:
            continue
        number, promise, owner, test = found.groups()
        path, _, name = test.partition("::")
        data = {
            "promise": promise,
            "owner": owner,
            "owner_exists": (scene.root / owner).is_file(),
            "test": test,
            "test_exists": _defines(scene.root / path, name.partition("[")[0]),
        }
        seen.items.append(Item(name=number, data=data))
    seen.population = sum(1 for line in text.splitlines() if line.startswith("| ") and line[2:3].isdigit())
    return seen


def _defines(path: Path, name: str) -> bool:
    return (
        path.is_file()
        and re.search(rf"^\s*(?:async )?def {re.escape(name)}\(", path.read_text("utf-8"), re.M) is not None
    )


def _evaluations(scene: Scene) -> Seen:
    """The result of each suite, own ones before shipped ones, and the digest of its cases as they lie now."""
    seen = Seen(operations=("evaluations/*.json", f"{evaluations.SHIPPED}/*.json"))
    own = sorted(evaluations.folder(scene.home).glob("*.json"))
    named = {path.name for path in own}
    shipped = [p for p in sorted((scene.root / evaluations.SHIPPED).glob("*.json")) if p.name not in named]
    recorded = Recorded.of(scene.ledger).results() if own else frozenset()
    for path in (*own, *shipped):
        try:
            result, sha256 = evaluations.read(path)
            now = evaluations.dataset_sha256(scene.root, result.dataset)
        except ControlsError as error:
            seen.problems.append(str(error))
            continue
        if path in own and sha256 not in recorded:
            seen.problems.append(f"no record names the result {path.name}: run the suite with --record")
        if result.at > scene.clock():
            seen.problems.append(f"the result {path.name} is from the future, {result.run_at}")
        data = result.model_dump(mode="json", exclude={"suite", "dataset", "cases"})
        data |= {"n": result.n, "value": result.value, "sha256": sha256, "dataset_now_sha256": now}
        seen.items.append(Item(name=result.suite, data=data))
    seen.population = len({p.name for p in (*own, *shipped)})
    return seen


def _disclosures(scene: Scene) -> Seen:
    items = [Item(name=f"{one.channel}/{one.language}", data=one.model_dump()) for one in scene.manifest.disclosures]
    return Seen(items=items, population=scene.manifest.disclosures_expected, operations=("manifest",))


def _generated(scene: Scene) -> Seen:
    """Pages that the manifest's generators made anew, beside how they lie."""
    seen = Seen(operations=("docs/",), population=len(scene.manifest.generated))
    for name, text in sorted(scene.manifest.generated.items()):
        path = scene.root / name
        lies = path.read_bytes() if path.is_file() else b""
        anew = hashlib.sha256(text.encode()).hexdigest()
        data = {"sha256": hashlib.sha256(lies).hexdigest(), "generated_sha256": anew}
        seen.items.append(Item(name=name, data=data))
    return seen


def _soa(scene: Scene) -> Seen:
    """Each row of the statement, once it is approved: a draft decides nothing."""
    matter = scene.soa.matter
    documents = scene.documents.get("soa", ())
    if standing("soa", documents, scene.attested, scene.clock().date()).state not in ("valid", "overdue"):
        return Seen(operations=("soa.yaml",))
    approved = matter.approved_on.isoformat() if matter.approved_on else None
    seen = Seen(operations=("soa.yaml",))
    for control, decision in scene.soa.decisions.items():
        data = decision.model_dump(mode="json", exclude={"residual", "inherited"})
        data["approver"] = decision.approver or matter.approver
        seen.items.append(Item(name=control, data={**data, "approved_on": approved}))
    text = next((document.text for document in documents), "")
    seen.population = len(re.findall(r"^ +A\.\d+(?:\.\d+)+: *(?:\{|$)", text, re.M))
    return seen


_LOOKS: dict[str, Callable[[Scene], Seen]] = {
    "documents": _documents,
    "prompts": _prompts,
    "policy-sets": _policy_sets,
    "guardrail-definition": _guardrails,
    "queries": inventory.queries,
    "dependencies": inventory.dependencies,
    "models": inventory.models,
    "components": inventory.components,
    "evaluation-runs": _evaluations,
    "invariants": _invariants,
    "generated-files": _generated,
    "disclosures": _disclosures,
    "soa": _soa,
    **{kind: partial(register, kind=kind) for kind in REGISTERS},
}
REPOSITORY_NEEDS = frozenset(_LOOKS)
"""The names of the needs that are looked at here."""
