"""The offline model: it reads a manager's question, plans queries with typed inputs, and writes from facts.

Rules propose the plans that a question may mean, a log-linear model learned from labelled conversations ranks them. It
is no language model: the same question gets the same plan. What it does not understand it says so, with the nearest
questions it does understand, rather than guess.
"""

from __future__ import annotations

from agents.models.offline.names import Names, names_of
from agents.models.offline.plan import Abstention, Derivation, Plan, PlannedCall
from agents.models.offline.understand import Route, route, understand

__all__ = ["Abstention", "Derivation", "Names", "Plan", "PlannedCall", "Route", "names_of", "route", "understand"]
