"""Replay: a decision as the ledger keeps it, and the same decision made again from its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.access.decision import Decision, Outcome
from policies.access.gate import Gate
from policies.access.schema import cedar_input
from policies.audit import GateDecided, QuestionAsked
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


def to_record(decision: Decision, *, personal_data: bool) -> GateDecided:
    """The record of a decision. What other records or fields hold is not said twice."""
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
        context={key: value for key, value in decision.context.items() if key not in ("reason", "input")},
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


def decide_again(gate: Gate, made: Recorded) -> tuple[Outcome, tuple[str, ...], str]:
    """Outcome, deciding policies and reason of a recorded call under this gate's policies."""
    body = made.body
    resource = {**body.resource, "accounts": body.accounts}
    context = {**body.context, "reason": made.why, "input": cedar_input(find(body.query), body.input)}
    return gate.again("ask", made.principal_id, body.principal, body.query, resource, context)
