"""Understanding: from a question and the ones before it to a plan. Pure, deterministic, no model behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.models.offline import dates
from agents.models.offline.examples import EXAMPLES
from agents.models.offline.filling import allowed, asks_share, fields_of, fill
from agents.models.offline.followups import carry, inherited, is_elliptic, points_back
from agents.models.offline.names import Names
from agents.models.offline.periods import for_pair, one_period, resolved
from agents.models.offline.plan import Abstention, Derivation, Plan, PlannedCall
from agents.models.offline.reading import Reading, read
from agents.models.offline.refusals import refusal
from agents.models.offline.scoring import scores
from tools.errors import InputError, nearest
from tools.registry import Query

LEAST = 4.0
"""Points below which nothing was understood."""
MARGIN = 0.8
"""Points by which the best query must lead the second."""
_LONGEST = 4000
"""Characters of a question that are read."""
_REMEMBERED = 8
"""Earlier questions that a follow-up may reach back to."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which domains a question needs: `domains` strictly as planned, `scores` generously (0 to 1) for every domain."""

    domains: tuple[str, ...]
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Context:
    names: Names
    now: datetime
    queries: Mapping[str, Query]


def understand(
    question: str, history: Sequence[str], *, names: Names, now: datetime, queries: Mapping[str, Query]
) -> Plan:
    """Plan the calls that answer `question`, or say why not.

    Args:
        question: what the person asked.
        history: their earlier questions of this conversation, oldest first.
        names: what exists in the asker's sight.
        now: the clock, UTC.
        queries: the queries that may be planned, by name.
    """
    return _understand(question, tuple(history)[-_REMEMBERED:], _Context(names, now, queries), lenient=False)


def route(question: str, history: Sequence[str], *, names: Names, now: datetime, queries: Mapping[str, Query]) -> Route:
    """The domains that `question` needs; with an LLM, use `scores` to choose generously."""
    plan = understand(question, history, names=names, now=now, queries=queries)
    best: dict[str, float] = {q.domain: 0.0 for q in queries.values() if q.domain != "shared"}
    for name, points in scores(read(question, names, now), queries).items():
        domain = queries[name].domain
        best[domain] = max(best[domain], min(1.0, max(0.0, points) / 8))
    for domain in plan.domains:
        best[domain] = 1.0
    return Route(plan.domains, best)


def _understand(question: str, history: tuple[str, ...], context: _Context, *, lenient: bool) -> Plan:
    if not re.search(r"[^\W_]", question):
        return _unclear({}, context)
    question = question[:_LONGEST]
    reading = read(question, context.names, context.now)
    if refused := refusal(reading.text, reading.flat):
        return Plan(abstention=refused)
    unknown = _unknown(reading, context)
    if unknown and not lenient:
        return Plan(abstention=unknown)
    ranked = scores(reading, context.queries)
    if related := _related(reading, ranked, context):
        return _finish(related, [], reading, context)
    if several := _several(reading, question, context):
        return _finish(several, [], reading, context)
    chosen = _chosen(ranked)
    earlier = _earlier(history, context) if history else None
    if earlier and (plan := _follow(reading, chosen, earlier, context)):
        return plan
    if chosen is None or _bare_follow_up(reading, chosen):
        return _unclear(ranked, context)
    calls, limits = _calls(chosen, reading, context)
    return _finish(calls, limits, reading, context)


def _earlier(history: tuple[str, ...], context: _Context) -> Plan | None:
    """The plan of the latest earlier question that had one."""
    for index in range(len(history) - 1, -1, -1):
        plan = _understand(history[index], history[:index], context, lenient=True)
        if plan.calls:
            return plan
    return None


def _chosen(ranked: Mapping[str, float]) -> str | None:
    pairs = list(ranked.items())
    if not pairs or pairs[0][1] < LEAST:
        return None
    if len(pairs) > 1 and pairs[0][1] - pairs[1][1] < MARGIN:
        return None
    return pairs[0][0]


def _bare_follow_up(reading: Reading, chosen: str) -> bool:
    return bool(reading.when.relative) and not reading.when.mentions and chosen not in ("spend_change",)


