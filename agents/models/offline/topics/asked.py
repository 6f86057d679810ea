"""What a question wants its answer split or ranked by: accounts, teams, services, months, rules and the like."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from functools import lru_cache

NOUNS: dict[str, str] = {
    "account": r"accounts?",
    "team": r"teams?|squads?|departments?|cost[- ]?cent(?:er|re)s?|owners?|business units?|crews?",
    "venue": r"venues?|casinos?|(?<!centre )(?<!center )locations?|sites?|houses?|halls?|properties|property|branch(?:es)?|premises|establishments?|cit(?:y|ies)",
    "service": r"(?<!ecs )(?<!fargate )(?:aws )?services?(?! (?:quotas?|limits?|health|accounts?|hub|events?|control))",
    "region": r"regions?|geograph(?:y|ies)|countr(?:y|ies)|continents?|data ?cent(?:er|re)(?: location)?s?",
    "env": r"env(?:ironment)?s?|stages",
    "month": r"months?",
    "day": r"days?|dates?",
    "rule": r"(?:config )?rules?",
    "resource": r"resources?|servers?|instances?|machines?|hosts?|systems?|boxes|vms?|databases?|dbs?|functions?|lambdas?|images?|volumes?|disks?|buckets?",
    "type": r"(?:instance |database |db |machine |server )?(?:(?<!usage )(?<!charge )(?<!charges by )(?<!charges per )types?(?! (?:of (?:usage|charges?)|usage|tax)\b)|sizes?|classes|class|families|engines?|runtimes?)|instance kinds?",
    "cve": r"cves?",
    "product": r"tools?|sources?|products?",
    "severity": r"severit(?:y|ies)",
    "usage_type": r"ut|usage[- ]types?|line items?|(?:types?|kinds?) of usage|usage kinds?",
    "charge_type": r"charge types?|(?:types?|kinds?|sorts?) of charges?|charge kinds?|record types?",
    "state": r"states?(?! (?:examiner|lab|police|inspect\w+|regulator|auditor|board|commission))|status(?:es)?",
}
_SUPER = (
    r"(?:most|least|worst|best|cheapest|dearest|priciest|costliest|biggest|largest|smallest|highest|lowest|top|heaviest|busiest|noisiest|"
    r"fewest|greatest|safest|healthiest|unhealthiest|weakest|most expensive|least expensive)"
)
_NUMBER = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_OF = r"(?:(?:is|are|was|were) )?(?:of |among )?(?:(?:the|our|all|these|those|its|my|aws) )*"
_DESCRIBED = rf"(?:{_NUMBER} )?(?:(?!of\b|in\b|for\b|is\b|are\b|the\b|usage\b|charge\b)[a-z-]+ )?"
_LEADS = (
    r"which|what|by|per|each|every|(?:split|spread|divided|distributed|shared out|broken (?:down|up|out)|itemi[sz]ed|grouped|allocated) (?:by|per|over|across|between|among(?:st)?|into|along)|for each|rank(?:ed)?(?: by)?|"
    r"order(?:ed)? by|sort(?:ed)?(?: by)?|across|between(?: the| our)?|list(?: of)?(?: the| our)?(?: top)?|name(?: the)?"
)


def _pattern(noun: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w<-])(?:(?:{_LEADS})[ -](?:one )?{_OF}{_DESCRIBED}(?:{noun})"
        rf"|{_SUPER} (?:expensive |costly |used |common |affected |vulnerable |compliant |single )?{_OF}{_DESCRIBED}(?:{noun})"
        rf"|(?:{noun}) (?:(?:that|which) )?(?:is |are |has |have |with |spends? |costs? |breaks? |shows? |gets? |uses? |runs? |owns? |had |was |were )(?:\w+ ){{0,2}}(?:the )?{_SUPER}"
        rf"|(?:{noun}) (?:by|per|for|after) (?:{noun})|(?:{noun})[- ]?wise|(?:{noun})[- ](?:splits?|views?|breakdown|level|picture|slices|series)|top[- ]?{_NUMBER} (?:{noun}))(?![\w>-])"
    )


_ASKED = {name: _pattern(noun) for name, noun in NOUNS.items()}
_WHERE = re.compile(r"(?<![\w<-])(?:where|whereabouts)(?![\w>-])")
_OF_PLACES = re.compile(rf"(?<![\w<-])(?:which|{_SUPER})(?: one| expensive)? (?:of|out of) <(?:account|venue)>")
_BY_WEEK = r"weekly|week[- ](?:by|after|to)[- ]week|(?:(?:split|spread|broken down|grouped) )?(?:by|per|each|every|for each|for every|and|in each|in every) (?:calendar )?weeks?(?! (?:days?|ends?|before|after|earlier|later|ago|from))"
"""No query tells a week by itself: it is told by day."""
_MONTHLY = {
    "month": r"monthly|month[- ](?:by|after|on|to)[- ]month|for each month|<p> on <p>",
    "region": r"regional(?:ly)?",
    "day": rf"daily|day[- ](?:by|after|to)[- ]day|{_BY_WEEK}|which (?:date|weekday)",
}


@lru_cache(maxsize=256)
def dimensions(text: str) -> tuple[str, ...]:
    """What the (masked) text wants its answer split, ranked or picked by, in the order of the text."""
    places: dict[str, int] = {}
    for name, pattern in _ASKED.items():
        if match := pattern.search(text):
            places[name] = match.start()
    for name, said in _MONTHLY.items():
        if match := re.search(rf"(?<![\w<-])(?:{said})(?![\w>-])", text):
            places.setdefault(name, match.start())
    if match := _OF_PLACES.search(text):
        places.setdefault("account", match.start())
    return tuple(sorted(places, key=lambda name: places[name]))


_WEEKS = re.compile(rf"(?<![\w<-])(?:{_BY_WEEK})(?![\w>-])")


def asks_weeks(text: str) -> bool:
    """Whether each week is asked for."""
    return bool(_WEEKS.search(text))


_COUNTS = re.compile(
    r"(?<![\w<-])(?:most|fewest|least|worst|best|healthiest|unhealthiest|weakest|safest|noisiest|heaviest)(?![\w>-])"
)


def ranks(text: str) -> bool:
    """Whether something is ranked by how much of it there is ("which account has the most alarms")."""
    return bool(_COUNTS.search(text))


def asks_where(text: str) -> bool:
    """Whether the places of something are asked for ("and where?")."""
    return bool(_WHERE.search(text))


_MEAN = re.compile(r"\b(?:average|avg|mean|gemiddeld\w*|media)\b")


def asks_mean(text: str) -> bool:
    """Whether an average is asked for."""
    return bool(_MEAN.search(text))


_HOW_MANY_EACH = re.compile(
    r"\b(?:how many|number of|counts? of|count)\b.*\b(?:per|by|each|every)\b|\b(?:per|by|each|every)\b.*\b(?:how many|number of)\b"
)


def counts_apart(text: str) -> bool:
    """Whether it is asked how many there are in each account or venue."""
    return bool(_HOW_MANY_EACH.search(text)) and bool({"account", "venue"} & set(dimensions(text)))
