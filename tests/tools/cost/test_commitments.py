"""Commitments and savings, against the line items and the inventory."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from cost_truth import SEPTEMBER, cents, during

from tools.errors import AwsCallError, InputError, RegentError
from tools.estate import world
from tools.estate.export import records
from tools.estate.inventory import RESERVED_DATABASES

RDS = "ServiceName = 'Amazon Relational Database Service' AND x_InstanceType IS NOT NULL"


def coverage(truth: Any, when: str) -> Decimal:
    hours = {
        kind: truth("coalesce(sum(ConsumedQuantity), 0)", f"{when} AND {RDS} AND x_RecordType = '{kind}'")
        for kind in ("Usage", "DiscountedUsage")
    }
    return cents(hours["DiscountedUsage"] * 100 / sum(hours.values()))


def facts_of(result: Any, label: str) -> dict[str, Any]:
    return {fact.period.label: fact.value for fact in result.facts if fact.label == label}


def test_the_reservation_that_ended_and_what_it_did_to_coverage(ask: Any, named: Any, truth: Any) -> None:
    result = ask("commitments", kind="reservations", period="month_to_date")
    now, before = coverage(truth, during("2026-10-01", "2026-10-14")), coverage(truth, SEPTEMBER)
    assert facts_of(result, "RDS reservation coverage") == {
        "October 2026 to date (1 to 14 October 2026)": now,
        "September 2026": before,
    }
    change = named(result, "change in RDS reservation coverage")
    assert (change.value, change.unit) == (now - before, "percentage points")
    assert change.value < 0
    name = "RDS reserved db.r6g.2xlarge in online-prod"
    assert named(result, f"end of {name}").value == "2026-09-30"
    assert named(result, f"days since the end of {name}").value == 15
    assert named(result, f"number of {name}").value == 4
    assert named(result, "commitments that ended in the last 60 days").value == 1


def test_every_reservation_is_listed_with_its_end(ask: Any, named: Any) -> None:
    result = ask("commitments", kind="reservations")
    assert len(result.table.rows) == len(RESERVED_DATABASES)
    names = {account.id: account.name for account in world.ACCOUNTS}
    for one in RESERVED_DATABASES:
        label = f"RDS reserved {one.type} in {names[one.account]}"
        assert named(result, f"end of {label}").value == one.end.date().isoformat()
        assert named(result, f"hourly cost of {label}").value == cents(Decimal(str(one.hourly)) * one.count)
        if one.end > world.NOW:
            assert named(result, f"days left of {label}").value == (one.end.date() - world.NOW.date()).days
    assert named(result, "active commitments").value == sum(one.end > world.NOW for one in RESERVED_DATABASES)
    ends = [result.fact(row[3]).value for row in result.table.rows]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("ending", "first", "end"),
    [
        ("2026-Q4", datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        ("2027", datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)),
        ("2026-09", datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)),
        ("2026-12..2027-01", datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)),
    ],
)
def test_those_that_end_in_a_time_past_or_to_come(
    ask: Any, named: Any, ending: str, first: datetime, end: datetime
) -> None:
    result = ask("commitments", kind="reservations", ending=ending)
    mine = sorted(one.end.date().isoformat() for one in RESERVED_DATABASES if first <= one.end < end)
    assert named(result, "commitments that end in that time").value == len(mine)
    assert [result.fact(row[3]).value for row in (result.table.rows if result.table else ())] == mine
    assert not any(operation.startswith("ce:") for operation in ask.last.asked)  # those cost money, and tell the past


def test_what_is_no_date_is_no_time_in_which_something_ends(ask: Any) -> None:
    with pytest.raises(InputError, match="names no dates"):
        ask("commitments", ending="soon")


def test_savings_plans(ask: Any, named: Any, truth: Any) -> None:
    result = ask("commitments", kind="savings_plans")
    plans = {row["account"]: row for row in records()["cost_savings_plans"]}
    for account, plan in plans.items():
        label = f"Compute Savings Plan in {account}"
        assert named(result, f"end of {label}").value == plan["end"]
        left = datetime.fromisoformat(plan["end"]).replace(tzinfo=UTC).date() - world.NOW.date()
        assert named(result, f"days left of {label}").value == left.days
        assert named(result, f"hourly cost of {label}").value == cents(plan["hourly_usd"])
    fee = f"{SEPTEMBER} AND x_RecordType = 'SavingsPlanRecurringFee'"
    total, unused = truth("sum(BilledCost)", fee), truth("sum(EffectiveCost)", fee)
    assert facts_of(result, "Savings Plans utilisation")["September 2026"] == cents((total - unused) * 100 / total)
    assert named(result, "unused Savings Plans commitment").value == cents(unused)


def test_an_account_without_commitments_is_a_stated_zero(ask: Any, named: Any) -> None:
    result = ask("commitments", accounts="log-archive")
    assert named(result, "active commitments").value == 0
    assert result.table is None
    assert not result.incomplete


def test_one_account_that_cannot_be_looked_at_is_named(ask: Any, sample: Any) -> None:
    data_prod = world.BY_NAME["data-prod"].id
    sample.server.fault(service="rds", operation="*", kind="denied", account=data_prod, times=None)
    result = ask("commitments", kind="reservations")
    assert any("data-prod" in gap for gap in result.incomplete)
    assert len(result.table.rows) == len(RESERVED_DATABASES) - 1


def test_a_service_that_fails_everywhere_is_named_and_the_rest_answers(ask: Any, sample: Any) -> None:
    sample.server.fault(service="savingsplans", kind="denied", times=None)
    result = ask("commitments")
    assert any("savingsplans:DescribeSavingsPlans failed everywhere" in gap for gap in result.incomplete)
    assert len(result.table.rows) == len(RESERVED_DATABASES)


def test_coverage_that_cannot_be_read_is_named(ask: Any, sample: Any) -> None:
    sample.server.fault(service="ce", operation="GetSavingsPlansCoverage", kind="denied", times=None)
    result = ask("commitments", kind="savings_plans")
    assert any("Savings Plans coverage is missing" in gap for gap in result.incomplete)
    assert not facts_of(result, "Savings Plans coverage")
    assert facts_of(result, "Savings Plans utilisation")


def test_when_nothing_can_be_looked_at_it_is_an_error(ask: Any, sample: Any) -> None:
    sample.server.fault(service="savingsplans", kind="denied", times=None)
    with pytest.raises(AwsCallError, match="AccessDenied"):
        ask("commitments", kind="savings_plans")


# Savings


def truth_of_savings() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = records()["cost_optimization_recommendations"]
    return found


def test_savings_are_ranked_and_add_up(ask: Any, named: Any) -> None:
    result = ask("savings", top=5)
    amounts = sorted((cents(str(row["monthly_saving"])) for row in truth_of_savings()), reverse=True)
    shown = [result.fact(row[4]).value for row in result.table.rows]
    assert shown[:5] == amounts[:5]
    assert sum(shown) == sum(amounts)
    assert named(result, "savings opportunities").value == len(amounts)
    kinds = [f.value for f in result.facts if "kind" in f.scope.where]
    assert sum(kinds) == sum(amounts)


def test_the_idle_gpu_instances_are_the_biggest(ask: Any) -> None:
    result = ask("savings", kind="idle", accounts="data-lab")
    ids = {result.fact(row[3]).value for row in result.table.rows}
    assert {"i-09f500000000000a1", "i-09f500000000000a2"} <= ids


def test_savings_of_one_account_leave_the_others_out(ask: Any) -> None:
    result = ask("savings", accounts="venue:utrecht", top=25)
    assert {row[2] for row in result.table.rows} <= {"venue-utrecht", "-"}


def test_savings_of_one_kind_are_told_by_what_is_to_be_done(ask: Any, named: Any) -> None:
    result = ask("savings", kind="storage")
    amounts: dict[str, list[Decimal]] = {}
    for fact in result.facts:
        if fact.label.startswith("estimated monthly savings to "):
            amounts.setdefault(fact.label, []).append(fact.value)
    assert (
        sum(one for each in amounts.values() for one in each)
        == named(result, "estimated monthly savings, all opportunities added up").value
    )
    gone = [
        cents(str(row["monthly_saving"]))
        for row in truth_of_savings()
        if (row["type"], row["action"]) == ("EbsVolume", "Delete")
    ]
    assert named(result, "estimated monthly savings to delete volumes").value == sum(gone)
    assert named(result, "opportunities to delete volumes").value == len(gone) > 0


def test_no_opportunity_is_a_stated_zero(ask: Any, named: Any) -> None:
    result = ask("savings", kind="upgrade", accounts="log-archive")
    assert named(result, "savings opportunities").value == 0
    assert named(result, "estimated monthly savings, all opportunities added up").value == 0


def test_savings_in_another_currency_are_refused(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask.estate, "currency", "EUR")
    with pytest.raises(RegentError, match="USD, expected EUR"):
        ask("savings")
