"""Words: one spelling for everything that follows (lower case, no accents, no contractions), and typo tolerance."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from agents.models.offline.words.shorthand import written_out

_HUNDREDS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TENS = {
    "ten": 10,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}


def _and_a_half(count: int, unit: str) -> str:
    return f"{count * 12 + 6} months" if unit == "year" else f"{count * 30 + 15} days"


_SPLIT = re.compile(
    r"\b(?:spread|split|distribut\w*|divid\w*|shared?|allocat\w*|broken|break|breakdown|compar\w*|rank\w*|varie[sd]|vary|differ\w*|which|most|least|highest|lowest|top)\b"
)


def _everywhere(match: re.Match[str]) -> str:
    """ "Across all accounts" says where is looked; it splits only where something else says so."""
    return match[0] if _SPLIT.search(match.string) else f"in all {match[1]}"


_BARS = r"(?:leav(?:e|es|ing) (?:out|away|off)|drop(?:ping)?|skip(?:ping)?|ignor(?:e|ing)|hid(?:e|ing)|forget(?:ting)?(?: about)?|remov(?:e|ing)|omit(?:ting)?|strip(?:ping)? (?:out|away)|cut(?:ting)? out|filter(?:ing)? out|exclud(?:e|ing)|throw(?:ing)? out)"
_BUT = r"(?:but(?: for)?|except(?:ing)?(?: for)?|other than|apart from|aside from|besides|bar|save(?: for)?)"
"""What leaves all but something out: that is what is wanted."""
_VERSION = r"(?:[ -]?(?:runtime|version|v))*[ .-]?"
_NO_UNIT = r"(?![\w%]|\.\d| (?:times|hours?|days?|weeks?|months?|years?|percent)\b)"
_RUNTIMES: tuple[tuple[str, str], ...] = (
    (rf"(?<!\w)(?:\.|dot ?)net(?: ?core)?{_VERSION}([23]\.1){_NO_UNIT}", r"dotnetcore\1"),
    (rf"(?<!\w)(?:\.|dot ?)net(?: core| framework)?{_VERSION}(\d{{1,2}}(?:\.\d)?){_NO_UNIT}", r"dotnet\1"),
    (rf"\b(?:node[. ]?js{_VERSION}|node{_VERSION}(?=\d\d))(\d{{1,2}}(?:\.(?:x|\d+))?){_NO_UNIT}", r"nodejs\1"),
    (rf"\bpy(?:thon)?{_VERSION}(\d(?:\.\d{{1,2}})?){_NO_UNIT}", r"python\1"),
    (rf"\bruby{_VERSION}(\d\.\d){_NO_UNIT}", r"ruby\1"),
    (rf"\bjava{_VERSION}(\d{{1,2}}){_NO_UNIT}", r"java\1"),
    (rf"\bgo(?:lang)?{_VERSION}(1\.x){_NO_UNIT}", r"go\1"),
    (rf"\b(mysql|postgres(?:ql)?|mariadb){_VERSION}(\d{{1,2}}(?:\.\d{{1,2}}){{1,2}}){_NO_UNIT}", r"\1\2"),
)
"""Runtimes as AWS spells them, and engines with their version: set apart, it would be read as a date ("3.9") or a number."""
_SPELLINGS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    *_RUNTIMES,
    (r"[\u2018\u2019\u02bc`]", "'"),
    (r"[\u2013\u2014]", " - "),
    (r"\b(what|who|where|how|why|when|that|there|it|here)'s\b", r"\1 is"),
    (r"\blet'?s\b", "let us"),
    (r"\b([ar])'dam\b", r"\1dam"),
    (r"(?<!\d)(\d{4})[ -](\d{4})[ -](\d{4})(?!\d)", r"\1\2\3"),
    (r"\bback[- ]offices?\b", "backoffice"),
    (
        r"\b(?:deprecated|obsolete|unsupported|eol|end[- ]of[- ](?:life|support)|no longer supported|retired|ancient)(?= (?:lambda |function )?run ?times?\b)",
        "outdated",
    ),
    (r"\bpre-production\b", "preproduction"),
    (r"\b(us|eu|ap|sa|ca|me|af)[ _]?(east|west|central|north|south|northeast|southeast)[ _-]?([1-4])\b", r"\1-\2-\3"),
    (r"\bwhats\b", "what is"),
    (r"\bgonna\b", "going to"),
    (r"\bwanna\b", "want to"),
    (r"\bwhos\b", "who is"),
    (r"\b(hows)\b", "how is"),
    (r"\b(can)'?t\b|\bcannot\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\b(is|are|was|were|do|does|did|has|have|had|should|would|could)n'?t\b", r"\1 not"),
    (r"\b(i|we|you|they)'(ve|re|ll|d|m)\b", r"\1 \2"),
    (r"'s\b", " 's"),
    (r"\bpct\b|%", " percent "),
    (r"\bhalf[ -](?:a )?dozen\b(?! times)", "six"),
    (r"\b(?:an?|one) dozen\b(?! times)", "twelve"),
    (
        rf"\b({'|'.join(_HUNDREDS)}|\d) and a half (year|month)s?\b",
        lambda m: _and_a_half(_HUNDREDS.get(m[1]) or int(m[1]), m[2]),
    ),
    (
        rf"\b({'|'.join(_HUNDREDS)}) hundred(?: and)? ({'|'.join(_TENS)})\b",
        lambda m: str(_HUNDREDS[m[1]] * 100 + _TENS[m[2]]),
    ),
    (rf"\b({'|'.join(_HUNDREDS)}) hundred\b(?! thousand| million| percent)", lambda m: str(_HUNDREDS[m[1]] * 100)),
    (r"\bm-o-m\b|\bmom\b", "month on month"),
    (r"\by-o-y\b|\byoy\b", "year on year"),
    (r"\bback[- ]ups?\b", "backup"),
    (r"\bper[- ]cent\b", "percent"),
    (r"\bavg\b\.?", "average"),
    (r"\bmths?\b\.?", "month"),
    (r"\bqtr\b\.?", "quarter"),
    (r"\baccts?\b\.?", "account"),
    (r"\b(?:u|ya)\b(?!-)", "you"),
    (r"\br (?=we\b|you\b|the\b|there\b)", "are "),
    (r"\b'?em\b(?= ?[,.?!]|$)", "them"),
    (r"(?<!\w)(?:no|nr)\. of\b|(?<!\w)# of\b", "number of"),
    (
        rf"\b{_BARS} (?:all|every(?:thing|one|body)?|any(?:thing|one)?|whatever|the rest|those|what)(?: of (?:them|it))?(?: [a-z]+)? (?:{_BUT}|(?:that|which|what)? ?(?:is|are) not) ",
        "only ",
    ),
    (
        rf"\b(?:(?:nothing|none|no one|nobody|not anything) {_BUT}|no [a-z]+ (?:except(?:ing)?(?: for)?|other than|apart from|besides)) (?!fine\b|ok\b|good\b|trouble\b|problems\b)",
        "only ",
    ),
    (
        rf"\b(?:everything|all|anything) {_BUT} ((?:[\w-]+ ){{1,4}}?)(?:is|are) (?:not (?:my|our|of|needed|wanted|relevant|interesting)\b|irrelevant\b|noise\b|none of my\b|of no\b)(?: (?:business|concern|interest|job|problem|department|use)\b)?",
        r"only \1 ",
    ),
    (
        r"(?<=\w), (?:(?:across|over|in|for|from|of) )?all(?: of)?(?: the| our| my)?(?: aws)? (accounts|regions|venues|casinos|teams)(?: please)?(?=\W*$)",
        r" across all \1",
    ),
    (
        r"\bacross (?:all|every one)(?: of)?(?: the| our| my)?(?: aws)? (accounts|regions|venues|casinos|teams)\b",
        _everywhere,
    ),
    (r"\b(?:hmm+|umm*|uhh*|erm|oops)\b[,.]?", " "),
)
_COMPILED = tuple((re.compile(pattern), into) for pattern, into in _SPELLINGS)
_WORD = re.compile(r"(?:(?<!\S)/)?[a-z0-9_@*][a-z0-9._:/@=*+-]*|<|>|'s|\?|;|,")

NUMBERS = {
    **{
        w: n
        for n, w in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
        )
    },
    "fifteen": 15,
    "twenty": 20,
    "twenty-four": 24,
    "thirty": 30,
    "forty-eight": 48,
    "sixty": 60,
    "ninety": 90,
    "couple": 2,
    "few": 3,
    "several": 3,
    "a": 1,
    "an": 1,
    "een": 1,
    "twee": 2,
    "drie": 3,
    "dois": 2,
    "duas": 2,
    "tres": 3,
}
"""Number words that occur before a unit of time or after `top`."""


_SHORT = 48
"""Characters of a text that is kept when folded: names and words come again and again, questions do not."""


def fold(text: str) -> str:
    """Lower case without accents or contractions."""
    return _kept(text) if len(text) <= _SHORT else _folded(text)


@lru_cache(maxsize=8192)
def _kept(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("\u2026", " "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    for pattern, into in _COMPILED:
        plain = pattern.sub(into, plain)
    return plain


def words(text: str) -> list[str]:
    """The folded words of a text; a mark that ends a clause (`?`, `;`, `,`) is a word of its own."""
    found: list[str] = []
    for word in _WORD.findall(written_out(fold(text))):
        stripped = word.rstrip(".:/+-")
        if stripped:
            found.append(stripped)
        if word.endswith(":") and stripped:
            continue
    return found


def number(word: str) -> int | None:
    """The number that a word or digits stand for, if any."""
    return int(word) if word.isdigit() else NUMBERS.get(word)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A crude stem, so that `costs`, `costing` and `cost` count as one word."""
    for suffix in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            kept = word[: -len(suffix)] + ("y" if suffix in ("ies", "ied") else "")
            return kept[:-1] if kept.endswith("e") and len(kept) > 3 else kept
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def distance(left: str, right: str, most: int = 2) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from one word to another; more than `most` is cut off."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return above[-1]


def corrected(word: str, known: Iterable[str]) -> str:
    """The known word that this is probably a misspelling of, else the word itself.

    Only words of five letters or more, same first letter, one edit (two from nine letters on), and no tie.
    """
    if len(word) < 5 or not word.isalpha():
        return word
    most = 2 if len(word) >= 9 else 1
    best: list[str] = []
    least = most + 1
    for other in known:
        if other[:1] != word[:1] or len(other) < 4:
            continue
        edits = distance(word, other, most)
        if edits < least:
            best, least = [other], edits
        elif edits == least and least <= most:
            best.append(other)
    if not best:
        return word
    return best[0] if len({stem(b) for b in best}) == 1 else word
