"""governed_call: the one way a query runs, whoever asks for it. Gate, then intent, then AWS, then facts on record."""

from __future__ import annotations

import math
from typing import Any

from policies.access import ApprovalNeededError, Circumstances, Decision, DeniedError, call_sha256, hour_of
from policies.access.replay import to_record
from policies.access.scope import looked_at, narrowed
from policies.audit import LimitReached, QueryCalled, QueryFailed, QueryMore, QueryReturned, SightResolved
from policies.guarded import masked_inputs, refuse_secrets
from policies.guardrails import clean_and_mask, from_estate
from policies.halting import hold_query
from policies.oversight import Lease, LimitReachedError
from policies.turn import Attempt, Outcome, Turn
from tools.accounts import Directory
from tools.catalogue import find
from tools.errors import InputError, RegentError
from tools.estates import Estate
from tools.facts import FactBook, QueryResult, as_plain, plain_sha256
from tools.registry import Query
from tools.running import Ran, Sent, run_query

_RECEIPTS_IN_ONE, _FACTS_IN_ONE = 40, 40
"""How many of each one record holds: well under the ledger's 64 KiB."""


def decide(turn: Turn, query_name: str, given: dict[str, Any]) -> Decision:
    """Let the gate decide one call and record the decision before it is returned.

    Raises:
        InputError: the inputs are not the query's; there is no call to decide.
        LedgerError: the decision could not be recorded.
    """
    query = find(query_name)
    refuse_secrets(query_name, given)
    parsed = narrowed(turn.principal, query, query.parse(given))
    approved = call_sha256(query.name, parsed) in turn.approved
    decision = turn.gate.decide(
        turn.principal, query, parsed, turn.everyone, circumstances(turn, approved=approved), turn.estate.regions
    )
    turn.record(
        f"query:{query.name}",
        to_record(decision, personal_data=about_persons(turn, query)),
        # a permit becomes durable together with the intent, which is recorded before anything is sent
        wait=not decision.allowed,
    )
    if not decision.allowed:
        outcome: Outcome = "denied" if decision.outcome == "deny" else "needs_approval"
        turn.attempts.append(Attempt(query.name, parsed, outcome, decision.reason))
    return decision


def circumstances(turn: Turn, *, approved: bool) -> Circumstances:
    """What the gate knows about the turn at this moment, beside who asks and what."""
    return Circumstances(
        channel=turn.channel,
        assurance=turn.principal.assurance,
        hour=hour_of(turn.estate.clock()),
        calls=turn.meter.query_calls,
        spent_cents=math.ceil(turn.aws_cost_usd * 100),
        spent_tokens=turn.tokens,
        reason=turn.reason,
        approved=approved,
    )


def sight_of(directory: Directory, estate: Estate) -> SightResolved:
    """The record of what a query is given to look at."""
    return SightResolved(
        accounts=[account.model_dump(exclude_defaults=True) for account in directory.accounts],
        payer=directory.payer.model_dump(exclude_defaults=True),
        complete=directory.complete,
        where=directory.where,
        regions=list(estate.regions),
        currency=estate.currency,
        source=estate.source,
    )


def about_persons(turn: Turn, query: Query) -> bool:
    """Whether a call's inputs and facts are about persons, and so sealed: also what is derived from such facts.

    Facts of another query are sealed too when its result names somebody (`tools.facts.Facts.names_people`).
    """
    turn.personal |= query.personal_data
    return query.personal_data or (turn.personal and query.reach == "facts")


def governed_call(turn: Turn, query_name: str, given: dict[str, Any], book: FactBook) -> QueryResult:
    """Run one query for the turn's principal; its facts get ids in `book`.

    A decision made a moment ago for this very call (same query, same inputs) is used once; otherwise the gate is asked
    here.

    Raises:
        DeniedError: the gate said no.
        ApprovalNeededError: a second person has to approve it first.
        InputError: the inputs cannot be used; the sentence is for whoever called.
        LimitReachedError: the question has used up its calls or its time, or the kill switch or a budget stopped it.
        AwsCallError: AWS failed everywhere it was asked.
        LedgerError, ReceiptError: a step could not be recorded; the turn must end.
    """
    query = find(query_name)
    try:
        parsed = narrowed(turn.principal, query, query.parse(given))
        decision = turn.take_permit(call_sha256(query.name, parsed)) or decide(turn, query_name, given)
        if not decision.allowed:
            kind = DeniedError if decision.outcome == "deny" else ApprovalNeededError
            raise kind(decision.reason)
        meter_query(turn)
        lease = hold_query(turn, query, parsed)
        with turn.calling():
            return _run(turn, query, parsed, decision, book, lease)
    except InputError as error:
        _failed(turn, query, given, "refused", error)
        raise
    except (DeniedError, LimitReachedError):
        raise  # already on record
    except RegentError as error:
        _failed(turn, query, given, "failed", error)
        raise


