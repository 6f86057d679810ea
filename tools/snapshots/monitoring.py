"""Snapshots of what watches and shields: alarms, whom they tell, web ACLs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.calls import Place
from tools.snapshots.base import Seen, Survey, snapshot

PREFIX = "regent-"
_TAGGED = "resourcegroupstaggingapi:GetResources"


def _alarms(survey: Survey, place: Place) -> list[dict[str, Any]]:
    return survey.list(place, "cloudwatch:DescribeAlarms", "MetricAlarms", AlarmNamePrefix=PREFIX)


@snapshot("alarms", operations=("cloudwatch:DescribeAlarms", _TAGGED))
def alarms(survey: Survey) -> None:
    """Each metric alarm of Regent's own."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = _alarms(survey, place)
        counted = max(len(found), survey.tagged(place, "cloudwatch:alarm"))
        return [survey.seen(one["AlarmName"], one, place) for one in found], counted

    survey.everywhere(ask)


@snapshot("alarm-topics", operations=("cloudwatch:DescribeAlarms", "sns:ListSubscriptionsByTopic"))
def alarm_topics(survey: Survey) -> None:
    """Each topic that one of these alarms tells, with its subscriptions."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        actions = {action for one in _alarms(survey, place) for action in one.get("AlarmActions") or ()}
        topics = sorted(action for action in actions if ":sns:" in action)
        seen = []
        for topic in topics:
            found = survey.list(place, "sns:ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic)
            seen.append(survey.seen(topic, {"Subscriptions": found}, place))
        return seen, len(topics)

    survey.everywhere(ask)


@snapshot("web-acls", operations=("wafv2:ListWebACLs", "wafv2:GetWebACL", "wafv2:GetLoggingConfiguration", _TAGGED))
def web_acls(survey: Survey) -> None:
    """Each regional web ACL, with its logging."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        listed: list[dict[str, Any]] = []
        marker: dict[str, Any] = {}
        while True:  # wafv2 pages by a marker that botocore has no paginator for
            page = survey.get(place, "wafv2:ListWebACLs", Scope="REGIONAL", **marker)
            listed += page.get("WebACLs") or []
            if not page.get("NextMarker") or page["NextMarker"] == marker.get("NextMarker"):
                break
            marker = {"NextMarker": page["NextMarker"]}
        seen = []
        for one in listed:
            acl = survey.get(place, "wafv2:GetWebACL", Name=one["Name"], Scope="REGIONAL", Id=one["Id"])["WebACL"]
            missing = ("WAFNonexistentItemException",)
            logs = survey.optional(place, "wafv2:GetLoggingConfiguration", missing, ResourceArn=one["ARN"])
            data = {**acl, "LoggingConfiguration": logs.get("LoggingConfiguration")}
            seen.append(survey.seen(one["Name"], data, place))
        return seen, max(len(listed), survey.tagged(place, "wafv2:regional/webacl"))

    survey.everywhere(ask)
