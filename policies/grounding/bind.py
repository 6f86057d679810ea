"""Binding: which fact a figure that the model wrote itself may stand for.

A number needs a fact with the same unit that it equals. `About` is no licence: only shorthand that shows its own
precision (`about 48.2k`) stands for the fact that rounds to it, and code then writes that fact's value in its place.
A date, a time or a period needs one that a fact has. A name with a digit must stand in a fact's value, label or scope,
or in the question. Vague magnitudes ("hundreds of") bind to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from policies.grounding import lexicon, words
from policies.grounding.figures import Found
from policies.grounding.fold import fold
from policies.grounding.spans import agrees, is_edge
from policies.grounding.when import When, find_times
from tools import units
from tools.facts import Fact

_TOKEN = re.compile(r"[^\s|()\[\]{}<>\"“”„«»*`…,;]+")
_NOW = re.compile(r"\b(?:today|now|as of|currently|this morning|at the moment|vandaag|nu|hoje|agora)\b", re.IGNORECASE)


def candidates(found: Found, facts: Sequence[Fact]) -> list[Fact]:
    """Facts that a number, fraction, ordinal, date or time may stand for."""
    match found.kind:
        case "number":
            return [fact for fact in facts if _same_unit(found, fact) and _equal(found, fact)]
        case "fraction":
            return [
                f
                for f in facts
                if f.unit == "percent" and isinstance(f.value, (int, Decimal)) and _fraction(found, f.value)
            ]
        case "ordinal":
            return [
                f for f in facts if f.unit in ("place", "rank") or "rank" in f.label.lower() if f.value in found.values
            ]
        case "date" | "time":
            return [fact for fact in facts if found.when and same_moment(found.when, fact)]
        case _:
            return []


def unit_faults(found: Found, facts: Sequence[Fact]) -> list[Fact]:
    """Facts with the figure's value but another unit: what the model probably meant."""
    fitting = {f.id for f in candidates(found, facts)}
    return [f for f in facts if f.id not in fitting and isinstance(f.value, (int, Decimal)) and f.value in found.values]


def _same_unit(found: Found, fact: Fact) -> bool:
    if found.unit is not None:
        return found.unit == fact.unit
    if units.kind(fact.unit) != "count" or not found.nouns:
        return False
    said = [noun for noun in found.nouns[:5] if noun]
    last = fact.unit.lower().split()[-1]
    for index, noun in enumerate(said):
        if noun in (
            "in",
            "on",
            "at",
            "for",
            "from",
            "to",
            "and",
            "or",
            "is",
            "are",
            "were",
            "by",
            "with",
            "that",
            "which",
        ):
            return False
        if noun in _MACHINES and last == "resources":
            return _adjectives_fit(said[:index], fact)
        if noun in (last, units.singular(last)) or lexicon.NOUNS.get(noun) == last:
            return _adjectives_fit(said[:index], fact)
    return False


_MACHINES = frozenset({"machines", "systems", "hosts"})
"""How people call resources that run something."""


def _adjectives_fit(said: list[str], fact: Fact) -> bool:
    head = fact.unit.lower().split()[:-1]
    return all(word in said for word in head) or not head


def _equal(found: Found, fact: Fact) -> bool:
    if not isinstance(fact.value, (int, Decimal)):
        return False
    actual = Decimal(fact.value)
    for value in found.values:
        if value == actual:
            return True
        if value > 0 > actual and value == -actual and words.is_change(fact):
            return True
        if abbreviates(found) and abs(abs(actual) - abs(value)) <= found.quantum / 2:
            return True
    return False


def abbreviates(found: Found) -> bool:
    """Whether a number is marked as rounded and in shorthand with a decimal and three digits: `about USD 48.2k`."""
    precise = bool(found.values) and abs(found.values[0]) >= 100 * found.quantum
    return found.rough and found.quantum > 1 and precise and bool(_DECIMAL.search(found.text))


_DECIMAL = re.compile(r"\d[.,]\d{1,2}(?!\d)")


def _fraction(found: Found, value: int | Decimal) -> bool:
    actual = Decimal(value)
    return any(v == actual or abs(v - actual) <= (1 if found.rough else Decimal("0.5")) for v in found.values)


