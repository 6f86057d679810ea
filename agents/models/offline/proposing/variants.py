"""Variants: other ways to fill the inputs of a call, where the words leave it open; what was learned chooses."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.special import LONG, SHORT, recent
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.timing import timings
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import MONTHS
from agents.models.offline.topics import choices
from agents.models.offline.topics.actions import actions
from agents.models.offline.topics.asked import NOUNS

_NAMES = re.compile(r"\b(?:names?|named|list|which|every|one by one|individual\w*|each)\b")
Variant = tuple[str, list[PlannedCall]]
"""What is different, and the calls."""
_EACH = 4
"""Values of one input that are looked at one by one."""
_OTHERS = re.compile(r"\b(?:others?|rest|remaining|remainder)\b")
_OTHER_TEAMS = re.compile(r"\b(?:other|remaining) teams\b")
_ALL = re.compile(r"\b(?:all|every\w*|whole|entire|together|overall|total)\b")
_MORE = re.compile(r"^(?:and |also |plus )*(?:add|plus|include|also|as well)\b|\b(?:too|as well|also)$")
_COMPARE = re.compile(
    r"^(?:and |ok |now |so |how (?:does|do|did|is) (?:that|it|this|they|those) |(?:set|put|hold|see|compare|contrast) (?:that|it|this|them|those) |as |in )*"
    r"(?:compar\w+(?: (?:that|it|this))? (?:to|with|against)|comparison (?:to|with)|contrast\w* (?:to|with)|relative to|versus|vs|against|with|next to|beside|alongside|side by side with)\b"
    r"|\b(?:more|less|higher|lower|cheaper|dearer|pricier|bigger|smaller|larger|expensive) than (?:in |at |for |what )?(?:the )?<|<\w+> compares?\b"
)
"""A place that is to be held against the one that was spoken of."""


@lru_cache(maxsize=64)
def _noun(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w<-])(?:{NOUNS[name]}{'|ages?|old(?:est|er)?' if name == 'age' else ''})(?![\w>-])")


def variants(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Variant]:
    """The call filled in other ways."""
    return [
        *_split(call, reading, context),
        *_each(call, reading, context),
        *_loosened(call, reading, context),
        *_places(call, reading, earlier, context),
        *timings(call, reading, earlier, context),
        *_done(call, reading),
        *_told_apart(call, reading, context),
    ]


def _done(call: PlannedCall, reading: Reading) -> list[Variant]:
    """Other actions that the words may stand for, and any action at all: what was done shows in the rows."""
    if "action" not in call.inputs or reading.event:
        return []
    others = [name for name in actions(reading.text)[:3] if name != call.inputs["action"]]
    return [*(("other value", [call.having(action=name)]) for name in others), ("no value", [call.having(action=None)])]


_MONTH = "|".join(MONTHS)
_LISTED = re.compile(rf"\b(?:{_MONTH})(?: ?,| and| plus)+ (?:{_MONTH})\b|side by side|next to each other|in a row")
"""Months that are named one by one."""


def _told_apart(call: PlannedCall, reading: Reading, context: Context) -> list[Variant]:
    """Costs of several months month by month, and those of all venues venue by venue."""
    values = allowed(context.queries[call.query], "by") or ()
    found: list[Variant] = []
    if "month" in values and call.inputs.get("by") != "month" and _LISTED.search(reading.flat):
        found.append(("split", [call.having(by="month")]))
    here = str(call.inputs.get("accounts", ""))
    if "venue" in values and here and members(here, context) == context.names.venue_accounts:
        found.append(("split", [call.having(by="venue", accounts=None)]))
    return found


def split_nouns(call: PlannedCall, reading: Reading, context: Context) -> list[str]:
    """What the rows can be split by that is spoken of."""
    values = [v for v in allowed(context.queries[call.query], "by") or () if v in NOUNS]
    found = {name: match.start() for name in values if (match := _noun(name).search(reading.text))}
    if "age" in (allowed(context.queries[call.query], "by") or ()) and re.search(r"\bage\b|\bold", reading.text):
        found["age"] = 0
    if "resource" in (allowed(context.queries[call.query], "by") or ()) and _NAMES.search(reading.text):
        found.setdefault("resource", 0)
    return sorted(found, key=lambda name: found[name])


def _split(call: PlannedCall, reading: Reading, context: Context) -> list[Variant]:
    if not allowed(context.queries[call.query], "by"):
        return []
    now = call.inputs.get("by")
    found = [("split", [call.having(by=name)]) for name in split_nouns(call, reading, context) if name != now]
    if now is not None:
        found.append(("no split", [call.having(by=None)]))
    return found[:3]


def _each(call: PlannedCall, reading: Reading, context: Context) -> list[Variant]:
    query = context.queries[call.query]
    found: list[Variant] = []
    for field in fields_of(query):
        values = allowed(query, field)
        if not values or field == "by":
            continue
        said = choices.all_chosen(call.query, field, reading.text, values)
        if 1 < len(said) <= _EACH:
            found.append(("each", [call.having(**{field: value}) for value in said]))
            if len(said) > 2:
                found += [("each", [call.having(**{field: value}) for value in said if value != out]) for out in said]
            found += [("other value", [call.having(**{field: value})]) for value in said[1:]]
        if field in call.inputs:
            found.append(("no value", [call.having(**{field: None})]))
    return found


def _loosened(call: PlannedCall, reading: Reading, context: Context) -> list[Variant]:
    """Without what plain words were taken to stand for: an API action, a text in the lines."""
    # a policy is named as such; other words for what was done are taken more loosely
    if "action" in call.inputs and not reading.event and "polic" not in reading.text:
        inputs: dict[str, object] = {"action": None}
        if call.inputs.get("period") == recent(context.now, LONG) and "resource" not in call.inputs:
            inputs["period"] = recent(context.now, SHORT)
        return [("loosened", [call.having(**inputs)])]
    if "contains" in call.inputs and "quoted" not in reading.ids:
        return [("loosened", [call.having(contains=None)])]
    return []


def _places(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Variant]:
    names = context.names
    if "accounts" not in fields_of(context.queries[call.query]) or not earlier:
        return []
    before = earlier[0].inputs.get("accounts")
    held = members(str(before), context) if before else ()
    found: list[Variant] = []
    here = call.inputs.get("accounts")
    if _OTHER_TEAMS.search(reading.flat):
        held = ()  # of a place that was shown there are no other teams
    if _OTHERS.search(reading.flat) and held and not reading.found.placed():
        group = names.venue_accounts if set(held) <= set(names.venue_accounts) else names.accounts
        if rest := [name for name in group if name not in held]:
            found.append(("others", [call.having(accounts=",".join(rest))]))
    if _OTHERS.search(reading.flat) and held and reading.found.placed():
        group = names.venue_accounts
        if rest := [name for name in group if name not in held]:
            found.append(("others", [call.having(accounts=",".join(rest))]))
    if here and held and reading.found.placed():
        said = members(str(here), context)
        if reading.found.excluded and (left := [name for name in held if name in said]) and left != list(held):
            found.append(("within", [call.having(accounts=",".join(left))]))
        both = ",".join(dict.fromkeys([*held, *said]))
        if not reading.found.excluded and _MORE.search(reading.text):
            found.append(("more", [call.having(accounts=both)]))
        elif not reading.found.excluded and _COMPARE.search(reading.text):
            by = "account" if "account" in (allowed(context.queries[call.query], "by") or ()) else None
            found.append(("more", [call.having(accounts=both, **({"by": by} if by else {}))]))
    if here and here == before and _ALL.search(reading.text):
        found.append(("all", [call.having(accounts=None)]))
    return found


def members(accounts: str, context: Context) -> tuple[str, ...]:
    """The accounts that an `accounts` input names."""
    names, found = context.names, []
    for part in accounts.split(","):
        key, _, value = part.partition(":")
        found += [a for a in names.accounts if (names.tags.get(a, {}).get(key) == value if value else a == part)]
    return tuple(dict.fromkeys(found))
