"""Periods, bases and directions around a figure: when, gross or net, up or down."""

from __future__ import annotations

import re
from datetime import timedelta

from policies.grounding import bind, words
from policies.grounding.model import Claim
from policies.grounding.names import values_of
from policies.grounding.spans import agrees, frame
from policies.grounding.view import Item, View, about
from policies.grounding.when import When, find_times
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact

_GROSS = re.compile(r"\b(?:gross|before (?:credits|refunds)|(?:excluding|without) (?:credits|refunds)|bruto)\b")
_NET = re.compile(r"\b(?:net|after (?:credits|refunds)|(?:including|with) (?:credits|refunds)|netto|líquido)\b")

_IDIOM = re.compile(r"\b(?:ma[dk]e|set|follow|look|start|sum|back|end)(?:s|ed|ing)?[ -]up\b|\bbreak(?:s|ing)? down\b")
_SIGNED = re.compile(
    r"\b(?:changed? (?:of|by|was|is)|difference (?:of|was|is)|verandering van|veranderde met|varia\u00e7\u00e3o de) $",
    re.IGNORECASE,
)
_MOVES = frozenset(
    listing(
        "up down rose fell grew dropped increased decreased climbed declined jumped steeg stegen daalde daalden "
        "aumentou caiu subiu"
    )
)
_THAN = re.compile(r"\b(?:than|dan|que)\s+(?:(?:in|on|for|the|em)\s+)*$")
_AGAINST = re.compile(
    r"\b(?:compared (?:with|to)|relative to|ten opzichte van|vergeleken met|em compara\u00e7\u00e3o com|"
    r"em rela\u00e7\u00e3o a|face a) (?:the )?$",
    re.IGNORECASE,
)
_RIGHT_NOW = re.compile(
    r"\b(?:right now|at the moment|at present|currently|at this moment|op dit moment|neste momento)\b"
)


def period_claim(item: Item, view: View) -> Claim | None:
    period = item.fact.period
    if period is None:
        return None
    spoken = view.said(*view.around(item))
    if _RIGHT_NOW.search(spoken) and period.end < view.now - timedelta(days=1):
        return (
            "period",
            f"The words speak of now, but the figure {item.fact.id} ({item.fact.label}) is of {period.label}.",
        )
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    around = view.around(item)
    start = sentence[0] if left is None else left.end
    rings: list[list[When]] = [
        view.timed(*around),
        view.timed((start, item.start)),
        view.timed(view.segment(item, sentence)[1]) if left is None else [],
        view.timed((sentence[0], item.start)),
    ]
    for ring in rings:
        claims = [w for w in ring if not _compares(w, item, view)]
        if ring is not rings[0]:
            claims = [w for w in claims if not advice(view, w.start)]
        claims = [w for w in claims if w.kind == "period" or (w.kind == "date" and _one_day(item.fact))]
        if any(_fits(w, item, view) for w in claims) or _framed(claims, item, view):
            return None
        # a date that another fact holds is that fact's value, not the period of this one
        claims = [w for w in claims if w.kind == "period" or not any(bind.same_moment(w, f) for f in view.facts)]
        if ring is not rings[0]:
            claims = [w for w in claims if not _elsewhere(w, item, view)]
        if not claims:
            continue
        wrong = view.text[claims[0].start : claims[0].end]
        return (
            "period",
            f"The words say {wrong!r}, but the figure {item.fact.id} ({item.fact.label}) is of {period.label}.",
        )
    return None


_EXTREME = re.compile(r"\b(?:average|mean|highest|lowest|largest|smallest|maximum|minimum|peak)\b")
_UNTIL = re.compile(r"\b(?:still|until|through|nog|tot|ainda|at\u00e9)\b")
_FROM = re.compile(r"\b(?:from|van|de) $", re.IGNORECASE)
_ADVICE = re.compile(
    r"\b(?:please|recommend|should|would|could|let us|let's|plan|i'd|i\u2019d|i'll|advise|propose|suggest)\b",
    re.IGNORECASE,
)


def advice(view: View, at: int) -> bool:
    """Whether the clause at an offset says what to do and holds no figure: its time is no period of a fact."""
    start, end = view.layout.clause(at)
    return bool(_ADVICE.search(view.text[start:end])) and not any(start <= i.start < end for i in view.items)


