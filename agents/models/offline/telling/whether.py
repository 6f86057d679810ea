"""Whether: yes or no to what was asked, from the figures that are shown below it."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.plan import Whether
from agents.models.offline.telling.picking import asks_why
from agents.models.offline.telling.results import Told, ToldFact
from agents.models.offline.words.text import words
from agents.models.offline.words.tongues import in_english
from tools.facts import UNTAGGED

_WHETHER = re.compile(
    r"^\W*(?:(?:so|and|ok|then)\W+)*(?:is|are|was|were|does|did|do|has|have|would|isn't|wasn't)\b.*"
    r"\b(?:most|least|more|worst|priciest|dearest|costliest|cheapest|noisiest|riskiest|highest|biggest|top|largest)\b",
    re.IGNORECASE,
)
_RANKED = frozenset({"Account", "Venue", "Team", "Env", "Region", "Service"})
OF_SIGHT = " of what you may see"
"""Said of what comes first, to somebody who may not see all that there is."""
_LEAST = re.compile(r"\b(?:least|cheapest|lowest|fewest|smallest)\b", re.IGNORECASE)
_SAME = "No, it is the same."


_DOWN_TO = 5
"""Rows from the first one down to the place that was asked about, at most; if it lies deeper, the first ones and it."""


def held_against(told: Told, asked: str, focus: tuple[str, ...]) -> tuple[str, list[list[str]]]:
    """Whether a place comes first among all, where that was asked, and the rows that show it; empty where it was not.

    What is not among the rows of a ranking does not come first; of the last ones that cannot be said.
    """
    if not focus or not _WHETHER.search(asked) or not told.columns or told.columns[0] not in _RANKED:
        return "", []  # the rows are no ranking of places: what comes first among them answers something else
    named = [row for row in told.rows if row and row[0] not in ("other", UNTAGGED)]
    sized = [(size, row) for row in named if (size := _size(row, told)) is not None]
    least = bool(_LEAST.search(asked))
    ranked = sorted(sized, key=lambda pair: pair[0] if least else -pair[0])
    mine = [place for place, (_, row) in enumerate(ranked) if told.is_about(row, focus)]
    if len(ranked) < 2 or (least and not mine):
        return "", []
    best = [row for size, row in ranked if size == ranked[0][0]]
    if any(ranked[place][0] == ranked[0][0] for place in mine):
        return _within_sight("Yes" if len(best) == 1 else "Yes, but not alone", told), best
    if not mine:
        return _within_sight("No", told), best
    rows = [row for _, row in ranked]
    down = rows[: mine[0] + 1]
    return _within_sight("No", told), down if len(down) <= _DOWN_TO else [*rows[: _DOWN_TO - 1], rows[mine[0]]]


def _within_sight(said: str, told: Told) -> str:
    if not told.partly:
        return f"{said}."
    return f"{said},{' not' if said == 'No' else ''}{OF_SIGHT}."


_ALL_SO = re.compile(
    r"^\W*(?:(?:so|and|ok|then) )*(?:do|does|are|is|have|has) (?:all|every|each)(?: of)?(?: (?:our|the|my|these|those|customer-managed))* (?:\w+ )?(?:keys?|databases?|buckets?|volumes?|disks?)\b",
    re.IGNORECASE,
)
_ALL_QUIET = re.compile(
    r"^\W*(?:(?:so|and|ok|then|but|well) )*(?:is|are) (?:\w+ )?(?:every|each|all)\b(?! (?:the |our |of )*(?:red|fir|burn|ring|bad|critical|broken)).*\b(?:green|ok|okay|fine|healthy|quiet|silent|calm|good|normal|in order|well)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(r"\b(?:without|unencrypted|not encrypted)\b")


_HITS = re.compile(
    r"^\W*(?:(?:so|and|ok|then|but) )*(?:do(?:es)?|did|will|would|is|are|was|were) (?:it|that|this|they|these|those|any(?: of (?:them|it|these|those))?) (?:also |really )?(?:hit|affect|concern|touch|involve|impact|going to (?:hit|affect|touch)|in|on|for)(?:ing|ed)? (?:the |our |any (?:of (?:the |our ))?)*(?:prod(?:uction)?|staging|dev(?:elopment)?|venues?|casinos?|payer)\b(?: (?:too|accounts?|environments?|as well|at all))*\W*$",
    re.IGNORECASE,
)
"""Whether what AWS announces or reports is of the place that is named."""


def of_all(told: Told, asked: str) -> str:
    """Whether it is so of all things of a kind, where those are counted of which it is not; empty where they are not.

    Alarms that do not fire may be without data: that none fires is told by their number, and is no yes.
    """
    if told.query == "aws_health_events" and told.headlines and _HITS.match(asked):
        return _within_sight("Yes" if told.facts[told.headlines[0]].number else "No", told)
    if told.query == "alarms" and _ALL_QUIET.search(asked):
        firing = [told.facts[i] for i in told.headlines if told.facts[i].label == "alarms firing"]
        return "No." if any(fact.number for fact in firing) else ""
    if told.query != "encryption" or not _ALL_SO.search(asked):
        return ""
    lacking = [fact for i in told.headlines if _WITHOUT.search((fact := told.facts[i]).label)]
    if len(lacking) != 1 or lacking[0].number is None:
        return ""
    if ("rotat" if "rotation" in lacking[0].label else "encrypt") not in asked.casefold():
        return ""  # something else is asked of all of them
    if lacking[0].number:
        return "No."
    return "" if told.partly or told.incomplete else "Yes."


Said = tuple[str, list[list[str]]]
"""Yes or no, and the rows that show it."""


def yes_or_no(place: int, results: Sequence[Told], whether: Whether | None) -> Said:
    """Yes or no before the result at this place, where something is asked to be more than something else."""
    if whether is None or place >= len(results) or results[place].error:
        return "", []
    told = results[place]
    if told.query == "spend_change":
        return (of_change(told, whether) if len(results) == 1 else ""), []
    said, rows = of_rows(told, whether) if len(results) == 1 else ("", [])
    return (said, rows) if said else (of_results(results, whether) if place == 0 else "", [])


def of_rows(told: Told, asked: Whether) -> tuple[str, list[list[str]]]:
    """Whether one row of a ranking is more (or less) than another, and the two; empty where they are not both there."""
    if not told.columns or told.columns[0] not in _RANKED:
        return "", []
    sides = [[row for row in told.rows if row and row[0] in names] for names in (asked.one, asked.other)]
    if [len(side) for side in sides] != [1, 1]:
        return "", []
    (one,), (other,) = sides
    return _said(_size(one, told), _size(other, told), asked), [one, other]


def of_results(results: Sequence[Told], asked: Whether) -> str:
    """Whether the figure of one of two results is more (or less) than the other one's; empty where it is not asked."""
    pair = [told for told in results if told.query != "derive"]
    if len(pair) != 2 or pair[0].query != pair[1].query:
        return ""
    if any(fact.label.endswith("billed apart") for told in pair for fact in told.facts.values()):
        return ""  # with what is billed apart it may be the other way round
    found: list[ToldFact] = []
    for names in (asked.one, asked.other):
        mine = [told for told in pair if any(_is_of(told, name) for name in names)]
        if len(mine) != 1 or not mine[0].headlines:
            return ""
        found.append(mine[0].facts[mine[0].headlines[0]])
    if found[0].id == found[1].id or (found[0].label, found[0].unit) != (found[1].label, found[1].unit):
        return ""
    return _said(found[0].number, found[1].number, asked)


