"""Levels: which severities a question names: one, several, a range ("high and above"), and the words that only look so."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

ORDER = ("critical", "high", "medium", "low", "informational")
"""Severities, the worst first."""
_NOUNS = r"(?:(?:sec)?findings?|threats?|alerts?|detections?|issues?|ones|vulnerabilit\w+|vulns?|cves?|weakness\w*|problems?|holes?|flaws?|bugs?|gaps?|breaches|intrusions?|break-?ins?|attacks?|risks|red flags)"
"""What has a severity."""
_NO_WORD = r"(?:which|what|who|how|when|where|are|is|do|does|did|have|has|can|any|the|our|all|list|show|give|we|i|you|need\w*|want|please|for|about|on)\b"
_AHEAD = rf"(?= (?:(?!{_NO_WORD})[\w<>]+ ){{0,2}}{_NOUNS}\b)"
_BEHIND = rf"{_NOUNS} (?:that |which )?(?:are |is |we (?:must|should|have to) )"
_RANKED = r"(?:sev(?:erity)?|prio(?:rity)?|p|cat(?:egory)?)[ -]?"
_WORDS = {
    "critical": rf"crit(?:ical)?s?|kritiek\w*|critic[oa]s?|severest|gravest|(?:most|very) (?:severe|serious|dangerous|urgent|pressing|grave|critical)|life-threatening|(?:urgent|pressing|burning|dire|show-?stopping|emergency|code red){_AHEAD}|{_RANKED}1{_AHEAD}",
    "high": rf"highs?|hoge?|alt[oa]s?|{_RANKED}2{_AHEAD}",
    "medium": rf"med(?:ium)?s?(?! (?:term|size))|moderates?|medi[oa]s?|middling|intermediate{_AHEAD}|(?:mid|average|middle)(?=[ -](?:level|severity|risk|range|priority))|{_RANKED}3{_AHEAD}",
    "low": rf"lows?|lage|baix[oa]s?|minor|trivial|negligible|harmless|(?:petty|insignificant|unimportant|cosmetic|innocent|innocuous|mild|slight){_AHEAD}|(?:least|less) (?:severe|serious|dangerous|urgent|important)|{_RANKED}4{_AHEAD}",
    "informational": r"informational|informative|info|fyi(?=[ -](?:level|only|ones?))",
}
_AFTER = (
    (
        re.compile(
            rf"\b({_BEHIND})(?:(?:really |very |most |truly )?(?:urgent|pressing|an emergency|burning)|(?:deal with|fix|solve|act on|handle) (?:\w+ )?(?:immediately|urgently|right away|at once|first))\b"
        ),
        r"critical \1",
    ),
    (
        re.compile(
            r"\b((?:f[io]u?nd|see|seen|saw|detect(?:ed)?|report(?:ed)?|spot(?:ted)?|catch|caught|flag(?:ged)?|discover(?:ed)?|notice[d]?) )(?:any|some|no)thing (?:(?:really|very|truly|more) )*(serious|severe|grave)\b"
        ),
        r"\1\2 ones",
    ),
    (re.compile(rf"\b({_BEHIND})(?:(?:really |quite |pretty |rather )?(?:serious|severe|grave))\b"), r"serious \1"),
    (
        re.compile(
            rf"\b({_NOUNS} (?:that|which) )(?:(?:are )?(?:quite |rather |pretty )?(?:harmless|petty|insignificant|unimportant|mild)|(?:hardly|barely|scarcely|do not (?:really )?|does not (?:really )?)(?: ?matter\w*))\b"
        ),
        r"harmless \1",
    ),
)
"""A level said after the thing, put before it."""
_HIGHEST = r"(?:worst|highest|top|uppermost|maximum)(?:[ -](?:rated|ranked|graded|severity|risk|priority|level|grade|rating|category|tier|class))+|severity (?:worst|highest|maximum)|worst(?= (?:\w+ )?(?:findings?|vulnerabilit\w+|cves?|threats?|issues?|ones?|alerts?|detections?|weakness\w*|problems?|kind|sort|category|bugs?|flaws?|holes?)\b)"
_LOWEST = r"(?:lowest|bottom|minimum)(?:[ -](?:rated|ranked|severity|risk|priority|level|grade|rating|category|tier))+"
_SERIOUS = (
    r"(?<!most )(?<!very )(?<!least )(?<!less )(?<!how )(?:serious|severe|grave|weighty|heavy)(?= (?:[\w<>]+ ){0,3}(?:"
    + _NOUNS
    + r"|only)\b)"
)
_TAIL = r"(?:[ -](?:severity|risk|priority|level|rated|ranked|graded|impact|grade|rating|ones|findings?|threats?|vulnerabilit\w+|cves?|issues?|items?))*"
_THINGS = (
    r"(?:\w+ )?(?:systems?|servers?|databases?|hosts?|machines?|boxes|vms?|accounts?|services?|resources?|assets?|infrastructure|workloads?|apps?|applications?|"
    r"environments?|data|infra|components?|process(?:es)?|functions?|buckets?|questions?|sites?|business|paths?|suppliers?|patch(?:es)?)"
)
_LOOKALIKES = re.compile(
    rf"(?<![\w<-])(?:(?:business|mission|safety|time)[ -]critical|critical (?:for|to) (?!<)|(?:our|the|these|those|any|on|of|in|for|from|all|most|as) critical {_THINGS}|critical (?:systems?|servers?|databases?|workloads?|infrastructure|assets?|accounts?|apps?|applications?|data)"
    r"|how (?:high|low)|(?:too|so|that|very|as|pretty|rather|unusually|run(?:s|ning)?|get(?:s|ting)?) (?:high|low)|high(?:er)? (?:number|count|volume|amount|bill|bills|costs?|spend|traffic|availability|load|usage|rate|share|time|street|proportion|percentage|profile|hopes|interest|demand)s?|(?:at a|a) high[ -]level(?: (?:view|look|overview|summary|picture))?|high-?level (?:view|look|overview|summary|picture)|high season|low season"
    r"|low (?:number|count|volume|amount|on|hanging|traffic|load|usage|season|rate|share|point)s?|running low|lowest (?:number|count|volume|amount)|highest (?:number|count|volume|amount|total|share|rate|concentration)s?|highest[ -](?:traffic|paid|spending|cost)|medium[ -](?:term|sized?|run)|(?:t3|t2|m5|m6g|c5)\.medium)(?![\w>])"
)
_COUNT_IS = re.compile(
    r"\b(?:number|count|counts|amount|total|share|rate|figure|figures|backlog|score)\b(?! rated)[^,;?]*?(?<!rated )(?<!graded )(?<!scored )(?<!marked )(?<!classed )(?<!classified )(?<!labelled )(?<!as )(?<!are )(?<!severity )(?<!of )(?<!and )(?<!or )\b(high|low)\b(?= ?(?:$|[?,;]|for|now|compared))"
)
_NAMED = "|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items())
_LEVEL = re.compile(
    rf"(?<![\w<./])(?:(?P<highest>{_HIGHEST})|(?P<lowest>{_LOWEST})|(?P<serious>{_SERIOUS})|{_NAMED})(?![\w>])"
)
_PLAIN = "|".join(_WORDS.values())
_UP = re.compile(
    rf"(?<![\w<])(?:(?:at least|minimum(?: of)?|no (?:lower|less|lesser) than|not below|from|starting (?:at|from|with)|upwards? of|>) (?:the )?(?:level )?(?P<a>{_PLAIN}){_TAIL}(?: (?:up(?:wards?)?|on|onwards?))?"
    rf"|(?P<b>{_PLAIN}){_TAIL}(?: ?\+| (?:(?:or|and) )(?:above|higher|worse|up(?:wards?)?|over|beyond|more (?:serious|severe)|greater|anything (?:above|worse|higher))| upwards?))(?![\w>])"
)
_OVER = re.compile(
    rf"(?<![\w<])(?:above|over|worse than|higher than|beyond|more (?:serious|severe|than)|exceeding|graver than)(?: than)? (?:the )?(?:level )?(?P<a>{_PLAIN})(?![\w>])"
)
_DOWN = re.compile(
    rf"(?<![\w<])(?:(?:at most|no (?:higher|worse|more) than|not above|up to) (?:the )?(?P<a>{_PLAIN})|(?P<b>{_PLAIN}){_TAIL} (?:or|and) (?:below|lower|under|down(?:wards?)?|less(?:er)?))(?![\w>])"
)
_UNDER = re.compile(
    rf"(?<![\w<])(?:(?<!not )below|under(?!stand)|less (?:serious |severe )?than|lower than|beneath|milder than) (?:the )?(?P<a>{_PLAIN})(?![\w>])"
)
_BUT = re.compile(
    rf"(?<![\w<])(?:except(?:ing|ed)?(?: for)?|excluding|other than|apart from|aside from|but(?: not| no)?|without|not|minus|leav\w+ out|skip\w*|ignor\w+) (?:the |any )?(?P<a>{_PLAIN}){_TAIL}(?: (?:and|or|,) (?:the )?(?P<b>{_PLAIN}))?(?![\w>])"
)


def spoken(text: str) -> str:
    """The text without what only looks like a severity ("our critical systems", "how high")."""
    bare = _LOOKALIKES.sub(" ", text)
    for pattern, into in _AFTER:
        bare = pattern.sub(into, bare)
    return _COUNT_IS.sub(lambda match: match[0][: -len(match[1])], bare)


def severities(text: str, allowed: Sequence[str]) -> list[str]:
    """The severities that a text names, the worst first; none if it names none, or all that there are."""
    every = [level for level in ORDER if level in allowed]
    bare = spoken(text)
    found = _range(bare, every)
    if not found:
        match = _BUT.search(bare)
        if match and len(_named(bare, every)) <= 1 + (match["b"] is not None):
            left = {_level(match["a"]), _level(match["b"] or "")}
            found = [level for level in every if level not in left]
        else:
            found = _named(bare, every)
    return [] if len(found) == len(every) else found


def _range(bare: str, every: Sequence[str]) -> list[str]:
    for pattern, upward, inclusive in (
        (_UP, True, True),
        (_OVER, True, False),
        (_DOWN, False, True),
        (_UNDER, False, False),
    ):
        match = pattern.search(bare)
        if match is None:
            continue
        limit = ORDER.index(_level(next(group for group in match.groups() if group)))
        return [
            level
            for level in every
            if (ORDER.index(level) < limit if upward else ORDER.index(level) > limit)
            or (inclusive and ORDER.index(level) == limit)
        ]
    return []


def _level(word: str) -> str:
    return next((name for name, words in _WORDS.items() if re.fullmatch(words, word)), "")


def _named(bare: str, every: Sequence[str]) -> list[str]:
    said: set[str] = set()
    for match in _LEVEL.finditer(bare):
        kind = match.lastgroup or ""
        if kind == "highest":
            said.add(every[0])
        elif kind == "lowest":
            said.add("low")
        elif kind == "serious":
            said |= {"critical", "high"}
        elif kind == "critical" and kind not in every and not match[0].startswith(("crit", "kritiek")):
            said.add(every[0])  # the most serious there are
        else:
            said.add(kind)
    return [level for level in every if level in said]


PATTERN = re.compile(_LEVEL.pattern)
"""What names a severity, wherever it stands."""
