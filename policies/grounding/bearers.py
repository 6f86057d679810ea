"""Which facts in play say which way something went: changes, and pairs of one thing in two periods."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from policies.grounding import words
from policies.grounding.view import Item, View
from tools import units
from tools.facts import Fact

Names = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Bearer:
    """One thing that moved, or did not."""

    way: int
    """1 up, -1 down, 0 neither."""
    share: Decimal | None
    """By which share of what it was, as a positive number; None if that is not known."""
    label: frozenset[str]
    names: Names
    facts: tuple[Fact, ...]
    """The change, or the earlier and the later level."""
    kind: str
    """The kind of its unit."""

    sums: bool = False
    """Whether it sums up several, or what is left, and so says nothing of one thing."""

    @property
    def text(self) -> str:
        """How a message calls it."""
        return f"{self.facts[-1].id} ({self.facts[-1].label})"


class Bearers:
    """What moved, of the facts in play; made once for an answer that claims a movement."""

    def __init__(self, view: View) -> None:
        self._view, self._vocab = view, view.vocabulary
        self.known = [*self._changes(), *self._pairs()]
        """All that moved, or did not."""

    @property
    def measured(self) -> bool:
        """Whether anything in play is of a kind that rises and falls: money, a share, a count that is no event."""
        return bool(self.known) or any(units.kind(f.unit) in ("money", "percent", "count") for f in self._view.facts)

    def of(self, kind: str) -> list[Bearer]:
        """What moved of each name of one kind: of each service, and of nothing narrower."""
        held = [(b, {d for d, _ in b.names}) for b in self.known if not b.sums]
        least = min((len(kinds) for _, kinds in held if kind in kinds), default=0)
        return [b for b, kinds in held if kind in kinds and len(kinds) == least]

    def shown(self, sentence: tuple[int, int]) -> list[Bearer]:
        """What moved from one figure of a sentence to another."""
        here = {i.fact.id for i in self._view.items if sentence[0] <= i.start < sentence[1]}
        return [b for b in self.known if len(b.facts) == 2 and here.issuperset(f.id for f in b.facts)]

    def about(self, at: int, item: Item | None) -> list[Bearer]:
        """What bears on a claim at an offset beside a figure; empty if nothing does."""
        fact = item.fact if item is not None else None
        return self._about(at, fact, [b for b in self.known if not b.sums]) or self._about(at, fact, self.known)

    def _about(self, at: int, fact: Fact | None, found: list[Bearer]) -> list[Bearer]:
        named = self._named(at)
        if named:
            found = [b for b in found if b.names & named]
            exact = [b for b in found if b.names <= named]
            found = exact or found
        elif fact is not None:
            own = self._names(fact)
            found = [b for b in found if b.names == own] or [b for b in found if own and b.names >= own]
        else:
            found = [b for b in found if not b.names] or found
        return self._alike(found, at, fact)

    def _alike(self, found: list[Bearer], at: int, fact: Fact | None) -> list[Bearer]:
        """Those of the measure that the figure is of, or else that the clause speaks of."""
        if fact is None:
            view = self._view
            said = words.stems(view.said(view.layout.clause(at)))
            heard = [b for b in found if b.label & said]
            return heard or found
        own = self._vocab.label[fact.id] - {"total"}
        held = [b for b in found if fact.id in {f.id for f in b.facts}]
        if not words.is_change(fact) and held:
            later = [b for b in held if b.facts[-1].id == fact.id]
            return later or held
        same = [b for b in found if b.label == own and (fact.unit, b.kind) != ("percent", "money")]
        return same or [b for b in found if b.label & own]

    def _named(self, at: int) -> Names:
        view = self._view
        start, end = view.layout.clause(at)
        against = DESPITE.search(view.text, at, min(end, at + 240))
        start = next((m.start for m in view.mentions if m.start < start < m.end), start)  # `EC2 - Other` is one name
        said = view.named((start, against.start() if against else end))
        return frozenset().union(*(m.means for m in said)) if said else frozenset()

    def _names(self, fact: Fact) -> Names:
        return frozenset((d, v) for d, vs in self._vocab.held[fact.id].items() for v in vs)

    def _changes(self) -> Iterable[Bearer]:
        for fact in self._view.facts:
            if not words.is_change(fact) or isinstance(fact.value, str):
                continue
            way = words.way(fact)
            share = abs(Decimal(fact.value)) / 100 if fact.unit in ("percent", "percentage points") else None
            label = self._vocab.label[fact.id] - {"total"}
            yield Bearer(way, share, label, self._names(fact), (fact,), units.kind(fact.unit), _sums(fact))

    def _pairs(self) -> Iterable[Bearer]:
        groups: dict[tuple[frozenset[str], Names, str, str | None], list[Fact]] = defaultdict(list)
        for fact in self._view.facts:
            if fact.period is None or isinstance(fact.value, str) or words.is_change(fact):
                continue
            label = self._vocab.label[fact.id] - {"total"}
            groups[label, self._names(fact), fact.unit, fact.scope.basis].append(fact)
        for (label, names, _, _), facts in groups.items():
            facts.sort(key=lambda f: f.period.end if f.period else self._view.now)
            for n, late in enumerate(facts):
                for early in facts[max(0, n - _BACK) : n]:
                    yield from between(early, late, label, names)


_BACK = 14
"""How many periods back a level is held against: a year of months and a little."""


DESPITE = re.compile(
    r"\b(?:despite|although|though|while|whereas|even (?:though|if|as)|ondanks|terwijl|apesar)\b", re.I
)
"""`Spend rose despite falling costs of X`: what follows is of something else."""


def between(one: Fact, two: Fact, label: frozenset[str] = frozenset(), names: Names = frozenset()) -> list[Bearer]:
    """How one figure became another; empty if they are of other units or not of one time after the other."""
    a, b = one.period, two.period
    if a is None or b is None or isinstance(one.value, str) or isinstance(two.value, str) or one.unit != two.unit:
        return []
    early, late = (one, two) if a.end <= b.start else (two, one)
    if max(a.start, b.start) < min(a.end, b.end):
        return []
    was, now = Decimal(early.value), Decimal(late.value)
    share = abs(now - was) / abs(was) if was else None
    return [Bearer((now > was) - (now < was), share, label, names, (early, late), units.kind(one.unit))]


def _sums(fact: Fact) -> bool:
    """Whether a change is a sum of several, or of what is left: then it says nothing of one thing."""
    said = words.plain(fact.label)
    return said[:2] in (["sum", "of"], ["total", "of"]) or "other" in said