def of_change(told: Told, asked: Whether) -> str:
    """Whether what was spent rose (or fell), as was asked."""
    change = next((fact for i in told.headlines if (fact := told.facts[i]).label.startswith("change in spend")), None)
    return _said(change.number, 0.0, asked) if change else ""


def _is_of(told: Told, name: str) -> bool:
    """Whether the scope of a whole result is this one name."""
    return (
        re.search(rf"(?:service|part|account|accounts|team|venue|env|region) {re.escape(name)}(?:,|$)", told.around)
        is not None
    )


def _said(one: float | None, other: float | None, asked: Whether) -> str:
    if one is None or other is None:
        return ""
    if one == other:
        return _SAME
    return "Yes." if (one > other) == asked.more else "No."


def _size(row: list[str], told: Told) -> float | None:
    numbers = [told.facts[cell].number for cell in row if cell in told.facts]
    return next((number for number in numbers if number is not None), None)


_ROSE = re.compile(
    r"\b(?:r[io]se|risen|rises|rising|increas(?:e|ed|es|ing)|grow(?:s|n|ing)?|grew|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?|spik(?:e|ed|es|ing)|surg(?:e|ed|es|ing)|soar(?:s|ed|ing)?|(?:go(?:es|ne|ing)?|went|moved?|shot|is|was|were|are) up|(?:is|was|are|were) (?:it|that|this) (?:so much |now )?(?:more|higher|dearer))\b"
)
_FELL = re.compile(
    r"\b(?:fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|decreas(?:e|ed|es|ing)|declin(?:e|ed|es|ing)|sh?r[aiu]nk(?:s|ing)?|sank|plunged?|(?:go(?:es|ne|ing)?|went|moved?|came|come|is|was|were|are) down|(?:is|was|are|were) (?:it|that|this) (?:so much |now )?(?:less|lower|cheaper))\b"
)

