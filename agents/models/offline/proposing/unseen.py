"""Unseen: what none of a plan's calls looks at, though it shows something of the kind: how it was, or where it is on."""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading

_WATCH = r"(?:aws |amazon )*(?:guardduty|security ?hub|aws config|inspector|cloudtrail|macie|detective|access analyzer)"
_ON = r"(?:(?:switched|turned) )?(?:on(?! (?:the|our) )|off|enabled|disabled|activated|deactivated|active|inactive|running|set up|configured)"
_SWITCHED_ON = re.compile(
    rf"\b(?:is|are) ({_WATCH}) (?:(?:also|still|now|really|actually|not|even|always) )*{_ON}\b"
    rf"|\b(?:where|which accounts?|in which accounts?)\b.*\b({_WATCH}) (?:is |are |has been )?(?:not )?{_ON}\b"
    rf"|\baccounts?\b(?: <\w+>)? (?:\w+ )?(?:have|has|had|use|uses|lack|lacks|miss|without|with) (?:no |not |got )*({_WATCH})(?! findings| alerts| threats)\b"
)
"""Whether a service that watches over the accounts does so: it reports what it found, and nothing of itself."""
_STILL = re.compile(
    r"^\W*(?:(?:and|so|but|ok) )*(?:is|are|does|do|has|have) (?:it|that|this|they|those|these|he|she)\b.*\b(?:still|now|by now|again)\b"
)
"""Whether it is so still: a state, and not a deed."""
_GREW = re.compile(
    r"^\W*(?:is|are|do|does|did|has|have)\b.*\b(?:increas(?:ed?|ing)|decreas(?:ed?|ing)|(?:go|gone|going) (?:up|down)|ris(?:e|en|ing)|grow(?:n|ing)?)\b"
)
_OF_NOW = frozenset(
    "vulnerabilities alarms inventory patches encryption public_exposure config_compliance account_list".split()
)
"""Queries of what is so now, and was so at no other time."""
_WERE = re.compile(r"^\W*(?:so |and |ok |then |why )*(?:was|were|did|has|have)\b")
_THAN_PLACE = re.compile(r"\bthan (?:(?:in|at|for|on|of|the|our) )*<(?:region|account|venue|team|env)>")
_GROUPS = r"log ?groups?"
_KEPT = r"(?:biggest|largest|smallest|bigger|larger|how (?:big|large|much data)|sizes?|gigabytes?|gb|store[ds]?|stor(?:age|ing)|retention|retain\w*|keep|keeps|kept|forever|never expires?|expir\w+|encrypt\w*)"
_KEPT_LOGS = re.compile(rf"\b{_GROUPS}\b.*\b{_KEPT}\b|\b{_KEPT}\b.*\b{_GROUPS}\b")
"""How much logs hold, and how long: no error in them tells it."""
_ROLES = re.compile(r"\b(?:iam )?roles?\b")


def unseen(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> str | None:
    """What none of these calls looks at, though it shows something of the kind."""
    if reading.found.services and all(call.query == "account_list" for call in calls):
        return "I can not tell in which accounts a service is switched on."
    if not any("rule" in c.inputs or c.domain == "cost" for c in calls) and (
        watch := _SWITCHED_ON.search(reading.text)
    ):
        return f"I can tell what {next(name for name in watch.groups() if name)} reports, not where it is switched on."
    if any(call.query == "who_did_what" for call in calls) and _STILL.search(reading.text):
        return "What people did does not tell what is so now: ask for the thing itself."
    if _KEPT_LOGS.search(reading.text) and any(call.query == "error_logs" for call in calls):
        return "I can tell which log groups have error lines, not how much they hold, how long they keep it, or how."
    if _GREW.search(reading.flat) and all(call.query in _OF_NOW for call in calls):
        return "I can not tell how that has changed, only how it is now."
    if any(call.query == "forecast" for call in calls) and _WERE.search(reading.flat):
        return "I can not tell what was forecast then."
    moved = [call.query == "spend_change" for call in calls]
    apart = len(calls) > 1 and re.search(r"\bthan\b", reading.text) and not reading.when.mentions
    if any(moved) and (_THAN_PLACE.search(reading.text) or (all(moved) and apart)):
        return "I can not hold two things against each other in how they changed."
    unused = any(call.query == "identity_hygiene" and call.inputs.get("check") == "unused_keys" for call in calls)
    if unused and _ROLES.search(reading.text):
        return "I can not tell when roles were last used, only when access keys and users were."
    return None


_SINCE_IT = re.compile(
    r"\bsince (?:(?:the|our) (?!<p>|last\b|first\b|previous\b|\w+ (?:half|quarter|day|week|month|year)\b)(?:[a-z-]+ ?){1,4}|(?:we|i) (?:[a-z-]+ ?){1,4})(?<! )"
)
"""A time that is named by what happened then."""


def since_it(text: str) -> str:
    """The words of a text by which a time is named by what happened then ("since the migration"); empty without them."""
    match = _SINCE_IT.search(text)
    return match[0] if match else ""


def to_the_end(call: PlannedCall) -> bool:
    """Whether a call looks ahead to the end of a month or year that has begun, which is what "until" it asks."""
    return call.query == "forecast" and call.inputs.get("period") in ("this_month", "this_year")
