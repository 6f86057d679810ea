"""The README shows what a run says today, and draws the house as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from tests.commands import regent_here
from tests.homes import furnished

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"A run of `regent ask \"(?P<question>[^\"]+)\"`.*?\n```\n(?P<answer>.*?\n)```\n", re.DOTALL)
COLUMNS = 112
"""Of the terminal from which the answer was pasted."""
OF_ONE_RUN = re.compile(
    r"\b(?:q-[0-9a-f]+-[0-9a-f]+|r-[0-9a-f]{16}|request [0-9a-f]{8}…|\d+\.\d\d s|regent\.local/[0-9a-f]+"
    r"|records \d+ to \d+|root [0-9a-f]+…)"
)
"""Ids, seconds and places in the ledger: each run has its own."""
ROOM = re.compile(r"^\| `(?P<room>\w+)/` \| (?P<question>[^|]+\?) \| (?P<start>[^|]+) \|$", re.MULTILINE)
DRAWN = re.compile(r"^ *subgraph (?P<room>\w+)\[\"(?P=room)/ · (?P<question>[^\"]+)\"\]$", re.MULTILINE)


def test_the_answer_that_is_shown_is_what_a_run_says(tmp_path: Path) -> None:
    shown = SHOWN.search(PAGE)
    assert shown
    said = regent_here(tmp_path, "ask", shown["question"], COLUMNS=str(COLUMNS), REGENT_HOME=furnished(tmp_path)).stdout
    assert OF_ONE_RUN.sub("…", said) == OF_ONE_RUN.sub("…", shown["answer"])


def test_the_rooms_that_are_told_are_those_that_there_are_and_reading_starts_at_files() -> None:
    told = {row["room"]: row for row in ROOM.finditer(PAGE)}
    assert set(told) == {"agents", "policies", "tools", "infra", "tests"}
    starts = [path for row in told.values() for path in re.findall(r"`([\w/.]+\.\w+)`", row["start"])]
    assert len(starts) >= len(told)
    assert [path for path in starts if not (ROOT / path).is_file()] == []


def test_the_picture_names_the_rooms_by_their_questions() -> None:
    asked = {row["room"]: row["question"] for row in ROOM.finditer(PAGE)}
    drawn = {row["room"]: row["question"] for row in DRAWN.finditer(PAGE)}
    assert PAGE.count("subgraph ") == len(drawn) == 3
    assert drawn.items() <= asked.items()
