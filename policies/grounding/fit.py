"""How well a fact fits the words around a figure: the evidence, as numbers.

Every figure's fact is held against its rivals, the other facts of the same unit. For each the same evidence is
counted: words of its label that are heard, near (the figure's own clause, table cell and titles), in the sentence, or
above (heading, lead-in, question), and words that are not; its names (account, service, ...) said, missing, or another
of their kind said instead; its period and basis said or contradicted; whether something moved; and the company it
keeps: what the other figures of the sentence, column or list are of. What another figure of the sentence already
explains counts for less. `weights` turns the
evidence into one score. If a rival's score is higher by more than a margin, the words speak of the rival.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from policies.grounding import words
from policies.grounding.site import CHANGEISH, Site, names_held
from policies.grounding.spans import agrees, apart
from policies.grounding.vocabulary import Vocabulary, pieces, spoken
from policies.grounding.when import When
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact

if TYPE_CHECKING:
    from policies.grounding.view import View

NAMES = listing(
    "before before_shared after after_shared sentence sentence_shared wide unheard denied undenied "
    "name_near name_more name_sentence name_sentence_shared name_wide name_none name_partly "
    "name_other name_other_sentence foreign "
    "time_near time_sentence time_wide time_inside time_near_other time_wrong_near time_wrong_sentence now now_wrong "
    "change_by change_to change_flat level_by unmoved basis basis_wrong total_wrong twice not_part "
    "adjacent adjacent_before elsewhere number_wrong "
    "counts_members counts_others name_shared name_surplus fellow fellow_not fellow_time kin kin_unlike "
    "kin_time kin_basis_wrong kin_name kin_name_other prior"
)
_TOTAL = re.compile(r"\b(?:total|in all|overall|altogether|combined|totaal|in totaal|no total|all accounts|together)\b")
_NOW = re.compile(r"\b(?:now|currently|at the moment|at present|today|nu|momenteel|vandaag|agora|hoje|atualmente)\b")
_GROSS = re.compile(r"\b(?:gross|bruto|before (?:credits|refunds)|without (?:credits|refunds))\b")
_NET = re.compile(r"\b(?:net|netto|l\u00edquid[oa]s?|after (?:credits|refunds)|net of)\b")


class _Traits:
    """What the evidence asks of a fact, whatever site it is held against.

    `names`, `words`, `like`, `step` and `time` are numbers: facts with equal names, labels, labels and units, periods
    and units, or readings of their period have the same.
    """

    __slots__ = listing("basis change changeish count denies held like names narrowed period step sum_less time words")

    def __init__(self, fact: Fact, vocab: Vocabulary) -> None:
        def number(*what: Hashable) -> int:
            return vocab.numbers.setdefault(what, len(vocab.numbers))

        label, held, period = vocab.label[fact.id], vocab.held[fact.id], fact.period
        self.held = bool(held)
        self.names = number("names", frozenset(held.items()))
        self.words = number("words", label)
        self.like = number("like", label, fact.unit)
        self.sum_less = label - _SUM
        self.denies = "not" in label or _denies(fact.label)
        self.change = words.is_change(fact)
        self.changeish = self.change or bool(set(words.plain(fact.label)) & CHANGEISH)
        self.narrowed = bool(held) and "total" not in label
        self.count = units.kind(fact.unit) == "count"
        self.basis = fact.scope.basis
        self.step = number("step", _span(fact), self.basis, fact.unit)
        self.period = number("period", _span(fact), period and period.label)
        self.time = number("time", self.period, self.change, bool(_EXTREME.search(fact.label)))


def _traits(fact: Fact, vocab: Vocabulary) -> _Traits:
    found: _Traits | None = vocab.traits.get(fact.id)
    if found is None:
        found = vocab.traits[fact.id] = _Traits(fact, vocab)
    return found


def evidence(at: Site, fact: Fact, view: View, vocab: Vocabulary, generous: bool = False) -> list[float]:
    """The evidence for a fact at a site, in the order of `NAMES`; `generous` for the fact that stands there.

    Facts share labels, names and periods, so whatever hangs on one of them only is worked out once per site.
    """
    of, known = _traits(fact, vocab), at.known
    if (heard := known.get(of.words)) is None:
        heard = known[of.words] = _heard(at, vocab.label[fact.id])
    twice = fact.id in at.beside
    key: Hashable = (of.names, generous, fact.id) if twice else (of.names, generous)
    if (named := known.get(key)) is None:
        named = known[key] = _named(at, fact, vocab, generous)
    if (timed := known.get(of.time)) is None:
        timed = known[of.time] = _timed(at, fact, view)
    gross, net, totals = _said(at)
    one = gross != net and of.basis is not None
    count = of.count and at.number != 0
    return [
        *heard[:8],
        float(at.denied and of.denies), float(at.denied and not of.denies and fact.value != 0),
        *named, *timed,
        float(of.changeish and at.role == "change"), float(of.change and at.role == "level"),
        float(of.change and at.role == "flat"), float(not of.changeish and at.role == "change"),
        float(of.change and not at.moved),
        float(one and (of.basis == "gross") == gross), float(one and (of.basis == "gross") != gross),
        float(of.narrowed and totals),
        float(twice),
        float(at.whole is not None and at.whole.unit == fact.unit and _exceeds(at.whole, fact)),
        *heard[8:],
        float(fact.id in at.elsewhere),
        float(count and (fact.value == 1) != (at.number == 1)),
        *_company(at, fact, of, vocab),
    ]  # fmt: skip


def _heard(at: Site, label: frozenset[str]) -> list[float]:
    """Which words of a label are heard: eight values of near, sentence and above, two of right beside the figure."""
    in_before, in_after = label & at.before, label & at.after
    near = in_before | in_after
    in_sentence = (label & at.sentence) - near - at.muted
    lent = in_sentence & at.shared
    in_wide = (label & at.wide) - near - in_sentence
    unheard = label - near - in_sentence - in_wide
    return [
        len(in_before - at.shared), len(in_before & at.shared),
        len(in_after - at.shared), len(in_after & at.shared),
        min(len(in_sentence - lent), 2), len(lent), len(in_wide), min(len(unheard), 3),
        len(label & at.close - at.shared), len(label & at.close_before - at.shared),
    ]  # fmt: skip


def _said(at: Site) -> tuple[bool, bool, bool]:
    """Whether gross, net and a total are said at a site."""
    found = at.known.get("said")
    if found is None:
        found = at.known["said"] = (*_basis_said(at.near_text, at.sentence_text), _totals(at.near_text))
    return found


@lru_cache(maxsize=256)
def _totals(near: str) -> bool:
    return bool(_TOTAL.search(near))


@lru_cache(maxsize=4096)
def _denies(label: str) -> bool:
    return bool(words.DENIAL.search(label))


@lru_cache(maxsize=256)
def _basis_said(near: str, sentence: str) -> tuple[bool, bool]:
    """Whether gross and whether net is said near; if neither, in the sentence."""
    gross, net = bool(_GROSS.search(near)), bool(_NET.search(near))
    return (gross, net) if gross or net else (bool(_GROSS.search(sentence)), bool(_NET.search(sentence)))


def _explained(at: Site, fact: Fact, vocab: Vocabulary) -> frozenset[tuple[str, str]]:
    """The names that other figures of the sentence are of."""
    if fact.id in at.beside:
        return names_held([f for f in at.others if f.id != fact.id], vocab)
    return at.theirs


def _company(at: Site, fact: Fact, of: _Traits, vocab: Vocabulary) -> list[float]:
    """What the figures beside it, in the same column or list and before it speak of."""
    known = at.known
    others = [f for f in at.others if f.id != fact.id] if fact.id in at.beside else at.others
    if not (others or at.fellows or at.prior or at.members or of.held):
        return _ALONE
    own = fact.id in at.beside or fact.id in at.rowed  # then the company is less itself
    key: Hashable = (of.names, fact.id) if own else of.names
    if (kept := known.get(key)) is None:
        kept = known[key] = _kept(at, fact, vocab, others)
    key = (of.like, fact.id) if own else of.like
    if (kin := known.get(key)) is None:
        kin = known[key] = _kin(at, fact, vocab, others)
    key = (of.step, fact.id) if own else of.step
    if (step := known.get(key)) is None:
        step = known[key] = _in_step(at, fact, vocab, others)
    counts = bool(at.members) and of.count and not isinstance(fact.value, str) and int(fact.value) in at.members
    return [
        float(counts), float(bool(at.members) and not counts), kept[0], kept[1],
        kin[0], kin[1], step[0], kin[2], kin[3], step[1], step[2], kept[2], kept[3], kin[4],
    ]  # fmt: skip


_ALONE = [0.0] * 14


def _kept(at: Site, fact: Fact, vocab: Vocabulary, others: Sequence[Fact]) -> list[float]:
    """Of its names: whether others explain those near, how many near it are others', how many others share or not."""
    held, theirs = vocab.held[fact.id], _explained(at, fact, vocab)
    near = {(d, v) for d, vs in held.items() for v in vs if len(vs) <= 3} & at.near_names
    surplus = {(d, v) for d, v in at.near_names - theirs if d in held and v not in held[d]}
    kept = lost = 0
    for kind, values in held.items():
        those = [vocab.held[f.id][kind] for f in others if kind in vocab.held[f.id]]
        kept += any(values & vs for vs in those)
        lost += bool(those) and not any(values & vs for vs in those) and not any(d == kind for d, _ in near)
    return [float(bool(near) and near <= theirs), float(min(len(surplus), 2)), float(min(kept, 2)), float(min(lost, 2))]


