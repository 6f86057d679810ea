"""Metrics and logs are one story: percentiles, math, sums over any period, and queries over log lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.estate.conftest import Clients
from tools.estate.world import NOW

STORM = datetime(2026, 10, 13, 19, 10, tzinfo=UTC)
ERRORS = {
    "Namespace": "Lantern/Bets",
    "MetricName": "SettlementErrors",
    "Dimensions": [{"Name": "Service", "Value": "bet-settlement"}],
}


def query(metric: dict[str, Any], stat: str, period: int, name: str = "m") -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def values(client: Clients, queries: list[dict[str, Any]], start: datetime, end: datetime) -> dict[str, list[float]]:
    reply = client("cloudwatch", account="online-prod").get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampAscending"
    )
    return {one["Id"]: one["Values"] for one in reply["MetricDataResults"]}


def latency(client: Clients) -> dict[str, Any]:
    metrics = client("cloudwatch", account="online-prod").list_metrics(
        Namespace="AWS/ApplicationELB", MetricName="TargetResponseTime"
    )["Metrics"]
    return next(one for one in metrics if "bet-api" in one["Dimensions"][0]["Value"])


def test_percentiles_are_ordered_and_rise_in_the_storm(client: Clients) -> None:
    metric = latency(client)
    found = values(
        client,
        [query(metric, stat, 300, stat.lower()) for stat in ("p50", "p90", "p99", "Maximum")],
        STORM,
        STORM + timedelta(minutes=30),
    )
    for p50, p90, p99, most in zip(*found.values(), strict=True):
        assert p50 < p90 < p99 <= most
    before = values(client, [query(metric, "p99", 300)], STORM - timedelta(hours=2), STORM - timedelta(hours=1))["m"]
    assert min(found["p99"]) > 10 * max(before)


def test_sums_agree_over_any_period(client: Clients) -> None:
    start = STORM.replace(hour=0, minute=0)
    end = start + timedelta(days=1)
    by_minute = values(client, [query(ERRORS, "Sum", 60)], start, end)["m"]
    by_day = values(client, [query(ERRORS, "Sum", 86400)], start, end)["m"]
    assert len(by_minute) == 1440
    assert sum(by_minute) == pytest.approx(by_day[0])


def test_math(client: Clients) -> None:
    queries = [
        query(ERRORS, "Sum", 300, "a"),
        {"Id": "double", "Expression": "2 * a + (a - a)"},
        {"Id": "both", "Expression": "SUM([a, double])"},
        {"Id": "rate", "Expression": "a / PERIOD(a)"},
    ]
    found = values(client, queries, STORM, STORM + timedelta(minutes=20))
    assert found["a"] == [320.0] * 4
    assert found["double"] == [640.0] * 4
    assert found["both"] == [960.0] * 4
    assert found["rate"][0] == pytest.approx(320 / 300)
    with pytest.raises(ClientError, match="ValidationError"):
        values(client, [{"Id": "x", "Expression": "SEARCH('{AWS/EC2}', 'Sum', 300)"}], STORM, NOW)
    with pytest.raises(ClientError, match="ValidationError"):
        values(client, [query(ERRORS, "median", 300)], STORM, NOW)


def test_nothing_is_measured_in_the_future(client: Clients) -> None:
    found = values(client, [query(ERRORS, "Sum", 300)], NOW - timedelta(minutes=10), NOW + timedelta(days=1))
    assert len(found["m"]) == 2


def test_every_alarm_of_the_storm_is_borne_out_by_its_metric(client: Clients) -> None:
    cloudwatch = client("cloudwatch", account="online-prod")
    history = cloudwatch.describe_alarm_history(
        HistoryItemType="StateUpdate", StartDate=STORM - timedelta(minutes=20), EndDate=STORM + timedelta(minutes=20)
    )["AlarmHistoryItems"]
    names = sorted({item["AlarmName"] for item in history})
    for alarm in cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]:
        metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}
        stat = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        asked = [query(metric, stat, alarm["Period"])]
        storm = values(client, asked, STORM + timedelta(minutes=10), STORM + timedelta(minutes=20))["m"]
        calm = values(client, asked, STORM - timedelta(hours=3), STORM - timedelta(hours=2))["m"]
        assert min(storm) > alarm["Threshold"] > max(calm), alarm["AlarmName"]


def run(client: Clients, text: str, start: datetime, end: datetime) -> list[dict[str, str]]:
    logs = client("logs", account="online-prod")
    begun = logs.start_query(
        logGroupName="/ecs/bet-settlement",
        startTime=int(start.timestamp()),
        endTime=int(end.timestamp()) - 1,
        queryString=text,
    )
    reply = logs.get_query_results(queryId=begun["queryId"])
    assert reply["status"] == "Complete"
    return [{cell["field"]: cell["value"] for cell in row} for row in reply["results"]]


def test_log_lines_are_as_many_as_the_metric_says(client: Clients) -> None:
    start, end = STORM, STORM + timedelta(minutes=30)
    rows = run(client, 'filter level = "ERROR" | stats count(*) as errors by bin(5m) | sort bin(5m) asc', start, end)
    metric = values(client, [query(ERRORS, "Sum", 300)], start, end)["m"]
    assert [float(row["errors"]) for row in rows] == metric


def test_insights_filters_fields_and_limits(client: Clients) -> None:
    end = STORM + timedelta(minutes=10)
    rows = run(client, "fields @timestamp, message | filter @message like /FATAL/ | limit 5", STORM, end)
    assert len(rows) == 5
    assert all("FATAL" in row["message"] for row in rows)
    assert rows[0]["@timestamp"] >= rows[-1]["@timestamp"]
    both = run(client, 'filter level in ["INFO"] or not (message like "settlement") | stats count(*)', STORM, end)
    every = run(client, "stats count(*)", STORM, end)
    settled = run(client, 'filter message like "settlement" and level != "INFO" | stats count(*)', STORM, end)
    assert int(both[0]["count(*)"]) + int(settled[0]["count(*)"]) == int(every[0]["count(*)"])


@pytest.mark.parametrize("text", ["parse @message '*' as x", "filter level ==", "stats median(x)", "filter (a = 1"])
def test_queries_that_are_not_understood_are_errors(client: Clients, text: str) -> None:
    with pytest.raises(ClientError, match="MalformedQueryException"):
        run(client, text, STORM, NOW)


def test_filter_patterns(client: Clients) -> None:
    logs = client("logs", account="online-prod")
    start = int(STORM.timestamp() * 1000)

    def count(pattern: str) -> int:
        reply = logs.filter_log_events(
            logGroupName="/ecs/bet-settlement", startTime=start, endTime=start + 599_999, filterPattern=pattern
        )
        return len(reply["events"])

    errors = count("ERROR")
    assert errors == count('{ $.level = "ERROR" }') == 640
    assert count("ERROR FATAL") + count("ERROR -FATAL") == errors
    assert count("?FATAL ?batch") == count("FATAL") + count("batch")
    assert count('"connection slots are reserved"') == count("FATAL")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        count("[ip, user]")
