"""CloudWatch's metric operations: values are computed from the stories when they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.records.metric_values import samples
from tools.estate.records.metrics import Metric, by_name, by_place
from tools.estate.records.quotas import quota_of_usage
from tools.estate.request import EstateRequest
from tools.estate.services._matching import as_time
from tools.estate.services._metric_math import Evaluator, Series
from tools.estate.services._paging import Paging, page

_LIST = Paging(size="\0", default=500, largest=500, error="InvalidParameterValue")
_DATA = Paging(size="MaxDatapoints", default=100_800, largest=100_800, error="InvalidNextToken")


def _find(request: EstateRequest, namespace: str, name: str, dimensions: list[dict[str, str]]) -> Metric | None:
    wanted = frozenset((one["Name"], one["Value"]) for one in dimensions)
    return by_name().get((request.account, request.region, namespace, name, wanted))


def _period(value: int) -> int:
    if value in (1, 5, 10, 20, 30) or (value >= 60 and value % 60 == 0):
        return max(value, 60)
    raise AwsError("ValidationError", f"Period must be 1, 5, 10, 20, 30 or a multiple of 60, got {value}.")


def _window(params: dict[str, Any]) -> tuple[datetime, datetime]:
    start, end = as_time(params["StartTime"]), as_time(params["EndTime"])
    if start >= end:
        raise AwsError("ValidationError", f"StartTime {start.isoformat()} must be less than EndTime {end.isoformat()}.")
    return start, end


def _statistic(metric: Metric, stat: str, start: datetime, end: datetime, period: int) -> Series:
    try:
        return {moment: sample.statistic(stat) for moment, sample in samples(metric, start, end, period)}
    except KeyError as error:
        text = f"The value {stat} for parameter Stat is not supported."
        raise AwsError("ValidationError", text) from error


def _evaluate(request: EstateRequest) -> list[tuple[dict[str, Any], Series]]:
    start, end = _window(request.params)
    queries = request.params["MetricDataQueries"]
    series: dict[str, Series] = {}
    periods: dict[str, int] = {}
    quotas: dict[str, float] = {}
    for query in queries:
        stat = query.get("MetricStat")
        if bool(stat) == bool(query.get("Expression")):
            raise AwsError("ValidationError", f"Query {query['Id']} needs either a MetricStat or an Expression.")
        if not stat:
            continue
        metric = _find(
            request, stat["Metric"].get("Namespace", ""), stat["Metric"].get("MetricName", ""),
            stat["Metric"].get("Dimensions") or [],
        )  # fmt: skip
        periods[query["Id"]] = _period(stat["Period"])
        wrong_unit = metric is not None and stat.get("Unit") not in (None, metric.unit)
        found = metric is not None and not wrong_unit
        series[query["Id"]] = (
            _statistic(metric, stat["Stat"], start, end, periods[query["Id"]]) if found and metric else {}
        )
        limit = quota_of_usage(metric) if metric else None
        if limit is not None:
            quotas[query["Id"]] = limit
    pending = [query for query in queries if query.get("Expression")]
    for query in pending:
        series[query["Id"]] = Evaluator(dict(series), periods, quotas).run(query["Expression"])
    return [(query, series[query["Id"]]) for query in queries if query.get("ReturnData", True)]


def _label(query: dict[str, Any]) -> str:
    if query.get("Label"):
        return str(query["Label"])
    return str(query["MetricStat"]["Metric"]["MetricName"]) if query.get("MetricStat") else str(query["Id"])


def get_metric_data(request: EstateRequest) -> dict[str, Any]:
    newest_first = request.params.get("ScanBy") != "TimestampAscending"
    results = _evaluate(request)
    points = [
        (index, moment, value)
        for index, (_, series) in enumerate(results)
        for moment, value in sorted(series.items(), reverse=newest_first)
    ]
    shown, token = page(request, points, _DATA)
    partial = "PartialData" if token else "Complete"
    return {
        "MetricDataResults": [
            {
                "Id": query["Id"],
                "Label": _label(query),
                "Timestamps": [moment for index, moment, _ in shown if index == number],
                "Values": [value for index, _, value in shown if index == number],
                "StatusCode": partial,
            }
            for number, (query, _) in enumerate(results)
        ],
        "Messages": [],
        **token,
    }


_PLAIN = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def get_metric_statistics(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    start, end = _window(params)
    period = _period(params["Period"])
    wanted, extended = params.get("Statistics") or [], params.get("ExtendedStatistics") or []
    if not wanted and not extended:
        raise AwsError("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics.")
    if (end - start).total_seconds() / period > 1440:
        count = int((end - start).total_seconds() // period)
        raise AwsError(
            "InvalidParameterCombination",
            f"You have requested up to {count} datapoints, which exceeds the limit of 1,440. Use a longer Period.",
        )
    metric = _find(request, params["Namespace"], params["MetricName"], params.get("Dimensions") or [])
    points = []
    if metric and params.get("Unit") in (None, metric.unit):
        for moment, sample in samples(metric, start, end, period):
            point: dict[str, Any] = {"Timestamp": moment, "Unit": metric.unit}
            point |= {name: sample.statistic(name) for name in _PLAIN if name in wanted}
            if extended:
                point["ExtendedStatistics"] = {name: sample.statistic(name) for name in extended}
            points.append(point)
    return {"Label": params["MetricName"], "Datapoints": points}


def list_metrics(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    found = []
    for metric in by_place(request.account, request.region):
        have = dict(metric.dimensions)
        if params.get("Namespace") not in (None, metric.namespace):
            continue
        if params.get("MetricName") not in (None, metric.name):
            continue
        if all(
            one["Name"] in have and one.get("Value") in (None, have[one["Name"]])
            for one in params.get("Dimensions") or []
        ):
            found.append(metric)
    shown, token = page(request, found, _LIST)
    return {
        "Metrics": [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            }
            for metric in shown
        ],
        **token,
    }
