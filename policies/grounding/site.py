"""The words around one figure, gathered once: near it, in its sentence, and above.

Near are the figure's own clause back and forth to its neighbours, in a table its cell, row and titles. Names that only
explain (`because of data-prod`) or are compared with are not near.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from policies.grounding import words
from policies.grounding.layout import HOLE, Span
from policies.grounding.names import Mention
from policies.grounding.rows import aligned
from policies.grounding.vocabulary import Vocabulary, pieces
from policies.grounding.when import When
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact

if TYPE_CHECKING:
    from policies.grounding.view import Item, View

_OF = re.compile(
    r"(?:[^,;.:()\ue000]{0,60}\bout of|\s*(?:(?!instead)\w+ ){0,2}(?:of|van|de|das|dos))\s+"
    r"(?:(?:the|our|all|these|a total of|de|onze)\s+)*$"
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
    muted: frozenset[str]
    """Stems that speak of the part where the figure is the whole."""
    members: frozenset[int]
    """How many figures of one kind, or items of a list, stand behind a colon after the figure."""
    wide: frozenset[str]
    wide_text: str
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
    topics: frozenset[tuple[str, str]]
    """The last name of each kind that was said before the sentence, however far above."""
    near_mentions: list[Mention]
    others: list[Fact]
    theirs: frozenset[tuple[str, str]]
    """The names of the facts of the other figures of the sentence."""
    fellows: list[Fact]
    """The facts at the same place of the other rows or list items."""
    prior: list[Fact]
    """The facts of the last figures before the sentence, nearest first."""
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
    beside: frozenset[str] = frozenset()
    """The ids of `others`."""
    rowed: frozenset[str] = frozenset()
    """The ids of `fellows`."""
    known: dict[Hashable, Any] = field(default_factory=dict)
    """What `fit` has worked out here for facts that share a label, a name or a period."""


_MOVE = words.UP | words.DOWN
_CHANGE_NOUN = frozenset(
    listing(
        "change difference increase decrease rise fall drop growth decline reduction jump swing gain stijging daling "
        "toename afname verschil verandering gap surplus kloof "
        "diferen\u00e7a aumento queda subida descida varia\u00e7\u00e3o redu\u00e7\u00e3o"
    )
)
_CHANGES = _CHANGE_NOUN | frozenset(
    listing("changes differences increases decreases rises falls drops reductions jumps gains stijgingen dalingen")
)
_SUMS = frozenset(listing("add adds added amount amounts amounted come comes came sum sums"))
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
    if (last in _FLAT or set(before[-3:]) & _SUMS) and set(before[-6:-1]) & _CHANGES:
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
    close_mentions = _in_place(view.named(*around), item, view)
    mentions = [m for m in _rows(close_mentions, view.named(sentence), view) if not is_aside(m, item, view)]
    mentions = _in_place(mentions, item, view)
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
    fellows = _fellows(item, sentence, block, view)
    return Site(
        item=item,
        before=words.stems(view.said(*titles) if whole is not None else view.said(before, *titles)),
        after=frozenset() if part_said else words.stems(view.said(after)),
        shared=shared,
        sentence=words.stems(sentence_text),
        muted=words.stems(view.said(*([before] if whole is not None else []), *([after] if part_said else []))),
        members=_members(item, sentence, view),
        wide=words.stems(wide_text),
        wide_text=wide_text.lower(),
        near_text=near_text,
        sentence_text=sentence_text,
        near_words=pieces(_without(view, around)),
        sentence_words=pieces(_without(view, (sentence,))),
        wide_words=pieces(_without(view, (above, *lead)) + " " + view.question),
        near_names=_means(mentions),
        sentence_names=_means(view.named(sentence)),
        before_names=_means([m for m in view.named((sentence[0], item.start)) if not is_aside(m, item, view)]),
        wide_names=_means([*view.named(above, *lead), *view.asked]),
        topics=_topics(view, sentence[0]),
        near_mentions=[m for m in close_mentions if not is_aside(m, item, view)],
        others=others,
        theirs=names_held(others, vocab),
        fellows=fellows,
        prior=[i.fact for i in reversed(view.items) if i.start < sentence[0]][:4],
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
        beside=frozenset(f.id for f in others),
        rowed=frozenset(f.id for f in fellows),
    )


def _topics(view: View, start: int) -> frozenset[tuple[str, str]]:
    last: dict[str, str] = {}
    for mention in view.mentions:
        if mention.start >= start:
            break
        last.update(mention.means)
    return frozenset(last.items())


_QUANTIFIED = re.compile(
    r"\b(?:none|all|every|each|some|most|many|few|any|one|both|geen|alle|nenhum|todos|todas)(?: one)?(?: (?:of|"
    r"van|d[eao]s?))?(?: (?:our|the|these|those|onze|de|os|as))? $",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\b(?:driven by|explained by|because of|led by|due to|thanks to|mainly|mostly|chiefly|especially|largely|"
    r"including|excluding|except|"
    r"other than|not counting|caused by|behind|unlike|without|outside|besides|apart from|"
    r"until|than|as (?:many|much|few|little|large|high|low|big) as|just like|similar to|"
    r"evenveel als|net als|tant[oa]s? (?:como|quanto)|compared (?:with|to)|versus|vs\.?|"
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


def _in_place(near: list[Mention], item: Item, view: View) -> list[Mention]:
    """`A and B follow with X and Y`: of the names of the row only the one at the figure's place."""
    row = aligned(item, view)
    return near if row is None else [*(m for m in near if m not in row[1]), row[0]]


