"""Joint questions: two asked next to each other, or whether one thing has to do with another."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from agents.models.offline.inputs.choosing import Context, calls_for, chosen_of, one_call
from agents.models.offline.inputs.filling import fields_of, fill
from agents.models.offline.inputs.periods import one_period, resolved
from agents.models.offline.intents.scoring import scores
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.followups import points_back
from agents.models.offline.proposing.parts import ELSEWHERE, Part
from agents.models.offline.proposing.things import spoken_before
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.topics.lexicon import CONCEPTS, concepts_in


def related(reading: Reading, ranked: Mapping[str, float], context: Context) -> list[PlannedCall]:
    """Calls in more than one domain, when the question asks whether two things have to do with each other."""
    concepts = reading.concepts
    costly = "COST" in concepts and concepts & {"INCIDENT", "DEPLOY"} and not concepts & {"BUDGET", "SAVE", "FORECAST"}
    if "RELATED" not in concepts and not costly:
        return []
    cost = bool(concepts & {"COST", "SPIKE", "ANOMALY"})
    change = bool(re.search(r"\b(?:change|changed|changes|modification)\b", reading.text))
    ops = change or bool(concepts & {"ALARM", "INCIDENT", "DEPLOY", "CHANGES", "LOGS", "METRIC", "BACKUP"})
    security = bool(concepts & {"FINDING", "THREAT", "PUBLIC", "KEYS", "ROOT", "SECURITYWORD"})
    happened = bool(concepts & {"ALARM", "INCIDENT", "LOGS", "METRIC", "BACKUP"})
    if cost + ops + security < 2 and not ((change or "DEPLOY" in concepts) and happened):
        return []
    wanted: list[str] = []
    if cost:
        wanted += ["spend_change", "cost_anomalies"]
    if concepts & {"ALARM", "INCIDENT"}:
        wanted.append("alarm_history")
    if "BACKUP" in concepts:
        wanted.append("backups")
    if "LOGS" in concepts and not concepts & {"ALARM", "INCIDENT"}:
        wanted.append("error_logs")
    if security:
        wanted.append(next((q for q in ranked if context.queries[q].domain == "security"), "findings"))
    wanted.append("recent_changes")
    cost_side, other_side = _each_with_its_times(reading)
    calls = []
    for name in (name for name in wanted if name in context.queries):
        side = cost_side if context.queries[name].domain == "cost" else other_side
        period, _ = one_period(side, context.now)
        calls.append(_around(one_call(name, side, context), period, context))
    return calls


def _each_with_its_times(reading: Reading) -> tuple[Reading, Reading]:
    """The question as it is about costs, and about what they are held against, where each has a time of its own.

    In "is the spike in September related to the incident on Tuesday" the alarms are those of Tuesday.
    """
    times, between = reading.when.mentions, CONCEPTS["RELATED"].search(reading.when.bare)
    if between is None or reading.when.bare.count(_TIME) != len(times):
        return reading, reading
    sides = reading.when.bare[: between.start()], reading.when.bare[between.end() :]
    first = sides[0].count(_TIME)
    money = [bool(concepts_in(side) & {"COST", "SPIKE", "ANOMALY"}) for side in sides]
    if not 0 < first < len(times) or money[0] == money[1]:
        return reading, reading
    parts = [replace(reading, when=replace(reading.when, mentions=own)) for own in (times[:first], times[first:])]
    return (parts[0], parts[1]) if money[0] else (parts[1], parts[0])


_TIME = "<p>"
"""What stands in the place of a time."""


def _around(call: PlannedCall, word: str | None, context: Context) -> PlannedCall:
    """Bills are looked at in the week up to a day that was named, as costs of a moment show up on the days around it."""
    period = resolved(word, context.now) if word else None
    if call.query != "cost_anomalies" or period is None or period.days > 2:
        return call
    first = period.start.date() - timedelta(days=7)
    last = min(context.now.date(), period.start.date() + timedelta(days=1))
    return call.model_copy(update={"inputs": {**call.inputs, "period": dates.span(first, last)}})


_STRONG = 5.0
"""Points that a part of a question needs to count as a question of its own."""


def several(
    reading: Reading, stretches: Sequence[Part], context: Context, strong: float = _STRONG
) -> list[PlannedCall]:
    """Calls of different queries, when the question asks for two things next to each other.

    `strong` are the points that a part needs to count as a question of its own.
    """
    if not stretches:
        return []
    parts = [part.reading for part in stretches]
    chosen = [_strongly(part, strong) for part in stretches]
    calls: list[PlannedCall] = []
    for index, (part, name) in enumerate(zip(parts, chosen, strict=True)):
        if name is None or any(name == call.query for call in calls):
            continue
        if calls and points_back(part) and context.queries[name].domain == calls[0].domain == "cost":
            continue  # "... and how much money is that": the first call says so
        donors = [
            other
            for place, other in enumerate(parts)
            if place != index
            and (
                chosen[place] is None
                or (place > index and not _ASKS.match(other.text))
                or points_back(part)
                or _is_fragment(part)
                or (place == 0 and _STATES.match(other.text) and not part.when.mentions)
            )
        ]
        if name == "alarms" and not _STANDING.search(part.text) and any("PAST" in d.concepts for d in donors):
            name = "alarm_history" if "alarm_history" in context.queries else name
        own, _ = calls_for(name, part, context)
        if name == "who_did_what" and not part.when.mentions:
            # how far back is looked for people is but a guess where the question names a time elsewhere
            timed = [other for place, other in enumerate(parts) if other.when.mentions and not (place > index + 1)]
            own = [_at_the_time(call, timed[-1], context) for call in own] if timed else own
        for call in own:
            call = _placed(_lent(call, donors, context), part, parts, chosen, context)
            things = spoken_before(call, calls[-1], part, context.queries[name]) if calls else {}
            calls.append(call.model_copy(update={"inputs": {**call.inputs, **things}}))
    if any(call.query == "budgets" for call in calls) and not re.search(r"quotas?|service limits?", reading.text):
        calls = [call for call in calls if call.query != "quotas"]  # the limit of a budget
    if calls and chosen[0] == calls[0].query == "health_summary":
        others = {call.query for call in calls[1:]}
        calls = calls[1:] if len(others) > 1 else calls  # "status of Utrecht: cost, findings, patches" says which
    names = {call.query for call in calls}
    if len(names) < 2 or names <= {"spend", "spend_change"} or names <= {"alarms", "alarm_history"}:
        return []
    if names <= {"who_did_what", "recent_changes"}:
        return []
    top = chosen_of(scores(reading, context.queries))
    if top == "spend_change" and names <= {"spend_change", "recent_changes", "spend"}:
        return []
    return calls


_STATES = re.compile(
    r"^(?!show|list|give|tell|compare|check|find)(?:(?:the|our|we|i|it|my) )?[\w<>' -]{2,40}? (?:got|went|was|were|rose|jumped|is|are|has|have|had|looks?|grew|fell|blew|became|seems?)\b"
)
"""What is told first, and nothing asked by it: its time is that of what is asked then."""
_WE = re.compile(
    r"\b(?:we|our|us|total|overall|altogether|company|everywhere|whole|all|wij|we|ons|onze|totaal|nos|nosso|total|toda)\b"
)
_LOCATION = ("accounts", "team", "venue")


def _placed(
    call: PlannedCall,
    part: Reading,
    parts: Sequence[Reading],
    chosen: Sequence[str | None],
    context: Context,
) -> PlannedCall:
    """The one place that is named anywhere in the question, for a part that names none and does not speak of us all."""
    apart = part.found.placed() or part.found.excluded or ELSEWHERE.search(part.text)
    if any(key in call.inputs for key in _LOCATION) or apart:
        return call
    naming = [place for place, other in enumerate(parts) if other.found.placed()]
    if len(naming) != 1:
        return call
    # an opening without a question of its own ("two things about Utrecht.") is about all that follows
    opening = chosen[naming[0]] is None and naming[0] == 0
    if not opening and _WE.search(part.text) and not points_back(part):
        return call
    filled = fill(context.queries[call.query], parts[naming[0]], context.names, context.now)
    inputs = {k: v for k, v in filled.inputs.items() if k in _LOCATION and k not in filled.spread}
    return call.model_copy(update={"inputs": {**call.inputs, **inputs}})


_STANDING = re.compile(r"\b(?:are|is|firing|now|open|red|active|standing|currently)\b")
_WORDS_OF_FRAGMENT = 3


def _is_fragment(part: Reading) -> bool:
    """Whether a part is too short to stand alone ("patches", "which alarms")."""
    return not _ASKS.match(part.text) or len(part.text.split()) <= _WORDS_OF_FRAGMENT


_ASKS = re.compile(r"^(?:why|what|which|how|who|when|where|are|is|did|do|does|was|were|have|has|any)\b")


def _strongly(part: Part, strong: float) -> str | None:
    name = chosen_of(part.ranked) if strong >= _STRONG else part.best or None
    return name if name is not None and part.ranked[name] >= strong else None


def _at_the_time(call: PlannedCall, donor: Reading, context: Context) -> PlannedCall:
    filled = fill(context.queries[call.query], donor, context.names, context.now).inputs
    times = {k: filled[k] for k in ("period", "around", "minutes") if k in filled}
    return call.model_copy(update={"inputs": {**call.inputs, **times}}) if times else call


def _lent(call: PlannedCall, donors: Sequence[Reading], context: Context) -> PlannedCall:
    """The call with place and time of the parts that say them for this part too."""
    inputs = dict(call.inputs)
    schema = fields_of(context.queries[call.query])
    for donor in donors:
        filled = fill(context.queries[call.query], donor, context.names, context.now)
        if not any(k in inputs for k in _LOCATION):
            inputs.update({k: v for k, v in filled.inputs.items() if k in _LOCATION})
        for key in ("period", "region", *(("kind",) if call.query in ("public_exposure", "encryption") else ())):
            if key == "period" and schema.get("period", {}).get("default", "") is None:
                continue  # a state, asked for without a time: the other part's time is not its own
            if key in filled.inputs and key not in inputs and "around" not in inputs and key not in filled.spread:
                inputs[key] = filled.inputs[key]
    return call.model_copy(update={"inputs": inputs})
