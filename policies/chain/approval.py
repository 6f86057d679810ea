"""Before a query call: what needs a second person pauses the run, by Strands' own interrupt.

The answer to an interrupt is never read. On resumption the gate decides again, and lets the call happen only if the
turn holds an approval of this very call, which comes from the ledger. So neither a model nor whoever holds the paused
session can answer an approval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.oversight import new_approval_id
from policies.turn import Turn

if TYPE_CHECKING:
    from strands.hooks.events import BeforeToolCallEvent


class ApprovalHandler(InterventionHandler):
    """Before a query call: what needs a second person pauses the run."""

    name = "approval"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def before_tool_call(self, event: BeforeToolCallEvent, **_: object) -> Proceed | Deny:
        decision = self._turn.waiting.pop(str(event.tool_use["toolUseId"]), None)
        if decision is None:
            return Proceed()
        said = self._turn.turned_down.get(decision.input_sha256)
        if said is not None:
            self._turn.settled(decision, said)
            return Deny(reason=said)
        # a name that never was: an interrupt of this name has no answer, so this raises and the run pauses
        call = {"query": decision.query, "input": decision.input, "accounts": list(decision.accounts)}
        event.interrupt(new_approval_id(), reason={**call, "call_sha256": decision.input_sha256})
        return Deny(reason="An approval is not given by answering an interrupt.")
