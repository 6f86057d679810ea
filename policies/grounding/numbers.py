"""Reading one number: in digits with any grouping and decimal mark, or in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from policies.grounding import lexicon
from policies.grounding.wordlist import listing


@dataclass(frozen=True, slots=True)
class Number:
    """A number in digits: its readings, the worth of its last digit, and the unit or magnitude glued to it."""

    values: tuple[Decimal, ...]
    quantum: Decimal
    unit: str | None = None
    factor: int = 1
    currency: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A number in words: how many words it takes and what it is worth (fractions in percent)."""

    length: int
    kind: Literal["number", "fraction", "ordinal", "vague"]
    value: Decimal


_GLUED = re.compile(
    r"(?P<sign>[+-]?)(?P<cur>us\$|r\$|[$€£¥₹]|usd|eur|gbp|brl|chf)?(?P<sign2>[+-]?)(?P<digits>\d[\d.,']*\d|\d|\.\d{1,6})"
    r"(?P<half> ?\d/\d{1,2})?-?(?P<tail>[a-zµ%$€£]{0,14})",
    re.IGNORECASE,
)


def read_number(piece: str) -> Number | None:
    """Read `1,234.56`, `1.234,56`, `-$4k`, `3.5%`, `200d`, `EUR12`; None if it is anything else."""
    match = _GLUED.fullmatch(piece)
    if not match:
        return None
    values = _values(match["digits"])
    if not values:
        return None
    unit, factor, currency = None, 1, bool(match["cur"])
    if currency:
        unit = lexicon.CURRENCY[match["cur"].lower()]
    if tail := match["tail"].lower():
        if tail in lexicon.CURRENCY and not currency:
            unit, currency = lexicon.CURRENCY[tail], True
        elif (
            match["tail"] in ("M", "T", "B")
            or tail in ("k", "mn", "mio", "bn", "mm", "b", "t")
            or (tail == "m" and currency)
        ):
            factor = lexicon.SUFFIX[tail]
        elif tail in lexicon.SCALE:
            factor = lexicon.SCALE[tail]
        elif tail in lexicon.UNIT and not currency:
            unit = lexicon.UNIT[tail]
        elif tail != "x" or currency:
            return None
    sign = -1 if "-" in (match["sign"], match["sign2"]) else 1
    readings = tuple(value * sign for value, _ in values)
    return Number(readings, values[0][1], unit, factor, currency)


def _values(digits: str) -> list[tuple[Decimal, Decimal]]:
    """Every reading of a run of digits with marks, each with the worth of its last digit."""
    plain = digits.replace("'", "")
    marks = [c for c in plain if c in ".,"]
    if not marks:
        return [(Decimal(plain), Decimal(1))]
    last, groups = marks[-1], re.split(r"[.,]", plain)
    grouped = all(len(g) == 3 for g in groups[1:]) and 1 <= len(groups[0]) <= 3
    out = []
    if grouped and len(set(marks)) == 1:
        out.append((Decimal("".join(groups)), Decimal(1)))
    if marks.count(last) == 1:
        whole, part = groups[:-1], groups[-1]
        inner_ok = len(whole) == 1 or (
            len(set(marks[:-1])) == 1 and marks[0] != last and all(len(g) == 3 for g in whole[1:])
        )
        if inner_ok and (groups[0] or part):
            out.append((Decimal(f"{''.join(whole) or '0'}.{part}"), Decimal(1).scaleb(-len(part))))
    return out


def read_words(words: Sequence[str], gaps: Sequence[str]) -> Reading | None:
    """Read the number that starts at the first word: `twelve`, `two-thirds`, `a dozen`, `one hundred and five`."""
    first = words[0]
    if first in lexicon.VAGUE:
        return Reading(1, "vague", Decimal(0))
    if fraction := _fraction(words, gaps):
        return fraction
    if first in ("a", "an", "een", "uma", "um"):
        if (
            len(words) > 1
            and gaps[0] == " "
            and (words[1] in ("dozen", "couple", "pair", "dozijn", "dúzia", "score") or words[1] in lexicon.SCALE)
        ):
            if words[1] == "gross-dozen":
                return None
            worth = lexicon.SMALL.get(words[1]) or lexicon.SCALE[words[1]]
            return Reading(2, "number", Decimal(worth))
        return None
    if "-" in first and first not in lexicon.SMALL:
        return _hyphened(first)
    if first in lexicon.ORDINAL:
        return Reading(1, "ordinal", Decimal(lexicon.ORDINAL[first]))
    return _cardinal(words, gaps)


