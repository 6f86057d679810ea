"""What the words around a figure claim, held against its fact. Only what can be decided is a fault.

A word counts for a figure if it stands in the figure's clause, on its side of the neighbouring figures; if the clause
says nothing, the clauses before it in the sentence count, back to the figure before; then the sentence before in the
same block. Checks, in order: scope and label (names), label (content words), period, basis, direction, superlative.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from policies.grounding import words
from policies.grounding.layout import Span
from policies.grounding.model import FaultKind
from policies.grounding.names import ACCOUNT, Mention, values_of
from policies.grounding.view import Item, View
from policies.grounding.when import When
from tools import units
from tools.facts import Fact

Claim = tuple[FaultKind, str]

_ALL = re.compile(r"\b(?:all (?:\w+ )?accounts|across the (?:estate|organi[sz]ation|company|board)|company-wide|every account|whole (?:estate|organi[sz]ation|company)|entire (?:estate|organi[sz]ation|company)|alle accounts|todas as contas)\b")  # fmt: skip
_TOTAL = re.compile(r"\b(?:total|in all|overall|altogether|combined|grand total|totaal|no total)\b")
_SIDE = re.compile(r"driven by|because of|led by|due to|thanks to|mainly|mostly|including|excluding|except|after|other than|not counting|of which|owner|team should|caused by|behind|like|such as|unlike|without|outside|besides|apart from|more than|less than|higher than|lower than|elsewhere|share|the rest")  # fmt: skip
_GROSS = re.compile(
    r"\b(?:gross|before (?:credits|refunds)|(?:excluding|without) (?:credits|refunds)|bruto)\b"
)
_NET = re.compile(
    r"\b(?:net|after (?:credits|refunds)|(?:including|with) (?:credits|refunds)|netto|líquido)\b"
)
_SUPER = re.compile(r"\b(?:(?:largest|biggest|highest|most expensive|top|costliest|grootste|hoogste|duurste|maior)|(smallest|lowest|cheapest|kleinste|laagste|menor))\b")  # fmt: skip
_NOT_SUPER = re.compile(r"\b(?:one of|among|second|third|fourth|next|\d+(?:st|nd|rd|th)|top (?:two|three|four|five|\d+)|two|three|four|five|tweede|derde|segund[oa]|not)\b")  # fmt: skip


def contradictions(item: Item, view: View) -> list[Claim]:
    """Every contradiction between a figure's fact and the words around it, the first of each check."""
    checks: list[Callable[[Item, View], Claim | None]] = [_names]
    if units.is_number(item.fact.unit):
        checks += [_label, _period, _basis, _direction, _superlative]
    elif units.kind(item.fact.unit) in ("date", "time"):
        checks += [_label]
    return [claim for check in checks if (claim := check(item, view))]


def _names(item: Item, view: View) -> Claim | None:
    fact, sentence, clause = item.fact, view.layout.sentence(item.start), view.clause(item)
    about = values_of(fact)
    if (listed := _listed(item, view, sentence)) is not None:
        return listed or None
    if units.kind(fact.unit) == "text" and not about:
        return None
    before, after = view.segment(item, clause)
    said = view.said(before, after)
    if about and ACCOUNT in about and _ALL.search(view.said(clause)):
        return "scope", f"The words speak of all accounts, but {_about(fact)}."
    own = _foreign(view.named(before, after), item, view)
    for dimension, means in about.items():
        verdict = _judge(dimension, means, own, item, view, sentence)
        if verdict:
            return verdict
    if (
        about
        and _TOTAL.search(said)
        and not view.named(sentence)
        and not _TOTAL.search(fact.label.lower())
        and not _introduced(fact, view, item)
    ):
        return "label", f"The words speak of a total, but {_about(fact)}."
    return _unasked(item, view, own, said, about)


