"""Understanding: from a question and the ones before it to a plan. Pure, deterministic, no model behind it."""
# ruff: noqa: E501 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.models.offline.choosing import LEAST, Context, calls_for, chosen_of, one_call
from agents.models.offline.coverage import unused
from agents.models.offline.examples import EXAMPLES
from agents.models.offline.filling import allowed, asks_share, fields_of, fill
from agents.models.offline.followups import carry, inherited, is_elliptic, named_after, points_back
from agents.models.offline.guarding import money_first, objection, ranked_by
from agents.models.offline.joint import related, several
from agents.models.offline.names import Names
from agents.models.offline.periods import for_pair
from agents.models.offline.plan import Abstention, Derivation, Plan, PlannedCall
from agents.models.offline.reading import Reading, read
from agents.models.offline.refusals import refusal
from agents.models.offline.scoring import scores
from tools.errors import InputError, nearest
from tools.registry import Query

_LONGEST = 4000
"""Characters of a question that are read."""
_REMEMBERED = 8
"""Earlier questions that a follow-up may reach back to."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which domains a question needs: `domains` strictly as planned, `scores` generously (0 to 1) for every domain."""

    domains: tuple[str, ...]
    scores: dict[str, float]


def understand(
    question: str,
    history: Sequence[str],
    *,
    names: Names,
    now: datetime,
    queries: Mapping[str, Query],
    last_answer: str = "",
) -> Plan:
    """Plan the calls that answer `question`, or say why not.

    Args:
        question: what the person asked.
        history: their earlier questions of this conversation, oldest first.
        names: what exists in the asker's sight.
        now: the clock, UTC.
        queries: the queries that may be planned, by name.
        last_answer: what was said last, for words that point at its first row ("there", "that bucket").
    """
    if history:
        question = named_after(question, history[-1], last_answer, names)
    context = Context(names, now, queries)
    plan = _understand(question, tuple(history)[-_REMEMBERED:], context, lenient=False)
    if not plan.calls:
        return plan
    reading = read(question[:_LONGEST], names, now)
    if said := objection(plan.calls, plan.limits, reading, context):
        return _unclear({call.query: 2.0 for call in plan.calls}, context, said)
    return plan


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


def _understand(question: str, history: tuple[str, ...], context: Context, *, lenient: bool) -> Plan:
    if not re.search(r"[^\W_]", question):
        return _unclear({}, context)
    question = question[:_LONGEST]
    reading = read(question, context.names, context.now)
    if refused := refusal(reading.text, reading.flat):
        return Plan(abstention=refused)
    unknown = _unknown(reading, context)
    if unknown and not lenient:
        return Plan(abstention=unknown)
    ranked = money_first(scores(reading, context.queries), reading, context.queries)
    if relating := related(reading, ranked, context):
        return _finish(relating, [], reading, context)
    if joint := several(reading, question, context):
        return _finish(joint, [], reading, context)
    chosen = chosen_of(ranked)
    earlier = _earlier(history, context) if history else None
    if earlier and (plan := _follow(reading, chosen, earlier, context)):
        return plan
    if chosen is None or _bare_follow_up(reading, chosen):
        return _unclear(ranked, context)
    if "FUTURE" in reading.concepts and chosen not in _FORESEEN:
        return Plan(abstention=Abstention(kind="cannot_know", text=_NOT_YET))
    if chosen == "recent_changes" and reading.resources and "DEPLOY" not in reading.concepts:
        chosen = "who_did_what" if "who_did_what" in context.queries else chosen
    calls, limits = calls_for(chosen, reading, context)
    idle = [word for word in unused(reading.text, chosen) if word not in (reading.hint, reading.user)]
    if len(idle) >= _TOO_MUCH:
        return _unclear(ranked, context)
    if idle and chosen in EXAMPLES:
        limits = [*limits, f"I could not use: {', '.join(idle)}."]
    return _finish(calls, limits, reading, context)


_TOO_MUCH = 3
"""Words of a question that mean something, yet nothing to the chosen query: so many of them, and it is another question."""


def _earlier(history: tuple[str, ...], context: Context) -> Plan | None:
    """The plan of the latest earlier question that had one."""
    for index in range(len(history) - 1, -1, -1):
        plan = _understand(history[index], history[:index], context, lenient=True)
        if plan.calls:
            return plan
    return None


def _bare_follow_up(reading: Reading, chosen: str) -> bool:
    return bool(reading.when.relative) and not reading.when.mentions and chosen not in ("spend_change",)


