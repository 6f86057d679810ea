"""What holds for every security query: receipts, replay, declared operations, and a size that models can afford."""

from __future__ import annotations

from typing import Any

import pytest

from agents.telling import tell
from tests.questions.tokens import tokens
from tools import catalogue

CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("findings", {}),
    ("findings", {"severity": "medium", "top": 25}),
    ("findings", {"by": "account", "top": 25}),
    ("threats", {"period": "last_90_days", "top": 25}),
    ("public_exposure", {}),
    *(("identity_hygiene", {"check": check, "days": 1}) for check in ("all", "old_keys", "over_privileged")),
    ("who_did_what", {"period": "2026-10", "top": 25}),
    ("who_did_what", {"period": "2026-10-14", "who": "j.devries"}),
    ("config_compliance", {"top": 25}),
    ("config_compliance", {"rule": "access-keys-rotated", "top": 25}),
    *(("encryption", {"kind": kind}) for kind in ("all", "volumes", "snapshots", "keys")),
    *(("vulnerabilities", {"by": by, "top": 25}) for by in ("severity", "account", "resource", "cve")),
)
WIDEST: tuple[tuple[str, dict[str, Any]], ...] = (
    ("findings", {}),
    ("threats", {}),
    ("public_exposure", {}),
    ("identity_hygiene", {}),
    ("who_did_what", {"period": "2026-10-14", "who": "j.devries"}),
    ("config_compliance", {"rule": "access-keys-rotated"}),
    ("encryption", {}),
    ("vulnerabilities", {}),
)
"""Inputs with which each query calls everything that it ever calls."""
MOST_TOKENS = 1500


@pytest.mark.parametrize(("name", "inputs"), CASES, ids=[f"{name}-{inputs}" for name, inputs in CASES])
def test_a_replay_gives_identical_facts_and_the_result_stays_short(ask: Any, name: str, inputs: dict[str, Any]) -> None:
    ran = ask.run(name, **inputs)
    assert ask.replay(ran).facts == ran.result.facts
    assert all(fact.receipts for fact in ran.result.facts)
    assert {receipt for fact in ran.result.facts for receipt in fact.receipts} == {one.id for one in ran.receipts}
    assert ran.result.headlines
    assert tokens(tell(ran.result)) <= MOST_TOKENS


@pytest.mark.slow
def test_the_operations_declared_are_those_observed(ask: Any) -> None:
    observed: dict[str, set[str]] = {}
    for name, inputs in WIDEST:
        observed.setdefault(name, set()).update(ask.run(name, **inputs).asked)
    declared = {n: set(q.operations) for n, q in catalogue.queries().items() if q.domain == "security"}
    assert observed == declared
