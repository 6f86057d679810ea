"""What the place of figures among each other says: a part lies below its whole, `from X to Y` goes the way it says."""

from __future__ import annotations

import re
from decimal import Decimal

from policies.grounding import words
from policies.grounding.layout import is_table_row
from policies.grounding.model import Claim
from policies.grounding.names import values_of
from policies.grounding.site import CHANGEISH
from policies.grounding.view import Item, View, about
from tools.facts import Fact

_SUPER = re.compile(
    r"\b(?:(?:largest|biggest|highest|most expensive|costliest|grootste|hoogste|duurste|maior)|"
    r"(smallest|lowest|cheapest|kleinste|laagste|menor))\b"
)
_NOT_SUPER = re.compile(
    r"\b(?:one of|among|second|third|fourth|next|\d+(?:st|nd|rd|th)|top|two|three|four|five|after|followed|behind|than|"
    r"single|part|share|worry|risk|concern|problem|surprise|tweede|derde|segund[oa]|not)\b"
)
_OF = re.compile(
    r"\s*(?:(?!instead)\w+ )?(?:out )?(?:of|van|de)(?: the| a| all| total of| a total of| quota of| our| those|"
    r" these)*\s*"
)


def part_claim(item: Item, view: View) -> Claim | None:
    """`X of Y`: the part must be less than the whole; one fact cannot stand for two things of a sentence."""
    sentence = view.layout.sentence(item.start)
    if is_table_row(view.text[slice(*sentence)]):
        return None
    left, _ = view.neighbours(item, sentence)
    if left is None or left.fact.unit != item.fact.unit:
        return None
    if any(i.fact.id == item.fact.id for i in view.items if sentence[0] <= i.start < item.start):
        return "label", f"{item.fact.id} ({item.fact.label}) stands twice in this sentence, as two different things."
    if isinstance(item.fact.value, str) or isinstance(left.fact.value, str):
        return None
    if _PART.search(view.text[left.end : item.start]) and _siblings(left, item, view):
        return "label", f"{item.fact.id} ({item.fact.label}) is no part of {left.fact.id} ({left.fact.label})."
    whole, part = item.fact.value, left.fact.value
    if whole < 0 and part < 0:
        whole, part = -whole, -part
    if _OF.fullmatch(view.text[left.end : item.start]) and part > whole:
        return "label", f"{left.fact.id} cannot be a part of {item.fact.id}: {about(item.fact)}."
    return None


_PART = re.compile(r"(?:of which|of them|of those|waarvan|d[oae]s? quais)\s*$", re.IGNORECASE)


def _siblings(one: Item, two: Item, view: View) -> bool:
    """Whether two labels differ in one word each: `open high findings`, `open critical findings`."""
    a, b = words.stems(one.fact.label), words.stems(two.fact.label)
    return len(a - b) == 1 and len(b - a) == 1 and len(a & b) >= 2 and one.fact.scope == two.fact.scope


def span_claim(item: Item, view: View) -> Claim | None:
    """`rose from X to Y`: Y must lie above X, and both be of the same thing."""
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    if left is None or left.fact.unit != item.fact.unit:
        return None
    if isinstance(item.fact.value, str) or isinstance(left.fact.value, str):
        return None
    between = words.plain(view.text[left.end : item.start])
    lead = words.plain(view.text[sentence[0] : left.start])
    if between[-1:] not in (["to"], ["naar"], ["para"]) or lead[-1:] not in (["from"], ["van"], ["de"]):
        return None
    if words.is_change(left.fact) != words.is_change(item.fact):
        return "label", f"From and to are of different things: {about(left.fact)}; {about(item.fact)}."
    up = words.UP | ({"improved", "verbeterde"} if item.fact.unit in ("percent", "percentage points") else set())
    sense = next((w for w in reversed(lead) if w in up | words.DOWN), None)
    if sense and left.fact.value != item.fact.value and (sense in up) != (item.fact.value > left.fact.value):
        return "direction", f"The words say {sense!r}, but {left.fact.id} to {item.fact.id} goes the other way."
    if values_of(left.fact) != values_of(item.fact):
        return "label", f"From and to are of different things: {about(left.fact)}; {about(item.fact)}."
    return None


_AFTER = re.compile(
    r"[^.;]{0,30}?\b(?:after|against|versus|vs\.?|compared (?:with|to)|na|tegen|contra|depois de)\s*(?:the )?"
)