def same_moment(when: When, fact: Fact) -> bool:
    """Whether a phrase states the date or time that a fact holds."""
    if fact.unit == "date":
        return when.clock is None and date.fromisoformat(str(fact.value)) in when.days
    if fact.unit == "time":
        moment = datetime.fromisoformat(str(fact.value)).astimezone(UTC)
        on_day = moment.date() in when.days if when.days else True
        return on_day and when.clock in (None, f"{moment:%H:%M}")
    return False


def is_known_period(
    when: When, said: str, near: Sequence[Fact], facts: Sequence[Fact], now: datetime, before: str = ""
) -> bool:
    """Whether some fact has this period, or it is a day on which a fact's period starts or ends.

    A day counts only for the facts `near`: those with a figure in the same sentence.

    The clock's own day and time count where the words `said` around it speak of now.
    """
    if when.kind == "time":
        return when.clock == f"{now:%H:%M}" and (not when.days or now.date() in when.days) and bool(_NOW.search(said))
    if now.date() in when.days and _NOW.search(said):
        return True
    nearby = {fact.id for fact in near}
    for fact in facts:
        if fact.period is None or fact.period.start == fact.period.end:
            continue
        if when.kind == "date" and words.is_change(fact) and fact.id not in nearby:
            continue
        if agrees(when, fact, now, before) or (fact.id in nearby and is_edge(when, fact)):
            return True
        if fact.id in nearby:
            edges = {fact.period.start.date(), (fact.period.end - timedelta(microseconds=1)).date()}
            if edges & set(when.days):
                return True
    return False


def framed(when: When, near: Sequence[Fact]) -> bool:
    """Whether a period begins with the period of one of these facts and ends with that of another: `Q2`."""
    periods = [f.period for f in near if f.period is not None and f.period.start != f.period.end]
    starts, ends = {p.start for p in periods}, {p.end for p in periods}
    return when.kind == "period" and any(a in starts and b in ends for a, b in when.periods)


def restates(found: Found, text: str, facts: Sequence[Fact], now: datetime) -> bool:
    """Whether a duration is how long a fact's period is (`six months`, `half year`) or how long ago it was."""
    periods = [f.period for f in facts if f.period is not None and f.period.start != f.period.end]
    after = text[found.end : found.end + 12].lower()
    if found.unit == "days" and found.values and after.startswith(" ago") and 0 < found.values[0] < 400:
        day = now.date() - timedelta(days=int(found.values[0]))
        return any(p.start.date() == day and p.days <= 1 for p in periods)
    size = {"days": 1, "weeks": 7}.get(found.unit or "")
    if size and found.values and _STRETCH.search(text[max(0, found.start - 16) : found.start]):
        return any(p.days == found.values[0] * size for p in periods)  # `the first two weeks of September`
    said = re.sub(r"[-\s]+", " ", (found.text + after).lower())
    months = 6 if re.match(r"half (?:a |the )?year\b", said) else 0
    if (
        (found.unit == "months" or re.search(r"[- ](?:month|maand|m[e\u00ea]s)", said))
        and found.kind == "number"
        and found.values
        and found.values[0] >= 2
    ):
        months = int(found.values[0])
    return bool(months) and any(_months(p.start, p.end) == months for p in periods)


_STRETCH = re.compile(r"\b(?:first|these|those|eerste|deze|primeir[ao]s|est[ae]s) $", re.IGNORECASE)


def counts_scope(found: Found, near: Sequence[Fact]) -> bool:
    """`in five accounts`: how many accounts a figure of the sentence is of."""
    if not found.nouns or found.nouns[0] not in ("accounts", "contas", "rekeningen") or not found.values:
        return False
    return found.values[0] > 1 and any(len(f.scope.accounts) == found.values[0] for f in near)


def _months(start: datetime, end: datetime) -> int:
    """Whole months from the first of one to the first of another; 0 if they are not firsts."""
    if start.day != 1 or end.day != 1:
        return 0
    return 12 * (end.year - start.year) + end.month - start.month