def _calls(name: str, reading: Reading, context: _Context) -> tuple[list[PlannedCall], list[str]]:
    query = context.queries[name]
    filled = fill(query, reading, context.names, context.now)
    base = PlannedCall(query=name, domain=query.domain, inputs=filled.inputs)
    calls = [base]
    for slot, values in filled.spread.items():
        calls = [c.model_copy(update={"inputs": {**c.inputs, slot: v}}) for c in calls for v in values][:4]
    return calls, filled.limits


def _follow(reading: Reading, chosen: str | None, earlier: Plan, context: _Context) -> Plan | None:
    """A plan that takes over from the earlier question, or None if this question stands alone."""
    calls, limits = earlier.calls, []
    first = calls[0]
    explains = "WHY" in reading.concepts and not reading.concepts & (_OWN_SUBJECT | {"WHODID"})
    if explains and not reading.when.mentions and (found := _reasons(first, reading, context)):
        return _finish(found, [], reading, context)
    if (
        "WHODID" in reading.concepts
        and (points_back(reading) or is_elliptic(reading))
        and "who_did_what" in context.queries
    ):
        call = _call("who_did_what", reading, context)
        return _finish([inherited(call, first, reading, context.queries)], [], reading, context)
    if first.query == "spend" and reading.concepts & {"CHANGE", "PAIR"} and chosen in (None, "spend", "spend_change"):
        if points_back(reading) or is_elliptic(reading) or not reading.concepts & {"COST"}:
            return _finish([_compared(first, reading, context)], [], reading, context)
    if chosen and (chosen not in {c.query for c in calls} or reading.concepts & {"WHODID"}):
        own, limits = _calls(chosen, reading, context)
        if is_elliptic(reading) and _weak(chosen, reading, context):
            kept, kept_limits = carry(calls, reading, context.queries, context.names, context.now)
            return _finish(kept, kept_limits, reading, context)
        if is_elliptic(reading) or points_back(reading):
            return _finish([inherited(c, first, reading, context.queries) for c in own], limits, reading, context)
        return None
    short = len(reading.text.split()) <= 9
    if is_elliptic(reading) or (chosen is None and short and _says_something(reading, calls, context)):
        kept, kept_limits = carry(calls, reading, context.queries, context.names, context.now)
        return _finish(kept, kept_limits, reading, context)
    return None


def _compared(first: PlannedCall, reading: Reading, context: _Context) -> PlannedCall:
    """The spend of the earlier question, held against another period."""
    call = _call("spend_change", reading, context)
    fields = fields_of(context.queries["spend_change"])
    inputs = {k: v for k, v in first.inputs.items() if k in fields and k not in ("by", "top")} | call.inputs
    period = str(first.inputs.get("period", "last_month"))
    named = [m.word for m in reading.when.mentions]
    if len(named) == 1:
        inputs["period"], inputs["compared_to"] = period, for_pair(period, named[0], context.now)
    elif not named:
        inputs["period"] = period
        inputs.pop("compared_to", None)
    by = first.inputs.get("by")
    if by in (allowed(context.queries["spend_change"], "by") or ()):
        inputs.setdefault("by", by)
    return call.model_copy(update={"inputs": inputs})


_OWN_SUBJECT = frozenset(
    "ALARM BACKUP PATCH QUOTA LOGS THREAT PUBLIC MFA KEYS ENCRYPT VULN BUDGET FORECAST COMMIT".split()
)


def _weak(chosen: str, reading: Reading, context: _Context) -> bool:
    """Whether a query was chosen by little more than a shared word."""
    ranked = scores(reading, context.queries)
    return ranked[chosen] < LEAST + 1


def _says_something(reading: Reading, calls: Sequence[PlannedCall], context: _Context) -> bool:
    """Whether an utterance without a subject of its own names a time, a place or a choice that the earlier calls take."""
    if reading.found.any() or reading.when.mentions or reading.when.relative:
        return True
    return any(fill(context.queries[c.query], reading, context.names, context.now).inputs for c in calls)


def _call(name: str, reading: Reading, context: _Context) -> PlannedCall:
    query = context.queries[name]
    return PlannedCall(query=name, domain=query.domain, inputs=fill(query, reading, context.names, context.now).inputs)


