"""Approvals decided and used by two in the same moment, or by one who dies between two steps: as the ledger has it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from policies.access import Principal, local_principal
from policies.access.decision import Decision, call_sha256
from policies.audit import Ledger, Record, verify
from policies.audit.bodies import ApprovalConsumed, ApprovalDecided, ApprovalRequested
from policies.oversight import ApprovalError, Approvals, ApprovalSettings, History
from policies.oversight.approval_dynamo import DynamoApprovals
from policies.oversight.approval_store import ApprovalStore, SqliteApprovals
from policies.oversight.database import Database
from tests.policies.oversight.tables import make_table

ASKER, CARLA, DIRK = (local_principal(name) for name in ("anna", "carla", "dirk"))
CALL: dict[str, Any] = {"period": "last_7_days"}


class Dead(BaseException):
    """The process ends here."""


class Place:
    """One home with its ledger and store, and one approval that waits; every `fresh()` is as another process has it."""

    def __init__(self, folder: Path, store: ApprovalStore) -> None:
        self.folder, self.store, self.ledgers = folder, store, list[Ledger]()
        body = ApprovalRequested(
            approval="a-1",
            query="who_did_what",
            input=CALL,
            call_sha256=call_sha256("who_did_what", CALL),
            accounts=["1"],
            reason="incident 4711",
            expires="2100-01-01T00:00:00+00:00",
            personal_data=True,
        )
        first = self.fresh()
        index = self.ledgers[0].append(Record(actor="system:approval", body=body, question="q", principal=ASKER.id))
        first.keep(body, index, "q", ASKER.id, {"run": "paused"})

    def fresh(self) -> Approvals:
        self.ledgers.append(Ledger.open(self.folder / "ledger"))
        return Approvals(self.store, self.ledgers[-1], ApprovalSettings(), time.time)

    def recorded(self, kind: type[Any]) -> list[Any]:
        return [one.body for one in self.ledgers[0].read() if isinstance(one.body, kind)]


@pytest.fixture(params=["sqlite", pytest.param("emulated DynamoDB", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        store: ApprovalStore = SqliteApprovals(Database(tmp_path / "oversight.sqlite"))
    else:
        store = DynamoApprovals(*make_table(request))
    place = Place(tmp_path, store)
    yield place
    for ledger in place.ledgers:
        ledger.close()
    assert verify(tmp_path / "ledger").code == 0


def allowed(call: ApprovalRequested) -> Decision:
    parts: dict[str, Any] = {"principal": {}, "resource": {}, "context": {"asker": {}}}
    where = {"action": "approve", "query": call.query, "input": CALL, "input_sha256": call.call_sha256}
    made = {"outcome": "allow", "policies": (), "reason": "", "policies_sha256": "0" * 64, "schema_sha256": "0" * 64}
    return Decision(accounts=("1",), **where, **parts, **made)


def approve(approvals: Approvals, by: Principal = CARLA) -> History:
    return approvals.decide("a-1", by, "approve", "", allowed)


def dies(monkeypatch: pytest.MonkeyPatch, kind: type[Any], after: bool = False) -> None:
    """The process that records a `kind` next dies before it is recorded, or right after."""
    append = Ledger.append

    def append_or_die(self: Ledger, record: Record, wait: bool = True) -> int:
        if isinstance(record.body, kind):
            monkeypatch.undo()
            if after:
                append(self, record, wait)
            raise Dead
        return append(self, record, wait)

    monkeypatch.setattr(Ledger, "append", append_or_die)


def test_who_dies_before_the_record_decided_nothing_and_anybody_can(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(monkeypatch, ApprovalDecided)
    with pytest.raises(Dead):
        approve(place.fresh())
    later = place.fresh()
    assert later.history("a-1").state == "pending", "no decision without its record"
    assert approve(later, DIRK).state == "approved"
    [decided] = place.recorded(ApprovalDecided)
    assert decided.approver == "dirk" and later.consume("a-1").outcome == "approved"


def test_who_dies_after_the_record_decided_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    dies(monkeypatch, ApprovalDecided, after=True)
    with pytest.raises(Dead):
        approve(place.fresh())
    later = place.fresh()
    with pytest.raises(ApprovalError, match="was approved by carla"):
        later.decide("a-1", DIRK, "deny", "", allowed)
    assert later.consume("a-1").outcome == "approved" and len(place.recorded(ApprovalDecided)) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before the record", "after the record"])
def test_who_dies_while_it_is_used_up_used_it_only_if_the_ledger_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    approve(place.fresh())
    dies(monkeypatch, ApprovalConsumed, after)
    with pytest.raises(Dead):
        place.fresh().consume("a-1")
    later = place.fresh()
    if after:
        with pytest.raises(ApprovalError, match="used, already"):
            later.consume("a-1")
    else:
        assert later.history("a-1").state == "approved" and later.consume("a-1").outcome == "approved"
        later.keep_answer("a-1", ASKER.id, {"text": "12"})
        assert later.answer("a-1") == {"text": "12"}
    assert len(place.recorded(ApprovalConsumed)) == 1


def test_two_who_may_decide_at_once_leave_one_decision_and_the_other_hears_which(place: Place) -> None:
    both = threading.Barrier(2, timeout=10)

    def at_once(call: ApprovalRequested) -> Decision:
        both.wait()
        return allowed(call)

    def say(by: Principal, approvals: Approvals) -> str:
        try:
            return approvals.decide("a-1", by, "approve", "", at_once).outcome
        except ApprovalError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(say, by, place.fresh()) for by in (CARLA, DIRK)]
        heard = [one.result() for one in said]
    [decided] = place.recorded(ApprovalDecided)
    assert all(f"was approved by {decided.approver}" in one for one in heard)
    assert sum("cannot be decided any more" in one for one in heard) == 1
