"""Questions that name no technical thing: phrases worked on, and phrases held back from the work."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.agents.models.phrases_parts import reached

FILE = Path(__file__).parent / "phrases" / "described.yaml"
REACHED = {"dev": 46, "held": 40}
"""Phrases of each part that the plan meant is proposed for; never less."""


@pytest.mark.parametrize("part", ["dev", "held"])
def test_what_is_described_in_plain_words_is_proposed(part: str) -> None:
    entries = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)[0 if part == "dev" else 1 :: 2]
    missed = [entry["say"] for entry in entries if not reached(entry)]
    assert len(entries) - len(missed) >= REACHED[part], missed