def _judge(
    dimension: str, means: frozenset[str], own: list[Mention], item: Item, view: View, sentence: Span
) -> Claim | None:
    """Whether the nearest names of a dimension are those of the fact."""
    fact = item.fact
    for mentions in _rings(item, view, own, sentence):
        relevant = [m for m in mentions if any(d == dimension for d, _ in m.means)]
        if not relevant:
            continue
        if any(d == dimension and v in means for m in relevant for d, v in m.means):
            return None
        wrong = view.text[relevant[-1].start : relevant[-1].end]
        kind: FaultKind = "scope" if dimension == ACCOUNT else "label"
        return kind, f"The words name {wrong!r}, but {_about(fact)}."
    return None


def _rings(item: Item, view: View, own: list[Mention], sentence: Span) -> Iterable[list[Mention]]:
    """Names ever further from a figure: its clause, before it in the sentence, after it, the sentences before."""
    yield own
    left, right = view.neighbours(item, sentence)
    clause = view.clause(item)
    yield view.named((left.end if left else sentence[0], item.start))
    if right is None:
        yield view.named((item.end, sentence[1]))
    if left is not None:
        yield view.named((sentence[0], item.start))
    block = view.layout.block(item.start)
    for start, end in reversed(
        [s for s in view.layout.sentences if block[0] <= s[0] < min(sentence[0], clause[0])]
    ):
        yield view.named((start, end))


def _foreign(mentions: list[Mention], item: Item, view: View) -> list[Mention]:
    """Mentions less those that the next figure explains: `12 in Utrecht and 3 in Amsterdam` share their clause."""
    before, after = view.segment(item, view.clause(item))
    _, right = view.neighbours(item, view.clause(item))
    if right is None:
        return mentions
    theirs = values_of(right.fact)
    own = {v for vs in values_of(item.fact).values() for v in vs}

    def explained(m: Mention) -> bool:
        return after[0] <= m.start < after[1] and any(
            v in theirs.get(d, ()) and v not in own for d, v in m.means
        )

    kept = [m for m in mentions if not explained(m)]
    return (
        kept
        if any(before[0] <= m.start < before[1] for m in kept) or len(kept) == len(mentions)
        else mentions
    )


def _unasked(
    item: Item, view: View, own: list[Mention], said: str, about: dict[str, frozenset[str]]
) -> Claim | None:
    """A name in the clause of a fact that does not have that dimension: the words narrow what the fact does not."""
    if _SIDE.search(said) or _TOTAL.search(said):
        return None
    fact = item.fact
    for mention in own:
        if (
            any(d in about for d, _ in mention.means)
            or view.text[mention.start : mention.end].lower() in fact.label.lower()
        ):
            continue
        if words.stems(view.text[mention.start : mention.end]) & words.stems(fact.label):
            continue
        before = view.text[max(0, mention.start - 14) : mention.start].lower()
        attached = re.search(
            r"(?:\b(?:in|for|of|at|from|within|on|account|service|venue)\s+(?:the |account |venue )?[\"'`*]*$|[(]$|^[\W]*$)",
            before,
        )
        first = mention.end <= item.start and "\ue000" not in view.text[mention.end : item.start]
        rival = any(
            f.unit == fact.unit and any(v in values_of(f).get(d, ()) for d, v in mention.means)
            for f in view.facts
        )
        placed = any(d in (ACCOUNT, "venue") for d, _ in mention.means) and fact.scope.basis is not None
        if (rival or placed) and (attached or first):
            dimension = min(d for d, _ in mention.means)
            kind: FaultKind = "scope" if dimension == ACCOUNT else "label"
            return (
                kind,
                f"The words narrow this to {view.text[mention.start : mention.end]!r}, but {_about(fact)}.",
            )
    return None


