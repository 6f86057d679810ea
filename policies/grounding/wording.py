"""Words that turn a figure into another one: a currency that is not the fact's, a `minus`, a rate such as `per day`."""

from __future__ import annotations

import re

from policies.grounding import lexicon, words
from policies.grounding.model import Claim
from policies.grounding.view import Item, View, about
from tools import units

_CODES = {code for code in lexicon.CURRENCY.values() if code != "CENTS"}
_CURRENCY = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_CODES))})(?!\w)|\b(?:euros?|dollars?|sterling)\b|[€£]")
_MINUS = re.compile(r"\b(?:minus|negative) $", re.IGNORECASE)
_DAILY = re.compile(r"\b(?:per|a|each|every) day\b|\bdaily\b|\bper dag\b|\bpor dia\b", re.IGNORECASE)
_YEARLY = re.compile(r"\s*(?:in total |in all )?(?:(?:a|per|each|every) year\b|/ ?year|annually|yearly)", re.IGNORECASE)
_EACH_ACCOUNT = re.compile(
    r"\b(?:each|every) account (?:spent|spends|cost|costs|paid|used)\b|\bper account (?:was|is)\b", re.IGNORECASE
)
_RATE = re.compile(r"\b(?:per|average|mean|daily|monthly|each|a day|hourly)\b")


def wording_claim(item: Item, view: View) -> Claim | None:
    """A currency, sign or rate in the figure's own words that its fact does not have."""
    fact = item.fact
    if units.kind(fact.unit) != "money" or isinstance(fact.value, str):
        return None
    before, after = view.segment(item, view.clause(item))
    start = before[0]
    if re.search(r"\w", view.text[slice(*before)]) is None:
        start = view.layout.sentence(item.start)[0]
        left, _ = view.neighbours(item, (start, item.start))
        start = left.end if left else start
    lead = view.text[start : item.start]
    said = {_code(m[0]) for m in _CURRENCY.finditer(lead + " " + view.text[slice(*after)])}
    if said and fact.unit not in said:
        return "unit", f"The words say {min(said)}, but {fact.id} is in {fact.unit}."
    if (
        fact.value > 0
        and not words.is_change(fact)
        and _MINUS.search(lead)
        and view.text[start - 1 : start] != "\ue000"
    ):
        return "direction", f"The words say 'minus', but {fact.id} ({fact.label}) is positive."
    if "monthly" in fact.label.lower() and _YEARLY.match(view.behind(item)):
        return "label", f"The words say it is per year, but {about(fact)}."
    if _RATE.search(fact.label.lower()):
        return None
    if fact.period is not None and fact.period.days > 1 and _DAILY.search(lead) and not words.is_change(fact):
        return "label", f"The words say it is per day, but {about(fact)} over {fact.period.label}."
    if len(fact.scope.accounts) != 1 and _EACH_ACCOUNT.search(lead):
        return "label", f"The words say it is so of each account, but {about(fact)}."
    return None


def _code(word: str) -> str:
    return lexicon.CURRENCY[word.lower()]
