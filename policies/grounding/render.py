"""Rendering: a draft's references `[[f12]]` become values that code writes, with period, scope and basis.

What is written, in this order:

1. The value in the reader's format with its unit. A unit that the draft repeats beside the reference is not doubled
   (`USD [[f1]]`, `[[f4]] percent`, `[[f12]] critical findings`). A change that went down is written without its sign
   where the words say so ("fell by [[f5]]"), else with it.
2. The context in parentheses behind a number: the first in a block names period, accounts and basis:
   `USD 12,345.67 (September 2026, all accounts, net)`. A later one names only what differs from the number before it;
   a list under a line that ends with a colon goes on from the paragraph above. A period that the line itself starts
   with (`August 2026: [[f3]]`) is not named again. Filters and accounts that the sentence itself names
   ("Amazon RDS at [[f3]]") are not named again, so a ranking in one sentence carries one context. Inside parentheses a
   comma takes their place. In a table the common context stands once, in a line below it. Names, ids and dates carry
   no period or basis.

A reference that is unknown, malformed or glued to other characters is a fault; its text never gets through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policies.grounding import names, values, words
from policies.grounding.fold import fold
from policies.grounding.layout import is_table_row, lay_out
from policies.grounding.model import Fault, Figure, Locale, Rendered
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import UNTAGGED, Fact

REFERENCE = re.compile(r"\[\[([A-Za-z][A-Za-z0-9_-]{0,31})\]\]")
_BROKEN = re.compile(
    r"\[\s*\[[^\[\]\n]{0,40}\]?\]?|\[\s{0,3}f\s?\d{1,6}[^\]\n]{0,20}\]?|\]\]|\[\[|[【〚⟦\uff3b][^】\n]{0,20}[】〛⟧\uff3d]?",
    re.I,
)
_BARE = re.compile(r"(?<![\w.])f\d{1,6}(?![\w.-])", re.IGNORECASE)
_GLUE_BEFORE = re.compile(r"[\w.,/:+\-\u2212$€£%#*\u00d7^\][](?<![*_]{2})\Z")
_HEADED = re.compile(r"\s*[^\n]*:[ \t]*\n[ \t]*[-*•] ")
"""A list and the line above it."""
_FUNCTION = frozenset(
    listing(
        "of in on at for to from by with and or but is are was were be has have had that which who "
        "than as the a an its their van in op en of zijn is waren de het do da dos das em e são foi"
    )
)
_SWALLOW_BEFORE = re.compile(r"(?:(?<![\w])(us\$|r\$|usd|eur|gbp|brl|chf|euros?)|([$€£])) ?$", re.IGNORECASE)
_SWALLOW_AFTER = re.compile(
    r" ?(?:(%)|(percent|per cent|procent|pct|percentage points?|pp|usd|eur|gbp|brl|chf|dollars?|euros?|"
    r"days?|hours?|minutes?|weeks?|seconds?|[kmgt]b|utc)(?![\w]))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Piece:
    """A stretch of output: draft text, or what a reference became (with the text swallowed after it)."""

    text: str
    at: int
    fact: Fact | None = None
    tail: str = ""
    """The noun phrase after the value that the draft wrote itself; the context goes behind it."""
    context: str = ""


@dataclass(slots=True)
class _Known:
    """What the reader of a block already knows about the number before."""

    parts: dict[str, str] = field(default_factory=dict)


def render(draft: str, facts: Sequence[Fact], *, locale: Locale = "en") -> Rendered:
    """Write a draft's references out. Faults name every reference that could not be written."""
    by_id = {fact.id: fact for fact in facts}
    pieces, faults = _split(draft, by_id, locale)
    _add_contexts(pieces)
    return _join(pieces, faults)


