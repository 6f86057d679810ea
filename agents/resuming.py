"""Resuming: an approval is used up, and then the paused run goes on as its asker; its answer is kept for the asker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agents.answer import Answer
from agents.pausing import PausedRun, RunOf
from policies.audit.bodies import ApprovalResumed
from policies.halting import StoppedError
from policies.oversight import ApprovalError, Approvals, Consumed, NotInChargeError, UnknownApprovalError, halted
from tools.catalogue import find

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.access import Principal
    from policies.oversight.approvals import Wanted
    from policies.turn import Turn

_NOT_THEIRS = "Only the person who asked, verified as they were then, may go on with this, or read its answer."


def paused_run(desk: Desk, approval: str) -> PausedRun:
    """The run that waits for this approval. ApprovalError when it was not paused on this estate and model."""
    run = PausedRun.model_validate(desk.oversight.approvals.content(approval))
    check_place(desk, run)
    return run


def check_place(desk: Desk, run: RunOf) -> None:
    """ApprovalError when the run was not paused on this estate and model."""
    if (run.estate, run.model) != (desk.estate.source, desk.maker.name):
        raise ApprovalError(
            f"The run was paused on the estate {run.estate} with the model {run.model}; resume it there."
        )


def run_of(approvals: Approvals, approval: str) -> RunOf:
    """Whose run it is, as they were verified then, and where. ApprovalError when that was forgotten."""
    kept = approvals.kept(approval)
    try:
        return RunOf.model_validate({part: kept.get(part) for part in RunOf.model_fields})
    except ValueError as error:
        raise ApprovalError(f"What was kept of the approval {approval} does not say whose it is.") from error


@contextmanager
def tries_on_record(desk: Desk, approval: str, by: Principal, wanted: Wanted) -> Iterator[None]:
    """Whoever wants in here what is not theirs, or what nobody knows, is refused on record: ids can be gone through."""
    try:
        yield
    except (NotInChargeError, UnknownApprovalError) as error:
        desk.oversight.approvals.refused(approval, by, wanted, str(error))
        raise


def kept_answer(desk: Desk, approval: str, asker: Principal) -> Answer | None:
    """The answer of a run that went on already, for its asker only.

    Raises:
        NotInChargeError: it is somebody else's, or the asker was verified then and is not now.
        ApprovalError: there is no such approval.
    """
    with tries_on_record(desk, approval, asker, "resume"):
        known = desk.oversight.approvals.history(approval)
        if known.asker != asker.id or not asker.stands_for(run_of(desk.oversight.approvals, approval).asker):
            raise NotInChargeError(_NOT_THEIRS)
    kept = desk.oversight.approvals.answer(approval)
    if kept is None:
        return None
    return Answer.from_json({part: value for part, value in kept.items() if part not in RunOf.model_fields})


def take_up(desk: Desk, approval: str, asker: Principal) -> tuple[PausedRun, Consumed]:
    """Use the approval up, for its asker (see `kept_answer`).

    Whatever can be looked at before, is: a used approval does not come back.

    Raises:
        ApprovalError, NotInChargeError, StoppedError: see `Desk.resume`.
    """
    run, known = paused_run(desk, approval), desk.oversight.approvals.history(approval)
    with tries_on_record(desk, approval, asker, "resume"):
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


def keep_answer(desk: Desk, approval: str, run: RunOf, answer: Answer) -> None:
    """Keep the answer in the place of its run, sealed, for the asker."""
    whose = run.model_dump(mode="json", include=set(RunOf.model_fields))
    desk.oversight.approvals.keep_answer(approval, run.asker.id, {**answer.to_json(results=True), **whose})
