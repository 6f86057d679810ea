"""What a question wants its answer split or ranked by: accounts, teams, services, months, rules and the like."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

NOUNS: dict[str, str] = {
    "account": r"accounts?|rekening(?:en)?|contas?",
    "team": r"teams?|squads?|departments?|equipes?|times|afdeling(?:en)?",
    "venue": r"venues?|casinos?|locations?|sites?|houses|vestiging(?:en)?|locatie[s]?|cassinos?",
    "service": r"services?|diensten?|servicos?|products?",
    "region": r"regions?|regio\w*|regio(?:es|ao)",
    "env": r"env(?:ironment)?s?|omgeving(?:en)?|ambientes?|stages",
    "month": r"months?|maand(?:en)?|mes(?:es)?",
    "day": r"days?|dates?|dag(?:en)?|dias?",
    "rule": r"rules?|regels?|regras?",
    "resource": r"resources?|servers?|instances?|machines?|hosts?|systems?|boxes|vms?|databases?|dbs?|functions?|lambdas?|images?|volumes?|disks?|buckets?",
    "type": r"(?:instance |database |db |machine |server )?(?:types?|sizes?|classes|class|families|engines?|runtimes?)|instance kinds?",
    "cve": r"cves?",
    "product": r"tools?|sources?",
    "severity": r"severit(?:y|ies)|ernst|gravidade",
    "usage_type": r"usage types?|line items?",
    "state": r"states?",
}
_SUPER = (
    r"(?:most|least|worst|best|cheapest|dearest|priciest|costliest|biggest|largest|smallest|highest|lowest|top|heaviest|busiest|noisiest|"
    r"fewest|greatest|safest|healthiest|unhealthiest|weakest|grootste|kleinste|duurste|goedkoopste|hoogste|laagste|slechtste|meeste|minste|maior(?:es)?|menor(?:es)?|pior(?:es)?|mais car[oa]s?|mais barat[oa]s?)"
)
_NUMBER = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|twee|drie|vier|vijf|dois|duas|tres|quatro|cinco)"
_OF = r"(?:of |de |do |da |dos |das |van |among )?(?:(?:the|our|all|these|those|its|my|de|het|onze|os|as|nossos|nossas|aws) )*"
_DESCRIBED = rf"(?:{_NUMBER} )?(?:(?!of\b|in\b|for\b|is\b|are\b|the\b)[a-z-]+ )?"
_LEADS = (
    r"which|what|by|per|each|every|welke?|qual|quais|por|cada|elke?|split (?:by|per|over|across|between)|broken down (?:by|per)|grouped by|rank(?:ed)?(?: by)?|"
    r"order(?:ed)? by|sort(?:ed)?(?: by)?|across|between(?: the| our)?|list(?: of)?(?: the| our)?(?: top)?|name(?: the)?"
)


def _pattern(noun: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w<-])(?:(?:{_LEADS}) (?:one )?{_OF}{_DESCRIBED}(?:{noun})"
        rf"|{_SUPER} (?:expensive |costly |used |common |affected |vulnerable |compliant |single )?{_OF}{_DESCRIBED}(?:{noun})"
        rf"|(?:{noun}) (?:(?:that|which) )?(?:is |are |has |have |with |spends? |costs? |breaks? |shows? |gets? |uses? |runs? |owns? |had |was |were )(?:\w+ ){{0,2}}(?:the )?{_SUPER}"
        rf"|(?:{noun}) (?:by|per) (?:{noun})|top[- ]?{_NUMBER} (?:{noun}))(?![\w>-])"
    )


_ASKED = {name: _pattern(noun) for name, noun in NOUNS.items()}
_WHERE = re.compile(r"(?<![\w<-])(?:where|waar|onde|aonde|whereabouts)(?![\w>-])")
_OF_PLACES = re.compile(rf"(?<![\w<-])(?:which|{_SUPER})(?: one| expensive)? (?:of|out of) <(?:account|venue)>")
_MONTHLY = {
    "month": r"monthly|month (?:by|after) month|maandelijks\w*|mensa(?:l|is)|for each month",
    "day": r"daily|day (?:by|after) day|dagelijks\w*|diari\w+|which (?:date|weekday)",
}


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


def asks_where(text: str) -> bool:
    """Whether the places of something are asked for ("and where?")."""
    return bool(_WHERE.search(text))
