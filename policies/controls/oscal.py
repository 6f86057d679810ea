"""The controls as OSCAL: six documents that refer to one another, made from an evaluation and nothing else.

Identifiers are UUIDs over what they name, times are the evaluation's: the same evaluation gives the same bytes. What
OSCAL calls `satisfied` is only what is `evidenced` here: every related observation passes, is proven and fresh.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from policies.controls.catalogue import catalogue
from policies.controls.run import Evaluation
from policies.controls.status import ControlStatus, Standing

OSCAL = "1.2.1"
NAMESPACE = "urn:regent:oscal"
NAMES = ("catalog", "profile", "component-definition", "assessment-plan", "assessment-results", "poam")
ROOTS = {name: name for name in NAMES} | {"poam": "plan-of-action-and-milestones"}
FILES = {name: f"{name}.json" for name in NAMES}
Documents = dict[str, dict[str, Any]]
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def control_id(control: str) -> str:
    """`A.6.2.8` as OSCAL writes identifiers: `a.6.2.8`; a clause `4.1` is `c.4.1`."""
    return control.lower() if control.startswith("A.") else f"c.{control}"


def export(done: Evaluation, implemented: Mapping[str, Sequence[str]]) -> Documents:
    """The six documents by name, each with its root key. `implemented`: by control, what implements it."""
    at = _time(done.at)
    key = f"{at}/{done.index}"
    selections = {"control-selections": [{"include-controls": [{"control-id": control_id(c)} for c in catalogue()]}]}
    observations = {s.obligation: _observation(done, s, key) for one in done.statuses for s in one.standings}
    findings = [_finding(one, key) for one in done.statuses if one.status != "excluded"]
    result = {
        "uuid": _uuid(f"result/{key}"),
        "title": "Evaluation of all clauses and controls",
        "description": f"Recorded in the ledger as record {done.index}." if done.index is not None else "Not recorded.",
        "start": at,
        "end": at,
        "reviewed-controls": selections,
        "observations": list(observations.values()),
        "findings": findings,
    }
    bodies: Documents = {
        "catalog": {"groups": _groups()},
        "profile": {"imports": [_every_control()]},
        "component-definition": {"components": [_component(implemented)]},
        "assessment-plan": {"import-ssp": {"href": FILES["component-definition"]}, "reviewed-controls": selections},
        "assessment-results": {"import-ap": {"href": FILES["assessment-plan"]}, "results": [result]},
    }
    if open_ones := [one for one in findings if one["target"]["status"]["state"] != "satisfied"]:
        bodies["poam"] = _plan_of_action(open_ones, observations.values(), key)  # OSCAL knows none without an item
    return {
        name: {ROOTS[name]: {"uuid": _uuid(f"{name}/{key}"), "metadata": _metadata(name, at), **body}}
        for name, body in bodies.items()
    }


def _every_control() -> dict[str, Any]:
    return {
        "href": FILES["catalog"],
        "include-controls": [{"with-ids": [control_id(name) for name in catalogue()]}],
    }


def _component(implemented: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Regent, and what in it implements each control."""
    return {
        "uuid": _uuid("component/regent"),
        "type": "software",
        "title": "Regent",
        "description": "Governed answers about an AWS estate.",
        "control-implementations": [
            {
                "uuid": _uuid("implementation"),
                "source": FILES["profile"],
                "description": "What implements each control; nothing here says that it is met.",
                "implemented-requirements": [
                    {
                        "uuid": _uuid(f"requirement/{name}"),
                        "control-id": control_id(name),
                        "description": "; ".join(places),
                    }
                    for name, places in implemented.items()
                    if places
                ],
            }
        ],
    }


