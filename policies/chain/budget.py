"""Before a model call: may it still be paid for? What it may take is held before the call and settled after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.halting import exhausted, off_loop
from policies.oversight import Exhausted, Lease
from policies.turn import Turn

if TYPE_CHECKING:
    from strands.hooks.events import AfterModelCallEvent, BeforeModelCallEvent
    from strands.interventions import Transform

_BYTES_A_TOKEN = 2
"""Fewer than any tokenizer needs for prose, names or JSON, so that a hold is more than the call will take."""
_WRITTEN = 4_096
"""Tokens that a model may write when its settings do not say."""


class BudgetHandler(InterventionHandler):
    """Before a model call: may it still be paid for?"""

    name = "budget"

    def __init__(self, turn: Turn, model: str) -> None:
        self._turn, self._model = turn, model
        self._lease: Lease | None = None
        self._fixed = 0
        """Bytes of what is sent again with every call: the prompt and the queries."""

    async def before_model_call(self, event: BeforeModelCallEvent, **_: object) -> Proceed | Deny:
        if self._turn.halted:
            return Deny(reason=self._turn.halted)
        if self._model == "offline":
            return Proceed(reason="no language model is called")
        self._fixed = self._fixed or _size(event.agent.system_prompt, event.agent.tool_registry.get_all_tool_specs())
        given = (self._fixed + _size(event.agent.messages)) // _BYTES_A_TOKEN
        settings: Any = event.agent.model.get_config()
        written = int(settings.get("max_tokens") or _WRITTEN)
        who = self._turn.principal
        budgets = self._turn.oversight.budgets
        held = await off_loop(budgets, budgets.model_call, who.id, who.role, self._model, given, written)
        if isinstance(held, Exhausted):
            return Deny(reason=exhausted(self._turn, held))
        self._lease = held
        return Proceed()

    async def after_model_call(self, event: AfterModelCallEvent, **_: object) -> Proceed | Transform:
        lease, response = self._lease, event.stop_response
        if lease is not None and response is not None:  # a call that failed may have been billed: its hold expires
            usage: Mapping[str, Any] = (response.message.get("metadata") or {}).get("usage") or {}
            given, written = int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0))
            budgets = self._turn.oversight.budgets
            await off_loop(budgets, lease.settle, given + written, budgets.prices.tokens(self._model, given, written))
            self._lease = None
        return Proceed()


def _size(*parts: Any) -> int:
    """Bytes as JSON."""
    return sum(len(json.dumps(part, default=str, ensure_ascii=False).encode()) for part in parts)
