"""Deeds: a question who made one change ("who opened the security group") is one for the events of that change.

Only such plans are proposed for it: what is open today, or all that people did, answers another question.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.topics.actions import READ_CALLS, READS, action

DEEDS = frozenset({"who_did_what", "recent_changes"})
"""Queries that show what was done."""

_WHO = re.compile(
    r"\b(?:who|whom|whose (?:fault|doing|idea|work)|culprit|wie|quem|(?:did|has|have) (?:any|some)(?:one|body)"
    r"|(?:which|what) (?:\w+ )?(?:person|people|users?|engineers?|colleagues?|roles?|admins?\w*|hand)(?! (?:has|have|had|with|are|whose|gets?|got)\b))\b"
)
_MORE = re.compile(
    r"\b(?:and|plus|also|then|but|not|never|n't|\w+n't|without|yet|still|can|could|may|allowed to|able|should|how (?:many|much|often)"
    r"|older|longer|(?:more|less|fewer) than|at least|beyond|over (?:\d|an?\b)|ago|ever|except|apart|besides|other than|excluding|anything|everything|whatever|things|stuff|else|costs?|spen[dt]\w*|does|do)\b|[?;.!] \S"
)
"""A second part, or words by which it is not asked who did it."""
_HAS = re.compile(
    r"\bwho (?:all )?(?:has|have|had|holds?|owns?|got|gets?|is|are)\b"
    r"(?! (?:been|just|recently|already|lately|since|to blame|\w+ed|\w+ing|shut|cut|set|put|made|taken|broken)\b)"
)
"""What somebody has or is, and not what was done."""


_POLITELY = re.compile(
    r"^\W*(?:please )?(?:can|could|would|will) (?:you|any(?:one|body)|some(?:one|body)) (?:please )?(?:tell|say|show|find out|look up)\b(?: me| us)?|(?<=who )(?:can|could) (?:tell|say)\b(?: me| us)?(?= who\b)|\b(?:could|may|might|can) (?=have )"
)
"""How it is asked, or by whom, and not what."""


_SIGN_IN = r"(?:sign|log)\w*[ -]?(?:in|on)s?"
_FAILED_SIGN_INS = re.compile(
    rf"\b(?:failed|unsuccessful|failing|rejected|refused) (?:(?!backups?\b)[\w<>]+ ){{0,2}}{_SIGN_IN}\b|\bfail\w* to {_SIGN_IN}\b"
    rf"|\b{_SIGN_IN} (?:(?:attempts?|that|which|have|has|ever) ){{0,3}}fail\w*"
)
"""Sign-ins that failed, which are events of one kind whoever it was."""


_WHOSE = r"(?:root|<\w+>|user|users|console|aws|iam|admins?|administrators?|anyone|anybody|someone|somebody|people|he|she|they|we|the|our|of|all|successful|different|did|do|does|has|have|had|was|were|been|<user>)"
_COUNTED_SIGN_INS = re.compile(
    rf"\b(?:how many|(?:number|count) of) (?:{_WHOSE} ){{0,4}}?(?:sign|log)[ -]?(?:in|on)s\b"
    rf"|\b(?:how (?:often|frequently)|how many times) (?:{_WHOSE} ){{1,5}}?(?:{_SIGN_IN}|signed in|logged (?:in|on))\b"
)
"""How many sign-ins there were, which are events too: a list of users does not count them."""


_AND_WHEN = re.compile(r" ?,? and (?:(?:since )?when|where|at what time|how)(?: exactly)?\W*$")
"""What each event tells beside who it was."""


def deed(reading: Reading) -> bool:
    """Whether all that is asked is who made one change, or which or how many sign-ins there were."""
    text = _POLITELY.sub(" ", _AND_WHEN.sub("", reading.text))
    if _FAILED_SIGN_INS.search(reading.flat) or _COUNTED_SIGN_INS.search(reading.flat):
        return not {"MFA", "COST"} & reading.concepts
    done = reading.event or action(text)
    if not done or "COST" in reading.concepts or not _WHO.search(text) or _MORE.search(text) or _HAS.search(text):
        return False
    return bool(READ_CALLS & set(done.split(","))) or not READS.search(reading.flat)


def tells_of(calls: Sequence[PlannedCall]) -> bool:
    """Whether a plan looks for the events of a change, and for nothing else."""
    return all(call.query == "who_did_what" and "action" in call.inputs for call in calls)
