"""Of what is shown: what a few words ask of the things that the last answer shows: since when, why, by whom, by how much.

They name nothing themselves, so that they are told from what stands there, or from one more look at the one thing shown.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from typing import Literal

from agents.models.offline.words.text import words
from agents.models.offline.words.tongues import in_english

Ask = Literal[
    "when", "why", "who", "owner", "cost", "by how much", "left", "still", "most", "where", "severity", "by", "range"
]

_LEAD = r"\W*(?:(?:and|so|but|ok|okay|then|hmm|well|please)\b\W*)*"
_NTH = r"(?:first|second|third|fourth|fifth|last)"
_ONE = rf"(?:oldest|newest|latest|{_NTH}|top|biggest|largest|smallest|worst|longest|highest)"
_IT = rf"(?:it|that|this|they|these|those|them|the {_ONE}(?: one)?|that one|this one)"
_IT_OR_PLACE = rf"(?:{_IT}|(?:that|this|the) (?:account|venue))"
_ALL_OF_IT = r"(?:the|that|this|these|those|all|all the) (?:whole |entire |alarm )?(?:storm|alarms?|alerts?|flood|episode|outage|incident|disruption|interruption|downtime)(?: of alarms)?"
"""What alarms that went off, and events at AWS, are called together."""
_EACH = r"(?:(?:they |those |these )?(?:each|both)(?: one)?(?: of (?:it|them|those|these))?|every one of (?:them|those|these))"
_BE = r"(?:is|are|was|were|has|have|had|did|does|do)"
_DONE = r"(?: (?!than\b|by\b|in\b|of\b|for\b|with\b)\w+){0,3}"
_MOST = r"(?:worst|biggest|largest|longest|oldest|highest|newest|latest|smallest|lowest|shortest|most expensive|dearest|priciest|costliest|most urgent|most important|most serious|most severe)"
_COSTS = r"(?:costs?|cost(?:ing)?)"
_END_OF_COST = (
    r"(?: us)?(?: in <account>)?(?: (?:in total|in all|altogether|overall|so far|until now|by now|to date|extra|now))*"
)
_IN_TIME = r"(?:which|what|who)(?: (?:one|ones|alarms?|jobs?|threats?|events?|changes?|errors?|of (?:them|these|those|the alarms|all)))?(?: (?:was|were|has|had|did|been|come|came|start(?:ed)?|beg[aiu]n|fir(?:ed?)|ring|rang|rung|go|went|gone|off|happen(?:ed)?|break|broke|broken|fail(?:ed)?|trigger(?:ed)?|occur(?:red)?|up|the|very))+ (?:first|earliest|last)(?: one)?(?: of (?:all|them|these|those))?"
_LEVEL_OF_IT = (
    r"(?:(?:the|our) (?:costs?|spend|spending|bill|account|numbers?|figures?|levels?|values?|load|traffic|alarms?|rates?)|everything|things|all|we|"
    + rf"{_IT})"
)
_AS_BEFORE = r"(?:normal|usual|(?:the|its|their) (?:normal|usual|old|former) (?:level|self|value)s?|what (?:it|they) (?:was|were)(?: before)?|before)"
_NORMAL = rf"(?:(?:is|are|was|were|has|have|did|does) {_LEVEL_OF_IT} )?(?:(?:all|now|already|finally|gone|come|been|got|gotten|go|come down|returned?|settled?|dropped|down|fallen|really) )*(?:back (?:to|at) {_AS_BEFORE}|to {_AS_BEFORE}|(?:normal|usual) again|recover(?:ed|y)?|stabili[sz]ed?|calm(?:ed)?(?: down)?|down again|low again)(?: (?:<p>|again|now|already|by now|yet|today|since|meanwhile|in the meantime))*"
"""Whether what was shown is as it is on other days."""
_RELEASE = r"(?:the|that|this)(?: (?:last|latest|new))? (?:(?:re)?deploy(?:ment)?|release|roll-?out)"
"""What was deployed at the time that was shown, by its noun."""
_FIGURE = rf"(?:{_IT}|(?:that|this|these|those|the|your) (?:\w+ )?(?:numbers?|figures?|forecasts?|estimates?|predictions?|amounts?|sums?|outlook|projections?))"
"""What was foretold, pointed at or by its name."""
_ASKS: dict[Ask, str] = {
    "when": rf"(?:(?:since|from) when|when|(?:at )?what time|(?:for )?how long(?: ago)?|how old|when exactly|(?:since|from|as of) (?:which|what) (?:day|date|night|morning|evening|week|month|hour|moment|time)(?: on)?)(?: {_BE} {_IT}{_DONE})?(?: (?:already|now|by now|so far))?|(?:for )?how long {_BE} {_ALL_OF_IT}{_DONE}|how long {_ALL_OF_IT} lasted",
    "why": rf"what (?:went|has gone|is|was) wrong(?: with {_IT})?|(?:why|how come)(?: {_BE} {_IT}{_DONE})?|what (?:is|was) the (?:reason|cause)(?: (?:for|of) {_IT})?",
    "who": rf"by who(?:m)?|who (?:did|made|caused|changed|deployed|released|shipped|started|opened)(?: {_IT})?|who (?:is|was) (?:it|that|behind (?:{_IT}|{_RELEASE}))|who (?:did|made|ran|started|caused|triggered|launched|performed|kicked off|carried out) {_RELEASE}",
    "by": r"who(?: exactly| else)?(?: (?:did|made) what)?",
    "owner": rf"who owns {_IT_OR_PLACE}|whose (?:is|are) {_IT_OR_PLACE}|who(?: is| are)? (?:the )?owners?(?: of {_IT_OR_PLACE})?|(?:which|what) team (?:owns|has|is) {_IT_OR_PLACE}|who (?:is|are) (?:responsible|accountable|in charge|answerable|the (?:contact|responsible person|person responsible))(?: (?:for|of) {_IT_OR_PLACE})?|who (?:runs|manages|looks after) {_IT_OR_PLACE}|of who is {_IT}|who owns (?:<account>|our accounts)",
    "cost": rf"(?:what|how much(?: money)?) (?:did|has|have) (?:{_EACH}|it|that|this|they|those|these|the (?:first|top|biggest|worst)(?: one)?|the (?:spike|incident|outage|rise|jump|anomaly|storm|peak)) {_COSTS}{_END_OF_COST}|how much (?:extra|more)(?: money)? (?:did|has|have) {_IT} {_COSTS}{_END_OF_COST}|(?:(?:what|how much|how high) (?:is|was|are|were) )?the (?:extra|additional) (?:costs?|spend|spending)(?: of {_IT})?(?: (?:in total|in all|altogether|overall|so far))?|(?:what|how much) (?:is|was|are|were) {_EACH}",
    "by how much": rf"by how much(?: in percent)?(?: (?:{_BE}|will|would) (?:we|{_IT}){_DONE})?|(?:and )?(?:what (?:is|was) )?the (?:difference|gap|increase|overrun)|how much (?:more|less|higher|lower|cheaper|dearer|over) (?:is|was|are|were) {_IT}(?: than (?:in |for )?(?:<p>|\w+(?: \w+)?))?|how much is the (?:difference|gap|increase)",
    "left": rf"(?:how much|what)(?: (?:room|space|headroom|money|budget|of (?:it|that|this)|of the (?:budget|limit)))?(?: (?:is|do we have|have we(?: got)?|is there|remains|is still|do(?:es)? {_IT} (?:still )?have|ha(?:s|ve) {_IT}(?: got)?))*(?: (?:left|remaining|to spend|over))(?: (?:over|to spend|there|(?:of|in|for|on|to|with|at) {_IT}|of (?:the|that|this) (?:budget|limit)|this month|now))*|what is left"
    rf"|how much (?:room|headroom|space)(?: (?:is there|do we (?:still )?have|have we(?: got)?|do(?:es)? {_IT} (?:still )?have|ha(?:s|ve) {_IT}(?: got)?))(?: left)?(?: (?:of|in|for|on|to|with) {_IT})?|(?:what is|and) the (?:room|headroom)(?: left)?(?: (?:of|in|for|on|to|with) {_IT})?|how much (?:remains|can (?:we|they|it) still (?:spend|use))(?: there| (?:of|in|for|on|to|with) {_IT})?",
    "still": rf"(?:is|are|was|were|has|have|does|do) {_IT} (?:\w+ )?(?:still|over|finished|stopped|ended|ongoing|gone|fixed|solved|resolved)\b{_DONE}|(?:is|are|has|have|does) {_IT} still|{_NORMAL}",
    "most": rf"(?:which|what)(?: (?:one|ones|of (?:them|these|those)))? (?:is|'s|was|are|were|has been|have been|lasted|took)(?: \w+)?(?: the)? {_MOST}(?: one)?|which(?: one| of them)? lasted (?:the )?longest|{_IN_TIME}|(?:(?:what|how) about )?the (?:{_MOST}|{_NTH})(?: one)?",
    "severity": rf"how (?:severe|serious|bad|grave|dangerous|risky|critical)(?: {_BE} {_IT})?|(?:of )?(?:what|which) (?:severity|severities|level)(?: {_BE} {_IT})?|what (?:is|are) (?:the|their|its) (?:severity|severities|level)(?: of {_IT})?",
    "where": rf"where(?: {_BE} {_IT})?|(?:in )?which accounts?(?: (?:is|are|was|were) {_IT} in)?|in which accounts? (?:is|are|was|were) {_IT}(?: located| all| now)?",
    "range": rf"how (?:sure|certain|accurate|reliable|exact|precise|confident|good|firm|solid|trustworthy|dependable|safe|uncertain|rough)(?: (?:is|are|was|were) (?:{_FIGURE}|you|we|aws))?(?: (?:of|about|on|in) {_FIGURE})?|(?:is|are) {_FIGURE} (?:\w+ )?(?:sure|certain|accurate|reliable|exact|precise|trustworthy|dependable|guaranteed)"
    rf"|(?:can|could|should|may) (?:we|i|you|one) (?:really )?(?:trust|rely on|count on|depend on|bank on) {_FIGURE}|how (?:much|far|well) can (?:we|i|you|one) (?:trust|rely on|count on|depend on) {_FIGURE}|how (?:much|far) (?:can|could|may|might) {_FIGURE} (?:be off|be wrong|vary|differ|deviate|change)|(?:can|could|may|might) {_FIGURE} be (?:off|wrong)"
    rf"|(?:(?:what|which|how (?:big|wide|large)) (?:is|are) )?(?:the |its |their )?(?:range|bandwidth|margin|bounds?|lower (?:and|or) (?:the )?upper bounds?|(?:lower|upper) bounds?|spread|uncertainty|certainty|accuracy|reliability|confidence|error|margin of error|error margin|confidence (?:interval|level|range)|(?:best|worst)[ -]case(?: (?:and|or) (?:the )?(?:best|worst)[ -]case)?)(?: (?:of|in|on|for|around) {_FIGURE})?|(?:what|how much) (?:is it )?at (?:most|worst|best|least)|plus or minus (?:how much|what)",
}
_TIMED = re.compile(rf"{_LEAD}{_IN_TIME.replace('|last)', '|(?P<last>last))')}\W*")
"""Which of those that were shown came before all the others, or after them."""
_COMPILED = {ask: re.compile(rf"{_LEAD}(?:{pattern})\W*") for ask, pattern in _ASKS.items()}
_AS_USUAL = re.compile(rf"{_LEAD}{_NORMAL}\W*")
_SUPERLATIVE = re.compile(rf"\b{_MOST}\b")


_ROSE = r"(?:jump|rise|grow|increase|climb|spike|surge|soar|explode|peak|double|go up|fall|drop|decrease|shrink|go down|decline|dip|change|move)"
_ELSE = r"(?:versus|vs|against|than|compared|from|since|after|before|until|till|as of|to|by|with|between)"
"""What makes of a time the one that is held against, or a time before or after it."""
_IN_A_TIME = re.compile(
    rf"{_LEAD}(?:why|how come|by how much|how much|what made)(?: (?:did|has|have|had))?(?: {_IT})?(?: \w+)? {_ROSE}(?: (?!{_ELSE}\b)\w+)?(?: (?:in|on|during|over))?(?: the)? <p>\W*"
)
_BEFORE = re.compile(
    rf"{_LEAD}(?:has|have|had|did|was|were|is) (?:{_IT}|(?:this|that|the same|such a thing|something like (?:this|that|it))(?: thing)?)(?: ever| already| also)* (?:happen(?:ed)?|occur(?:red)?|gone off|go off|seen)(?: to us| here| with us)?(?: ever)? (?:before|earlier|previously|in the past)\W*"
)


def rose_in_a_time(text: str) -> bool:
    """Whether a (masked) question asks why, or by how much, what was shown rose or fell in one time that it names."""
    return bool(_IN_A_TIME.fullmatch(text))


_EXTRA = re.compile(r"\b(?:extra|more|additional)\b")


def asks_extra(text: str) -> bool:
    """Whether what something cost beyond what is usual is asked for by that word."""
    return bool(_EXTRA.search(text))


def asks_normal(text: str) -> bool:
    """Whether it is asked if what was shown is as it is on other days."""
    return bool(_AS_USUAL.fullmatch(text))


_OF_ALL = re.compile(rf"\bhow long\b.* {_ALL_OF_IT}\b")


def asks_of_them_all(text: str) -> bool:
    """Whether it is asked how long alarms, or what is called a storm or an outage, went on together."""
    return bool(_OF_ALL.search(text))


def before_that(text: str) -> bool:
    """Whether a question asks if that which was shown had happened before."""
    return bool(_BEFORE.fullmatch(text))


def of_shown(text: str) -> Ask | None:
    """What the words of a question (as read, or plain) ask of what was shown; None if they ask anything else.

    Args:
        text: the question in English words, its times and names masked or not.
    """
    return next((ask for ask, pattern in _COMPILED.items() if pattern.fullmatch(text)), None)


def of_shown_in(asked: str) -> Ask | None:
    """The same of a question word for word, in any tongue that is read."""
    return of_shown(_plain(asked))


_PLACES = {"first": 0, "top": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_PLACE = re.compile(r"\bthe (first|top|second|third|fourth|fifth|last)\b")
_ON_THE_NTH = re.compile(rf"(?i)\bon the {_NTH}(?=\W*$)")


def nth(asked: str) -> tuple[str, int] | None:
    """Which row is asked about by its place in the list, as it is said and counted: -1 is the last."""
    match = _PLACE.search(_plain(asked))
    return (match[1], _PLACES[match[1]]) if match else None


def no_day(question: str) -> str:
    """A question that asks something of what was shown "on the first", which is a row of that and no day of a month."""
    named = _ON_THE_NTH.sub(lambda match: f"{match[0]} one", question)
    return named if named != question and of_shown_in(named) else question


def superlative(asked: str) -> str:
    """The word by which one of those that were shown is picked: "worst", "longest"; empty if there is none."""
    text = _plain(asked)
    match = _SUPERLATIVE.search(text)
    if match is None and (timed := _TIMED.fullmatch(text)):
        return "latest" if timed["last"] else "earliest"
    return match[0] if match else ""


def _plain(asked: str) -> str:
    return in_english(" ".join(words(asked)))
