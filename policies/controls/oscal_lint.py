"""What OSCAL's own schemas let through: references to nothing, and `satisfied` without what it must rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from policies.controls.catalogue import catalogue
from policies.controls.oscal import FILES, NAMES, ROOTS, Documents, control_id


def lint(documents: Documents, now: datetime) -> tuple[str, ...]:
    """Every fault, as `code: sentence`; empty when there is none. `now` decides what is stale."""
    held = [name for name in NAMES if ROOTS[name] in documents.get(name, {})]
    absent = [name for name in NAMES if name not in held and name != "poam"]
    if absent:
        return tuple(f"document-missing: there is no {name}" for name in absent)
    found = [*_controls(documents), *_uuids(documents), *_hrefs(documents)]
    for name in documents:
        found += _parties(name, documents[name][ROOTS[name]])
    for result in documents["assessment-results"]["assessment-results"]["results"]:
        found += _observations(result.get("observations", ()))
        found += _findings(result, now)
    return tuple(found + list(_plan(documents)))


def _controls(documents: Documents) -> Iterator[str]:
    known = {control_id(name) for name in catalogue()}
    held = [one["id"] for group in documents["catalog"]["catalog"]["groups"] for one in group.get("controls", ())]
    for missing in sorted(known - set(held)):
        yield f"control-missing: the catalog lacks {missing}"
    for id in sorted(one for one, count in Counter(held).items() if count > 1):
        yield f"control-twice: the catalog has {id} twice"
    chosen = {id for one in documents["profile"]["profile"]["imports"] for id in _with_ids(one)}
    for missing in sorted(known - chosen):
        yield f"control-missing: the profile lacks {missing}"
    for name in documents:
        for id in _named(documents[name]):
            if id not in known:
                yield f"control-unknown: {name} names {id}"


def _with_ids(one: Mapping[str, Any]) -> Iterator[str]:
    for select in one.get("include-controls", ()):
        yield from select.get("with-ids", ())


def _named(value: Any) -> Iterator[str]:
    """Every control id that is named, wherever."""
    if isinstance(value, dict):
        if "controls" in value and isinstance(value["controls"], list):
            yield from (one["id"] for one in value["controls"] if "id" in one)
        yield from value.get("with-ids", ())
        if "control-id" in value:
            yield value["control-id"]
        if value.get("type") == "objective-id":
            yield value["target-id"]
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


def _uuids(documents: Documents) -> Iterator[str]:
    roots = Counter(documents[name][ROOTS[name]]["uuid"] for name in documents)
    yield from (f"uuid-twice: {one} names two documents" for one, count in roots.items() if count > 1)
    for name in documents:
        counted = Counter(_all_uuids(documents[name]))
        yield from (f"uuid-twice: {one} stands twice in {name}" for one, count in counted.items() if count > 1)


def _all_uuids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "uuid" in value:
            yield value["uuid"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _all_uuids(inner)


def _hrefs(documents: Documents) -> Iterator[str]:
    profile, plan = documents["profile"]["profile"], documents["assessment-plan"]["assessment-plan"]
    results = documents["assessment-results"]["assessment-results"]
    hrefs = [one["href"] for one in profile["imports"]]
    hrefs += [plan["import-ssp"]["href"], results["import-ap"]["href"]]
    for component in documents["component-definition"]["component-definition"]["components"]:
        hrefs += [one["source"] for one in component.get("control-implementations", ())]
    yield from (f"document-dangling: {href} is none of the files" for href in hrefs if href not in FILES.values())


def _parties(name: str, root: Mapping[str, Any]) -> Iterator[str]:
    known = {one["uuid"] for one in root["metadata"].get("parties", ())}
    wanted = [p for one in root["metadata"].get("responsible-parties", ()) for p in one["party-uuids"]]
    wanted += list(_actors(root))
    yield from (f"party-missing: {name} refers to the party {one}" for one in sorted(set(wanted) - known))


def _actors(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "party" and "actor-uuid" in value:
            yield value["actor-uuid"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _actors(inner)


def _prop(one: Mapping[str, Any], name: str) -> str | None:
    return next((prop["value"] for prop in one.get("props", ()) if prop["name"] == name), None)


def _observations(observations: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in observations:
        if _prop(one, "state") == "met" and not one.get("relevant-evidence"):
            yield f"evidence-missing: the observation {one['title']} is met by nothing"


def _findings(result: Mapping[str, Any], now: datetime) -> Iterator[str]:
    observations = {one["uuid"]: one for one in result.get("observations", ())}
    seen = Counter(one["target"]["target-id"] for one in result.get("findings", ()))
    yield from (f"finding-twice: {id} has {count} findings" for id, count in seen.items() if count > 1)
    for finding in result.get("findings", ()):
        related = [one["observation-uuid"] for one in finding.get("related-observations", ())]
        for dangling in (one for one in related if one not in observations):
            yield f"observation-dangling: {finding['title']} refers to {dangling}"
        if finding["target"]["status"]["state"] != "satisfied":
            continue
        if not related:
            yield f"satisfied-by-nothing: {finding['title']} has no observation"
        for one in (observations[uuid] for uuid in related if uuid in observations):
            if _prop(one, "state") != "met" or _prop(one, "verdict") not in (None, "pass"):
                yield f"satisfied-falsely: {finding['title']} rests on {one['title']}, which does not pass"
            elif "expires" in one and _time(one["expires"]) < now:
                yield f"satisfied-stale: {finding['title']} rests on {one['title']}, which is out of date"
            elif "expires" not in one and _prop(one, "verdict") is not None:
                yield f"satisfied-stale: {finding['title']} rests on {one['title']}, which says no end"


def _plan(documents: Documents) -> Iterator[str]:
    plan = documents["poam"][ROOTS["poam"]] if "poam" in documents else {"poam-items": []}
    results = documents["assessment-results"]["assessment-results"]["results"]
    findings = {one["uuid"]: one for result in results for one in result.get("findings", ())}
    own = {one["uuid"] for one in plan.get("findings", ())}
    observations = {one["uuid"] for one in plan.get("observations", ())}
    covered: set[str] = set()
    for item in plan["poam-items"]:
        related = {one["finding-uuid"] for one in item.get("related-findings", ())}
        covered |= related
        if not related:
            yield f"item-without-finding: {item['title']}"
        yield from (f"finding-dangling: {item['title']} refers to {one}" for one in sorted(related - own))
        watched = {one["observation-uuid"] for one in item.get("related-observations", ())}
        yield from (f"observation-dangling: {item['title']} refers to {one}" for one in sorted(watched - observations))
    for uuid, one in findings.items():
        if one["target"]["status"]["state"] != "satisfied" and uuid not in covered:
            yield f"item-missing: {one['title']} is not satisfied, and nothing is planned"
    yield from (f"finding-dangling: the plan has {one}, the results do not" for one in sorted(own - set(findings)))


def _time(at: str) -> datetime:
    return datetime.fromisoformat(at)