def meter_query(turn: Turn) -> None:
    """Count one query call against the question's limits.

    Raises:
        LimitReachedError: there is nothing left; the refusal is on record.
    """
    refused = turn.meter.query_call()
    if refused:
        turn.stopped = refused
        turn.record("system:limits", LimitReached(limit="query calls", value=turn.meter.limits.query_calls))
        raise LimitReachedError(refused)


def _run(
    turn: Turn, query: Query, parsed: dict[str, Any], decision: Decision, book: FactBook, lease: Lease | None
) -> QueryResult:
    now, directory, resolved = turn.estate.clock(), turn.sight, None
    given_to = looked_at(turn.principal, query, parsed, turn.everyone)
    if given_to.where:
        directory = given_to
        resolved = turn.record("system:scope", sight_of(directory, turn.estate), wait=False)
    intent = turn.record(
        f"query:{query.name}",
        QueryCalled(
            query=query.name,
            input=parsed,
            input_sha256=decision.input_sha256,
            accounts=list(decision.accounts),
            now=now.isoformat(),
            fresh=turn.fresh,
            sight=resolved,
            personal_data=about_persons(turn, query),
        ),
    )
    turn.use_approval(decision.input_sha256)
    turn.progress({"event": "query.started", "query": query.name, "input": parsed})
    sent = Sent()
    try:
        ran = run_query(
            query,
            parsed,
            estate=turn.estate,
            directory=directory,
            book=book,
            store=turn.store,
            now=now,
            memory=turn.memory,
            clean=from_estate,
            sent=sent,
        )
    except RegentError:
        _keep_sent(turn, query, sent, intent)  # a name that is not known was looked up all the same
        raise
    finally:
        cost = turn.oversight.budgets.prices.asked(sent.asked)
        if lease is not None:
            lease.settle(0, cost)
        turn.paid(cost)
        turn.saw(sent.receipts.values())
    _keep(turn, query, parsed, ran, intent)
    turn.progress({"event": "query.finished", "query": query.name, "milliseconds": ran.milliseconds})
    return ran.result


def _keep(turn: Turn, query: Query, parsed: dict[str, Any], ran: Ran, intent: int) -> None:
    turn.personal |= ran.result.names_people
    personal = about_persons(turn, query) or ran.result.names_people
    receipts = [receipt.model_dump(mode="json") for receipt in ran.receipts]
    facts = as_plain(ran.result.facts)
    digest = plain_sha256(facts)
    while len(receipts) > _RECEIPTS_IN_ONE or len(facts) > _FACTS_IN_ONE:
        more = QueryMore(
            query=query.name,
            intent=intent,
            receipts=receipts[:_RECEIPTS_IN_ONE],
            facts=facts[:_FACTS_IN_ONE],
            personal_data=personal,
        )
        turn.record(f"query:{query.name}", more, wait=False)
        receipts, facts = receipts[_RECEIPTS_IN_ONE:], facts[_FACTS_IN_ONE:]
    turn.record(
        f"query:{query.name}",
        QueryReturned(
            query=query.name,
            intent=intent,
            receipts=receipts,
            facts=facts,
            facts_sha256=digest,
            incomplete="; ".join(ran.result.incomplete) or None,
            duration_ms=round(ran.milliseconds, 3),
            personal_data=personal,
        ),
        wait=False,  # durable with the next decision or with the delivery: nothing leaves before that
    )
    turn.attempts.append(Attempt(query.name, parsed, "returned", ran.result.read_as, ran.result))


def _keep_sent(turn: Turn, query: Query, sent: Sent, intent: int) -> None:
    """Put on record what a call that failed had asked AWS for."""
    receipts = [receipt.model_dump(mode="json") for receipt in sent.receipts.values()]
    for at in range(0, len(receipts), _RECEIPTS_IN_ONE):
        some = receipts[at : at + _RECEIPTS_IN_ONE]
        turn.record(f"query:{query.name}", QueryMore(query=query.name, intent=intent, receipts=some), wait=False)


def _failed(turn: Turn, query: Query, given: dict[str, Any], outcome: Any, error: RegentError) -> None:
    said = clean_and_mask(str(error))  # it may quote AWS, or an input
    turn.attempts.append(Attempt(query.name, masked_inputs(given), outcome, said))
    turn.record(
        f"query:{query.name}",
        QueryFailed(
            query=query.name,
            error=type(error).__name__,
            message=said,
            personal_data=about_persons(turn, query),  # an error names the candidates, which may be persons
        ),
        wait=False,
    )
    turn.progress({"event": "query.failed", "query": query.name, "message": said})
