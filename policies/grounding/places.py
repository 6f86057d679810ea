"""Where things are said to be: `all of them are in X`, `both in X`, `the bucket B is in X`.

Facts that name a thing say in which account it is; what is said to lie elsewhere, or all in one account, must be so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policies.grounding.unasked import account_mentions
from policies.grounding.view import View, about
from tools import units
from tools.accounts import Account
from tools.facts import Fact

_ALL_IN = re.compile(
    r"\b(?:all|both|each|every one)(?: (?:of (?:them|these|those|which)|\w+ (?:alarms|jobs|findings|failures|instances|"
    r"keys|users|buckets|changes)))?(?: (?:are|is|were|was|lie|sit|come from|ran|firing)){0,2} "
    r"(?:in|from) (?:the )?[`*]*$",
    re.IGNORECASE,
)
_IS_IN = re.compile(r"[`*]*,?(?: (?:is|was|lives|sits|lies|located))*,? in (?:the )?(?:account )?[`*]*$", re.IGNORECASE)
_LEAST = 4
"""Letters of the shortest name that is looked for: a shorter one may be a word."""


def places(view: View, accounts: Sequence[Account]) -> Iterator[tuple[int, int, str]]:
    """Claims about the account in which things are that the facts deny."""
    named = account_mentions(view, accounts)
    for start, end, name in named:
        sentence = view.layout.sentence(start)
        lead = view.text[max(sentence[0], start - 80) : start]
        several = any(end <= other < sentence[1] for other, _, _ in named)  # `one each in A, B and C`
        wrong = "" if several else _all_elsewhere(lead, sentence, start, name, view)
        wrong = wrong or _elsewhere(sentence[0], start, name, view)
        if wrong:
            yield start, end, wrong


def _all_elsewhere(lead: str, sentence: tuple[int, int], at: int, name: str, view: View) -> str:
    said = _ALL_IN.search(lead)
    if said is None or re.search(r"\b(?:and|or|except|but)\b", view.text[at : sentence[1]][: len(name) + 24]):
        return ""
    before = next(view.layout.lead_in(sentence[0]), sentence)
    counted = [i.fact for i in view.items if before[0] <= i.start < at and units.kind(i.fact.unit) == "count"]
    counted = [f for f in counted if not f.scope.accounts and f.value != 0]
    if not counted:
        outside = [f for _, f in _spoken(sentence[0], at, view) if f.scope.accounts != (name,)]
    else:
        whole = counted[-1]
        parts = [f for f in view.facts if f.label == whole.label and f.unit == whole.unit and f.scope.accounts]
        outside = [f for f in parts if f.scope.accounts != (name,) and f.value != 0]
    return f"The words say {said[0].strip()!r} {name}, but {about(outside[0])}." if outside else ""


def _elsewhere(start: int, at: int, name: str, view: View) -> str:
    for end, fact in _spoken(start, at, view):
        if name not in fact.scope.accounts and _IS_IN.fullmatch(view.text[end:at]):
            return f"The words say that {fact.value} is in {name}, but {about(fact)}."
    return ""


def _spoken(start: int, at: int, view: View) -> list[tuple[int, Fact]]:
    """The things of one account that are named in a stretch, and where each name ends."""
    out, text = [], view.text[start:at].lower()
    for fact in view.facts:
        value = str(fact.value)
        if (
            fact.unit in ("name", "id")
            and len(fact.scope.accounts) == 1
            and len(value) >= _LEAST
            and _named_once(fact, view)
            and (ends := _ends(value.lower(), text))
        ):
            out.append((start + ends[-1], fact))
    return out


def _ends(name: str, text: str) -> list[int]:
    """Where a name ends in a text, wherever it is no part of a longer one: `wallet-db` is not in `stg-wallet-db`."""
    if name not in text:
        return []
    return [match.end() for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)]


def _named_once(fact: Fact, view: View) -> bool:
    """Whether no other account has a thing of this name."""
    same = {f.scope.accounts for f in view.facts if f.value == fact.value}
    return len(same) == 1
