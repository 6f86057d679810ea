"""Approving: who may see, decide and go on with what waits, for people of this machine's principals file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from agents.resuming import check_place, run_of
from policies.access import Circumstances, Decision, Principal, hour_of
from policies.audit.bodies import ApprovalRequested
from policies.guardrails import for_the_record
from policies.oversight import History, UnknownApprovalError
from tools.catalogue import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.desk import Desk


def decide(
    desk: Desk,
    approval: str,
    by: Principal,
    verdict: Literal["approve", "deny"],
    reason: str,
    who: Callable[[Principal], Principal],
) -> tuple[History, Principal]:
    """Take a decision; what is on record of the approval now, and the asker as they are now.

    `who` looks the asker up again: their role and scope may have changed since.

    Raises:
        NotInChargeError, ApprovalError: see `policies.oversight.Approvals.decide`.
        UnknownPrincipalError: nobody knows the asker any more.
    """
    try:
        run = run_of(desk.oversight.approvals, approval)
    except UnknownApprovalError as error:
        desk.oversight.approvals.refused(approval, by, "decide", str(error))
        raise
    check_place(desk, run)
    asker = who(run.asker)
    said = for_the_record(reason) if reason else ""
    known = desk.oversight.approvals.decide(approval, by, verdict, said, lambda call: may(desk, call, by, asker, said))
    return known, asker


def may(desk: Desk, call: ApprovalRequested, by: Principal, asker: Principal, reason: str = "") -> Decision:
    """The gate's decision whether `by` may approve this call of `asker`; `reason` is masked already."""
    circumstances = Circumstances(assurance=by.assurance, hour=hour_of(desk.estate.clock()), reason=reason)
    units = by.units is not None or asker.units is not None or desk.gate.reads_units
    everyone = desk.estate.directory(desk.store, units=units)
    return desk.gate.may_approve(
        by, asker, find(call.query), dict(call.input), everyone, circumstances, desk.estate.regions
    )


def visible(desk: Desk, to: Principal, who: Callable[[Principal], Principal]) -> list[History]:
    """What `to` asked for, and what they may approve; the newest first."""
    return [known for known in desk.oversight.approvals.all() if may_see(desk, known, to, who)]


def may_see(desk: Desk, known: History, to: Principal, who: Callable[[Principal], Principal]) -> bool:
    """Whether `to` asked for this, or may approve it."""
    from policies.access import UnknownPrincipalError
    from policies.oversight import ApprovalError

    try:
        run = run_of(desk.oversight.approvals, known.approval)
        if known.asker == to.id and to.stands_for(run.asker):
            return True
        return may(desk, known.call, to, who(run.asker)).allowed
    except (ApprovalError, UnknownPrincipalError):
        return False
