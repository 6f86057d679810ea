"""The history of one approval, read from the ledger: asked for, decided, used. The first of a kind counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from policies.audit.bodies import ApprovalConsumed, ApprovalDecided, ApprovalExpired, ApprovalRequested
from policies.oversight.approval_store import ApprovalError

if TYPE_CHECKING:
    from policies.audit import Ledger

HistoryState = Literal["pending", "approved", "denied", "expired", "consumed"]


class History(BaseModel):
    """What the ledger says of one approval at one moment. Indexes are those of the records."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    approval: str
    question: str
    asker: str
    call: ApprovalRequested
    requested_index: int
    requested_at: datetime
    expires: datetime
    state: HistoryState
    decision: ApprovalDecided | None = None
    decided_index: int | None = None
    decided_at: datetime | None = None
    consumed_index: int | None = None
    expired_index: int | None = None

    @property
    def words(self) -> str:
        """What became of it, to follow `it`."""
        if self.state == "consumed":
            how = "was decided, and used, already" if self.decision else "expired, and the run went on without it"
            return f"{how} (if no answer came, that run was interrupted: ask again)"
        if self.state == "expired":
            return f"expired at {self.expires:%Y-%m-%d %H:%M} UTC"
        if self.decision is None or self.decided_at is None:
            return "waits for a second person"
        return self.outcome

    @property
    def outcome(self) -> str:
        """What was decided, whether it was used already or not; to follow `it`."""
        if self.decision is None or self.decided_at is None:
            return f"expired at {self.expires:%Y-%m-%d %H:%M} UTC" if self.state != "pending" else self.words
        done = "approved" if self.decision.decision == "approve" else "denied"
        return f"was {done} by {self.decision.approver} at {self.decided_at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def refusal(self) -> str:
        """Why the call may not run, when it may not."""
        if self.state == "denied" and self.decision is not None:
            why = f", because: {self.decision.reason.rstrip('.')}" if self.decision.reason else ""
            return f"{self.call.query} was not approved: {self.decision.approver} denied it{why}."
        if self.state == "expired":
            return f"{self.call.query} was not approved before {self.expires:%Y-%m-%d %H:%M} UTC."
        return ""


def read_history(ledger: Ledger, approval: str, requested: int, question: str, now: float) -> History:
    """The history of `approval`, whose `approval.requested` is record `requested` of `question`.

    Raises:
        ApprovalError: that record is another, or the call in it was forgotten.
    """
    from policies.audit.encoding import decode
    from policies.audit.segments import read_raw

    needle = f'"approval":"{approval}"'.encode()
    records = [
        decode(index, leaf, "", ledger.vault)
        for index, leaf in read_raw(ledger.path / "segments", requested)
        if needle in leaf
    ]
    first = records[0] if records and records[0].index == requested else None
    call = first.body if first is not None else None
    if first is None or not isinstance(call, ApprovalRequested) or call.approval != approval:
        raise ApprovalError(f"The ledger knows of no approval {approval}.")
    asker = first.record.principal
    if first.record.question != question or asker is None:
        raise ApprovalError(f"The ledger knows the approval {approval} for another question.")
    from policies.access.decision import call_sha256

    if call_sha256(call.query, call.input) != call.call_sha256:
        raise ApprovalError(f"The call of the approval {approval} was forgotten.")
    said = [one for one in records[1:] if one.record.question == question]
    expires = datetime.fromisoformat(call.expires)
    in_time = (one for one in said if one.time / 1e9 < expires.timestamp())  # the ledger's times only rise
    decided = next((one for one in in_time if _decides(one.body, call, requested, asker)), None)
    consumed = next((one for one in records if isinstance(one.body, ApprovalConsumed)), None)
    expired = next((one for one in said if isinstance(one.body, ApprovalExpired)), None)
    decision = decided.body if decided is not None and isinstance(decided.body, ApprovalDecided) else None
    state: HistoryState = "pending"
    if consumed is not None:
        state = "consumed"
    elif decision is not None and decision.decision == "deny":
        state = "denied"
    elif expired is not None or now >= expires.timestamp():
        state = "expired"
    elif decision is not None:
        state = "approved"
    return History(
        approval=approval,
        question=question,
        asker=asker,
        call=call,
        requested_index=requested,
        requested_at=_time(first.time),
        expires=expires,
        state=state,
        decision=decision,
        decided_index=decided.index if decided is not None else None,
        decided_at=_time(decided.time) if decided is not None else None,
        consumed_index=consumed.index if consumed is not None else None,
        expired_index=expired.index if expired is not None else None,
    )


def _decides(body: object, call: ApprovalRequested, requested: int, asker: str) -> bool:
    """Whether a record is a second person's decision of exactly this call."""
    return (
        isinstance(body, ApprovalDecided)
        and body.requested == requested
        and body.call_sha256 == call.call_sha256
        and body.approver != asker
    )


def _time(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
