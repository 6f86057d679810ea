"""Needs from the ledger: trimmed, never judged. Persons are pseudonyms, sealed text is not in it, times are ISO in UTC.

Collectors read from verified bytes. The window is what the evaluation run asks for; the population of each need is
counted over the same window from the raw records' types (`policies.audit.segments.read_raw`), not from the folded
items.
"""

from __future__ import annotations

from policies.controls.needs.base import need

QUESTIONS = need(
    "ledger",
    "questions",
    "one item per question of the window: its records in order, each with those fields of the body that are not"
    " sealed, by their names in policies.audit.bodies (`query`, not its alias); of receipts only `id` and `source`, of"
    " facts the ids",
    named="the question's id",
    sources=("every record with a question id",),
    counted="records of type question.asked",
    shape='{"records": [{"index": 7, "time": "…", "type": "gate.decided", "actor": "…", "body": {…}}]}',
)
APPROVALS = need(
    "ledger",
    "approvals",
    "one item per approval that was asked for; what has not happened is null, `resumed` has one time per resumption;"
    " `calls` has the distinct call hashes in its records, and `input_kept` no input",
    named="the approval's id",
    sources=(
        "approval.requested",
        "approval.decided",
        "approval.consumed",
        "approval.resumed",
        "approval.expired",
        "approval.refused",
    ),
    counted="records of type approval.requested",
    shape='{"question": "q", "query": "who_did_what", "asker": "p1", "requested": "…", "expires": "…",'
    ' "decided": "…"|null, "decision": "approve"|"deny"|null, "approver": "p2"|null, "consumed": "…"|null,'
    ' "outcome": "approved"|"denied"|"expired"|null, "resumed": ["…"], "calls": ["sha256"]}',
)
LEDGER_STATE = need(
    "ledger",
    "ledger-state",
    "the last verification of the ledger, made by `policies.audit.verify` now or recorded by a schedule",
    named="the ledger's origin",
    sources=("policies.audit.verify", "ledger.verified (if a schedule records it)"),
    counted="one",
    shape='{"origin": "…", "size": 120, "code": 0, "reason": "", "verified_at": "…", "verified_through": 120,'
    ' "anchored_through": 120, "quarantined_bytes": 0, "cosigned": 1}',
)
RECORD_TYPES = need(
    "ledger",
    "record-types",
    "one item per record type that occurs: how many, whether the schema knows it, its schema versions, and in how many"
    " records a field marked as personal lies in the clear",
    named="the record type",
    sources=("raw records", "policies.audit.bodies.KNOWN"),
    counted="distinct types in the raw records",
    shape='{"type": "question.asked", "count": 12, "known": true, "schemas": [1], "in_clear": 0}',
)
RECOMPUTED = need(
    "ledger",
    "recomputed",
    "one item per query call of the answered questions of the window (all, or the newest 20 questions): its facts"
    " computed again from the stored responses, as `regent audit recompute` does",
    named="question/index of query.returned",
    sources=("policies.audit.recompute", "the receipt store"),
    counted="raw records of type query.returned in these questions",
    shape='{"query": "spend", "facts": 12, "receipts": 4, "faults": [], "erased": false}',
)
SWITCH_EVENTS = need(
    "ledger",
    "switch-events",
    "one item per stop, resumption and refusal of the kill switch, in order",
    named="the record's index",
    sources=("switch.stopped", "switch.resumed", "switch.refused"),
    counted="raw records of these types",
    shape='{"type": "switch.stopped", "time": "…", "scope": "all"|"domain"|"query"|"principal", "name": "",'
    ' "by": "p1"}',
)
INCIDENTS = need(
    "ledger",
    "incidents",
    "one item per incident, folded from its incident.* records",
    named="the incident's id",
    sources=("incident.opened", "incident.updated", "incident.closed"),
    counted="records of type incident.opened",
    shape='{"system": "regent", "class": "major", "owner": "p1", "detected": "…", "classified": "…"|null,'
    ' "notify": true|false|null,'
    ' "deadlines": [{"regime": "nis2", "stage": "early-warning", "due": "…", "done": "…"|null}],'
    ' "communications": [{"to": "regulator", "at": "…"}], "cause": "…"|null, "lessons": "…"|null,'
    ' "controls": ["A.9.2"], "closed": "…"|null}',
)
CONCERNS = need(
    "ledger",
    "concerns",
    "one item per concern or outside report, folded from its concern.* records; `reporter` only if they gave it",
    named="the concern's id",
    sources=("concern.opened", "concern.updated", "concern.closed"),
    counted="records of type concern.opened",
    shape='{"system": "regent", "channel": "cli", "from": "inside"|"outside", "anonymous": true, "reporter": "p1"|null,'
    ' "received": "…", "acknowledged": "…"|null, "outcome": "…"|null, "closed": "…"|null}',
)
RELEASES = need(
    "ledger",
    "releases",
    "one item per release, folded from its release.* records; digests are those of what was built",
    named="the release's id",
    sources=("release.opened", "release.updated", "release.closed"),
    counted="records of type release.opened",
    shape='{"version": "0.4.0", "author": "p1", "approver": "p2"|null, "approved": "…"|null, "closed": "…"|null,'
    ' "change": "CHG-12", "impact_assessment": "AIIA-1"|null, "rollback": "0.3.2"|null, "artefacts": ["sha256"],'
    ' "prompts": ["sha256"], "policies": ["sha256"], "model": "…", "guardrail": "id:3", "evaluations": ["sha256"]}',
)
ERASURES = need(
    "ledger",
    "erasures",
    "one item per erasure, with the places it went through",
    named="the record's index",
    sources=("subject.forgotten", "policies.audit.erasure.PLACES"),
    counted="raw records of type subject.forgotten",
    shape='{"time": "…", "subjects": ["p1"], "places": {"sessions": 2}, "known_places": ["sessions"], "keys_left": 0}',
)
