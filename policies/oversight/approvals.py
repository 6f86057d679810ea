"""Approvals: a second person's word on one very call, given once, used once, and true only as the ledger has it.

At most once: an approval is consumed before anything runs. After a crash in between it stays consumed, and the asker
asks again. Of two who decide or consume at the same moment, one is first and the other finds its record: they look and
record in turn, and the ledger has the last word. The first `approval.decided` and the first `approval.consumed` count,
no others, and nothing that has no record: who dies before it decided nothing and used nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from policies.audit.bodies import (
    ApprovalConsumed,
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRefused,
    ApprovalRequested,
    Body,
)
from policies.audit.locks import alone
from policies.audit.records import Record
from policies.oversight.approval_history import History, read_history
from policies.oversight.approval_store import (
    ApprovalError,
    ApprovalStore,
    StillWaitsError,
    Stored,
    UnknownApprovalError,
)
from policies.oversight.stopping import NotInChargeError

if TYPE_CHECKING:
    from io import FileIO

    from policies.access import Decision, Principal
    from policies.audit import Ledger

Outcome = Literal["approved", "denied", "expired"]
Wanted = Literal["decide", "resume", "see"]
"""What somebody may want of an approval: to decide it, to go on with its question, to see who may decide it."""
_ID = re.compile(r"a-[0-9a-f]{16}")
_MADE_FROM = {"accounts", "policies", "principal", "resource", "context", "policies_sha256", "schema_sha256"}


class ApprovalSettings(BaseModel):
    """How long an approval may be given and used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: int = Field(default=60, ge=1, le=60 * 24 * 7)


@dataclass(frozen=True, slots=True)
class Consumed:
    """An approval that was used up just now: what came of it, the call it is for, and the record of it."""

    outcome: Outcome
    call: ApprovalRequested
    index: int
    said: str
    """Why the call may not run, when it may not."""


def new_approval_id() -> str:
    """Not guessable."""
    return f"a-{secrets.token_hex(8)}"