_WHETHER_IT = re.compile(r"(?:(?:so|and|but|ok|then|hmm|,) ?)*(?:did|do|does|has|have|is|are|was|were)\b")
"""Whether the whole moved so; which parts did is another question, and some do against the whole."""


def moved_otherwise(told: Told, asked: str) -> str:
    """A sentence that a cost did not move as a question takes for granted; empty if it did, or nothing was taken so."""
    text = in_english(" ".join(words(asked)))
    rose, fell = _ROSE.search(text) is not None, _FELL.search(text) is not None
    change = next((told.facts[i].number for i in told.headlines if i in told.facts), None)
    if (
        told.query != "spend_change"
        or change is None
        or rose == fell
        or not (asks_why(asked) or _WHETHER_IT.match(text))
    ):
        return ""
    if change == 0:
        return f"It did not {'rise' if rose else 'fall'}: it stayed the same."
    if (change > 0) == rose:
        return ""
    return "It did not rise: it fell." if rose else "It did not fall: it rose."


_WHICH_MOVED = re.compile(
    r"^(?:(?:and|so|but|ok|then|well|show(?: me)?|list|tell me|name) )*(?:which|what|who|where)\b(?! (?:is|was|made|caused|drove|happened)\b)|\b(?:most|biggest|largest|strongest|steepest|fastest|top|main)\b"
)
"""What asks for those that moved one way, and not whether or why the whole did."""
_MORE_SO = re.compile(
    r"\b(?:more expensive|dearer|costlier|increases?|rises?|risers|climbers|growers|growth|gainers|up)\b"
)
_LESS_SO = re.compile(
    r"\b(?:less expensive|cheaper|decreases?|falls?|fallers|drops?|declines?|losers|sinkers|savers|down)\b"
)


_NO_PART = frozenset({"other", "Credit", "Refund"})
"""Rows of a change that are none of what it is told apart by."""


def moved_so(told: Told, asked: str) -> tuple[str, list[list[str]] | None]:
    """The rows that moved the way a question asks for, the most first; a sentence where none of those listed did.

    None in place of the rows where no way is asked for, or only whether or why the whole moved.
    """
    text = in_english(" ".join(words(asked)))
    rose = bool(_ROSE.search(text) or _MORE_SO.search(text))
    fell = bool(_FELL.search(text) or _LESS_SO.search(text))
    if told.query != "spend_change" or rose == fell or not _WHICH_MOVED.search(text):
        return "", None
    sized = [(size, row) for row in told.rows if row[0] not in _NO_PART and (size := _size(row, told)) is not None]
    sized.sort(key=lambda pair: pair[0], reverse=rose)
    so = [row for size, row in sized if (size > 0 if rose else size < 0)]
    if so or not sized:
        return "", so or None
    none = f"None of those listed {'rose' if rose else 'fell'}."
    return f"{none} The one that {'fell' if rose else 'rose'} least comes first.", [row for _, row in sized]


def one_way(told: Told, rows: Sequence[list[str]]) -> str:
    """What stands above the rows of a change that all rose, or all fell, as the whole did; empty where any did not."""
    moved = [size for row in rows if (size := _size(row, told)) is not None]
    whole = next((told.facts[i].number for i in told.headlines if i in told.facts), None)
    if (
        told.query != "spend_change"
        or not moved
        or whole is None
        or not (min(*moved, whole) > 0 or max(*moved, whole) < 0)
    ):
        return ""
    return "What rose:" if whole > 0 else "What fell:"
