"""What holds for every query of operations: declared is used, replay gives the same facts, results are small."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.questions.tokens import tokens
from tools import catalogue
from tools.facts import QueryResult
from tools.running import Ran

RUNS: dict[str, list[dict[str, Any]]] = {
    "account_list": [{}],
    "alarm_history": [{"period": "2026-10-13"}, {"period": "2026-10-13", "alarm": "bet"}],
    "alarms": [{}, {"state": "all", "top": 10}],
    "aws_health_events": [{}, {"starting": "2026-11"}],
    "backups": [{}, {"period": "last_4_weeks", "top": 10}, {"kind": "instances"}],
    "error_logs": [{"around": "2026-10-13T19:10"}],
    "health_summary": [{}],
    "inventory": [
        {},
        {"kind": "functions", "by": "team"},
        {"kind": "volumes", "by": "resource"},
        {"kind": "functions", "by": "resource", "only": "python", "top": 20},
    ],
    "metric": [{"name": "cpu"}, {"name": "errors_5xx", "resource": "bet-api", "period": "2026-09"}],
    "patches": [{}],
    "quotas": [{}],
    "recent_changes": [{"period": "2026-10"}],
}


def test_every_query_of_the_domain_is_run_here() -> None:
    assert {name for name, query in catalogue.queries().items() if query.domain == "ops"} == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_what_holds_for_every_query(ask: Any, sample: Any, name: str) -> None:
    asked: set[str] = set()
    for inputs in RUNS[name]:
        ran = ask.run(name, **inputs)
        asked |= set(ran.asked)
        facts_can_be_told_apart(ran)
        assert 1 <= len(ran.result.headlines) <= 6
        assert tokens_of(ran.result) < 1500
        assert ask.replay(ran) == ran.result
    if name == "account_list":  # the call that is only made where there is no organisation
        ask.directory = ask.directory.cut(["payer"])
        sample.server.fault(service="organizations", operation="ListAccounts", kind="denied", times=None)
        asked |= set(ask.run(name).asked)
    assert asked == catalogue.find(name).operations


def facts_can_be_told_apart(ran: Ran) -> None:
    """Two facts with the same label, value and scope would make a figure that equals them ambiguous."""
    known = {receipt.id for receipt in ran.receipts}
    seen = set()
    for fact in ran.result.facts:
        assert fact.receipts
        assert set(fact.receipts) <= known
        period = fact.period.label if fact.period else ""
        key = (fact.label, fact.value, fact.unit, period, fact.scope.text())
        assert key not in seen, f"twice the same fact: {key}"
        seen.add(key)


def tokens_of(result: QueryResult) -> int:
    """o200k tokens of what a model needs: every fact once with id, label, value and unit, and the table's texts."""
    facts = [[f.id, f.label, str(f.value), f.unit, f.scope.text() if f.scope.accounts else ""] for f in result.facts]
    ids = {fact.id for fact in result.facts}
    texts = [[cell for cell in row if cell not in ids] for row in (result.table.rows if result.table else ())]
    shown = json.dumps([result.read_as, facts, texts, result.notes, result.incomplete], separators=(",", ":"))
    return tokens(shown)
