"""Replay: a decision as the ledger keeps it, and the same decision made again from its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.access.decision import Decision, Outcome
from policies.access.gate import Gate
from policies.access.schema import cedar_input
from policies.audit import GateDecided, QuestionAsked
from policies.audit.bodies import ApprovalDecided, ApprovalRefused, ApprovalRequested
from policies.audit.encoding import FORGOTTEN
from policies.audit.records import StoredRecord
from tools.catalogue import find


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision of the ledger, whole again: with who asked, and why."""

    index: int
    question: str | None
    principal_id: str
    why: str
    body: GateDecided
    asker: str = ""
    """For a decision whether `principal_id` may approve: whose call it is."""


def to_record(decision: Decision, *, personal_data: bool) -> GateDecided:
    """The record of a decision. What other records or fields hold is not said twice."""
    context = {key: value for key, value in decision.context.items() if key not in ("reason", "input")}
    if decision.action == "approve":  # the asker's id is the record's principal, and nowhere in the clear
        context["asker"] = {key: value for key, value in context["asker"].items() if key != "id"}
    return GateDecided(
        query=decision.query,
        input=decision.input,
        input_sha256=decision.input_sha256,
        accounts=list(decision.accounts),
        decision=decision.outcome,
        policies=list(decision.policies),
        reason=decision.reason,
        personal_data=personal_data,
        principal=decision.principal,
        resource={key: value for key, value in decision.resource.items() if key != "accounts"},
        context=context,
        policies_sha256=decision.policies_sha256,
        schema_sha256=decision.schema_sha256,
    )


def recorded(records: Iterable[StoredRecord]) -> Iterator[Recorded]:
    """The decisions among these records, oldest first, each with its question's reason.

    Decisions whose asker or inputs were forgotten are left out, as are those from before inputs were kept: they cannot
    be made again.
    """
    whys: dict[str, str] = {}
    for stored in records:
        body, question = stored.body, stored.record.question
        if isinstance(body, QuestionAsked) and question:
            whys[question] = body.reason
        elif isinstance(body, GateDecided) and body.context and isinstance(stored.record.principal, str):
            if body.input == {"sealed": FORGOTTEN} or whys.get(question or "") == FORGOTTEN:
                continue
            yield Recorded(stored.index, question, stored.record.principal, whys.get(question or "", ""), body)


def recorded_approvals(records: Iterable[StoredRecord]) -> Iterator[Recorded]:
    """The decisions whether somebody may approve a call, oldest first, with what `recorded` leaves out left out."""
    calls: dict[str, ApprovalRequested] = {}
    for stored in records:
        body, asker = stored.body, stored.record.principal
        if isinstance(body, ApprovalRequested):
            calls[body.approval] = body
        elif isinstance(body, ApprovalDecided | ApprovalRefused) and body.context and isinstance(asker, str):
            call = calls.get(body.approval)
            if call is None or call.input == {"sealed": FORGOTTEN} or body.reason == FORGOTTEN:
                continue
            may = isinstance(body, ApprovalDecided)  # who denies must be allowed to approve, too
            made = GateDecided(
                query=call.query,
                input=call.input,
                input_sha256=call.call_sha256,
                accounts=body.accounts,
                decision="allow" if may else "deny",
                policies=body.policies,
                personal_data=call.personal_data,
                principal=body.principal,
                resource=body.resource,
                context=body.context,
                policies_sha256=body.policies_sha256,
                schema_sha256=body.schema_sha256,
            )
            by = body.approver if isinstance(body, ApprovalDecided) else body.by
            yield Recorded(stored.index, stored.record.question, by, body.reason, made, asker)


def decide_again(gate: Gate, made: Recorded) -> tuple[Outcome, tuple[str, ...], str]:
    """Outcome, deciding policies and reason of a recorded call under this gate's policies."""
    body = made.body
    resource = {**body.resource, "accounts": body.accounts}
    if made.asker:
        asker = {**body.context["asker"], "id": made.asker}
        context = {**body.context, "reason": made.why, "asker": asker}
        return gate.again("approve", made.principal_id, body.principal, body.query, resource, context)
    context = {**body.context, "reason": made.why, "input": cedar_input(find(body.query), body.input)}
    return gate.again("ask", made.principal_id, body.principal, body.query, resource, context)
