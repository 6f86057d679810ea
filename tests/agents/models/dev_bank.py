"""Measuring the offline model against questions with known readings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agents.models.offline import Names, Plan, PlannedCall, names_of, understand
from tests.agents.models.sample_sight import sample_directory
from tools.catalogue import queries
from tools.estate.world import NOW, TEAMS
from tools.periods import parse_period
from tools.registry import Query
from tools.unique import read_unique

_FILE = Path(__file__).parent / "offline_dev.yaml"
_FREE = frozenset({"by", "top", "resource", "contains", "service", "statistic", "action"})
"""Inputs that a plan may add though the expectation is silent about them (never where it would narrow a cost)."""
_VENUES = frozenset({"venue-amsterdam", "venue-utrecht", "venue-rotterdam", "venue-eindhoven"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One question's outcome: `right`, `abstained` (wrongly) or `wrong` (a confident misreading)."""

    question: str
    outcome: str
    got: str


@cache
def names() -> Names:
    """The sample estate's names."""
    return names_of(sample_directory(), teams=TEAMS)


@cache
def _parts() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = read_unique(_FILE)
    return found


def load(part: str) -> list[dict[str, Any]]:
    """The questions of one part."""
    return list(_parts()[part])


def judge(entry: dict[str, Any]) -> Verdict:
    """Understand one question and hold the plan against what was expected."""
    known = queries()
    plan = understand(entry["q"], entry.get("h", ()), names=names(), now=NOW, queries=known)
    want = entry["want"]
    got = shown(plan)
    if isinstance(want, str):
        if plan.abstention is None:
            return Verdict(entry["q"], "wrong", got)
        return Verdict(entry["q"], "right" if want in ("any", plan.abstention.kind) else "abstained", got)
    if plan.abstention is not None:
        return Verdict(entry["q"], "right" if entry.get("or_abstain") else "abstained", got)
    # answered in two readings, each said to be one: it is right if one of them is
    readings = (plan.calls, *((plan.calls[: plan.first], plan.calls[plan.first :]) if plan.first else ()))
    right = any(_is_wanted(calls, one, known) for calls in readings for one in (want, *entry.get("also", ())))
    return Verdict(entry["q"], "right" if right else "wrong", got)


def _is_wanted(calls: Sequence[PlannedCall], want: list[str], known: dict[str, Query]) -> bool:
    unmatched = list(calls)
    for wanted in want:
        hit = next((c for c in unmatched if _matches(c.query, c.inputs, wanted, known)), None)
        if hit is None:
            return False
        unmatched.remove(hit)
    return not unmatched or len(want) > 1


def shown(plan: Plan) -> str:
    """A plan in one line."""
    if plan.abstention:
        return f"{plan.abstention.kind}: {plan.abstention.text}"
    return " ## ".join(f"{c.query} {c.inputs}" for c in plan.calls)


def _matches(query: str, inputs: dict[str, Any], wanted: str, known: dict[str, Query]) -> bool:
    return any(_one(query, inputs, option, known) for option in wanted.split("|"))


def _one(query: str, inputs: dict[str, Any], wanted: str, known: dict[str, Query]) -> bool:
    name, *pairs = shlex.split(wanted)
    if name != query:
        return False
    expected = dict(pair.split("=", 1) for pair in pairs)
    defaults = {k: v.get("default") for k, v in known[query].input_model.model_json_schema()["properties"].items()}
    for key, value in expected.items():
        if not _equal(key, inputs.get(key, defaults.get(key)), value):
            return False
    extra = {k: v for k, v in inputs.items() if k not in expected and not _equal(k, v, defaults.get(k))}
    cost = known[query].domain == "cost"
    if name == "who_did_what":
        extra.pop("period", None)
    return not [k for k in extra if k not in _FREE or (cost and k == "service")]


def _equal(key: str, got: Any, want: Any) -> bool:
    if key in ("period", "compared_to") and got and want:
        return _span(str(got)) == _span(str(want))
    if key == "accounts" and got and want:
        return _accounts(str(got)) == _accounts(str(want))
    if isinstance(want, str) and want in ("true", "false"):
        return bool(got) == (want == "true")
    return str(got) == str(want)


def _span(word: str) -> Any:
    try:
        period = parse_period(word, NOW, hours=True)
    except Exception:  # noqa: BLE001 - words such as `previous` and `next_month` are compared as they are
        return word
    return (period.start, period.end) if ":" in word else (period.first_day, period.end_day)


def _accounts(text: str) -> frozenset[str]:
    if text == "venues":
        return _VENUES
    return frozenset(re.sub(r"^venue:", "venue-", part) for part in text.split(","))


def report(part: str) -> tuple[dict[str, int], list[Verdict]]:
    """Counts per outcome, and what was not right."""
    verdicts = [judge(entry) for entry in load(part)]
    counts = {k: sum(v.outcome == k for v in verdicts) for k in ("right", "abstained", "wrong")}
    return counts, [v for v in verdicts if v.outcome != "right"]
