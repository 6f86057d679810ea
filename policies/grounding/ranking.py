"""Places in a ranking: `the third largest is Z` must be the third of its like.

Alike are facts of one unit, period and basis whose labels and scopes differ in one kind of name only (or in the period
only, for the highest month). A superlative ranks by the figure only where nothing else is said to be largest: not in
`the biggest worry`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from policies.grounding import words
from policies.grounding.names import ACCOUNT
from policies.grounding.view import Item, View, about
from tools import units
from tools.facts import Fact

_TOP = (
    r"largest|biggest|highest|most expensive|costliest|priciest|greatest|"
    r"longest(?:[- ](?:running|standing|lasting))?|oldest|most frequent|most common|"
    r"most numerous|busiest|grootste|hoogste|duurste|oudste|maior|mais car[oa]"
)
_LOW = r"smallest|lowest|cheapest|least expensive|fewest|shortest|newest|least frequent|kleinste|laagste|menor"
_NTH = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "tweede": 2, "derde": 3, "segund[oa]": 2}
_ORDINALS = "|".join(_NTH)
_THE_MOST = r"(?:(?<=the )|(?<=has )|(?<=had ))most(?= (?!of\b)\w+(?:[ -]\w+){0,2}(?=[:(,]| in | at ))"
_PLACE = re.compile(
    rf"\b(?:(?P<nth>{_ORDINALS})[ -])?(?:(?P<top>{_TOP}|{_THE_MOST})|(?P<low>{_LOW}))\b|"
    r"\b(?P<does>(?:spen[dt]s?|costs?|uses|used|ha[sd]|paid)(?: us)?(?: the)? "
    r"(?:(?:most|more than any\w*(?: \w+)?)(?! of\b)|(?P<least>least)))\b|"
    r"\b(?P<leads>leads?(?! to| us| time)|led(?! to| by| us| the)|tops|topped|(?:the )?number one|no\. ?1|"
    r"heads the list|top of the list|(?:(?<=the )|(?<=our ))top (?=cost|spender|service|account)|"
    r"(?:nobody|no one|nothing|no (?:service|account|team|venue|region)) (?:costs?|spen[dt]s?|has) more than|"
    r"worst(?= with| at))\b|"
    rf"\b(?:ranks?|ranked|comes?|came|is|was|stands?)(?: in)? (?:first|(?P<last>last)|(?P<rank>{_ORDINALS}))"
    r"(?: place)?\b(?=[,:;.(]| \(| with | at \ue000| \ue000|(?P<next> (?:after|behind|to) (?!the\b|all\b)))",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"\b(?:one of (?:the|our|its)|among(?: the| our)?|not(?: the| our)?|n't(?: the)?|two|three|four|five|six|ten|top|"
    r"\d+|next|other|than(?: the| our)?|(?:these|those|they|which|that) are(?: the| our)?|after(?: the| our)?|"
    r"without(?: the)?|if|whether|een van de|um d[oa]s) ?$",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"(?: (?:single|individual))?(?: (?:service|account|team|venue|region|spender|cost|bill|item|category|amount|"
    r"charge|usage type|spend|group|class|source|alarm|severity|dienst|rekening|servi\u00e7o|conta|\w+-\w+))?"
    r"(?:\s*[,:;.()]|\s*\ue000|"
    r" (?:(?:is|was|are|with|at|by|in|on|of (?:these|those|them|the list)|here|there|one|"
    r"spend|non-\w+|place)\b)|\s*$)",
    re.IGNORECASE,
)
"""What may follow a superlative that ranks by the figure: not `the biggest worry`, `the two largest services`."""
_SUITS = {
    "oldest": "duration", "longest": "duration", "newest": "duration", "shortest": "duration", "oudste": "duration",
    "most expensive": "money", "costliest": "money", "priciest": "money", "cheapest": "money", "duurste": "money",
    "least expensive": "money", "busiest": "count",
    "most frequent": "count", "most common": "count", "most numerous": "count",
}  # fmt: skip
_LESS_SOME = re.compile(r"[^,;.\ue000]{0,40}\b(?:after|behind|besides|apart from|outside|except|but)\b", re.IGNORECASE)
"""`The largest charge after usage`: of the others."""


_FEWER = re.compile(
    r"\b(?:(?:of|among|within|for) (?:the|our|these|those)\b|apart from|outside|excluding|besides|other|rest|remaining|"
    r"then|after|follow\w*|next|without)\b",
    re.IGNORECASE,
)
"""`Of the venues, Utrecht leads`: a ranking of some of them."""
_GRADED = re.compile(r"(?:highest|lowest|hoogste|laagste|maior|menor)", re.IGNORECASE)


def rankings(view: View) -> Iterator[tuple[int, int, str]]:
    """Places in a ranking that the figure beside them does not have."""
    for match in _PLACE.finditer(view.words):
        start, end = match.span()
        if _ONE_OF.search(view.words[max(0, start - 24) : start]):
            continue
        if not match["next"] and _LESS_SOME.match(view.words, end):
            continue
        said = (match["top"] or match["low"] or "").lower()
        if said not in ("", "most", "fewest") and not _PLAIN.match(view.words, end) and not match["nth"]:
            continue
        if _FEWER.search(view.words[view.layout.sentence(start)[0] : start]):
            continue
        item = _ranked(start, end, view, placed=not match["next"])
        if match["nth"] and item is not None and not _of_its_kind(item, end, view):
            continue
        if view.words.startswith(" venue", end) and item is not None and "venue" not in item.fact.scope.where:
            continue  # some of the accounts are venues
        if item is None or isinstance(item.fact.value, str) or words.is_change(item.fact) or _says_so(item.fact):
            continue
        if _SUITS.get(
            said.replace("-", " ").split(" ")[0] if said.startswith("longest") else said, units.kind(item.fact.unit)
        ) != units.kind(item.fact.unit):
            continue  # `the oldest of the 5 keys` is no count
        if _GRADED.match(said) and _SEVERITY.search(item.fact.label.lower()):
            continue  # `the highest severity` is no count
        low = bool(match["low"] or match["least"] or match["last"])
        nth = (match["nth"] or match["rank"] or "").lower()
        place = next((n for word, n in _NTH.items() if nth and re.fullmatch(word, nth)), 1)
        stands = [_place(item.fact, family, low=low) for family in _families(item.fact, view)]
        if stands and place not in stands:
            yield start, end, f"The words say {match[0]!r}, but {about(item.fact)}: of its like it is no. {stands[0]}."


_RECORD = re.compile(
    r"\b(?:(?P<low>cheapest|lowest|quietest|smallest)|most expensive|highest|largest|biggest|costliest|busiest)"
    r"(?: [^\W\d_]+)? (?:month|week|quarter|year)\b(?! of| in| bill)|"
    r"\b(?:record|all-time|new) (?:high|(?P<least>low))\b",
    re.IGNORECASE,
)


def records(view: View) -> Iterator[tuple[int, int, str]]:
    """`Our most expensive month`: other months must be in play, and none of them higher."""
    for match in _RECORD.finditer(view.words):
        start, end = match.span()
        item = _ranked(start, end, view, among=False)
        if item is None or _ONE_OF.search(view.words[max(0, start - 24) : start]) or _says_so(item.fact):
            continue
        fact = item.fact
        course = [
            Decimal(f.value)
            for f in view.facts
            if (f.label, f.unit, f.scope) == (fact.label, fact.unit, fact.scope) and not isinstance(f.value, str)
        ]
        best = (min if match["low"] or match["least"] else max)(course)
        if len(course) < 2 or fact.value != best:
            told = "no other period is in play" if len(course) < 2 else f"another is {best}"
            yield start, end, f"The words say {match[0]!r}, but {about(fact)}, and {told}."


def _of_its_kind(item: Item, end: int, view: View) -> bool:
    """Whether what is ranked is nothing else than what the figure measures: `the second oldest key`."""
    if _PLAIN.match(view.words, end):
        return True
    noun = re.match(r" ([^\W\d_]+)(?=[,:;.(]| (?:is|was|at|with|in)\b)", view.words[end : end + 40])
    return noun is not None and words.stems(noun[1]) <= words.fact_stems(item.fact)


def _place(fact: Fact, family: list[Fact], *, low: bool) -> int:
    values = sorted({Decimal(f.value) for f in family}, reverse=not low)
    return values.index(Decimal(fact.value)) + 1


def _says_so(fact: Fact) -> bool:
    return bool(re.search(r"\b(?:highest|largest|lowest|smallest|oldest|longest|peak|maximum|minimum)\b", fact.label))


def _ranked(start: int, end: int, view: View, *, among: bool = True, placed: bool = True) -> Item | None:
    """The figure whose place it is, in the clause or as the only one of the sentence, if no other name is placed."""
    sentence, clause = view.layout.sentence(start), view.layout.clause(start)
    row = [i for i in view.items if sentence[0] <= i.start < sentence[1] and units.is_number(i.fact.unit)]
    inside = [i for i in row if clause[0] <= i.start < clause[1]]
    after = [i for i in inside or row if i.start >= end]
    item = after[0] if after and inside else (inside or row)[0] if len(inside or row) == 1 else None
    if item is None:
        return None
    if among and item.start >= end and _AMONG.search(view.words[end : item.start]):
        return None
    held = view.vocabulary.held[item.fact.id]
    until = max(item.start, end) if placed else start  # `second after X`: X is another's name
    named = [m for m in view.named(clause, (clause[0], until)) if placed or m.start < start]
    if any(not any(v in held.get(d, ()) for d, v in m.means) for m in named if {d for d, _ in m.means} & held.keys()):
        return None
    return item


_AMONG = re.compile(r"\b(?:of|among|out of)(?: \w+)? $", re.IGNORECASE)
"""`The largest of the 5`: the figure counts what is ranked."""
_SEVERITY = re.compile(r"\b(?:critical|high|medium|low|informational)\b")


def _families(fact: Fact, view: View) -> Iterator[list[Fact]]:
    """What a fact may be ranked among: alike but for one kind of name, or for the period; at least three."""
    own = _shape(fact, view)
    alike, course = [], [fact]
    for other in view.facts:
        if other.unit == fact.unit and other.scope.basis == fact.scope.basis:
            if other.period != fact.period:
                if other.label == fact.label and other.scope == fact.scope and not isinstance(other.value, str):
                    course.append(other)
                continue
            shape = _shape(other, view)
            if shape.keys() == own.keys() and not isinstance(other.value, str):
                alike.append((other, shape))
    if len(course) >= 3:
        yield course  # of its months or days
    for kind in own.keys() - {""}:
        free = {kind, ACCOUNT} if kind == "name" else {kind}  # each named thing lies in its own account
        family = [f for f, shape in alike if all(shape[k] == own[k] for k in own.keys() - free)]
        if len(family) >= 3:
            yield family
        kin = own[kind].partition("-")[0] + "-"
        cousins = [f for f, shape in alike if f in family and shape[kind].startswith(kin)]
        if 3 <= len(cousins) < len(family):
            yield cousins  # `venue-utrecht` among the venues


def _shape(fact: Fact, view: View) -> dict[str, str]:
    """The names of a fact by kind, and under the empty kind its label without them."""
    label, shape = fact.label.lower(), dict[str, str]()
    for kind, values in view.vocabulary.held[fact.id].items():
        shape[kind] = ", ".join(sorted(values))
        for value in values:
            label = label.replace(value.lower(), "")
    for other in view.facts:
        if other.unit == "name" and str(other.value).lower() in label:
            shape["name"] = str(other.value)
            label = label.replace(str(other.value).lower(), "")
    severity = _SEVERITY.search(label)
    if severity:
        shape["severity"], label = severity[0], _SEVERITY.sub("", label)
    return {**shape, "": " ".join(label.split())}