def _fraction(words: Sequence[str], gaps: Sequence[str]) -> Reading | None:
    first = words[0]
    parts = first.split("-")
    if len(parts) == 2 and parts[0] in lexicon.SMALL and parts[1] in lexicon.DENOMINATOR:
        return Reading(1, "fraction", _percent(lexicon.SMALL[parts[0]], parts[1]))
    spaced = len(words) > 1 and gaps[0] in (" ", "-") and words[1] in lexicon.DENOMINATOR
    if (
        spaced
        and first in lexicon.SMALL
        and (lexicon.SMALL[first] > 1 or gaps[0] == "-" or words[2:3] == ["of"] or words[1] != "second")
    ):
        return Reading(2, "fraction", _percent(lexicon.SMALL[first], words[1]))
    if (
        spaced
        and first in ("a", "een", "um", "uma")
        and words[2:3] in (["of"], ["van"], ["do"], ["da"], ["more"], ["less"], ["higher"], ["lower"])
    ):
        return Reading(2, "fraction", _percent(1, words[1]))
    if (
        spaced
        and first in ("a", "een")
        and words[1] in ("third", "quarter", "fifth", "half", "tenth", "derde", "kwart")
    ) and (
        words[1] == "half"
        or len(words) == 2
        or gaps[1].strip() != ""
        or words[1] == "quarter"
        or words[2] in _AFTER_SHARE
    ):
        return Reading(2, "fraction", _percent(1, words[1]))
    if first in lexicon.FRACTION and first not in ("quarter", "quarters", "kwart"):
        return Reading(1, "fraction", lexicon.FRACTION[first])
    if first.startswith(("half-",)):
        return Reading(1, "fraction", Decimal(50))
    return None


_AFTER_SHARE = frozenset(listing("of is was comes came goes went in on at for to from since and or by as than over"))


def _percent(count: int, denominator: str) -> Decimal:
    return (Decimal(100) * count / lexicon.DENOMINATOR[denominator]).quantize(Decimal("0.01"))


def _hyphened(word: str) -> Reading | None:
    parts = word.split("-")
    if all(p in lexicon.SMALL or p in lexicon.SCALE for p in parts):
        inner = _cardinal(parts, ["-"] * (len(parts) - 1))
        return Reading(1, "number", inner.value) if inner else None
    if parts[0] in lexicon.SMALL and len(parts) == 2 and parts[1] in lexicon.ORDINAL and lexicon.SMALL[parts[0]] >= 20:
        return Reading(1, "ordinal", Decimal(lexicon.SMALL[parts[0]] + lexicon.ORDINAL[parts[1]]))
    if parts[0] in lexicon.SMALL and lexicon.SMALL[parts[0]] >= 0 and parts[0] != "score":
        return Reading(1, "number", Decimal(lexicon.SMALL[parts[0]]))
    return None


def _cardinal(words: Sequence[str], gaps: Sequence[str]) -> Reading | None:
    total, current, used, index = 0, 0, 0, 0
    while index < len(words):
        if index and gaps[index - 1] not in (" ", "-"):
            break
        word = words[index]
        if (
            word in ("and", "en", "e")
            and used
            and current >= 100
            and index + 1 < len(words)
            and words[index + 1] in lexicon.SMALL
        ):
            index += 1
            continue
        inner = list(word.split("-")) if "-" in word else [word]
        if not all(p in lexicon.SMALL or p in lexicon.SCALE for p in inner):
            break
        for part in inner:
            if part in lexicon.SMALL:
                if part in ("couple", "pair", "dozen") and used:
                    current *= lexicon.SMALL[part]
                else:
                    current += lexicon.SMALL[part]
            elif lexicon.SCALE[part] == 100:
                current = max(current, 1) * 100
            else:
                total, current = total + max(current, 1) * lexicon.SCALE[part], 0
        index += 1
        used = index
    if not used or (used == 1 and words[0] == "score"):
        return None
    return Reading(used, "number", Decimal(total + current))
