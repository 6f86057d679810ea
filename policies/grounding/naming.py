"""Names around a figure: which account, service, team, venue or severity the words say it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policies.grounding import words
from policies.grounding.layout import HOLE, Span
from policies.grounding.model import Claim, FaultKind
from policies.grounding.names import ACCOUNT, Mention, find_mentions, values_of
from policies.grounding.view import Item, View, about
from tools import units
from tools.facts import Fact

_ALL = re.compile(
    r"\b(?:all (?:\w+ )?accounts|across the (?:estate|organi[sz]ation|company|board)|company-wide|every account|"
    r"(?:whole|entire) (?:estate|organi[sz]ation|company)|alle accounts|todas as contas)\b"
)
_TOTAL = re.compile(r"\b(?:total|in all|overall|altogether|combined|grand total|totaal|no total)\b")
_SIDE = re.compile(
    r"driven by|explained by|because of|led by|due to|thanks to|mainly|mostly|including|excluding|except|after|"
    r"other than|not counting|owner|team should|caused by|behind|like|such as|unlike|without|outside|besides|"
    r"apart from|"
    r"(?:more|less|higher|lower|cheaper) than|elsewhere|the rest|"
    r"(?:net of|gross of|before|including|with) (?:all )?(?:credits|refunds|tax)"
)
"""A name beside one of these is an aside: it does not say what the figure is of."""

_BESIDE = re.compile(r"\s*(?:\w+ )?(?:of (?:them|these|which|those)(?: are| were)?|are|is|were|rated|classed as)?\s*")
_OPENING = re.compile(r"[\W]*(?:In|At|For|Within|On|Em|Bij)\s+(?:the |account |venue |team )?[\W]*$")
_PRONOUN = re.compile(r"\W*(?:It|This account|That account|They)\s+(?:costs?|spent|has|had|have|takes|took|runs)\b")


def name_claim(item: Item, view: View) -> Claim | None:
    fact, sentence, clause = item.fact, view.layout.sentence(item.start), view.clause(item)
    mine = values_of(fact)
    if (placed := listed(item, view, sentence)) is not None:
        return placed or None
    if units.kind(fact.unit) == "text" and not mine:
        return None
    around = view.around(item)
    said = view.said(*around)
    if ACCOUNT in mine and _ALL.search(view.said(clause)):
        return "scope", f"The words speak of all accounts, but {about(fact)}."
    own = _foreign(view.named(*around), item, view) or _topic(view, sentence)
    for dimension, means in mine.items():
        if isinstance(fact.value, str) and fact.value in means:
            continue  # the figure is itself the name
        verdict = _judge(dimension, means, own, item, view, sentence)
        if verdict:
            return verdict
    if (
        mine
        and _TOTAL.search(said)
        and not view.named(sentence)
        and not _TOTAL.search(fact.label.lower())
        and not _introduced(fact, view, item)
    ):
        return "label", f"The words speak of a total, but {about(fact)}."
    return _of_both(item, view, sentence) or _unasked(item, view, own, said, mine)


def _of_both(item: Item, view: View, sentence: Span) -> Claim | None:
    """`A and B both fired for 48 minutes`: it must be so of each."""
    before = view.text[sentence[0] : item.start]
    if not re.search(r"\b(?:both|each|beide|ambos)\b[^,;:]*$", before):
        return None
    for mention in view.named((sentence[0], item.start)):
        told = [f for f in view.facts if any(v in values_of(f).get(d, ()) for d, v in mention.means)]
        alike = [f.value for f in told if f.label == item.fact.label and f.unit == item.fact.unit]
        if alike and item.fact.value not in alike:
            wrong = view.text[mention.start : mention.end]
            return "label", f"The words say this of {wrong!r} too, but {about(item.fact)}."
    return None


def _topic(view: View, sentence: Span) -> list[Mention]:
    """The name that opens a sentence (`In data-prod, ...`), or that its opening pronoun stands for."""
    first = next(iter(view.named(sentence)), None)
    if first and _OPENING.fullmatch(view.text[sentence[0] : first.start]):
        return [first]
    if _PRONOUN.match(view.text[slice(*sentence)]):
        before = [s for s in view.layout.sentences if s[1] <= sentence[0]]
        earlier = view.named(before[-1]) if before else []
        return earlier if len(earlier) == 1 else []
    return []


def _judge(
    dimension: str, means: frozenset[str], own: list[Mention], item: Item, view: View, sentence: Span
) -> Claim | None:
    """Whether the nearest names of a dimension are those of the fact."""
    fact = item.fact
    for ring, mentions in enumerate(_rings(item, view, own, sentence)):
        if _quoted(item, view) or (ring and _pinned(fact, dimension, view.named(sentence), view)):
            return None
        relevant = [m for m in mentions if any(d == dimension for d, _ in m.means)]
        if not relevant:
            continue
        if any(d == dimension and v in means for m in relevant for d, v in m.means):
            return None
        if any(_enumerated(m, dimension, item, view, sentence) for m in relevant):
            return None
        wrong = view.text[relevant[-1].start : relevant[-1].end]
        kind: FaultKind = "scope" if dimension == ACCOUNT else "label"
        return kind, f"The words name {wrong!r}, but {about(fact)}."
    return None


def _pinned(fact: Fact, dimension: str, said: Iterable[Mention], view: View) -> bool:
    """Whether a name of another dimension that was said (an alarm, a resource) leaves only this fact's value."""
    mine = values_of(fact)
    own = [m for m in said if not any(i.start <= m.start < i.end for i in view.items)]
    told = [
        (d, v)
        for m in own
        for d, v in m.means
        if d not in (dimension, ACCOUNT) and v in mine.get(d, ()) and re.search(r"\w-\w|\d", v)
    ]
    return any(
        all(values_of(f).get(dimension) == mine[dimension] for f in view.facts if v in values_of(f).get(d, ()))
        for d, v in told
    )


