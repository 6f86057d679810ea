"""The offline model: it reads a manager's question, plans queries with typed inputs, and writes from facts.

The way of a question, say "And what did Utrecht cost in August?", once (`understand`):

1. `words` gives it one spelling and one language, `times` and `naming` find `2026-08` and `venue:utrecht` in it,
   `topics` says what its words are about, and `reading` holds all that was found.
2. `intents` says how well each query fits, `inputs` fills the typed inputs of a call, and `proposing` makes every plan
   that the question may mean, by itself or after what was asked before.
3. `weighing` says how probable each plan is (a log-linear model, learned from labelled conversations), and answers with
   one, with the two likeliest, or with none and the nearest questions that it does understand.
4. `model` lets the queries run, and `telling` writes from their facts.

It is no language model: the same question gets the same plan.
"""

from __future__ import annotations

from agents.models.offline.naming.names import Names, names_of
from agents.models.offline.plan import Abstention, Derivation, Plan, PlannedCall
from agents.models.offline.routes import Route, route
from agents.models.offline.understand import understand

__all__ = ["Abstention", "Derivation", "Names", "Plan", "PlannedCall", "Route", "names_of", "route", "understand"]
