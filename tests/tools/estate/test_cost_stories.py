"""The planted stories must be in the numbers, where and when world.py says; and the generator keeps its promises."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import ClientError

from tools.estate.cost import store
from tools.estate.export import export
from tools.estate.summary import summary
from tools.estate.world import ACCOUNTS, BY_NAME, STORIES

SINCE_SEPTEMBER = {"Start": "2026-09-01", "End": "2026-10-15"}


def leaf(key: str, *values: str) -> dict[str, Any]:
    return {"Dimensions": {"Key": key, "Values": list(values)}}


def daily(client: Any, account: str, usage_type: str, **more: Any) -> dict[str, float]:
    answer = client("ce").get_cost_and_usage(
        TimePeriod=more.pop("period", SINCE_SEPTEMBER),
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
        Filter={"And": [leaf("LINKED_ACCOUNT", BY_NAME[account].id), leaf("USAGE_TYPE", usage_type)]},
    )
    return {
        one["TimePeriod"]["Start"]: float(one["Total"]["UnblendedCost"]["Amount"]) for one in answer["ResultsByTime"]
    }


def monthly(client: Any, start: str, end: str, chosen: dict[str, Any]) -> list[float]:
    answer = client("ce").get_cost_and_usage(
        TimePeriod={"Start": start, "End": end}, Granularity="MONTHLY", Metrics=["UnblendedCost"], Filter=chosen
    )
    return [float(one["Total"]["UnblendedCost"]["Amount"]) for one in answer["ResultsByTime"]]


def test_nat_spike(client: Any) -> None:
    spend = daily(client, "data-prod", "EUW1-NatGateway-Bytes")
    assert spend["2026-09-07"] == pytest.approx(40, abs=2)
    assert 400 < spend["2026-09-08"] < 500
    assert all(spend[f"2026-09-{day:02d}"] == pytest.approx(620, abs=3) for day in range(9, 24))
    assert 250 < spend["2026-09-24"] < 320
    assert spend["2026-09-25"] == pytest.approx(40, abs=2)


def test_gpu_experiment_is_untagged_and_still_running(client: Any) -> None:
    spend = daily(client, "data-lab", "EUW1-BoxUsage:g5.12xlarge")
    assert spend["2026-09-18"] == 0
    assert spend["2026-10-14"] == pytest.approx(2 * 136.128)
    untagged = {"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}
    gpu = leaf("INSTANCE_TYPE", "g5.12xlarge")
    assert monthly(client, "2026-10-01", "2026-10-15", {"And": [gpu, untagged]}) == monthly(
        client, "2026-10-01", "2026-10-15", gpu
    )


def test_reserved_instances_end_and_coverage_falls(client: Any) -> None:
    ce = client("ce")
    answer = ce.get_reservation_coverage(TimePeriod=SINCE_SEPTEMBER, Granularity="MONTHLY")
    september, october = (
        float(one["Total"]["CoverageHours"]["CoverageHoursPercentage"]) for one in answer["CoveragesByTime"]
    )
    assert september == 35 and october == 15
    databases = {"And": [leaf("LINKED_ACCOUNT", BY_NAME["online-prod"].id), leaf("INSTANCE_TYPE", "db.r6g.2xlarge")]}
    by_type = ce.get_cost_and_usage(
        TimePeriod=SINCE_SEPTEMBER,
        Granularity="DAILY",
        Metrics=["UnblendedCost", "AmortizedCost"],
        Filter=databases,
        GroupBy=[{"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
    )["ResultsByTime"]
    found = {one["TimePeriod"]["Start"]: one["Groups"] for one in by_type}
    assert [row["Keys"] for row in found["2026-09-30"]] == [["DiscountedUsage"]]
    assert [row["Keys"] for row in found["2026-10-01"]] == [["Usage"]]
    assert float(found["2026-09-30"][0]["Metrics"]["UnblendedCost"]["Amount"]) == 0
    reserved = float(found["2026-09-30"][0]["Metrics"]["AmortizedCost"]["Amount"])
    on_demand = float(found["2026-10-01"][0]["Metrics"]["AmortizedCost"]["Amount"])
    assert on_demand > 1.4 * reserved
    groups = ce.get_reservation_utilization(
        TimePeriod=SINCE_SEPTEMBER, Granularity="MONTHLY", GroupBy=[{"Type": "DIMENSION", "Key": "SUBSCRIPTION_ID"}]
    )["UtilizationsByTime"]
    assert "ri-online-r6g-2xl" in {one["Value"] for one in groups[0]["Groups"]}
    assert "ri-online-r6g-2xl" not in {one["Value"] for one in groups[1]["Groups"]}


def test_the_savings_plan_that_ends_in_november(client: Any) -> None:
    details = client("ce").get_savings_plans_utilization_details(TimePeriod=SINCE_SEPTEMBER)
    ending = [
        one
        for one in details["SavingsPlansUtilizationDetails"]
        if one["Attributes"]["EndDateTime"].startswith("2026-11-30")
    ]
    assert [(one["Attributes"]["AccountName"], one["Attributes"]["HourlyCommitment"]) for one in ending] == [
        ("online-prod", "6")
    ]
    (plan,) = client("savingsplans", account="online-prod").describe_savings_plans(states=["active"])["savingsPlans"]
    assert plan["commitment"] == "6.00" and plan["end"].startswith("2026-11-30")


def test_savings_plan_rows_cancel_out(client: Any) -> None:
    """Covered usage and its negation leave the fee alone; amortized shifts money between rows and adds none."""
    covered = monthly(client, "2026-09-01", "2026-10-01", leaf("RECORD_TYPE", "SavingsPlanCoveredUsage"))[0]
    negated = monthly(client, "2026-09-01", "2026-10-01", leaf("RECORD_TYPE", "SavingsPlanNegation"))[0]
    fees = monthly(client, "2026-09-01", "2026-10-01", leaf("RECORD_TYPE", "SavingsPlanRecurringFee"))[0]
    assert covered == pytest.approx(-negated) and covered > 9000
    assert fees == pytest.approx((6 + 4) * 24 * 30)
    used = client("ce").get_savings_plans_utilization(
        TimePeriod={"Start": "2026-09-01", "End": "2026-10-01"}, Granularity="MONTHLY"
    )["Total"]
    assert float(used["Utilization"]["TotalCommitment"]) == pytest.approx(fees)
    assert 90 < float(used["Utilization"]["UtilizationPercentage"]) < 100
    assert float(used["Savings"]["NetSavings"]) == pytest.approx(covered - fees)


def test_log_costs_rise_with_the_alarm_storm(client: Any) -> None:
    spend = daily(client, "online-prod", "EUW1-DataProcessing-Bytes")
    normal = spend["2026-10-12"]
    assert spend["2026-10-13"] > 3 * normal and spend["2026-10-14"] > 2 * normal


def test_credits_and_refunds_hide_usage_in_net_only(client: Any) -> None:
    credit, refund = leaf("RECORD_TYPE", "Credit"), leaf("RECORD_TYPE", "Refund")
    assert monthly(client, "2026-08-01", "2026-10-01", credit) == [0, -4200]
    assert monthly(client, "2026-08-01", "2026-10-01", refund) == [-1150, 0]
    answer = client("ce").get_cost_and_usage(
        TimePeriod={"Start": "2026-08-01", "End": "2026-10-01"},
        Granularity="MONTHLY",
        Metrics=["UnblendedCost"],
        Filter={"Or": [credit, refund]},
        GroupBy=[{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}],
    )
    where = [[row["Keys"][0] for row in one["Groups"]] for one in answer["ResultsByTime"]]
    assert where == [[BY_NAME["shared-services"].id], [BY_NAME["payer"].id]]


def test_anomalies_tell_the_stories_with_their_impact(client: Any) -> None:
    ce = client("ce")
    found = ce.get_anomalies(DateInterval={"StartDate": "2026-09-01", "EndDate": "2026-10-15"})["Anomalies"]
    causes = {one["RootCauses"][0]["LinkedAccountName"]: one for one in found}
    assert set(causes) == {"data-prod", "data-lab", "online-prod"}
    spend = daily(client, "data-prod", "EUW1-NatGateway-Bytes")
    actual = sum(cost for day, cost in spend.items() if "2026-09-08" <= day <= "2026-09-24")
    assert causes["data-prod"]["Impact"]["TotalActualSpend"] == pytest.approx(actual, abs=0.01)
    assert 9000 < causes["data-prod"]["Impact"]["TotalImpact"] < actual
    later = ce.get_anomalies(DateInterval={"StartDate": "2026-09-25", "EndDate": "2026-10-12"})["Anomalies"]
    assert [one["RootCauses"][0]["LinkedAccountName"] for one in later] == ["data-lab"]
    big = ce.get_anomalies(
        DateInterval={"StartDate": "2026-09-01"},
        TotalImpact={"NumericOperator": "GREATER_THAN", "StartValue": 1000},
    )["Anomalies"]
    assert len(big) == 2


def test_forecast_and_budgets_agree_and_some_budgets_are_broken(client: Any) -> None:
    month_to_date = monthly(client, "2026-10-01", "2026-10-15", {"Not": leaf("RECORD_TYPE", "Credit", "Refund")})[0]
    rest = client("ce").get_cost_forecast(
        TimePeriod={"Start": "2026-10-15", "End": "2026-11-01"}, Granularity="MONTHLY", Metric="UNBLENDED_COST"
    )
    (part,) = rest["ForecastResultsByTime"]
    low, mean, high = (
        float(part[name]) for name in ("PredictionIntervalLowerBound", "MeanValue", "PredictionIntervalUpperBound")
    )
    assert low < mean < high
    assert mean == pytest.approx(month_to_date / 14 * 17, rel=0.15)
    budgets = client("budgets").describe_budgets(AccountId=BY_NAME["payer"].id)["Budgets"]
    spend = {
        one["BudgetName"]: tuple(
            float(value["Amount"])
            for value in (
                one["BudgetLimit"],
                one["CalculatedSpend"]["ActualSpend"],
                one["CalculatedSpend"]["ForecastedSpend"],
            )
        )
        for one in budgets
    }
    total = spend["Lantern Casinos total"]
    assert total[1] == pytest.approx(month_to_date)
    assert total[2] == pytest.approx(month_to_date + mean, abs=1)
    over_now = {name for name, (limit, actual, _) in spend.items() if actual > limit}
    over_soon = {name for name, (limit, _, forecast) in spend.items() if forecast > limit}
    assert over_now == {"data-lab"}
    assert {"data-lab", "online-prod databases", "logs and metrics"} <= over_soon < set(spend)


def test_forecasts_refuse_the_past_and_the_unknown(client: Any) -> None:
    ce = client("ce")
    asked = {"Granularity": "MONTHLY", "Metric": "UNBLENDED_COST"}
    with pytest.raises(ClientError, match="ValidationException"):
        ce.get_cost_forecast(TimePeriod={"Start": "2026-10-01", "End": "2026-11-01"}, **asked)
    with pytest.raises(ClientError, match="DataUnavailableException"):
        ce.get_cost_forecast(
            TimePeriod={"Start": "2026-10-15", "End": "2026-11-01"}, Filter=leaf("SERVICE", "Amazon Braket"), **asked
        )


def test_some_spend_is_untagged_but_most_is_not(client: Any) -> None:
    usage = leaf("RECORD_TYPE", "Usage", "DiscountedUsage")
    everything = monthly(client, "2026-09-01", "2026-10-01", usage)[0]
    for key in ("team", "cost-center"):
        missing = {"Tags": {"Key": key, "MatchOptions": ["ABSENT"]}}
        share = monthly(client, "2026-09-01", "2026-10-01", {"And": [usage, missing]})[0] / everything
        assert 0.01 < share < 0.25
    ce = client("ce")
    assert set(ce.get_tags(TimePeriod=SINCE_SEPTEMBER)["Tags"]) == {"team", "cost-center", "venue", "env"}
    assert "" in ce.get_tags(TimePeriod=SINCE_SEPTEMBER, TagKey="team")["Tags"]


def test_dimension_values_page_sort_and_search(client: Any) -> None:
    ce = client("ce")
    dear = ce.get_dimension_values(
        TimePeriod=SINCE_SEPTEMBER,
        Dimension="SERVICE",
        SortBy=[{"Key": "UnblendedCost", "SortOrder": "DESCENDING"}],
        MaxResults=2,
    )
    assert dear["ReturnSize"] == 2 and dear["TotalSize"] > 40
    both = [one["Value"] for one in dear["DimensionValues"]]
    groups = ce.get_cost_and_usage(
        TimePeriod=SINCE_SEPTEMBER,
        Granularity="MONTHLY",
        Metrics=["UnblendedCost"],
        GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
    )["ResultsByTime"]
    totals: dict[str, Decimal] = {}
    for part in groups:
        for row in part["Groups"]:
            amount = Decimal(row["Metrics"]["UnblendedCost"]["Amount"])
            totals[row["Keys"][0]] = totals.get(row["Keys"][0], Decimal(0)) + amount
    assert both == sorted(totals, key=lambda name: -totals[name])[:2]
    names, token = [], None
    while True:
        page = ce.get_dimension_values(
            TimePeriod=SINCE_SEPTEMBER,
            Dimension="SERVICE",
            MaxResults=10,
            **({"NextPageToken": token} if token else {}),
        )
        names += [one["Value"] for one in page["DimensionValues"]]
        token = page.get("NextPageToken")
        if not token:
            break
    assert len(names) == len(set(names)) == dear["TotalSize"] and set(names) == set(totals)
    found = ce.get_dimension_values(TimePeriod=SINCE_SEPTEMBER, Dimension="LINKED_ACCOUNT", SearchString="Venue")
    assert {one["Attributes"]["description"] for one in found["DimensionValues"]} == {
        account.name for account in ACCOUNTS if account.venue
    }


# The generator


def _generate(home: str) -> None:
    store.parquet(Path(home))


@pytest.mark.slow
def test_the_same_facts_every_time_and_only_under_home(tmp_path: Path, cost_home: Path) -> None:
    """Two processes at once: one file each way, the same bytes, nothing half written or left behind."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_generate, args=(str(tmp_path),)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (only,) = list(tmp_path.rglob("*.parquet"))
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {only, only.with_suffix(".sha256")}
    assert only.parent == tmp_path / "estate"
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (only, store.parquet(cost_home))}
    assert len(digests) == 1


