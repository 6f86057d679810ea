"""Measuring: an average, a share, a difference, a level or a person asked for that no answer of a plan holds is named.

That a query is about the things of a question does not mean that it tells of them what is asked: a list of users without
MFA holds no share of all users. What it does not hold is said in a sentence, and never dropped.
"""
# ruff: noqa: E501, SIM905 - patterns of words and lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from agents.models.offline.inputs.periods import resolved, up_to_now
from agents.models.offline.inputs.rows import COUNTED_BY_ACCOUNT
from agents.models.offline.plan import Derivation, PlannedCall
from agents.models.offline.proposing.measured import TELLS_PERCENT, UNSHARED
from agents.models.offline.reading import Reading
from agents.models.offline.topics import levels
from agents.models.offline.topics.asked import asks_weeks, counts_apart
from agents.models.offline.weighing.focused import never_used
from agents.models.offline.words.text import NUMBERS

_SHARE = re.compile(
    r"(?:(?P<number>[\w.,]+) )?\b(?:percent|percentages?|proportions?|fractions?)\b|\b(?:what|which|as an?|the|its|their|our|by|market) shares?\b(?! (?:points?|folders?|drives?|of the blame))"
)
_AVERAGE = re.compile(
    r"\b(?:(?:on|the|an?|our|its|what|monthly|daily|weekly) (?:average|avg|mean)|average|avg)\b(?<!than average)(?<!than the average)(?<!above average)(?<!below average)(?! (?:severity|risk|level|priority|user|player|customer)s?\b)"
)
_DIFFERENCE = re.compile(
    r"\bhow (?:much|many) (?:more|extra|less|fewer|higher|lower|cheaper|dearer)\b(?! (?:room|space|headroom|time|days?|can|could|may|until|before|do we have|is there|are there)\b)|\b(?:what|how (?:much|big|large)) (?:is|was) the (?:difference|gap)\b|\bthe (?:difference|gap) between\b"
)
_TELLS_DIFFERENCE = frozenset("spend_change budgets forecast cost_anomalies quotas savings".split())
_TELLS_AVERAGE = frozenset("metric forecast".split())
NO_SHARE = "A share or a percentage is not told here."
NO_AVERAGE = "An average is not told here."
NO_DIFFERENCE = "How much more or less that is, is not told here: ask how it compares with another time."
NO_COUNTS = "How many there are in each is not told here."
NOT_TOLD_WHO = "Who did that is not told here"
NOT_RESOLVED = "Which of them were resolved, and when, is not told here"
"""How sentences begin that say of what is shown that it is not what is asked for."""
OF_THOSE_NEVER = (
    "Those never used are marked so, and their days counted from when they were made; the counts are of all that were "
    "not used for so long, and what was made since is not looked at."
)
OPERATIONS_ONLY = (
    "This is of alarms, backups, patches and AWS Health alone: ask about security and costs by themselves."
)
_A_MONTH = 31
"""Days of one month at most, of which there is no average by month."""


def unmeasured(calls: Sequence[PlannedCall], then: Sequence[Derivation], reading: Reading, now: datetime) -> list[str]:
    """Sentences that name the measures which a question asks for, and neither these calls nor what is computed tell.

    Args:
        calls: the plan.
        then: what is computed of its facts.
        reading: the question.
        now: the clock, UTC.
    """
    worked_out = {one.operation for one in then}
    said = []
    if _asks_share(reading.text) and not worked_out & {"share", "percentage_change"}:
        said += [] if any(map(_tells_share, calls)) else [NO_SHARE]
    if _AVERAGE.search(reading.text):
        several = (
            len(calls) > 1 and "average" in worked_out and all(c.inputs.get("by") in ("month", "day") for c in calls)
        )
        said += [] if several or any(_tells_average(call, now) for call in calls) else [NO_AVERAGE]
    if asks_difference(reading.text) and not worked_out & {"difference", "percentage_change"}:
        said += [] if any(call.query in _TELLS_DIFFERENCE for call in calls) else [NO_DIFFERENCE]
    if counts_apart(reading.text):
        said += [] if any(map(_counts_each, calls)) else [NO_COUNTS]
    said += [OF_THOSE_NEVER] if never_used(calls, reading.text) else []
    if _WHY_SO_HIGH.search(reading.text) and any(_is_of_days(call, now) for call in calls):
        said.append(CHANGE_ALONE)
    return [*_beside(calls, reading), *said, *_other_levels(calls, reading)]


