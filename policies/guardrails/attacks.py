"""Attacks on the agent's instructions, recognised in a question by rules. Each rule has a name for the ledger.

These rules are one layer: whatever passes them still meets the gate, the allow-list and grounding.
"""

from __future__ import annotations

import re
import unicodedata

_OVERRIDE = r"(?:ignore|disregard|forget|override|bypass|negeer|vergeet|omzeil|ignore|esque[çc]a|desconsidere|burle)"
_RULES = (
    r"(?:instruction|rule|polic|guardrail|restriction|system prompt|prompt|safeguard|safety|instructie|regel|beleid|"
    r"beperking|instru[çc][õo]es|regra|restri[çc])"
)

ATTACKS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for name, pattern in {
        "override of the rules": rf"\b{_OVERRIDE}\b[^.?!]{{0,40}}\b(?:all|any|previous|prior|earlier|above|your|the|these|"
        rf"alle|vorige|eerdere|je|jouw|deze|as|todas|suas|anteriores)\b[^.?!]{{0,30}}{_RULES}",
        "claim of another role": r"\b(?:you are|act|pretend|behave|je bent|doe alsof|voc[êe] [ée]|aja)\b[^.?!]{0,30}"
        r"\b(?:now|no longer|as if|as an? (?:admin|root|developer|unrestricted)|dan\b|jailbr|unrestricted|vanaf nu|agora)",
        "request for the instructions": r"\b(?:reveal|print|show|repeat|output|leak|toon|herhaal|mostre|revele)\b[^.?!]{0,30}"
        r"\b(?:system prompt|your (?:prompt|instructions|rules)|hidden (?:prompt|instructions)|systeemprompt|"
        r"je instructies|suas instru)",
        "switching off the controls": r"\b(?:disable|turn off|switch off|without|skip|stop|zet|schakel|desative|desligue)\b"
        r"[^.?!]{0,30}\b(?:gate|guardrail|ledger|audit (?:log|trail)|receipts?|grounding|policy check)\b"
        r"[^.?!]{0,10}(?:uit\b|$|[.?!,]| and | for )",
        "invention on demand": r"\b(?:make up|invent|fabricate|verzin|invente)\b[^.?!]{0,30}"
        r"\b(?:figure|number|amount|receipt|cijfer|bedrag|n[úu]mero)",
        "markup of a conversation": r"<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]|"
        r"^\s*(?:system|assistant)\s*:",
        "forged reference": r"\[\[\s*f\d+\s*\]\]|\{\{",
    }.items()
}


def attack_in(text: str) -> str | None:
    """The name of the first attack found in a text, or None. Look-alike characters and invisible ones are folded."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return next((name for name, pattern in ATTACKS.items() if pattern.search(plain)), None)
