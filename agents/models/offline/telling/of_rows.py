"""Of rows: since when, by whom, how it stands now, and which one: what a few words ask of the rows that were shown.

The rows of a table are told by one figure; what is asked of them afterwards mostly stands in another column.
"""
# ruff: noqa: E501, SIM905 - lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.telling.results import Told, ToldFact
from agents.models.offline.topics.of_shown import Ask, nth, of_shown_in, superlative
from agents.models.offline.words.text import words
from agents.models.offline.words.tongues import in_english
from tools.units import DURATIONS

_OWN_ORDER = frozenset(
    "aws_health_events backups cost_anomalies error_logs health_summary patches quotas savings threats vulnerabilities".split()
)
"""Queries whose first row is the worst one, or the one with the most."""
_BIGGEST = {
    "budgets": "forecast over limit",
    "alarms": "for",
    "alarm_history": "firing",
    "cost_anomalies": "above expected",
}
"""The column by which one row is worse than another, where the first is not."""
_BY_WHAT = {
    "alarms": "how long it has fired",
    "alarm_history": "how long it fired",
    "backups": "failed jobs",
    "budgets": "what it is forecast to be over",
    "cost_anomalies": "what is above expected",
    "error_logs": "lines",
    "health_summary": "how many different things are wrong",
    "patches": "missing patches",
    "quotas": "the share in use",
    "savings": "what would be saved",
    "threats": "severity",
    "vulnerabilities": "severity",
}
"""By what the first row comes before the others, or the one that is picked does."""
_BAD = frozenset({"worst", "most serious", "most severe", "most urgent", "most important"})
"""Words that say of nothing by what one is before the others."""
_URGENT = frozenset({"most urgent", "most important"})
_BY_MORE_THAN_ONE = frozenset({"health_summary", "threats", "vulnerabilities"})
"""Queries whose order is not that of the figure which is told of each row."""
_SEVERITY = "severity"
_LASTING = frozenset({"longest", "oldest"})
_FEWEST = frozenset({"smallest", "lowest", "shortest"})
_NEW = frozenset({"newest", "latest"})
_BY_TIME = _NEW | {"oldest", "earliest"}
_STATES = frozenset({"at the end", "state", "status"})
_BOUNDS = frozenset({"lower bound", "upper bound"})
_IN_PERCENT = re.compile(r"%|\b(?:percent\w*|pct|relative(?! to\b))\b", re.IGNORECASE)
_BY, _WHO = "by", ("who", "by")
_TOLD_BY_TIME = frozenset({"recent_changes", "who_did_what", "identity_hygiene", "findings"})
"""Queries whose rows are told by their time or age anyhow."""
_MANY, _TWO = 3, 2
_MOMENTS = 2
"""Times of a row that are told, at most."""
_SHORT = {"for": "in this state for", "first": "first", "last": "last"}
_AGED = frozenset({"vulnerabilities", "findings"})
"""Queries that tell how old the oldest of what they count is."""
_LEADING: dict[Ask, re.Pattern[str]] = {
    "by how much": re.compile(r"over the limit$|^forecast change against|^change in spend"),
    "cost": re.compile(r"^actual spend, "),
    "when": re.compile(r"^age of the oldest"),
}
"""Labels of facts beside the rows that are what is asked for."""
_TO_COME = re.compile(
    r"\b(?:rest|remain(?:s|der|ing)?|left|still (?:to|spend|pay|be|have|need)"
    r"|more(?! than\b)|further|another|to come|from (?:now|today|here))\b"
)
"""Words that ask for what is left of a month or year, and not for all of it."""
_HELD_AGAINST = re.compile(r"\b(?:that|it|this) compares?\b", re.IGNORECASE)
_REST = "forecast spend for the rest of "
_HOURLY = re.compile(r"\b(?:(?:per|an|each|every|by the) hour|hourly)\b", re.IGNORECASE)
_AN_HOUR = " an hour"


def picked(told: Told, asked: str) -> list[list[str]]:
    """The rows that are asked about: one where words say which ("the worst", "the first one"), else as they are."""
    rows = [row for row in told.rows if row and row[0] != "other"]
    if of_shown_in(asked) in (None, "range") or not rows:
        return told.rows
    if place := nth(asked):
        return [rows[place[1]]] if -len(rows) <= place[1] < len(rows) else told.rows
    word = superlative(asked)
    if not word:
        return told.rows
    column = _column(told, word)
    sized = [(size, row) for row in rows if column is not None and (size := _size(row[column], told)) is not None]
    if not sized and word in _BY_TIME:
        timed = sorted((moment, row) for row in rows if (moment := _moment(row, told)))
        at = timed[-1 if word in _NEW else 0][0] if timed else ""
        return [row for moment, row in timed if moment == at] or told.rows
    if not sized and word in _BAD and told.query in _OWN_ORDER:
        return [row for row in rows if _rank(row, told) == _rank(rows[0], told)]
    if not sized:
        return rows[:1] if told.query in _OWN_ORDER and word not in _FEWEST | _LASTING else told.rows
    return [min(sized, key=lambda pair: pair[0])[1] if word in _FEWEST else max(sized, key=lambda pair: pair[0])[1]]


