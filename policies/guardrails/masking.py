"""Masking: secrets and personal identifiers that may neither enter a record nor leave in an answer.

Each rule has a pattern and, where the identifier carries one, a checksum, so that an account number or an amount is
not mistaken for it. What is masked is named by its kind: `[IBAN]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of text to mask. `keep` builds the replacement; the default is the kind in brackets."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str]], bool] = lambda match: True
    keep: Callable[[re.Match[str]], str] | None = None


def _iban(match: re.Match[str]) -> bool:
    text = re.sub(r"\s", "", match[0]).upper()
    turned = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _bsn(match: re.Match[str]) -> bool:
    digits = [int(char) for char in re.sub(r"\D", "", match["number"])]
    if len(digits) != 9:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def _card(match: re.Match[str]) -> bool:
    digits = [int(char) for char in match[0] if char.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _secret_key(match: re.Match[str]) -> bool:
    text = match["secret"]
    return any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)


RULES: tuple[Rule, ...] = (
    Rule(
        "PRIVATE KEY",
        re.compile(
            r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[^-]|-(?!----END)){0,10000}(?:-----END [A-Z ]{0,20}KEY-----)?"
        ),
    ),
    Rule(
        "ACCESS KEY",
        re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12}([A-Z0-9]{4})\b"),
        keep=lambda match: f"…{match[1]}",
    ),
    Rule(
        "AWS SECRET KEY",
        re.compile(
            r"(?P<name>(?:secret|aws)[\w .-]{0,24}(?:key|token|secret)?[\"' ]{0,2}\s?[:=]\s?[\"']?)"
            r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
            re.IGNORECASE,
        ),
        _secret_key,
        lambda match: f"{match['name']}[AWS SECRET KEY]",
    ),
    Rule("TOKEN", re.compile(r"\beyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}")),
    Rule("TOKEN", re.compile(r"\b(?:xox[abprs]-[A-Za-z0-9-]{10,200}|gh[pousr]_[A-Za-z0-9]{36,100})")),
    Rule("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"), _iban),
    Rule(
        "BSN",
        re.compile(
            r"(?P<name>\b(?:bsn|burgerservicenummer|sofi(?:-?nummer)?|citizen service number)\b\D{0,20})"
            r"(?P<number>\d(?:[ .]?\d){8})\b",
            re.IGNORECASE,
        ),
        _bsn,
        lambda match: f"{match['name']}[BSN]",
    ),
    Rule("CARD NUMBER", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])"), _card),
    Rule("E-MAIL", re.compile(r"\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}\b")),
)


def mask(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with every secret and identifier replaced, and the kinds that were found (sorted, each once)."""
    kinds: set[str] = set()
    for rule in RULES:

        def replaced(match: re.Match[str], rule: Rule = rule) -> str:
            if not rule.holds(match):
                return match[0]
            kinds.add(rule.kind)
            return rule.keep(match) if rule.keep else f"[{rule.kind}]"

        text = rule.pattern.sub(replaced, text)
    return text, tuple(sorted(kinds))
