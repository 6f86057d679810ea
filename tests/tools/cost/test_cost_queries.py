"""What holds for every cost query: declared operations, replay, receipts, size, and how failures are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.telling import tell
from tests.questions.tokens import tokens
from tests.tools.conftest import Asker
from tools import catalogue
from tools.errors import AwsCallError
from tools.estates import Estate
from tools.running import Ran

ASKED: dict[str, list[dict[str, Any]]] = {
    "spend": [{}, {"team": "payments", "service": "RDS"}, {"by": "day"}, {"by": "month", "period": "last_12_months"}],
    "spend_change": [{}, {"venue": "utrecht", "service": "S3"}, {"period": "month_to_date", "by": "account"}],
    "forecast": [{"service": "S3"}, {"period": "next_3_months"}, {"period": "this_year"}],
    "cost_anomalies": [{}, {"period": "2026-08"}],
    "untagged_spend": [{}, {"by": "service", "tag": "cost-center"}],
    "commitments": [{}, {"period": "month_to_date"}],
    "savings": [{}, {"kind": "storage"}],
    "budgets": [{}, {"accounts": "venue:utrecht"}],
}
EVERY = [(name, given) for name, inputs in ASKED.items() for given in inputs]


@pytest.fixture(scope="module")
def ran(sample: Estate, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Asker, Ran]]:
    """`ran(name, given)`: who asked, and the run; asked once for all tests here that only read it."""
    runs: dict[str, tuple[Asker, Ran]] = {}

    def run(name: str, given: dict[str, Any]) -> tuple[Asker, Ran]:
        key = f"{name} {given}"
        if key not in runs:
            asker = Asker(sample, tmp_path_factory.mktemp(name))
            runs[key] = asker, asker.run(name, **given)
        return runs[key]

    return run


def test_every_cost_query_is_tested_here() -> None:
    assert set(ASKED) == {query.name for query in catalogue.queries().values() if query.domain == "cost"}


@pytest.mark.parametrize("name", ASKED)
def test_a_query_calls_exactly_what_it_declares(ran: Any, name: str) -> None:
    observed: set[str] = set()
    for given in ASKED[name]:
        observed |= set(ran(name, given)[1].asked)
    assert observed == catalogue.find(name).operations


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_replayed_from_the_stored_responses_the_facts_are_the_same(ran: Any, name: str, given: dict[str, Any]) -> None:
    asker, first = ran(name, given)
    again = asker.replay(first)
    assert again.facts == first.result.facts
    assert again.table == first.result.table
    assert (again.notes, again.incomplete) == (first.result.notes, first.result.incomplete)


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_every_fact_has_receipts_of_calls_that_were_made(ran: Any, name: str, given: dict[str, Any]) -> None:
    _, first = ran(name, given)
    made = {receipt.id for receipt in first.receipts}
    assert first.result.facts
    assert first.result.headlines
    for fact in first.result.facts:
        assert fact.receipts
        assert set(fact.receipts) <= made
        assert fact.period is not None


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_money_says_net_or_gross_where_it_is_spend(ran: Any, name: str, given: dict[str, Any]) -> None:
    if name in ("cost_anomalies", "commitments", "savings"):
        return  # neither is a bill: measured by AWS against its own expectations
    for fact in ran(name, given)[1].result.facts:
        if fact.unit == "USD":
            assert fact.scope.basis in ("net", "gross"), fact.label


LONG: list[tuple[str, dict[str, Any]]] = [
    ("spend", {"by": "usage_type", "top": 25}),
    ("spend", {"by": "day", "period": "last_30_days", "accounts": "data-prod"}),
    ("spend_change", {"by": "usage_type", "top": 25, "period": "month_to_date"}),
    ("spend_change", {"compared_to": "2026-07", "top": 25}),
    ("untagged_spend", {"by": "service", "tag": "venue", "top": 25}),
    ("savings", {"top": 25}),
    ("cost_anomalies", {"top": 25}),
]


@pytest.mark.parametrize(("name", "given"), [*EVERY, *LONG])
def test_a_result_is_never_more_than_a_model_can_afford(ran: Any, name: str, given: dict[str, Any]) -> None:
    assert tokens(tell(ran(name, given)[1].result)) <= 1500


@pytest.mark.parametrize("name", [name for name in ASKED if name != "commitments"])
def test_a_refusal_of_aws_is_an_error_and_never_a_zero(ask: Any, sample: Any, name: str) -> None:
    sample.server.fault(service="ce", kind="denied", times=None)
    sample.server.fault(service="budgets", kind="denied", times=None)
    sample.server.fault(service="cost-optimization-hub", kind="denied", times=None)
    with pytest.raises(AwsCallError, match="AccessDenied"):
        ask(name)


@pytest.mark.parametrize("name", ASKED)
def test_a_body_that_is_no_answer_is_an_error(ask: Any, sample: Any, name: str) -> None:
    sample.server.fault(service="*", kind="malformed", times=None)
    with pytest.raises(AwsCallError):
        ask(name)