def _fellows(item: Item, sentence: Span, block: Span, view: View) -> list[Fact]:
    """The facts at the same place of the other rows of a table or items of a list."""
    text = view.text
    mark = text[sentence[0] : sentence[1]].lstrip()[:1]
    if mark not in "-*\u2022|" and not mark.isdigit():
        return []
    rows: dict[Span, list[Item]] = {}
    for other in view.items:
        if block[0] <= other.start < block[1]:
            rows.setdefault(view.layout.sentence(other.start), []).append(other)
    table = mark == "|"
    if item not in rows.get(sentence, ()):
        rows.setdefault(sentence, []).append(item)  # a literal that is not bound yet
    place = _place(rows[sentence], item, text, sentence, table)
    out = []
    for span, row in rows.items():
        if span != sentence and (text[span[0] : span[1]].lstrip()[:1] == "|") == table:
            out += [o.fact for o in row if _place(row, o, text, span, table) == place]
    return out


def _members(item: Item, sentence: Span, view: View) -> frozenset[int]:
    """`[[f20]]: the role ... and the bucket ...`: how many are listed behind the figure."""
    head = re.match(r"[^:.;\n\ue000]{0,60}:", view.text[item.end : sentence[1]])
    if head is None:
        return frozenset()
    shown: dict[str, set[str]] = {}
    for other in view.items:
        if item.end <= other.start < sentence[1]:
            shown.setdefault("text" if units.kind(other.fact.unit) == "text" else other.fact.unit, set()).add(
                other.fact.id
            )
    listed = 0
    if not shown:
        rest = [s for s in view.layout.sentences if s[0] >= sentence[1]][:40]
        for start, end in rest:
            if view.text[start:end].lstrip()[:1] not in "-*\u2022" and not view.text[start:end].lstrip()[:1].isdigit():
                break
            listed += 1
    return frozenset({len(v) for v in shown.values()} | {listed}) - {0, 1}


def _place(row: list[Item], item: Item, text: str, span: Span, table: bool) -> int:
    if table:
        return text.count("|", span[0], item.start)
    return [i.start for i in row if i.fact.unit == item.fact.unit].index(item.start)


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
    match = _ASIDE.search(before)
    if match and match[0].lower().startswith("than") and mention.end <= item.start:
        left, _ = view.neighbours(item, (start, item.start))
        if left is not None and left.end <= mention.start and left.fact.unit == item.fact.unit:
            return False  # `A uses X, less than B uses (Y)`: the second figure is B's
    return bool(match)


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


def names_held(facts: Sequence[Fact], vocab: Vocabulary) -> frozenset[tuple[str, str]]:
    """The names of some facts, with their kinds."""
    return frozenset((d, v) for f in facts for d, vs in vocab.held[f.id].items() for v in vs)


def _means(mentions: list[Mention]) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(m.means for m in mentions)) if mentions else frozenset()
