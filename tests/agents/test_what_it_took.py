"""What an answer took: what was billed for a question is counted once, in calls and in money, and is on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agents.answer import Answer
from agents.home import Home
from policies.access import Principal
from policies.audit import Ledger
from policies.oversight import Oversight, Scope, stop
from tests.agents.scripted import Calls, ScriptedMaker

Ask = Callable[..., Answer]
ALL = Scope(kind="all")
SAGEMAKER: Calls = [("spend", {"period": "last_month", "service": "Amazon SageMaker"})]


def billed(home: Home) -> list[dict[str, Any]]:
    """The receipts on record whose responses were not read from memory."""
    with Ledger.open(home.ledger) as ledger:
        found = [r for stored in ledger.read() for r in getattr(stored.body, "receipts", ()) if isinstance(r, dict)]
    return [receipt for receipt in found if not receipt["cached"]]


@pytest.mark.parametrize("fresh", [False, True])
def test_calls_cost_and_the_ledger_agree(ask: Ask, home: Home, fresh: bool) -> None:
    # the name of a service is looked up with a billed request, which the query then reads from memory again
    answer = ask(ScriptedMaker([SAGEMAKER, "Spend was [[f1]]."]), fresh=fresh)
    assert answer.status == "answered"
    operations = sorted(receipt["operation"] for receipt in billed(home))
    assert operations == ["GetCostAndUsage", "GetDimensionValues"]
    assert (answer.usage.aws_calls, answer.usage.aws_cost_usd) == (2, 0.02)


def test_a_second_query_that_reads_from_memory_takes_nothing_away(ask: Ask, home: Home) -> None:
    answer = ask(ScriptedMaker([SAGEMAKER, SAGEMAKER, "Spend was [[f1]]."]))
    assert (answer.usage.aws_calls, answer.usage.aws_cost_usd) == (2, 0.02)
    assert len(billed(home)) == 2


def test_what_a_call_that_failed_was_billed_is_counted_and_on_record(ask: Ask, home: Home) -> None:
    answer = ask(ScriptedMaker([[("spend", {"period": "last_month", "service": "Sagemakker"})], "I do not know."]))
    assert [query.decision for query in answer.queries] == ["error"]
    assert [receipt["operation"] for receipt in billed(home)] == ["GetDimensionValues"]
    assert (answer.usage.aws_calls, answer.usage.aws_cost_usd) == (1, 0.01)


def test_what_a_model_took_of_a_question_that_was_stopped_before_its_repair_is_on_record(ask: Ask, home: Home) -> None:
    def lie_as_the_house_stops(messages: list[Any]) -> str:
        with Ledger.open(home.ledger) as ledger:
            stop(ledger, Oversight.local(home.path, ledger).switch, Principal(id="local", role="admin"), ALL, "drill")
        return "We paid USD 777,777.77."

    answer = ask(ScriptedMaker([SAGEMAKER, lie_as_the_house_stops], ["Spend was [[f1]]."]))
    assert answer.status == "denied"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (200, 20), "two calls of the model"
