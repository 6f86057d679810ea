"""Before a model call: does the question have model calls and time left?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.audit import LimitReached
from policies.turn import Turn

if TYPE_CHECKING:
    from strands.hooks.events import BeforeModelCallEvent


class LimitsHandler(InterventionHandler):
    """Before a model call: does the question have model calls and time left?"""

    name = "limits"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def before_model_call(self, event: BeforeModelCallEvent, **_: object) -> Proceed | Deny:
        if self._turn.broken is not None:
            raise self._turn.broken
        refused = self._turn.stopped or self._turn.meter.model_call()
        if not refused:
            return Proceed()
        if self._turn.stopped is None:
            self._turn.stopped = refused
            self._turn.record(
                "system:limits", LimitReached(limit="model calls", value=self._turn.meter.limits.model_calls)
            )
        return Deny(reason=refused)