def _framed(claims: list[When], item: Item, view: View) -> bool:
    """Whether phrases span the fact's period, or the row of figures that it stands in spans theirs."""
    fact = item.fact
    if frame(claims, fact):
        return True
    if fact.period is None or fact.period.start == fact.period.end or not claims:
        return False
    start, end = fact.period.start, fact.period.end
    spans = [span for w in claims for span in w.periods]
    if not spans:
        return False
    inside = any(start <= a and b <= end for a, b in spans)
    covers = min(a for a, _ in spans) <= start and end <= max(b for _, b in spans)
    if _EXTREME.search(fact.label.lower()):
        return inside or (covers and len(claims) > 1)
    sentence = view.layout.sentence(item.start)
    _, right = view.neighbours(item, sentence)
    if right and right.fact.label == fact.label and _FROM.search(view.text[max(0, item.start - 6) : item.start]):
        # `fell last month, from X to Y`: the phrase dates the second
        return any(_fits(w, right, view) for w in claims)
    if any(b == end and a >= start for a, b in spans) and _UNTIL.search(view.said(view.clause(item))):
        return True
    row = [i.fact for i in view.items if sentence[0] <= i.start < sentence[1]]
    like = {f.period for f in row if (f.label, f.unit, f.scope) == (fact.label, fact.unit, fact.scope)}
    within = any(a <= start and end <= b for a, b in spans)
    return within and len(like) > 1 and not any((p.start, p.end) in spans for p in like if p)


def _compares(when: When, item: Item, view: View) -> bool:
    """Whether a period is only what the figure is compared with: `lower than in March`, and no figure right behind."""
    behind = view.text[when.end : item.start].strip(" (*_")
    before = view.text[max(0, when.start - 24) : when.start]
    against = not words.is_change(item.fact) and _AGAINST.search(before)
    return bool(against or _THAN.search(before)) and (item.start < when.end or behind != "")


def _fits(when: When, item: Item, view: View) -> bool:
    period = item.fact.period
    if period is None:
        return True
    if when.relative:
        others = [i.fact.period for i in view.items if i.fact.period is not None]
        return any(period.end == other.start for other in others) or words.is_change(item.fact)
    if agrees(when, item.fact, view.now, view.text[max(0, when.start - 16) : when.start]):
        return True
    return period.start != period.end and _labelled(when, item.fact, view)


def _labelled(when: When, fact: Fact, view: View) -> bool:
    said = find_times(" ".join([fact.label, *fact.scope.where.values()]), view.now)
    return any(set(w.periods) & set(when.periods) for w in said)


def _elsewhere(when: When, item: Item, view: View) -> bool:
    """`the threats of the last 30 days ..., and the rise of [[f8]]`: the phrase dates what another fact counts."""
    said = set(words.plain(view.said(view.layout.clause(when.start))))
    return any(
        f.unit != item.fact.unit
        and units.kind(f.unit) == "count"
        and f.unit.lower().split()[-1] in said
        and agrees(when, f, view.now)
        for f in view.facts
    )


def _one_day(fact: Fact) -> bool:
    return fact.period is not None and 0 < fact.period.days <= 1


def basis_claim(item: Item, view: View) -> Claim | None:
    basis = item.fact.scope.basis
    if basis is None:
        return None
    sentence, close = (
        view.layout.sentence(item.start),
        re.split(r"[,.;:)]", view.text[item.end : item.end + 160].lower().strip()[:8])[0],
    )
    left, _ = view.neighbours(item, sentence)
    rings = (close, view.said(*view.around(item)), view.text[left.end if left else sentence[0] : item.start].lower())
    said = next(
        (ring for ring in (*rings, _closing(view.text[slice(*sentence)])) if _GROSS.search(ring) or _NET.search(ring)),
        "",
    )
    gross, net = bool(_GROSS.search(said)), bool(_NET.search(said))
    if gross != net and (basis == "gross") != gross:
        return (
            "basis",
            f"The words say {'gross' if gross else 'net'}, but the figure {item.fact.id} is {basis}.",
        )
    return None


def _closing(sentence: str) -> str:
    """A basis that closes a sentence counts for all of it: `..., gross.`"""
    match = re.search(r",\s*((?:all |both )?(?:gross|net|bruto|netto))\W*$", sentence, re.IGNORECASE)
    return match[1].lower() if match else ""


