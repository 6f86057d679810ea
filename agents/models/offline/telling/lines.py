"""Lines: a row of a result as one line of a list, with the figures that tell most of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from agents.models.offline.telling.headlines import called
from agents.models.offline.telling.results import Told, ToldFact
from tools.units import DURATIONS


def line_of(row: Sequence[str], told: Told, *, titled: bool = True) -> str:
    """One row: what it is of and where, then its first figure, or its time or names where it has none.

    `titled`: whether the column says before the figure what it is.
    """
    cells = list(zip(told.columns, row, strict=False))
    held = [(column, told.facts[cell]) for column, cell in cells if cell in told.facts]
    numbers = [fact for _, fact in held if fact.number is not None]
    moments = [fact for _, fact in held if _is_moment(fact.id, told)]
    place = next((v for c, v in cells[1:] if c.casefold() == "account" and v and v not in told.facts), told.beside)
    names = [(c, v) for c, v in cells if c.casefold() != "account" or (c, v) == cells[0]]
    names = [(c, v) for c, v in names if v and (v not in told.facts or told.facts[v].is_text)]
    subject = called(*names[0], told) if names else ""
    if told.query == "savings" and not subject:
        # "stop Ec2Instance": a number in the kind of a thing would be held against the facts; its name stands for it
        done = " ".join(itertools.takewhile(lambda word: not re.search(r"\d", word), names[0][1].split()))
        thing = next((told.facts[v].value for _, v in names[1:] if v in told.facts), "")
        subject = f"{done} {thing}" if done and thing else ""
    if told.query in EVENTS:
        other = next((called(c, v, told) for c, v in names[1:] if v in told.facts), "")
        done = next((_DATE_OF_API.sub("", v) for c, v in names[1:] if c.casefold() == "action"), "")
        done = "" if re.search(r"\d", done) else done
        subject = f"{subject}, {done}" if done else subject
        subject = f"{subject}{' on ' if done else ' of '}{other}" if subject and other else subject or other
        place = f" in account {place}" if place else ""
        return f"{subject}{place}: [[{moments[0].id}]]" if moments and subject else ""
    if not numbers:
        shown = ", ".join(f"[[{fact.id}]]" for _, fact in held[:2])
        return f"{shown} in account {place}" if place and shown else shown
    wanted = _FIGURE.get(told.query, "")
    main = next((f for c, f in held if f.number is not None and wanted and wanted in c.casefold()), numbers[0])
    if not subject:
        subject = _dated(moments[0], held) if moments else called(*cells[0], told)
    if not subject:
        return ""
    beside = f" in account {place}" if place and subject not in (place, f"account {place}") else ""
    title = next((re.sub(r" \(.*", "", c).casefold() for c, f in held if f is main), "")
    title = _FULLER.get(title, title)
    if (
        titled
        and (told.query in _TITLED or main.unit in DURATIONS)
        and title.replace(" ", "").isalpha()
        and title not in DURATIONS
    ):
        beside += f", {title}"
    if told.query == "encryption":
        subject = ""  # the problem names its kind
    said = [v for c, v in cells if c in _BESIDE.get(told.query, ()) and v not in told.facts]
    beside += "".join(f", {words}" for words in said if words and not re.search(r"\d", words))
    team = next((v for c, v in cells if c.casefold() == "team" and v and v not in told.facts), "")
    if told.query == "account_list" and team:
        beside += f", team {team}"
    share = next(
        (fact for fact in numbers[1:] if fact.unit == "percent" and ("share" in fact.label or told.query in _WHOLES)),
        None,
    )
    more = f", a share of [[{share.id}]]" if share else ""
    if share:
        more += _WHOLES.get(told.query, "")
    if told.query == "alarm_history" and moments:
        more += f", first [[{moments[0].id}]]"
    if told.query == "budgets":
        for word in ("limit", "forecast"):
            more += next((f", {word} [[{f.id}]]" for c, f in held if c.casefold().split(" (")[0] == word), "")
    return f"{subject}{beside}: [[{main.id}]]{more}".removeprefix(", ")


def _dated(moment: ToldFact, held: Sequence[tuple[str, ToldFact]]) -> str:
    """A row that has no name to write, by its time, after what the column says of that time."""
    column = next(column for column, fact in held if fact is moment)
    return f"{re.sub(r' [(].*', '', column).casefold()} [[{moment.id}]]"


_DATE_OF_API = re.compile(r"(?<=[a-z])20\d{6}(?:v\d+)?(?![A-Za-z\d])")
"""The version of AWS's interface behind the name of an action: "UpdateFunctionConfiguration20150331v2"."""
EVENTS = ("who_did_what", "recent_changes")
"""Queries whose rows are told by their time: what was done to what, where, when."""
_TITLED = frozenset({"spend_change", "cost_anomalies", "budgets", "patches", "savings", "health_summary"})
"""Queries whose figure is no plain amount of what the row names: the column says of it what it is."""
_FULLER = {"for": "in this state for"}
"""Titles that are too short to stand behind a name."""
_WHOLES = {"untagged_spend": " of its spend", "quotas": " of the quota"}
"""What the share of a row is of, where that is not the whole that stands above it."""
_BESIDE = {"backups": ("State",), "identity_hygiene": ("What",), "encryption": ("Problem",)}
"""Columns of words that say what the figure of their row is of."""
_FIGURE = {"spend_change": "change", "savings": "saves", "budgets": "actual", "encryption": "count"}
"""A word of the column whose figure tells most, where that is not the first."""


def _is_moment(cell: str, told: Told) -> bool:
    return cell in told.facts and told.facts[cell].said.endswith((" date", " time"))