def _listed(item: Item, view: View, sentence: Span) -> Claim | tuple[()] | None:
    """`RDS, S3 and EC2 at X, Y and Z`: names and figures in two rows belong together by position."""
    row = [i for i in view.items if sentence[0] <= i.start < sentence[1] and units.is_number(i.fact.unit)]
    runs: list[list[Item]] = []
    for each in row:
        gap = view.text[runs[-1][-1].end : each.start] if runs else ""
        if runs and re.fullmatch(r"[\s,]*(?:\b(?:and|en|e)\b)?\s*", gap):
            runs[-1].append(each)
        else:
            runs.append([each])
    run = next((r for r in runs if item in r), [item])
    if len(run) < 2 or item.fact.unit != run[0].fact.unit:
        return None
    mentions = [m for m in view.named((sentence[0], run[0].start))]
    tail: list[Mention] = mentions[-1:]
    for mention in reversed(mentions[:-1]):
        if not re.fullmatch(
            r"[\s,*`\"]*(?:\b(?:and|en|e)\b)?[\s*`\"]*", view.text[mention.end : tail[0].start]
        ):
            break
        tail.insert(0, mention)
    if len(tail) != len(run):
        return None
    mine = tail[run.index(item)]
    about = values_of(item.fact)
    if any(v in about.get(d, ()) for d, v in mine.means):
        return ()
    return (
        "label",
        f"By its place this belongs to {view.text[mine.start : mine.end]!r}, but {_about(item.fact)}.",
    )


def _introduced(fact: Fact, view: View, item: Item) -> bool:
    about = values_of(fact)
    earlier = [m for m in view.mentions if m.start < item.start]
    return any(v in about.get(d, ()) for m in earlier for d, v in m.means)


def _label(item: Item, view: View) -> Claim | None:
    """Another fact of the same unit fits the clause by its words, and this one by none."""
    before, after = view.segment(item, view.clause(item))
    said = words.stems(view.said(before, after))
    if words.plain(view.text[before[0] : before[1]])[-1:] in (
        ["from"],
        ["to"],
        ["van"],
        ["naar"],
        ["de"],
        ["para"],
    ):
        said -= {"change"}  # "rose from X to Y" names levels; `_direction` looks at what moved.
    mine = words.fact_stems(item.fact)
    neighbours = [n for n in view.neighbours(item, view.layout.sentence(item.start)) if n is not None]
    explained = (
        frozenset().union(*(words.fact_stems(n.fact) for n in neighbours)) if neighbours else frozenset()
    )
    for rival in view.facts:
        if rival.unit != item.fact.unit or rival.id == item.fact.id or rival.value == item.fact.value:
            continue
        theirs = words.fact_stems(rival)
        for_rival = (said & theirs) - mine
        if not for_rival or (said & mine) - theirs or for_rival <= explained:
            continue
        label = words.stems(rival.label)
        if len(said & theirs) * 2 >= len(theirs) or (label and label <= said):
            return "label", f"The words fit {rival.label!r} ({rival.id}) better, but {_about(item.fact)}."
    return None


def _period(item: Item, view: View) -> Claim | None:
    period = item.fact.period
    if period is None:
        return None
    sentence, clause = view.layout.sentence(item.start), view.clause(item)
    left, right = view.neighbours(item, sentence)
    own_left, own_right = view.segment(item, clause)
    start = sentence[0] if left is None else left.end
    rings: list[list[When]] = [
        view.timed(own_left, own_right),
        view.timed((start, item.start)),
        view.timed((item.end, sentence[1] if right is None else right.start)) if left is None else [],
        view.timed((sentence[0], item.start)),
    ]
    for ring in rings:
        claims = [w for w in ring if w.kind == "period" or (w.kind == "date" and _one_day(item.fact))]
        if not claims:
            continue
        if any(_fits(w, item, view) for w in claims):
            return None
        wrong = view.text[claims[0].start : claims[0].end]
        return (
            "period",
            f"The words say {wrong!r}, but the figure {item.fact.id} ({item.fact.label}) is of {period.label}.",
        )
    return None


