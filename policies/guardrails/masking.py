"""Masking: secrets and personal identifiers that may neither enter a record nor leave in an answer.

Each rule has a pattern and, where the identifier carries one, a checksum, so that an account number or an amount is
not mistaken for it. What is masked is named by its kind: `[IBAN]`.

Checksums and number plans come from python-stdnum (BSN, IBAN with each country's structure, Luhn) and phonenumbers;
both are imported only when a candidate stands in a text. Presidio's recognisers were measured and left out (1.8 s of
import and 109 MB, because they need spaCy to load), and detect-secrets too (130 ms and 22 MB, and no Dutch or German
words for a password), so the shapes of secrets are our own rules, bounded in time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

from policies.guardrails.definition import CHOSEN, Action, Definition, Regex, load
from policies.guardrails.disguised import mask_disguised

Direction = Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of text to mask. `keep` builds the replacement; the default is the kind in brackets."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str]], bool] = lambda match: True
    keep: Callable[[re.Match[str]], str] | None = None
    needs: tuple[str, ...] = ()
    """Without one of these in the text (in lower case) there can be no match, and the pattern is not tried."""


def _iban(match: re.Match[str]) -> bool:
    from stdnum import iban

    return iban.is_valid(match[0], check_country=False)  # structure and mod 97; countries' own checks are rarely kept


def _bsn(match: re.Match[str]) -> bool:
    from stdnum.nl import bsn

    return bsn.is_valid(match["number"])


_ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d|2\d\d)\d{12}"
)
"""Lengths and first digits that card issuers use."""


def _card(match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match[0])
    if not _ISSUED.fullmatch(digits):
        return False  # one number in ten passes the checksum: a time in milliseconds is no card
    from stdnum import luhn

    return luhn.is_valid(digits)


def _phone(match: re.Match[str]) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(match[0].replace("(0)", "")))
    except phonenumbers.NumberParseException:
        return False


def _random(match: re.Match[str]) -> bool:
    """Looks drawn at random: characters of many kinds that change kind often. Words and hex digests do not."""
    text = match["secret"]
    kinds = [("U" if c.isupper() else "l") if c.isalpha() else "9" for c in text]
    changes = sum(1 for before, after in pairwise(kinds) if before != after)
    return {"U", "l", "9"} <= set(kinds) and changes >= len(text) * 3 // 10 and _entropy(text) >= 4.1


def _entropy(text: str) -> float:
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _key_id(match: re.Match[str]) -> bool:
    """Inside a longer word in capitals, ASIA may be a part of the word: there a key also has a digit."""
    around = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
    return match[0][1] == "K" or not any(map(str.isalnum, around)) or any(map(str.isdigit, match[0]))


def _mixed(match: re.Match[str]) -> bool:
    text = match["secret"]
    return any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)


def _has_digit(match: re.Match[str]) -> bool:
    return any(char.isdigit() for char in match["secret"])


_NO_SECRET = re.compile(
    r"(?:true|false|null|none|yes|no|never|is|was|who|whom|whose|what|when|where|which|why|how|has|have|did|does|do|are|"
    r"can|wie|wat|wanneer|quem|quando)[.,;?!]?$",
    re.IGNORECASE,
)


def _given(match: re.Match[str]) -> bool:
    return not _NO_SECRET.match(match["secret"].strip("\"'"))


def _given_in_code(match: re.Match[str]) -> bool:
    """After a colon and a space, prose may follow: there only what is no plain word counts."""
    prose = ":" in match["between"] and match["between"][-1].isspace()
    plain = match["secret"].strip("\"'.,;?!").replace("-", "").isalpha() and not _mixed_case(match["secret"])
    return _given(match) and not (prose and plain)


def _mixed_case(text: str) -> bool:
    return any(char.isupper() for char in text[1:]) and any(char.islower() for char in text)


def _after_name(kind: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"{match['name']}[{kind}]"


_VALUE = r"(?P<secret>\"(?!\[|…)[^\"\n]{1,2000}\"|'(?!\[|…)[^'\n]{1,2000}'|(?![\[…\"'])[^\s\"']+)"
_PASSWORDS = ("password", "passwort", "passwd", "passphrase", "pwd", "wachtwoord", "senha", "contrase", "mot de passe")
_BSN_WORDS = ("bsn", "burgerservice", "sofi", "citizen service", "servicenummer")
_BSN_WORD = (
    r"(?:bsn(?:[ _-]?(?:nr|nummer|number))?|burgerservice[ -]?n(?:umme)?r|sofi(?:-?nummer)?|citizen service number)"
)
_NINE = r"\d(?:[ .-]?\d){8}"
_LABEL = r"(?P<name>(?<![\w:/])[\w.-]{0,40}"
_BETWEEN = r"[\"']?(?P<between>\s{0,3}(?:=>|:=|[:=])\s{0,3}))"

RULES: tuple[Rule, ...] = (
    Rule(
        "PRIVATE KEY",
        re.compile(
            r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[^-]|-(?!----END)){0,10000}(?:-----END [A-Z ]{0,20}KEY-----)?"
        ),
        needs=("private key-----",),
    ),
    Rule(
        "ACCESS KEY",
        re.compile(r"A[KS]IA[A-Z0-9]{12}([A-Z0-9]{4})"),  # also glued to letters
        _key_id,
        keep=lambda match: f"…{match[1]}",
        needs=("akia", "asia"),
    ),
    Rule(
        "AWS SECRET KEY",
        re.compile(
            r"(?P<name>(?:secret|aws)[\w .-]{0,24}(?:key|token|secret)?"
            r"(?:[\"']{0,2}\s{0,3}(?:[:=]|\bis\b)|\s)\s{0,3}[\"']?)"
            r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
            re.IGNORECASE,
        ),
        _mixed,
        _after_name("AWS SECRET KEY"),
        needs=("secret", "aws"),
    ),
    Rule(
        "AWS SECRET KEY",
        re.compile(r"(?<![A-Za-z0-9/+_.-])(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_-])"),
        _random,
    ),
    # a token whose end was cut off is still one
    Rule(
        "TOKEN",
        re.compile(
            r"\beyJ[A-Za-z0-9_-]{10,4000}"
            r"(?:\s{0,2}\.\s{1,2}[A-Za-z0-9_-]{16,4000}|\s{1,2}\.[A-Za-z0-9_-]{16,4000}|\.[A-Za-z0-9_-]{0,4000}){1,4}"
        ),
        needs=("eyj",),
    ),
    Rule(
        "TOKEN",
        re.compile(
            r"(?<![A-Za-z0-9])(?:xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,400}|xapp-[A-Za-z0-9-]{10,400}|"
            r"gh[pousr]_[A-Za-z0-9]{20,300}|github_pat_[A-Za-z0-9_]{20,300}|gl[a-z]{2,6}-[A-Za-z0-9_.-]{20,300}|"
            r"npm_[A-Za-z0-9]{36,100}|hf_[A-Za-z0-9]{30,100}|AIza[A-Za-z0-9_-]{35}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,200})"
        ),
        needs=("xox", "xapp-", "gh", "gl", "npm_", "hf_", "aiza", "k_live_", "k_test_"),
    ),
    Rule(
        "TOKEN",
        re.compile(r"(?<![A-Za-z0-9_-])(?P<secret>sk-(?:[a-z]{2,10}[0-9]{0,3}-){0,6}[A-Za-z0-9_-]{16,300})"),
        _has_digit,
        needs=("sk-",),
    ),
    Rule(
        "TOKEN",
        re.compile(r"(?P<name>\bBearer\s{1,3})(?P<secret>[A-Za-z0-9._~+/-]{16,4000}={0,2})", re.IGNORECASE),
        _has_digit,
        _after_name("TOKEN"),
        needs=("bearer",),
    ),
    Rule(
        "PASSWORD",
        re.compile(r"(?P<name>://[^\s/:@\[\]]{1,100}:)(?P<secret>(?!\[)[^\s/@]{1,200})(?=@)"),
        keep=_after_name("PASSWORD"),
        needs=("://",),
    ),
    Rule(
        "PASSWORD",
        re.compile(
            rf"{_LABEL}(?:password|passwort|passwd|passphrase|pwd|wachtwoord|senha|contrase[nñ]a|mot de passe)"
            rf"{_BETWEEN}{_VALUE}",
            re.IGNORECASE,
        ),
        _given,
        _after_name("PASSWORD"),
        needs=_PASSWORDS,
    ),
    Rule(
        "PASSWORD",
        re.compile(
            r"(?P<name>\b(?:password|passwort|passwd|passphrase|pwd|wachtwoord|senha)\s{1,3}(?:(?:is|was|ist|é)\s{1,3})?)"
            r"(?P<secret>(?!\[)\S{6,200})",
            re.IGNORECASE,
        ),
        _mixed,
        _after_name("PASSWORD"),
        needs=_PASSWORDS,
    ),
    Rule(
        "SECRET",
        re.compile(
            rf"{_LABEL}(?:secret|token|api[ _-]?key|secret[ _-]?key|access[ _-]?key|private[ _-]?key|credentials?)"
            rf"{_BETWEEN}{_VALUE}",
            re.IGNORECASE,
        ),
        _given_in_code,
        _after_name("SECRET"),
        needs=("secret", "token", "key", "credential"),
    ),
    Rule("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"), _iban),
    # one number in eleven passes the checksum, so a BSN also has to be called one, before it or behind it
    Rule(
        "BSN",
        re.compile(rf"(?P<name>(?<![^\W_]){_BSN_WORD}(?![^\W\d_])\D{{0,40}})(?P<number>{_NINE})(?!\d)", re.IGNORECASE),
        _bsn,
        lambda match: f"{match['name']}[BSN]",
        needs=_BSN_WORDS,
    ),
    Rule(
        "BSN",
        re.compile(rf"(?<!\d)(?P<number>{_NINE})(?P<name>\D{{1,20}}?(?<![^\W_]){_BSN_WORD}(?![^\W_]))", re.IGNORECASE),
        _bsn,
        lambda match: f"[BSN]{match['name']}",
        needs=_BSN_WORDS,
    ),
    Rule("CARD NUMBER", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w.-])"), _card),
    Rule(
        "E-MAIL",
        re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}\b"),
        needs=("@",),
    ),
    Rule("PHONE", re.compile(r"(?<![\w+.])\+\d(?:[ ()-]{0,2}\d){7,14}(?![\w,.-]?\d)"), _phone, needs=("+",)),
)
"""Every kind that is recognised. Those of `CHOSEN` run where the definition asks for them, the others always."""


_MOST_PASSES = 8


@cache
def rules_for(definition: Definition, direction: Direction) -> tuple[tuple[Rule, Action], ...]:
    """The rules that run in one direction, with what is done about a match; secrets are always among them."""
    chosen: dict[str, Action] = {}
    own: list[tuple[Rule, Action]] = []
    for entry in (*definition.personal, *definition.regexes):
        action: Action = getattr(entry, direction)
        if isinstance(entry, Regex) and entry.local == "pattern":
            if action != "none":
                name = entry.name.upper().replace("-", " ")
                own.append((Rule(name, re.compile(entry.pattern)), action))
        elif entry.local and chosen.get(entry.local) != "block":
            chosen[entry.local] = action
    always: list[tuple[Rule, Action]] = [
        (rule, chosen.get(rule.kind, "none" if rule.kind in CHOSEN else "mask")) for rule in RULES
    ]
    return tuple((rule, action) for rule, action in [*always, *own] if action != "none")


@dataclass(frozen=True, slots=True, eq=False)
class _Running:
    """The rules that run, whatever is done about a match; a plain object, because every text is looked up with it."""

    rules: tuple[Rule, ...]


@cache
def _running(definition: Definition, direction: Direction) -> _Running:
    return _same(tuple(rule for rule, _action in rules_for(definition, direction)))


_same = cache(_Running)
"""One object for both directions where the same rules run in both."""


def mask(
    text: str, direction: Direction = "output", definition: Definition | None = None
) -> tuple[str, tuple[str, ...]]:
    """The text with every secret and identifier replaced, and the kinds that were found (sorted, each once).

    A replacement can bring a new match to light, so the rules run until nothing changes: masking twice is masking once.
    """
    return _masked(text, _running(definition or load(), direction))


@lru_cache(maxsize=128)  # a result is looked at as it comes back and as a model is about to read it
def _masked(text: str, running: _Running) -> tuple[str, tuple[str, ...]]:
    kinds: set[str] = set()
    for _ in range(_MOST_PASSES):
        before, lower = text, text.lower()
        for rule in running.rules:
            if not rule.needs or any(need in lower for need in rule.needs):
                text = _apply(rule, text, kinds)
        text = mask_disguised(text, kinds, RULES)
        if text == before:
            break
    return text, tuple(sorted(kinds))


def blocking(definition: Definition, direction: Direction) -> frozenset[str]:
    """The kinds whose mere presence blocks in this direction."""
    return frozenset(rule.kind for rule, action in rules_for(definition, direction) if action == "block")


def _apply(rule: Rule, text: str, kinds: set[str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        if not rule.holds(match):
            return match[0]
        kinds.add(rule.kind)
        return rule.keep(match) if rule.keep else f"[{rule.kind}]"

    return rule.pattern.sub(replaced, text)