def context_of(fact: Fact) -> dict[str, str]:
    """The parts of a fact's context, in writing order: period, accounts, filters, basis."""
    parts: dict[str, str] = {}
    if fact.period is not None:
        label = fact.period.label
        if fact.period.start == fact.period.end:
            label = "as of " + (label[5:-1] if label.startswith("now (") else label)
        parts["period"] = re.sub(r" \((.*)\)", r", \1", label)
    count = len(fact.scope.accounts)
    parts["accounts"] = (
        "all accounts" if not count
        else f"account{'s' if count > 1 else ''} {', '.join(fact.scope.accounts)}" if count <= 3
        else f"{count} accounts"
    )  # fmt: skip
    parts |= {
        f"where {key}": _untagged(key) if value == UNTAGGED else f"{key} {value}"
        for key, value in fact.scope.where.items()
    }
    if fact.scope.basis:
        parts["basis"] = fact.scope.basis
    return parts


def _untagged(key: str) -> str:
    return f"no {key.casefold()} tag"


def _split(draft: str, by_id: dict[str, Fact], locale: Locale) -> tuple[list[_Piece], list[Fault]]:
    pieces: list[_Piece] = []
    faults: list[Fault] = []
    at = 0
    for match in REFERENCE.finditer(draft):
        if match.start() < at:
            continue
        fact = by_id.get(match[1])
        text, start = draft[at : match.start()], at
        if fact is None:
            message = f"There is no fact {match[1]}. Refer only to facts that a query returned in this question."
            faults.append(Fault(kind="unknown_reference", text=match[0], position=match.start(), message=message))
            pieces += [_Piece(text, start), _Piece("…", match.start())]
            at = match.end()
            continue
        text, after, tail, magnitude = _fit(fact, text, draft[match.end() :])
        if wrong := _wrong_unit(fact, text, draft[match.end() + after :], by_id.values()):
            message = f"{match[0]} is in {fact.unit}: code writes the unit, so {wrong!r} beside it is wrong."
            faults.append(Fault(kind="unit", text=f"{match[0]} ({wrong})", position=match.start(), message=message))
        if glued := _glued(text, draft[match.end() + after :]):
            faults.append(
                Fault(
                    kind="glued_reference",
                    text=f"{glued[0]}{match[0]}{glued[1]}",
                    position=match.start(),
                    message=f"{match[0]} touches {(glued[0] or glued[1])!r}: code writes the whole figure, so "
                    f"leave a space.",
                )
            )
        written = values.write(fact.value, fact.unit, locale, magnitude=magnitude)
        if tail:
            written = values.number(fact.value, locale, magnitude=magnitude)
        pieces += [_Piece(text, start), _Piece(written, match.start(), fact, tail)]
        at = match.end() + after
    pieces.append(_Piece(draft[at:], at))
    return pieces, sorted([*faults, *_broken(pieces, by_id)], key=lambda f: f.position)


def _fit(fact: Fact, before: str, after: str) -> tuple[str, int, str, bool]:
    """Text before (less a repeated currency), how much after is swallowed, the noun tail, whether to drop the sign."""
    kind = units.kind(fact.unit)
    if kind == "money" and (m := _SWALLOW_BEFORE.search(before)) and _same_unit(m[0], fact.unit):
        before = before[: m.start()]
    swallowed, tail = 0, ""
    if (m := _SWALLOW_AFTER.match(after)) and _same_unit(m[0], fact.unit):
        swallowed = m.end()
    elif kind == "count" and (noun := _noun_after(after, fact.unit)):
        swallowed, tail = len(noun), noun
    return before, swallowed, tail, words.way(fact) < 0 and _says_down(before, after[swallowed:])


def _same_unit(written: str, unit: str) -> bool:
    from policies.grounding import lexicon

    word = written.strip().lower()
    known = {"%": "percent", "per cent": "percent", "percentage point": "percentage points", "utc": "time"}
    known |= {"percentage points": "percentage points"}
    meant = known.get(word) or lexicon.CURRENCY.get(word) or lexicon.UNIT.get(word)
    return meant == unit


def _wrong_unit(fact: Fact, before: str, after: str, facts: Iterable[Fact]) -> str:
    """A currency, unit or counted noun that the draft puts right beside a reference to a fact of another unit."""
    if not units.is_number(fact.unit):
        return ""
    if (m := _SWALLOW_BEFORE.search(before)) and not _same_unit(m[0], fact.unit):
        return m[0].strip()
    if (m := _SWALLOW_AFTER.match(after)) and not _same_unit(m[0], fact.unit):
        return m[0].strip()
    following = words.plain(after[:40])[:1] if re.match(r" \w", after) else []
    for other in facts:
        if units.kind(other.unit) != "count" or other.unit == fact.unit:
            continue
        nouns = {other.unit.split()[-1].lower(), units.singular(other.unit).split()[-1].lower()}
        if following and following[0] in nouns - set(fact.unit.lower().split()) - set(words.plain(fact.label)):
            return following[0]
    return ""