def _follow(reading: Reading, chosen: str | None, earlier: Plan, context: Context) -> Plan | None:
    """A plan that takes over from the earlier question, or None if this question stands alone."""
    calls = earlier.calls
    limits: list[str] = []
    first = calls[0]
    explains = "WHY" in reading.concepts and not reading.concepts & (_OWN_SUBJECT | {"WHODID"})
    if explains and not reading.when.mentions and (found := _reasons(first, reading, context)):
        return _finish(found, [], reading, context)
    if (
        "WHODID" in reading.concepts
        and (points_back(reading) or is_elliptic(reading))
        and "who_did_what" in context.queries
    ):
        call = one_call("who_did_what", reading, context)
        return _finish([inherited(call, first, reading, context.queries)], [], reading, context)
    compares = reading.concepts & {"CHANGE", "PAIR"} and chosen in (None, "spend", "spend_change")
    refers = points_back(reading) or is_elliptic(reading) or "COST" not in reading.concepts
    if first.query == "spend" and compares and refers:
        return _finish([_compared(first, reading, context)], [], reading, context)
    if chosen and (chosen not in {c.query for c in calls} or reading.concepts & {"WHODID"}):
        own, limits = calls_for(chosen, reading, context)
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


def _compared(first: PlannedCall, reading: Reading, context: Context) -> PlannedCall:
    """The spend of the earlier question, held against another period."""
    call = one_call("spend_change", reading, context)
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
    [
        "ALARM",
        "BACKUP",
        "PATCH",
        "QUOTA",
        "LOGS",
        "THREAT",
        "PUBLIC",
        "MFA",
        "KEYS",
        "ENCRYPT",
        "VULN",
        "BUDGET",
        "FORECAST",
        "COMMIT",
    ]
)


def _weak(chosen: str, reading: Reading, context: Context) -> bool:
    """Whether a query was chosen by little more than a shared word."""
    ranked = scores(reading, context.queries)
    return ranked[chosen] < LEAST + 1


def _says_something(reading: Reading, calls: Sequence[PlannedCall], context: Context) -> bool:
    """Whether an utterance without a subject of its own names a time, a place or a choice that the earlier calls take."""
    if reading.found.any() or reading.when.mentions or reading.when.relative:
        return True
    return any(fill(context.queries[c.query], reading, context.names, context.now).inputs for c in calls)


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


def _reasons(first: PlannedCall, reading: Reading, context: Context) -> list[PlannedCall]:
    found = []
    for name in _REASONS.get(first.query, ()):
        if name in context.queries:
            call = one_call(name, reading, context)
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


_FORESEEN = frozenset(
    {"forecast", "aws_health_events", "commitments", "budgets", "spend", "spend_change", "savings", "quotas"}
)
"""Queries that may be asked about with a time to come: they look ahead, or their period reaches to the end of it."""
_NOT_YET = "Regent cannot know what will happen then: apart from cost forecasts and what AWS has announced, it sees what was and what is."


def _unknown(reading: Reading, context: Context) -> Abstention | None:
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


def _unclear(ranked: Mapping[str, float], context: Context, why: str = "I am not sure what is being asked,") -> Plan:
    """Not understood: three example questions, of the best queries, are offered."""
    best = [name for name, points in ranked.items() if name in EXAMPLES and points >= 1.5][:3]
    best += [name for name in ("spend", "findings", "alarms") if name not in best][: 3 - len(best)]
    best = [name for name in best if name in context.queries] or [n for n in EXAMPLES if n in context.queries][:3]
    shown = tuple(EXAMPLES[name][0] for name in best)
    why = f"{why.removesuffix('.').removesuffix(',')}, and would rather not guess. "
    text = why + ("You could ask: " + " ".join(f'"{example}"' for example in shown) if shown else "")
    return Plan(abstention=Abstention(kind="unclear", text=text.strip(), candidates=shown))


def _finish(calls: Sequence[PlannedCall], limits: Sequence[str], reading: Reading, context: Context) -> Plan:
    """Check every call against its query's input model; what does not fit is not sent."""
    kept: list[PlannedCall] = []
    for planned in calls:
        call = ranked_by(planned, reading, context)
        try:
            context.queries[call.query].parse(call.inputs)
        except InputError:
            return _unclear({call.query: 1.0}, context)
        if call not in kept:
            kept.append(call)
    read_as = "; ".join(_spoken(call) for call in kept)
    found = reading.found
    focus: tuple[str, ...] = (*((reading.user,) if reading.user else ()), *reading.resources, *reading.ids.values())
    if kept and kept[0].query == "account_list":
        focus += tuple(found.accounts)
    if kept and kept[0].query == "spend" and kept[0].inputs.get("by") == "charge_type":
        focus = ("Credit",) if "credit" in reading.text else ("Refund",)
    if asks_share(reading):
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
    if (len(calls) == 2 and reading.concepts & {"CHANGE"}) or re.search(r"\bdifference\b", reading.text):
        return (Derivation(operation="difference", picks=("total spend", "total spend")),) if len(calls) == 2 else ()
    if _MEAN.search(reading.text) and calls[0].inputs.get("by") in ("month", "day"):
        return (Derivation(operation="average", picks=("*",)),)
    return ()