def _quoted(item: Item, view: View) -> bool:
    return view.text[item.start - 1 : item.start] in ('"', "\u201c", "\u2018") and item.start > 0


_OF_ALL = re.compile(r"\s*(?:out )?(?:of|van|de|dos|das)\s+(?:(?:the|our|all|de|onze|os|as)\s+)*")
_EACH = re.compile(r"\b(?:each|apiece|elk|cada)\b")
_AND = re.compile(r"[\s,*`\"]*(?:\b(?:and|or|en|of|e|ou)\b)?[\s*`\"]*")


def _enumerated(mention: Mention, dimension: str, item: Item, view: View, sentence: Span) -> bool:
    """Whether the right name stands in one row with this one (`A, B and C`), and what is said is true of both."""
    row, means = view.named(sentence), values_of(item.fact)[dimension]
    at = row.index(mention) if mention in row else -1
    true = any(
        f.unit == item.fact.unit and f.value == item.fact.value and v in values_of(f).get(dimension, ())
        for f in view.facts
        for d, v in mention.means
        if d == dimension
    )
    while true and at > 0 and _AND.fullmatch(view.text[row[at - 1].end : row[at].start]):
        at -= 1
        if any(d == dimension and v in means for d, v in row[at].means):
            return True
    return False


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
    if any(v in values_of(item.fact).get(d, ()) for m in view.named(sentence) for d, v in m.means):
        return  # the sentence says what it is about
    for span in view.layout.lead_in(min(sentence[0], clause[0])):
        yield view.named(span)


def _foreign(mentions: list[Mention], item: Item, view: View) -> list[Mention]:
    """Mentions less those that the next figure explains: `12 in Utrecht and 3 in Amsterdam` share their clause."""
    before, after = view.segment(item, view.clause(item))
    _, right = view.neighbours(item, view.clause(item))
    if right is None:
        return mentions
    theirs = values_of(right.fact)
    own = {v for vs in values_of(item.fact).values() for v in vs}

    def explained(m: Mention) -> bool:
        return after[0] <= m.start < after[1] and any(v in theirs.get(d, ()) and v not in own for d, v in m.means)

    kept = [m for m in mentions if not explained(m)]
    return kept if any(before[0] <= m.start < before[1] for m in kept) or len(kept) == len(mentions) else mentions