def _noun_after(after: str, unit: str) -> str:
    nouns = "|".join({re.escape(unit), re.escape(units.singular(unit)), re.escape(unit.split()[-1])})
    match = re.match(rf"(?: [^\W\d_][\w-]*){{0,3}}? (?:{nouns})(?![\w-])", after, re.IGNORECASE)
    if not match or set(match[0].lower().split()) & _FUNCTION:
        return ""
    return match[0]


def _says_down(before: str, after: str) -> bool:
    near = re.split(r"[.;:\n]|\]\]", before)[-1]
    said = [w for w in words.plain(near)[-8:] if w in words.UP or w in words.DOWN]
    follows = [w for w in words.plain(re.split(r"[.,;:\n\[]", after)[0])[:2] if w in words.UP or w in words.DOWN]
    return bool((follows or said) and (follows[0] if follows else said[-1]) in words.DOWN)


def _glued(before: str, after: str) -> tuple[str, str] | None:
    left = _GLUE_BEFORE.search(before) if before else None
    if before.endswith(("**", "__", "*", "_")):
        left = None
    right = re.match(r"[\w%$€£+\u00d7^\[\]]|[-/:.,'](?=\d|\[\[)|-(?=\w)", after)
    return (left[0] if left else "", right[0] if right else "") if left or right else None


def _broken(pieces: list[_Piece], by_id: dict[str, Fact]) -> list[Fault]:
    known = " ".join(
        [f.label for f in by_id.values()] + [f.value for f in by_id.values() if isinstance(f.value, str)]
    ).lower()
    faults = []
    for piece in pieces:
        if piece.fact is not None:
            continue
        folded = fold(piece.text)
        spans = [m.span() for m in _BROKEN.finditer(folded.text)]
        spans += [
            m.span() for m in _BARE.finditer(folded.text)
            if m[0].lower() not in known and not any(a <= m.start() < b for a, b in spans)
        ]  # fmt: skip
        for start, end in spans:
            a, b = folded.span(start, end)
            message = (
                "This is not a reference. Write it exactly as [[f12]], with the id of one fact and nothing else inside."
            )
            faults.append(
                Fault(kind="malformed_reference", text=piece.text[a:b], position=piece.at + a, message=message)
            )
    return faults


def _add_contexts(pieces: list[_Piece]) -> None:
    text = "".join(p.text + p.tail for p in pieces)
    layout = lay_out(text)
    blocks: dict[tuple[int, int], _Known] = {}
    tables: dict[tuple[int, int], bool] = {}
    at = 0
    for piece in pieces:
        start, at = at, at + len(piece.text) + len(piece.tail)
        if piece.fact is None or units.kind(piece.fact.unit) == "text":
            continue
        block, sentence = layout.block(start), layout.sentence(start)
        said = text[sentence[0] : sentence[1]]
        if block not in blocks:
            blocks[block] = _begun(text, layout.blocks, block, blocks)
        known = blocks[block]
        table = is_table_row(said)
        missing = _missing(piece.fact, known, said)
        if table and block not in tables:
            tables[block] = True
            missing = [m for m in missing if m.startswith("\0")]
        period = piece.fact.period
        if period is not None and text[sentence[0] : start].strip(" \n-*•") == f"{period.label}:":
            missing = [m for m in missing if m != context_of(piece.fact)["period"]]
        if parts := [m.lstrip("\0") for m in missing]:
            open_paren = text.rfind("(", sentence[0], start) > text.rfind(")", sentence[0], start)
            piece.context = f", {', '.join(parts)}" if open_paren else f" ({', '.join(parts)})"
    _close_tables(pieces, layout.blocks, blocks, tables)