def _rank(row: Sequence[str], told: Told) -> object:
    """What puts a row where it stands, equal for rows of which none comes before the others: its severity, its figures."""
    titles = [_title(column) for column in told.columns]
    if _SEVERITY in titles:
        return row[titles.index(_SEVERITY)]
    if told.query != "health_summary":
        return row
    sizes = [size for cell in row if (size := _size(cell, told)) is not None]
    return len(sizes), sum(sizes)


def singled_out(told: Told, asked: str, rows: Sequence[str]) -> str:
    """The line of the one row that is asked about, under the word by which it is; empty where it is not one."""
    one = picked(told, asked)
    if not 0 < len(rows) == len(one) < len(told.rows):
        return ""
    place = nth(asked)
    word = place[0] if place else superlative(asked)
    cut = any(row and row[0] == "other" for row in told.rows)
    ordered = told.query in _OWN_ORDER and word not in _BY_TIME | _LASTING | _FEWEST | {"last"}
    lines = "\n".join(f"- {row}" for row in rows)
    what, of = _BY_WHAT.get(told.query, ""), " of those listed" if cut and not ordered else ""
    if word in _URGENT and what:
        return f"How urgent each is is not known here. The first{of} by {what}:\n{lines}"
    by = f" by {what}" if word in _BAD and told.query in _BY_MORE_THAN_ONE else ""
    return f"The {word}{of}{by}:\n{lines}" if word else ""


def _column(told: Told, word: str) -> int | None:
    """The column by whose figures one row is told from the others; None where they stand in the order that is meant."""
    titles = [_title(column) for column in told.columns]
    if word in _LASTING:
        return next((place for place, unit in enumerate(told.units) if unit in DURATIONS), None)
    if word in _NEW or word == "earliest":
        return None
    wanted = _BIGGEST.get(told.query)
    return titles.index(wanted) if wanted in titles else None


def _moment(row: Sequence[str], told: Told) -> str:
    """The first time of a row, written so that later ones sort behind it."""
    return next((told.facts[cell].said for cell in row if cell in told.facts and _is_moment(told.facts[cell])), "")


def _size(cell: str, told: Told) -> float | None:
    return told.facts[cell].number if cell in told.facts else None


def beside(told: Told, asked: str) -> list[ToldFact]:
    """Facts outside the rows that are what is asked: since when one is reported, by how much it is over, the rest."""
    ask = of_shown_in(asked)
    within = {cell for row in told.rows for cell in row}
    others = [fact for fact in told.facts.values() if fact.id not in within]
    if told.query == "forecast" and _HELD_AGAINST.search(asked):
        return [fact for fact in others if fact.label.startswith(f"{_REST}the year")]  # what has been is no forecast
    if told.query == "forecast" and _TO_COME.search(in_english(" ".join(words(asked)))):
        return [fact for fact in others if fact.label.startswith(_REST)]
    if ask in _LEADING and (ask != "when" or told.query in _AGED):
        found = [fact for fact in others if _LEADING[ask].search(fact.label)]
        one = picked(told, asked)
        if ask != "cost" or len(one) != 1:
            return found[:_MANY]
        of = [
            cell
            for title, cell in zip(map(_title, told.columns), one[0], strict=False)
            if title in ("account", "service")
        ]
        return [fact for fact in found if all(cell in fact.label for cell in of)]
    if ask != "when":
        return []
    names = [
        told.facts[cell].value
        for row in picked(told, asked)
        for cell in row
        if cell in told.facts and told.facts[cell].is_text
    ]
    return [fact for fact in others if _is_moment(fact) and any(name in fact.label for name in names)]


