"""CloudWatch's alarm operations."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.records.alarms import Alarm, Transition, alarms
from tools.estate.request import EstateRequest
from tools.estate.services._matching import within
from tools.estate.services._paging import Paging, page, without_none

_PAGING = Paging(size="MaxRecords", default=50, largest=100, error="InvalidNextToken", size_error="ValidationError")
_HISTORY_DAYS = 30
"""How long CloudWatch keeps alarm history."""


def _mine(request: EstateRequest) -> list[Alarm]:
    return [item for item in alarms() if (item.account, item.region) == (request.account, request.region)]


def _reason(alarm: Alarm) -> str:
    if alarm.history:
        return alarm.history[-1].reason
    return "Unchecked: Initial alarm creation" if alarm.state == "INSUFFICIENT_DATA" else "No datapoint crossed it."


def _document(alarm: Alarm) -> dict[str, Any]:
    topic = alarm.tells
    common: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmDescription": alarm.description,
        "AlarmConfigurationUpdatedTimestamp": alarm.created,
        "ActionsEnabled": alarm.actions,
        "OKActions": [topic],
        "AlarmActions": [topic],
        "InsufficientDataActions": [],
        "StateValue": alarm.state,
        "StateReason": _reason(alarm),
        "StateUpdatedTimestamp": alarm.changed,
        "StateTransitionedTimestamp": alarm.changed,
    }
    if alarm.metric is None:
        return common | {"AlarmRule": alarm.rule}
    percentile = alarm.statistic.startswith("p")
    return without_none(
        common
        | {
            "MetricName": alarm.metric.name,
            "Namespace": alarm.metric.namespace,
            "Statistic": None if percentile else alarm.statistic,
            "ExtendedStatistic": alarm.statistic if percentile else None,
            "Dimensions": [{"Name": name, "Value": value} for name, value in alarm.metric.dimensions],
            "Period": alarm.period or (300 if alarm.metric.namespace != "Lantern/Bets" else 60),
            "EvaluationPeriods": alarm.periods,
            "DatapointsToAlarm": alarm.periods,
            "Threshold": float(alarm.threshold),
            "ComparisonOperator": alarm.comparison,
            "TreatMissingData": alarm.missing_data,
        }
    )


def describe_alarms(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    found = _mine(request)
    names, prefix = params.get("AlarmNames"), params.get("AlarmNamePrefix")
    if names and prefix:
        raise AwsError("ValidationError", "AlarmNames and AlarmNamePrefix cannot be used together.")
    if names:
        found = [item for item in found if item.name in names]
    if prefix:
        found = [item for item in found if item.name.startswith(prefix)]
    if params.get("StateValue"):
        found = [item for item in found if item.state == params["StateValue"]]
    if params.get("ActionPrefix"):
        found = [item for item in found if item.tells.startswith(params["ActionPrefix"])]
    # Without AlarmTypes, AWS returns metric alarms only.
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    found = [item for item in found if ("CompositeAlarm" if item.rule else "MetricAlarm") in types]
    shown, token = page(request, found, _PAGING)
    return {
        "MetricAlarms": [_document(item) for item in shown if item.metric is not None],
        "CompositeAlarms": [_document(item) for item in shown if item.metric is None],
        **token,
    }


def describe_alarms_for_metric(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    wanted = {(one["Name"], one["Value"]) for one in params.get("Dimensions") or []}
    return {
        "MetricAlarms": [
            _document(item)
            for item in _mine(request)
            if item.metric
            and (item.metric.namespace, item.metric.name) == (params["Namespace"], params["MetricName"])
            and set(item.metric.dimensions) == wanted
        ]
    }


def _item(alarm: Alarm, change: Transition) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmType": "CompositeAlarm" if alarm.rule else "MetricAlarm",
        "Timestamp": change.at,
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from {change.before} to {change.after}",
        "HistoryData": json.dumps(
            {
                "version": "1.0",
                "oldState": {"stateValue": change.before},
                "newState": {"stateValue": change.after, "stateReason": change.reason},
            }
        ),
    }


def _action(alarm: Alarm, change: Transition) -> dict[str, Any]:
    topic = alarm.tells
    return _item(alarm, change) | {
        "Timestamp": change.at + timedelta(seconds=1),
        "HistoryItemType": "Action",
        "HistorySummary": f"Successfully executed action {topic}",
        "HistoryData": json.dumps({"actionState": "Succeeded", "notificationResource": topic}),
    }


def describe_alarm_history(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    oldest = request.now - timedelta(days=_HISTORY_DAYS)
    items = []
    for alarm in _mine(request):
        if params.get("AlarmName") not in (None, alarm.name):
            continue
        if ("CompositeAlarm" if alarm.rule else "MetricAlarm") not in types:
            continue
        for change in alarm.history:
            items.append(_item(alarm, change))
            if alarm.actions and change.after in ("ALARM", "OK"):
                items.append(_action(alarm, change))
    wanted = params.get("HistoryItemType")
    items = [
        item
        for item in items
        if item["Timestamp"] >= oldest
        and within(item["Timestamp"], params.get("StartDate"), params.get("EndDate"))
        and wanted in (None, item["HistoryItemType"])
    ]
    newest_first = params.get("ScanBy") != "TimestampAscending"
    items.sort(key=lambda item: (item["Timestamp"], item["AlarmName"]), reverse=newest_first)
    history = Paging(
        size="MaxRecords", default=100, largest=100, error="InvalidNextToken", size_error="ValidationError"
    )
    shown, token = page(request, items, history)
    return {"AlarmHistoryItems": shown, **token}
