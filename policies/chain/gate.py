"""Before a query call: may this principal run it with these inputs?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.access import DeniedError
from policies.governed import decide
from policies.guarded import masked_inputs
from policies.guardrails import clean_and_mask
from policies.turn import Attempt, Turn
from tools.catalogue import queries
from tools.errors import InputError

if TYPE_CHECKING:
    from strands.hooks.events import BeforeToolCallEvent


class GateHandler(InterventionHandler):
    """Before a query call: may this principal run it with these inputs?"""

    name = "gate"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def before_tool_call(self, event: BeforeToolCallEvent, **_: object) -> Proceed | Deny:
        name, given = str(event.tool_use["name"]), event.tool_use["input"]
        if name not in queries() or event.selected_tool is None:
            name = clean_and_mask(name)[:64]  # a model's text: it is shown and recorded
            self._turn.attempts.append(Attempt(name, {}, "refused", f"There is no query {name!r}."))
            return Deny(reason=f"There is no query {name!r}.")
        if not isinstance(given, dict):
            self._turn.attempts.append(Attempt(name, {}, "refused", "The inputs are not a JSON object."))
            return Deny(reason=f"The inputs of {name} must be a JSON object.")
        try:
            decision = decide(self._turn, name, given)
        except InputError as error:
            said = clean_and_mask(str(error))
            self._turn.attempts.append(Attempt(name, masked_inputs(given), "refused", said))
            return Deny(reason=said)
        except DeniedError as error:
            return Deny(reason=str(error))
        if decision.outcome == "needs_approval":
            self._turn.waiting[str(event.tool_use["toolUseId"])] = decision
            return Proceed(reason="the approval handler decides; without it governed_call refuses")
        if not decision.allowed:
            return Deny(reason=decision.reason)
        self._turn.permit(decision)
        return Proceed(reason=decision.reason)
