"""CloudTrail: LookupEvents over the management events of 90 days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.keys import key_id
from tools.estate.inventory.storage import TRAIL_BUCKET
from tools.estate.records.trail import NAMES, Event, events, events_of
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._matching import as_time, within
from tools.estate.services._paging import Paging, page
from tools.estate.world import BY_NAME, HOME_REGION, PAYER

_PAGING = Paging(default=50, largest=50, error="InvalidNextTokenException", size_error="InvalidMaxResultsException")
_ATTRIBUTES: dict[str, Callable[[Event], list[str]]] = {
    "EventId": lambda event: [event.id],
    "EventName": lambda event: [event.name],
    "ReadOnly": lambda event: [str(event.read_only).lower()],
    "Username": lambda event: [event.who] if event.kind != "AWSService" else [],
    "ResourceType": lambda event: [kind for kind, _ in event.resources],
    "ResourceName": lambda event: [name for _, name in event.resources],
    "EventSource": lambda event: [f"{event.source}.amazonaws.com"],
    "AccessKeyId": lambda event: [event.key_id] if event.key_id else [],
}


def _document(event: Event) -> dict[str, Any]:
    document: dict[str, Any] = {
        "EventId": event.id,
        "EventName": event.name,
        "ReadOnly": str(event.read_only).lower(),
        "EventTime": event.at,
        "EventSource": f"{event.source}.amazonaws.com",
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event.resources],
        "CloudTrailEvent": event.document(),
    }
    if event.kind != "AWSService":
        document["Username"] = event.who
    if event.key_id:
        document["AccessKeyId"] = event.key_id
    return document


def lookup_events(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    wanted = params.get("LookupAttributes") or []
    if len(wanted) > 1:
        raise AwsError("InvalidLookupAttributesException", "Only one lookup attribute may be given.")
    start, end = params.get("StartTime"), params.get("EndTime")
    if start and end and as_time(start) > as_time(end):
        raise AwsError("InvalidTimeRangeException", "StartTime must not be after EndTime.")
    if params.get("EventCategory"):
        return {"Events": []}  # Insights events: nobody has switched Insights on
    found = [event for event in events_of(request.account, request.region) if within(event.at, start, end)]
    for one in wanted:
        values = _ATTRIBUTES[one["AttributeKey"]]
        found = [event for event in found if one["AttributeValue"] in values(event)]
    shown, token = page(request, found, _PAGING)
    return {"Events": [_document(event) for event in shown], **token}


TRAIL = "lantern-organisation"
"""The organisation's one trail: all regions, digests, a key of its own, and data events of the locked bucket."""


def _trail() -> dict[str, Any]:
    key = key_id("log-archive", "cloudtrail")
    return {
        "Name": TRAIL,
        "S3BucketName": TRAIL_BUCKET,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": HOME_REGION,
        "TrailARN": _trail_arn(),
        "LogFileValidationEnabled": True,
        "KmsKeyId": f"arn:aws:kms:{HOME_REGION}:{BY_NAME['log-archive'].id}:key/{key}",
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": True,
    }


def _trail_arn() -> str:
    return f"arn:aws:cloudtrail:{HOME_REGION}:{PAYER.id}:trail/{TRAIL}"


def _named(request: EstateRequest, key: str) -> None:
    if request.params.get(key) not in (TRAIL, _trail_arn()):
        raise AwsError("TrailNotFoundException", f"Unknown trail: {request.params.get(key)}")


def describe_trails(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params.get("trailNameList") or [TRAIL]
    shadows = request.params.get("includeShadowTrails", True) or request.region == HOME_REGION
    return {"trailList": [_trail()] if shadows and {TRAIL, _trail_arn()} & set(wanted) else []}


def list_trails(request: EstateRequest) -> dict[str, Any]:
    return {"Trails": [{"TrailARN": _trail_arn(), "Name": TRAIL, "HomeRegion": HOME_REGION}]}


def get_trail_status(request: EstateRequest) -> dict[str, Any]:
    _named(request, "Name")
    return {"IsLogging": True, "LatestDeliveryTime": request.now, "StartLoggingTime": datetime(2022, 3, 1, tzinfo=UTC)}


def get_event_selectors(request: EstateRequest) -> dict[str, Any]:
    _named(request, "TrailName")
    data = [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{TRAIL_BUCKET}/"]}]
    chosen = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": data}
    return {"TrailARN": _trail_arn(), "EventSelectors": [chosen]}


OPERATIONS: dict[str, Handler] = {
    "DescribeTrails": describe_trails,
    "GetEventSelectors": get_event_selectors,
    "GetTrailStatus": get_trail_status,
    "ListTrails": list_trails,
    "LookupEvents": lookup_events,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every management event of the last 90 days."""
    return {
        "cloudtrail_events": [
            {
                "account": event.account,
                "account_name": NAMES[event.account],
                "region": event.region,
                "id": event.id,
                "at": event.at.isoformat(),
                "name": event.name,
                "source": f"{event.source}.amazonaws.com",
                "username": event.who if event.kind != "AWSService" else None,
                "identity": event.kind,
                "read_only": event.read_only,
                "ip": event.ip,
                "resources": [list(resource) for resource in event.resources],
                "error": event.error,
                "mfa": event.mfa,
            }
            for event in events()
        ]
    }
