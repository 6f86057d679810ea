"""CloudTrail management events: the stories, what the inventory implies, and routine noise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from tools.estate.inventory import digest, uuid
from tools.estate.inventory.identity import DEPLOY_ROLES
from tools.estate.world import ACCOUNTS, BY_NAME

NAMES = {account.id: account.name for account in ACCOUNTS}
OFFICE_IP = "203.0.113.24"
PIPELINE_IP = "198.51.100.7"
RETENTION_DAYS = 90
"""How far back LookupEvents sees."""


@dataclass(frozen=True)
class Event:
    """One management event. ``who`` is a user name, a role name with ``kind`` ``AssumedRole``, or ``root``."""

    account: str
    region: str
    at: datetime
    name: str
    source: str
    """Service, such as ``ec2`` for ec2.amazonaws.com."""
    who: str
    kind: str
    read_only: bool = False
    ip: str = PIPELINE_IP
    resources: tuple[tuple[str, str], ...] = ()
    """Resource type (``AWS::S3::Bucket``) and name."""
    request: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] | None = None
    error: str | None = None
    mfa: bool | None = None
    access_key: str | None = None

    @property
    def id(self) -> str:
        return uuid("event", self.account, self.region, self.at.isoformat(), self.name, self.who, self.request)

    @property
    def key_id(self) -> str | None:
        if self.kind in ("Root", "AWSService") or self.name == "ConsoleLogin":
            return None
        prefix = "AKIA" if self.kind == "IAMUser" else "ASIA"
        return self.access_key or prefix + digest("event-key", self.account, self.who)[:16].upper()

    def _identity(self) -> dict[str, Any]:
        if self.kind == "Root":
            arn = f"arn:aws:iam::{self.account}:root"
            return {"type": "Root", "principalId": self.account, "arn": arn, "accountId": self.account}
        if self.kind == "AWSService":
            return {"type": "AWSService", "invokedBy": f"{self.who}.amazonaws.com"}
        if self.kind == "IAMUser":
            arn = f"arn:aws:iam::{self.account}:user/{self.who}"
            return {"type": "IAMUser", "arn": arn, "accountId": self.account, "userName": self.who}
        issuer = {"type": "Role", "arn": f"arn:aws:iam::{self.account}:role/{self.who}", "userName": self.who}
        return {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{self.account}:assumed-role/{self.who}/{self.who}",
            "accountId": self.account,
            "sessionContext": {"sessionIssuer": issuer},
        }

    def document(self) -> str:
        """The CloudTrailEvent member: the whole record as JSON."""
        identity = self._identity()
        if self.key_id:
            identity["accessKeyId"] = self.key_id
        record: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{self.source}.amazonaws.com",
            "eventName": self.name,
            "awsRegion": self.region,
            "sourceIPAddress": self.ip,
            "userAgent": "aws-cli/2.31" if self.kind == "IAMUser" else "gitlab-runner",
            "requestParameters": self.request or None,
            "responseElements": self.response,
            "eventID": self.id,
            "readOnly": self.read_only,
            "eventType": "AwsConsoleSignIn" if self.name == "ConsoleLogin" else "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        }
        if self.error:
            record |= {"errorCode": self.error, "errorMessage": "Not authorized."}
        if self.mfa is not None:
            record["additionalEventData"] = {"MFAUsed": "Yes" if self.mfa else "No", "LoginTo": "console"}
        return json.dumps(record)


def region_of(source: str) -> str:
    """Where CloudTrail records a service's events: global services in us-east-1."""
    return "us-east-1" if source in ("iam", "signin", "organizations") else "eu-west-1"


def deploy(owner: str, at: datetime, name: str, source: str, **more: Any) -> Event:
    """An event of the account's deploy role."""
    return Event(BY_NAME[owner].id, region_of(source), at, name, source, DEPLOY_ROLES[owner], "AssumedRole", **more)


def person(owner: str, at: datetime, name: str, source: str, who: str, **more: Any) -> Event:
    """An event of an IAM user, from the office, in eu-west-1 unless ``region`` says otherwise."""
    settings: dict[str, Any] = {"ip": OFFICE_IP, "region": "eu-west-1"} | more
    region = settings.pop("region")
    return Event(BY_NAME[owner].id, region, at, name, source, who, "IAMUser", **settings)


def login(account: str, at: datetime, who: str, *, mfa: bool, root: bool = False, failed: bool = False) -> Event:
    """A console sign-in; CloudTrail records it in us-east-1."""
    kind = "Root" if root else "IAMUser"
    result = {"ConsoleLogin": "Failure" if failed else "Success"}
    ip = "192.0.2.77" if root else OFFICE_IP
    return Event(account, "us-east-1", at, "ConsoleLogin", "signin", who, kind, ip=ip, response=result, mfa=mfa)


@cache
def events() -> tuple[Event, ...]:
    """Every event that LookupEvents can still see, newest first."""
    from tools.estate.records import trail_routine, trail_stories
    from tools.estate.world import NOW

    oldest = NOW - timedelta(days=RETENTION_DAYS)
    found = _within([*trail_stories.story_events(), *trail_routine.routine_events()], oldest, NOW)
    return tuple(sorted(found, key=lambda event: (event.at, event.id), reverse=True))


def _within(found: list[Event], oldest: datetime, newest: datetime) -> Iterator[Event]:
    return (event for event in found if oldest <= event.at <= newest)


@cache
def events_of(account: str, region: str) -> tuple[Event, ...]:
    """The events of one account and region, newest first."""
    return tuple(event for event in events() if (event.account, event.region) == (account, region))
