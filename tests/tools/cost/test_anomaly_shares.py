"""Anomalies that several accounts caused: everybody is told what their own accounts caused, and no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tools.errors import InputError
from tools.estate.services import budgets, ce
from tools.estate.world import BY_NAME

LAB, UTRECHT, ONLINE = (BY_NAME[name].id for name in ("data-lab", "venue-utrecht", "online-prod"))


def cause(account: str | None, contribution: float | None, service: str = "Amazon DynamoDB") -> dict[str, Any]:
    return {
        "Service": service,
        "Region": "eu-west-1",
        **({"LinkedAccount": account} if account else {}),
        **({} if contribution is None else {"Impact": {"Contribution": contribution}}),
    }


def anomaly(number: int, total: float, *causes: dict[str, Any], about: str = "Amazon DynamoDB") -> dict[str, Any]:
    return {
        "AnomalyId": f"anomaly-{number}",
        "AnomalyStartDate": "2026-09-10T00:00:00Z",
        "AnomalyEndDate": "2026-09-12T00:00:00Z",
        "DimensionValue": about,
        "RootCauses": list(causes),
        "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.1},
        "Impact": {
            "MaxImpact": total,
            "TotalImpact": total,
            "TotalActualSpend": total + 1000,
            "TotalExpectedSpend": 1000.0,
        },
        "MonitorArn": "arn:aws:ce::210000000012:anomalymonitor/2f1c7a90-5d3e-4b1f-8a77-0c5e9d4b1a01",
    }


@pytest.fixture
def noticed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`noticed(anomaly(...), ...)`: what the sample estate's Cost Explorer answers from now on."""

    def plant(*anomalies: dict[str, Any]) -> None:
        monkeypatch.setitem(ce.OPERATIONS, "GetAnomalies", lambda *_: {"Anomalies": list(anomalies)})

    return plant


def amounts(result: Any) -> set[Decimal]:
    return {fact.value for fact in result.facts if fact.unit == "USD"}


def sight(ask: Any, *names: str) -> None:
    ask.directory = ask.directory.cut(names)


def test_of_a_shared_anomaly_only_the_own_contribution_is_told(ask: Any, named: Any, noticed: Any) -> None:
    noticed(anomaly(1, 4482.42, cause(ONLINE, 4000.0), cause(LAB, 300.25), cause(LAB, 82.17)))
    sight(ask, "data-lab", "venue-utrecht")
    result = ask("cost_anomalies")
    assert named(result, "cost anomalies").value == 1
    assert amounts(result) == {Decimal("382.42")}
    assert [row[2] for row in result.table.rows] == ["data-lab"]
    assert any("only the part that these accounts caused" in note for note in result.notes)


def test_naming_accounts_narrows_in_the_same_way(ask: Any, noticed: Any) -> None:
    noticed(anomaly(1, 4482.42, cause(ONLINE, 4100.0), cause(LAB, 382.42)))
    assert amounts(ask("cost_anomalies", accounts="data-lab")) == {Decimal("382.42")}


def test_without_contributions_a_shared_anomaly_is_left_out_and_said(ask: Any, named: Any, noticed: Any) -> None:
    noticed(anomaly(1, 4482.42, cause(ONLINE, None), cause(LAB, None)), anomaly(2, 50.0, cause(LAB, 50.0)))
    sight(ask, "data-lab")
    result = ask("cost_anomalies")
    assert named(result, "cost anomalies").value == 1
    assert amounts(result) == {Decimal("50.00"), Decimal("1050.00"), Decimal("1000.00")}
    assert any(
        said.startswith("1 cost anomaly is left out: AWS also saw causes elsewhere") for said in result.incomplete
    )


def test_what_the_named_causes_leave_of_the_whole_is_nobodys(ask: Any, noticed: Any) -> None:
    noticed(anomaly(1, 900.0, cause(LAB, 600.0)))
    sight(ask, "data-lab")
    assert amounts(ask("cost_anomalies")) == {Decimal("600.00")}


def test_an_anomaly_without_an_account_is_counted_as_left_out(ask: Any, named: Any, noticed: Any) -> None:
    noticed(anomaly(1, 70.0), anomaly(2, 80.0, cause(None, 80.0)), anomaly(3, 90.0, cause(ONLINE, 90.0)))
    sight(ask, "data-lab")
    result = ask("cost_anomalies")
    assert named(result, "cost anomalies").value == 0
    assert amounts(result) == {Decimal("0.00")}
    assert [said for said in result.incomplete if "left out" in said] == [
        "2 cost anomalies of the organisation are left out: AWS named no account that caused them"
    ]
    assert result.table is None


def test_who_sees_all_gets_the_whole_labelled_with_every_cause(ask: Any, named: Any, noticed: Any) -> None:
    noticed(
        anomaly(1, 500.0, cause(ONLINE, 400.0), cause(LAB, 100.0)),
        anomaly(2, 70.0, about=LAB),
        anomaly(3, 900.0, cause(LAB, 600.0)),
    )
    result = ask("cost_anomalies")
    assert named(result, "spend above expected, all anomalies").value == Decimal("1470.00")
    assert [row[2] for row in result.table.rows] == ["-", "online-prod, data-lab", "-"]
    shared = next(f for f in result.facts if f.label.startswith("spend above expected, ") and f.value == Decimal("500"))
    assert shared.scope.accounts == ("online-prod", "data-lab")
    assert not result.incomplete


def test_days_that_aws_no_longer_keeps_are_no_zero(ask: Any) -> None:
    with pytest.raises(InputError, match="back to 17 July 2026"):
        ask("cost_anomalies", period="2026-06")
    assert "cost anomalies reach back to 17 July 2026 only" in ask("cost_anomalies", period="year_to_date").incomplete


def test_a_budget_with_its_own_expression_is_neither_of_all_accounts_nor_of_few(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    amount = {"Amount": "100", "Unit": "USD"}
    budget = {
        "BudgetName": "new-style",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": amount,
        "CalculatedSpend": {"ActualSpend": amount, "ForecastedSpend": amount},
        "FilterExpression": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [LAB, ONLINE]}},
    }
    monkeypatch.setitem(budgets.OPERATIONS, "DescribeBudgets", lambda *_: {"Budgets": [budget]})
    limit = next(fact for fact in ask("budgets").facts if fact.label == "budget new-style: limit")
    assert limit.scope.where == {"filter": "the budget's own expression"}
    sight(ask, "data-lab")
    seen = ask("budgets")
    assert seen.table is None
    assert any("left out" in note for note in seen.notes)
