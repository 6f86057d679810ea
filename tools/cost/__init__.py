"""Cost: what the estate costs, why it changed, what is wasted and committed. Importing it declares the queries."""

from tools.cost import change as _change
from tools.cost import spend as _spend

__all__ = ["_change", "_spend"]
