"""The words around one figure, gathered once: near it, in its sentence, and above.

Near are the figure's own clause back and forth to its neighbours, in a table its cell, row and titles. Names that only
explain (`because of data-prod`) or are compared with are not near.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.grounding import words
from policies.grounding.layout import HOLE, Span
from policies.grounding.names import Mention, find_mentions
from policies.grounding.vocabulary import Vocabulary, pieces
from policies.grounding.when import When
from policies.grounding.wordlist import listing
from tools.facts import Fact

if TYPE_CHECKING:
    from policies.grounding.view import Item, View

_OF = re.compile(
    r"\s*(?:(?!instead)\w+ ){0,2}(?:out )?(?:of|van|de|das|dos)\s+(?:(?:the|our|all|these|a total of|de|onze)\s+)*$"
)


@dataclass(slots=True)
class Site:
    """The words around one figure."""

    item: Item
    before: frozenset[str]
    after: frozenset[str]
    shared: frozenset[str]
    """Stems that other figures of the sentence explain."""
    sentence: frozenset[str]
    wide: frozenset[str]
    near_text: str
    sentence_text: str
    near_words: frozenset[str]
    """The words that stand in no name, in pieces; so also those of the sentence and above it."""
    sentence_words: frozenset[str]
    wide_words: frozenset[str]
    near_names: frozenset[tuple[str, str]]
    sentence_names: frozenset[tuple[str, str]]
    before_names: frozenset[tuple[str, str]]
    wide_names: frozenset[tuple[str, str]]
    near_mentions: list[Mention]
    others: list[Fact]
    elsewhere: frozenset[str]
    near_times: list[When]
    sentence_times: list[When]
    wide_times: list[When]
    moved: bool
    """Whether anything around speaks of movement."""
    role: str
    """`change` (`rose by X`, `X more than`), `level` (`from X`, `rose to X`), or empty."""
    whole: Fact | None
    close: frozenset[str]
    close_before: frozenset[str]
    denied: bool
    part_said: bool
    number: int
    """1 if a singular verb stands behind the figure, 2 if a plural one, else 0."""


_MOVE = words.UP | words.DOWN
_CHANGE_NOUN = frozenset(
    listing(
        "change difference increase decrease rise fall drop growth decline reduction jump swing gain stijging daling "
        "toename afname verschil verandering aumento queda subida descida varia\u00e7\u00e3o redu\u00e7\u00e3o"
    )
)
_MORE = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:more|less|higher|lower|above|below|up\b|down\b|extra|dearer|cheaper|fewer|increase|decrease|rise\b|drop\b|"
    r"meer|minder|hoger|lager|duurder|goedkoper|a mais|a menos|mais|menos|acima|abaixo|over\b)"
)
CHANGEISH = frozenset(
    listing("above over below under savings saving increases decreases excess extra unused growth gap")
)


def _role(view: View, item: Item, clause_before: str) -> str:
    before = words.plain(clause_before)[-8:]
    if not before:
        return "change" if _MORE.match(view.behind(item)) else ""
    last = before[-1]
    if last in ("by", "met", "em", "com", "with") and set(before[-6:-1]) & _MOVE:
        return "change"
    if last in _MOVE and last not in ("more", "less", "meer", "mais", "menos", "minder", "higher", "lower", "extra"):
        return "change"
    if last in ("of", "van", "de") and set(before[-4:-1]) & _CHANGE_NOUN:
        return "change"
    if last in ("to", "naar", "para", "from", "van", "de", "tot") and set(before) & _MOVE:
        return "level"
    if _MORE.match(view.behind(item)):
        return "change"
    flat = last in _FLAT or (last in ("at", "on", "to", "op", "em") and set(before[-3:-1]) & _FLAT)
    return "flat" if flat and not set(before) & words.MOVED else ""


_FLAT = frozenset(
    listing(
        "is are was were cost costs spent came stands stood comes amounts amounted "
        "used has had kostte kost is gastou custou foi was bedroeg"
    )
)


def gather(item: Item, view: View, vocab: Vocabulary) -> Site:
    """Gather the words around a figure."""
    around = view.around(item)
    sentence = view.layout.sentence(item.start)
    before, after = view.segment(item, view.clause(item))
    titles = around[:-2]
    mentions = [m for m in _rows(view.named(*around), view.named(sentence), view) if not is_aside(m, item, view)]
    others = [i.fact for i in view.items if sentence[0] <= i.start < sentence[1] and i.start != item.start]
    shared = frozenset().union(*(vocab.label[f.id] for f in others)) if others else frozenset()
    block = view.layout.block(item.start)
    lead = list(view.layout.lead_in(sentence[0]))[:4]
    above = (view.layout.heading(block[0]), block[0])
    if HOLE in view.text[slice(*above)]:
        above = (block[0], block[0])  # a line with figures of its own is no heading
    left, _ = view.neighbours(item, sentence)
    whole = left.fact if left and _OF.fullmatch(view.text[left.end : item.start].lower()) else None
    part_said = whole is not None or bool(_QUANTIFIED.search(view.text[max(0, item.start - 30) : item.start]))
    near_text, sentence_text = view.said(*around), view.said(sentence)
    wide_text = view.said(above, *lead) + " " + view.question.lower()
    tail = view.behind(item)
    every = frozenset(words.plain(near_text + sentence_text + wide_text))
    asked = find_mentions(view.question, view.names) if view.question else []
    return Site(
        item=item,
        before=words.stems(view.said(before, *titles)),
        after=frozenset() if part_said else words.stems(view.said(after)),
        shared=shared,
        sentence=words.stems(sentence_text),
        wide=words.stems(wide_text),
        near_text=near_text,
        sentence_text=sentence_text,
        near_words=pieces(_without(view, around)),
        sentence_words=pieces(_without(view, (sentence,))),
        wide_words=pieces(_without(view, (above, *lead)) + " " + view.question),
        near_names=_means(mentions),
        sentence_names=_means(view.named(sentence)),
        before_names=_means([m for m in view.named((sentence[0], item.start)) if not is_aside(m, item, view)]),
        wide_names=_means([*view.named(above, *lead), *asked]),
        near_mentions=[m for m in view.named(*around) if not is_aside(m, item, view)],
        others=others,
        elsewhere=frozenset(i.fact.id for i in view.items if not sentence[0] <= i.start < sentence[1]),
        near_times=[w for w in view.timed(*around) if w.kind != "time" and not is_compared(w, item, view)],
        sentence_times=[w for w in view.timed(sentence) if w.kind != "time"],
        wide_times=[w for w in view.timed(above, *lead) if w.kind != "time"],
        moved=bool(every & words.MOVED),
        role=_role(view, item, view.text[before[0] : before[1]]),
        whole=whole,
        close=words.stems(re.split(r"[,.;:()\n]", tail)[0][:40]),
        close_before=words.stems(" ".join(words.plain(view.text[before[0] : before[1]])[-3:])),
        denied=bool(words.DENIAL.search(near_text)) and not part_said,
        part_said=part_said,
        number=0 if part_said else _number(view.behind(item)),
    )


_QUANTIFIED = re.compile(
    r"\b(?:none|all|every|each|some|most|many|few|any|one|both|geen|alle|nenhum|todos|todas)(?: one)?(?: (?:of|"
    r"van|d[eao]s?))?(?: (?:our|the|these|those|onze|de|os|as))? $",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:driven by|explained by|because of|led by|due to|thanks to|mainly|mostly|chiefly|especially|largely|"
    r"including|excluding|except|"
    r"other than|not counting|caused by|behind|unlike|without|outside|besides|apart from|"
    r"until|than|compared (?:with|to)|versus|vs\.?|"
    r"come[s]? (?:mostly |mainly |chiefly )?from|together with|thanks|vooral|door|met name|behalve|sobretudo|"
    r"principalmente|devido a|por causa d[eao])\b[^,;:.()\ue000]*$",
    re.IGNORECASE,
)
_RIGHT_BEFORE = re.compile(r"[\s(:,*|\u2013-]*(?:\b(?:at|with|by|for|spent|cost|costs|had|has|com|met)\b)?[\s(:*]*")
_JOINED = re.compile(r"[\s,*`\"]*(?:\b(?:and|or|en|of|e|ou)\b)?[\s*`\"]*")
_COMPARED = re.compile(
    r"\b(?:than|dan|que|compared (?:with|to)|relative to|versus|vs\.?|against|on|ten opzichte van|"
    r"vergeleken met|face a|before|after|since|until|"
    r"em compara\u00e7\u00e3o com|em rela\u00e7\u00e3o a)\s+(?:(?:in|on|for|the|em|the end of)\s+)*$",
    re.IGNORECASE,
)


_SINGULAR = re.compile(
    r"\s*(?:of (?:them|these|those) )?(?:still |already |now )?(?:is|was|has|does|fails|needs|lacks|heeft|tem|foi)\b"
)
_PLURAL = re.compile(
    r"\s*(?:of (?:them|these|those) )?(?:still |already |now )?(?:are|were|have|do|fail|need|lack|zijn|hebben|"
    r"waren|t\u00eam|foram|s\u00e3o)\b"
)


def _number(after: str) -> int:
    return 1 if _SINGULAR.match(after) else 2 if _PLURAL.match(after) else 0


def _rows(near: list[Mention], sentence: list[Mention], view: View) -> list[Mention]:
    """The names near a figure, and those that stand in one row with them: `A, B and C`."""
    out = list(near)
    grown = True
    while grown:
        grown = False
        for m in sentence:
            if m not in out and any(
                _JOINED.fullmatch(view.text[a.end : b.start])
                for a, b in [*((m, n) for n in out), *((n, m) for n in out)]
                if a.end <= b.start
            ):
                out.append(m)
                grown = True
    return out


def is_aside(mention: Mention, item: Item, view: View) -> bool:
    """Whether a name only says what explains the figure or what it is compared with."""
    if mention.end <= item.start and _RIGHT_BEFORE.fullmatch(view.text[mention.end : item.start]):
        return False
    start = view.layout.sentence(mention.start)[0]
    before = view.text[max(start, mention.start - 60) : mention.start]
    if mention.start > item.end:
        before = view.text[max(item.end, mention.start - 60) : mention.start]
    return bool(_ASIDE.search(before))


def is_compared(when: When, item: Item, view: View) -> bool:
    """`lower than in March`: the time of the other side, unless the figure stands right behind."""
    behind = view.text[when.end : item.start].strip(" (*_,:")
    match = _COMPARED.search(view.text[max(0, when.start - 40) : when.start])
    if match and match[0].lower().startswith("on ") and when.kind == "date":
        return False
    return bool(match) and (item.start < when.end or behind != "")


def _without(view: View, spans: Sequence[Span]) -> str:
    """The words of some spans, less the names in them and the texts that code wrote."""
    out = []
    for start, end in spans:
        at = start
        for left, right in view.taken(start, end):
            out.append(view.text[at:left])
            at = max(at, right)
        out.append(view.text[at:end])
    return " ".join(out)


def _means(mentions: list[Mention]) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(m.means for m in mentions)) if mentions else frozenset()
