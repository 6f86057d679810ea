"""Cost: what the estate costs, why it changed, what is wasted and committed. Importing it declares the queries."""

from tools.cost import anomalies, change, forecast, spend, untagged

__all__ = ["anomalies", "change", "forecast", "spend", "untagged"]
