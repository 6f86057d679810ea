"""The guard: looks at text on its way in, at what queries return, and on its way out."""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.guardrails.attacks import attack_in
from policies.guardrails.cleaning import clean
from policies.guardrails.masking import mask

Point = Literal["question", "model_input", "tool_result", "answer"]
MOST_CHARACTERS = 4000
"""The longest question that is read; a manager's question has a few hundred characters."""
MOST_KEPT = 500
"""Of a question that was not processed, so much is kept on record."""
_LONGEST_SECRET = 200


class Assessment(BaseModel):
    """What the guard found at one point. `text` is what may go on; it is empty when blocked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    point: Point
    outcome: Literal["passed", "masked", "blocked"]
    text: str
    masked: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    not_assessed: tuple[str, ...] = ("topics", "content", "contextual grounding")
    """What only a Bedrock guardrail can assess; said here so that nobody takes it for passed."""


def assess_question(text: str) -> Assessment:
    """Assess a question as it arrived: refuse what cannot be one, mask secrets, block attacks on the rules."""
    printable = clean(text).strip()
    if not printable:
        return _blocked("The question is empty. Ask about cost, security or operations of your AWS accounts.")
    if len(text) > MOST_CHARACTERS:
        return _blocked(f"The question has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read. Shorten it.")
    if _looks_binary(text):
        return _blocked("The question is not text. Ask in words.")
    attack = attack_in(printable)
    if attack:
        return _blocked(f"The question was not processed. What it was taken for: {attack}.")
    return assess(printable, "question")


def assess(text: str, point: Point) -> Assessment:
    """Clean a text, and mask secrets and identifiers in it."""
    masked_text, kinds = mask(clean(text))
    return Assessment(point=point, outcome="masked" if kinds else "passed", text=masked_text, masked=kinds)


def for_the_record(text: str) -> str:
    """What is kept of a text that was not processed: cleaned, then masked, then cut, so that no half secret stays."""
    whole = clean(text).strip()
    if len(whole) > MOST_CHARACTERS:
        whole = whole[: MOST_CHARACTERS - _LONGEST_SECRET]
        whole = whole[: max(whole.rfind(" "), whole.rfind("\n"), 0)] or whole[:MOST_KEPT]
    return mask(whole)[0][:MOST_KEPT]


def clean_and_mask(text: str) -> str:
    """What the estate supplied, safe to keep, show and give to a model as data."""
    return mask(clean(text))[0]


def _looks_binary(text: str) -> bool:
    read = clean(text)  # escape sequences are taken out whole and tell nothing about the rest
    odd = sum(1 for char in text if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\x1b\n\r\t")
    odd += text.count("\ufffd")
    return odd > max(2, len(text) // 20) or 3 * read.count("\ufffd") > len(read)


def _blocked(reason: str) -> Assessment:
    return Assessment(point="question", outcome="blocked", text="", reasons=(reason,))
