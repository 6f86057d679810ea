"""SNS: who is told when an alarm sounds. Topics are those that alarms name: Regent's own, and `ops-alerts`."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import uuid
from tools.estate.inventory.deployed import deployed
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging(size="\0", default=100, largest=100, error="InvalidParameter")
OPS = "ops-alerts"
"""The topic of that name in every account and region, which the company's operators read."""


def _subscribers(request: EstateRequest, topic: str) -> list[tuple[str, str]]:
    """Protocol and endpoint of each confirmed subscription."""
    if topic == f"arn:aws:sns:{request.region}:{request.account}:{OPS}":
        return [("email", "operations@lantern.example")]
    if topic not in {one.id for one in deployed("SNS::Topic", request.account, request.region)}:
        raise AwsError("NotFound", "Topic does not exist", 404)
    return [
        (one.properties["Protocol"], one.properties["Endpoint"])
        for one in deployed("SNS::Subscription", request.account, request.region)
        if one.properties["TopicArn"] == topic
    ]


def list_subscriptions_by_topic(request: EstateRequest) -> dict[str, Any]:
    topic = request.params["TopicArn"]
    found = [
        {
            "SubscriptionArn": f"{topic}:{uuid('subscription', topic, endpoint)}",
            "Owner": request.account,
            "Protocol": protocol,
            "Endpoint": endpoint,
            "TopicArn": topic,
        }
        for protocol, endpoint in _subscribers(request, topic)
    ]
    shown, token = page(request, found, _PAGING)
    return {"Subscriptions": shown, **token}


OPERATIONS: dict[str, Handler] = {"ListSubscriptionsByTopic": list_subscriptions_by_topic}
