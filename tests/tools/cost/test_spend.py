"""Spend: every figure against SQL over the line items."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cost_truth import AUGUST, GROSS, SEPTEMBER, cents, during

from tools.cost.spend import billed_whole
from tools.errors import InputError, UnknownNameError
from tools.periods import Period

SUM = "sum(BilledCost)"
COLUMNS = {
    "service": "ServiceName",
    "account": "SubAccountName",
    "region": "RegionId",
    "usage_type": "SkuId",
    "team": "coalesce(Tags['team'], '(no tag)')",
    "venue": "coalesce(Tags['venue'], '(no tag)')",
    "env": "coalesce(Tags['env'], '(no tag)')",
    "charge_type": "x_RecordType",
}


@pytest.mark.parametrize("by", COLUMNS)
@pytest.mark.parametrize("net", [True, False])
def test_every_row_and_the_total_are_those_of_the_line_items(ask: Any, truth: Any, by: str, net: bool) -> None:
    basis = "true" if net else GROSS
    column = COLUMNS[by]
    expected = dict(truth(f"{column}, {SUM}", f"{SEPTEMBER} AND {basis}", column))
    result = ask("spend", by=by, net=net, top=25)
    assert result.fact(result.headlines[0]).value == cents(sum(expected.values()))
    shown = {row[0]: result.fact(row[1]) for row in result.table.rows if row[0] != "other"}
    assert len(shown) == min(25, len([v for v in expected.values() if v]))
    for name, fact in shown.items():
        assert fact.value == cents(expected[name]), name
        assert fact.scope.basis == ("net" if net else "gross")
        assert fact.unit == "USD"
    amounts = [fact.value for fact in shown.values()]
    assert amounts == sorted(amounts, reverse=True)


def test_top_rows_and_other_add_up_to_the_total(ask: Any) -> None:
    result = ask("spend", top=3)
    assert [row[0] for row in result.table.rows][-1] == "other"
    assert len(result.table.rows) == 4
    cells = [result.fact(row[1]).value for row in result.table.rows]
    assert sum(cells) == result.fact(result.headlines[0]).value
    shares = [result.fact(row[2]).value for row in result.table.rows]
    assert abs(sum(shares) - 100) < Decimal("0.03")


def test_net_is_gross_less_the_credit_of_september(ask: Any, named: Any) -> None:
    net, gross = (named(ask("spend", by="none", net=flag), "total spend").value for flag in (True, False))
    assert gross - net == Decimal("4200.00")


def test_no_shares_where_a_credit_makes_an_amount_negative(ask: Any) -> None:
    result = ask("spend", by="charge_type", top=25)
    assert len(result.table.columns) == 2
    assert not [fact for fact in result.facts if fact.unit == "percent"]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"service": "S3"}, "ServiceName = 'Amazon Simple Storage Service'"),
        ({"service": "amazoncloudwatch"}, "ServiceName = 'AmazonCloudWatch'"),
        ({"team": "payments"}, "Tags['team'] = 'payments'"),
        ({"team": "untagged"}, "coalesce(Tags['team'], '') = ''"),
        ({"venue": "Utrecht"}, "Tags['venue'] = 'utrecht'"),
        ({"region": "eu-central-1"}, "RegionId = 'eu-central-1'"),
        ({"usage_type": "EUW1-NatGateway-Bytes"}, "SkuId = 'EUW1-NatGateway-Bytes'"),
        ({"accounts": "venue:utrecht"}, "SubAccountName = 'venue-utrecht'"),
        ({"accounts": "data-prod, 210000000890"}, "SubAccountName IN ('data-prod', 'data-lab')"),
        (
            {"service": "RDS", "team": "payments", "accounts": "env:prod"},
            "ServiceName = 'Amazon Relational Database Service' AND Tags['team'] = 'payments' "
            "AND SubAccountName NOT IN ('online-staging', 'data-lab')",
        ),
    ],
)
def test_filters(ask: Any, named: Any, truth: Any, given: dict[str, str], where: str) -> None:
    expected = truth(SUM, f"{SEPTEMBER} AND {where}")
    assert expected
    assert named(ask("spend", by="none", **given), "total spend").value == cents(expected)


def test_a_filter_is_said_in_the_scope_and_in_how_the_question_was_read(ask: Any, named: Any) -> None:
    result = ask("spend", by="account", service="lambda", accounts="online-prod")
    assert "AWS Lambda" in result.read_as
    assert "online-prod" in result.read_as
    assert "net" in result.read_as
    assert named(result, "total spend").scope.where == {"service": "AWS Lambda"}
    assert named(result, "total spend").scope.accounts == ("online-prod",)


def test_a_series_by_month_ends_with_the_month_so_far_and_averages_whole_months_only(
    ask: Any, named: Any, truth: Any
) -> None:
    result = ask("spend", by="month", period="year_to_date")
    rows = [(row[0], result.fact(row[1])) for row in result.table.rows]
    assert [name for name, _ in rows[:2]] == ["January 2026", "February 2026"]
    assert len(rows) == 10
    assert rows[-1][0] == "October 2026 to date (1 to 15 October 2026)"
    for _, fact in rows:
        last = (fact.period.end.date().toordinal()) - 1
        day = type(fact.period.end.date()).fromordinal(last)
        assert fact.value == cents(truth(SUM, during(fact.period.first_day, str(day))))
    whole = truth(SUM, during("2026-01-01", "2026-09-30"))
    assert named(result, "average monthly spend").value == cents(whole / 9)
    assert named(result, "highest monthly spend").value == max(fact.value for _, fact in rows[:-1])
    assert named(result, "lowest monthly spend").period.label == "February 2026"


def test_an_average_day_is_of_days_that_are_billed_to_their_end_and_the_rest_is_named(
    ask: Any, named: Any, truth: Any
) -> None:
    result = ask("spend", by="day", period="month_to_date", accounts="online-prod")
    whole = truth(SUM, f"{during('2026-10-01', '2026-10-14')} AND SubAccountName = 'online-prod'")
    mean = named(result, "average daily spend")
    assert len(result.table.rows) == 15  # today stands in the table, and in the total
    assert mean.value == cents(whole / 14)
    assert mean.period.label == "1 to 14 October 2026"
    assert named(result, "lowest daily spend").value > 0
    assert [note for note in result.notes if "left out of the average" in note and note.endswith(": 15 October 2026.")]


def test_days_that_are_over_are_all_in_the_average(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend", by="day", period="2026-09", accounts="online-prod")
    whole = truth(SUM, f"{SEPTEMBER} AND SubAccountName = 'online-prod'")
    assert named(result, "average daily spend").value == cents(whole / 30)
    assert not [note for note in result.notes if "left out" in note]


def test_of_yesterday_and_today_the_average_is_yesterday(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend", by="day", period="2026-10-14..2026-10-15")
    mean = named(result, "average daily spend")
    assert mean.value == cents(truth(SUM, during("2026-10-14", "2026-10-14")))
    assert mean.period.label == "14 October 2026"


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        (9, 2),  # the last day may have come in for nothing yet
        (25, 3),  # by now it would have: nothing was spent
    ],
)
def test_a_last_day_without_anything_counts_once_its_bill_is_due(hours: int, days: int) -> None:
    first = datetime(2026, 10, 1, tzinfo=UTC)
    rows = [
        (Period(label="", start=first + timedelta(days=n), end=first + timedelta(days=n + 1)), Decimal(amount))
        for n, amount in enumerate((0, 5, 0))
    ]
    assert len(billed_whole(rows, rows[-1][0].end + timedelta(hours=hours))) == days


def test_a_series_by_day_shows_the_spike(ask: Any, named: Any, truth: Any) -> None:
    result = ask("spend", by="day", accounts="data-prod", usage_type="EUW1-NatGateway-Bytes")
    assert len(result.table.rows) == 30
    days = dict(
        truth(
            f"ChargePeriodStart, {SUM}",
            f"{SEPTEMBER} AND SubAccountName = 'data-prod' AND SkuId = 'EUW1-NatGateway-Bytes'",
            "1",
        )
    )
    top = max(days, key=lambda day: days[day])
    assert named(result, "highest daily spend").value == cents(days[top])
    assert named(result, "highest daily spend").period.first_day == str(top)


@pytest.mark.parametrize(
    ("word", "label", "first", "last"),
    [
        ("month_to_date", "October 2026 to date (1 to 15 October 2026)", "2026-10-01", "2026-10-14"),
        ("2026-10", "October 2026 to date (1 to 15 October 2026)", "2026-10-01", "2026-10-14"),
        ("2026", "2026 to date (1 January to 15 October 2026)", "2026-01-01", "2026-10-14"),
        ("last_7_days", "8 to 14 October 2026", "2026-10-08", "2026-10-14"),
        ("2026-07..2026-09", "July 2026 to September 2026", "2026-07-01", "2026-09-30"),
        ("last_36_hours", "13 to 15 October 2026", "2026-10-13", "2026-10-14"),
    ],
)
def test_periods_say_what_they_cover(
    ask: Any, named: Any, truth: Any, word: str, label: str, first: str, last: str
) -> None:
    fact = named(ask("spend", by="none", period=word), "total spend")
    assert fact.period.label == label
    assert fact.value == cents(truth(SUM, during(first, last)))


def test_what_was_not_billed_is_zero_with_a_receipt(ask: Any, named: Any) -> None:
    # the name exists in the bills of the period, but not in this account
    ran = ask.run("spend", service="Amazon SageMaker", accounts="log-archive")
    fact = named(ran.result, "total spend")
    assert fact.value == 0
    assert set(fact.receipts) <= {receipt.id for receipt in ran.receipts}
    assert ran.result.table is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "Amazon Sagemakr"}, "Amazon SageMaker"),
        ({"team": "payment processing"}, "payments"),
        ({"accounts": "venue-utrect"}, "venue-utrecht"),
        ({"accounts": "venue:groningen"}, "in sight"),
        ({"venue": "groningen"}, "in sight"),
    ],
)
def test_an_unknown_name_is_an_error_with_candidates_and_never_zero(ask: Any, given: dict[str, str], said: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        ask("spend", **given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"period": "2027-01"}, "future"),
        ({"period": "recently"}, "no period"),
        ({"by": "colour"}, "by"),
        ({"top": 0}, "top"),
        ({"by": "day", "period": "last_6_months"}, "shown by month, or 35 days"),
        ({"servce": "x"}, "servce"),
    ],
)
def test_bad_inputs_are_refused_with_a_sentence(ask: Any, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask("spend", **given)


def test_an_asker_with_few_accounts_sees_and_is_told_of_those_only(ask: Any, named: Any, truth: Any) -> None:
    ask.directory = ask.directory.cut(["venue-utrecht", "data-lab"])
    total = named(ask("spend", by="none"), "total spend").value
    assert total == cents(truth(SUM, f"{SEPTEMBER} AND SubAccountName IN ('venue-utrecht', 'data-lab')"))
    with pytest.raises(UnknownNameError) as caught:
        ask("spend", accounts="online-prd")
    assert "online" not in str(caught.value).partition("in sight")[2]
    with pytest.raises(UnknownNameError) as caught:
        ask("spend", team="online-gam")
    assert "online-games" not in str(caught.value)


def test_a_question_without_filters_is_one_request(ask: Any) -> None:
    assert ask.run("spend").asked == ("ce:GetCostAndUsage",)
    assert ask.last.asked == ("ce:GetCostAndUsage",)


def test_august_has_the_refund(ask: Any, truth: Any) -> None:
    result = ask("spend", by="charge_type", period="2026-08", top=25)
    rows = {row[0]: result.fact(row[1]).value for row in result.table.rows}
    assert rows["Refund"] == cents(truth(SUM, f"{AUGUST} AND x_RecordType = 'Refund'")) == Decimal("-1150.00")


@pytest.mark.parametrize(
    ("part", "types"),
    [
        ("nat_gateways", "%NatGateway%"),
        ("block_storage", "%EBS:%"),
        ("transit_gateways", "%TransitGateway%"),
        ("data_transfer", "%DataTransfer%"),
        ("egress", "%DataTransfer-Out%"),
    ],
)
def test_a_part_is_its_usage_types_in_whatever_service(ask: Any, truth: Any, part: str, types: str) -> None:
    expected = truth(SUM, f"{SEPTEMBER} AND SkuId LIKE '{types}'")
    result = ask("spend", part=part, by="usage_type")
    assert result.fact(result.headlines[0]).value == cents(expected)
    assert all(types.strip("%") in row[0] for row in result.table.rows)


def test_logs_are_those_of_cloudwatch_only(ask: Any, truth: Any) -> None:
    types = "SkuId LIKE '%DataProcessing-Bytes' AND ServiceName = 'AmazonCloudWatch'"
    expected = truth(SUM, f"{SEPTEMBER} AND {types}")
    result = ask("spend", part="logs")
    assert result.fact(result.headlines[0]).value == cents(expected)
    assert [row[0] for row in result.table.rows] == ["AmazonCloudWatch"]


def test_a_part_that_was_not_billed_is_said_and_no_zero(ask: Any) -> None:
    with pytest.raises(InputError, match="Nothing was billed for public IPv4 addresses"):
        ask("spend", part="public_ipv4")


@pytest.mark.parametrize(
    ("service", "beside"),
    [
        ("Amazon Kinesis", ["Amazon Kinesis Video Streams"]),
        ("ec2", ["EC2 - Other"]),
        ("Amazon Kinesis Video Streams", []),
        ("ecs", []),
        ("EC2 - Other", []),
    ],
)
def test_services_of_one_family_stand_beside_each_other(ask: Any, truth: Any, service: str, beside: list[str]) -> None:
    result = ask("spend", service=service)
    _, *others = (result.fact(each) for each in result.headlines)
    assert [fact.label for fact in others] == [f"{name} spend, billed apart" for name in beside]
    for name, fact in zip(beside, others, strict=True):
        expected = truth(SUM, f"{SEPTEMBER} AND ServiceName = '{name}'")
        assert fact.value == cents(expected)
