"""The local guard: what is deterministic runs here, in the process, on AWS too; the rest says `not assessed`."""

from __future__ import annotations

import re
import time
import unicodedata
from functools import cache, lru_cache

from policies.guardrails.attacks import attack_in, plain_text
from policies.guardrails.cleaning import clean
from policies.guardrails.definition import Definition, load
from policies.guardrails.guard import Asked, Assessment, Point, direction, only_bedrock
from policies.guardrails.masking import blocking, mask
from policies.guardrails.orders import orders_in, withheld
from policies.guardrails.split import withhold_split

MOST_CHARACTERS = 4000
"""The longest question that is read; a manager's question has a few hundred characters."""
MOST_KEPT = 500
"""Of a question that was not processed, so much is kept on record."""
_LONGEST_SECRET = 200
_NOTHING = Asked()


class LocalGuard:
    """Rules in the process: no network, the same text gives the same assessment."""

    remote = False

    def __init__(self, definition: Definition | None = None) -> None:
        self.name = "local"
        self.definition = definition or load()

    def assess(self, text: str, point: Point, asked: Asked = _NOTHING) -> Assessment:
        """Assess one text; never waits and never fails."""
        started = time.perf_counter()
        found = assess_question(text, self.definition) if point == "question" else self._data(text, point)
        return found.model_copy(update={"latency_ms": round((time.perf_counter() - started) * 1000, 3)})

    def _data(self, text: str, point: Point) -> Assessment:
        way = direction(point)
        masked, kinds = mask(clean(text), way, self.definition)
        blocked = [f"It contained a {kind.lower()}." for kind in kinds if kind in blocking(self.definition, way)]
        if point == "answer":
            blocked += _words(masked, self.definition)
            score, flags = 0.0, tuple[str, ...]()
        else:
            masked, score, flags = withhold_split(masked, self.definition.orders_in_data.withhold_from)
        return _assessment(self.definition, point, masked, kinds=kinds, reasons=blocked, flags=flags, score=score)


@cache
def local_guard() -> LocalGuard:
    """The local guard with the shipped definition."""
    return LocalGuard()


@lru_cache(maxsize=64)
def assess_question(text: str, definition: Definition | None = None) -> Assessment:
    """Assess a question as it arrived: refuse what is none, block attacks, topics and words, mask secrets."""
    definition = definition or load()
    printable = clean(text).strip()
    if not printable:
        return _refused(
            definition, "The question is empty. Ask about cost, security or operations of your AWS accounts."
        )
    if len(text) > MOST_CHARACTERS:
        found = f"The question has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read. Shorten it."
        return _refused(definition, found)
    if _looks_binary(text):
        return _refused(definition, "The question is not text. Ask in words.")
    attack = attack_in(printable)
    if attack:
        return _refused(definition, f"The question was not processed. What it was taken for: {attack}.")
    masked, kinds = mask(printable, "input", definition)
    secret = next((kind for kind in kinds if kind in blocking(definition, "input")), None)
    if secret:
        return _refused(definition, f"The question was not processed: it contained a {secret.lower()}. Ask without it.")
    denied = denied_topic(masked, definition)
    if denied:
        return _refused(definition, f"The question was not processed. {denied}")
    words = _words(masked, definition)
    if words:
        return _refused(definition, f"The question was not processed. {words[0]}")
    return _assessment(definition, "question", masked, kinds=kinds)


def denied_topic(text: str, definition: Definition) -> str | None:
    """The sentence of the first denied topic that a question is about, by rules; None if there is none."""
    plain = " ".join(plain_text(text).split())
    for said, pattern in _topics(definition):
        if pattern.search(plain):
            return said
    return None


@cache
def _topics(definition: Definition) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((topic.said, re.compile("|".join(topic.rules))) for topic in definition.topics)


@cache
def _blocked_words(definition: Definition) -> re.Pattern[str] | None:
    words = [re.escape(plain_text(word)) for word in definition.words.blocked]
    return re.compile(rf"\b(?:{'|'.join(words)})\b") if words else None


def _words(text: str, definition: Definition) -> list[str]:
    pattern = _blocked_words(definition)
    found = pattern.search(" ".join(plain_text(text).split())) if pattern else None
    return [f"The words {found[0]!r} may not be used."] if found else []


@lru_cache(maxsize=16_384)
def from_estate(text: str) -> str:
    """What the estate supplied, safe to keep, show and give to a model as data: cleaned, masked, its orders withheld.

    The same text always gives the same result, so that facts can be computed again from the stored responses.
    """
    safe = clean_and_mask(text)
    score, _ = orders_in(safe)
    return withheld(safe) if score >= load().orders_in_data.withhold_from else safe


def clean_and_mask(text: str) -> str:
    """A text without what steers a terminal, hides or identifies."""
    return mask(clean(text))[0]


def for_the_record(text: str) -> str:
    """What is kept of a text that was not processed: cleaned, then masked, then cut, so that no half secret stays."""
    whole = clean(text).strip()
    if len(whole) > MOST_CHARACTERS:
        whole = whole[: MOST_CHARACTERS - _LONGEST_SECRET]
        whole = whole[: max(whole.rfind(" "), whole.rfind("\n"), 0)] or whole[:MOST_KEPT]
    return mask(whole)[0][:MOST_KEPT]


def _looks_binary(text: str) -> bool:
    read = clean(text)  # escape sequences are taken out whole and tell nothing about the rest
    odd = sum(1 for char in text if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\x1b\n\r\t")
    odd += text.count("\ufffd")
    return odd > max(2, len(text) // 20) or 3 * read.count("\ufffd") > len(read)


def _refused(definition: Definition, reason: str) -> Assessment:
    return _assessment(definition, "question", "", reasons=[reason])


def _assessment(
    definition: Definition,
    point: Point,
    text: str,
    *,
    kinds: tuple[str, ...] = (),
    reasons: list[str] | None = None,
    flags: tuple[str, ...] = (),
    score: float = 0.0,
) -> Assessment:
    return Assessment(
        point=point,
        outcome="blocked" if reasons else "masked" if kinds or flags else "passed",
        text="" if reasons else text,
        masked=kinds,
        reasons=tuple(reasons or ()),
        flags=flags,
        score=score,
        not_assessed=only_bedrock(definition, point),
        version=definition.version,
    )
