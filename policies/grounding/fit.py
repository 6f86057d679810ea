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


def evidence(at: Site, fact: Fact, view: View, vocab: Vocabulary, generous: bool = False) -> list[float]:
    """The evidence for a fact at a site, in the order of `NAMES`; `generous` for the fact that stands there."""
    label = vocab.label[fact.id]
    in_before, in_after = label & at.before, label & at.after
    near = in_before | in_after
    in_sentence = (label & at.sentence) - near - at.muted
    lent = in_sentence & at.shared
    in_wide = (label & at.wide) - near - in_sentence
    unheard = label - near - in_sentence - in_wide
    says_not = "not" in label or _denies(fact.label)
    out = [
        len(in_before - at.shared), len(in_before & at.shared),
        len(in_after - at.shared), len(in_after & at.shared),
        min(len(in_sentence - lent), 2), len(lent), len(in_wide), min(len(unheard), 3),
        float(at.denied and says_not), float(at.denied and not says_not and fact.value != 0),
    ]  # fmt: skip
    out += _named(at, fact, vocab, generous)
    out += _timed(at, fact, view)
    change = words.is_change(fact)
    changeish = change or bool(set(words.plain(fact.label)) & CHANGEISH)
    out += [
        float(changeish and at.role == "change"), float(change and at.role == "level"),
        float(change and at.role == "flat"), float(not changeish and at.role == "change"),
        float(change and not at.moved),
    ]  # fmt: skip
    gross, net = _basis_said(at.near_text, at.sentence_text)
    one = gross != net and fact.scope.basis is not None
    out += [
        float(one and (fact.scope.basis == "gross") == gross),
        float(one and (fact.scope.basis == "gross") != gross),
    ]
    narrowed = bool(vocab.held[fact.id]) and not label & {"total"}
    out.append(float(narrowed and _totals(at.near_text)))
    out.append(float(any(f.id == fact.id for f in at.others)))
    out.append(float(at.whole is not None and at.whole.unit == fact.unit and _exceeds(at.whole, fact)))
    out += [len(label & at.close - at.shared), len(label & at.close_before - at.shared)]
    out.append(float(fact.id in at.elsewhere))
    out.append(float(at.number != 0 and units.kind(fact.unit) == "count" and (fact.value == 1) != (at.number == 1)))
    out += _company(at, fact, vocab)
    return out


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
    if any(f.id == fact.id for f in at.others):
        return names_held([f for f in at.others if f.id != fact.id], vocab)
    return at.theirs


def _company(at: Site, fact: Fact, vocab: Vocabulary) -> list[float]:
    """What the figures beside it, in the same column or list and before it speak of."""
    held, label = vocab.held[fact.id], vocab.label[fact.id]
    others = [f for f in at.others if f.id != fact.id]
    if not (others or at.fellows or at.prior or at.members or held):
        return [0.0] * 14
    theirs = _explained(at, fact, vocab)
    near = {(d, v) for d, vs in held.items() for v in vs if len(vs) <= 3} & at.near_names
    surplus = {(d, v) for d, v in at.near_names - theirs if d in held and v not in held[d]}
    fellows = [f for f in at.fellows if f.unit == fact.unit and f.id != fact.id]
    same = [f for f in fellows if vocab.label[f.id] == label]
    dated = [f for f in others if f.period is not None]
    based = [f for f in others if f.scope.basis is not None]
    kept = lost = 0
    for kind, values in held.items():
        those = [vocab.held[f.id][kind] for f in others if kind in vocab.held[f.id]]
        kept += any(values & vs for vs in those)
        lost += bool(those) and not any(values & vs for vs in those) and not any(d == kind for d, _ in near)
    prior = max((_alike(label, vocab.label[f.id]) for f in at.prior if f.unit == fact.unit), default=0.0)
    counts = units.kind(fact.unit) == "count" and not isinstance(fact.value, str) and int(fact.value) in at.members
    when = _span(fact)
    in_step = sum(_span(f) == when and f.scope.basis == fact.scope.basis for f in fellows)
    return [
        float(counts), float(bool(at.members) and not counts),
        float(bool(near) and near <= theirs), float(min(len(surplus), 2)),
        len(same) / len(fellows) if fellows else 0.0, float(len(fellows) > 1 and not same),
        in_step / len(fellows) if fellows else 0.0,
        max((_alike(label, vocab.label[f.id]) for f in others if f.unit == fact.unit), default=0.0),
        max((_alike(label, vocab.label[f.id]) for f in others if f.unit != fact.unit), default=0.0),
        sum(_span(f) == when for f in dated) / len(dated) if dated else 0.0,
        float(fact.scope.basis is not None and bool(based) and all(f.scope.basis != fact.scope.basis for f in based)),
        float(min(kept, 2)), float(min(lost, 2)), prior,
    ]  # fmt: skip


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
    mine, theirs = vocab.label[fact.id] - _SUM, vocab.label[rival.id] - _SUM
    here, there = vocab.held[fact.id], vocab.held[rival.id]
    near = (at.before | at.after) - at.shared
    out = [0.0] * len(PAIR)
    same_time = fact.period == rival.period
    if here == there:
        only, other = theirs - mine, mine - theirs
        if only and len(only) <= 2 and len(other) <= 2 and only <= near and not other & (at.sentence | at.wide):
            out[0] = 1.0
        if mine == theirs and not same_time and fact.scope.basis == rival.scope.basis:
            said = any(_agrees(w, rival, view) for w in at.near_times)
            out[3] = float(said and not any(_agrees(w, fact, view) for w in [*at.near_times, *at.sentence_times]))
    elif same_time and (mine == theirs or (mine < theirs and theirs - mine <= near)):
        extra = [(k, v) for k, vs in there.items() if k not in here and len(vs) <= 3 for v in vs]
        kept = all(there.get(k) == vs for k, vs in here.items())
        explained = {(k, v) for f in at.others for k, vs in vocab.held[f.id].items() for v in vs}
        strict = {m for mention in at.near_mentions for m in mention.means}
        out[1] = float(kept and bool(extra) and any(e in strict and e not in explained for e in extra))
    if here != there and same_time and mine == theirs:
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
    if _contains(when, fact):
        return bool(_EXTREME.search(fact.label))
    return agrees(when, fact, view.now, view.text[max(0, when.start - 16) : when.start])


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
