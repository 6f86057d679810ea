"""Plainly: what people ask without naming what is to be looked at, said as it is looked at.

"Is anything on fire?" asks how everything is, "does Utrecht cost the most?" which venue costs the most: the places have to
be ranked, and not what is in Utrecht looked at.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agents.models.offline.naming.names import Names, find_names
from agents.models.offline.words.text import words
from agents.models.offline.words.tongues import in_english

_NOW = r"(?:right now|now|currently|at the moment|at present|just now|today|still|again|really|actually|already)"
_BAD = (
    r"(?:broken|breaking|on fire|burning|ablaze|down|wrong|not working|out of order|in trouble|unhealthy|failing|amiss|out|ill|sick|dead|kaput|hurting|degraded"
    r"|going wrong|acting up|misbehaving|playing up|melting(?: down)?|blowing up|falling over|falling apart|on the blink|off)"
)
_ALL = r"(?:(?:any|some|every)thing|things|it all|stuff|all|all systems|(?:any|all) of (?:it|our systems|the systems)|(?:our|the) (?:systems?|platform|estate|shop|house|environment))"
_TAIL = r"(?P<tail>(?: (?:in|at|for|across|over|of|last|this|since|during|so far|yesterday|to|into)\b.*)?)"
_MONEY = r"(?:aws |cloud |amazon )?(?:costs?|spend(?:ing)?|bills?|expenses?|money)"
_MAIN = r"(?:biggest|main|largest|top|key|primary|major|principal|most important|chief|leading)"
_IDIOMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"^(?:(?:so|ok|okay|and|hey|hi|well|please|tell me|quick) )*(?:{pattern}){_TAIL}$"), into)
    for pattern, into in (
        (
            rf"what(?: 's| is| are|s)? (?:{_NOW} )*(?:the things (?:that are )?)?{_BAD}(?: {_NOW})*"
            rf"|(?:is|are) (?:there )?{_ALL} (?:that is )?(?:{_NOW} )*{_BAD}(?: {_NOW})*|{_ALL} {_BAD}(?: {_NOW})*"
            rf"|are we (?:in trouble|on fire|burning|ok|okay|fine|healthy|down|all right)(?: anywhere| somewhere)?(?: {_NOW})*|(?:is|are) (?:all )?{_ALL} (?:{_NOW} )*(?:all )?(?:up|up and running|ok|okay|fine|green|healthy|running|in order|all right|alright)(?: {_NOW})*"
            rf"|(?:do we have|are there|is there|got) (?:any|a) (?:fires?|outages?|incidents?|emergenc(?:y|ies))(?: (?:burning|going on|open|ongoing|to put out))?(?: {_NOW})*|where (?:does it hurt|is it burning|is the fire)(?: {_NOW})*"
            rf"|(?:what|which) (?:systems|services|parts|bits|things|stuff) (?:is|are) (?:{_NOW} )*{_BAD}(?: {_NOW})*",
            r"how healthy is everything right now\g<tail>",
        ),
        (
            rf"(?:(?:what|which)(?: 's| is| are|s)? |show me |list )?(?:the |our |my )*(?:{_MAIN} )?(?:cost|spend|spending|bill) drivers"
            rf"|what (?:mainly |mostly |really |actually )?(?:drives|is driving|makes up|eats up|dominates|eats|is eating|swallows) (?:the |our |my |up |most of (?:the |our )?)*(?:{_MONEY}|budget)(?: up)?"
            rf"|(?:{_MAIN} )(?:drivers|parts|components|items|chunks) of (?:the |our |my )*{_MONEY}"
            rf"|where (?:does|is) (?:most of )?(?:the |our |all (?:the |our )?)*money go(?:ing)?|what (?:do|are) we (?:spend|spending) (?:the )?most (?:of (?:our |the )?)?(?:money )?on",
            r"which services cost the most\g<tail>",
        ),
        (
            r"(?:did|has|have) (?:the |any |our |a |anyone use the |anybody use the |someone use the )*root(?: users?| accounts?| logins?)? (?:ever |been |also )*(?:logg?(?:ed)? ?[io]n|sign(?:ed)? ?[io]n|used to (?:log|sign) ?in)(?: (?:anywhere|somewhere|lately|recently))?"
            r"|(?:any|were there (?:any )?|was there (?:any |a )?|do we have (?:any )?)(?: )?root(?: users?| accounts?)? (?:log-?ins?|sign-?ins?|logons?|sign-?ons?)(?: (?:anywhere|somewhere|lately|recently))?"
            r"|(?:did|has) (?:any(?:one|body)|some(?:one|body)) (?:logg?(?:ed)? ?in|sign(?:ed)? ?in) (?:as|with|using) (?:the )?root(?: user| account)?(?: (?:anywhere|somewhere|lately|recently))?",
            r"who made a ConsoleLogin as root\g<tail>",
        ),
        (
            r"(?:(?:were|was|are|is) there |any |have there been |do we have |did we have )+(?:any |some )?(?:console |aws )*(?:log-?ins?|sign-?ins?|logons?|sign-?ons?)(?! (?:without|with no)\b)(?P<more>(?: (?:outside|after|before|between|on|at)\b.*)?)"
            r"|(?:did|has|have) (?:any(?:one|body)|some(?:one|body)) (?:logg?(?:ed)? ?[io]n|sign(?:ed)? ?[io]n)(?P<also>(?: (?:outside|after|before|between|on)\b.*)?)",
            r"who made a ConsoleLogin\g<more>\g<also>\g<tail>",
        ),
        (
            r"how much (?:more|extra) (?:do|did|are|have) we (?:been )?(?:pay(?:ing)?|paid|spend(?:ing)?|spent) (?:for|on) (?P<bill>[^,]+?)(?= since\b)",
            r"how much has \g<bill> gone up\g<tail>",
        ),
        (
            r"how much less (?:do|did|are|have) we (?:been )?(?:pay(?:ing)?|paid|spend(?:ing)?|spent) (?:for|on) (?P<bill>[^,]+?)(?= since\b)",
            r"how much has \g<bill> gone down\g<tail>",
        ),
        (
            r"(?:(?:which|what|are there(?: any)?|do we have(?: any)?|show me|list)(?: the| our| all)* )?(?:iam |console )?(?:users|employees|people|persons|colleagues|staff(?: members)?)(?: who| that)? (?:did not|didn't|do not|don't|have not|haven't|had not|never) (?:ever )?(?:log(?:ged)? ?in|sign(?:ed)? ?in)(?: to aws| to the console| on to aws| into aws| anymore)?"
            r"|(?:who|which(?= of (?:them|those|these)\b))(?P<of> of (?:them|those|these))? (?:has|have) not (?:log(?:ged)? ?in|sign(?:ed)? ?in)(?: to aws| to the console| on to aws| into aws| anymore)?",
            r"which users\g<of> have been unused\g<tail>",
        ),
        (
            r"(?:how (?:good |bad |healthy |clean |strong )?(?:is|are|does|do) )(?:the |our |my )*(?:identity|iam|access|login|account|user|credentials?) (?:hygiene|health|posture|housekeeping)(?: (?:look(?:ing)?|doing|like))?"
            r"|(?:what (?:is|does) )?(?:the |our |my )*(?:state of (?:the |our )?)?(?:identity|iam|credentials?) (?:hygiene|health|posture|housekeeping)(?: (?:look(?:ing)?|like))*"
            r"|(?:how clean|how tidy|in what shape|how well kept) (?:is|are) (?:the |our |my )*(?:iam|identities|users and keys|credentials|logins)",
            r"hygiene of users and access keys\g<tail>",
        ),
    )
)
_ADJ = r"(?:worst|most expensive|priciest|dearest|costliest|cheapest|least expensive|noisiest|riskiest|most exposed|least secure)"
_SPENDER = r"(?:(?:biggest|top|largest|highest|heaviest|main) (?:spender|cost|consumer|cost driver|bill))"
_KIND = r"(?: (?:venue|casino|account|team|place|site|location|hall|one|of (?:all|them all|them|the lot|our (?:venues|casinos|accounts|teams)|the (?:venues|casinos|accounts|teams|four|bunch)))(?: of all| of them)?)?"
_IS_IT = re.compile(
    rf"^(?:(?:so|and|ok|then) )*(?:is|was|isn't|wasn't|is it true that|would you say) (?:it )?(?P<who>.+?)(?: is)?(?: (?:really|still|indeed|currently|perhaps|also|always|by far|again))* (?:the |our )(?:(?P<adj>{_ADJ})|(?P<spender>{_SPENDER})|(?:venue|casino|account|team|one|place) (?:that |which )?(?:with|has) the (?P<what>(?:most|highest number of) .+?)){_KIND}(?P<rest>(?: (?:in|for|on|at|last|this|since|by|over|when)\b.*)?)$"
)
_HAS_IT = re.compile(
    r"^(?:(?:so|and|ok|then) )*(?:does|did|do|has|have|is) (?P<who>.+?) (?:really |still |indeed |also |always |by far )*(?P<verb>cost|spend|spent|burn|pay|have|had|get|got|see|show|run|spending|costing)(?:s|ing)?(?: us)? (?:the )?(?P<most>most|least|highest number of|more (?:(?P<noun>[a-z -]+?) )?than (?:any(?:one|body)?(?: (?:other|else))?(?: (?:venue|account|team|casino|place))?|all (?:the )?others|(?:the )?others|the rest))(?P<rest>(?: .*)?)$"
)


_ASK = r"(?:(?:and|but|ok|now|then|please|no|show|show me|take|use|give me|do|make it|make that|i want|i meant|with|the same|same|for) )*"
_X, _Y = r"(?P<new>(?:by |per |for |in )?[^,]{2,40}?)", r"(?:by |per |for |in )?[^,]{2,30}?"
_NOT = (
    r"(?<!have )(?<!has )(?<!had )(?<!is )(?<!are )(?<!was )(?<!were )(?<!do )(?<!does )(?<!did )(?<!can )(?<!will )not"
)
"""What puts one thing in the place of another; behind a verb it says what things are without."""
_INSTEAD = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_ASK}{_X},? (?:instead of|in place of|rather than|and not|{_NOT}) {_Y}(?: please)?$",
        rf"^{_ASK}(?:instead of|in place of|rather than) {_Y}(?:,| ,)? (?:(?:show|take|use|give me|do|look at|i want) )+(?:me )?{_X}$",
        rf"^{_ASK}(?:instead of|in place of|rather than|not) (?:by |per |for |in )?[^, ]{{2,30}} ?, ?{_ASK}{_X}$",
        rf"^{_ASK}(?:replace|swap|exchange|substitute|change) {_Y} (?:by|with|for|to|into) {_X}(?: please)?$",
        rf"^{_ASK}{_X} instead(?: please)?$",
    )
)
"""One thing in the place of another: the other is what was asked before."""
_THE_TWO = re.compile(
    r"^(?:(?:and|so|ok|now|please|can you|could you|then) )*(?:(?:put|set|show|hold) (?:me )?(?:the two|both|them|those two|these two|the both)(?: of them)?(?: results?| figures?)? (?:side by side|next to each other|beside each other|against each other|together)"
    r"|how (?:do|does|did) (?:the two|they|both|those two|these two|the both)(?: of them)? compare|(?:the two|both|them|those two|these two) (?:side by side|next to each other|compared)"
    r"|compare(?: please)?$|compare (?:the last two|them|both|those two|these two|the two|those|the both)(?: of them)?|which (?:one )?(?:of the two|of them|one|of both) (?:is|was) (?:the )?(?:more|most|less|least) (?:expensive|costly)|which (?:one|month|week|quarter|year|account|service|venue)?(?: of (?:the two|them|both))? ?(?:is|was|cost) (?:the )?(?:higher|lower|more|less|bigger|smaller|cheaper|dearer|more expensive|less expensive)|(?:what (?:is|was|s) )?(?:the )?(?:difference|change|increase|decrease)(?: (?:in|as a) (?:percent|percentage|dollars|money))?(?: between (?:the two|them|both|those two))?|(?:compared? )?(?:versus|vs|against|with|to) (?:each other|one another))(?: please)?$"
)


def paired(question: str) -> str:
    """A question that holds the last two turns against each other, as it is understood; any other as it is."""
    return "compare the two" if _THE_TWO.search(in_english(_plain(question))) else question


def _plain(question: str) -> str:
    return " ".join(words(question)).rstrip(" ?.!")


_JOINS = re.compile(r"(?:(?:and|but|or|so|ok|also)\W*)+")
"""Words that take nothing in the place of anything: "and not used for three months"."""


def _instead(said: str) -> str:
    """What is taken in the place of what was asked before; empty where nothing is."""
    for pattern in _INSTEAD:
        if (match := pattern.search(said)) and not _JOINS.fullmatch(match["new"]):
            return "and " + re.sub(r"^per\b", "by", match["new"])
    return ""


_THAT = r"(?:(?:it|this|that|them|these|those|(?:the|that|this) (?:list|result|results|answer|question|overview|view|search|selection|lot))(?: all)?)"
_BAR = r"(?:(?:the|that|this) (?:bar|threshold|cut-?off|mark|limit|floor|line))"
_PLEASE = r"^(?:(?:and|but|so|ok|okay|now|then|please|pls|kindly|just|can you|could you|would you|let us|let's|no) )*"
_TURNED = tuple(
    (re.compile(_PLEASE + pattern), into)
    for pattern, into in (
        (
            rf"(?:limit|restrict|narrow|confine|reduce|keep|cut|trim|bring) {_THAT}(?: down)?(?: back)? to (?!(?:\d|zero|one|two|half)\b)(?P<to>(?:only |just )?[^,]+?)(?: only| alone| please)*$",
            r"only \g<to>",
        ),
        (
            r"(?:make|turn|do|get) (?:it|this|that|them|those|these)(?: into| in)? (?P<to>(?:net|gross|daily|weekly|monthly|hourly|per|by|for|without|excluding|including)\b.*?)(?: please)?$",
            r"\g<to>",
        ),
        (
            rf"(?:lower|raise|drop|bring|set|move|put|take|push|reduce|increase|decrease|change|make)(?: down| up)? {_BAR}(?: down| up)? (?:to|at) (?P<to>[^,]+?)(?: please)?$",
            r"above \g<to>",
        ),
        (
            r"(?:drop|remove|lose|clear|take away|take off|take out|lift|scrap|ditch|undo|cancel|reset|switch off|turn off) (?:the|that|this) (?P<of>service|region|severity)s? (?:filter|restriction|limit|narrowing|selection|condition|constraint)(?: again| please)*$",
            r"of all \g<of>s",
        ),
    )
)
"""A question that is to be changed, not anything in AWS: "limit it to Utrecht", "lower the bar to seventy"."""
_ABOVE = re.compile(
    _PLEASE
    + r"(?:lower|raise|drop|bring|set|move|put|take|reduce|increase|decrease|change|make)(?: down| up)? (?:it|this|that)(?: down| up)? (?:to|at) (?P<to>[^,]+?)(?: please)?$"
)


def _turned(said: str, *, above: bool) -> str:
    """What is asked by words that change the question before; empty where they are none.

    `above`: whether that one picked what lies above a threshold, which "drop it to seventy" then changes.
    """
    for pattern, into in (*_TURNED, *([(_ABOVE, r"above \g<to>")] if above else ())):
        if match := pattern.search(said):
            return str(match.expand(into))
    return ""


def as_looked_at(question: str, names: Names, earlier: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """The question as it is looked at, and the place that is held against all others in it, if any.

    `earlier`: the inputs of the calls that the question before was answered with, so that "the worst" is of what that was
    about, and "drop it to seventy" changes the threshold by which that one picked.
    """
    said, follows = _plain(question), bool(earlier)
    for pattern, into in _IDIOMS:
        if match := pattern.search(said):
            return re.sub(r" (?:in)?to (?=\S+$)", " in ", match.expand(into)), ()
    if follows and (again := _turned(said, above=any("above" in inputs for inputs in earlier)) or _instead(said)):
        return again, ()
    if not _SUPERLATIVE.search(said):
        return question, ()
    if split := _SPLIT.search(question):
        _, ranked = as_looked_at(split["ask"], names, [{}])
        return (split["of"], ranked) if ranked else (question, ())
    match = _IS_IT.search(said) or _HAS_IT.search(said)
    found = find_names(match["who"], names) if match else None
    if match is None or found is None or not (found.venues or found.accounts or found.teams):
        return question, ()
    kind = "venue" if found.venues else "account" if found.accounts else "team"
    place = (*found.accounts, *found.teams, *found.venues)
    if len(place) != 1 or found.services or len(match["who"].split()) > _LONGEST:
        return question, ()
    asked = _ranking(match, kind, follows)
    return (asked, (*place, *(f"venue-{name}" for name in found.venues))) if asked else (question, ())


_SPLIT = re.compile(
    r"^(?P<of>[^.?!]*\b(?:by|per|each|every|which|for all|of all) (?:of (?:the|our) )?(?:accounts?|venues?|teams?|casinos?)\b[^.?!]*?)\s*(?:[.?!;:,]|\s-)+\s+(?P<ask>(?:and |so )?(?:is|does|did|has|was)\b.+)$",
    re.IGNORECASE,
)
"""A ranking that is asked for, and then whether one place is the first of it."""
_SUPERLATIVE = re.compile(
    r"\b(?:most|least|more|worst|priciest|dearest|costliest|cheapest|noisiest|riskiest|highest|biggest|top|largest|heaviest|main)\b"
)
_LONGEST = 4
"""Words that name a place, at most."""


_PAID = re.compile(r"\b(?:costs?|spend\w*|spent|burn\w*|pay\w*|expens\w+)\b")
"""What is split by venue; all else by account."""


def _ranking(match: re.Match[str], kind: str, follows: bool) -> str:
    """The question which place comes first; empty where nothing says by what."""
    parts = match.groupdict()
    rest = parts["rest"]
    what = parts.get("what") or parts.get("noun") or rest
    if (
        kind == "venue"
        and not parts.get("adj")
        and not parts.get("spender")
        and re.search(r"[a-z]{3}", what)
        and not _PAID.search(match[0])
    ):
        kind = "account"
    if parts.get("verb"):
        most = "least" if parts["most"] == "least" else "most"
        most += f" {parts['noun']}" if parts["noun"] else ""
        costs = parts["verb"] in ("cost", "costing", "spend", "spent", "spending", "burn", "pay")
        return f"which {kind} costs the {most}{rest}" if costs else f"which {kind} has the {most}{rest}"
    if parts["spender"]:
        return f"which {kind} costs the most{rest}"
    if parts["what"]:
        return f"which {kind} has the {parts['what']}{rest}"
    if parts["adj"] == "worst" and not rest:
        return "which account has the most" if follows else ""
    if parts["adj"] in ("priciest", "dearest", "costliest"):
        return f"which {kind} is the most expensive{rest}"
    return f"which {kind} is the {parts['adj']}{rest}"