_REASONS: dict[str, tuple[str, ...]] = {
    "spend": ("spend_change",),
    "spend_change": ("cost_anomalies", "recent_changes"),
    "forecast": ("spend_change",),
    "budgets": ("spend_change",),
    "cost_anomalies": ("recent_changes",),
    "untagged_spend": ("inventory",),
    "alarms": ("recent_changes", "error_logs"),
    "alarm_history": ("recent_changes", "error_logs"),
    "metric": ("recent_changes", "error_logs"),
    "error_logs": ("recent_changes",),
    "health_summary": ("alarms", "backups"),
    "backups": ("recent_changes",),
    "public_exposure": ("who_did_what",),
    "findings": ("recent_changes",),
    "config_compliance": ("recent_changes",),
    "threats": ("who_did_what",),
}
"""What explains the answer of a query: looked at when someone asks "why?"."""


def _reasons(first: PlannedCall, reading: Reading, context: _Context) -> list[PlannedCall]:
    found = []
    for name in _REASONS.get(first.query, ()):
        if name in context.queries:
            call = _call(name, reading, context)
            inputs = {k: v for k, v in call.inputs.items() if k in ("accounts", "team", "service")}
            fields = fields_of(context.queries[name])
            for key in ("accounts", "team", "venue", "service", "period"):
                if (
                    key in first.inputs
                    and key in fields
                    and (key != "service" or context.queries[name].domain == "cost")
                ):
                    inputs.setdefault(key, first.inputs[key])
            found.append(call.model_copy(update={"inputs": inputs}))
    return found


_KIND_OF_CHANGE = ("spend_change", "cost_anomalies")


def _related(reading: Reading, ranked: Mapping[str, float], context: _Context) -> list[PlannedCall]:
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
    period, _ = one_period(reading, context.now)
    return [_around(_call(name, reading, context), period, context) for name in wanted if name in context.queries]


def _around(call: PlannedCall, word: str | None, context: _Context) -> PlannedCall:
    """Bills are looked at in the week up to a day that was named, as costs of a moment show up on the days around it."""
    period = resolved(word, context.now) if word else None
    if call.query != "cost_anomalies" or period is None or period.days > 2:
        return call
    first = period.start.date() - timedelta(days=7)
    last = min(context.now.date(), period.start.date() + timedelta(days=1))
    return call.model_copy(update={"inputs": {**call.inputs, "period": dates.span(first, last)}})


_JOINT = re.compile(r"\?|;|,|\b(?:and|plus|as well as|along with|en|&|e|also)\b")


def _several(reading: Reading, question: str, context: _Context) -> list[PlannedCall]:
    """Calls of different queries, when the question asks for two things next to each other."""
    texts = [part.strip(" ,.?") for part in _JOINT.split(_plain(question))]
    parts = [read(text, context.names, context.now) for text in texts if text]
    if not 2 <= len(parts) <= 5:
        return []
    chosen = [_strongly(part, context) for part in parts]
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
            and (chosen[place] is None or place > index and not _ASKS.match(other.text) or points_back(part))
        ]
        own, _ = _calls(name, part, context)
        calls.extend(_completed(call, donors, context) for call in own)
    names = {call.query for call in calls}
    if len(names) < 2 or names <= {"spend", "spend_change"} or names <= {"alarms", "alarm_history"}:
        return []
    if names <= {"who_did_what", "recent_changes"}:
        return []
    top = _chosen(scores(reading, context.queries))
    if top == "spend_change" and names <= {"spend_change", "recent_changes", "spend"}:
        return []
    return calls


_ASKS = re.compile(r"^(?:what|which|how|who|when|where|are|is|did|do|does|was|were|have|has|any)\b")


def _strongly(part: Reading, context: _Context) -> str | None:
    ranked = scores(part, context.queries)
    name = _chosen(ranked)
    return name if name is not None and ranked[name] >= _STRONG else None


_STRONG = 5.0
"""Points that a part of a question needs to count as a question of its own."""


def _plain(question: str) -> str:
    return re.sub(r"\b(between|from) ([\w ]{1,24}?) and\b", r"\1 \2 to", question)


