"""A rendered text as the word rules see it: figures with their facts, clauses, names and times around them."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from policies.grounding.layout import HOLE, Layout, Span, is_table_row, lay_out, table_cells
from policies.grounding.model import Rendered
from policies.grounding.names import Mention, Name, find_mentions, names_of
from policies.grounding.site import Site, gather, is_aside
from policies.grounding.vocabulary import Vocabulary
from policies.grounding.vocabulary import vocabulary as vocabulary_of
from policies.grounding.when import When, find_times
from tools import units
from tools.facts import Fact


@dataclass(frozen=True, slots=True)
class Item:
    """One figure of the text and the fact that it shows. A `literal` is one that the model wrote itself."""

    start: int
    end: int
    fact: Fact
    literal: bool = False
    shown_positive: bool = False
    """A literal whose digits carry no minus although the fact is negative."""


@dataclass(slots=True)
class View:
    """Masked text: contexts are blanks, numbers that code wrote are holes, names that code wrote are readable."""

    text: str
    words: str
    """As `text`, with everything that code wrote as holes or blanks: for finding figures of the model's own."""
    layout: Layout
    items: list[Item]
    names: tuple[Name, ...]
    mentions: list[Mention]
    times: tuple[When, ...]
    facts: Sequence[Fact]
    now: datetime
    question: str = ""
    seen: int = 0
    """How many accounts the asker may see; 0 if that is not known."""
    agreed: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Whether the phrase of time that starts at an offset agrees with a period, by the number that `fit` gave it."""
    _clauses: dict[int, Span] = field(default_factory=dict)
    _sites: dict[int, Site] = field(default_factory=dict)
    _taken: list[Span] = field(default_factory=list)
    _asked: list[Mention] | None = None
    _vocabulary: Vocabulary | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The names of the facts in play."""
        if self._vocabulary is None:
            self._vocabulary = vocabulary_of(self.facts)
        return self._vocabulary

    @property
    def asked(self) -> list[Mention]:
        """The names that the question says."""
        if self._asked is None:
            self._asked = find_mentions(self.question, self.names) if self.question else []
        return self._asked

    def add(self, item: Item) -> None:
        """A literal that was bound is a figure like the others."""
        bisect.insort(self.items, item, key=lambda i: i.start)
        self._sites.clear()
        self._taken.clear()

    def site(self, item: Item) -> Site:
        """The words around a figure."""
        if item.start not in self._sites:
            self._sites[item.start] = gather(item, self, self.vocabulary)
        return self._sites[item.start]

    def is_aside(self, mention: Mention, item: Item) -> bool:
        """Whether a name only says what explains a figure or what it is compared with."""
        return is_aside(mention, item, self)

    def clause(self, item: Item) -> Span:
        """The clause that the figure stands in."""
        if item.start not in self._clauses:
            start, end = self.layout.clause(item.start)
            sentence = self.layout.sentence(item.start)[0]
            if start > sentence and not any(c.isalpha() for c in self.text[start : item.start]):
                before = self.layout.clause(max(sentence, start - 2))[0]
                noun = self.text[before:start]
                if HOLE not in noun and len(noun.split()) > 2:
                    start = before  # `the net total, X, ...`: in apposition
            self._clauses[item.start] = start, end
        return self._clauses[item.start]

    def around(self, item: Item) -> tuple[Span, ...]:
        """The spans whose words speak about a figure first: its segment, or in a table its cell and titles."""
        row = self.layout.sentence(item.start)
        if not is_table_row(self.text[row[0] : row[1]]):
            return self.segment(item, self.clause(item))
        cells = table_cells(self.text, row)
        column = next((i for i, (a, b) in enumerate(cells) if a <= item.start < b), 0)
        own = [cells[0]] if column else []
        block = self.layout.block(item.start)
        head = next(s for s in self.layout.sentences if s[0] >= block[0] and is_table_row(self.text[s[0] : s[1]]))
        titles = table_cells(self.text, head)
        if head != row and column < len(titles):
            own.append(titles[column])
        return (*own, *self.segment(item, self.clause(item)))

    def behind(self, item: Item, length: int = 60) -> str:
        """What follows a figure and what code wrote behind it, in lower case."""
        return " " + self.text[item.end : item.end + 400].lstrip(" ")[:length].lower()

    def neighbours(self, item: Item, span: Span) -> tuple[Item | None, Item | None]:
        """The figures (numbers) just before and just after this one within a span."""
        inside = [i for i in self.items if span[0] <= i.start < span[1] and units.is_number(i.fact.unit)]
        before = [i for i in inside if i.end <= item.start]
        after = [i for i in inside if i.start >= item.end]
        return (before[-1] if before else None), (after[0] if after else None)

    def segment(self, item: Item, span: Span) -> tuple[Span, Span]:
        """The words of a span before the figure (back to the figure before) and after it (up to the next)."""
        left, right = self.neighbours(item, span)
        end = right.start if right else span[1]
        opened = self.text.find("(", item.end, end) if right else -1
        if opened >= 0 and ")" not in self.text[opened:end]:
            end = opened  # `33 % (August: 37 %)`: the parenthesis speaks of the figure in it
        start = left.end if left else span[0]
        if left:
            inner = self.text.rfind("(", start, item.start)
            start = max(start, inner) if inner > self.text.rfind(")", start, item.start) else start
        return (start, item.start), (item.end, end)

    def named(self, *spans: Span) -> list[Mention]:
        """Mentions of names within the spans."""
        return [m for m in self.mentions if any(a <= m.start < b for a, b in spans)]

    def taken(self, start: int, end: int) -> list[Span]:
        """The names and figures within a stretch, in order."""
        if not self._taken:
            self._taken = sorted([(m.start, m.end) for m in self.mentions] + [(i.start, i.end) for i in self.items])
        return [s for s in self._taken if start <= s[0] < end]

    def timed(self, *spans: Span) -> list[When]:
        """Dates and periods stated by the model's own words within the spans."""
        return [w for w in self.times if any(a <= w.start < b for a, b in spans)]

    def said(self, *spans: Span) -> str:
        """The words within the spans, in lower case."""
        return " ".join(self.text[a:b] for a, b in spans).lower()


def about(fact: Fact) -> str:
    """How a fault's sentence describes a fact."""
    return f"the figure {fact.id} is {fact.label!r} ({fact.scope.text()})"


def look(rendered: Rendered, facts: Sequence[Fact], now: datetime, question: str = "", *, seen: int = 0) -> View:
    """Build the view of a rendered draft; literal figures are added to `items` once they are bound."""
    by_id = {fact.id: fact for fact in facts}
    masked, words = list(rendered.text), list(rendered.text)
    for start, end in rendered.contexts:
        masked[start:end] = words[start:end] = " " * (end - start)
    items = []
    for figure in rendered.figures:
        fact = by_id[figure.facts[0]]
        words[figure.start : figure.end] = HOLE * (figure.end - figure.start)
        if units.kind(fact.unit) != "text":
            masked[figure.start : figure.end] = HOLE * (figure.end - figure.start)
        items.append(Item(figure.start, figure.end, fact))
    text = "".join(masked)
    names = names_of(facts)
    return View(
        text=text,
        words="".join(words),
        layout=lay_out(text),
        items=items,
        names=names,
        mentions=find_mentions(text, names),
        times=find_times("".join(words), now),
        facts=facts,
        now=now,
        question=question,
        seen=seen,
    )