def course_claim(item: Item, view: View) -> Claim | None:
    """`went down: X after Y`: of two levels of one thing, the later lies where the words say."""
    sentence = view.layout.sentence(item.start)
    row = [i for i in view.items if sentence[0] <= i.start < item.start]
    if len(row) != 1 or words.is_change(item.fact) or words.is_change(row[0].fact):
        return None
    first, one, two = row[0], row[0].fact, item.fact
    if (one.label, one.unit, one.scope) != (two.label, two.unit, two.scope) or not one.period or not two.period:
        return None
    if isinstance(one.value, str) or isinstance(two.value, str) or one.period == two.period or one.value == two.value:
        return None
    lead = words.plain(view.text[sentence[0] : first.start].lower())
    senses = {w in words.UP for w in lead if w in words.UP | words.DOWN}
    if len(senses) != 1 or not _AFTER.fullmatch(view.text[first.end : item.start].lower()) or "not" in lead:
        return None
    early, late = sorted((one, two), key=lambda f: f.period.end if f.period else view.now)
    if (late.value > early.value) != next(iter(senses)):  # type: ignore[operator]
        return "direction", f"The words say which way it went, but {early.id} to {late.id} goes the other way."
    return None


_LEVEL_VERB = re.compile(
    r"\b(?:cost|costs|spent|spends|paid|kostte|kosten|gastou|custou)(?: about| roughly)? $", re.IGNORECASE
)
_AGAINST = re.compile(
    r",?\s*\(?(?:against|versus|vs\.?|compared (?:with|to)|up from|down from|tegen|tegenover|contra|from) "
)
_MORE = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:more|less|higher|lower|extra|meer|minder|(?:a )?mais|(?:a )?menos)\b")


def by_claim(item: Item, view: View) -> Claim | None:
    """`rose by X`: X is a change, if changes of its unit are known."""
    fact = item.fact
    if words.is_change(fact) or fact.derived_from or set(words.plain(fact.label)) & CHANGEISH:
        return None
    before = words.plain(view.text[max(0, item.start - 48) : item.start])[-4:]
    moved = before[-1:] in (["by"], ["met"], ["em"]) and set(before[:-1]) & (words.UP | words.DOWN) - _NOT_MOVES
    if moved and any(f.unit == fact.unit and words.is_change(f) for f in view.facts):
        return (
            "label",
            f"The words say how much something moved, but {fact.id} ({fact.label}) is a level, not a change.",
        )
    return None


_NOT_MOVES = frozenset({"more", "less", "meer", "minder", "mais", "menos", "up", "higher", "lower", "extra", "added"})


def level_claim(item: Item, view: View) -> Claim | None:
    """What was spent, or what a level is held against, is no change."""
    if not words.is_change(item.fact) or _MORE.match(view.behind(item)):
        return None
    if _LEVEL_VERB.search(view.text[max(0, item.start - 24) : item.start]):
        return "label", f"The words say what was spent, but {item.fact.id} ({item.fact.label}) is a change."
    left, _ = view.neighbours(item, view.layout.sentence(item.start))
    if left is None or left.fact.unit != item.fact.unit or words.is_change(left.fact):
        return None
    between = view.text[left.end : item.start].lower()
    between = re.split(r"(?=,?\s\(?(?:against|versus|vs|compared|up from|down from|tegen|contra)\b)", between)[-1]
    if _AGAINST.fullmatch(between):
        return "label", f"The words hold it against {left.fact.id}, but {item.fact.id} ({item.fact.label}) is a change."
    return None


def superlative_claim(item: Item, view: View) -> Claim | None:
    """`The largest account ...`: it must be the largest of its like."""
    said = view.said(*view.around(item))
    match = _SUPER.search(said)
    if match and said.startswith(" venue", match.end()) and "venue" not in item.fact.scope.where:
        return None  # some of the accounts are venues
    if not match or _NOT_SUPER.search(said) or not values_of(item.fact) or isinstance(item.fact.value, str):
        return None
    alike = [f for f in view.facts if _alike(f, item.fact) and isinstance(f.value, (int, Decimal))]
    family = [f.value for f in alike if not _within(item.fact, said) or f.scope.accounts == item.fact.scope.accounts]
    best = (min if match[1] else max)(family)
    if len(family) >= 3 and item.fact.value != best:
        return (
            "label",
            f"The words say {match[0]!r}, but {item.fact.id} ({item.fact.label}) is not that among "
            f"{len(family)} alike.",
        )
    return None


_OF_ALL = re.compile(r"\b(?:of all|overall|anywhere|everywhere|estate|all accounts|any account|whole)\b", re.IGNORECASE)


def _within(fact: Fact, said: str) -> bool:
    """Whether words speak of the one account that a thing lies in: `the slowest function in account data-prod`."""
    if not fact.scope.where or len(fact.scope.accounts) != 1 or _OF_ALL.search(said):
        return False
    return re.search(rf"\bin (?:account )?{re.escape(fact.scope.accounts[0])}\b", said, re.IGNORECASE) is not None


def _alike(a: Fact, b: Fact) -> bool:
    return _shape(a) == _shape(b)


def _shape(fact: Fact) -> tuple[object, ...]:
    label = fact.label.lower()
    for values in values_of(fact).values():
        for value in values:
            label = label.replace(value.lower(), "")
    kinds = tuple(sorted(fact.scope.where))
    return label, fact.unit, fact.period, fact.scope.basis, kinds, len(fact.scope.accounts) == 1
