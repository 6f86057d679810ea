"""Phrases for the values of the queries' own inputs: what the offline model fills in, held to what is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agents.models.offline.inputs.choosing import Context, calls_for
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.variants import variants
from agents.models.offline.reading import read
from tests.agents.models.dev_bank import names
from tests.agents.models.phrases_parts import asked_for
from tools.catalogue import queries
from tools.errors import InputError
from tools.estate.world import NOW
from tools.ops.series import MEASURES

_FILE = Path(__file__).parent / "phrases" / "values.yaml"
_OTHERS = frozenset({"accounts", "period", "compared_to", "by", "team", "venue", "service", "around"})
"""Inputs that are not measured here unless a phrase names them."""
_ALL_ROWS = (10, 11, 25)
"""Rows shown where none were asked for, so that the ones asked about are among them."""


@dataclass(frozen=True, slots=True)
class Read:
    """One phrase: whether what the rules fill in first is meant, and whether any of their proposals is."""

    say: str
    query: str
    means: dict[str, Any]
    first: bool
    reached: bool
    got: list[dict[str, Any]]


def phrases(odd: bool) -> Iterator[dict[str, Any]]:
    """The phrases of one part: even ones were developed on, odd ones were not."""
    rows = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return (row for number, row in enumerate(rows) if number % 2 == odd)


def judged(row: dict[str, Any]) -> Read:
    """Read one phrase for its query."""
    context = Context(names(), NOW, queries())
    reading = read(row["say"], context.names, NOW)
    first, _ = calls_for(row["query"], reading, context)
    plans = [first, *(plan for _, plan in variants(first[0], reading, (), context))]
    fits = [_fits(plan, row, context) for plan in plans]
    return Read(row["say"], row["query"], row["means"], fits[0], any(fits), [call.inputs for call in first])


def _fits(plan: list[PlannedCall], row: dict[str, Any], context: Context) -> bool:
    spread = next(((key, value) for key, value in row["means"].items() if isinstance(value, list)), None)
    if spread is None:
        return len(plan) == 1 and _same(plan[0], row["means"], context)
    wanted = [{**row["means"], spread[0]: value} for value in spread[1]]
    return len(plan) == len(wanted) and all(any(_same(call, one, context) for call in plan) for one in wanted)


def _same(call: PlannedCall, means: dict[str, Any], context: Context) -> bool:
    query = context.queries[call.query]
    try:
        own, meant = query.parse(call.inputs), query.parse(means)
    except InputError:
        return False
    if "top" not in means and own.get("top") in _ALL_ROWS:
        own["top"] = meant.get("top")
    if call.query == "metric":
        for inputs in (own, meant):
            inputs["statistic"] = inputs["statistic"] or ("sum" if MEASURES[inputs["name"]].counts else "average")
    return all(
        own[key] == meant[key] or (key == "action" and asked_for(own[key], meant[key]))
        for key in own
        if key not in _OTHERS or key in means
    )