def _kin(at: Site, fact: Fact, vocab: Vocabulary, others: Sequence[Fact]) -> list[float]:
    """Of its label: the share of fellows that have it, whether none has, how like it others' and earlier ones are."""
    label = vocab.label[fact.id]
    fellows = [f for f in at.fellows if f.unit == fact.unit and f.id != fact.id]
    same = [f for f in fellows if vocab.label[f.id] == label]
    return [
        len(same) / len(fellows) if fellows else 0.0,
        float(len(fellows) > 1 and not same),
        max((_alike(label, vocab.label[f.id]) for f in others if f.unit == fact.unit), default=0.0),
        max((_alike(label, vocab.label[f.id]) for f in others if f.unit != fact.unit), default=0.0),
        max((_alike(label, vocab.label[f.id]) for f in at.prior if f.unit == fact.unit), default=0.0),
    ]


def _in_step(at: Site, fact: Fact, vocab: Vocabulary, others: Sequence[Fact]) -> list[float]:
    """Of its time and basis: the share of fellows with both, of others with its time, whether none has its basis."""
    when, step = _span(fact), _traits(fact, vocab).step
    fellows = [f for f in at.fellows if f.unit == fact.unit and f.id != fact.id]
    in_step = sum(_traits(f, vocab).step == step for f in fellows)
    dated = [f for f in others if f.period is not None]
    based = [f for f in others if f.scope.basis is not None]
    return [
        in_step / len(fellows) if fellows else 0.0,
        sum(_span(f) == when for f in dated) / len(dated) if dated else 0.0,
        float(fact.scope.basis is not None and bool(based) and all(f.scope.basis != fact.scope.basis for f in based)),
    ]


