"""Picking: which facts of a result answer what was asked about, beyond its first rows: a count per account, what is over a limit."""
# ruff: noqa: E501, SIM905 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.models.offline.inputs.rows import COUNTED_BY_ACCOUNT
from agents.models.offline.telling.results import Told, ToldFact
from agents.models.offline.topics.asked import asks_mean, asks_where, counts_apart, dimensions, ranks
from agents.models.offline.words.text import NUMBERS, fold, stem, words
from tools.facts import UNTAGGED

_OVER = r"(?:over|above|more than|in excess of|at least|no less than|not less than|no fewer than|a minimum of|exceed(?:s|ed|ing)?|topp?(?:s|ed|ing)|beyond|north of|upwards? of|past|higher than|bigger than|larger than|greater than|dearer than|costlier than|>=?)"
_UNDER = r"(?:under|below|beneath|less than|fewer than|at most|no more than|not more than|a maximum of|short of|south of|lower than|smaller than|cheaper than|<=?)"
_MORE = r"(?:\+|(?:or|and) (?:more|above|over|up(?:wards?)?|higher|beyond)|upwards)"
_LESS = r"(?:or|and) (?:less|fewer|below|under|lower|down(?:wards)?)"
_MONEY = r"(?:usd|eur|us|dollars?|euros?|bucks)"
_SIZES = {
    "k": 1e3, "thousand": 1e3, "thou": 1e3, "grand": 1e3, "hundred": 1e2, "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6,
}  # fmt: skip
_SIZE = "|".join(sorted(_SIZES, key=len, reverse=True))
_COUNT = rf"\d[\d.,]*|(?:half )?a(?= (?:{_SIZE})\b)|{'|'.join(w for w in NUMBERS if len(w) > 2)}"
_TIME = r"(?:days?|weeks?|months?|hours?|hrs?|years?|quarters?|minutes?|nights?|times)\b"
_AMOUNT = re.compile(
    rf"(?<!\w)(?:(?:(?P<over>{_OVER})|(?P<under>{_UNDER})) (?:the |about |around |roughly )?(?:{_MONEY} )?(?P<count>{_COUNT})(?: of)? ?(?P<size>{_SIZE})?(?![\w%])(?![- ]?{_TIME})"
    rf"|(?P<count2>{_COUNT}) ?(?P<size2>{_SIZE})?(?: {_MONEY})? ?(?:(?P<more>{_MORE})|(?P<less>{_LESS}))(?!\w))"
)
_LONG = re.compile(r"\b(single|double|triple|one|two|three|four|five|six)[- ](?:digits?|figures?)\b")
_DIGITS = {"single": 1, "double": 2, "triple": 3, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ALONE = re.compile(r"scope: account ([\w-]+)$")


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that what is asked for lies above (or below)."""

    value: float
    above: bool

    def holds(self, number: float) -> bool:
        """Whether a number lies on the side that was asked for."""
        return number > self.value if self.above else number < self.value


def limit_of(asked: str) -> Limit | None:
    """The threshold that a question names ("accounts above 8,000 dollars"), if any."""
    text = fold(asked).replace("$", " ").replace("  ", " ")
    if match := _LONG.search(text):
        places = _DIGITS[match[1]]
        return Limit(10.0, above=False) if places == 1 else Limit(10.0 ** (places - 1) - 0.005, above=True)
    if (match := _AMOUNT.search(text)) is None:
        return None
    said = (match["count"] or match["count2"]).rstrip(".,")
    plain = (
        said.replace(",", "")
        if re.fullmatch(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?", said)
        else said.replace(".", "").replace(",", ".")
    )
    number = float(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else float(_HALF.get(said, NUMBERS.get(said, -1)))
    size = _SIZES.get(match["size"] or match["size2"] or "", 1)
    return Limit(number * size, above=bool(match["over"] or match["more"])) if number >= 0 else None


_HALF = {"half a": 0.5}


def counted_by_account(told: Told, asked: str) -> list[ToldFact]:
    """The counts per account, most first, where accounts are ranked and the rows are something else."""
    text = fold(asked)
    placed = {"account", "venue"} & set(dimensions(text)) or asks_where(text)
    if told.query not in COUNTED_BY_ACCOUNT or not placed or not (ranks(text) or counts_apart(text)):
        return []
    label = told.facts[told.headlines[0]].label if told.headlines else ""
    if told.query == "backups" and " in state " not in label:
        label = next((f.label for f in told.facts.values() if f.label.endswith("that did not complete")), label)
    found = [f for f in told.facts.values() if f.label == label and _ALONE.match(f.aside) and f.number is not None]
    if {"venue"} & set(dimensions(text)):
        found = [fact for fact in found if account_of(fact).startswith("venue")]
    return sorted(found, key=lambda fact: -(fact.number or 0))


def account_of(fact: ToldFact) -> str:
    """The one account that a fact is about."""
    match = _ALONE.match(fact.aside)
    return match[1] if match else ""


def beyond(told: Told, limit: Limit) -> list[list[str]]:
    """The rows whose first number lies beyond the limit, as they come."""

    def first(row: Sequence[str]) -> float | None:
        numbers = (told.facts[cell].number for cell in row if cell in told.facts)
        return next((number for number in numbers if number is not None), None)

    named = (row for row in told.rows if row[0] not in ("other", UNTAGGED))
    return [row for row in named if (n := first(row)) is not None and limit.holds(n)]


_PLAIN = frozenset("and the of for a total prod".split())


def called_so(told: Told, asked: str) -> list[list[str]]:
    """The rows whose own name was said word for word in the question ("the budget for logs and metrics")."""
    if told.query not in _NAMED_ROWS:
        return []
    said = set(re.split(r"[^a-z0-9]+", fold(asked)))
    found = []
    for row in told.rows:
        name = told.facts[row[0]].value if row[0] in told.facts else row[0]
        parts = {part for part in re.split(r"[^a-z0-9]+", fold(name)) if part}
        if parts - _PLAIN and parts <= said | {"and"}:
            found.append((len(parts), row))
    most = max((size for size, _ in found), default=0)
    return [row for size, row in found if size == most]


_NAMED_ROWS = frozenset("budgets quotas backups alarms config_compliance aws_health_events".split())


_FILLER = frozenset("of the that are is by in and to a for with how many much what which".split())


def roots(text: str) -> set[str]:
    """The words of a text that say something, cut to their roots, so that they can be held against a label's."""
    return {stem(word)[:6] for word in re.split(r"[\s-]+", " ".join(words(text))) if word not in _FILLER}


def said_first(told: Told, asked: str) -> list[list[str]]:
    """The rows, those first whose last words are asked about: of keys, those pending deletion where that is asked."""
    said = {root[:5] for root in roots(asked)} - {"no"}  # "deleted" and "deletion" begin alike

    def is_said(row: Sequence[str]) -> bool:
        last = told.facts.get(row[-1])
        return last is not None and last.is_text and any(root[:5] in said for root in roots(last.value))

    return sorted(told.rows, key=lambda row: not is_said(row))


_MANY = re.compile(
    r"\b(?:how many|number of|count of)(?: of)?(?: (?:the|our|my|all|these|those|aws|iam))* ((?:[a-z-]+ ){0,2}[a-z-]+)"
)


def counted_first(told: Told, asked: str) -> list[str]:
    """The headlines, those first that count what was asked for the number of ("how many users ...")."""
    ids = [i for i in told.headlines if i in told.facts]
    match = _MANY.search(fold(asked))
    if match is None or len({told.facts[i].unit for i in ids}) < _TWO_KINDS:
        return ids
    said = roots(match[1])
    return sorted(ids, key=lambda i: not roots(told.facts[i].unit) <= said)


_TWO_KINDS = 2
_WHY = re.compile(
    r"\b(?:why|reasons?|causes?|caused|because of what|how come|what (?:is|was|went|goes|has gone) wrong|waarom|oorzaak|por ?que|motivo)\b"
)
_REASON, _MOST = "Reason", 3
"""The column of what AWS says of why something is as it is, and how many of them are told."""


def asks_why(asked: str) -> bool:
    """Whether a question wants to know why something is as it is."""
    return bool(_WHY.search(fold(asked)))


def reasons(told: Told) -> str:
    """What AWS said of why, in its own words, of the rows that are told: each reason once."""
    place = next((place for place, column in enumerate(told.columns) if column.split(" (")[0] == _REASON), -1)
    held = [told.facts[row[place]] for row in told.rows if 0 <= place < len(row) and row[place] in told.facts]
    each = list({fact.said: fact.id for fact in reversed(held)}.values())[::-1][:_MOST]
    return f"The reason that AWS gives: {'; '.join(f'[[{i}]]' for i in each)}" if each else ""


def listed(told: Told) -> list[str]:
    """The things of an inventory one by one: name and account, with the id where the name is not within it."""
    lines = []
    for name, thing, account, *_ in (row for row in told.rows if row[0] in told.facts):
        also = f", [[{thing}]]" if told.facts[name].value not in told.facts[thing].value else ""
        lines.append(f"[[{name}]]{also} in account {account}")
    rest = next((row[1] for row in told.rows if row[0] == "other" and row[1] in told.facts), None)
    return [*lines, f"and more that are not listed: [[{rest}]]"] if rest else lines


_MOST_FIRST = 2
EXTREMES = frozenset({"oldest", "longes", "newest"})
"""Roots of words that ask for one thing out of many."""
PERCENT = re.compile(r"%|\b(?:percent\w*|pct|share|proportion|ratio|rate)\b", re.IGNORECASE)


def is_mean(fact: ToldFact) -> bool:
    """Whether a fact is the average of the days or months of a series that are billed to their end."""
    return fact.label in ("average daily spend", "average monthly spend")


def whole_ones(told: Told) -> list[list[str]]:
    """The rows of a series that are billed to their end: what has only begun is not the least of them."""
    partial = any(is_mean(fact) and fact.aside for fact in told.facts.values())
    return told.rows[:-1] if partial else told.rows


_USUAL = re.compile(r"\b(?:normal(?:ly)?|usual(?:ly)?|typical(?:ly)?|ordinar(?:y|ily)|baseline)\b")
"""Words that ask for what is so on average."""


def pertinent(told: Told, asked: str) -> list[ToldFact]:
    """Facts outside the table whose labels say what was asked for better than the headlines do, best first."""
    said = roots(asked)
    said |= {"oldest"} if "longes" in said else set()
    rows = {cell for row in told.rows for cell in row}
    wants_mean = told.query == "spend" and (asks_mean(fold(asked)) or _USUAL.search(fold(asked)) is not None)

    def fit(fact: ToldFact) -> float:
        label = roots(fact.label)
        share = 1.5 if fact.unit == "percent" and PERCENT.search(asked) else 0.0
        mean = 1.5 if wants_mean and is_mean(fact) else 0.0
        return len(label & said) - 0.1 * len(label - said) + share + mean

    extreme = EXTREMES & said  # of one thing somewhere: it is of its own place
    others = [f for f in told.facts.values() if f.id not in rows and f.id not in told.headlines]
    others = [f for f in others if not f.aside or extreme & roots(f.label) or (wants_mean and is_mean(f))]
    best = max((fit(told.facts[i]) for i in told.headlines if i in told.facts), default=0.0)
    better = [
        f
        for f in others
        if (f.number is not None or extreme & roots(f.label))
        and not f.label.endswith("not listed")
        and not (told.query == "inventory" and " in all" in f.label)  # beside those that were asked for
        and (extreme & roots(f.label) or fit(f) >= max(1.0, best + (0.2 if roots(f.label) <= said else 0.5)))
    ]
    return sorted(better, key=fit, reverse=True)[:_MOST_FIRST]


_FOREMOST = r"(?:most|least|cheapest|dearest|priciest|costliest|biggest|largest|highest|lowest|smallest|duurste?|meeste?|goedkoopste?)"
_THE_ONE = re.compile(
    rf"\b(?:which|what|welke?) (?:one |single )?(?:of (?:our|the) )?(?:aws )?(?:account|venue|casino|team|service|region|environment|location|site)s?\b.*\b{_FOREMOST}\b"
    rf"|\b(?:what|which|who) (?:is|was) (?:our|the) {_FOREMOST}\b|^\W*(?:(?:and|but|so|en) )*(?:the|de|het) {_FOREMOST}(?: expensive)?(?: one)?\W*$"
)


def asks_for_one(asked: str) -> bool:
    """Whether the one that costs most (or least) is asked for by what it is: "which venue is the most expensive?"."""
    return bool(_THE_ONE.search(fold(asked)))