_WHY_SO_HIGH = re.compile(
    r"\b(?:why|how come|what makes|what is making)\b.* (?:so|that|this|too|very|such an?) (?:\w+ )?(?:high|expensive|big|large|costly|much|dear|pricey|low|cheap|little|small)\b"
)
"""Why a bill is what it is, and not why it changed."""
_A_FEW_DAYS = 7
CHANGE_ALONE = (
    "This is the latest change alone: it does not tell why the bill is as it is. Ask what it is made of by service, or "
    "what changed between months."
)


def _is_of_days(call: PlannedCall, now: datetime) -> bool:
    """Whether a call tells what changed between days or weeks: what has been so for longer is not in it."""
    period = resolved(str(call.inputs.get("period", "last_month")), now)
    return call.query == "spend_change" and period is not None and period.days <= _A_FEW_DAYS


_WHO = re.compile(
    r"\b(?:who|(?:which|what) (?:person|people|user|engineer|colleague|admin|developer|employee))(?: (?:has|have|had|actually|really|exactly|probably))* "
    r"(?:caused?|did|made|triggered|created|started|launched|opened|changed|deployed|introduced|broke|broken|provoked|produced|initiated|(?:is|was) (?:behind|to blame|guilty))\b"
    r"|\bwhose (?:doing|fault|work|mistake)\b"
)
"""What asks for the person behind something; who spent most may be a team."""
_OF_PERSONS = frozenset({"who_did_what", "recent_changes", "threats", "identity_hygiene", "account_list"})
_RESOLVED = re.compile(
    r"(?<!not )(?<!n't )(?<!never )(?<!open and )(?<!open or )(?<!not yet )(?<!not been )(?<!not get )(?<!be )(?<!to )\b(?:resolved|closed|fixed|remediated|solved|mitigated|repaired|cleared|dealt with)\b(?! yet)"
    r"|\b(?:did|have) (?:we|they|you|the teams?|<\w+>|anyone|somebody) (?:already )?(?:close|resolve|fix|remediate|solve|mitigate|clear)\b"
)
_OPERATIONS = re.compile(r"\b(?:alarm\w*|backups?|patch\w*|aws health|maintenance|operation\w*)\b")


