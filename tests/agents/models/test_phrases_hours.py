"""Hours and parts of a day as people say them: phrases worked on, and phrases held back from the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

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
REACHED = {"dev": 150, "held": 100}
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


if __name__ == "__main__":
    for name in ("dev", "held"):
        wrong = [entry for entry in entries(name) if not right(entry)]
        if name == "dev" and sys.argv[1:] == ["dev"]:
            for entry in wrong:
                print(entry["say"], "=>", entry["means"], "got", taken(entry["say"]))
        print(name, len(entries(name)) - len(wrong), "of", len(entries(name)))
