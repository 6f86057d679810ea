"""Cost: what the estate costs, why it changed, what is wasted and committed. Importing it declares the queries."""

from tools.cost import anomalies, budgets, change, commitments, forecast, savings, spend, untagged

__all__ = ["anomalies", "budgets", "change", "commitments", "forecast", "savings", "spend", "untagged"]