def _unasked(item: Item, view: View, own: list[Mention], said: str, mine: dict[str, frozenset[str]]) -> Claim | None:
    """A name in the clause of a fact that does not have that dimension: the words narrow what the fact does not."""
    if _SIDE.search(said) or _TOTAL.search(said):
        return None
    fact = item.fact
    left, _ = view.neighbours(item, view.layout.sentence(item.start))
    if left and left.fact.unit == fact.unit and _OF_ALL.fullmatch(view.text[left.end : item.start]):
        return None  # `nine of the ten alarms were in online-prod`: the name narrows the nine
    for mention in own:
        if (
            any(d in mine for d, _ in mention.means)
            or view.text[mention.start : mention.end].lower() in fact.label.lower()
        ):
            continue
        if words.stems(view.text[mention.start : mention.end]) & words.stems(fact.label):
            continue
        before = view.text[max(0, mention.start - 14) : mention.start].lower()
        placed_by = _BESIDE.fullmatch(view.text[item.end : mention.start]) if mention.start >= item.end else None
        attached = placed_by or re.search(
            r"(?:\b(?:in|for|of|at|from|within|on|account|service|venue)\s+(?:the |account |venue )?[\"'`*]*$|"
            r"[(]$|^[\W]*$)",
            before,
        )
        first = mention.end <= item.start and (
            mention in _topic(view, view.layout.sentence(item.start)) or HOLE not in view.text[mention.end : item.start]
        )
        rival = any(
            f.unit == fact.unit and any(v in values_of(f).get(d, ()) for d, v in mention.means) for f in view.facts
        )
        placed = any(d in (ACCOUNT, "venue") for d, _ in mention.means) and fact.scope.basis is not None
        if _aside(mention, item, view) or _supported(mention, fact, view):
            continue
        if (rival or placed) and (attached or first):
            dimension = min(d for d, _ in mention.means)
            kind: FaultKind = "scope" if dimension == ACCOUNT else "label"
            return (
                kind,
                f"The words narrow this to {view.text[mention.start : mention.end]!r}, but {about(fact)}.",
            )
    return None


def _aside(mention: Mention, item: Item, view: View) -> bool:
    """`[[f35]] (floor-ledger in venue-rotterdam)`: the parenthesis says which one, it does not narrow the figure."""
    between = view.text[item.end : mention.start]
    opened = between.rfind("(")
    if opened < 0 or ")" in between[opened:]:
        return False
    return bool(re.search(r"\w", re.sub(r"\b(?:in|for|of|at|from|account|venue|service|the)\b", "", between[opened:])))


def _supported(mention: Mention, fact: Fact, view: View) -> bool:
    """Whether a fact of that name says the same: what is so of all accounts may be so of this one."""
    mine = words.stems(fact.label)
    return any(
        f.unit == fact.unit
        and f.value == fact.value
        and f.period == fact.period
        and any(v in values_of(f).get(d, ()) for d, v in mention.means)
        and len(mine & words.stems(f.label)) * 2 >= len(mine)
        for f in view.facts
    )


def listed(item: Item, view: View, sentence: Span) -> Claim | tuple[()] | None:
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
    mentions = view.named((sentence[0], run[0].start))
    tail: list[Mention] = mentions[-1:]
    for mention in reversed(mentions[:-1]):
        if not re.fullmatch(r"[\s,*`\"]*(?:\b(?:and|en|e)\b)?[\s*`\"]*", view.text[mention.end : tail[0].start]):
            break
        tail.insert(0, mention)
    if len(tail) != len(run):
        return None
    spot = tail[run.index(item)]
    held = values_of(item.fact)
    if any(v in held.get(d, ()) for d, v in spot.means):
        return ()
    return (
        "label",
        f"By its place this belongs to {view.text[spot.start : spot.end]!r}, but {about(item.fact)}.",
    )


def _introduced(fact: Fact, view: View, item: Item) -> bool:
    held = values_of(fact)
    earlier = [m for m in view.mentions if m.start < item.start]
    return any(v in held.get(d, ()) for m in earlier for d, v in m.means)


def unnamed_claim(item: Item, view: View) -> Claim | None:
    """What narrows a fact must have been named beside it, before it or in the question, if others are alike."""
    alike = [values_of(f) for f in view.facts if f.unit == item.fact.unit and f.label == item.fact.label]
    sentence = view.layout.sentence(item.start)
    known = [m.means for m in view.mentions if m.start < sentence[1]]
    known += [m.means for m in find_mentions(view.question, view.names)]
    for dimension, values in values_of(item.fact).items():
        if len(values) > 3 or all(other.get(dimension) == values for other in alike):
            continue
        if mentioned_plainly(view.text[: sentence[1]] + " " + view.question, values):
            continue
        others = [f for f in view.facts if f.unit == item.fact.unit and f.label == item.fact.label]
        each = _EACH.search(view.said(sentence))
        if each and any(
            f.value == item.fact.value and f.id != item.fact.id and f.period == item.fact.period for f in others
        ):
            continue  # true of each of them
        if _pinned(item.fact, dimension, (m for m in view.mentions if m.start < sentence[1]), view):
            continue
        if not any(d == dimension and v in values for means in known for d, v in means):
            kind: FaultKind = "scope" if dimension == ACCOUNT else "label"
            return kind, f"Say what it is of: {about(item.fact)}, and the words do not name it."
    return None


def mentioned_plainly(text: str, values: Iterable[str]) -> bool:
    """Whether one of the values stands in the text as a word, whatever the dimension."""
    return any(re.search(rf"(?<![\w-]){re.escape(v)}(?![\w-])", text, re.IGNORECASE) for v in values)
