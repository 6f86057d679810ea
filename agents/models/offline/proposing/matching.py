"""Matching: how much of what a question names, part by part, a plan makes use of, and what it has beyond that."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.proposing.composed import STRONG, kin
from agents.models.offline.proposing.evidence import Evidence
from agents.models.offline.reading import Reading
from agents.models.offline.topics import choices

_JOINED = re.compile(r"\b(?:and|both|each|plus|also|too|as well|respectively|versus|vs|apiece|or)\b|[;&+]")
_UNTIMED = frozenset({"now", "recently"})


def matched(
    one: Candidate, reading: Reading, found: Evidence, earlier: Sequence[PlannedCall], context: Context
) -> dict[str, float]:
    """Features: parts that no call answers, calls that no part asks for, values named and not used, and the reverse."""
    out: dict[str, float] = {}
    names = [call.query for call in one.calls]
    many = len(one.calls) > 1
    strong = [part.best for part in found.parts if part.points >= STRONG]
    unanswered = {name for name in strong if name not in names and not any(kin(name, other) for other in names)}
    out[f"part unanswered, {'many' if many else 'one'}"] = min(2, len(unanswered)) / 2
    if many:
        asked = {part.best for part in found.parts if part.points >= STRONG / 2}
        unspoken = [name for name in set(names) if name not in asked]
        out["call unspoken"] = len(unspoken) / len(set(names))
        out["call unlikely"] = sum(found.likely.get(name, 0.0) < _FAINT for name in set(names)) / len(set(names))
        out["every part answered"] = float(bool(strong) and not unanswered and not unspoken)
        out["same query again"] = float(len(set(names)) < len(names))
        joined = "related" if "RELATED" in reading.concepts else "joined" if _JOINED.search(reading.text) else "bare"
        out[f"many, {joined}, {'parts' if len(found.parts) > 1 else 'whole'}"] = 1.0
        out["parts alike"] = float(len(set(names)) == 1 and len(set(strong)) <= 1)
    times = {m.word for m in reading.when.mentions if m.word not in _UNTIMED}
    used = {str(value) for call in one.calls for value in call.inputs.values()}
    spans = {_span(word, context) for word in used}
    missed = [word for word in times if word not in used and _span(word, context) not in spans]
    out["times missed"] = min(2, len(missed)) / 2
    named = [*reading.found.services]
    out["services missed"] = float(any(name not in used for name in named)) if len(named) > 1 else 0.0
    said, taken = _values(one, reading, context)
    before = {str(value) for call in earlier for value in call.inputs.values()}
    out["values missed"] = min(3, len(said - taken)) / 3
    out["values unsaid"] = min(3, len(taken - said - before)) / 3
    out["inputs"] = sum(len(call.inputs) for call in one.calls) / len(one.calls) / 6
    return out


_FAINT = 0.03


def _span(word: str, context: Context) -> object:
    period = resolved(word, context.now)
    return (period.first_day, period.end_day) if period else None


def _values(one: Candidate, reading: Reading, context: Context) -> tuple[set[str], set[str]]:
    """The values that the words select for the inputs of these calls, and those that the calls have."""
    said: set[str] = set()
    taken: set[str] = set()
    for call in one.calls:
        query = context.queries[call.query]
        for field in fields_of(query):
            if field == "by" or not (values := allowed(query, field)):
                continue
            said |= {f"{field} {value}" for value in choices.chosen_all(call.query, field, reading.text, values)}
            if field in call.inputs:
                taken.add(f"{field} {call.inputs[field]}")
    return said, taken