def test_a_home_with_a_quote_in_its_name_works(tmp_path: Path) -> None:
    home = tmp_path / "d'Artagnan; --"
    home.mkdir()
    assert store.items(home).rows("SELECT count(*) > 50000 FROM items") == [(True,)]


@pytest.mark.slow
def test_export_lets_a_person_compute_any_total(tmp_path: Path, client: Any) -> None:
    written = export(tmp_path / "truth")
    names = {path.name for path in written}
    assert {"line_items.parquet", "accounts.json", "stories.json", "budgets.json", "cost_anomalies.json"} <= names
    assert {path.name for path in (tmp_path / "truth").iterdir()} == names
    stories = json.loads((tmp_path / "truth" / "stories.json").read_text(encoding="utf-8"))
    assert [one["key"] for one in stories] == [story.key for story in STORIES]
    ((total,),) = duckdb.sql(
        f"SELECT sum(BilledCost) FROM read_parquet('{tmp_path}/truth/line_items.parquet') "
        "WHERE Tags['team'] = 'floor-systems' AND ChargePeriodStart BETWEEN '2026-09-01' AND '2026-09-30'"
    ).fetchall()
    asked = monthly(client, "2026-09-01", "2026-10-01", {"Tags": {"Key": "team", "Values": ["floor-systems"]}})[0]
    assert float(total) == pytest.approx(asked, abs=1e-6)


def test_the_summary_equals_cost_explorer(cost_home: Path, client: Any) -> None:
    held = summary(cost_home)
    assert [one.id for one in held.accounts] == [account.id for account in ACCOUNTS]
    assert len(held.months) == 14 and [one.complete for one in held.months] == [True] * 13 + [False]
    september = held.months[12]
    assert (september.month, september.gross - september.net) == ("2026-09", Decimal("4200"))
    net = client("ce").get_cost_and_usage(
        TimePeriod={"Start": "2026-09-01", "End": "2026-10-01"}, Granularity="MONTHLY", Metrics=["UnblendedCost"]
    )["ResultsByTime"][0]["Total"]["UnblendedCost"]["Amount"]
    assert september.net == Decimal(net)
    assert sum(one.last_month for one in held.accounts) == september.gross
