"""The guard: looks at text on its way in, at what queries return, and on its way out."""

from __future__ import annotations

import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict

from policies.guardrails.attacks import attack_in
from policies.guardrails.masking import mask

Point = Literal["question", "model_input", "tool_result", "answer"]
MOST_CHARACTERS = 4000
"""The longest question that is read; a manager's question has a few hundred characters."""
_KEPT_CONTROLS = "\n\t"
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


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
        return _blocked(
            f"The question was not processed: it reads as an {attack}."
            if attack[0] in "aeiou"
            else f"The question was not processed: it reads as a {attack}."
        )
    return assess(printable, "question")


def assess(text: str, point: Point) -> Assessment:
    """Mask secrets and identifiers in a text."""
    masked_text, kinds = mask(text)
    return Assessment(point=point, outcome="masked" if kinds else "passed", text=masked_text, masked=kinds)


def clean(text: str) -> str:
    """Without control characters and direction overrides, which can make a text show what it does not say."""
    return "".join(
        char
        for char in text
        if char in _KEPT_CONTROLS or (unicodedata.category(char) not in ("Cc", "Cs", "Co") and char not in _BIDI)
    )


def clean_and_mask(text: str) -> str:
    """What the estate supplied, safe to keep, show and give to a model as data."""
    return mask(clean(text))[0]


def _looks_binary(text: str) -> bool:
    odd = sum(1 for char in text if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\n\r\t")
    return odd + text.count("\ufffd") > max(2, len(text) // 20)


def _blocked(reason: str) -> Assessment:
    return Assessment(point="question", outcome="blocked", text="", reasons=(reason,))