class Approvals:
    """Asks for approvals, takes decisions, and uses them up. Safe for threads and processes that share a ledger.

    `clock` gives Unix seconds and never runs backwards.
    """

    def __init__(
        self, store: ApprovalStore, ledger: Ledger, settings: ApprovalSettings, clock: Callable[[], float]
    ) -> None:
        self._store, self._ledger, self._settings, self._clock = store, ledger, settings, clock

    def until(self) -> datetime:
        """When an approval that is asked for now expires."""
        return datetime.fromtimestamp(int(self._clock()) + 60 * self._settings.minutes, UTC)

    def keep(self, call: ApprovalRequested, requested: int, question: str, asker: str, content: dict[str, Any]) -> None:
        """Keep a paused run; `requested` is the index of the record of `call`, which is durable already."""
        row = Stored(
            id=call.approval,
            question=question,
            state="pending",
            created=self._clock(),
            expires=datetime.fromisoformat(call.expires).timestamp(),
            requested=requested,
            box=self._seal(call.approval, asker, question, content),
        )
        self._store.add(row)

    def content(self, approval: str) -> dict[str, Any]:
        """What was kept of the paused run. ApprovalError when there is none, or its key was destroyed."""
        return self._open(self._row(approval), "box")

    def kept(self, approval: str) -> dict[str, Any]:
        """What is kept now: the paused run, or the answer that took its place. ApprovalError as for `content`."""
        row = self._row(approval)
        return self._open(row, "answer" if row.answer else "box")

    def history(self, approval: str) -> History:
        """What the ledger says of an approval. ApprovalError when it says nothing, or something else than the row."""
        return self._history(self._row(approval))

    def all(self, since: float | None = None) -> list[History]:
        """Every approval of which the ledger knows and whose call is not forgotten, the newest first.

        With `since` (Unix seconds), those that expire later.
        """
        found = []
        for row in self._store.all():
            if since is not None and row.expires < since:
                continue
            try:
                found.append(self._history(row))
            except ApprovalError:
                continue  # a row without its record is nobody's approval
        return found

    def latest_of(self, question: str) -> History | None:
        """The latest approval that a question waited for; None where there is none, or its call is forgotten."""
        row = next((row for row in self._store.all() if row.question == question), None)
        try:
            return self._history(row) if row else None
        except ApprovalError:
            return None

    def decide(
        self,
        approval: str,
        by: Principal,
        verdict: Literal["approve", "deny"],
        reason: str,
        may: Callable[[ApprovalRequested], Decision],
    ) -> History:
        """Take the decision of `by`, if `may` (the gate) lets them decide this call.

        Raises:
            NotInChargeError: they may not; it is on record.
            ApprovalError: it is decided, used or expired already, or somebody else was first.
        """
        row = self._row(approval)
        with self._alone():
            known = self._waiting(row)
        allowed = may(known.call)
        if not allowed.allowed:
            why = "; ".join(allowed.policies)
            made = {"requested": row.requested, "reason": reason, **_made_from(allowed)}
            self._append(known, ApprovalRefused(approval=approval, by=by.id, why=why, **made))
            raise NotInChargeError(f"{by.id} may not decide this. {allowed.reason}")
        body = ApprovalDecided(
            approval=approval,
            requested=row.requested,
            call_sha256=known.call.call_sha256,
            decision=verdict,
            approver=by.id,
            reason=reason,
            personal_data=known.call.personal_data,
            **_made_from(allowed),
        )
        with self._alone():
            self._waiting(row)  # the gate took its time
            index = self._append(known, body, actor="person")
        decided = self._history(row)
        if decided.decided_index != index:
            raise _too_late(decided)
        return decided

    def refused(self, approval: str, by: Principal, wanted: Wanted, why: str) -> None:
        """Put on record that `by` tried to use an approval which is not theirs to use so, or not known here.

        Raises:
            LedgerError: it cannot be recorded.
        """
        named = approval
        if not _ID.fullmatch(approval):  # ids stand in the ledger in clear for good: what is none may be words
            named = f"sha256:{hashlib.sha256(approval.encode()).hexdigest()}"
            why = why.replace(repr(approval), "of that id")
        body = ApprovalRefused(approval=named, by=by.id, why=why, wanted=wanted)
        try:
            self._append(self.history(approval), body)
        except ApprovalError:  # it is nobody's, or was forgotten: then the try is a record of whoever made it
            self._ledger.append(Record(actor="system:approval", body=body, principal=by.id))

    def consume(self, approval: str) -> Consumed:
        """Use the approval up, before anything runs.

        Raises:
            StillWaitsError: nobody has decided yet.
            ApprovalError: it was used already, or the ledger knows of no such decision.
        """
        with self._alone():
            row = self._row(approval)
            known = self._settled(row)
            if known.state not in ("approved", "denied", "expired"):
                why = StillWaitsError if known.state == "pending" else ApprovalError
                raise why(f"The approval {approval} cannot be used: it {known.words}.")
            if not self._store.swap(approval, row.state, "consumed"):
                raise ApprovalError(f"The approval {approval} was removed or changed while it was to be used.")
            outcome: Outcome = known.state
            body = ApprovalConsumed(
                approval=approval,
                requested=row.requested,
                decided=known.decided_index,
                call_sha256=known.call.call_sha256,
                outcome=outcome,
                personal_data=known.call.personal_data,
            )
            index = self._append(known, body)
        if self._history(row).consumed_index != index:
            raise ApprovalError(f"The approval {approval} was used by somebody else first.")
        return Consumed(outcome, known.call, index, known.refusal)

    def keep_answer(self, approval: str, asker: str, answer: dict[str, Any]) -> None:
        """Keep the answer for its asker."""
        row = self._row(approval)
        sealed = self._seal(approval, asker, row.question, answer)
        if not self._store.swap(approval, "consumed", "answered", sealed):
            raise ApprovalError(f"The answer to {approval} could not be kept: it was answered already.")

    def answer(self, approval: str) -> dict[str, Any] | None:
        """The kept answer, if there is one."""
        row = self._row(approval)
        return self._open(row, "answer") if row.answer else None

    def erase(self, questions: frozenset[str], named: Callable[[str], bool]) -> int:
        """Remove the paused runs and answers of these questions, and those that hold a name or cannot be opened."""

        def gone(row: Stored) -> bool:
            if row.question in questions:
                return True
            try:
                kept = [self._open(row, part) for part in ("box", "answer") if getattr(row, part)]
            except ApprovalError:
                return True
            return any(named(orjson.dumps(one).decode()) for one in kept)

        return self._store.erase(gone)

    def _row(self, approval: str) -> Stored:
        row = self._store.get(approval)
        if row is None:
            raise UnknownApprovalError(f"There is no approval {approval!r} here.")
        return row

    def _history(self, row: Stored) -> History:
        self._ledger.flush()
        return read_history(self._ledger, row.id, row.requested, row.question, self._clock())

    def _alone(self) -> FileIO:
        """For a `with`: nobody else decides or uses an approval of this ledger meanwhile."""
        try:
            return alone(self._ledger.home.path / ".approvals.lock")
        except OSError as error:
            raise ApprovalError(f"No approval can be decided or used: {error}.") from error

    def _waiting(self, row: Stored) -> History:
        """The history of what waits still; ApprovalError when it does not. Alone."""
        known = self._settled(row)
        if known.state != "pending":
            raise _too_late(known)
        return known

    def _settled(self, row: Stored) -> History:
        """The history, with an expiry that is due put on record. Alone."""
        known = self._history(row)
        if known.state == "expired" and known.expired_index is None:
            self._append(known, ApprovalExpired(approval=row.id, requested=row.requested))
        return known

    def _append(self, known: History, body: Body, actor: str = "system:approval") -> int:
        return self._ledger.append(
            Record(actor=actor, body=body, question=known.question, principal=known.asker, parent=known.requested_index)
        )

    def _seal(self, approval: str, asker: str, question: str, content: dict[str, Any]) -> str:
        packed = base64.b64encode(zlib.compress(orjson.dumps([approval, content]))).decode()
        vault = self._ledger.vault
        return orjson.dumps(vault.seal(vault.result(asker, question), packed)).decode()

    def _open(self, row: Stored, part: Literal["box", "answer"]) -> dict[str, Any]:
        from policies.audit.errors import LedgerError
        from policies.audit.vault import is_sealed

        try:
            sealed = orjson.loads(getattr(row, part) or b"null")
            if not is_sealed(sealed):
                raise ApprovalError(f"What was kept of the approval {row.id} is over, or is not what was kept.")
            there, packed = self._ledger.vault.open(sealed)
            if not there:
                raise ApprovalError(f"What was kept of the approval {row.id} was forgotten.")
            approval, content = orjson.loads(zlib.decompress(base64.b64decode(packed)))
        except (ValueError, zlib.error, LedgerError) as error:
            raise ApprovalError(f"What was kept of the approval {row.id} is not what was kept.") from error
        if approval != row.id or not isinstance(content, dict):
            raise ApprovalError(f"What was kept of the approval {row.id} belongs to another.")
        return content


def _too_late(known: History) -> ApprovalError:
    return ApprovalError(f"The approval {known.approval} cannot be decided any more: it {known.words}.")


def _made_from(decision: Decision) -> dict[str, Any]:
    """What the gate decided from, for the record."""
    from policies.access.replay import to_record

    return to_record(decision, personal_data=False).model_dump(include=_MADE_FROM)
