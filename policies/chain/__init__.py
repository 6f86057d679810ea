"""The chain: the ordered list of Strands intervention handlers that every specialist is built with.

Made in one place, one module per handler. Each handler records its own decision before it returns it, because a Deny
skips the handlers behind it, and a handler that crashes ends the turn (`on_error` is always `throw`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strands.interventions import InterventionHandler

    from policies.turn import Turn


def chain(turn: Turn, specialist: str, model: str) -> list[InterventionHandler]:
    """The handlers for one specialist of one turn, in the order in which they decide."""
    from policies.chain.approval import ApprovalHandler
    from policies.chain.budget import BudgetHandler
    from policies.chain.gate import GateHandler
    from policies.chain.guard import GuardHandler
    from policies.chain.limits import LimitsHandler
    from policies.chain.recorder import ModelRecorder
    from policies.chain.switch import SwitchHandler

    return [
        SwitchHandler(turn, specialist),
        LimitsHandler(turn),
        BudgetHandler(turn, model),
        GuardHandler(turn),
        GateHandler(turn),
        ApprovalHandler(turn),
        ModelRecorder(turn, specialist, model),
    ]
