"""CloudWatch: alarms, their history, and metrics computed from the stories."""

from __future__ import annotations

from typing import Any

from tools.estate.records.alarms import alarms
from tools.estate.records.metrics import catalogue
from tools.estate.request import Handler
from tools.estate.services import _alarms, _metric_data

OPERATIONS: dict[str, Handler] = {
    "DescribeAlarms": _alarms.describe_alarms,
    "DescribeAlarmHistory": _alarms.describe_alarm_history,
    "DescribeAlarmsForMetric": _alarms.describe_alarms_for_metric,
    "GetMetricData": _metric_data.get_metric_data,
    "GetMetricStatistics": _metric_data.get_metric_statistics,
    "ListMetrics": _metric_data.list_metrics,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Alarms with their history, and the metrics that exist (their values are computed)."""
    return {
        "cloudwatch_alarms": [
            {
                "account": alarm.account,
                "region": alarm.region,
                "name": alarm.name,
                "state": alarm.state,
                "state_since": alarm.changed.isoformat(),
                "actions_enabled": alarm.actions,
                "type": "CompositeAlarm" if alarm.rule else "MetricAlarm",
                "history": [
                    {"at": item.at.isoformat(), "before": item.before, "after": item.after} for item in alarm.history
                ],
            }
            for alarm in alarms()
        ],
        "cloudwatch_metrics": [
            {
                "account": metric.account,
                "region": metric.region,
                "namespace": metric.namespace,
                "name": metric.name,
                "dimensions": dict(metric.dimensions),
                "unit": metric.unit,
            }
            for metric in catalogue()
        ],
    }
