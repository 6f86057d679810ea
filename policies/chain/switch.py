"""Before a model call and before a query call: has somebody stopped this?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.halting import off_loop, stopped
from policies.turn import Attempt, Turn
from tools.catalogue import queries

if TYPE_CHECKING:
    from strands.hooks.events import BeforeModelCallEvent, BeforeToolCallEvent


class SwitchHandler(InterventionHandler):
    """Before a model call and before a query call: has somebody stopped this?"""

    name = "switch"

    def __init__(self, turn: Turn, specialist: str) -> None:
        self._turn, self._specialist = turn, specialist

    async def before_model_call(self, event: BeforeModelCallEvent, **_: object) -> Proceed | Deny:
        said = await off_loop(self._turn.oversight.switch, stopped, self._turn, domain=self._specialist)
        return Deny(reason=said) if said else Proceed()

    async def before_tool_call(self, event: BeforeToolCallEvent, **_: object) -> Proceed | Deny:
        name, given = str(event.tool_use["name"]), event.tool_use["input"]
        switch, query = self._turn.oversight.switch, queries().get(name)
        said = await off_loop(switch, stopped, self._turn, domain=self._specialist, query=query)
        if not said:
            return Proceed()
        self._turn.attempts.append(Attempt(name, dict(given) if isinstance(given, dict) else {}, "denied", said))
        return Deny(reason=said)
