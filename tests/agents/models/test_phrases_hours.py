"""Hours and parts of a day as people say them: phrases worked on, and phrases held back from the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.models.offline import understand
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fill
from agents.models.offline.inputs.hours import narrowed
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import read
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

FILE = Path(__file__).parent / "phrases" / "hours.yaml"
REACHED = {"dev": 186, "held": 171}
"""Phrases of each part that are read right; never less."""


def taken(say: str) -> dict[str, Any]:
    """The period and the hours of each day that changes by anybody would be looked up for."""
    every = queries()
    at, reading = Context(names(), NOW, every), read(say, names(), NOW)
    call = PlannedCall(
        query="who_did_what", domain="security", inputs=fill(every["who_did_what"], reading, names(), NOW).inputs
    )
    return narrowed([call], reading, (), at)[0].inputs


def right(entry: dict[str, str]) -> bool:
    """Whether what is taken is one of the things that are meant."""
    found = taken(entry["say"])
    for means in entry["means"].split(" | "):
        if means.startswith("hours="):
            if found.get("hours") == means.removeprefix("hours="):
                return True
        elif "hours" not in found and _same(str(found.get("period")), means):
            return True
    return False


def _same(word: str, means: str) -> bool:
    one, other = resolved(word, NOW), resolved(means, NOW)
    return one is not None and other is not None and (one.start, one.end) == (other.start, other.end)


def entries(part: str) -> list[dict[str, str]]:
    """The phrases of a part, with what is meant."""
    return yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)[0 if part == "dev" else 1 :: 2]  # type: ignore[no-any-return]


@pytest.mark.parametrize("part", ["dev", "held"])
def test_hours_are_read_as_they_are_meant(part: str) -> None:
    missed = [entry["say"] for entry in entries(part) if not right(entry)]
    assert len(entries(part)) - len(missed) >= REACHED[part], missed


EVENING = "2026-10-13T18:00..2026-10-14T00:00"


@pytest.mark.parametrize(
    ("turns", "query", "period"),
    [
        (["What was deployed on Tuesday evening?"], "recent_changes", EVENING),
        (["Which alarms went off on Tuesday?", "and in the evening?"], "alarm_history", EVENING),
        (["Which alarms went off Tuesday evening?", "who did what then?"], "who_did_what", EVENING),
        (["Which alarms went off Tuesday evening?", "and what did we spend that day?"], "spend", "2026-10-13"),
        (["Error logs Tuesday evening", "and the day before?"], "error_logs", "2026-10-12T18:00..2026-10-13T00:00"),
        (
            ["Which alarms went off this morning?", "and the day before?"],
            "alarm_history",
            "2026-10-14T06:00..2026-10-14T12:00",
        ),
        (["who did what last night", "and the night before?"], "who_did_what", "2026-10-13T18:00..2026-10-14T06:00"),
        (
            ["who did what last night", "and the night before?", "and the morning after?"],
            "who_did_what",
            "2026-10-14T06:00..2026-10-14T12:00",
        ),
        (["Which alarms fired on Tuesday evening?", "what was deployed that day?"], "recent_changes", "2026-10-13"),
        (["Which alarms fired on Tuesday evening?", "and on Wednesday?"], "alarm_history", "2026-10-14"),
        (
            ["What changed in the last 3 hours?", "and the 3 hours before?"],
            "recent_changes",
            "2026-10-15T03:00..2026-10-15T06:00",
        ),
        (
            ["Which alarms fired on Tuesday between 18:00 and 20:00?", "and the hour before?"],
            "alarm_history",
            "2026-10-13T17:00..2026-10-13T18:00",
        ),
        (["CPU of bet-api from 14:00 to 16:00 yesterday"], "metric", "2026-10-14T14:00..2026-10-14T16:00"),
        (["alarms on Tuesday morning and on Wednesday evening"], "alarm_history", "2026-10-13..2026-10-14"),
        (["what did we spend on Tuesday evening?"], "spend", "2026-10-13"),
    ],
)
def test_hours_go_through_a_conversation(turns: list[str], query: str, period: str) -> None:
    plan = understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())
    assert (query, period) in [(call.query, str(call.inputs.get("period"))) for call in plan.calls]
    whole = any("part of a day" in said or "part of the day" in said for said in plan.limits)
    assert whole == (":" not in period and "evening" in turns[-1])


def test_hours_of_each_day_reach_only_what_can_be_narrowed_by_them() -> None:
    plan = understand("deployments outside office hours last week", (), names=names(), now=NOW, queries=queries())
    assert [call.inputs["hours"] for call in plan.calls] == ["outside_office"]
    plan = understand("alarms outside office hours last week", (), names=names(), now=NOW, queries=queries())
    assert "A part of the day could not be used; this covers whole days." in plan.limits


if __name__ == "__main__":
    for name in ("dev", "held"):
        wrong = [entry for entry in entries(name) if not right(entry)]
        if name == "dev" and sys.argv[1:] == ["dev"]:
            for entry in wrong:
                print(entry["say"], "=>", entry["means"], "got", taken(entry["say"]))
        print(name, len(entries(name)) - len(wrong), "of", len(entries(name)))
