"""The outcome of a turn, read from its decisions: status, reasons and calls. Never from what a model wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents import wording
from agents.answer import PrincipalShown, QueryMade, Status
from policies.guarded import hidden_attempt
from tools.errors import RegentError

if TYPE_CHECKING:
    from policies.access import Principal
    from policies.turn import Turn
    from tools.facts import QueryResult


def status_of(turn: Turn) -> Status:
    """The status so far, from what became of the query calls: never from what a model wrote."""
    outcomes = [attempt.outcome for attempt in turn.attempts]
    if "needs_approval" in outcomes:
        return "needs_approval"
    if "returned" in outcomes:
        return "answered"
    if "denied" in outcomes:
        return "denied"
    if "failed" in outcomes:
        return "error"
    return "unanswerable"


def why(turn: Turn) -> str:
    """Why nothing came back, in the words of what said no: waits for approval and denials first."""
    for outcome in ("needs_approval", "denied", "failed", "refused"):
        said = [attempt.said for attempt in turn.attempts if attempt.outcome == outcome]
        if said:
            return wording.not_answered(outcome, said)
    return wording.not_answered("failed", [])


def queries_made(turn: Turn) -> tuple[QueryMade, ...]:
    """The query calls that were tried, as an answer lists them."""
    words: dict[str, Any] = {"returned": "allow", "denied": "deny", "needs_approval": "needs_approval"}
    return tuple(QueryMade(name=a.query, input=a.input, decision=words.get(a.outcome, "error")) for a in turn.attempts)


def results_of(turn: Turn) -> tuple[QueryResult, ...]:
    """What the queries returned, as far as the guard lets it be seen."""
    shown = (hidden_attempt(turn, attempt).result for attempt in turn.attempts)
    return tuple(result for result in shown if result)


def principal_shown(principal: Principal) -> PrincipalShown:
    """Who asked, as an answer says it."""
    return PrincipalShown(id=principal.id, role=principal.role, assurance=principal.assurance)


def cause_of(error: BaseException) -> BaseException:
    """The error that a framework wrapped, if it wrapped one of ours."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RegentError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return error