def _plan_of_action(
    findings: Sequence[dict[str, Any]], observations: Iterable[dict[str, Any]], key: str
) -> dict[str, Any]:
    """An item for each of these findings, which are not satisfied; with the observations that they rest on, if any."""
    items, used = [], set()
    for one in findings:
        related = [{"observation-uuid": r["observation-uuid"]} for r in one.get("related-observations", ())]
        used |= {r["observation-uuid"] for r in related}
        items.append(
            {
                "uuid": _uuid(f"item/{key}/{one['uuid']}"),
                "title": f"{one['title']}: {_prop(one, 'status')}",
                "description": one["description"],
                "related-findings": [{"finding-uuid": one["uuid"]}],
                **({"related-observations": related} if "related-observations" in one else {}),
            }
        )
    behind = [one for one in observations if one["uuid"] in used]
    return {
        "system-id": {"id": "regent", "identifier-type": NAMESPACE},
        **({"observations": behind} if behind else {}),
        "findings": list(findings),
        "poam-items": items,
    }


def _metadata(name: str, at: str) -> dict[str, Any]:
    return {
        "title": f"Regent: {name} for ISO/IEC 42001 identifiers, titles in own words",
        "last-modified": at,
        "version": at,
        "oscal-version": OSCAL,
        "roles": [{"id": "assessor", "title": "Whoever evaluates: a program"}],
        "parties": [{"uuid": _uuid("party/regent"), "type": "organization", "name": "Regent (automated evaluation)"}],
        "responsible-parties": [{"role-id": "assessor", "party-uuids": [_uuid("party/regent")]}],
    }


def _groups() -> list[dict[str, Any]]:
    parts = {"clauses": "Clauses", "annex-a": "Annex A"}
    return [
        {
            "id": id,
            "title": title,
            "controls": [
                {"id": control_id(one.id), "title": one.title, "props": [_named("label", one.id)]}
                for one in catalogue().values()
                if one.annex == (id == "annex-a")
            ],
        }
        for id, title in parts.items()
    ]


def _observation(done: Evaluation, standing: Standing, key: str) -> dict[str, Any]:
    kind, _, name = standing.obligation.partition(":")
    result = done.results.get(name) if kind == "check" else None
    collected = result.collected if result is not None and result.collected is not None else done.at
    expires = result.expires if result is not None else None
    evidence = result.evidence if result is not None else standing.evidence
    made: dict[str, Any] = {
        "uuid": _uuid(f"observation/{key}/{standing.obligation}"),
        "title": standing.obligation,
        "description": standing.said or "nothing to say",
        "props": [_own("state", standing.state)],
        "methods": ["TEST" if kind == "check" else "EXAMINE"],
        "origins": [{"actors": [{"type": "party", "actor-uuid": _uuid("party/regent")}]}],
        "collected": _time(collected),
    }
    if result is not None:
        made["props"].append(_own("verdict", result.verdict))
    if expires is not None:
        made["expires"] = _time(expires)
    if evidence:
        made["relevant-evidence"] = [
            {"description": "Signed snapshot or document, by SHA-256", "props": [_own("sha256", one)]}
            for one in evidence
        ]
    return made


def _finding(one: ControlStatus, key: str) -> dict[str, Any]:
    satisfied = one.status in ("evidenced", "attested")
    made: dict[str, Any] = {
        "uuid": _uuid(f"finding/{key}/{one.id}"),
        "title": one.id,
        "description": "; ".join(one.reasons) or one.title,
        "props": [_own("status", one.status)],
        "target": {
            "type": "objective-id",
            "target-id": control_id(one.id),
            "status": {"state": "satisfied" if satisfied else "not-satisfied"},
        },
    }
    if one.standings:
        made["related-observations"] = [
            {"observation-uuid": _uuid(f"observation/{key}/{s.obligation}")} for s in one.standings
        ]
    return made


def _prop(one: Mapping[str, Any], name: str) -> str:
    return str(next(prop["value"] for prop in one["props"] if prop["name"] == name))


def _own(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _named(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _uuid(name: str) -> str:
    """A version 5 UUID: the same name gives the same."""
    return str(uuid.uuid5(_SPACE, name))


def _time(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