def _fits(when: When, item: Item, view: View) -> bool:
    period = item.fact.period
    if period is None:
        return True
    if when.relative:
        others = [i.fact.period for i in view.items if i.fact.period is not None]
        return any(period.end == other.start for other in others) or words.is_change(item.fact)
    if period.start == period.end:
        return any(a <= period.start <= b for a, b in when.periods) or when.kind == "date"
    if (period.start, period.end) in when.periods:
        return True
    if words.is_change(item.fact):
        return any(b == period.start or (a <= period.start and period.end <= b) for a, b in when.periods)
    return _labelled(when, item.fact, view)


def _labelled(when: When, fact: Fact, view: View) -> bool:
    from policies.grounding.when import find_times

    said = find_times(" ".join([fact.label, *fact.scope.where.values()]), view.now)
    return any(set(w.periods) & set(when.periods) for w in said)


def _one_day(fact: Fact) -> bool:
    return fact.period is not None and 0 < fact.period.days <= 1


def _basis(item: Item, view: View) -> Claim | None:
    basis = item.fact.scope.basis
    if basis is None:
        return None
    before, after = view.segment(item, view.clause(item))
    said = view.said(before, after)
    gross, net = bool(_GROSS.search(said)), bool(_NET.search(said))
    if gross != net and (basis == "gross") != gross:
        return (
            "basis",
            f"The words say {'gross' if gross else 'net'}, but the figure {item.fact.id} is {basis}.",
        )
    return None


def _direction(item: Item, view: View) -> Claim | None:
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
            and lead[-1] == "by"
            and any(words.is_change(f) and f.unit == fact.unit for f in view.facts)
            and not fact.derived_from
        ):
            return (
                "label",
                f"The words say how much something moved, but {fact.id} ({fact.label}) is a level, not a change.",
            )
        return _from_to(item, view)
    if lead[-1:] in (["to"], ["naar"], ["at"], ["op"], ["para"]) and any(
        w in words.UP | words.DOWN for w in lead[-5:]
    ):
        return "label", f"The words say what level was reached, but {fact.id} ({fact.label}) is a change."
    sense = next((w for w in follow if w in words.UP | words.DOWN), None)
    sense = sense or next((w for w in reversed(lead) if w in words.UP | words.DOWN), None)
    if sense is None:
        left, _ = view.neighbours(item, view.layout.sentence(item.start))
        back = view.text[left.end if left else view.layout.sentence(item.start)[0] : item.start]
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
    if (
        sense
        and left.fact.value != item.fact.value
        and (sense in words.UP) != (item.fact.value > left.fact.value)
    ):
        return (
            "direction",
            f"The words say {sense!r}, but {left.fact.id} to {item.fact.id} goes the other way.",
        )
    if left.fact.id == item.fact.id:
        return "label", f"From and to are both {item.fact.id}."
    return None


def _superlative(item: Item, view: View) -> Claim | None:
    before, after = view.segment(item, view.clause(item))
    said = view.said(before, after)
    match = _SUPER.search(said)
    if not match or _NOT_SUPER.search(said) or not values_of(item.fact) or isinstance(item.fact.value, str):
        return None
    family = [f.value for f in view.facts if _alike(f, item.fact) and isinstance(f.value, (int, Decimal))]
    best = (min if match[1] else max)(family)
    if len(family) >= 3 and item.fact.value != best:
        return (
            "label",
            f"The words say {match[0]!r}, but {item.fact.id} ({item.fact.label}) is not that among {len(family)} alike.",
        )
    return None


def _alike(a: Fact, b: Fact) -> bool:
    def shape(fact: Fact) -> tuple[object, ...]:
        label = fact.label.lower()
        for values in values_of(fact).values():
            for value in values:
                label = label.replace(value.lower(), "")
        return (
            label,
            fact.unit,
            fact.period,
            fact.scope.basis,
            tuple(sorted(fact.scope.where)),
            len(fact.scope.accounts) == 1,
        )

    return shape(a) == shape(b)


def _about(fact: Fact) -> str:
    return f"the figure {fact.id} is {fact.label!r} ({fact.scope.text()})"
