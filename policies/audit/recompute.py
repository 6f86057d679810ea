"""Recompute: derive every fact of a question again, offline, from the stored AWS responses.

Each query runs once more with its recorded inputs, clock and accounts; what AWS answered then is served from the
receipt store, and nothing reaches the network. A changed response, receipt or fact is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from policies.audit.ledger import Ledger
from policies.audit.records import QueryCalled, QueryReturned, SightResolved, StoredRecord
from policies.guardrails import clean_and_mask
from tools.accounts import Account, Directory
from tools.catalogue import find
from tools.errors import RegentError
from tools.facts import Fact, FactBook, facts_sha256
from tools.offline import offline_estate
from tools.receipts import Receipt, ReceiptStore
from tools.running import run_query
from tools.wire import Replay


class Recomputed(BaseModel):
    """One query call of a question, recomputed. `faults` is empty when every fact came out the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    query: str
    facts: int
    receipts: int
    faults: tuple[str, ...]


def recompute(ledger: Ledger, question: str, store: ReceiptStore) -> tuple[Recomputed, ...]:
    """Recompute all query calls of one question, in order.

    Raises:
        RegentError: the question has no records, or they do not say enough to run its queries again.
    """
    records = [stored for stored in ledger.read(0, None) if stored.record.question == question]
    if not records:
        raise RegentError(f"The ledger has no question {question!r}; `regent audit search` lists them.")
    sight = next((r.body for r in records if isinstance(r.body, SightResolved)), None)
    known: list[Fact] = []
    done = []
    for called, returned in _pairs(records):
        if sight is None:
            raise RegentError(f"The records of {question} do not say which accounts were in sight.")
        one = _one(called, returned, sight, known, store)
        done.append(one)
    return tuple(done)


def _one(
    called: QueryCalled, returned: StoredRecord, sight: SightResolved, known: list[Fact], store: ReceiptStore
) -> Recomputed:
    body = returned.body
    assert isinstance(body, QueryReturned)
    faults: list[str] = []
    recorded: tuple[Fact, ...] = ()
    receipts: list[Receipt] = []
    try:
        recorded = tuple(Fact.model_validate(fact) for fact in body.facts)
        receipts = [Receipt.model_validate(receipt) for receipt in body.receipts]
        if facts_sha256(recorded) != body.facts_sha256:
            faults.append("the recorded facts do not have the recorded hash")
        for receipt in receipts:
            store.get(receipt)
        again = _run(called, sight, recorded, known, receipts, store)
        faults += _differences(recorded, again)
    except (RegentError, ValueError) as error:
        faults.append(str(error))
    known.extend(recorded)
    return Recomputed(
        index=returned.index, query=body.query, facts=len(recorded), receipts=len(receipts), faults=tuple(faults)
    )


def _run(
    called: QueryCalled,
    sight: SightResolved,
    recorded: tuple[Fact, ...],
    known: list[Fact],
    receipts: list[Receipt],
    store: ReceiptStore,
) -> tuple[Fact, ...]:
    numbers = [int(fact.id[1:]) for fact in recorded] or [1]
    step = numbers[1] - numbers[0] if len(numbers) > 1 else 1
    directory = Directory(
        [Account.model_validate(account) for account in sight.accounts],
        Account.model_validate(sight.payer),
        complete=sight.complete,
    )
    ran = run_query(
        find(called.query),
        called.input,
        estate=offline_estate(sight.source, directory.payer, tuple(sight.regions), sight.currency),
        directory=directory,
        book=FactBook(first=numbers[0], step=step, known=known),
        store=store,
        now=datetime.fromisoformat(called.now),
        memory=Replay(receipts, store.get),
        clean=clean_and_mask,
    )
    return ran.result.facts


def _differences(recorded: tuple[Fact, ...], again: tuple[Fact, ...]) -> list[str]:
    if len(recorded) != len(again):
        return [f"{len(recorded)} facts are recorded, {len(again)} come out"]
    found = []
    for was, now in zip(recorded, again, strict=True):
        if was.model_dump(mode="json") != now.model_dump(mode="json"):
            found.append(
                f"{was.id} ({was.label}) is recorded as {was.value} {was.unit}, recomputed {now.value} {now.unit}"
            )
    return found


def _pairs(records: list[StoredRecord]) -> Iterator[tuple[QueryCalled, StoredRecord]]:
    """Each returned query with the intent it answers: the latest unanswered one of the same query."""
    waiting: dict[str, list[QueryCalled]] = {}
    for stored in records:
        body: Any = stored.body
        if isinstance(body, QueryCalled):
            waiting.setdefault(body.query, []).append(body)
        elif isinstance(body, QueryReturned):
            if not waiting.get(body.query):
                raise RegentError(f"Record {stored.index} returns {body.query}, which was never called.")
            yield waiting[body.query].pop(0), stored