def _begun(
    text: str, spans: Sequence[tuple[int, int]], block: tuple[int, int], known: dict[tuple[int, int], _Known]
) -> _Known:
    """What a reader knows where a block begins: in a list with its heading, what the paragraph above it said."""
    place = spans.index(block)
    if place and _HEADED.match(text, *block) and (above := known.get(spans[place - 1])) is not None:
        return _Known(dict(above.parts))
    return _Known()


def _missing(fact: Fact, known: _Known, said: str) -> list[str]:
    """Parts of the context that neither the number before nor the sentence tells; filters are marked with NUL."""
    parts = context_of(fact)
    timeless = not units.is_number(fact.unit)
    # which whole a part is of stands in its name, so that it is beside the amounts before and after it
    is_share = fact.unit == "percent" and "share of" in fact.label
    if timeless:
        parts = {k: v for k, v in parts.items() if k not in ("period", "basis") and v != "all accounts"}
    out = []
    for key, part in parts.items():
        if known.parts.get(key) == part or (key == "accounts" and is_share and known.parts and not fact.scope.accounts):
            continue
        if (
            key == "accounts"
            and fact.scope.accounts
            and all(names.mentions(said, names.ACCOUNT, a) for a in fact.scope.accounts)
        ):
            continue
        if key.startswith("where ") and names.mentions(said, key[6:], fact.scope.where[key[6:]]):
            continue
        if part == _untagged(key.removeprefix("where ")) and part in said.casefold():
            continue
        out.append(f"\0{part}" if key.startswith("where ") else part)
    if not timeless:
        if (
            any(key.startswith("where ") and key not in parts for key in known.parts)
            and not out
            and not fact.scope.where
            and not is_share
        ):
            out.append(parts["accounts"])
        if out or not is_share:
            known.parts = dict(parts)
    return out


def _close_tables(
    pieces: list[_Piece],
    spans: tuple[tuple[int, int], ...],
    blocks: dict[tuple[int, int], _Known],
    tables: dict[tuple[int, int], bool],
) -> None:
    """Write the context that a whole table shares in a line below it."""
    first: dict[tuple[int, int], tuple[Fact, _Piece]] = {}
    at = 0
    for piece in pieces:
        start, at = at, at + len(piece.text) + len(piece.tail)
        block = next((s for s in spans if s[0] <= start < s[1]), None)
        if piece.fact is not None and units.kind(piece.fact.unit) != "text" and block in tables and block is not None:
            first[block] = (first[block][0] if block in first else piece.fact, piece)
    for fact, last in first.values():
        shared = ", ".join(part for key, part in context_of(fact).items() if not key.startswith("where "))
        follower = pieces[pieces.index(last) + 1] if last in pieces else None
        if follower is not None and follower.fact is None:
            row, _, rest = follower.text.partition("\n")
            line = f"\n\nAll figures: {shared}.\n"
            follower.context = f"{len(row)}:{line}" if not rest.startswith("|") else ""
            if rest.startswith("|"):
                last.context += f" ({shared})"


def _join(pieces: list[_Piece], faults: list[Fault]) -> Rendered:
    out: list[str] = []
    figures: list[Figure] = []
    contexts: list[tuple[int, int]] = []
    origin: list[tuple[int, int]] = []
    length = 0

    def put(text: str, at: int) -> int:
        nonlocal length
        if text:
            origin.append((length, at))
            out.append(text)
            length += len(text)
        return length

    for piece in pieces:
        start = length
        if piece.fact is None and piece.context:
            cut, _, line = piece.context.partition(":")
            begin = put(piece.text[: int(cut)], piece.at)
            contexts.append((begin, put(line, piece.at)))
            put(piece.text[int(cut) :].removeprefix("\n"), piece.at + int(cut))
            continue
        end = put(piece.text, piece.at)
        if piece.fact is not None:
            fact = piece.fact
            figures.append(
                Figure(text=piece.text, start=start, end=end, value=fact.value, unit=fact.unit, facts=(fact.id,))
            )
            end = put(piece.tail, piece.at)
            if piece.context:
                contexts.append((end, put(piece.context, piece.at)))
    return Rendered(
        text="".join(out),
        figures=tuple(figures),
        contexts=tuple(contexts),
        origin=tuple(origin) or ((0, 0),),
        faults=tuple(faults),
    )
