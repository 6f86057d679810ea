"""Lists that are cut: whoever reads one is told that it goes on, and how many more there are."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.tools.test_restricted_sight import INPUTS
from tools import catalogue
from tools.facts import CUT, NOT_LISTED, QueryResult

LISTS: dict[str, tuple[dict[str, Any], ...]] = {
    **{name: given[:1] for name, given in INPUTS.items()},
    "config_compliance": ({}, {"rule": "required-tags"}),
    "encryption": ({"kind": "snapshots"},),
    "findings": ({"severity": "critical"},),
    "identity_hygiene": ({"check": "old_keys"}, {"check": "over_privileged"}),
    "inventory": ({"kind": "instances", "by": "resource"},),
    "vulnerabilities": ({"by": "cve"},),
    "who_did_what": ({"period": "2026-10"},),
}
"""Inputs of every query that make it list things one by one, where it can."""
LIMITS = ("_LISTED", "_ROWS", "_ROWS_OF_EACH", "_SHOWN")
"""What the modules of queries call the most rows that they show."""


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_that_is_cut_ends_with_how_many_more_there_are(
    ask: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(LISTS) == set(INPUTS)
    home = sys.modules[catalogue.queries()[name].function.__module__]
    top = {"top": 1} if "top" in catalogue.queries()[name].input_model.model_fields else {}
    for given in LISTS[name]:
        with monkeypatch.context() as patch:
            for limit in LIMITS:
                if isinstance(getattr(home, limit, None), int):
                    patch.setattr(home, limit, 1)
            cut = ask(name, **given, **top)
        left = [fact for fact in cut.facts if fact.label.endswith(NOT_LISTED)]
        said = [note for note in cut.notes if note.startswith(CUT)]
        assert len(said) == len(left) == sum(any(fact.id in row for fact in left) for row in rows(cut))
        assert all(f"{fact.value:,} more " in note for fact, note in zip(left, reversed(said), strict=True))
        if not any(row[0] == "other" for row in rows(cut)):  # then nothing is left out
            assert len(rows(cut)) == len(rows(ask(name, **given)))


def rows(result: QueryResult) -> tuple[tuple[str, ...], ...]:
    return result.table.rows if result.table else ()
