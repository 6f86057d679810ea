"""Cases, approvals, stops and erasures: folded from their records to the items that checks look at."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import orjson

from policies.audit.vault import Vault
from policies.controls.evidence import Item

Rows = list[dict[str, Any]]
SEALED = "[sealed]"
"""Stands for text that is there, and that no evidence repeats."""


def incident(case: str, rows: Rows) -> Item:
    """One incident from its records, in order."""
    first, body = rows[0], rows[0]["body"]
    data: dict[str, Any] = {
        "system": body.get("system"),
        "class": ",".join(body.get("classes") or ()),
        "owner": first["principal"],
        "detected": body.get("detected"),
        "classified": body.get("classified"),
        "notify": body.get("notify"),
        "communications": [],
        "cause": None,
        "lessons": None,
        "controls": list(body.get("controls") or ()),
        "closed": None,
    }
    deadlines = list(body.get("deadlines") or ())
    done: list[dict[str, Any]] = []
    for row in rows[1:]:
        more = row["body"]
        if row["type"] == "incident.closed":
            data |= {"cause": SEALED, "lessons": SEALED, "closed": row["time"]}
            continue
        data["class"] = ",".join(more["classes"]) if more.get("classes") else data["class"]
        data["classified"] = more.get("classified") or data["classified"]
        data["notify"] = more["notify"] if more.get("notify") is not None else data["notify"]
        deadlines = more["deadlines"] if more.get("deadlines") is not None else deadlines
        done += more.get("done") or []
        data["communications"] += more.get("communications") or []
        data["controls"] += more.get("controls") or []
    met = {(one["regime"], one["stage"]): one["at"] for one in reversed(done)}
    data["deadlines"] = [
        {key: one[key] for key in ("regime", "stage", "due")} | {"done": met.get((one["regime"], one["stage"]))}
        for one in deadlines
    ]
    return Item(name=case, data=data)


def concern(case: str, rows: Rows) -> Item:
    """One concern from its records. That there is a reporter is said, never who."""
    body = rows[0]["body"]
    data: dict[str, Any] = {
        "system": body.get("system"),
        "channel": body.get("channel"),
        "from": body.get("origin"),
        "anonymous": body.get("anonymous"),
        "reporter": None if body.get("anonymous") else SEALED,
        "received": rows[0]["time"],
        "acknowledged": None,
        "outcome": None,
        "closed": None,
    }
    for row in rows[1:]:
        if row["type"] == "concern.closed":
            data |= {"outcome": row["body"].get("outcome"), "closed": row["time"]}
        elif row["body"].get("acknowledged"):
            data["acknowledged"] = data["acknowledged"] or row["time"]
    return Item(name=case, data=data)


def release(case: str, rows: Rows) -> Item:
    """One release from its records."""
    body = rows[0]["body"]
    keys = ("version", "change", "impact_assessment", "rollback", "model", "guardrail")
    data: dict[str, Any] = {key: body.get(key) for key in keys}
    data |= {key: list(body.get(key) or ()) for key in ("artefacts", "prompts", "policies", "evaluations")}
    data |= {"author": rows[0]["principal"], "approver": None, "approved": None, "closed": None}
    for row in rows[1:]:
        more = row["body"]
        if row["type"] == "release.closed":
            data["closed"] = row["time"]
            continue
        for key in ("impact_assessment", "rollback"):
            data[key] = more.get(key) or data[key]
        data["evaluations"] += more.get("evaluations") or []
        if more.get("approved"):
            data |= {"approver": row["principal"], "approved": row["time"]}
    return Item(name=case, data=data)


def approval(name: str, rows: Rows, vault: Vault) -> Item:
    """One approval from its records. Call hashes are sealed, because inputs can be guessed: only whether they are the
    same is said, by a hash with a salt that nobody keeps.
    """
    salt = secrets.token_bytes(16)
    asked = next((row for row in rows if row["type"] == "approval.requested"), rows[0])
    data: dict[str, Any] = {
        "question": asked.get("question"),
        "query": asked["body"].get("query"),
        "asker": asked["principal"],
        "requested": asked["time"],
        "expires": asked["body"].get("expires"),
        "decided": None,
        "decision": None,
        "approver": None,
        "consumed": None,
        "outcome": None,
        "resumed": [],
    }
    for row in rows:
        body = row["body"]
        if row["type"] == "approval.decided":
            data |= {"decided": row["time"], "decision": body.get("decision"), "approver": body.get("approver")}
        elif row["type"] == "approval.consumed":
            data |= {"consumed": row["time"], "outcome": body.get("outcome")}
        elif row["type"] == "approval.expired":
            data["outcome"] = "expired"
        elif row["type"] == "approval.resumed":
            data["resumed"].append(row["time"])
    data["calls"] = sorted({_blinded(row, vault, salt) for row in rows} - {""})
    return Item(name=name, data=data)


def switch(row: dict[str, Any]) -> Item:
    """One stop, resumption or refusal."""
    body = row["body"]
    keys = ("scope", "name", "by")
    return Item(
        name=str(row["index"]), data={"type": row["type"], "time": row["time"], **{k: body.get(k) for k in keys}}
    )


def erasure(row: dict[str, Any], places: list[str], vault: Vault) -> Item:
    """One erasure, with the places there are and how many of its keys are still there."""
    subjects = row["body"].get("subjects") or []
    data = {
        "time": row["time"],
        "subjects": subjects,
        "places": row["body"].get("places") or {},
        "known_places": places,
        "keys_left": sum(1 for subject in subjects if vault.person(subject) is not None),
    }
    return Item(name=str(row["index"]), data=data)


def _blinded(row: dict[str, Any], vault: Vault, salt: bytes) -> str:
    value = row["body"].get("call_sha256")
    sealed = row["sealed"].get("call_sha256")
    if sealed is not None:
        there, value = vault.open(sealed)
        if not there:
            return ""
    return hashlib.sha256(salt + orjson.dumps(value)).hexdigest() if value else ""