def _beside(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """Sentences that what is shown says nothing of the person, the mending or the field of work that is asked about."""
    said, found = [], [call for call in calls if call.query in ("findings", "vulnerabilities")]
    if _WHO.search(reading.text) and calls and not any(call.query in _OF_PERSONS for call in calls):
        said.append(f"{NOT_TOLD_WHO}: ask what was changed in that account at that time.")
    if found and _RESOLVED.search(reading.text):
        either = all(call.inputs.get("status") == "all" for call in found)
        since = " that were found in that time" if any("period" in call.inputs for call in found) else ""
        said.append(f"{NOT_RESOLVED}: these are those{since}, {'open and closed' if either else 'still open'}.")
    said += _no_weeks(calls, reading)
    if calls and all(call.query == "health_summary" for call in calls) and not _OPERATIONS.search(reading.text):
        said.append(OPERATIONS_ONLY)
    lately = any(call.query == "threats" and "period" not in call.inputs for call in calls)
    if lately and _GOES_ON.search(reading.flat):
        said.append(NOT_WHETHER_NOW)
    if any("above" in call.inputs for call in calls) and _USED_LESS.search(reading.flat):
        said.append(NOT_BELOW)
    return said


_BY_DAY = 35
"""Days that a bill tells one by one at most."""


def in_weeks(calls: Sequence[PlannedCall], reading: Reading, now: datetime) -> tuple[PlannedCall, ...]:
    """The calls, with a bill by month in the place of one by day, where each week of a long time was asked for."""
    if not asks_weeks(reading.text):
        return tuple(calls)
    return tuple(call.having(by="month") if _is_long(call, now) else call for call in calls)


def at_the_same_point(calls: Sequence[PlannedCall], reading: Reading, now: datetime) -> tuple[PlannedCall, ...]:
    """The calls, of which a bill of a time that runs is held against as many days where the same point is asked for."""

    def held(call: PlannedCall) -> PlannedCall:
        period, against = (str(call.inputs.get(key, "")) for key in ("period", "compared_to"))
        if call.query != "spend_change" or not against:
            return call
        return call.having(compared_to=up_to_now(period, against, reading, now))

    return tuple(map(held, calls))


def _is_long(call: PlannedCall, now: datetime) -> bool:
    period = resolved(str(call.inputs.get("period", "last_month")), now)
    return call.query == "spend" and call.inputs.get("by") == "day" and period is not None and period.days > _BY_DAY


def _no_weeks(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence that nothing is told week by week, where that was asked for."""
    if not asks_weeks(reading.text):
        return []
    if any(call.query == "spend" and call.inputs.get("by") == "day" for call in calls):
        return ["Nothing is told week by week here: this is by day."]
    if any(call.query == "spend" and call.inputs.get("by") == "month" for call in calls):
        return ["Nothing is told week by week here: this is by month; a shorter time is told by day."]
    return ["This is not told week by week."]


_GOES_ON = re.compile(r"\b(?:now|currently|at the moment|going on|ongoing|under way|at present|today)\b")
NOT_WHETHER_NOW = "Whether a threat still goes on is not known here: each has when it was last seen."
_USED_LESS = re.compile(
    r"\b(?:below|under|beneath|(?:less|lower|fewer) than|at most|up to)\b(?!.*\b(?:left|remain\w*|free|spare|headroom|room)\b)"
)
NOT_BELOW = "These are quotas in use from that share on: those below it are not told."


def _counts_each(call: PlannedCall) -> bool:
    """Whether a call tells how many there are in each account or venue."""
    return call.domain == "cost" or call.query in COUNTED_BY_ACCOUNT or call.inputs.get("by") in ("account", "venue")


def asks_difference(text: str) -> bool:
    """Whether it is asked how much more or less one thing is than another."""
    return bool(_DIFFERENCE.search(text))


def _asks_share(text: str) -> bool:
    """Whether a share or a percentage is asked for, and not how many percent something is to lie above."""
    return any(not _is_number(match["number"] or "") for match in _SHARE.finditer(text))


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or (word in NUMBERS and word not in ("a", "an", "one"))


def _tells_share(call: PlannedCall) -> bool:
    return call.query in TELLS_PERCENT or (call.query == "spend" and call.inputs.get("by", "service") not in UNSHARED)


def _tells_average(call: PlannedCall, now: datetime) -> bool:
    """Whether a call tells an average; a bill does over several of the days or months by which it is split."""
    if call.query != "spend":
        return call.query in _TELLS_AVERAGE
    period = resolved(str(call.inputs.get("period", "last_month")), now)
    least = {"day": 1, "month": _A_MONTH}.get(str(call.inputs.get("by")))
    return least is not None and period is not None and period.days > least


_AND = re.compile(
    r"(?: (?:severity|findings?|vulnerabilit\w+|cves?|issues?|ones))* ?(?:,|and|or|plus|as well as|/|&)+ ?(?:(?:the|and|also|open) )*"
)
"""What stands between levels that are named side by side, of which all that is said is said of each."""


def levels_alike(calls: Sequence[PlannedCall], reading: Reading) -> tuple[PlannedCall, ...]:
    """The calls, with each of the levels that are named side by side told apart by what one of them is."""
    said = levels.spoken(reading.text)
    places = [match.span() for match in levels.PATTERN.finditer(said)]
    if not any(_AND.fullmatch(said[end:start]) for (_, end), (start, _) in pairwise(places)):
        return tuple(calls)
    of_level = [call for call in calls if call.query in _LEVELLED and "severity" in call.inputs]
    split = {call.query: call.inputs["by"] for call in of_level if "by" in call.inputs}
    return tuple(
        call.having(by=call.inputs.get("by", split.get(call.query))) if call in of_level else call for call in calls
    )


def _other_levels(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence where a level is named that no call of those that are told apart by it looks at."""
    seen = {str(call.inputs["severity"]) for call in calls if "severity" in call.inputs}
    levelled = [call for call in calls if call.query in _LEVELLED]
    if not seen or "all" in seen or any("severity" not in call.inputs for call in levelled):
        return []
    if any(call.query == "threats" for call in calls):
        return []  # what is high there is critical, too
    missing = [level for level in levels.severities(reading.text, levels.ORDER) if level not in seen]
    return (
        [f"Only what is {' or '.join(sorted(seen))} is shown, and not what is {' or '.join(missing)}."]
        if missing
        else []
    )


_LEVELLED = frozenset("findings vulnerabilities threats".split())
