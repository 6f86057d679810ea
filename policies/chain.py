"""The chain: the ordered list of Strands intervention handlers that every specialist is built with.

Made in one place. Each handler records its own decision before it returns it, because a Deny skips the handlers behind
it, and a handler that crashes ends the turn (`on_error` is always `throw`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.access import DeniedError
from policies.audit import LimitReached, ModelCalled
from policies.governed import decide
from policies.turn import Attempt, Turn
from tools.catalogue import queries
from tools.errors import InputError

if TYPE_CHECKING:
    from strands.hooks.events import AfterModelCallEvent, BeforeModelCallEvent, BeforeToolCallEvent
    from strands.interventions import Transform


def chain(turn: Turn, specialist: str, model: str) -> list[InterventionHandler]:
    """The handlers for one specialist of one turn, in the order in which they decide."""
    return [LimitsHandler(turn), GateHandler(turn), ModelRecorder(turn, specialist, model)]


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


class GateHandler(InterventionHandler):
    """Before a query call: may this principal run it with these inputs?"""

    name = "gate"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    def before_tool_call(self, event: BeforeToolCallEvent, **_: object) -> Proceed | Deny:
        name, given = str(event.tool_use["name"]), event.tool_use["input"]
        if name not in queries() or event.selected_tool is None:
            self._turn.attempts.append(Attempt(name, {}, "refused", f"There is no query {name!r}."))
            return Deny(reason=f"There is no query {name!r}.")
        if not isinstance(given, dict):
            self._turn.attempts.append(Attempt(name, {}, "refused", "The inputs are not a JSON object."))
            return Deny(reason=f"The inputs of {name} must be a JSON object.")
        try:
            decision = decide(self._turn, name, given)
        except InputError as error:
            self._turn.attempts.append(Attempt(name, dict(given), "refused", str(error)))
            return Deny(reason=str(error))
        except DeniedError as error:
            return Deny(reason=str(error))
        if not decision.allowed:
            return Deny(reason=decision.reason)
        self._turn.permit(decision)
        return Proceed(reason=decision.reason)


class ModelRecorder(InterventionHandler):
    """After a model call: who was called, and how many tokens it took."""

    name = "model-recorder"

    def __init__(self, turn: Turn, specialist: str, model: str) -> None:
        self._turn, self._specialist, self._model = turn, specialist, model

    def after_model_call(self, event: AfterModelCallEvent, **_: object) -> Proceed | Transform:
        response = event.stop_response
        usage: Mapping[str, Any] = (response.message.get("metadata") or {}).get("usage") or {} if response else {}
        self._turn.record(
            f"agent:{self._specialist}",
            ModelCalled(
                specialist=self._specialist,
                model=self._model,
                input_tokens=int(usage.get("inputTokens", 0)),
                output_tokens=int(usage.get("outputTokens", 0)),
                stop_reason=str(response.stop_reason) if response else type(event.exception).__name__,
            ),
            wait=False,
        )
        return Proceed()
