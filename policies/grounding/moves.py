"""Which way a figure went, and whether it is gross or net: said by the words, held against the fact."""

from __future__ import annotations

import re

from policies.grounding import words
from policies.grounding.model import Claim
from policies.grounding.view import Item, View

_GROSS = re.compile(r"\b(?:gross|before (?:credits|refunds)|(?:excluding|without) (?:credits|refunds)|bruto)\b")
_NET = re.compile(
    r"\b(?:net|after (?:credits|refunds)|(?:including|with) (?:credits|refunds)|netto|l\u00edquid[oa]s?)\b"
)
_IDIOM = re.compile(
    r"\b(?:ma[dk]e|set|follow|look|start|sum|back|end|add|turn|clean|show|open|come|speed)(?:s|es|ed|ing|"
    r"ning)?[ -]up\b|"
    r"\bbreak(?:s|ing)? down\b|\bup to\b|\bmore than\b|\bless than\b|\bfewer than\b|\bhigher than\b|\blower than\b|"
    r"\bnot more\b|\bno more\b|\bonce more\b|\bany ?more\b|\bmore or less\b",
)
_SIGNED = re.compile(
    r"\b(?:changed? (?:of|by|was|is)|difference (?:of|was|is)|verandering van|veranderde met|varia\u00e7\u00e3o de) $",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:a \w+ |per \w+ )?(?P<way>more|less|higher|lower|up|down|dearer|cheaper|fewer|above|"
    r"below|increase|decrease|rise|"
    r"drop|saving|meer|minder|hoger|lager|duurder|goedkoper|(?:a )?mais|(?:a )?menos)\b"
)
_CREDIT = re.compile(r"\b(?:credits?|refunds?|discounts?)\b", re.IGNORECASE)
_SIZE = re.compile(r"\s*(?:more|less)\b(?! (?:spend|spent|cost|money))", re.IGNORECASE)
"""`Credits of USD -4,200.00 more`: of what is taken off, more is a figure further down, so the word says no way."""
_SAYS_UP = words.UP | {"above", "dearer", "duurder", "expensive"}
_SAYS_DOWN = words.DOWN | {"below", "cheaper", "goedkoper", "saving", "saved"}


def direction_claim(item: Item, view: View) -> Claim | None:
    """The nearest word of direction must be that of a change. A change that is written with its sign may lack one."""
    fact, way = item.fact, words.way(item.fact)
    if not words.is_change(fact) or not way:
        return None
    if fact.label.lower().startswith(("sum of", "total of")):
        return None
    if _CREDIT.search(fact.label) and _SIZE.match(view.text[item.end :]):
        return None
    if not item.shown_positive and _SIGNED.search(view.text[max(0, item.start - 24) : item.start]):
        return None  # `a change of USD -4,200.00`: the figure itself says which way
    sense = _sense(item, view)
    if sense is None:
        if item.shown_positive and way < 0:
            return "direction", f"The figure {fact.id} ({fact.label}) is negative; the words must say that it fell."
        return None
    if (sense in _SAYS_UP) != (way > 0):
        went = "up" if way > 0 else "down"
        return "direction", f"The words say {sense!r}, but {fact.id} ({fact.label}) went {went}."
    return None


def _sense(item: Item, view: View) -> str | None:
    before, after = view.segment(item, view.clause(item))
    follow = _AFTER.match(view.text[item.end : after[1]].lower())
    if follow:
        return follow["way"].split()[-1]
    if found := _last(view.text[before[0] : before[1]]):
        return found
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    if left is None or (words.is_change(left.fact) and words.way(left.fact) == words.way(item.fact)):
        start = sentence[0]  # `fell by USD 128.25, or 2.88 %`: one verb for both
    else:
        start = left.end
    return _last(view.text[max(start, item.start - 400) : item.start])


def _last(text: str) -> str | None:
    said = words.plain(_IDIOM.sub(" ", text.lower()))
    return next((w for w in reversed(said) if w in _SAYS_UP | _SAYS_DOWN), None)


def basis_claim(item: Item, view: View) -> Claim | None:
    """`gross` beside a net figure, or the other way round."""
    basis = item.fact.scope.basis
    if basis is None:
        return None
    sentence = view.layout.sentence(item.start)
    close = re.split(r"[,.;:)\n]", view.text[item.end : item.end + 160].lower().strip(" ")[:8])[0]
    left, _ = view.neighbours(item, sentence)
    rings = (close, view.said(*view.around(item)), view.text[left.end if left else sentence[0] : item.start].lower())
    said = next(
        (ring for ring in (*rings, _closing(view.text[slice(*sentence)])) if _GROSS.search(ring) or _NET.search(ring)),
        "",
    )
    gross, net = bool(_GROSS.search(said)), bool(_NET.search(said))
    if gross != net and (basis == "gross") != gross:
        return "basis", f"The words say {'gross' if gross else 'net'}, but the figure {item.fact.id} is {basis}."
    return None


def _closing(sentence: str) -> str:
    """A basis that closes a sentence counts for all of it: `..., gross.`"""
    match = re.search(r",\s*((?:all |both )?(?:gross|net|bruto|netto))\W*$", sentence, re.IGNORECASE)
    return match[1].lower() if match else ""
