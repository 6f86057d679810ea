"""Orders in data: text of an AWS resource that tries to command the agent, scored and named.

A tag, a log line, an alarm's description or a finding's title is data. Whoever can write one of them can try to speak
to the model through it. Such a text is recognised by rules (disguises are taken off first: look-alike letters,
invisible characters, base64, hex, rot13, spelling backwards, spaced or l33t letters, and one order split over two
records), and from a score on it is withheld: the model reads a mark in its place, and nobody is shown it as an answer.

This is one layer. What the rules miss still cannot widen anything: the gate decides over every call by who asks, not
by what was read, and figures are bound to facts.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from policies.guardrails.attacks import addressed_attack, plain_text
from policies.guardrails.definition import read_yaml
from policies.guardrails.patterns import BoundedPattern

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def withheld(text: str) -> str:
    """What stands in place of a text that gives orders; two texts have two names, so that rows can be told apart."""
    name = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:5].translate(_LETTERS)
    if len(_SEEN) > _MOST_SEEN:
        _SEEN.clear()
    _SEEN[name] = orders_in(text)
    return f"(withheld {name}, it gives orders)"


def withheld_in(text: str) -> tuple[float, set[str]]:
    """How strongly the texts behind the marks in `text` gave orders, and what spoke for it; (0, none) without marks."""
    score, flags = 0.0, set[str]()
    for name in _MARK.findall(text):
        found, names = _SEEN.get(name, (0.0, ()))
        score = max(score, found)
        flags |= set(names or ["withheld earlier"])
    return score, flags


_MARK = re.compile(r"\(withheld ([a-p]{5}), it gives orders\)")
_SEEN: dict[str, tuple[float, tuple[str, ...]]] = {}
_MOST_SEEN = 4096
_SHORTEST = 12

_MARKUP = re.compile(
    r"<[|/a-z]|\[\[|\{\{|\[/?inst|\"(?:role|name|tool|function)\" ?:|#{1,4}\s*(?:system|assistant)|!\[|"
    r"(?:^|\n)\s*(?:system|assistant)\s*:"
)
_WORDS = re.compile(r"[a-z]{2,}")
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{20,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){12,2000}")
_LEET = str.maketrans("013457@$", "oieastas")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){4,60}\w(?!\w)")


class _Sign(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    weight: float = Field(gt=0, le=1)
    any: tuple[BoundedPattern, ...] = Field(min_length=1)


class _Stems(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    telling: frozenset[str] = Field(min_length=1)
    common: frozenset[str] = Field(min_length=1)


class _Signs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    words: dict[str, BoundedPattern]
    signs: tuple[_Sign, ...] = Field(min_length=1)
    stems: _Stems


@cache
def _signs() -> _Signs:
    return read_yaml(Path(__file__).with_name("orders.yaml"), _Signs)


@cache
def _compiled() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    """Name, weight and pattern of every sign; compiled when the first text needs it."""
    words = _signs().words
    made = []
    for sign in _signs().signs:
        pattern = "|".join(sign.any)
        for name, meant in words.items():
            pattern = pattern.replace(f"<{name}>", meant)
        made.append((sign.name, sign.weight, re.compile(pattern)))
    return tuple(made)


@lru_cache(maxsize=8192)
def orders_in(text: str) -> tuple[float, tuple[str, ...]]:
    """How strongly a text gives orders (0 to 1), and what speaks for it, by name."""
    if len(text) < _SHORTEST:
        return 0.0, ()
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for hidden, view in _views(text):
        found = _score(view, hidden)
        best = max(best, found)
        if best[0] >= 1.0:
            break
    return best


@lru_cache(maxsize=8192)
def may_order(text: str) -> bool:
    """Whether a text has a word of the kind that orders are made of; one half of an order has one."""
    beginnings = _beginnings(plain_text(text))
    return bool(beginnings & _signs().stems.telling or beginnings & _signs().stems.common)


def _beginnings(plain: str) -> set[str]:
    words = _WORDS.findall(plain)
    return {word[:4] for word in words} | {word[:5] for word in words}


def _worth_a_look(plain: str) -> bool:
    beginnings, stems = _beginnings(plain), _signs().stems
    return not stems.telling.isdisjoint(beginnings) or len(stems.common & beginnings) >= 3


def _score(plain: str, hidden: bool) -> tuple[float, tuple[str, ...]]:
    """One view of a text: an attack on the rules counts in full, other signs add up, a disguise counts too."""
    if not _worth_a_look(plain) and not _MARKUP.search(plain):
        return 0.0, ()
    attack = addressed_attack(plain)
    if attack:
        return 1.0, (attack,)
    found: dict[str, float] = {}
    for name, weight, pattern in _compiled():
        if pattern.search(plain):
            found[name] = max(weight, found.get(name, 0.0))
    if hidden and found:
        found["in disguise"] = 0.3
    return min(1.0, round(sum(found.values()), 2)), tuple(found)


def _views(text: str) -> Iterator[tuple[bool, str]]:
    """The text as it reads, and everything that it may read as; True for what only a decoder would read."""
    plain = plain_text(text)
    yield False, plain
    if any(char in "013457@$" for char in text):
        yield False, plain.translate(_LEET)
    if _SPACED.search(plain):
        spread = _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), re.sub(r" {2,}|[^\S\n]{2,}", "\n", text))
        yield True, plain_text(spread.replace("\n", " "))
    if "-" in plain or "_" in plain or "+" in plain or "%" in plain:  # names and paths cannot hold spaces
        yield False, re.sub(r"[-_+/]|%20", " ", plain)
    yield True, codecs.encode(plain, "rot13")
    yield True, plain[::-1]
    for blob in [*_BLOB.findall(text)[:20], *_HEX.findall(text)[:20]]:
        for decoded in decoded_text(blob):
            yield True, plain_text(decoded)


def decoded_text(blob: str) -> Iterator[str]:
    """What a run of base64 or hex says, where it says readable text."""
    bare = re.sub(r"[ :=]", "", blob)
    for encoding in ("hex", "base64"):
        try:
            if encoding == "hex":
                raw = bytes.fromhex(bare)
            else:
                plain = bare.replace("-", "+").replace("_", "/")
                raw = base64.b64decode(
                    plain[: len(plain) // 4 * 4] if len(plain) % 4 == 1 else plain + "=" * (-len(plain) % 4)
                )
            decoded = raw.decode()
        except (ValueError, binascii.Error):
            continue
        if sum(char.isalpha() or char.isspace() for char in decoded) > 0.7 * len(decoded):
            yield decoded
