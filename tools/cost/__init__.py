"""Cost: what the estate costs, why it changed, what is wasted and committed. Importing it declares the queries."""

from tools.cost import spend as _spend  # noqa: F401