def _span(fact: Fact) -> tuple[datetime, datetime] | None:
    return None if fact.period is None else (fact.period.start, fact.period.end)


def _alike(one: frozenset[str], two: frozenset[str]) -> float:
    return len(one & two) / len(one | two) if one | two else 1.0


PAIR = listing("sibling narrower wider later")


def pair(at: Site, fact: Fact, rival: Fact, view: View, vocab: Vocabulary) -> list[float]:
    """What only the two together show, in the order of `PAIR`.

    `sibling`: they differ in a word or two of the label, and the rival's are said and the fact's are not. `narrower`:
    the rival is the same of one more name, which is said. `wider`: it is the same without a name of the fact that is
    said nowhere. `later`: it is the same of a period that is said, which the fact's is not.
    """
    one, two = _traits(fact, vocab), _traits(rival, vocab)
    mine, theirs = one.sum_less, two.sum_less
    alike = one.names == two.names
    out = [0.0] * len(PAIR)
    if not alike and mine != theirs and not mine < theirs:
        return out
    here, there = vocab.held[fact.id], vocab.held[rival.id]
    near = (at.before | at.after) - at.shared
    same_time = one.period == two.period
    if alike:
        only, other = theirs - mine, mine - theirs
        if only and len(only) <= 2 and len(other) <= 2 and only <= near and not other & (at.sentence | at.wide):
            out[0] = 1.0
        if mine == theirs and not same_time and fact.scope.basis == rival.scope.basis:
            said = any(_agrees(w, rival, view) for w in at.near_times)
            out[3] = float(said and not any(_agrees(w, fact, view) for w in [*at.near_times, *at.sentence_times]))
    elif same_time and (mine == theirs or (mine < theirs and theirs - mine <= near)):
        extra = [(k, v) for k, vs in there.items() if k not in here and len(vs) <= 3 for v in vs]
        kept = all(there.get(k) == vs for k, vs in here.items())
        strict = {m for mention in at.near_mentions for m in mention.means}
        out[1] = float(kept and bool(extra) and any(e in strict and e not in at.theirs for e in extra))
    if not alike and same_time and mine == theirs:
        lost = [(k, v) for k, vs in here.items() if k not in there and len(vs) <= 3 for v in vs]
        kept = all(here.get(k) == vs for k, vs in there.items())
        unsaid = lost and not any(
            (k, v) in at.sentence_names | at.near_names | at.wide_names | at.topics
            or spoken(v) & (at.near_words | at.sentence_words | at.wide_words)
            for k, v in lost
        )
        out[2] = float(kept and bool(unsaid))
    return out


