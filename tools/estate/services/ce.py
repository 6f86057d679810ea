"""Cost Explorer: every answer is SQL over the line items; see ``tools.estate.cost``."""

from __future__ import annotations

from tools.estate.cost.usage import get_cost_and_usage
from tools.estate.request import Handler

OPERATIONS: dict[str, Handler] = {
    "GetCostAndUsage": get_cost_and_usage,
}
