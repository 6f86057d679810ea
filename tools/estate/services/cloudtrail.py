"""CloudTrail: LookupEvents over the management events of 90 days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.deployed import Resource, deployed
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
"""The organisation's one trail: all regions, digests, a key of its own, and data events of the locked bucket.

Regent's deployment adds one in each home account: who touches its evidence, and who calls AgentCore.
"""


def _own(request: EstateRequest) -> list[Resource]:
    return deployed("CloudTrail::Trail", request.account)


def _arn_of(trail: Resource) -> str:
    return f"arn:aws:cloudtrail:{trail.region}:{trail.account}:trail/{trail.id}"


def _own_document(trail: Resource) -> dict[str, Any]:
    said = trail.properties
    return {
        "Name": trail.id,
        "S3BucketName": said["S3BucketName"],
        "IncludeGlobalServiceEvents": said["IncludeGlobalServiceEvents"],
        "IsMultiRegionTrail": said["IsMultiRegionTrail"],
        "HomeRegion": trail.region,
        "TrailARN": _arn_of(trail),
        "LogFileValidationEnabled": said["EnableLogFileValidation"],
        "CloudWatchLogsLogGroupArn": said["CloudWatchLogsLogGroupArn"],
        "CloudWatchLogsRoleArn": said["CloudWatchLogsRoleArn"],
        "KmsKeyId": said["KMSKeyId"],
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
    }


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


def _named(request: EstateRequest, key: str) -> Resource | None:
    """The deployment's trail that a request names; None for the organisation's."""
    wanted = request.params.get(key)
    if wanted in (TRAIL, _trail_arn()):
        return None
    for trail in _own(request):
        if wanted in (trail.id, _arn_of(trail)):
            return trail
    raise AwsError("TrailNotFoundException", f"Unknown trail: {wanted}")


def describe_trails(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params.get("trailNameList")
    if not request.params.get("includeShadowTrails", True) and request.region != HOME_REGION:
        return {"trailList": []}
    found = [_trail(), *(_own_document(one) for one in _own(request))]
    return {"trailList": [one for one in found if not wanted or {one["Name"], one["TrailARN"]} & set(wanted)]}


def list_trails(request: EstateRequest) -> dict[str, Any]:
    own = [{"TrailARN": _arn_of(one), "Name": one.id, "HomeRegion": one.region} for one in _own(request)]
    return {"Trails": [{"TrailARN": _trail_arn(), "Name": TRAIL, "HomeRegion": HOME_REGION}, *own]}


def get_trail_status(request: EstateRequest) -> dict[str, Any]:
    own = _named(request, "Name")
    started = datetime(2022, 3, 1, tzinfo=UTC) if own is None else own.created
    return {"IsLogging": True, "LatestDeliveryTime": request.now, "StartLoggingTime": started}


def get_event_selectors(request: EstateRequest) -> dict[str, Any]:
    own = _named(request, "TrailName")
    if own is not None:
        return {"TrailARN": _arn_of(own), "AdvancedEventSelectors": own.properties["AdvancedEventSelectors"]}
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
