"""Forecast, anomalies, untagged spend and budgets, against the line items and the planted stories."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

import pytest
from cost_truth import AUGUST, GROSS, SEPTEMBER, cents, during

from tools.errors import AwsCallError, InputError
from tools.estate.services.budgets import BUDGETS
from tools.estate.services.ce import PLANTED

SUM = "sum(BilledCost)"
OCTOBER = during("2026-10-01", "2026-10-14")


def expected_days(truth: Any, first: date, end: date, where: str = "true") -> float:
    """What README and forecast.py of the estate promise: each day costs the mean of its weekday over 14 days."""
    usage = "x_RecordType NOT IN ('Support', 'Tax', 'RIFee', 'Credit', 'Refund')"
    past = dict(
        truth(f"ChargePeriodStart, {SUM}", f"{during('2026-10-01', '2026-10-14')} AND {usage} AND {where}", "1")
    )
    by_weekday: dict[int, list[float]] = defaultdict(list)
    for n in range(14):
        day = date(2026, 10, 1) + timedelta(days=n)
        by_weekday[day.weekday()].append(float(past.get(day, 0)))
    fees = float(
        truth(f"coalesce({SUM}, 0)", f"{SEPTEMBER} AND x_RecordType IN ('Support', 'Tax', 'RIFee') AND {where}")
    )
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    return sum(fmean(by_weekday[day.weekday()]) + (fees if day.day == 1 else 0) for day in days)


def test_this_month_is_what_was_spent_and_what_is_expected(ask: Any, named: Any, truth: Any) -> None:
    result = ask("forecast")
    so_far = truth(SUM, f"{OCTOBER} AND {GROSS}")
    rest = expected_days(truth, date(2026, 10, 15), date(2026, 11, 1))
    assert named(result, "spend so far").value == cents(so_far)
    assert abs(named(result, "forecast spend for the rest of the month").value - Decimal(rest)) < Decimal("0.02")
    whole = named(result, "forecast spend for the whole month")
    assert abs(whole.value - so_far - Decimal(rest)) < Decimal("0.02")
    assert (whole.period.label, whole.scope.basis, whole.unit) == ("October 2026", "gross", "USD")
    last = cents(truth(SUM, f"{SEPTEMBER} AND {GROSS}"))
    assert named(result, "spend last month").value == last
    assert named(result, "forecast change against last month").value == whole.value - last
    assert named(result, "spend so far").period.label == "October 2026 to date (1 to 14 October 2026)"


def test_next_month_has_bounds_around_the_mean(ask: Any, truth: Any) -> None:
    result = ask("forecast", period="next_month")
    mean, low, high = (result.fact(cell) for cell in result.table.rows[0][1:])
    assert abs(float(mean.value) - expected_days(truth, date(2026, 11, 1), date(2026, 12, 1))) < 0.02
    assert low.value < mean.value < high.value
    assert mean.period.label == "November 2026"


def test_three_months_add_up(ask: Any, named: Any) -> None:
    result = ask("forecast", period="next_3_months")
    rows = result.table.rows
    assert [row[0] for row in rows] == ["November 2026", "December 2026", "January 2027"]
    total = result.fact(result.headlines[0])
    assert abs(total.value - sum(result.fact(row[1]).value for row in rows)) <= Decimal("0.02")
    assert total.period.label == "November 2026 to January 2027"
    assert named(result, "average monthly forecast spend").value == cents(total.value / 3)


def test_this_year_is_the_year_so_far_and_the_rest(ask: Any, named: Any, truth: Any) -> None:
    result = ask("forecast", period="this_year")
    so_far = truth(SUM, f"{during('2026-01-01', '2026-10-14')} AND {GROSS}")
    rest = expected_days(truth, date(2026, 10, 15), date(2027, 1, 1))
    assert named(result, "spend so far").value == cents(so_far)
    assert abs(named(result, "forecast spend for the whole year").value - so_far - Decimal(rest)) < Decimal("0.05")
    assert [row[0] for row in result.table.rows] == ["15 to 31 October 2026", "November 2026", "December 2026"]


def test_a_forecast_of_one_service_in_one_account(ask: Any, named: Any, truth: Any) -> None:
    result = ask("forecast", service="RDS", accounts="online-prod")
    where = "ServiceName = 'Amazon Relational Database Service' AND SubAccountName = 'online-prod'"
    assert named(result, "spend so far").value == cents(truth(SUM, f"{OCTOBER} AND {where}"))
    rest = expected_days(truth, date(2026, 10, 15), date(2026, 11, 1), where)
    assert abs(float(named(result, "forecast spend for the rest of the month").value) - rest) < 0.02


def test_no_history_is_an_error_and_not_a_forecast_of_zero(ask: Any) -> None:
    with pytest.raises(AwsCallError, match="DataUnavailable"):
        ask("forecast", service="Amazon SageMaker", accounts="log-archive")


def test_the_planted_anomalies_are_found_with_their_place_and_size(ask: Any, named: Any, truth: Any) -> None:
    result = ask("cost_anomalies")
    assert named(result, "cost anomalies").value == len(PLANTED)
    rows = {row[2]: row for row in result.table.rows}
    for one in PLANTED:
        first, last, account, service, usage, above = rows[one.account]
        assert (account, service, usage) == (one.account, one.service, one.usage_type)
        assert result.fact(first).value == one.start.isoformat()
        end = one.end or date(2026, 10, 14)
        assert result.fact(last).value == end.isoformat()
        where = f"SubAccountName = '{one.account}' AND SkuId = '{one.usage_type}' AND ServiceName = '{one.service}'"
        actual = truth(SUM, f"{during(str(one.start), str(end))} AND {where}")
        before = during(str(one.start - timedelta(days=28)), str(one.start - timedelta(days=1)))
        daily = Decimal(truth(SUM, f"{before} AND {where}") or 0) / 28
        exact = actual - daily * ((end - one.start).days + 1)
        assert abs(result.fact(above).value - exact) <= Decimal("0.01")
    amounts = [result.fact(row[5]).value for row in result.table.rows]
    assert sum(amounts) == named(result, "spend above expected, all anomalies").value
    assert amounts == sorted(amounts, reverse=True)


def test_anomalies_of_one_account_leave_the_others_out(ask: Any, named: Any) -> None:
    result = ask("cost_anomalies", accounts="data-lab")
    assert named(result, "cost anomalies").value == 1
    assert {row[2] for row in result.table.rows} == {"data-lab"}
    ask.directory = ask.directory.cut(["data-lab", "venue-utrecht"])
    assert named(ask("cost_anomalies"), "cost anomalies").value == 1


def test_no_anomalies_is_zero_only_because_a_monitor_looked(ask: Any, named: Any) -> None:
    ran = ask.run("cost_anomalies", period="2026-08")
    assert named(ran.result, "cost anomalies").value == 0
    assert ran.asked == ("ce:GetAnomalies", "ce:GetAnomalyMonitors")
    assert not ran.result.incomplete


@pytest.mark.parametrize(("tag", "column"), [("team", "team"), ("cost-center", "cost-center"), ("env", "env")])
@pytest.mark.parametrize(("by", "group"), [("account", "SubAccountName"), ("service", "ServiceName")])
def test_untagged_spend(ask: Any, named: Any, truth: Any, tag: str, column: str, by: str, group: str) -> None:
    result = ask("untagged_spend", tag=tag, by=by, top=25)
    bare = f"{SEPTEMBER} AND {GROSS} AND coalesce(Tags['{column}'], '') = ''"
    expected = {name: cents(amount) for name, amount in truth(f"{group}, {SUM}", bare, group)}
    without = named(result, f"spend without tag {tag}")
    assert without.value == cents(truth(SUM, bare))
    total = cents(truth(SUM, f"{SEPTEMBER} AND {GROSS}"))
    share = named(result, f"spend without tag {tag}, share of total spend")
    assert share.value == cents(without.value * 100 / total)
    shown = {row[0]: result.fact(row[1]).value for row in result.table.rows if row[0] != "other"}
    assert shown.items() <= expected.items()
    assert len(shown) == min(25, len(expected))


def test_the_gpu_experiment_is_what_is_untagged_in_data_lab(ask: Any) -> None:
    row = ask("untagged_spend", accounts="data-lab", by="service")
    assert row.table.rows[0][0] == "Amazon Elastic Compute Cloud - Compute"


def test_a_tag_that_nothing_carries_says_so(ask: Any) -> None:
    result = ask("untagged_spend", tag="venue", accounts="data-lab")
    assert any("Nothing carries the tag venue" in note for note in result.notes)


def test_an_unknown_tag_is_refused(ask: Any) -> None:
    with pytest.raises(InputError, match="cost-center"):
        ask("untagged_spend", tag="owner")


def budget_truth(truth: Any, budget: Any) -> Decimal:
    columns = {"LinkedAccount": "SubAccountId", "Service": "ServiceName"}
    where = [OCTOBER, GROSS]
    for key, values in budget.filters.items():
        if key == "TagKeyValue":
            where.append(f"Tags['team'] = '{values[0].partition('$')[2]}'")
        else:
            where.append(f"{columns[key]} IN ({', '.join(repr(v) for v in values)})")
    return cents(truth(SUM, " AND ".join(where)))


def test_budgets_say_what_was_spent_and_which_go_over(ask: Any, named: Any, truth: Any) -> None:
    result = ask("budgets")
    assert named(result, "budgets").value == len(BUDGETS)
    over = ahead = 0
    for budget in BUDGETS:
        limit, actual, forecast = (
            named(result, f"budget {budget.name}: {what}").value
            for what in ("limit", "actual spend so far", "forecast spend")
        )
        assert limit == budget.limit
        assert actual == budget_truth(truth, budget)
        over += actual > limit
        ahead += forecast > limit
        if forecast > limit:
            assert named(result, f"budget {budget.name}: forecast over the limit").value == forecast - limit
    assert named(result, "budgets already over their limit").value == over == 1
    assert named(result, "budgets forecast to go over their limit").value == ahead
    whole = named(result, "budget data-lab: limit")
    assert (whole.period.label, whole.scope.accounts, whole.scope.basis) == ("October 2026", ("data-lab",), "gross")
    assert "to date" in named(result, "budget data-lab: actual spend so far").period.label


def test_budgets_of_an_account_leave_out_those_that_cover_others(ask: Any) -> None:
    assert [row[0] for row in ask("budgets", accounts="venue-utrecht").table.rows] == ["venue-utrecht"]
    ask.directory = ask.directory.cut(["venue-utrecht"])
    result = ask("budgets")
    assert [row[0] for row in result.table.rows] == ["venue-utrecht"]
    assert any("left out" in note for note in result.notes)


def test_no_budget_is_a_stated_zero(ask: Any, named: Any) -> None:
    result = ask("budgets", accounts="log-archive")
    assert named(result, "budgets").value == 0
    assert result.table is None


def test_august_is_not_september(ask: Any, named: Any, truth: Any) -> None:
    bare = "coalesce(Tags['team'], '') = ''"
    fact = named(ask("untagged_spend", period="2026-08", net=True), "spend without tag team")
    assert fact.value == cents(truth(SUM, f"{AUGUST} AND {bare}"))
    assert (fact.period.label, fact.scope.basis) == ("August 2026", "net")
