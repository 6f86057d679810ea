"""Unread: what no query reads, though AWS may know it. It is said so, with what near it can be asked, and nothing is shown instead."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.plan import Abstention
from agents.models.offline.topics.itself import aside
from agents.models.offline.topics.refusals import unassessed, unprotected

_STATE = r"^(?:(?:and|so|but|ok|please|tell me|check) )*(?:(?:whether|if) )?(?:is|are|do|does|have|has|which|what|in which|how many|where|staat|staan|welke)\b"
_ELSE = r"\b(?:cost\w*|spen[dt]\w*|bill\w*|pay\w*|paid|charge\w*|money|price\w*|budget\w*|forecast\w*|rules?|alarms?|findings?|attacks?|threats?|who|whom|any(?:one|body)|some(?:one|body)|ever|stopp?\w*|delet\w*|chang\w*|transfer|traffic|outages?|incidents?|buckets?)\b"
"""What is said of the same things, and a query tells."""
_HABIT = r"\b(?:at|in|on|during) (?:the |a )?weekends?\b"

_UNREAD: tuple[tuple[tuple[str, ...], str | None, str], ...] = (
    (
        (
            _STATE,
            r"\b(?:cloudtrail|(?:audit|cloud) trails?)\b",
            r"\b(?:on|enabled|active|activated|running|logging|everywhere|configured|set up|off|disabled|cover\w*|without|have|miss\w*|aan|uit|overal|ingeschakeld|actief)\b",
        ),
        _ELSE,
        "Regent does not read whether CloudTrail is switched on. Near it, you could ask: "
        '"Who stopped CloudTrail logging?" or "Which Config rules are failing?"',
    ),
    (
        (
            _STATE,
            r"\b(?:wafs?|web application firewalls?|(?:aws )?shield|ddos)\b",
            r"\b(?:protect\w*|behind|have|in front|cover\w*|use|on|enabled|active|attached|guard\w*|without|there|beschermd|achter)\b",
        ),
        _ELSE,
        "Regent does not read what AWS WAF or Shield protects. Near it, you could ask: "
        '"Which security groups are open to the internet?" or "What does WAF cost?"',
    ),
    (
        (r"\b(?:availability[- ]zones?|azs?|multi[- ]?azs?|single[- ]azs?|high(?:ly)?[- ]availab\w+|hoog beschikbaar|stand-?by (?:replicas?|instances?|cop(?:y|ies)|databases?))\b",),
        _ELSE,
        "Regent does not tell availability zones apart, so it does not see in which or in how many of them something runs. "
        'Near it, you could ask: "How many instances do we run, by region?" or "Which Config rules are failing?"',
    ),
    (
        (
            r"\b(?:who|whom|wie|(?:which|what) (?:person|people|user|engineer|colleague|team)|(?:any|some)(?:one|body))\b",
            r"\b(?:alarms?|alerts?|pagers?)\b",
            r"\b(?:set(?:s|ting)?(?: [\w<>'-]+){0,4}? off|trigger\w*|tripp\w*|caus(?:e[ds]?|ing)|ma[dk]\w*(?: [\w<>'-]+){1,4}? (?:go off|fire|ring|sound|trip))\b",
        ),
        r"\b(?:chang\w*|creat\w*|delet\w*|edit\w*|silenc\w*|mut(?:e|ed)|thresholds?|deploy\w*|releas\w*|sign\w*|log\w*)\b",
        "AWS records when an alarm went off, and not who was the cause. Near it, you could ask: "
        '"What changed recently?" or "Which alarms went off recently?"',
    ),
    (
        (
            rf"\b(?:weekends|weekdays|weekenden|doordeweeks)\b|^(?:do|does|are|is)\b.*\b(?:more|less|fewer|higher|lower|cheaper|busier|quieter)\b.*{_HABIT}|{_HABIT}.*\b(?:than|versus|vs|against|compared)\b",
        ),
        None,
        "Regent does not add up weekends apart from working days. "
        'Near it, you could ask for a month day by day, such as "What do we spend per day?", or for a single weekend.',
    ),
)  # fmt: skip
"""What must all be said, what must not, and the sentence."""
_PATTERNS = tuple(
    (tuple(re.compile(one) for one in said), re.compile(unless) if unless else None, text)
    for said, unless, text in _UNREAD
)


_DAY_OF = re.compile(
    r"\b(?:the |that )?(?:days?|dates?|nights?|evenings?|mornings?|afternoons?|weeks?|weekends?|hours?) (?:of|before|after|around|following) (?:the|that|this|our) (?:[a-z-]+ ){0,2}?"
    r"(?:outages?|incidents?|attacks?|breach|disruptions?|interruptions?|downtime|crash|migrations?|launch|match|finals?|tournament|promotion|campaign|storm)\b"
)
"""A day that is named by what happened on it."""
_NOT_SAID_WHEN = 'When that was is not known here, as in "{said}": name the day.'


def _of_a_day_unknown(text: str) -> Abstention | None:
    """An abstention if a (masked) text names a day by what happened on it, and by nothing else."""
    said = _DAY_OF.search(text) if "<p>" not in text else None
    return Abstention(kind="cannot_know", text=_NOT_SAID_WHEN.format(said=said[0])) if said else None


def unread(question: str, text: str, flat: str) -> Abstention | None:
    """An abstention if a question, as asked, masked or flat, is about what no query reads, else None."""
    if apart := aside(question) or unprotected(text) or unassessed(flat) or _of_a_day_unknown(text):
        return apart
    for said, unless, sentence in _PATTERNS:
        if all(one.search(flat) for one in said) and not (unless and unless.search(flat)):
            return Abstention(kind="cannot_know", text=sentence)
    return None
