"""Places as people say them side by side: the accounts that a question comes to, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agents.models.offline.inputs.filling import fill
from agents.models.offline.reading import read
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

PHRASES = yaml.safe_load((Path(__file__).parent / "phrases" / "places.yaml").read_text(encoding="utf-8"))


def accounts(question: str) -> set[str]:
    """The accounts that a question is about, groups taken apart."""
    known = names()
    given = fill(queries()["public_exposure"], read(question, known, NOW), known, NOW).inputs.get("accounts", "")
    found: set[str] = set()
    for part in given.split(","):
        key, _, value = part.partition(":")
        found |= {a for a in known.accounts if (known.tags[a].get(key) == value if value else a == part)}
    return found


@pytest.mark.parametrize(("part", "least"), [(0, 28), (1, 27)], ids=["seen", "held out"])
def test_places_named_side_by_side_are_all_of_them(part: int, least: int) -> None:
    rows = PHRASES[part::2]
    missed = [row["say"] for row in rows if accounts(row["say"]) != set(row["means"])]
    assert len(rows) - len(missed) >= least, missed


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("How is Utrecht doing on cost, security and operations?", {"venue-utrecht"}),
        ("Eindhoven, security and operations", {"venue-eindhoven"}),
        ("network traffic in online-prod and security findings there", {"online-prod"}),
        ("is our network and security up to standard", set()),
    ],
)
def test_ordinary_words_beside_a_place_name_no_account(question: str, meant: set[str]) -> None:
    assert accounts(question) == meant
