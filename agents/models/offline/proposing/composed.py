"""Composition: plans of several calls for a question with several parts, place and time shared between them.

Two ways to come by them. A series goes through the parts in their order: each asks for what its own words speak for or,
where they speak for no query, for what the part before it asked, with what it says put in place ("4xx and 5xx",
"July, and August"). A pair takes two queries that the words speak for, each filled from the whole question ("is the
patch gap reflected in the vulnerability scanner?").
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agents.models.offline.inputs.choosing import Context, one_call
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.inputs.periods import stepped
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.evidence import Evidence
from agents.models.offline.proposing.parts import ELSEWHERE, POINTS, Part
from agents.models.offline.proposing.things import spoken_before
from agents.models.offline.reading import Reading
from agents.models.offline.topics import choices

Composed = tuple[str, list[PlannedCall]]
"""How it was come by, and the calls."""
_Asked = tuple[str, dict[str, Any], Part]
"""A query, what was said for it, and the part that did."""
THINGS = r"(?:ec2 |lambda |rds |s3 |ebs )?(?:instances?|machines?|servers?|databases?|dbs?|functions?|lambdas?|buckets?|volumes?|load balancers?|lbs?|clusters?)"
"""What an inventory counts."""
_TOLD: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "who_did_what",
        re.compile(
            r"\bwhat (?:else )?(?:have|has|had|did|do|does|were|was|is|are) (?:they|he|she|it|those|these|that|this|any of them|the (?:user|person|role|account)s?)\b.*\b(?:do|does|did|done|doing|up to)\b"
            r"|\bwho(?:se)?\b.*\b(?:did|opened|open|started|start|changed|change|made|deleted|touched|caused|created|launched|altered|modified|responsible|hand|nuked|pushed|has been)\b|\bby wh(?:om|ose)\b"
        ),
    ),
    (
        "recent_changes",
        re.compile(r"\b(?:deploy\w*|changes?|changed|alter(?:ed|ations?)|modif\w+|rel(?:eased?|eases))\b"),
    ),
    (
        "aws_health_events",
        re.compile(
            r"\baws (?:have|has|had|having|itself|own|side)\b|\baws'?s? (?:problems?|incidents?|outages?|issues?)\b"
        ),
    ),
    (
        "spend",
        re.compile(
            r"\b(?:what|how much) (?:do|does|did|are|is|have|has|was) (?:\w+ )?(?:we |they |it |that |those |these )?(?:\w+ )?(?:pay|paid|paying|spend|spent|spending|cost)\b|\b(?:its|their|the) (?:costs?|price|bill|spend)\b|\b(?:credits?|refunds?)\b"
        ),
    ),
    (
        "public_exposure",
        re.compile(
            r"\b(?:open|unlocked) (?:doors?|ports?|to (?:the )?(?:world|internet|outside|public|all|anyone|everyone))\b|\b(?:reach\w*|access\w*|visible|see|seen|expos\w+|facing)\b.*\b(?:outside\w*|internet|world|public\w*|anyone|everyone)\b|\bpublic\w*\b|\binternet[- ]facing\b"
        ),
    ),
    ("encryption", re.compile(r"\b(?:rotat\w+|(?:un|not )?encrypt\w*|cleartext|plaintext|sse)\b")),
    (
        "inventory",
        re.compile(
            rf"\b(?:{THINGS})\b.*\b(?:(?:by|per) \w+|exist|there (?:are|is)|in total|(?:do|does) (?:we|they|it) (?:\w+ )?(?:have|run|own|keep))\b|\b(?:how many|number of|count|list\w*|inventory|register|which|all)(?: \w+){{0,2}} (?:{THINGS})\b|\b(?:{THINGS}) (?:count|list|inventory|register)\b"
        ),
    ),
)
"""Words that speak for a query in a part, though they are too few to be understood alone."""
_JUMP = re.compile(
    r"\b(?:jump\w*|spik\w+|rise|rises|rose|risen|increas\w+|surge\w*|dearer|pricier|higher|went up|gone up|up in|blew|blow\w*|crazy|explo\w+|expensive|peak\w*|anomal\w+|costly)\b"
)
_CAUSE = re.compile(
    r"\b(?:chang\w+|deploy\w*|alter\w*|modif\w+|releas\w+|some(?:body|one|thing)|any(?:body|one|thing)|did we|explain\w*|cause\w*|because|due to|down to|related|reason)\b"
)
"""A jump of costs, and a question of what was done: both are looked at."""
_EVERYWHERE = re.compile(r"\b(?:across|over|in|for|from|of) all (?:of )?(?:the |our |my )?(?:aws )?accounts?\b")
"""Where is looked, and not which accounts there are."""
STRONG, LOOSE, FAINT = 5.0, 2.5, 1.5
"""Points from which on a part is one of its own: surely, perhaps; and with a query that the whole speaks for, too."""
_PAIRED = 5
"""Queries that are tried two by two."""
_LIKELY = 0.05
"""Learned probability from which on a query is tried with another."""
_MOST = 4
_KINDS = frozenset({"inventory", "public_exposure", "encryption"})
"""Queries of kinds of things: "they" are of the kind that was spoken of."""
_KIN = (
    {"spend", "spend_change", "cost_anomalies"},
    {"alarms", "alarm_history", "health_summary"},
    {"who_did_what", "recent_changes"},
    {"account_list", "inventory"},
)
"""Queries of which a question wants one: what speaks for the one speaks for the other, too."""


def composed(reading: Reading, seen: Evidence, context: Context) -> list[Composed]:
    """Plans of several calls that the question may mean; `reading` is the whole of it."""
    parts, ranked = seen.parts, seen.both
    found: list[Composed] = []
    for names_of in ([_named(part, ranked, least) for part in parts] for least in (STRONG, LOOSE)):
        if len(calls := _series(parts, names_of, next(iter(ranked), ""), context)) > 1 and not _held_together(
            calls, reading, context
        ):
            found.append(("series", calls))
    told = [(part.points < LOOSE and _told(part, context)) or _named(part, ranked, LOOSE) for part in parts]
    if len(calls := _series(parts, told, next(iter(ranked), ""), context)) > 1 and not _held_together(
        calls, reading, context
    ):
        found.append(("series told", calls))
    apart = _series(parts, told, next(iter(ranked), ""), context, shared=False)
    opening = len(apart) < len(told) and not any(key in call.inputs for call in apart for key in PLACES)
    if not opening and apart != calls and len({call.query for call in apart}) > 1:
        found.append(("series apart", apart))
    names = _speaking(reading, seen, context)
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            if not kin(first, second):
                found.append(("pair", [one_call(name, reading, context) for name in (first, second)]))
    if "alarms" in names and "alarm_history" in names and len({m.word == "now" for m in reading.when.mentions}) > 1:
        found.append(("pair", [one_call(name, reading, context) for name in ("alarms", "alarm_history")]))
    for own in (_once([name for name in told if name]), _once(names)[:3]):
        own = own[1:] if len(own) > 2 and own[0] == "health_summary" else own
        if 2 < len(own) <= _MOST:
            found.append(("pair", [one_call(name, reading, context) for name in own]))
    if _JUMP.search(reading.text) and _CAUSE.search(reading.text):
        for cost in ("spend_change", "cost_anomalies"):
            if {cost, "recent_changes"} <= context.queries.keys():
                found.append(("pair", [one_call(name, reading, context) for name in (cost, "recent_changes")]))
    return found


def says_where(text: str) -> bool:
    """Whether "accounts" are spoken of only as where is looked."""
    return bool(_EVERYWHERE.search(text)) and "account" not in _EVERYWHERE.sub(" ", text)


def _once(names: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for name in names:
        if name not in kept and not any(kin(name, other) for other in kept):
            kept.append(name)
    return kept


def kin(first: str, second: str) -> bool:
    """Whether a question that speaks for both queries wants one of them."""
    return any({first, second} <= family for family in _KIN)


def _told(part: Part, context: Context) -> str:
    """A query that a few words of a part speak for, or a metric that it names."""
    for name, said in _TOLD:
        if name in context.queries and said.search(part.reading.text):
            return name
    return "metric" if "metric" in context.queries and _measure(part) else ""


def _speaking(reading: Reading, seen: Evidence, context: Context) -> list[str]:
    """Queries that the whole question or a part of it speaks for, the likeliest first."""
    likely = seen.likely
    whole = [name for name in seen.both if seen.points.get(name, 0.0) >= LOOSE][:3]
    own = [part.best for part in seen.parts if part.points >= LOOSE]
    own += [name for part in seen.parts if part.points < STRONG and (name := _told(part, context))]
    thought = sorted((n for n in likely if n in context.queries and likely[n] >= _LIKELY), key=lambda n: -likely[n])
    told = [name for name, said in _TOLD if said.search(reading.text)]
    names = dict.fromkeys([*whole[:2], *own, *thought[:3], *whole[2:], *told])
    return [n for n in names if n in context.queries and context.queries[n].domain not in ("shared", "controls")][
        :_PAIRED
    ]


def _series(
    parts: Sequence[Part], names: Sequence[str], top: str, context: Context, *, shared: bool = True
) -> list[PlannedCall]:
    """The calls that the parts ask for one after another; a part without a query of its own varies the one before.

    `names` are the queries that the parts ask for by their own words, empty for those that do not. A place that one
    part names holds for the others that name none if it is `shared`.
    """
    if not any(names):
        return []
    first = next(name for name in names if name)
    calls: list[_Asked] = []
    for part, name in zip(parts, names, strict=True):
        query = name or (calls[-1][0] if calls else first)
        said = _said(part, query, calls, context)
        before = next((one for one in reversed(calls) if one[0] == query), None)
        if before is None:
            if name or said:
                calls.append((query, said, part))
        elif contrary := {key for key in said if key in before[1] and before[1][key] != said[key]}:
            kept = {key: value for key, value in before[1].items() if not (contrary & set(PLACES) and key in PLACES)}
            calls.append((query, {**kept, **said}, part))
        else:
            before[1].update(said)
    if len(calls) > _MOST or (len(calls) == 1 and top == calls[0][0]):
        return []
    done = [_lent(place, calls, context, shared) for place in range(len(calls))]
    # "status of Utrecht: cost, findings, patches" says which
    return done[1:] if len(done) > 2 and done[0].query == "health_summary" else done


def _named(part: Part, ranked: Mapping[str, float], least: float) -> str:
    """The query that a part asks for by its own words, if any."""
    if part.points >= least:
        return part.best
    known = list(ranked)[:3]
    return part.best if least <= LOOSE and part.points >= FAINT and part.best in known else ""


def _said(part: Part, name: str, before: Sequence[_Asked], context: Context) -> dict[str, Any]:
    """What a part says for a query: a time relative to an earlier one is counted from the time said before it."""
    query = context.queries[name]
    filled = fill(query, part.reading, context.names, context.now)
    when = part.reading.when
    said = {k: v for k, v in filled.inputs.items() if k != "period" or when.mentions}
    if name == "metric" and "name" not in said and (measure := _measure(part)):
        said["name"] = measure
    base = next((str(held["period"]) for _, held, _ in reversed(before) if "period" in held), "")
    if when.relative and not when.mentions and base and "period" in fields_of(query):
        said.pop("compared_to", None)
        if moved := stepped(base, when.relative, context.now):
            said["period"] = moved
    return said


_COMPARES = re.compile(r"\b(?:compar\w*|versus|vs|against|difference between|vergelijk\w*)\b")


def _held_together(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> bool:
    """Whether each call would hold one of two times against its own past, where the two are compared with each other."""
    if not _COMPARES.search(reading.text) or any(call.query != "spend_change" for call in calls):
        return False
    whole = one_call("spend_change", reading, context).inputs
    named = {call.inputs.get("period") for call in calls}
    return named == {whole.get("period"), whole.get("compared_to")}


_IN_FULL = {"q": "queue", "db": "database"}


def _measure(part: Part) -> str | None:
    """A metric named by a part, or by it and what the one before began with ("queue depth and age")."""
    text = part.reading.text
    measure: str | None = choices.chosen("metric", "name", text, None)
    if measure is None and part.head:
        measure = choices.chosen("metric", "name", f"{_IN_FULL.get(part.head, part.head)} {text}", None)
    return measure


def _lent(place: int, calls: Sequence[_Asked], context: Context, shared: bool = True) -> PlannedCall:
    """A call with the place and the time that another part says for it too: the nearest before it, else after it."""
    name, given, part = calls[place]
    query, inputs = context.queries[name], dict(given)
    fields = fields_of(query)
    others = [*reversed(calls[:place]), *calls[place + 1 :]]
    for other, held, _ in others:
        if shared and not any(key in inputs for key in PLACES) and not ELSEWHERE.search(part.reading.text):
            inputs.update(_place(held, fields))
        for key in ("period", "region"):
            still = key == "period" and fields.get(key, {}).get("default", "") is None
            if (
                key in held
                and key in fields
                and key not in inputs
                and not still
                and _fits(key, held, query.name, other)
            ):
                inputs[key] = held[key]
    if "around" in inputs and not part.reading.when.mentions and (day := _day_said(inputs, others)):
        inputs = {**inputs, "around": f"{day}T{str(inputs['around'])[11:]}"}
        inputs.pop("period", None)
    kinds = [held["kind"] for other, held, _ in others if other in _KINDS and "kind" in held]
    if name in _KINDS and kinds and "kind" not in inputs and POINTS.search(part.reading.text):
        inputs.update({"kind": kinds[0]} if kinds[0] in (allowed(query, "kind") or ()) else {})
    if name == "who_did_what" and "period" not in inputs:
        inputs["period"] = fill(query, part.reading, context.names, context.now).inputs["period"]
    done = PlannedCall(query=name, domain=query.domain, inputs=inputs)
    for other, held, _ in reversed(calls[:place]):
        spoken = PlannedCall(query=other, domain=context.queries[other].domain, inputs=held)
        if found := spoken_before(done, spoken, part.reading, query):
            return done.model_copy(update={"inputs": {**inputs, **found}})
    return done


def _day_said(inputs: Mapping[str, Any], others: Sequence[_Asked]) -> str:
    """The day that a time of day is of where another part names one; empty where none does, or several do."""
    said = {str(held["period"]) for held in (inputs, *(held for _, held, _ in others)) if "period" in held}
    return said.pop() if len(said) == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", next(iter(said))) else ""


def _fits(key: str, held: Mapping[str, Any], name: str, other: str) -> bool:
    return key != "period" or ("forecast" not in (name, other) and "around" not in held)


def _place(held: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """A place as said for another query, in the words of this one."""
    found = {key: held[key] for key in PLACES if key in held and key in fields}
    key = next((key for key in ("team", "venue") if key in held), None)
    if not found and key and "accounts" in fields:
        found = {"accounts": f"{key}:{held[key]}"}
    return found
