"""CloudTrail write events as changes: what was done, to what, by which role or service; never by which person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.ops.common import clean, stamp
from tools.periods import Period

DEPLOYMENTS = {
    "amplify": ("StartDeployment", "StartJob"),
    "apprunner": ("StartDeployment", "UpdateService"),
    "cloudformation": ("CreateStack", "UpdateStack", "ExecuteChangeSet"),
    "codedeploy": ("CreateDeployment",),
    "codepipeline": ("StartPipelineExecution",),
    "ecs": ("CreateService", "UpdateService"),
    "eks": ("UpdateClusterVersion", "UpdateNodegroupVersion"),
    "elasticbeanstalk": ("CreateApplicationVersion", "UpdateEnvironment"),
    "lambda": ("UpdateFunctionCode20150331v2", "UpdateFunctionCode", "PublishVersion20150331", "UpdateAlias20150331"),
}
"""Events that bring other code or another version into service, by CloudTrail's event source."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write event that CloudTrail recorded."""

    account: Account
    region: str
    at: datetime
    service: str
    event: str
    target: str
    """The resource, or what the request names it; empty if neither does."""
    detail: str
    """What the deployment put into service, where the request says so."""
    by: str
    failed: bool
    deployment: bool
    """It brought another version into service."""
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """The write events of one place, oldest first, and the receipts of their pages."""

    changes: tuple[Change, ...]
    receipts: tuple[str, ...]


def look(aws: Aws, accounts: Sequence[Account], span: Period) -> list[tuple[Place, Trail]]:
    """Write events of every account and region in `span` (CloudTrail keeps 90 days of them).

    Raises:
        AwsCallError: no place could be looked at.
    """

    def ask(place: Place) -> Trail:
        found: list[Change] = []
        receipts: list[str] = []
        for page in aws.pages(
            place.account,
            "cloudtrail:LookupEvents",
            region=place.region,
            StartTime=span.start,
            EndTime=span.end,
            LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
            MaxResults=50,
        ):
            receipts.append(page.receipt)
            for raw in page.data.get("Events", []):
                # A sign-in is recorded as a write, but it changes nothing.
                signed_in = raw.get("EventSource") == "signin.amazonaws.com"
                if span.start <= raw["EventTime"] < span.end and not signed_in:
                    found.append(_change(place, raw, page.receipts))
        found.sort(key=lambda change: (change.at, change.event, change.target))
        return Trail(tuple(found), tuple(receipts))

    return aws.each(aws.places(accounts), ask)


def _change(place: Place, raw: dict[str, Any], receipts: tuple[str, ...]) -> Change:
    try:
        record = json.loads(raw.get("CloudTrailEvent") or "{}")
    except ValueError:
        record = {}  # CloudTrail's own fields still say what happened
    source = (raw.get("EventSource") or record.get("eventSource") or "unknown").removesuffix(".amazonaws.com")
    event = raw.get("EventName") or "unknown"
    asked = record.get("requestParameters")
    asked = asked if isinstance(asked, dict) else {}
    return Change(
        place.account,
        place.region,
        stamp(raw["EventTime"]),
        source,
        event,
        clean(_target(raw, asked), 80),
        clean(_detail(asked), 80),
        clean(_by(record.get("userIdentity") or {}), 60),
        bool(record.get("errorCode")),
        _deploys(source, event, asked),
        receipts,
    )


def _deploys(service: str, event: str, asked: dict[str, Any]) -> bool:
    if (service, event) == ("ecs", "UpdateService"):
        return bool(asked.get("taskDefinition") or asked.get("forceNewDeployment"))  # else it only scaled
    return event in DEPLOYMENTS.get(service, ())


_NAMES = (
    "service",
    "family",
    "functionName",
    "stackName",
    "bucketName",
    "instanceId",
    "dBInstanceIdentifier",
    "groupId",
    "vpcEndpointId",
    "keyId",
    "userName",
    "roleName",
    "policyArn",
    "name",
    "applicationName",
    "resourceId",
)
_PEOPLE = ("AWS::IAM::User", "AWS::IAM::AccessKey")


def _target(raw: dict[str, Any], asked: dict[str, Any]) -> str:
    """What was changed: the request's own name for it, else the first resource that is no user or key."""
    for key in _NAMES:
        if key != "userName" and isinstance(asked.get(key), str):
            return _short(asked[key])
    for resource in raw.get("Resources") or []:
        if resource.get("ResourceName") and resource.get("ResourceType") not in _PEOPLE:
            return _short(str(resource["ResourceName"]))
    return "an IAM user" if asked.get("userName") else ""


def _detail(asked: dict[str, Any]) -> str:
    for key in ("taskDefinition", "revision", "templateURL", "imageUri", "s3Key", "changeSetName", "version"):
        if isinstance(asked.get(key), str):
            return _short(asked[key])
    return ""


def _short(name: str) -> str:
    """An ARN's last part; other names as they are."""
    if not name.startswith("arn:"):
        return name
    return name.rpartition("/")[2] if "/" in name else name.rpartition(":")[2]


def _by(identity: dict[str, Any]) -> str:
    """Who, without naming a person: role, AWS service, or the kind of identity."""
    kind = identity.get("type", "")
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    if kind == "AssumedRole":
        return f"role {issuer.get('userName') or _role(identity.get('arn', ''))}"
    if kind == "Root":
        return "the root user"
    if kind in ("IAMUser", "IdentityCenterUser", "SAMLUser", "WebIdentityUser", "FederatedUser"):
        return "an IAM user" if kind == "IAMUser" else "a signed-in person"
    if kind == "Role":
        return f"role {_role(identity.get('arn', ''))}"
    return f"AWS ({identity['invokedBy']})" if identity.get("invokedBy") else "AWS"


def _role(arn: str) -> str:
    """`deploy-data` of `arn:aws:sts::1:assumed-role/deploy-data/session`: never the session, which names people."""
    parts = arn.rpartition(":")[2].split("/")
    return parts[1] if len(parts) > 1 else "unknown"