def also(row: Sequence[str], told: Told, asked: str) -> str:
    """What a row says of what is asked, as words behind its name; empty where it says nothing of it."""
    ask: Ask | None = "when" if asks_since(told, asked) else of_shown_in(asked)
    cells = [(_title(column), cell) for column, cell in zip(told.columns, row, strict=False)]
    if grouped(told):
        return ", ".join(f"{cells[n][0]} [[{cells[n][1]}]]" for n in (1, _counted(asked)) if cells[n][1] in told.facts)
    if told.query == "spend_change" and _IN_PERCENT.search(asked):
        moved = (told.facts[cell] for title, cell in cells if title == "change" and cell in told.facts)
        return next((f"change [[{fact.id}]]" for fact in moved if fact.unit == "percent"), "")
    if told.query == "commitments" and _HOURLY.search(asked):
        hourly = (cell for title, cell in cells if title.endswith(_AN_HOUR) and cell in told.facts)
        return next((f"hourly cost [[{cell}]]" for cell in hourly), "")
    if ask in _WHO:
        by = next((cell for title, cell in cells if title == _BY), "")
        return f"by {by}" if by and by != "-" and not re.search(r"\d", by) else ""
    if ask == "range":
        return ", ".join(f"{title} [[{cell}]]" for title, cell in cells if title in _BOUNDS and cell in told.facts)
    if ask == "severity" or (ask == "most" and superlative(asked) in _BAD):
        level = next((cell for title, cell in cells[1:] if title == _SEVERITY and cell not in told.facts), "")
        figure = next((cell for _, cell in cells if _size(cell, told) is not None), "")
        if level and figure:
            return f"{level}, [[{figure}]]"
    if ask == "most" and told.query == "health_summary":
        return ", ".join(f"{t.replace('aws', 'AWS')} [[{cell}]]" for t, cell in cells if cell in told.facts)
    if ask == "by how much" and told.query == "budgets":
        over = next(
            (told.facts[cell] for title, cell in cells if title == "forecast over limit" and cell in told.facts), None
        )
        return f"forecast over limit [[{over.id}]]" if over else ""
    lasting = ask == "most" and superlative(asked) in _LASTING
    if not (ask in ("when", "still") or lasting) or told.query in _TOLD_BY_TIME:
        return ""
    said = [cell.casefold() for title, cell in cells if ask == "still" and title in _STATES and cell not in told.facts]
    held = [(title, told.facts[cell]) for title, cell in cells if cell in told.facts]
    moments = [f"{title} [[{fact.id}]]" for title, fact in held if _is_moment(fact)]
    moments.sort(key=lambda said: not said.startswith(_FAILING))
    moments = moments[: _MOMENTS + moments[0].startswith(_FAILING)] if moments else []
    lasted = [
        f"{_SHORT.get(title, title)} [[{fact.id}]]"
        for title, fact in held
        if fact.unit in DURATIONS and title != "last good"
    ]
    return ", ".join([*said, *moments, *lasted])


_FAILING = "failing since"
"""The column that says since when a backup fails, without one that completed."""
_SINCE = re.compile(
    r"\b(?:(?:since|from) when|how long|(?:for|what was) the first (?:time|one|failure)|first fail\w*|when did\b.*\b(?:start|begin|first|last|stop)|when (?:was|is)\b.*\blast|last (?:good|success\w*|worked))\b",
    re.IGNORECASE,
)


def asks_since(told: Told, asked: str) -> bool:
    """Whether it is asked since when backups fail, or when they last did not: their times are told, not their number."""
    return told.query == "backups" and _SINCE.search(in_english(" ".join(words(asked)))) is not None


def grouped(told: Told) -> bool:
    """Whether the rows of a result that lists single things are the accounts or venues of these instead."""
    return told.query == "patches" and told.columns[:1] in (["Account"], ["Venue"])


def _counted(asked: str) -> int:
    """The column of the count that is asked for: of instances that miss critical patches, or any."""
    return 3 if re.search(r"\bcritical\b", asked, re.IGNORECASE) else 2


def by_number(told: Told, asked: str) -> list[list[str]]:
    """The accounts or venues with the most of what is counted first."""
    return sorted(told.rows, key=lambda row: -(_size(row[_counted(asked)], told) or 0.0))


def with_it(line: str, more: str, asked: str) -> str:
    """The line of a row with what was asked of it, in place of its figure; who did it stands before the time.

    Of a row that has no name to write, that alone.
    """
    name, between, figure = line.rpartition(": [[")
    if not more or not name:
        return line or more
    return f"{name}, {more}{between}{figure}" if of_shown_in(asked) in _WHO else f"{name}: {more}"


def _is_moment(fact: ToldFact) -> bool:
    return fact.said.endswith((" date", " time"))


def _title(column: str) -> str:
    return re.sub(r" \(.*", "", column).casefold()
