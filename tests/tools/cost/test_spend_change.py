"""Spend change: movers, where they moved, and that all of it adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cost_truth import AUGUST, GROSS, SEPTEMBER, cents, during

from tools.errors import InputError

SUM = "sum(BilledCost)"
COLUMNS = {
    "service": "ServiceName",
    "account": "SubAccountName",
    "team": "coalesce(Tags['team'], '(no tag)')",
    "venue": "coalesce(Tags['venue'], '(no tag)')",
    "env": "coalesce(Tags['env'], '(no tag)')",
    "region": "RegionId",
    "usage_type": "SkuId",
}


def moves(truth: Any, column: str, before: str, after: str) -> dict[str, tuple[Decimal, Decimal]]:
    one, two = (dict(truth(f"{column}, {SUM}", f"{when} AND {GROSS}", column)) for when in (before, after))
    return {name: (cents(one.get(name, 0)), cents(two.get(name, 0))) for name in one.keys() | two.keys()}


def rows(result: Any) -> dict[str, list[Any]]:
    held = result.table.fact_columns
    return {
        row[0]: [result.fact(cell) if i in held and cell != "-" else cell for i, cell in enumerate(row)]
        for row in result.table.rows
    }


@pytest.mark.parametrize("by", COLUMNS)
def test_movers_are_the_largest_of_each_direction_and_everything_adds_up(
    ask: Any, named: Any, truth: Any, by: str
) -> None:
    result = ask("spend_change", by=by)
    expected = moves(truth, COLUMNS[by], AUGUST, SEPTEMBER)
    table = rows(result)
    movers = {name: row for name, row in table.items() if name not in ("other", "Credit", "Refund")}
    for position, (name, row) in enumerate(movers.items()):
        before, after = expected[name]
        assert row[1].value == after - before, name
        if before > 0:
            assert row[2].value == cents((after - before) * 100 / before)
        else:
            assert row[2] == "-"
        if position < 3:
            amounts = {fact.period.label: fact.value for fact in result.facts if fact.label == f"{name} spend"}
            assert amounts == {"August 2026": before, "September 2026": after}
    biggest = max(expected, key=lambda name: abs(expected[name][1] - expected[name][0]))
    assert next(iter(movers)) == biggest
    total = named(result, "change in spend").value
    assert total == cents(truth(SUM, SEPTEMBER)) - cents(truth(SUM, AUGUST))
    # without a row "other" every row is rounded to a cent by itself
    slack = 0 if "other" in table else Decimal("0.01") * len(table)
    assert abs(sum(row[1].value for row in table.values()) - total) <= slack
    up, down = named(result, "sum of all increases").value, named(result, "sum of all decreases").value
    assert up + down == total
    assert up > 0 > down


def test_the_nat_spike_is_first_and_says_where_and_what(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend_change")
    first = result.table.rows[0]
    assert first[0] == "EC2 - Other"
    assert first[3:] == ("data-prod", "EUW1-NatGateway-Bytes")
    both = ("SubAccountName = 'data-prod'", "SkuId = 'EUW1-NatGateway-Bytes'")
    for label, where in zip(("account data-prod", "usage type EUW1-NatGateway-Bytes"), both, strict=True):
        fact = named(result, f"change in EC2 - Other spend, {label}")
        only = f"{GROSS} AND ServiceName = 'EC2 - Other' AND {where}"
        expected = cents(truth(SUM, f"{SEPTEMBER} AND {only}")) - cents(truth(SUM, f"{AUGUST} AND {only}"))
        assert fact.value == expected


def test_credits_are_rows_of_their_own_and_do_not_hide_in_a_service(ask: Any) -> None:
    table = rows(ask("spend_change"))
    assert table["Credit"][1].value == Decimal("-4200.00")
    assert table["Refund"][1].value == Decimal("1150.00")
    assert table["AWS Support (Business)"][1].value > 0
    assert table["Credit"][2] == "-"


def test_gross_leaves_credits_out(ask: Any, named: Any, truth: Any) -> None:
    ran = ask.run("spend_change", net=False)
    total = cents(truth(SUM, f"{SEPTEMBER} AND {GROSS}")) - cents(truth(SUM, f"{AUGUST} AND {GROSS}"))
    assert named(ran.result, "change in spend").value == total
    assert not {"Credit", "Refund"} & {row[0] for row in ran.result.table.rows}
    assert len(ran.asked) == 2


def test_accounts_are_broken_down_by_service_and_usage_type(ask: Any) -> None:
    result = ask("spend_change", by="account")
    table = {row[0]: row[3:] for row in result.table.rows}
    assert table["data-prod"] == ("EC2 - Other", "EUW1-NatGateway-Bytes")
    assert table["data-lab"][1] == "EUW1-BoxUsage:g5.12xlarge"


def test_a_month_so_far_is_compared_with_the_same_days_and_without_today(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend_change", period="month_to_date", by="account")
    change = named(result, "change in spend")
    assert change.period.label == "October 2026 to date (1 to 14 October 2026) against 1 to 14 September 2026"
    october, september = during("2026-10-01", "2026-10-14"), during("2026-09-01", "2026-09-14")
    assert change.value == cents(truth(SUM, october)) - cents(truth(SUM, september))
    assert any("Today is left out" in note for note in result.notes)


def test_periods_of_unlike_length_are_compared_per_day(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend_change", period="month_to_date", compared_to="last_month")
    per_day = [cents(truth(SUM, SEPTEMBER) / 30), cents(truth(SUM, during("2026-10-01", "2026-10-14")) / 14)]
    assert [f.value for f in result.facts if f.label == "average daily spend"] == per_day
    relative = named(result, "change in average daily spend, relative")
    assert relative.value == cents((per_day[1] - per_day[0]) * 100 / per_day[0])
    assert relative.id in result.headlines
    assert not any(fact.label.startswith("change in spend") for fact in result.facts)
    assert any("differ in length" in note for note in result.notes)


def test_what_moved_is_compared_per_day_where_the_whole_is(ask: Any, named: Any, truth: Any) -> None:
    # of a day against a month every service would have fallen by some 97 percent
    result = ask("spend_change", period="2026-10-13", compared_to="2026-09", net=False)
    table = rows(result)
    assert result.table.columns[1] == "Change in daily average (USD)"
    day, month = (
        dict(truth(f"ServiceName, {SUM}", f"{when} AND {GROSS}", "ServiceName"))
        for when in (during("2026-10-13", "2026-10-13"), SEPTEMBER)
    )
    for name, row in table.items():
        if name != "other":
            assert row[1].label == f"change in {name} average daily spend"
            assert row[1].value == cents(day.get(name, 0)) - cents(month.get(name, 0) / 30), name
    total = named(result, "change in average daily spend").value
    assert sum(row[1].value for row in table.values()) == total
    assert any("13 October 2026 has 1 day, September 2026 30;" in note for note in result.notes)


def test_two_chosen_months(ask: Any, named: Any, truth: Any) -> None:
    ran = ask.run("spend_change", period="2026-09", compared_to="2025-09")
    year = during("2025-09-01", "2025-09-30")
    assert named(ran.result, "change in spend").value == cents(truth(SUM, SEPTEMBER)) - cents(truth(SUM, year))


def test_no_percentage_without_a_base(ask: Any) -> None:
    result = ask("spend_change", service="EC2", accounts="data-lab", by="usage_type")
    table = rows(result)
    gpu = table["EUW1-BoxUsage:g5.12xlarge"]
    assert gpu[1].value > 0
    assert gpu[2] == "-"


def test_a_total_without_a_base_says_so(ask: Any) -> None:
    result = ask("spend_change", service="Amazon SageMaker", accounts="log-archive")
    assert not [fact for fact in result.facts if fact.unit == "percent"]
    assert any("No percent change" in note for note in result.notes)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"compared_to": "2026-09"}, "itself"), ({"compared_to": "last_quarter"}, "overlap")],
)
def test_a_period_is_not_compared_with_itself_or_a_part_of_itself(ask: Any, given: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask("spend_change", period="last_month", **given)


def test_days_that_are_not_billed_yet_are_left_out_on_both_sides(ask: Any, named: Any, truth: Any) -> None:
    days = {"period": "2026-10-01..2026-10-15", "compared_to": "2026-09-01..2026-09-15"}  # today is 15 October
    result = ask("spend_change", **days)
    before = cents(truth(SUM, during("2026-09-01", "2026-09-14")))
    assert named(result, "change in spend").value == cents(truth(SUM, during("2026-10-01", "2026-10-14"))) - before
    assert any("1 to 15 September 2026" in note and "1 to 14 September 2026" in note for note in result.notes)
    assert not any("differ in length" in note for note in result.notes)
