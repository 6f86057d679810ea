"""Taking up: what a short question can mean beside another one: a sibling metric, a day of that month, all the venues."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading

Taken = tuple[str, dict[str, Any]]
"""In what it departs, and the inputs to put in place."""
_VENUES = re.compile(
    r"\b(?:venues|casinos|(?:gaming |casino |gambling )?(?:halls|houses|floors)|locations|premises|casino (?:accounts|sites))\b"
)
_LEFT_OUT = re.compile(
    r"\b(?:except\w*|exclud\w+|without|but|other than|leav\w+ out|left out|strip\w* (?:out|away)|not (?:the|in|at)|minus|apart from|besides|outside|ignor\w+|drop\w*)\b"
)
_SIBLINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "lambda": (
        ("lambda_duration", r"long\w*|slow\w*|durations?|run ?times?|time"),
        ("lambda_errors", r"errors?|fail\w*|throw\w*|threw"),
        ("lambda_invocations", r"invo\w+|calls?|called|often|busiest|runs"),
    ),
    "queue": (
        ("queue_depth", r"deep\w*|depth|messages?|many|length"),
        ("queue_age", r"age|old\w*|long\w*|wait\w*|stuck"),
    ),
    "db": (
        ("db_connections", r"connect\w*"),
        ("db_storage_free", r"storage|space|full|room|disks?|free"),
        ("db_cpu", r"cpu|busy|busiest|load"),
    ),
    "cpu": (("db_cpu", r"databases?|dbs?|rds"),),
    "errors": (
        ("errors_4xx", r"4xx|client"),
        ("errors_5xx", r"5xx|server"),
        ("latency", r"latenc\w+|slow\w*|response\w*|fast"),
        ("requests", r"requests?|traffic|hits|load"),
    ),
}
_FAMILY = {"latency": "errors", "requests": "errors"}
_DAY = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b")
_RULE = re.compile(r"(?<![\w<-])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?![\w>-])")


def taken_up(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Taken]:
    """Inputs that a call could have instead, by words that say them only in this conversation or for this query."""
    fields = fields_of(context.queries[call.query])
    found: list[Taken] = []
    if "accounts" in fields and not reading.found.placed() and (match := _VENUES.search(reading.text)):
        venues = context.names.venue_accounts
        others = [name for name in context.names.accounts if name not in venues]
        out = _LEFT_OUT.search(reading.text[: match.start()])
        found.append(
            ("all but the venues", {"accounts": ",".join(others)})
            if out
            else ("the venues", {"accounts": ",".join(venues)})
        )
    if call.query == "metric" and earlier and (name := earlier[0].inputs.get("name")):
        found += _sibling(str(name), call, reading, allowed(context.queries[call.query], "name") or ())
    if "rule" in fields and "rule" not in call.inputs:
        known = {*context.names.accounts, *context.names.services}
        found += [("with rule", {"rule": m[1]}) for m in _RULE.finditer(reading.flat) if m[1] not in known][:1]
    if "period" in fields and earlier and (day := _day(reading, earlier[0], context)):
        found.append(("day of that month", {"period": day}))
    return [(tag, inputs) for tag, inputs in found if not inputs.items() <= call.inputs.items()]


def _sibling(name: str, call: PlannedCall, reading: Reading, values: Sequence[Any]) -> list[Taken]:
    family = _FAMILY.get(name, name.split("_")[0])
    return [
        ("sibling", {"name": other})
        for other, said in _SIBLINGS.get(family, ())
        if other in values and other != call.inputs.get("name") and re.search(rf"\b(?:{said})\b", reading.flat)
    ]


def _day(reading: Reading, first: PlannedCall, context: Context) -> str | None:
    """The day that is named by its number alone, in the month that was talked about."""
    match = _DAY.search(reading.flat)
    period = resolved(str(first.inputs.get("period", "")), context.now)
    if match is None or period is None or not 0 < int(match[1]) <= 31:
        return None
    word = f"{period.first_day[:7]}-{int(match[1]):02d}"
    return word if resolved(word, context.now) else None
