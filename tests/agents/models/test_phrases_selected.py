"""Questions that leave out, widen, or hold against a threshold: phrases worked on, and phrases held back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.candidates import candidates
from agents.models.offline.proposing.evidence import evidence
from agents.models.offline.reading import read
from agents.models.offline.telling.picking import Limit, limit_of
from agents.models.offline.topics.config_rules import rule_described
from tests.agents.models.phrases_names import context
from tests.agents.models.phrases_parts import fits

FILE = Path(__file__).parent / "phrases" / "selected.yaml"
REACHED = {"dev": 69, "held": 62}
"""Phrases of each part that the plan meant is proposed for; never less."""


def proposed(entry: dict[str, Any]) -> list[tuple[PlannedCall, ...]]:
    """The plans proposed for a question, after the call that went before, if any."""
    at, say = context(), entry["say"]
    earlier = tuple(
        PlannedCall(query=name, domain=at.queries[name].domain, inputs=inputs)
        for name, inputs in entry.get("after", {}).items()
    )
    reading = read(say, at.names, at.now)
    return [one.calls for one in candidates(reading, earlier, evidence(reading, say, at), at)]


def reached(entry: dict[str, Any]) -> bool:
    """Whether a plan that is meant is among those proposed."""
    meant = [list(plan.items()) for plan in (entry["means"], *entry.get("also", ()))]
    plans = proposed(entry)
    return any(fits(plan, wanted, context()) for plan in plans for wanted in meant)


@pytest.mark.parametrize("part", ["dev", "held"])
def test_what_is_selected_in_plain_words_is_proposed(part: str) -> None:
    entries = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)[0 if part == "dev" else 1 :: 2]
    missed = [entry["say"] for entry in entries if not reached(entry)]
    assert len(entries) - len(missed) >= REACHED[part], missed


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("accounts over two grand", Limit(2000.0, above=True)),
        ("services north of 5k", Limit(5000.0, above=True)),
        ("500 dollars or less", Limit(500.0, above=False)),
        ("no more than half a million", Limit(500_000.0, above=False)),
        ("teams in double digits", Limit(9.995, above=True)),
        ("the top 5 services of the past 3 months", None),
        ("costs over the last 30 days from 2 accounts", None),
    ],
)
def test_a_threshold_is_an_amount_and_no_count_of_rows_or_days(said: str, limit: Limit | None) -> None:
    assert limit_of(said) == limit


@pytest.mark.parametrize(
    "said",
    ["firewall rules on port 22", "which rules for buckets fail", "is there a rule of thumb for cost"],
)
def test_only_a_rule_that_is_described_is_one_of_config(said: str) -> None:
    assert rule_described(said) is None
