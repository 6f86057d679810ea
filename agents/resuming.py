"""Resuming: an approval is used up, and then the paused run goes on as its asker; its answer is kept for the asker."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from agents.answer import Answer
from agents.pausing import PausedRun
from policies.audit.bodies import ApprovalResumed
from policies.halting import StoppedError
from policies.oversight import ApprovalError, Consumed, NotInChargeError, halted
from tools.catalogue import find
from tools.facts import QueryResult

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.access import Principal
    from policies.turn import Turn

_NOT_THEIRS = "Only the person who asked, verified as they were then, may go on with this, or read its answer."


def paused_run(desk: Desk, approval: str) -> PausedRun:
    """The run that waits for this approval. ApprovalError when it was not paused on this estate and model."""
    run = PausedRun.model_validate(desk.oversight.approvals.content(approval))
    if (run.estate, run.model) != (desk.estate.source, desk.maker.name):
        raise ApprovalError(
            f"The run was paused on the estate {run.estate} with the model {run.model}; resume it there."
        )
    return run


def asked_by(desk: Desk, approval: str) -> Principal:
    """Who asked, as they were verified then. ApprovalError when that was forgotten."""
    from policies.access import Principal

    return Principal.model_validate(desk.oversight.approvals.content(approval)["asker"])


def kept_answer(desk: Desk, approval: str, asker: Principal) -> Answer | None:
    """The answer of a run that went on already, for its asker only.

    Raises:
        NotInChargeError: it is somebody else's, or the asker was verified then and is not now.
        ApprovalError: there is no such approval.
    """
    known = desk.oversight.approvals.history(approval)
    if known.asker != asker.id or not asker.stands_for(asked_by(desk, approval)):
        raise NotInChargeError(_NOT_THEIRS)
    kept = desk.oversight.approvals.answer(approval)
    if kept is None:
        return None
    results = tuple(QueryResult.model_validate(one) for one in kept.pop("results"))
    for figure in kept["figures"]:
        if isinstance(figure["value"], float):  # it was a Decimal of two places, and is one again
            figure["value"] = Decimal(str(figure["value"])).quantize(Decimal("0.01"))
    return Answer.model_validate(kept).model_copy(update={"results": results})


def take_up(desk: Desk, approval: str, asker: Principal) -> tuple[PausedRun, Consumed]:
    """Use the approval up, for its asker (see `kept_answer`).

    Whatever can be looked at before, is: a used approval does not come back.

    Raises:
        ApprovalError, NotInChargeError, StoppedError: see `Desk.resume`.
    """
    run, known = paused_run(desk, approval), desk.oversight.approvals.history(approval)
    if known.asker != asker.id or not asker.stands_for(run.asker):
        raise NotInChargeError(_NOT_THEIRS)
    call = known.call
    query = find(call.query)
    stop = halted(desk.oversight.switch, asker.id, domain=query.domain, query=query.name)
    if stop is not None:
        raise StoppedError(f"{stop.sentence} The approval is not used up.")
    return run, desk.oversight.approvals.consume(approval)


def allow(turn: Turn, used: Consumed) -> None:
    """Put on record that the run goes on, and let the turn know what became of the call that waited."""
    turn.record(
        "system:approval",
        ApprovalResumed(
            approval=used.call.approval,
            consumed=used.index,
            call_sha256=used.call.call_sha256,
            outcome=used.outcome,
            personal_data=used.call.personal_data,
        ),
    )
    if used.outcome == "approved":
        turn.approved = frozenset({used.call.call_sha256})
    else:
        turn.turned_down[used.call.call_sha256] = used.said


def keep_answer(desk: Desk, approval: str, asker: Principal, answer: Answer) -> None:
    """Keep the answer, sealed, for its asker."""
    results = [one.model_dump(mode="json") for one in answer.results]
    desk.oversight.approvals.keep_answer(approval, asker.id, {**answer.to_json(), "results": results})
