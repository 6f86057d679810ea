"""Headlines: the sentence of a leading fact, and what a row is called."""

from __future__ import annotations

import re

from agents.models.offline.telling.results import Told, ToldFact
from tools.facts import UNTAGGED

_LEFT = re.compile(r"(budget .+): limit minus \1: actual spend so far")
_LEFT_OUT = re.compile(r"sum of (?!forecast)(?:.+ spend(?:, | and )?)+")
_WITHIN = re.compile(r",? (?:with)?in the last \d+ \w+")


def sentence(fact: ToldFact, told: Told) -> str:
    """A fact by its label; where another result says the same of other accounts, with the one that it is of."""
    # A stretch of time within a label would be read as the period of the figure; the line "Read as" says it.
    label = _WITHIN.sub("", fact.label)
    if told.query == "derive" and fact.label.startswith("total spend minus ") and "total" not in fact.label[17:]:
        label = "the difference"  # named, it would be read as the figure of what is left out
    if told.query == "derive" and _LEFT_OUT.fullmatch(fact.label):
        label = "the sum of what was to be left out"  # named, it would be read as the figure of each
    if told.query == "derive" and (budget := _LEFT.fullmatch(fact.label)):
        label = f"what is left of {budget[1]}"
    place = f" in account {told.beside}" if told.beside and "scope: " not in fact.aside else ""
    return f"{label[:1].upper()}{label[1:]}{place}: [[{fact.id}]]."


def names_a_row(fact: str, told: Told) -> bool:
    """Whether a headline is the name of a row whose figure is one, too: that one's sentence says it."""
    row = next((row for row in told.rows if row[0] == fact), ())
    return told.facts[fact].is_text and any(cell in told.headlines for cell in row[1:])


def headlined(fact: str, told: Told) -> str:
    """The sentence of a headline; one of the figures of a row whose name is a headline says whose it is, and where.

    "Total errors: 12" beside the total of all would not say that it is of one thing.
    """
    row = next((row for row in told.rows if fact in row[1:] and row[0] in told.headlines), None)
    if row is None or row[0] not in told.facts:
        return sentence(told.facts[fact], told)
    place = next((v for c, v in zip(told.columns, row, strict=False) if c.casefold() == "account"), "")
    of = called(told.columns[0], row[0], told) + (f" in account {place}" if place else "")
    label = told.facts[fact].label
    return f"{label[:1].upper()}{label[1:]} of {of}: [[{fact}]]."


_KINDS = {"service", "account", "team", "venue", "env", "environment", "region", "usage type"}


_CODED = re.compile(r"\b(?:s3|ec2)(?=[ -])")
"""Names of services within a name ("s3-bucket-logging-enabled"): no figure."""


def called(column: str, cell: str, told: Told) -> str:
    """A row's name with its kind before it ("team data"); a name that is a fact is a reference."""
    if cell in told.facts:
        # a name stands in plain words, so that the figure after it is held against it; other texts are written by code
        held = told.facts[cell]
        return f"[[{cell}]]" if held.said.endswith(" text") or not held.is_text else held.value
    kind = re.sub(r" \(.*", "", column).casefold()
    if cell == UNTAGGED:
        return f"no {kind} tag"
    if kind in _KINDS and cell not in ("other", "-") and not cell.startswith("("):
        return f"{'env' if kind == 'environment' else kind} {cell}"
    if told.query == "account_list":
        return f"account {cell}"
    if re.search(r"\d", _CODED.sub("", cell)) and not any(
        cell in f.said or cell in f.aside for f in told.facts.values()
    ):
        return ""
    return cell
