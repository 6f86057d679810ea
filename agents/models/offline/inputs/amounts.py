"""Amounts: the numbers and flags that a question gives a query: how many rows, over what share, how old, gross or net."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.words.text import NUMBERS, number

_SMALL = r"\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
_BEST = (
    r"biggest|largest|highest|worst|best|oldest|priciest|costliest|dearest|latest|main|costly|expensive|heaviest|greatest|noisiest|steepest|sharpest|fattest|juiciest|"
    r"busiest|slowest|longest|newest|hottest|hungriest|leading|strongest|easiest|quickest|riskiest|weakest|gravest|severest|fullest|principal|chief|foremost|most|first|top"
)
_THINGS = (
    r"services|accounts|teams|venues|regions|findings|alarms|instances|things|items|users|resources|drivers|vulnerabilities|candidates|ideas|measures|opportunities|recommendations|"
    r"savings|functions|lambdas|buckets|databases|anomalies|increases|rises|jumps|lines|positions|entries|rows|ones|spenders|movers|causes|hosts|servers|machines|rules|cves|categories"
)
_TOP = re.compile(
    rf"\b(?:top|first|bottom|best)[ -]?({_SMALL})\b(?! (?:days?|weeks?|months?|quarters?|hours?|minutes?|years?)\b)"
    rf"|\b(\d{{1,2}}) rows\b"
    rf"|(?<!percent )\b({_SMALL}) (?:of (?:the|our) )?(?:(?!days|weeks|months|quarters|hours|minutes|years|times|percent|services|accounts|venues|regions|and|or|to|is|are|at|in|per|most\b|times)[a-z-]+ )?(?:{_BEST})\b(?! recent)"
    rf"|(?<!the )(?<!our )(?<!all )(?<!these )(?<!those )\b({_SMALL}) (?:{_THINGS})\b(?=.*\b(?:{_BEST})\b)"
    rf"|\b(?:{_BEST})(?: expensive| costly| severe| serious| important| promising)? ({_SMALL})\b(?! (?:days?|weeks?|months?|quarters?|hours?|minutes?|years?|percent|times)\b)"
    rf"|\bthe ({_SMALL}) (?:{_THINGS}) (?:that|which|we|with|costing|eating|where)\b(?=.*\bmost\b)"
)
"""A number of rows: "top 5", "five best ideas", "the biggest three", "10 largest"."""


def rows(text: str) -> int | None:
    """How many rows are asked for, if more than one."""
    match = _TOP.search(text)
    count = number(next(group for group in match.groups() if group)) if match else None
    return count if count and count > 1 else None


_COUNT = "|".join(sorted(NUMBERS.keys() - {"a", "an", "een"}, key=len, reverse=True))
_OVER = r"(?:above|over|more than|beyond|at least|past|exceed\w*|boven|higher than|greater than|>|up to|reach\w*|from|at|to|used)"
_PERCENT = r"(?: ?percent(?:age points?)?)?"
_ABOVE = re.compile(
    rf"{_OVER} (?:the )?(\d{{1,3}}|{_COUNT})\b(?! (?:day|week|month|hour)){_PERCENT}|(\d{{1,3}}|{_COUNT}) ?(?:percent|\+)|(?<![\w.-])(\d{{2,3}})(?= ?(?:or (?:more|higher|above|up)|and (?:up|above|over|higher)|plus)\b)"
)
_BARE = re.compile(r"(?<![\w.:-])(\d\d|100)(?= ?(?:$|[?,;]))")
"""A share without its sign, as it is said of quotas alone ("near the ceiling, 90+")."""
_LEFT = re.compile(
    rf"(?:less|fewer|lower|under|below|at most|no more|not more|only|within|just) ?(?:than )?(?:a |the )?(?:last )?(\d{{1,3}}|{_COUNT}){_PERCENT}(?: of (?:the |its |their )?\w+)? (?:(?:is |are |of )?(?:\w+ )?(?:left|remain\w*|free|spare|headroom|to spare|to go|available|unused)|(?:of|from|off|below|under) (?:the |its |their )?(?:limit|ceiling|cap|maximum|max))"
    rf"|(?:less|under|below) (?:than )?(\d{{1,3}}|{_COUNT}){_PERCENT} headroom|(?:within|closer than|nearer than|less than) (\d{{1,3}}|{_COUNT}){_PERCENT} (?:of|to|from|away from|off) (?!which|them)"
)
_PARTS = {
    "three quarters": 75, "two thirds": 67, "a third": 33, "one third": 33, "a quarter": 25, "one quarter": 25, "half": 50,
    "a half": 50, "one in ten": 10, "one in five": 20, "one in four": 25, "eight out of ten": 80, "nine in ten": 90, "a fifth": 20, "four fifths": 80, "a tenth": 10, "nine tenths": 90, "nine out of ten": 90,
}  # fmt: skip
_PART = re.compile(
    rf"(?<![\w-])({'|'.join(sorted(_PARTS, key=len, reverse=True))})(?! (?:a |an )?(?:year|hour|day|month|of <p>))(?![\w-])"
)
_OFF_LIMIT = re.compile(r"\bwithin (?:a|an|one|the last) \w+ of\b")
_SPARE = re.compile(r"\b(?:left|remain\w*|free|spare|headroom|to go|available|unused)\b")
_ANY_USE = re.compile(
    r"\b(?:(?:however|no matter how|how(?:so)?ever) (?:little|much|few|low|high|small)|(?:at )?any (?:level|amount|percentage|rate|degree) of (?:use|usage|utili[sz]ation)|regardless of (?:the |their |its )?(?:use|usage|level|utili[sz]ation|percentage)|(?:complete|full|entire|whole) (?:list|overview|set) of (?:the |our |all |service )*(?:quotas?|limits?))\b"
)
_EVERY = re.compile(
    r"\b(?:all|every|each)(?: single)?(?: of)?(?: the| our| aws| service| account| these)* (?:quotas?|limits?)\b"
)
_NEAR = re.compile(
    r"\b(?:near\w*|close|clos\w+|almost|about to|approach\w*|over|above|beyond|hit\w*|reach\w*|risk\w*|run\w* (?:out|low|into)|exceed\w*|tight|full|exhaust\w*|danger\w*|more than|at least|past|limit(?:ing|ed)|under|below|less|that (?:we|are)|percent|\d+)\b"
)


def share_used(text: str, flat: str) -> int | None:
    """The percentage of a quota from which on it is asked about."""
    if match := _LEFT.search(flat):
        return 100 - (number(next(group for group in match.groups() if group)) or 0)
    if match := _PART.search(flat):
        if _OFF_LIMIT.search(flat):
            return 100 - _PARTS[match[1]]
        return 100 - _PARTS[match[1]] if _SPARE.search(flat) else _PARTS[match[1]]
    if match := _ABOVE.search(text):
        return number(next(group for group in match.groups() if group))
    if match := _BARE.search(text):
        return int(match[1])
    if _ANY_USE.search(flat) or (_EVERY.search(flat) and not _NEAR.search(flat)):
        return 0
    return None


_AROUND = re.compile(rf"\b(?:give or take )?(\d{{1,3}}|{_COUNT}|an?|half an) ?(m|mins?|minutes?|h|hours?)\b(?! ago)")


def minutes(flat: str) -> int | None:
    """Minutes before and after a moment."""
    if (match := _AROUND.search(flat)) is None:
        return None
    if match[1] == "half an":
        return 30
    return (number(match[1]) or 1) * (1 if match[2].startswith("m") else 60)


_THE = r"(?:any |the |all |our |those |these |that |this |such |aws |amazon |'s |promotional |applied )*"
_OFF = r"(?:(?:credits?|refunds?|discounts?|rebates?|deductions?|gifts?|freebies|vouchers?|(?<!at )presents?)(?: (?:from|of|by) (?:aws|amazon))?(?: (?:of|in|from) <p>)?)"
_OFFS = rf"{_OFF}(?: (?:and|or|/|nor) {_THE}{_OFF})?"
_GROSS = re.compile(
    rf"\b(?:gross(?! gaming)|bruto?|undiscounted|pre-?credits?|un-?credited|list[- ]price|catalogue price|rack rate|sticker price|real usage|actual usage|true usage|full price"
    rf"|(?:before|prior to|without|excluding|excl|exclude|exclusive of|ignor(?:e|ing)|disregard(?:ing)?|minus|less|bar|leaving out|leave out|not (?:counting|including|deducting|netting|considering)|no|free of|net of no|setting aside|aside from|apart from|other than|forget(?:ting)?|omitting|stripping out|strip out|take out|taking out|adding back|add back) (?:deducting |counting |applying |subtracting |taking off |taking into account )?{_THE}{_OFFS}"
    rf"|(?:leave|leaving|strip|stripping|take|taking|add|adding|put) {_THE}{_OFFS} (?:out|back|aside|away)(?: in)?"
    rf"|{_OFFS} (?:(?:is|are|were|was|be|been|being|to be) )?(?:not (?:yet )?(?:deducted|applied|counted|included|taken (?:off|into account)|subtracted|netted)|added back|put back|excluded|left (?:out|aside)|ignored|disregarded|set aside|put aside|aside|omitted|stripped(?: out)?|taken out|removed|apart)"
    rf"|(?:as if|if) (?:there (?:were|was|had been)|we had|we got|we did not (?:have|get)) (?:no|any) {_OFFS}|as if (?:(?:nobody|no one)(?: [a-z]+){{1,4}}|(?:[a-z]+ ){{1,4}}(?:no|not|never)(?: [a-z]+){{0,3}}) {_OFFS})\b"
)
_NET = re.compile(
    rf"\b(?:net(?: of)?|netto|liquido|(?:after|including|incl|include(?! (?:any|a)\b)|inclusive of|with|minus our|less our|counting|taking into account|once) {_THE}{_OFFS}(?! (?:added back|put back|excluded|left out|ignored|aside|not))"
    rf"|{_OFFS} (?:(?:is|are|were|was) )?(?:included|deducted|taken off|subtracted|applied|counted|netted|taken into account|and all))\b"
)
_BOTH = re.compile(
    r"\b(?:net(?:to)?|gross|bruto) (?:and|versus|vs|or|against|compared to|en|e|next to|beside|alongside|as well as) (?:the )?(?:gross|net(?:to)?|bruto)\b"
    rf"|\b(?:before|without) and (?:after|with) {_THE}{_OFFS}|\b(?:after|with) and (?:before|without) {_THE}{_OFFS}"
)


def net(text: str) -> list[bool]:
    """Whether costs are meant after credits and refunds; both where the two are named side by side, none if unsaid."""
    if _BOTH.search(text):
        return [True, False]
    if _GROSS.search(text):
        return [False]
    return [True] if _NET.search(text) else []


_CHARGES = re.compile(rf"\b{_OFF} (?:and|or) {_THE}{_OFF}\b|\bcharge[- ]types?\b")


def asks_charges(text: str) -> bool:
    """Whether kinds of charges are spoken of beyond what only says gross or net ("before credits")."""
    bare = _NET.sub(" ", _GROSS.sub(" ", _BOTH.sub(" ", text)))
    return bool(_CHARGES.search(text) or re.search(rf"\b{_OFF}\b", bare))