_SUM = frozenset(listing("total in all sum"))


def _exceeds(part: Fact, whole: Fact) -> bool:
    if isinstance(part.value, str) or isinstance(whole.value, str):
        return False
    return abs(Decimal(part.value)) > abs(Decimal(whole.value))


def _named(at: Site, fact: Fact, vocab: Vocabulary, generous: bool) -> list[float]:
    near = sentence = lent = wide = hint = none = other = other_sentence = foreign = 0
    held = vocab.held[fact.id]
    explained = _explained(at, fact, vocab)
    for kind, values in held.items():
        if len(values) > 3:
            continue
        telling = frozenset().union(*(vocab.telling[kind, v] for v in values)) if generous else frozenset()
        own = {(kind, v) for v in values}
        here = any(d == kind for d, _ in at.near_names - explained)
        if own & at.near_names or telling & at.near_words:
            near += 1
        elif here:
            other += 1
        elif own & at.sentence_names - explained or telling & at.sentence_words:
            sentence += 1
        elif own & at.sentence_names:
            lent += 1
        elif any(d == kind for d, _ in at.before_names - explained):
            other_sentence += 1
        elif own & at.wide_names or telling & at.wide_words:
            wide += 1
        elif generous and (own & at.topics or any(pieces(v) & (at.sentence_words | at.wide_words) for v in values)):
            hint += 1
        else:
            none += 1
    for m in at.near_mentions:
        kinds = {d for d, _ in m.means}
        if not kinds & held.keys() and not m.means & explained:
            foreign += 1
    heard = near + sentence + lent + wide + hint
    return [
        min(near, 1), max(near - 1, 0), min(sentence, 1), min(lent, 1), min(wide, 1), float(none > 0 and not heard),
        float(none > 0 and heard > 0), other, other_sentence, foreign,
    ]  # fmt: skip


def _timed(at: Site, fact: Fact, view: View) -> list[float]:
    now = bool(_NOW.search(at.near_text))
    period = fact.period
    if period is None:
        return [0.0] * 9
    timeless = period.start == period.end
    fits = any(_agrees(w, fact, view) for w in at.near_times)
    fits_sentence = fits or any(_agrees(w, fact, view) for w in at.sentence_times)
    fits_wide = fits_sentence or any(_agrees(w, fact, view) for w in at.wide_times)
    spans = [w for w in at.near_times if w.kind == "period" and not w.relative]
    spans_sentence = [w for w in at.sentence_times if w.kind == "period" and not w.relative]
    off = any(apart(w, fact) for w in spans)
    if timeless:
        return [0.0, 0.0, 0.0, 0.0, float(bool(spans) and not fits), 0.0, 0.0, float(now), 0.0]
    inside = not fits and any(_contains(w, fact) for w in spans)
    return [
        float(fits), float(not fits and fits_sentence), float(not fits_sentence and fits_wide),
        float(inside), float(bool(spans) and not off and not fits and not inside and not fits_sentence),
        float(off and not fits and not fits_sentence),
        float(not spans and any(apart(w, fact) for w in spans_sentence) and not fits_sentence),
        0.0, float(now and period.end < view.now),
    ]  # fmt: skip


def _agrees(when: When, fact: Fact, view: View) -> bool:
    if when.relative:
        return True
    key = when.start, _traits(fact, view.vocabulary).time
    if (found := view.agreed.get(key)) is None:
        if _contains(when, fact):
            found = bool(_EXTREME.search(fact.label))
        else:
            found = agrees(when, fact, view.now, view.text[max(0, when.start - 16) : when.start])
        view.agreed[key] = found
    return found


_EXTREME = re.compile(r"\b(?:average|mean|highest|lowest|largest|smallest|maximum|minimum|peak)\b")


def _contains(when: When, fact: Fact) -> bool:
    """Whether a phrase is of more than twice the time that the fact is of, and holds it."""
    period = fact.period
    if period is None or when.span:
        return False
    whole = period.end - period.start
    return bool(when.periods) and all(
        a <= period.start and period.end <= b and b - a > 2 * whole for a, b in when.periods
    )
