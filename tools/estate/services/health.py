"""AWS Health: events of an account, and of the organisation for the payer. The endpoint is in us-east-1."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.records.events_of_aws import HealthEvent, health_events
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._matching import within
from tools.estate.services._paging import Paging, page, without_none
from tools.estate.world import PAYER

_PAGING = Paging("nextToken", "maxResults", 10, 100, "InvalidPaginationToken", size_error="ValidationException")
_SIMPLE = {
    "eventTypeCodes": "code",
    "services": "service",
    "regions": "region",
    "eventTypeCategories": "category",
    "eventStatusCodes": "status",
    "eventArns": "arn",
}
_TIMES = {"startTime": "start", "endTime": "end", "lastUpdatedTime": "updated"}
_REFUSED = ("availabilityZones", "tags", "actionabilities", "personas")


def _payer_only(request: EstateRequest) -> None:
    if request.account != PAYER.id:
        raise AwsError("SubscriptionRequiredException", "Only the management account sees the organisation's events.")


def _mine(request: EstateRequest) -> list[HealthEvent]:
    if request.region != "us-east-1":
        raise AwsError("UnrecognizedClientException", "AWS Health answers in us-east-1 only.")
    return [event for event in health_events() if request.account in event.accounts]


def _in_ranges(event: HealthEvent, attribute: str, ranges: list[dict[str, Any]]) -> bool:
    moment = getattr(event, attribute)
    return moment is not None and any(within(moment, one.get("from"), one.get("to")) for one in ranges)


def _select(events: list[HealthEvent], criteria: dict[str, Any]) -> list[HealthEvent]:
    for name, wanted in criteria.items():
        if not wanted:
            continue
        if name in _REFUSED:
            raise AwsError("ValidationException", f"The sample estate's events cannot be filtered by {name}.")
        if name in _SIMPLE:
            events = [event for event in events if getattr(event, _SIMPLE[name]) in wanted]
        elif name.rstrip("s") in _TIMES:
            ranges = wanted if isinstance(wanted, list) else [wanted]
            events = [event for event in events if _in_ranges(event, _TIMES[name.rstrip("s")], ranges)]
        elif name == "awsAccountIds":
            events = [event for event in events if set(event.accounts) & set(wanted)]
        elif name in ("entityValues", "entityArns"):
            events = [event for event in events if {entity for _, entity in event.affected} & set(wanted)]
    return events


def _document(event: HealthEvent) -> dict[str, Any]:
    return without_none(
        {
            "arn": event.arn,
            "service": event.service,
            "eventTypeCode": event.code,
            "eventTypeCategory": event.category,
            "region": event.region,
            "startTime": event.start,
            "endTime": event.end,
            "lastUpdatedTime": event.updated,
            "statusCode": event.status,
            "eventScopeCode": event.scope,
        }
    )


def describe_events(request: EstateRequest) -> dict[str, Any]:
    found = _select(_mine(request), request.params.get("filter") or {})
    shown, token = page(request, found, _PAGING)
    return {"events": [_document(event) for event in shown], **token}


def describe_events_for_organization(request: EstateRequest) -> dict[str, Any]:
    _payer_only(request)
    found = _select(list(health_events()), request.params.get("filter") or {})
    shown, token = page(request, found, _PAGING)
    return {"events": [_document(event) for event in shown], **token}


def _detail(event: HealthEvent) -> dict[str, Any]:
    return {"event": _document(event), "eventDescription": {"latestDescription": event.text}}


def describe_event_details(request: EstateRequest) -> dict[str, Any]:
    known = {event.arn: event for event in _mine(request)}
    wanted = request.params["eventArns"]
    failed = [
        {"eventArn": arn, "errorName": "InvalidEventArn", "errorMessage": "The event was not found."}
        for arn in wanted
        if arn not in known
    ]
    return {"successfulSet": [_detail(known[arn]) for arn in wanted if arn in known], "failedSet": failed}


def describe_event_details_for_organization(request: EstateRequest) -> dict[str, Any]:
    _payer_only(request)
    known = {event.arn: event for event in health_events()}
    good, failed = [], []
    for one in request.params["organizationEventDetailFilters"]:
        event, account = known.get(one["eventArn"]), one.get("awsAccountId")
        if event is None or (account and account not in event.accounts):
            failed.append({"eventArn": one["eventArn"], "errorName": "InvalidEventArn", "errorMessage": "Not found."})
        else:
            good.append(_detail(event) | ({"awsAccountId": account} if account else {}))
    return {"successfulSet": good, "failedSet": failed}


def _entity(event: HealthEvent, account: str, value: str) -> dict[str, Any]:
    return {
        "entityArn": f"arn:aws:health:{event.region}:{account}:entity/{value.rpartition('/')[2]}",
        "eventArn": event.arn,
        "entityValue": value,
        "awsAccountId": account,
        "lastUpdatedTime": event.updated,
        "statusCode": {"open": "IMPAIRED", "closed": "RESOLVED"}.get(event.status, "PENDING"),
    }


def describe_affected_entities(request: EstateRequest) -> dict[str, Any]:
    criteria = request.params["filter"]
    found = [
        _entity(event, account, value)
        for event in _mine(request)
        for account, value in event.affected
        if event.arn in criteria["eventArns"] and account == request.account
    ]
    for name in criteria:
        if name not in ("eventArns", "entityValues", "statusCodes"):
            raise AwsError("ValidationException", f"The sample estate's entities cannot be filtered by {name}.")
    if criteria.get("entityValues"):
        found = [item for item in found if item["entityValue"] in criteria["entityValues"]]
    if criteria.get("statusCodes"):
        found = [item for item in found if item["statusCode"] in criteria["statusCodes"]]
    shown, token = page(request, found, _PAGING)
    return {"entities": shown, **token}


def describe_affected_entities_for_organization(request: EstateRequest) -> dict[str, Any]:
    _payer_only(request)
    known = {event.arn: event for event in health_events()}
    found = []
    params = request.params
    asked = params.get("organizationEntityFilters") or params.get("organizationEntityAccountFilters")
    if not asked:
        raise AwsError("ValidationException", "Give organizationEntityFilters or organizationEntityAccountFilters.")
    for one in asked:
        event = known.get(one["eventArn"])
        for account, value in event.affected if event else ():
            if event and one.get("awsAccountId") in (None, account):
                found.append(_entity(event, account, value))
    shown, token = page(request, found, _PAGING)
    return {"entities": shown, "failedSet": [], **token}


def describe_affected_accounts_for_organization(request: EstateRequest) -> dict[str, Any]:
    _payer_only(request)
    for event in health_events():
        if event.arn == request.params["eventArn"]:
            shown, token = page(request, event.accounts, _PAGING)
            return {"affectedAccounts": shown, "eventScopeCode": event.scope, **token}
    raise AwsError("ValidationException", "The event was not found.")


OPERATIONS: dict[str, Handler] = {
    "DescribeEvents": describe_events,
    "DescribeEventsForOrganization": describe_events_for_organization,
    "DescribeEventDetails": describe_event_details,
    "DescribeEventDetailsForOrganization": describe_event_details_for_organization,
    "DescribeAffectedEntities": describe_affected_entities,
    "DescribeAffectedEntitiesForOrganization": describe_affected_entities_for_organization,
    "DescribeAffectedAccountsForOrganization": describe_affected_accounts_for_organization,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every Health event."""
    return {
        "health_events": [
            {
                "arn": event.arn,
                "service": event.service,
                "code": event.code,
                "category": event.category,
                "region": event.region,
                "status": event.status,
                "start": event.start.isoformat(),
                "affected": [list(pair) for pair in event.affected],
            }
            for event in health_events()
        ]
    }