def _completed(call: PlannedCall, donors: Sequence[Reading], context: _Context) -> PlannedCall:
    """Place and time from the parts that say them for this part too."""
    inputs = dict(call.inputs)
    for donor in donors:
        filled = fill(context.queries[call.query], donor, context.names, context.now)
        if not any(k in inputs for k in ("accounts", "team", "venue")):
            inputs.update({k: v for k, v in filled.inputs.items() if k in ("accounts", "team", "venue")})
        for key in ("period", "region"):
            if key in filled.inputs and key not in inputs and "around" not in inputs and key not in filled.spread:
                inputs[key] = filled.inputs[key]
    return call.model_copy(update={"inputs": inputs})


def _unknown(reading: Reading, context: _Context) -> Abstention | None:
    """An abstention that names the nearest candidates, if something was named that does not exist."""
    kind, said = "", ""
    if reading.found.unknown:
        kind, said = reading.found.unknown[0]
    elif reading.stray:
        kind, said = "name", reading.stray[0]
    if not said:
        return None
    known = context.names.known(kind)
    candidates = tuple(nearest(said, known, 3)) or (tuple(known[:5]) if kind in ("venue", "env", "team") else ())
    what = {"name": "account, venue, team or service", "env": "environment"}.get(kind, kind)
    text = f"There is no {what} called {said} in sight."
    if candidates:
        text += f" Did you mean {_either(candidates)}?"
    return Abstention(kind="unknown_name", text=text, candidates=candidates)


def _either(candidates: Sequence[str]) -> str:
    return candidates[0] if len(candidates) == 1 else f"{', '.join(candidates[:-1])} or {candidates[-1]}"


def _unclear(ranked: Mapping[str, float], context: _Context) -> Plan:
    """Not understood: three example questions, of the best queries, are offered."""
    best = [name for name, points in ranked.items() if name in EXAMPLES and points >= 1.5][:3]
    best += [name for name in ("spend", "findings", "alarms") if name not in best][: 3 - len(best)]
    best = [name for name in best if name in context.queries] or [n for n in EXAMPLES if n in context.queries][:3]
    shown = tuple(EXAMPLES[name][0] for name in best)
    text = "I am not sure what is being asked, and would rather not guess. " + (
        "You could ask: " + " ".join(f'"{example}"' for example in shown) if shown else ""
    )
    return Plan(abstention=Abstention(kind="unclear", text=text.strip(), candidates=shown))


def _finish(calls: Sequence[PlannedCall], limits: Sequence[str], reading: Reading, context: _Context) -> Plan:
    """Check every call against its query's input model; what does not fit is not sent."""
    kept: list[PlannedCall] = []
    for call in calls:
        try:
            context.queries[call.query].parse(call.inputs)
        except InputError:
            return _unclear({call.query: 1.0}, context)
        if call not in kept:
            kept.append(call)
    read_as = "; ".join(_spoken(call) for call in kept)
    focus: tuple[str, ...] = ()
    if asks_share(reading):
        found = reading.found
        focus = (*found.services, *found.teams, *found.accounts, *(f"venue-{v}" for v in found.venues), *found.venues)
    return Plan(
        calls=tuple(kept[:5]), then=_derivations(kept, reading), limits=tuple(limits), focus=focus, read_as=read_as
    )


def _spoken(call: PlannedCall) -> str:
    inputs = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in call.inputs.items())
    return f"{call.query.replace('_', ' ')}{': ' + inputs if inputs else ''}"


_MEAN = re.compile(r"\b(?:average|avg|mean|gemiddeld\w*|on average|media)\b")


def _derivations(calls: Sequence[PlannedCall], reading: Reading) -> tuple[Derivation, ...]:
    """What has to be computed over the facts once they are there."""
    if not calls or calls[0].query != "spend":
        return ()
    if len(calls) == 2 and reading.concepts & {"CHANGE"} or re.search(r"\bdifference\b", reading.text):
        return (Derivation(operation="difference", picks=("total spend", "total spend")),) if len(calls) == 2 else ()
    if _MEAN.search(reading.text) and calls[0].inputs.get("by") in ("month", "day"):
        return (Derivation(operation="average", picks=("*",)),)
    return ()
