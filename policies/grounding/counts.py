"""Counts that do not name their noun: `18 critical, 39 high`, `of the 113 instances, 93 are compliant`, `one each`.

Such a number binds if what follows it may stand behind a count whose noun was said before (a verb, `of them`, a word
of the fact's label, nothing), the sentence names what is counted, and the words beside it support the fact.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from policies.grounding import words
from policies.grounding.figures import Found
from policies.grounding.layout import Span
from policies.grounding.names import values_of
from policies.grounding.view import View
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact

_CARRIES = frozenset(
    listing(
        "out of is are was were has have had did do does remain remains remained can could fail failed fails miss "
        "misses missed lack lacks need needs in on with without not open "
        "zijn is waren heeft hebben daarvan ervan van werden niet staan "
        "são é foi foram têm tem deles delas estão está não dos das"
    )
)
"""Words that may follow a count whose noun stands elsewhere."""

_LISTS_AFTER = re.compile(
    r"[ -](?:\w+ )?(?:largest|biggest|highest|smallest|lowest|oldest|top|costliest|most|grootste|"
    r"hoogste|duurste|maiores|"
    r"accounts|services|teams|venues|regions|drivers|items|lines|stand out|matter|are for|are of|together|of them)\b"
)
_LISTS_BEFORE = re.compile(
    r"\b(?:top|all|these|those|the first|alle|(?:largest|biggest|highest|smallest|lowest|oldest|newest|longest))[ -]$"
)
_OUT_OF = re.compile(r"\s*(?:out )?(?:of|van|de)\s+(?:(?:the|all|our)\s+)?")
_OF_THOSE = re.compile(r"\W*(?:of|among) (?:those|these|them|which)\b")
_ONES = re.compile(r"\b(?:one|één|een|uma?)\b", re.IGNORECASE)


_MOST = 10**12
"""More than facts count; a remainder of a number of dozens of digits cannot be taken."""


def elliptic(found: Found, view: View) -> list[Fact]:
    """Facts that a bare count may stand for by the words of its sentence, the best supported ones only."""
    if found.kind != "number" or found.unit or found.rough or not found.values:
        return []
    if found.values[0] > _MOST or found.values[0] % 1:
        return []
    sentence = view.layout.sentence(found.start)
    clause = words.stems(view.said(view.layout.clause(found.start)))
    heard = set(words.plain(view.said(sentence)))
    shown = {item.fact.unit for item in view.items if sentence[0] <= item.start < sentence[1]}
    named = [pair for m in view.named(sentence) for pair in m.means]
    whole_of = {
        i.fact.unit for i in view.items if i.end <= found.start and _OUT_OF.fullmatch(view.text[i.end : found.start])
    }
    if _OF_THOSE.match(view.text[slice(*sentence)].lower()):
        before = next(view.layout.lead_in(found.start), sentence)
        heard |= set(words.plain(view.said(before)))
    scored: list[tuple[int, Fact]] = []
    for fact in view.facts:
        if units.kind(fact.unit) != "count" or not isinstance(fact.value, (int, Decimal)):
            continue
        if Decimal(fact.value) not in found.values or not _may_follow(found, fact, view):
            continue
        noun = fact.unit.lower().split()[-1]
        held = values_of(fact)
        label = words.stems(fact.label)
        support = len(clause & label - words.stems(fact.unit))
        support += "not" in clause and any(s.startswith("un") and s[2:] in clause for s in label)
        support += 2 * (fact.unit in whole_of)
        support += sum(value in held.get(dimension, ()) for dimension, value in named)
        counted = bool({noun, units.singular(noun)} & heard) or fact.unit in shown
        if support >= (1 if counted else 2):
            scored.append((support, fact))
    best = max((score for score, _ in scored), default=0)
    return [fact for score, fact in scored if score == best]


def _may_follow(found: Found, fact: Fact, view: View) -> bool:
    after = found.nouns[0] if found.nouns else ""
    if not after:
        return bool(re.match(r"\s*(?:[,.;:)|\n]|$)", view.text[found.end : found.end + 4]))
    first = re.split(r"-", after)[0]
    return after in _CARRIES or bool((words.stems(after) or words.stems(first)) & words.stems(fact.label))


def same_statement(options: Sequence[Fact], *, by_label: bool = True) -> bool:
    """Whether facts of several queries say the same: equal value, unit, period and scope, and (`by_label`) one label
    that says no more than the other: `spend`, `total spend`."""
    if len({(f.unit, f.value, f.period, f.scope.text()) for f in options}) != 1:
        return False
    said = sorted((words.stems(f.label) for f in options), key=len)
    return not by_label or all(a <= b for a, b in itertools.pairwise(said))


def counts_listed(found: Found, view: View) -> bool:
    """`The three largest services were ...`, `Four accounts matter here. ...`: counts what the answer itself lists.

    As many different figures of one unit must stand in this sentence, the next one, or a list beside it. `You have
    [[f3]]: one in A and one in B` lists as many ones as the figure before them says.
    """
    if found.text.lower() in _TWICE and _moments(found, view) == 2:
        return True
    if found.kind != "number" or found.unit or not found.values:
        return False
    sentence, block = view.layout.sentence(found.start), view.layout.block(found.start)
    if _ONES.fullmatch(found.text) and _as_many_ones(found, view):
        return True
    if not 2 <= found.values[0] <= 10:
        return False
    if _heads_list(found, view):
        return True
    if found.text.isalpha() and int(found.values[0]) in _countable(view, sentence):
        return True
    before, after = view.text[sentence[0] : found.start].lower(), view.text[found.end : sentence[1]].lower()
    if not (_LISTS_AFTER.match(after) or _LISTS_BEFORE.search(before)):
        return False
    blocks, at = view.layout.blocks, view.layout.blocks.index(block)
    following = [s for s in view.layout.sentences if s[0] >= sentence[1]]
    spans = [(found.end, sentence[1]), *following[:1], block, *blocks[max(0, at - 1) : at], *blocks[at + 1 : at + 2]]
    for start, end in spans:
        listed = [i.fact for i in view.items if start <= i.start < end and units.is_number(i.fact.unit)]
        if any(len({f.id for f in listed if f.unit == u}) == found.values[0] for u in {f.unit for f in listed}):
            return True
    return False


_BULLET = re.compile(r"^[ \t]*(?:[-*\u2022]|\d{1,3}[.)])[ \t]", re.MULTILINE)


def _heads_list(found: Found, view: View) -> bool:
    """`Two instances look idle:` over a list of two. Not of what facts count: then it is theirs to say how many."""
    counted = {w for f in view.facts if units.kind(f.unit) == "count" for w in (f.unit, units.singular(f.unit))}
    line = view.text.find("\n", found.start)
    sentence = view.layout.sentence(found.start)
    if line < 0 or not view.text[sentence[0] : line].rstrip(" *_").endswith(":"):
        return False
    if not found.nouns or any(noun in counted or units.is_number(noun) for noun in found.nouns[:2]):
        return False
    below = next((b for b in view.layout.blocks if b[1] > line and view.text[line : b[1]].strip()), None)
    return below is not None and len(_BULLET.findall(view.text, max(line, below[0]), below[1])) == found.values[0]


def _countable(view: View, sentence: Span) -> set[int]:
    """How many names of one kind, texts and figures of one unit the sentence, or it and the next or last, show."""
    at = view.layout.sentences.index(sentence)
    spans = [(sentence,), view.layout.sentences[at : at + 2], view.layout.sentences[max(0, at - 1) : at + 1]]
    out: set[int] = set()
    for span in spans:
        named: dict[str, set[str]] = {}
        for mention in view.named(*span):
            for kind, value in mention.means:
                named.setdefault(kind, set()).add(value)
        shown: dict[str, set[str]] = {}
        for item in view.items:
            if any(a <= item.start < b for a, b in span):
                unit = "text" if units.kind(item.fact.unit) == "text" else item.fact.unit
                shown.setdefault(unit, set()).add(item.fact.id if unit != "text" else str(item.fact.value))
        out |= {len(v) for v in (*named.values(), *shown.values())}
    said = words.stems(view.said(sentence))
    families: dict[frozenset[str], set[str]] = {}
    for fact in view.facts:
        if units.kind(fact.unit) == "text" and (label := words.stems(fact.label)) & said:
            families.setdefault(label, set()).add(str(fact.value))
    return out | {len(values) for values in families.values()}


_ONLY_ONE = re.compile(
    r"\b(?:only|just|exactly|precisely|there (?:is|was)|has|have|had|found|slechts|maar|precies|er is|heeft|apenas|"
    r"s\u00f3|exatamente|h\u00e1|tem) $",
    re.IGNORECASE,
)
_ANAPHORA = re.compile(
    r"\b(?:the same|these|those|the other|the first|the last|the top|my|your|all|de andere|deze|die|dezelfde|alle|"
    r"est[ea]s|ess[ea]s|[oa]s outr[oa]s|the remaining|other)[ ]$",
    re.IGNORECASE,
)


def no_claim(found: Found, view: View) -> bool:
    """`one` that does not count, and small number words that point back: `these two`, `the same two`."""
    if found.kind != "number" or not found.values or any(c.isdigit() for c in found.text):
        return False
    before = view.text[max(0, found.start - 24) : found.start]
    if _ONES.fullmatch(found.text):
        nouns = {u for f in view.facts if units.kind(f.unit) == "count" for u in (f.unit, units.singular(f.unit))}
        counted = any(noun in nouns for noun in found.nouns[:2])
        if "of" in found.nouns[:1]:
            return not _PLURAL_VERB.search(" ".join(found.nouns))
        return not (counted and _ONLY_ONE.search(before))
    if found.unit is not None or not 2 <= found.values[0] <= 10:
        return False
    if _ANAPHORA.search(before):
        return True
    if found.nouns and (_BEST.match(" ".join(found.nouns[:3])) or found.nouns[0] in _REST):
        return True
    return bool(_DEFINITE.search(before)) and int(found.values[0]) in _known_counts(view)


_PLURAL_VERB = re.compile(r"\b(?:are|were|have|zijn|waren|s\u00e3o|est\u00e3o|foram)\b")
_DEFINITE = re.compile(r"\b(?:the|de|het|os|as|dos|das|our|onze|nossos|both|of|van)[ ]$", re.IGNORECASE)
_BEST = re.compile(
    r"(?:\w+ )?(?:largest|biggest|highest|smallest|lowest|oldest|newest|latest|costliest|most|top|main|worst|"
    r"best|busiest|"
    r"longest|grootste|hoogste|laagste|duurste|oudste|belangrijkste|maiores|menores|principais|mais)\b"
)
_REST = frozenset(listing("more others other further remaining anderen andere outros outras restantes"))


def _known_counts(view: View) -> set[int]:
    """The counts that facts hold, and how many names of a kind they are of."""
    counted = {int(f.value) for f in view.facts if units.kind(f.unit) == "count" and not isinstance(f.value, str)}
    families = Counter((f.label, f.unit, f.scope.accounts) for f in view.facts if f.scope.where)
    return counted | {len(values) for values in view.vocabulary.values.values()} | set(families.values())


_TWICE = frozenset(listing("twice tweemaal"))


def _moments(found: Found, view: View) -> int:
    """How many different dates or times the sentence shows: `twice: first at [[f7]] and again at [[f4]]`."""
    start, end = view.layout.sentence(found.start)
    shown = [i.fact for i in view.items if start <= i.start < end and units.kind(i.fact.unit) in ("date", "time")]
    return len({fact.value for fact in shown})


def _as_many_ones(found: Found, view: View) -> bool:
    sentence = view.layout.sentence(found.start)
    wholes = [
        item for item in view.items
        if sentence[0] <= item.start < found.start and units.kind(item.fact.unit) == "count" and item.fact.value != 1
    ]  # fmt: skip
    return any(len(_ONES.findall(view.text, item.end, sentence[1])) == item.fact.value for item in wholes)
