"""Asides: times that are said of the asker's own plans ("the hearing is on the 20th"), not of what is asked about."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.times import dates
from agents.models.offline.words.lazily import compiled

_MONTH = "(?:" + "|".join(sorted(dates.MONTHS, key=len, reverse=True)) + ")"
_WEEKDAY = "(?:" + "|".join(sorted(dates.WEEKDAYS, key=len, reverse=True)) + ")"
_DAY = rf"(?:(?:this |next |coming )?{_WEEKDAY}(?: (?:morning|afternoon|evening))?(?:,? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: (?:of )?{_MONTH})(?: 20\d\d)?|the \d{{1,2}}(?:st|nd|rd|th)|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|next (?:week|month|year|quarter)|tomorrow(?: morning| afternoon| evening)?|today|tonight|noon|this (?:afternoon|evening|morning|week)|end of (?:day|business|week)|eod|cob|the weekend|(?:at )?\d{{1,2}}(?::\d\d)? ?(?:am|pm|o clock|sharp)|\d{{1,2}}:\d\d)"
_WHEN = rf"(?: (?:on|at|by|before|from|until|till|for|in|of))?(?: the)? ?{_DAY}(?: (?:at|on|by) {_DAY})?"
_EVENT = (
    r"(?:hearing|meeting|meetings|board|audit|audits|inspection|inspector|inspectors|review|call|deadline|visit|presentation|exam|examination|interview|go-live|committee|session|"
    r"auditors?|regulators?|examiners?|supervisor|workshop|steerco|town ?hall|briefing|demo|renewal|filing|submission|report|memo|paper|deck|slides|pack|stand-?up|sync|offsite|conference)"
)
_COMES = (
    r"(?:is|are|will be|starts?|begins?|meets?|comes?(?: by| in| over)?|arrives?|visits?(?: us)?|takes place|is due|are due|is scheduled|is set|is coming|are coming|gathers?|convenes?|sits|wants? (?:it|this|them|that|an answer|answers|the numbers|the figures)|"
    r"expects? (?:it|this|them|an answer|answers)|needs? (?:it|this|them|that|an answer|answers))"
)
_DUTY = r"(?:must|have to|need to|will|shall|am going to|are going to|should|'ll|ll|am to|are to)"
_PEOPLE = r"(?:the |our |my )?(?:regulators?|board|auditors?|committee|supervisor|inspectors?|examiners?|boss|ceo|cfo|cio|ciso|minist\w+|press|bank|owners?|shareholders?|council)"
_I_DO = (
    rf"(?:(?<!did )(?<!do )(?<!have )(?<!had )(?<!can )(?:i|we) (?:{_DUTY} (?:have to |need to )?(?:present|report|meet|speak|fly|leave|brief|see|hand in|submit|file|deliver|sign|renew|defend|migrate|launch|answer|testify|go live|go on leave)|present|report|meet|speak to|brief|go live|leave)"
    rf"(?: (?:this|it|them|that|these|the (?:numbers|figures|report|contract|budget)))?(?: (?:on|with|to|before|for)? ?(?:{_PEOPLE}|\w+ics|budgets|costs|it|this))?|"
    r"(?:i|we) (?:am|are|m|re)(?: back| off| away| out| on leave| on holiday| due| in front of the \w+| meeting \w+(?: \w+)?| presenting(?: \w+)?| travelling| flying| on call)+|"
    r"(?:please )?(?:reply|answer|respond|send (?:it|this|them)|let me know|get back to me|i need (?:it|this|them|that|an answer|the answer)|(?:it|this) is (?:due|needed|wanted)|needed|due|deadline|wanted|asap)|on my desk)"
)
_OWN = rf"\b(?:(?:the|our|my|a|an|their|another|next|your) (?:[a-z-]+ ){{0,2}}?{_EVENT}(?: [a-z-]+){{0,2}}? {_COMES}|{_I_DO}){_WHEN}\b(?! (?:and|to) (?:today|now))"
_FOR = (
    rf"\b(?:before|ahead of|for|at|in|by|in time for|prior to) (?:the )?(?:{_DAY}|{_WEEKDAY}s?)(?: 's)? (?:(?!incident|outage|post)[a-z-]+ ){{0,2}}?"
    r"(?:meetings?|board|committee|audit|inspection|hearing|visit|presentation|call|workshop|steerco|demo|offsite|conference|session|stand-?up|deadline|interview|briefing)\b"
)
_ON_DAY = rf"\b(?:on |this |next )?(?:{_DAY}) (?:the|our) (?:[a-z-]+ )?{_EVENT} (?:meets?|sits|comes?|visits?|starts?|arrives?)\b"
_DEADLINE = rf"\b(?:i|we|they|one) (?:{_DUTY}|can|may|need to|are required to|are obliged to) (?P<what>[^,;.?]{{0,60}}?)\bwithin (?:the )?(?:\w+) (?:hours?|days?|weeks?|minutes?)\b"
_ALWAYS = (
    r"(?<![\w/.-])(?:24[/x]7|24 ?/ ?7|24 hours a day|7 days a week|9 to 5|nine to five|365 days a year)(?![\w/.-])"
)
_ROOM = r"\b(?:room|building|floor|table|gate|port|ext|extension|ticket|case|invoice|licen[cs]e|version|error code|code|id|number|no|nr|terminal|machine|slot|cabinet|rack|camera|section|article|clause|page|line) (?:no |nr |number |# ?)?\d{3,4}\b"


_PLANS = [
    "hearing",
    "meet",
    "board",
    "audit",
    "inspect",
    "review",
    "call",
    "deadline",
    "visit",
    "presen",
    "exam",
    "interview",
    "go-live",
    "committee",
    "session",
    "regulat",
    "supervisor",
    "workshop",
    "steerco",
    "hall",
    "brief",
    "demo",
    "renewal",
    "filing",
    "submi",
    "report",
    "memo",
    "paper",
    "deck",
    "slides",
    "pack",
    "stand",
    "sync",
    "offsite",
    "conference",
    "reply",
    "answer",
    "respond",
    "send",
    "know",
    "back",
    "need",
    "due",
    "wanted",
    "asap",
    "desk",
    "speak",
    "fly",
    "leave",
    "file",
    "deliver",
    "sign",
    "migrate",
    "launch",
    "testify",
    "live",
    "off",
    "away",
    "travel",
    "defend",
    "see",
    "renew",
]
_DAYS = (
    "day",
    "morgen",
    "next ",
    "tomorrow",
    "tonight",
    "noon",
    "evening",
    "morning",
    "week",
    "eod",
    "cob",
    "am",
    "pm",
    "clock",
    *"0123456789",
)
_NUMBER = re.compile(r"(?<!\d)\d{3,4}(?!\d)")


def without_asides(flat: str) -> str:
    """Folded text without the times that are no part of what is asked."""
    if any(said in flat for said in ("24", "9 to", "nine to", "7 days", "365")):
        flat = compiled(_ALWAYS).sub("always", flat)
    if _NUMBER.search(flat):
        flat = compiled(_ROOM).sub(lambda match: re.sub(r"\d", "x", match[0]), flat)
    if "within" in flat:
        flat = compiled(_DEADLINE).sub(lambda match: f"we report {match['what']}", flat)
    if any(said in flat for said in _PLANS) and any(said in flat for said in _DAYS):
        for pattern in (_OWN, _FOR, _ON_DAY):
            flat = compiled(pattern).sub(_timeless, flat)
    return flat


_WORDS = rf"{_WHEN}(?: 's)?\b"


def _timeless(match: re.Match[str]) -> str:
    return re.sub(r"  +", " ", compiled(_WORDS).sub(" ", match[0])).rstrip()
