"""Understanding: from a question and the ones before it to a plan. Pure, deterministic, no model behind it."""
# ruff: noqa: E501 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.models.offline.choosing import Context, calls_for, chosen_of
from agents.models.offline.coverage import unused
from agents.models.offline.dialogue import follow
from agents.models.offline.examples import EXAMPLES
from agents.models.offline.filling import asks_share, fields_of
from agents.models.offline.followups import inherited, named_after, points_back
from agents.models.offline.guarding import money_first, objection, ranked_by
from agents.models.offline.joint import related, several
from agents.models.offline.names import Names
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
    answers: Sequence[str] = (),
) -> Plan:
    """Plan the calls that answer `question`, or say why not.

    Args:
        question: what the person asked.
        history: their earlier questions of this conversation, oldest first.
        names: what exists in the asker's sight.
        now: the clock, UTC.
        queries: the queries that may be planned, by name.
        answers: what was answered to them, for words that point at a first row ("there", "that bucket").
    """
    said = [*answers, *[""] * len(history)][: len(history)]
    history, said = list(history)[-_REMEMBERED:], said[-_REMEMBERED:]
    asked: list[str] = []
    for text in (*history, question):
        asked.append(named_after(text, asked[-1], said[len(asked) - 1], names) if asked else text)
    question = asked.pop()
    context = Context(names, now, queries)
    plan = _understand(question, tuple(asked), context, lenient=False)
    reading = read(question[:_LONGEST], names, now)
    if plan.calls and (why := objection(plan.calls, plan.limits, reading, context)):
        plan = _unclear({call.query: 2.0 for call in plan.calls}, context, why)
    if plan.abstention and plan.abstention.kind == "unclear" and (asking := _out_of_sight(reading, context)):
        return asking
    return plan


def _out_of_sight(reading: Reading, context: Context) -> Plan | None:
    """Whatever else was not understood: an account that the asker does not see is the gate's to refuse, by a call."""
    named = [name for name in reading.found.accounts if name not in context.names.accounts]
    if context.names.complete or not named:
        return None
    for name in scores(reading, context.queries):
        query = context.queries[name]
        if "accounts" in fields_of(query) and not query.personal_data and "name" not in fields_of(query):
            call = PlannedCall(query=name, domain=query.domain, inputs={"accounts": named[0]})
            return Plan(calls=(call,), read_as=_spoken(call))
    return None


def route(
    question: str,
    history: Sequence[str],
    *,
    names: Names,
    now: datetime,
    queries: Mapping[str, Query],
    answers: Sequence[str] = (),
) -> Route:
    """The domains that `question` needs; with an LLM, use `scores` to choose generously."""
    plan = understand(question, history, names=names, now=now, queries=queries, answers=answers)
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
        before = _earlier(history, context) if history and points_back(reading) else None
        if before:
            joint = [inherited(call, before.calls[0], reading, context.queries) for call in joint]
        return _finish(joint, [], reading, context)
    chosen = chosen_of(ranked)
    earlier = _earlier(history, context) if history else None
    if earlier and (taken := follow(reading, chosen, ranked.get(chosen or "", 0.0), earlier.calls, context)):
        return _finish(*taken, reading, context)
    likeliest = chosen or next(iter(ranked), "")
    if "FUTURE" in reading.concepts and likeliest not in _FORESEEN:
        return Plan(abstention=Abstention(kind="cannot_know", text=_NOT_YET))
    if chosen is None or _bare_follow_up(reading, chosen):
        return _unclear(ranked, context)
    if chosen == "recent_changes" and reading.resources and "DEPLOY" not in reading.concepts:
        chosen = "who_did_what" if "who_did_what" in context.queries else chosen
    calls, limits = calls_for(chosen, reading, context)
    idle = [word for word in unused(reading.text, chosen) if word not in (reading.hint, reading.user)]
    if len(idle) >= _TOO_MUCH:
        return _unclear(ranked, context)
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
    if reading.hint:
        focus += (reading.hint,)
    if kept and kept[0].query == "budgets":
        focus += tuple(found.teams)
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
