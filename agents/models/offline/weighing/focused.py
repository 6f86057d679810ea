"""Focused: whose rows of an answer are told first: those that a question names, or that were asked about before it."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import asks_share, everyday_part
from agents.models.offline.inputs.placing import accounts_of
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions


def focused(kept: Sequence[PlannedCall], reading: Reading, context: Context) -> tuple[str, ...]:
    """Names whose rows are told first."""
    found = reading.found
    focus: tuple[str, ...] = (*((reading.user,) if reading.user else ()), *reading.resources, *reading.ids.values())
    if reading.hint:
        focus += (reading.hint,)
    focus += reading.ranked
    if kept and kept[0].query == "budgets":
        focus += tuple(found.teams) or _of_a_kind(reading)
        focus += ("total",) if not focus and _IN_TOTAL.search(reading.text) else ()
    if kept and kept[0].query == "account_list":
        focus += tuple(accounts_of(found, context.names))
    if kept and kept[0].query == "spend" and kept[0].inputs.get("by") == "charge_type" and not _is_gross(kept[0]):
        credits, refunds = "credit" in reading.text, "refund" in reading.text
        focus = (*(("Credit",) if credits or not refunds else ()), *(("Refund",) if refunds or not credits else ()))
    if marked := never_used(kept, reading.text):
        focus += (marked,)
    if asks_share(reading):
        services = found.services or (everyday_part(reading) if kept and kept[0].query == "spend" else [])
        focus = (*services, *found.teams, *found.accounts, *(f"venue-{v}" for v in found.venues), *found.venues)
    return focus


_NEVER = re.compile(
    r"\b(?:never|not even once|not once|not ever|n't ever|(?:nobody|no one|noone|none) (?:\w+ )?ever|without ever)\b(?: [a-z]+){0,3}? (?:(?P<signs>(?:sign|log)\w* ?-?(?:in|on))|us(?:ed?|es|ing)|touch\w*)\b"
)


def never_used(calls: Sequence[PlannedCall], text: str) -> str:
    """How those are marked that were never used, or whose owner never signed in, where these are asked for; else empty."""
    if not any(call.inputs.get("check") == "unused_keys" for call in calls):
        return ""
    match = _NEVER.search(text)
    return "" if match is None else "never signed in" if match["signs"] else "never used"


def of_place(kept: Sequence[PlannedCall], earlier: Sequence[PlannedCall], context: Context) -> tuple[str, ...]:
    """The accounts that were asked about before, where it is told whose accounts are and none is named."""
    if not kept or kept[0].query != "account_list" or any("by" in call.inputs for call in earlier):
        return ()
    places = (
        str(call.inputs.get("accounts") or "")
        or next((f"{key}:{call.inputs[key]}" for key in ("venue", "team") if key in call.inputs), "")
        for call in earlier
    )
    return tuple(dict.fromkeys(name for place in places if place for name in members(place, context)))


_IN_TOTAL = re.compile(
    r"\b(?:total|overall|whole|entire|company|group|general|main)(?:'?s|wide)? (?:\w+ )?budget(?! by\b)s?\b|\bbudget (?:in total|overall|as a whole|of (?:the )?(?:whole|entire|total|company|group)|for (?:the )?(?:whole|entire|company|group|everything))\b|\btotal of (?:the|our) budgets?\b"
)
"""The one budget of all that is spent, which is called so."""


def _is_gross(call: PlannedCall) -> bool:
    """Whether a bill is without credits and refunds, of which there is no row then."""
    return call.inputs.get("net") is False


def _of_a_kind(reading: Reading) -> tuple[str, ...]:
    """The kind of thing that budgets are told apart by: it stands in the names of those that are of one ("team data")."""
    return tuple(kind for kind in ("team", "venue") if kind in dimensions(reading.text))
