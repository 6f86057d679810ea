"""Recompute: derive every fact of a question again, offline, from the stored AWS responses.

Each query runs once more with its recorded inputs, clock and accounts; what AWS answered then is served from the
receipt store, and nothing reaches the network. A changed response, receipt or fact is found.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from policies.audit.bodies import QueryCalled, QueryMore, QueryReturned, SightResolved
from policies.audit.erasure import sealed_shut
from policies.audit.ledger import Ledger
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord
from policies.audit.vault import Vault
from policies.guardrails import from_estate
from tools.accounts import Account, Directory
from tools.catalogue import find
from tools.errors import RegentError
from tools.facts import Fact, FactBook, facts_sha256
from tools.offline import offline_estate
from tools.receipts import Receipt, ReceiptStore
from tools.running import run_query
from tools.wire import Replay


class Recomputed(BaseModel):
    """One query call of a question, recomputed. `faults` is empty when every fact came out the same.

    `erased`: its content was erased with a person, so that nothing can be said about it any more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    query: str
    facts: int
    receipts: int
    faults: tuple[str, ...]
    erased: bool = False


def recompute(
    ledger: Ledger | Reader, question: str, store: ReceiptStore, first: int = 0, last: int | None = None
) -> tuple[Recomputed, ...]:
    """Recompute all query calls of one question, in order. Its records lie between `first` and `last`, inclusive.

    Raises:
        RegentError: the question has no records, or they do not say enough to run its queries again.
    """
    records = [stored for stored in ledger.read(first, last) if stored.record.question == question]
    if not records:
        raise RegentError(f"The ledger has no question {question!r}; `regent audit search` lists them.")
    sight = next((stored.body for stored in records if isinstance(stored.body, SightResolved)), None)
    known: list[Fact] = []
    done = []
    for returned in records:
        if not isinstance(returned.body, QueryReturned):
            continue
        if sight is None:
            raise RegentError(f"The records of {question} do not say which accounts were in sight.")
        if _erased(returned.body, records, ledger.vault):
            body = returned.body
            one = Recomputed(index=returned.index, query=body.query, facts=0, receipts=0, faults=(), erased=True)
            done.append(one)
            continue
        done.append(_one(returned.index, returned.body, records, sight, known, store))
    return tuple(done)


def _erased(body: QueryReturned, records: list[StoredRecord], vault: Vault | None) -> bool:
    """Whether the key to the inputs or facts of this query call is gone."""
    parts = (
        r for r in records if r.body is body or r.index == body.intent or getattr(r.body, "intent", None) == body.intent
    )
    return vault is not None and any(sealed_shut(part.raw, vault) for part in parts)


def _one(
    index: int,
    body: QueryReturned,
    records: list[StoredRecord],
    sight: SightResolved,
    known: list[Fact],
    store: ReceiptStore,
) -> Recomputed:
    faults: list[str] = []
    recorded: tuple[Fact, ...] = ()
    receipts: list[Receipt] = []
    try:
        called = _intent(body, records)
        more = (r.body for r in records if isinstance(r.body, QueryMore))
        parts: list[QueryMore | QueryReturned] = [part for part in more if part.intent == body.intent]
        recorded = tuple(Fact.model_validate(fact) for part in [*parts, body] for fact in part.facts)
        receipts = [Receipt.model_validate(receipt) for part in [*parts, body] for receipt in part.receipts]
        if facts_sha256(recorded) != body.facts_sha256:
            faults.append("the recorded facts do not have the recorded hash")
        for receipt in receipts:
            store.get(receipt)
        own = next((r.body for r in records if r.index == called.sight and isinstance(r.body, SightResolved)), sight)
        faults += _differences(recorded, _run(called, own, recorded, known, receipts, store))
    except (RegentError, ValueError) as error:
        faults.append(str(error))
    known.extend(recorded)
    return Recomputed(index=index, query=body.query, facts=len(recorded), receipts=len(receipts), faults=tuple(faults))


def _intent(body: QueryReturned, records: list[StoredRecord]) -> QueryCalled:
    for stored in records:
        if stored.index == body.intent and isinstance(stored.body, QueryCalled) and stored.body.query == body.query:
            return stored.body
    raise RegentError(f"{body.query} names record {body.intent} as its intent, which is none of this question's.")


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
        where=sight.where,
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
        clean=from_estate,
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
