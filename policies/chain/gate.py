"""Before a query call: may this principal run it with these inputs?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strands.interventions import Deny, InterventionHandler, Proceed
from strands.tools.tools import InvalidToolUseNameException, validate_tool_use

from policies.access import DeniedError
from policies.audit import QueryFailed
from policies.governed import about_persons, decide
from policies.guarded import masked_inputs
from policies.guardrails import clean_and_mask
from policies.turn import Attempt, Turn
from tools.catalogue import queries
from tools.errors import InputError

if TYPE_CHECKING:
    from strands.hooks.events import AfterModelCallEvent, BeforeToolCallEvent
    from strands.types.tools import ToolUse


class GateHandler(InterventionHandler):
    """Before a query call: may this principal run it with these inputs?"""

    name = "gate"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def after_model_call(self, event: AfterModelCallEvent, **_: object) -> Proceed:
        """A name that Strands does not take never becomes a call that `before_tool_call` sees: on record here."""
        message = event.stop_response.message if event.stop_response else None
        for block in message["content"] if message else ():
            called = block.get("toolUse")
            if called is not None and not _nameable(called):
                name = clean_and_mask(str(called.get("name")))[:64]
                self._refused(name, {}, f"There is no query {name!r}.", "NoSuchQuery")
        return Proceed(reason="Strands answers such a call with an error")

    def before_tool_call(self, event: BeforeToolCallEvent, **_: object) -> Proceed | Deny:
        name, given = str(event.tool_use["name"]), event.tool_use["input"]
        if name not in queries() or event.selected_tool is None:
            name = clean_and_mask(name)[:64]  # a model's text: it is shown and recorded
            return self._refused(name, {}, f"There is no query {name!r}.", "NoSuchQuery")
        if not isinstance(given, dict):
            return self._refused(name, {}, f"The inputs of {name} must be a JSON object.", "InputError")
        try:
            decision = decide(self._turn, name, given)
        except InputError as error:
            return self._refused(name, masked_inputs(given), clean_and_mask(str(error)), "InputError")
        except DeniedError as error:
            return Deny(reason=str(error))
        if decision.outcome == "needs_approval":
            self._turn.waiting[str(event.tool_use["toolUseId"])] = decision
            return Proceed(reason="the approval handler decides; without it governed_call refuses")
        if not decision.allowed:
            return Deny(reason=decision.reason)
        self._turn.permit(decision)
        return Proceed(reason=decision.reason)

    def _refused(self, name: str, given: dict[str, Any], said: str, error: str) -> Deny:
        """What is no call at all is refused, on record: a query of another specialist, an invented one, odd inputs."""
        self._turn.attempts.append(Attempt(name, given, "refused", said))
        query = queries().get(name)
        personal = query is not None and about_persons(self._turn, query)
        body = QueryFailed(query=name or "(none)", error=error, message=said, personal_data=personal)
        self._turn.record(f"query:{_word(name)}", body, wait=False)
        return Deny(reason=said)


def _nameable(called: ToolUse) -> bool:
    try:
        validate_tool_use(called)
    except InvalidToolUseNameException:
        return False
    return True


def _word(name: str) -> str:
    """A name as a record's actor takes it: without white space, never empty."""
    return "".join("-" if char.isspace() else char for char in name) or "none"