def direction_claim(item: Item, view: View) -> Claim | None:
    fact = item.fact
    before, after = view.segment(item, view.clause(item))
    lead, follow = (
        words.plain(view.text[before[0] : before[1]]),
        words.plain(view.text[after[0] : after[1]])[:2],
    )
    by = (
        bool(lead)
        and lead[-1] in ("by", "met", "com", "with", "about", "roughly", "of")
        and any(w in words.UP | words.DOWN for w in lead[-5:-1])
    )
    if not words.is_change(fact):
        if (
            by
            and lead[-1] in ("by", "met", "em")
            and any(words.is_change(f) and f.unit == fact.unit for f in view.facts)
            and not fact.derived_from
        ):
            return (
                "label",
                f"The words say how much something moved, but {fact.id} ({fact.label}) is a level, not a change.",
            )
        if (
            lead
            and lead[-1] in _MOVES
            and not set(lead[-2:-1]) & {"make", "makes", "made", "making"}
            and fact.unit == "percent"
            and not fact.derived_from
            and any(words.is_change(f) and f.unit == fact.unit for f in view.facts)
        ):
            return (
                "label",
                f"The words say how much something moved, but {fact.id} ({fact.label}) is a level, not a change.",
            )
        return _from_to(item, view) or _by_to(item, view)
    sentence = view.layout.sentence(item.start)
    block = view.layout.block(item.start)
    heard = words.plain(
        _IDIOM.sub(
            " ", (view.text[view.layout.heading(block[0]) : sentence[1]] + " " + view.said(*view.around(item))).lower()
        )
    )
    signed = item.literal and view.text[item.start : item.start + 1] == "+"
    if not signed and not set(heard) & words.MOVED:
        return "label", f"Nothing near it says that something moved, but {fact.id} ({fact.label}) is a change."
    summed = fact.label.lower().startswith(("sum of", "total of"))
    if lead[-1:] in (["spent"], ["cost"], ["paid"]) and not item.shown_positive and words.way(fact) < 0:
        return "label", f"The words say what was spent, but {fact.id} ({fact.label}) is a change."
    if (
        not summed
        and lead[-1:] in (["to"], ["naar"], ["at"], ["op"], ["para"])
        and any(w in words.UP | words.DOWN for w in lead[-5:])
    ):
        return "label", f"The words say what level was reached, but {fact.id} ({fact.label}) is a change."
    left, _ = view.neighbours(item, sentence)
    if (
        left is not None
        and not summed
        and words.is_change(left.fact)
        and re.fullmatch(r"\s*(?:to|naar|para)\s*", view.text[left.end : item.start])
    ):
        return "label", f"The words say what level was reached, but {fact.id} ({fact.label}) is a change."
    if not item.shown_positive and _SIGNED.search(view.text[max(0, item.start - 24) : item.start]):
        return None  # `a change of USD -4,200.00`: the figure itself says which way
    sense = next((w for w in follow if w in words.UP | words.DOWN), None)
    sense = sense or next((w for w in reversed(lead) if w in words.UP | words.DOWN), None)
    if sense is None:
        left, _ = view.neighbours(item, view.layout.sentence(item.start))
        if left is None or (words.is_change(left.fact) and words.way(left.fact) == words.way(fact)):
            start = sentence[0]  # `fell by USD 128.25, or 2.88 %`: one verb for both
        else:
            start = left.end
        back = view.text[max(start, item.start - 400) : item.start]
        sense = next((w for w in reversed(words.plain(back)) if w in words.UP | words.DOWN), None)
    way = words.way(fact)
    if sense is None:
        if item.shown_positive:
            return (
                "direction",
                f"The figure {fact.id} ({fact.label}) is negative; the words must say that it fell.",
            )
        return None
    if way and (sense in words.UP) != (way > 0):
        return (
            "direction",
            f"The words say {sense!r}, but {fact.id} ({fact.label}) went {'up' if way > 0 else 'down'}.",
        )
    return None


def _by_to(item: Item, view: View) -> Claim | None:
    """`fell by X to Y`: the level must be of what moved."""
    left, _ = view.neighbours(item, view.layout.sentence(item.start))
    if left is None or not words.is_change(left.fact):
        return None
    between = view.text[left.end : item.start]
    if not re.fullmatch(r",?\s*(?:and |en |e )?(?:now |is now |it )*(?:to|naar|para|stands? at|at|now at)\s*", between):
        return None
    moved = words.stems(left.fact.label) - {"change", "relative"}
    if moved and not moved & words.stems(item.fact.label):
        return "label", f"What moved is {left.fact.label!r}, but {item.fact.id} is {item.fact.label!r}."
    return None


def _from_to(item: Item, view: View) -> Claim | None:
    """`rose from X to Y`: Y must lie above X."""
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    if (
        left is None
        or left.fact.unit != item.fact.unit
        or isinstance(item.fact.value, str)
        or isinstance(left.fact.value, str)
    ):
        return None
    between = words.plain(view.text[left.end : item.start])
    lead = words.plain(view.text[sentence[0] : left.start])
    if "to" not in between[-1:] or "from" not in lead[-1:]:
        return None
    sense = next((w for w in reversed(lead) if w in words.UP | words.DOWN), None)
    if sense and left.fact.value != item.fact.value and (sense in words.UP) != (item.fact.value > left.fact.value):
        return (
            "direction",
            f"The words say {sense!r}, but {left.fact.id} to {item.fact.id} goes the other way.",
        )
    if values_of(left.fact) != values_of(item.fact):
        return "label", f"From and to are of different things: {about(left.fact)}; {about(item.fact)}."
    if left.fact.id == item.fact.id:
        return "label", f"From and to are both {item.fact.id}."
    return None


def undated_claim(item: Item, view: View) -> Claim | None:
    """A literal carries no written period: if the same is known of other periods, the words must say which."""
    fact = item.fact
    if fact.period is None or fact.period.start == fact.period.end:
        return None
    siblings = [
        f for f in view.facts if (f.label, f.unit, f.scope) == (fact.label, fact.unit, fact.scope) and f != fact
    ]
    if not any(f.period is not None and f.period.start != f.period.end for f in siblings):
        return None
    said = view.times + find_times(view.question, view.now)
    if any(_fits(w, item, view) for w in said):
        return None
    return "period", f"Say when: {fact.id} ({fact.label}) is of {fact.period.label}, and the words do not say so."
