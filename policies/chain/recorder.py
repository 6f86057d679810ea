"""After a model call: who was called, and how many tokens it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from strands.interventions import InterventionHandler, Proceed

from policies.audit import ModelCalled
from policies.turn import Turn

if TYPE_CHECKING:
    from strands.hooks.events import AfterModelCallEvent
    from strands.interventions import Transform


class ModelRecorder(InterventionHandler):
    """After a model call: who was called, and how many tokens it took."""

    name = "model-recorder"

    def __init__(self, turn: Turn, specialist: str, model: str) -> None:
        self._turn, self._specialist, self._model = turn, specialist, model

    def after_model_call(self, event: AfterModelCallEvent, **_: object) -> Proceed | Transform:
        response = event.stop_response
        usage: Mapping[str, Any] = (response.message.get("metadata") or {}).get("usage") or {} if response else {}
        given, written = int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0))
        self._turn.took_tokens(given, written)
        self._turn.record(
            f"agent:{self._specialist}",
            ModelCalled(
                specialist=self._specialist,
                model=self._model,
                input_tokens=given,
                output_tokens=written,
                stop_reason=str(response.stop_reason) if response else type(event.exception).__name__,
            ),
            wait=False,
        )
        return Proceed()
