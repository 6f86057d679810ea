"""Acted: who did something to "them" is looked for by the events of just that, done to the kind of thing shown before.

What a question means is weighed without it, as it was learned; it is put into the call that was decided on.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.special import LONG, SHORT, recent
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.topics.actions import action, undoing

_THEM = re.compile(r"\b(?:them|those|these|it|that one)\b")
_SO = re.compile(r"\b(?:so|(?:this|that) way|like (?:this|that))(?=\W*$)")
"""As "they" are shown: who made them so did not create them."""
BACK = re.compile(
    r"\b(?:(?:put|set|got|get|br(?:ought|ing\w*)) (?:it|them|that|this|those|these|everything) back|put back|restor\w+|re-?creat\w+|(?:switch|turn|took|tak|roll)\w* (?:it|them|that|this|those|these) back(?: (?:on|in|up|out))?|re-?instat\w+|re-?add\w*|undid|undo\w*|undone|revert\w*|revers\w+|ma[dk]e (?:it|them) again|creat\w+ (?:it|them) again|repair\w*|fix(?:ed)? (?:it|that|this)|back again|\w+ed (?:it|them|that|this|those|these)(?: (?:on|up|in))? (?:again|back))\b"
)
"""Who undid what was done: asked after who did that, it is no question of the same events."""
_STATES = {"public_exposure": "public"}
"""How the things that a query shows are, where all of them are one way."""
_NOUNS = {
    "instances": "instances", "databases": "databases", "functions": "lambda functions", "buckets": "bucket",
    "volumes": "volumes", "snapshots": "snapshots", "services": "ecs services", "load_balancers": "load balancers",
    "keys": "kms keys", "security_groups": "security groups",
}  # fmt: skip
"""Kinds of things in words that name what is done to them."""
_OF_PARTS = {
    "gpu_instances": "instances",
    "nat_gateways": "nat gateways",
    "volumes": "volumes",
    "snapshots": "snapshots",
}
"""The same of parts of a bill that are things."""
_OF_QUERIES = {"alarms": "alarms", "alarm_history": "alarms", "backups": "backups"}
"""What the rows of a query are, where it has one kind of them."""


def acted_on(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading, now: datetime) -> PlannedCall:
    """A look at what people did, narrowed to what was done to the things that an earlier answer was of.

    One that is narrowed already stays; so does one of which no event is known.
    """
    given = str(call.inputs.get("action", ""))
    before = next((str(one.inputs["action"]) for one in earlier if "action" in one.inputs), "")
    if call.query == "who_did_what" and BACK.search(reading.text) and (back := undoing(before)):
        return _since(call.having(action=back), earlier, reading, now) if given in ("", before) else call
    if call.query != "who_did_what" or "resource" in call.inputs or given[:1].isupper():
        return _not_of_the_bill(call, earlier, reading, now)
    named = in_full(reading.text, earlier)
    done = action(named) if named != reading.text else None
    if done is None:
        return call
    call = _not_of_the_bill(call.having(action=done), earlier, reading, now)
    guessed = not reading.when.mentions and call.inputs.get("period") == recent(now, SHORT)
    return call.having(**({"period": recent(now, LONG)} if guessed else {}))


def _since(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading, now: datetime) -> PlannedCall:
    """A look for what put something back: from when it was taken away on, where no time is named."""
    before = next(
        (str(one.inputs["period"]) for one in earlier if "action" in one.inputs and "period" in one.inputs), ""
    )
    span = None if reading.when.mentions or reading.when.relative else resolved(before, now)
    return call.having(period=dates.span(span.start.date(), now.date())) if span else call


_STATE_NOW = frozenset({"public_exposure", "encryption", "identity_hygiene"})
"""Queries of how things are now: who made them so may have done it at any time."""


def _not_of_the_bill(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading, now: datetime) -> PlannedCall:
    """A look for one change of what is shown as it is now, without the month of a bill that was told beside it."""
    if call.query != "who_did_what" or "action" not in call.inputs or reading.when.mentions or reading.when.relative:
        return call
    bills = {one.inputs.get("period") for one in earlier if one.domain == "cost"} - {None}
    if call.inputs.get("period") not in bills or not any(one.query in _STATE_NOW for one in earlier):
        return call
    return call.having(period=recent(now, LONG))


def in_full(text: str, earlier: Sequence[PlannedCall]) -> str:
    """A text in which "them" is named, and "so": the kind of things that an earlier answer was of, and how they are."""
    things = next((noun for one in earlier if (noun := _noun(one))), None)
    if things is None:
        return text
    if _SO.search(text):
        state = next((_STATES[one.query] for one in earlier if one.query in _STATES), None)
        return _SO.sub(state, _THEM.sub(things, text, count=1)) if state else text
    return _THEM.sub(things, text, count=1)


def _noun(call: PlannedCall) -> str | None:
    kind, part = (str(call.inputs.get(key, "")) for key in ("kind", "part"))
    return _OF_QUERIES.get(call.query) or _NOUNS.get(kind) or _OF_PARTS.get(part)