def in_label(found: Found, facts: Sequence[Fact], now: datetime) -> bool:
    """Whether the figure quotes a label, filter or period name of one of these facts, with its unit."""
    for fact in facts:
        said = " ".join([fact.label, *fact.scope.where.values(), *(fact.scope.accounts)])
        if found.unit and units.kind(found.unit) == "duration" and fact.period is not None:
            said += f" {fact.period.label}"
        folded = fold(said).text.lower()
        if found.when is not None:
            labelled = find_times(folded, now) + find_times(said, now)
            if any(set(w.periods) & set(found.when.periods) or (w.relative and found.when.relative) for w in labelled):
                return True
            continue
        wanted = fold(found.text).text.lower().strip()
        if re.search(rf"(?<![\w.,]){re.escape(wanted)}(?![\w]|[.,]\d)", folded):
            return True
        spaced = wanted.replace("-", " ")
        if spaced != wanted and re.search(rf"(?<![\w.,]){re.escape(spaced)}(?![\w]|[.,]\d)", folded.replace("-", " ")):
            return True
    return False


def quotes_threshold(found: Found, facts: Sequence[Fact], text: str) -> bool:
    """Whether a duration or number is the threshold that some fact's label or period names: `older than 90 days`."""
    if found.when is not None or not found.values or not any(c.isdigit() for c in found.text):
        return False
    wanted = re.sub(r"[\s-]+", " ", fold(text[found.start : found.end]).text.lower())
    before = text[max(0, found.start - 24) : found.start]
    if found.unit is None or not (units_of_time(found.unit) or _THRESHOLD.search(before)):
        return False
    pattern = re.compile(rf"(?<![\w.,]){re.escape(wanted)}s?(?!\w)")
    return any(pattern.search(re.sub(r"[\s-]+", " ", said.lower())) for f in facts for said in _said_of(f))


_THRESHOLD = re.compile(
    r"\b(?:over|above|than|least|within|last|past|under|below|dan|boven|afgelopen|de|acima)(?: the)? $"
)


def units_of_time(unit: str) -> bool:
    """Whether a unit is a length of time, also one that no fact has."""
    return unit in ("seconds", "minutes", "hours", "days", "weeks", "months", "years", "milliseconds")


def _said_of(fact: Fact) -> list[str]:
    return [fact.label, *fact.scope.where.values(), *([fact.period.label] if fact.period else [])]


def known_names(facts: Sequence[Fact], question: str) -> frozenset[str]:
    """Every token that facts carry in texts, labels and scopes, and every name with a letter in the question."""
    said = []
    for fact in facts:
        said += [fact.label, *fact.scope.accounts, *fact.scope.where.values()]
        if units.kind(fact.unit) == "text":
            said.append(str(fact.value))
    tokens = {token for text in said for token in _tokens(text)}
    asked = {t for t in _tokens(question) if any(c.isalpha() for c in t) and not re.match(r"[$€£+-]?\d", t)}
    accounts = {t for t in _tokens(question) if re.fullmatch(r"\d{12}", t)}
    return frozenset(tokens | asked | accounts)


def is_name(found: Found, names: frozenset[str]) -> bool:
    """Whether a token with a digit is one of the known names (also as `name's` or with a trailing slash)."""
    text = fold(found.text).text.lower().strip(".,;:!?'/")
    return text in names or text.removesuffix("'s") in names or bool(_AWS_WORDS.fullmatch(text))


_AWS_WORDS = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-[1-9][a-f]?|"
    r"0\.0\.0\.0/0|::/0|2fa|24x7|gp[23]|io[12]|st1|sc1|p(?:50|75|90|95|99)|oauth2|ipv[46]|h2|http[23]"
)
"""Regions, kinds of volumes and percentiles: AWS's own vocabulary, which names no resource."""


def looks_like_name(found: Found) -> bool:
    """An id rather than an amount: a name, or a number as long as an account number."""
    return found.kind == "name" or (found.kind == "number" and bool(re.fullmatch(r"\d{8,}", found.text)))


@lru_cache(maxsize=8192)
def _tokens(text: str) -> frozenset[str]:
    folded = fold(text).text.lower()
    found = {m[0].strip(".,;:!?'/") for m in _TOKEN.finditer(folded)}
    parts = {p for t in found if not t.startswith("arn:") for p in re.split(r"[/]", t)}
    kinds = {p for t in found for p in re.split(r"[.:]", t)[1:] if re.fullmatch(r"[a-z]{2,}\d", p)}
    kinds |= {p for t in found if not t.startswith("arn:") for p in t.split(":")[1:] if re.search(r"[a-z]", p)}
    return frozenset(found | kinds | {p for p in parts if any(c.isalpha() for c in p)})
