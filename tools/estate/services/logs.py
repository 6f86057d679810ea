"""CloudWatch Logs: groups, filtered events and Insights queries over computed lines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import uuid
from tools.estate.records.loglines import Line, LogGroup, groups_of, lines, log_groups
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _insights
from tools.estate.services._filter_pattern import compile_pattern
from tools.estate.services._insights_filter import Row
from tools.estate.services._paging import Paging, page, without_none

_GROUPS = Paging("nextToken", "limit", 50, 50, "InvalidParameterException")
_EVENTS = Paging("nextToken", "limit", 10_000, 10_000, "InvalidParameterException")
_LOCK = threading.Lock()
_QUERIES: dict[tuple[str, str, str], EstateRequest] = {}


def _bare(group: LogGroup) -> str:
    return group.arn.removesuffix(":*")


def describe_log_groups(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    prefix, pattern = params.get("logGroupNamePrefix"), params.get("logGroupNamePattern")
    if prefix and pattern:
        raise AwsError("InvalidParameterException", "logGroupNamePrefix and logGroupNamePattern exclude each other.")
    found = [
        group
        for group in groups_of(request.account, request.region)
        if group.name.startswith(prefix or "") and (pattern or "").lower() in group.name.lower()
    ]
    shown, token = page(request, found, _GROUPS)
    documents = [
        without_none(
            {
                "logGroupName": group.name,
                "creationTime": int(group.created.timestamp() * 1000),
                "retentionInDays": group.retention,
                "kmsKeyId": group.key,
                "metricFilterCount": 0,
                "arn": group.arn,
                "logGroupArn": _bare(group),
                "storedBytes": group.stored,
                "logGroupClass": "STANDARD",
            }
        )
        for group in shown
    ]
    return {"logGroups": documents, **token}


def list_log_groups(request: EstateRequest) -> dict[str, Any]:
    pattern = (request.params.get("logGroupNamePattern") or "").lower()
    found = [group for group in groups_of(request.account, request.region) if pattern in group.name.lower()]
    shown, token = page(request, found, _GROUPS)
    documents = [
        {"logGroupName": group.name, "logGroupArn": _bare(group), "logGroupClass": "STANDARD"} for group in shown
    ]
    return {"logGroups": documents, **token}


def _group(request: EstateRequest, name: str) -> LogGroup:
    for group in groups_of(request.account, request.region):
        if name in (group.name, group.arn, _bare(group)):
            return group
    raise AwsError("ResourceNotFoundException", f"The specified log group does not exist: {name}")


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _lines(group: LogGroup, start: float | None, end: float | None, now: datetime) -> list[Line]:
    first = _moment(start) if start is not None else datetime.fromtimestamp(0, UTC)
    return list(lines(group, first, _moment(end) if end is not None else now))


def filter_log_events(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    group = _group(request, params.get("logGroupName") or params.get("logGroupIdentifier") or "")
    test = compile_pattern(params.get("filterPattern") or "")
    streams, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
    found = [
        line
        for line in _lines(group, params.get("startTime"), params.get("endTime"), request.now)
        if test(line.message) and (not streams or line.stream in streams) and line.stream.startswith(prefix or "")
    ]
    shown, token = page(request, found, _EVENTS)
    events = [
        {
            "logStreamName": line.stream,
            "timestamp": line.at,
            "message": line.message,
            "ingestionTime": line.at + 800,
            "eventId": line.id,
        }
        for line in shown
    ]
    return {"events": events, "searchedLogStreams": [], **token}


def _named(params: dict[str, Any]) -> list[str]:
    names = [params["logGroupName"]] if params.get("logGroupName") else []
    names += params.get("logGroupNames") or []
    return names + (params.get("logGroupIdentifiers") or [])


def start_query(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    if params.get("queryLanguage", "CWLI") != "CWLI":
        raise AwsError("InvalidParameterException", "The sample estate runs Logs Insights QL only.")
    if not _named(params):
        raise AwsError("InvalidParameterException", "At least one log group is needed.")
    if params["startTime"] > params["endTime"]:
        raise AwsError("MalformedQueryException", "The query's end time is before its start time.")
    for name in _named(params):
        _group(request, name)
    _insights.parse(params["queryString"])
    query = uuid("query", request.account, request.region, sorted(params.items(), key=str))
    with _LOCK:
        _QUERIES[(request.account, request.region, query)] = request
    return {"queryId": query}


def _rows(request: EstateRequest) -> list[Row]:
    params = request.params
    rows = []
    for name in _named(params):
        group = _group(request, name)
        log = f"{group.account}:{group.name}"
        # The end is inclusive, and counted in whole seconds.
        for line in _lines(group, params["startTime"] * 1000, params["endTime"] * 1000 + 999, request.now):
            rows.append(_insights.row_of(line.at, line.stream, line.message, log, line.id))
    return rows


def get_query_results(request: EstateRequest) -> dict[str, Any]:
    with _LOCK:
        started = _QUERIES.get((request.account, request.region, request.params["queryId"]))
    if started is None:
        raise AwsError("ResourceNotFoundException", f"Query {request.params['queryId']} does not exist.")
    query = _insights.parse(started.params["queryString"])
    query.limit = min(query.limit, started.params.get("limit") or query.limit)
    results, matched, scanned = _insights.run(query, _rows(started))
    return {
        "queryLanguage": "CWLI",
        "results": results,
        "statistics": {
            "recordsMatched": float(matched),
            "recordsScanned": float(scanned),
            "bytesScanned": float(scanned * 140),
        },
        "status": "Complete",
    }


OPERATIONS: dict[str, Handler] = {
    "DescribeLogGroups": describe_log_groups,
    "ListLogGroups": list_log_groups,
    "FilterLogEvents": filter_log_events,
    "StartQuery": start_query,
    "GetQueryResults": get_query_results,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Log groups, and the error lines of the day of the alarm storm."""
    day = datetime(2026, 10, 13, tzinfo=UTC)
    errors = [
        {"account": group.account, "group": group.name, "at": _moment(line.at).isoformat(), "message": line.message}
        for group in log_groups()
        for line in lines(group, day, day.replace(hour=23, minute=59, second=59))
        if '"ERROR"' in line.message or line.message.startswith("[ERROR]")  # JSON lines, and those of Lambda
    ]
    groups = [{"account": group.account, "region": group.region, "name": group.name} for group in log_groups()]
    return {"log_groups": groups, "log_errors_2026_10_13": errors}
