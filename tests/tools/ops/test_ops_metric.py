"""Metrics against the values that the sample estate computes from its stories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.errors import InputError, UnknownNameError
from tools.estate import inventory
from tools.estate.records.metric_values import Sample, samples
from tools.estate.records.metrics import Metric, catalogue
from tools.estate.world import ACCOUNTS, NOW
from tools.ops.series import window
from tools.periods import parse_period

NAMES = {account.id: account.name for account in ACCOUNTS}
DAY = (datetime(2026, 10, 13, tzinfo=UTC), datetime(2026, 10, 14, tzinfo=UTC))


def metrics(namespace: str, name: str) -> list[Metric]:
    return [metric for metric in catalogue() if (metric.namespace, metric.name) == (namespace, name)]


def about(namespace: str, name: str, resource: str) -> Metric:
    return next(m for m in metrics(namespace, name) if any(resource in value for _, value in m.dimensions))


def merged(metric: Metric, start: datetime, end: datetime) -> Iterable[Sample]:
    return [sample for _, sample in samples(metric, start, end, 300)]


def test_errors_on_the_night_of_the_storm(ask: Any, value: Any, table: Any) -> None:
    truth = about("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "bet-api")
    expected = sum(sample.total for sample in merged(truth, *DAY))
    result = ask("metric", name="errors_5xx", resource="bet-api", accounts="online-prod", period="2026-10-13")
    total = next(f for f in result.facts if f.label == "total server errors (5xx)")
    assert float(total.value) == pytest.approx(expected, rel=1e-6)
    assert total.scope.accounts == ("online-prod",)
    at = next(f for f in result.facts if f.label == "server errors (5xx) was highest at")
    assert at.value == "2026-10-13T19:00:00Z"
    rows = table(result)
    assert len(rows) == 24
    assert sum(float(list(row.values())[1]) for row in rows) == pytest.approx(expected, rel=1e-4)


def test_an_average_over_a_week_is_exact_not_an_average_of_averages(ask: Any) -> None:
    """Eight days of a database with a storm in them; every sample weighs the same."""
    truth = about("AWS/RDS", "CPUUtilization", "bet-settlement-db")
    start, end = datetime(2026, 10, 8, tzinfo=UTC), datetime(2026, 10, 15, 9, tzinfo=UTC)
    parts = list(merged(truth, start, end))
    expected = sum(part.total for part in parts) / sum(part.count for part in parts)
    result = ask("metric", name="cpu", resource="bet-settlement-db", period="last_7_days")
    average = next(f for f in result.facts if f.label == "average CPU use")
    assert float(average.value) == pytest.approx(expected, abs=0.01)
    assert average.unit == "percent"
    highest = ask("metric", name="cpu", resource="bet-settlement-db", period="last_7_days", statistic="maximum")
    most = next(f for f in highest.facts if f.label == "highest CPU use")
    assert float(most.value) == pytest.approx(max(part.largest for part in parts), abs=0.01)


def test_nat_traffic_rises_with_the_story(ask: Any, table: Any) -> None:
    rows = {
        row["From"]: float(list(row.values())[1])
        for row in table(ask("metric", name="nat_bytes", accounts="data-prod", period="2026-09"))
    }
    assert len(rows) == 30
    assert rows["2026-09-07"] < 1000 < 12_000 < rows["2026-09-10"]
    into = [
        about("AWS/NATGateway", name, inventory.STORY_NAT) for name in ("BytesInFromSource", "BytesInFromDestination")
    ]
    day = datetime(2026, 9, 10, tzinfo=UTC)
    expected = sum(s.total for metric in into for s in merged(metric, day, day + timedelta(days=1))) / 1e9
    assert rows["2026-09-10"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "metric_name", "words"),
    [
        ("db_connections", "DatabaseConnections", "database connections"),
        ("db_cpu", "CPUUtilization", "CPU use of databases"),  # servers and containers have one of that name too
    ],
)
def test_ranking_over_all_accounts(ask: Any, value: Any, table: Any, name: str, metric_name: str, words: str) -> None:
    start = NOW - timedelta(hours=24)
    level = {}
    for metric in metrics("AWS/RDS", metric_name):
        parts = list(merged(metric, start, NOW))
        database = dict(metric.dimensions)["DBInstanceIdentifier"]
        level[database] = sum(part.total for part in parts) / sum(part.count for part in parts)
    result = ask("metric", name=name, top=5)
    rows = table(result)
    ranked = sorted(level, key=lambda database: -level[database])
    assert [row["Resource"] for row in rows[:5]] == ranked[:5]
    assert value(result, f"resources that reported {words}") == len(level)
    assert rows[-1]["Account"] == len(level) - 5


def test_the_cpu_of_instances_is_of_no_database_or_container(ask: Any, value: Any, table: Any) -> None:
    start = NOW - timedelta(hours=24)
    level = {}
    for metric in metrics("AWS/EC2", "CPUUtilization"):
        parts = list(merged(metric, start, NOW))
        level[dict(metric.dimensions)["InstanceId"]] = sum(p.total for p in parts) / sum(p.count for p in parts)
    result = ask("metric", name="instance_cpu", top=5)
    assert value(result, "resources that reported CPU use of instances") == len(level)
    shown = [float(row["Average CPU use of instances (percent)"]) for row in table(result)[:5]]
    assert shown == pytest.approx(sorted(level.values(), reverse=True)[:5], abs=0.01)
    assert value(ask("metric", name="cpu", top=5), "resources that reported CPU use") > len(level)


def test_least_free_storage_comes_first(ask: Any, table: Any) -> None:
    rows = table(ask("metric", name="db_storage_free", top=3))
    numbers = [float(row["Average free database storage (GB)"]) for row in rows[:3]]
    assert rows[0]["Resource"] == "lab-db"
    assert numbers == sorted(numbers)


def test_instances_go_by_their_names(ask: Any, table: Any) -> None:
    result = ask("metric", name="disk", statistic="maximum", top=1)
    assert table(result)[0]["Resource"] == "amsterdam-floor-07"
    one = ask("metric", name="cpu", resource="bet-engine-07", accounts="online-prod")
    truth = about("AWS/EC2", "CPUUtilization", next(i.id for i in inventory.INSTANCES if i.name == "bet-engine-07"))
    parts = list(merged(truth, NOW - timedelta(hours=24), NOW))
    average = next(f for f in one.facts if f.label == "average CPU use")
    assert float(average.value) == pytest.approx(sum(p.total for p in parts) / sum(p.count for p in parts), abs=0.01)
    assert average.scope.where["resource"] == "bet-engine-07"


def test_latency_is_in_milliseconds(ask: Any) -> None:
    truth = about("AWS/ApplicationELB", "TargetResponseTime", "bet-api")
    parts = list(merged(truth, *DAY))
    expected = 1000 * sum(p.total for p in parts) / sum(p.count for p in parts)
    result = ask("metric", name="latency", resource="bet-api", accounts="online-prod", period="2026-10-13")
    average = next(f for f in result.facts if f.label == "average response time")
    assert float(average.value) == pytest.approx(expected, abs=0.01)
    assert average.unit == "milliseconds"


def test_a_measure_nothing_reports_is_zero_resources(ask: Any, value: Any) -> None:
    result = ask("metric", name="queue_age", accounts="payer")
    assert value(result, "resources that reported age of the oldest message") == 0


def test_unknown_resources_and_senseless_statistics_are_refused(ask: Any) -> None:
    with pytest.raises(UnknownNameError) as error:
        ask("metric", name="db_connections", resource="wallet-bd")
    assert "wallet-db" in error.value.candidates
    with pytest.raises(UnknownNameError):
        ask("metric", name="cpu", resource="bet-engine-77", accounts="online-prod")
    with pytest.raises(InputError, match="p99"):
        ask("metric", name="requests", statistic="p99")
    with pytest.raises(InputError, match="sum"):
        ask("metric", name="cpu", statistic="sum")
    with pytest.raises(InputError):
        ask("metric", name="temperature")


def test_intervals_start_on_their_own_boundaries() -> None:
    """CloudWatch aligns its intervals; a period that starts between two says so in its label."""
    now = datetime(2026, 10, 15, 9, 7, 33, tzinfo=UTC)
    span, interval = window(parse_period("last_24_hours", now), now)
    assert (span.start.minute, interval) == (0, timedelta(hours=1))
    assert "14 October 2026 09:00" in span.label
    whole, interval = window(parse_period("2026-09", now), now)
    assert (whole.label, interval) == ("September 2026", timedelta(days=1))
    today, _ = window(parse_period("today", now), now)
    assert today.end <= now
