"""Which of two figures of a sentence is more: `X (1) cost more than Y (2)` must be so.

Heard are comparatives with `than`, `above`, `exceeds`, `compared with X, Y was lower`, `as much as`; not what is
denied, and not `3 more than the 5 of August`, where the figure says how much more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from policies.grounding import words
from policies.grounding.view import Item, View, about
from tools import units

_MORE = r"more|higher|larger|bigger|greater|dearer|costlier|pricier|older|longer|meer|hoger|groter|duurder|mais|maior"
_LESS = r"less|fewer|lower|smaller|cheaper|newer|shorter|minder|lager|kleiner|goedkoper|menos|menor"
_THAN = re.compile(
    rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?:[ -][^\W\d]+){{0,3}} (?:than|dan|que)\b"
    r"(?P<rest>(?:(?! and )[^,;:.])*)$"
)
_STANDS = re.compile(
    r"\b(?:(?:is|was|are|were|lies|lay|stands|stood|ends|ended|came in|comes in|stayed|remains|remained) (?:\w+ )?"
    r"(?:(?P<more>above|ahead of)|(?P<less>below))|(?<!is )(?<!are )(?<!be )(?<!been )(?<!already )"
    r"(?P<exceeds>ahead of|exceed(?:s|ed)?|surpass(?:es|ed)?|tops|topped|outweigh(?:s|ed)?|overtakes|overtook|"
    r"outnumber(?:s|ed)?|outspends|outspent))\b"
    r"(?P<rest>(?:(?! and )[^,;:.])*)$"
)
_LED = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?: [^\W\d][\w-]*){{0,3}} ?\(?$")
_THAN_BOTH = re.compile(
    rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?: [^\W\d]+)? than (?!usual|before|last|planned)"
    r"[^,;:.()]{1,50}[:,(] ?$"
)
_VERSUS = re.compile(r" ?\)? ?(?:versus|vs\.?|against|compared (?:with|to)|tegen) \(?")
_BOTH_SAME = re.compile(
    r"\W*(?:cost|costs|are|were|spend|spent|have)(?P<about> about| roughly)?(?: exactly)? "
    r"(?:the same|equal|alike|as much)\b"
)
_LED_THAN = re.compile(r" ?\)?(?: [^\W\d]+){0,2} (?:than|dan|que)\b(?P<rest>[^,;:.]*)$")
_COMPARED = re.compile(r"\b(?:compared (?:with|to)|relative to|against|next to|unlike|vergeleken met)\b[^,;:]*$")
_TURNED = re.compile(
    rf" ?\)?,[^;:.]*\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b(?: expensive)?(?:,)?(?: at| with| by)?[ :(]*$"
)
_AS_MUCH = re.compile(
    r"\b(?P<about>almost|nearly|about|roughly|just about)? ?(?:as (?:much|many|high|large|big|expensive|old|long) as|"
    r"(?:exactly )?the same as|equal to|equals|identical to)\b(?P<rest>[^,;:.]*)$"
)
_AS_MANY = re.compile(r"\bas (?:many|much) (?:[^\W\d]+ ){0,2}\(?$")
_AS = re.compile(r" ?\)? as\b[^,;:.]*$")
_NEGATED = re.compile(
    r"\b(?:not|no|never|nor|neither|rather|hardly|times|twice|half|if|would|niet|n\u00e3o)\b|n't\b|n\u2019t\b"
)


def comparisons(view: View) -> Iterator[tuple[int, int, str]]:
    """Comparatives between two figures of one sentence that are not so."""
    lines: dict[tuple[int, int], list[Item]] = {}
    for item in view.items:
        fact = item.fact
        if units.is_number(fact.unit) and not isinstance(fact.value, str) and not words.is_change(fact):
            lines.setdefault(view.layout.sentence(item.start), []).append(item)
    for sentence, row in lines.items():
        start = sentence[0]
        for one, two in pairwise(row):
            if one.fact.unit == two.fact.unit and one.fact.value >= 0 and two.fact.value >= 0:  # type: ignore[operator]
                yield from _of_two(one, two, view.text[start : one.start].lower(), view)
            start = one.end


def _of_two(one: Item, two: Item, lead: str, view: View) -> Iterator[tuple[int, int, str]]:
    between, lead = _BLANKS.sub(" ", view.text[one.end : two.start].lower()), _BLANKS.sub(" ", lead)
    a, b = Decimal(one.fact.value), Decimal(two.fact.value)
    for pattern in (_THAN, _STANDS):
        said = pattern.search(between)
        if said and not _MEASURE.search(said["rest"]) and not _NEGATED.search(between) and not _AMOUNT.match(between):
            more = said["more"] or said.groupdict().get("exceeds")
            if not (a > b if more else a < b):
                yield one.start, two.end, _message(said[0], one, two)
            return
    led, then = _LED.search(lead), _LED_THAN.match(between)
    if led and then and not _NEGATED.search(lead[-60:]):
        if not (a > b if led["more"] else a < b):
            yield one.start, two.end, _message(led[0], one, two)
        return
    both = _THAN_BOTH.search(lead)
    if both and _VERSUS.fullmatch(between) and not _NEGATED.search(lead[-60:]):
        if not (a > b if both["more"] else a < b):
            yield one.start, two.end, _message(both[0], one, two)
        return
    behind = _BLANKS.sub(" ", view.text[two.end : two.end + 400])[:60].lower()
    if (
        (alike := _BOTH_SAME.match(behind))
        and " and " in f"{between} "
        and abs(a - b) > max(a, b) * (_ABOUT if alike["about"] else _SAME)
    ):
        yield one.start, two.end, _message(alike[0], one, two)
        return
    turned = _TURNED.match(between) if _COMPARED.search(lead) else None
    if turned and not _NEGATED.search(between):
        if not (b > a if turned["more"] else b < a):
            yield one.start, two.end, _message(turned[0], two, one)
        return
    same = _AS_MUCH.search(between) or (_AS.match(between) and _AS_MANY.search(lead))
    if (
        same
        and not _NEGATED.search(between)
        and abs(a - b) > max(a, b) * (_ABOUT if same.groupdict().get("about") else _SAME)
    ):
        yield one.start, two.end, _message(same[0], one, two)


_MEASURE = re.compile(
    r"(?<![a-z0-9-])\d|\b(?:once|twice|half|one|two|three|days|hours|minutes|expected|planned|usual|average|limit|threshold)\b"
)
"""`older than 90 days`, `more than the limit`: what follows is held against that, and not against the next figure."""
_BLANKS = re.compile(r"\s+")
_AMOUNT = re.compile(r"\s*(?:more|less|higher|lower|fewer|above|below|meer|minder|mais|menos)\b")
"""`3 more than the 5 of August`: how much more, no level."""
_SAME, _ABOUT = Decimal("0.02"), Decimal("0.1")
"""By which share two figures may differ that are said to be the same, or about the same."""


def _message(said: str, one: Item, two: Item) -> str:
    return f"The words say {' '.join(said.split())!r}, but {about(one.fact)} and {about(two.fact)}: it is not so."
