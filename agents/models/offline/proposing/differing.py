"""Differing: why one of two that were compared costs more, and in which account, team or service what went up did so.

What two places, teams or services cost is no change in time: what each of them is made of stands beside the other.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.naming.names import Found
from agents.models.offline.plan import BILLED_FOR, PLACES, Derivation, PlannedCall
from agents.models.offline.proposing.opened import OF_THE_GAP
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions

Differing = tuple[tuple[PlannedCall, ...], tuple[str, ...], tuple[Derivation, ...]]
"""Calls, sentences about what they do not tell, and what is computed of them."""
_LEAD = r"\W*(?:(?:and|so|but|ok|okay|then|well|please)\b\W*)*"
_ONE = r"(?:<\w+>|it|that|this|they|one|(?:the )?(?:first|second|other|latter|former)(?: one)?|(?:team |venue |account )?[a-z0-9-]+)"
_MORE = r"(?:(?:more|less|so|that|very) (?:expensive|costly)|dearer|pricier|costlier|cheaper|more|less|higher|lower|bigger|larger|smaller|different)"
_WHY = re.compile(
    rf"{_LEAD}(?:(?:why|how come)(?: (?:is|are|was|were|does|do|did|has))?(?: {_ONE})??(?: (?:is|costs?|spends?|costing|spending|pay))?|what (?:makes|made|is making) {_ONE})"
    rf"(?: us)?(?: (?:so|that|this|a|lot|much|far|even|way))*? {_MORE}(?: (?:there|than {_ONE}))?(?: for us)?\W*"
)
_APART = (*PLACES, *sorted(BILLED_FOR))
"""Inputs by which two bills are of two things."""
_SIDE_BY_SIDE = "A bill does not say why: what each of them is made of stands beside the other."
_ROSE = re.compile(
    rf"{_LEAD}(?:in |of |for |by )?(?:which|what) (?P<of>[a-z]+(?: [a-z]+)?) (?:(?:did|has|have|is|was|does) )?(?:(?:it|that|this|they|most of it) )?(?:go|goes|went|gone|rise|rose|risen|grow|grew|grown|increased?|climb(?:ed)?|jump(?:ed)?)(?: up)?(?: (?:the )?most)?\W*"
)
_OF_LAST_MONTH = "This is the last month against the one before: name another time to have that."


def differing(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Differing | None:
    """What two that were compared are made of, or where what was shown over time went up; None of any other question.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if reading.when.named:
        return None
    if rise := _where_it_rose(reading, earlier, context):
        return (rise,), (_OF_LAST_MONTH,), ()
    if not (_WHY.fullmatch(reading.text) or OF_THE_GAP.fullmatch(reading.text)):
        return None
    sides = _sides(earlier)
    if not sides or not _are_these(reading.found, sides, context):
        return None
    if len(earlier) == 1 and not reading.found.any() and _are_of_one(sides, context):
        return None  # they were shown as what they are together
    then = Derivation(operation="difference", picks=("total spend", "total spend"))
    return sides, (_SIDE_BY_SIDE,), (then,)


def _sides(earlier: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """What two places, teams or services that were shown at one time are made of; empty where no such two were."""
    if any(call.query != "spend" for call in earlier):
        return ()
    both = list(earlier)
    if len(both) == 1 and both[0].inputs.get("by") == "account":
        both = [both[0].having(accounts=one) for one in str(both[0].inputs.get("accounts", "")).split(",")]
    apart = [key for key in _APART if len({str(call.inputs.get(key)) for call in both}) > 1]
    if len(both) != 2 or len(apart) != 1 or len({str(call.inputs.get("period")) for call in both}) > 1:
        return ()
    return tuple(
        call.having(by="usage_type" if BILLED_FOR & call.inputs.keys() else "service", top=None) for call in both
    )


def _are_these(found: Found, sides: Sequence[PlannedCall], context: Context) -> bool:
    """Whether nothing is named but what was compared."""
    accounts = {one for side in sides for one in members(str(side.inputs.get("accounts", "")), context)}
    named = {one for venue in found.venues for one in members(f"venue:{venue}", context)} | set(found.accounts)
    teams = {str(side.inputs.get("team")) for side in sides}
    services = {str(side.inputs.get("service")) for side in sides}
    return named <= accounts and set(found.teams) <= teams and set(found.services) <= services and not found.envs


def _are_of_one(sides: Sequence[PlannedCall], context: Context) -> bool:
    """Whether two accounts are all that one team has: nobody compared them."""
    both = sorted(str(side.inputs.get("accounts", "")) for side in sides)
    return any(sorted(members(f"team:{team}", context)) == both for team in context.names.teams)


def _where_it_rose(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> PlannedCall | None:
    """The change of a bill that was shown over time, by what it is asked to have gone up in; None of anything else."""
    query = context.queries.get("spend_change")
    over_time = bool(earlier) and all(c.query == "spend" and c.inputs.get("by") in ("day", "month") for c in earlier)
    if query is None or not over_time or reading.found.any() or not _ROSE.fullmatch(reading.text):
        return None
    by = next((one for one in dimensions(reading.text) if one in (allowed(query, "by") or ())), None)
    kept = {key: value for key, value in earlier[0].inputs.items() if key in fields_of(query) and key not in _OWN}
    return PlannedCall(query=query.name, domain=query.domain, inputs={**kept, "by": by}) if by else None


_OWN = frozenset({"by", "top", "period"})
"""Inputs of how a bill was told over time."""
