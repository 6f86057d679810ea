"""GuardDuty: reading threat findings of the accounts in the asker's sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.periods import Period
from tools.security.common import chunks, joined, kept_since, moment, short
from tools.security.vantage import DELEGATIONS, look, not_enabled

OPERATIONS = (
    DELEGATIONS,
    "guardduty:ListDetectors",
    "guardduty:ListMembers",
    "guardduty:ListFindings",
    "guardduty:GetFindings",
)
BANDS = {"critical": (9.0, 10.1), "high": (7.0, 9.0), "medium": (4.0, 7.0), "low": (1.0, 4.0)}
"""GuardDuty's own bands of its severity number: from (included), to (excluded)."""
RETENTION = timedelta(days=90)
"""How long GuardDuty keeps a finding."""
_NO_PERSONS = ("Role", "AssumedRole", "Root", "AWSService", "AWSAccount")
_BATCH = 50
"""GetFindings and one filter take at most this many ids."""


@dataclass(frozen=True, slots=True)
class Threat:
    """One GuardDuty finding; `count` is how often it was seen."""

    id: str
    account: str
    region: str
    type: str
    title: str
    score: float
    severity: str
    resource: str
    user: bool
    """Whether `resource` is a user's name."""
    count: int
    first: datetime
    last: datetime
    archived: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The threats that GuardDuty reports, with the receipts behind them and what could not be looked at."""

    threats: tuple[Threat, ...]
    receipts: tuple[str, ...]
    notes: tuple[str, ...]


def read(aws: Aws, chosen: Sequence[Account], span: Period) -> Found:
    """Threats of `chosen`, archived ones too, last updated within the span; the most serious and newest first.

    Raises:
        AwsCallError: no place could be looked at, for instance because GuardDuty is enabled nowhere.
        InputError: the period lies before what GuardDuty keeps.
    """
    start = kept_since(aws, span, RETENTION, "GuardDuty")
    known: dict[Place, tuple[str, tuple[str, ...]]] = {}

    def detector(place: Place) -> tuple[str, tuple[str, ...]]:
        if place not in known:
            listed = aws.items(place.account, "guardduty:ListDetectors", "DetectorIds", region=place.region)
            if not listed.items:
                raise not_enabled(place.account.name, "guardduty:ListDetectors", "GuardDuty", listed.receipts)
            known[place] = listed.items[0], listed.receipts  # there is at most one per region
        return known[place]

    def members(place: Place) -> tuple[frozenset[str], tuple[str, ...]]:
        held, behind = detector(place)
        listed = aws.items(
            place.account,
            "guardduty:ListMembers",
            "Members",
            region=place.region,
            DetectorId=held,
            OnlyAssociated="true",
        )
        enabled = (m["AccountId"] for m in listed.items if m.get("RelationshipStatus") == "Enabled")
        return frozenset(enabled), (*behind, *listed.receipts)

    def ask(place: Place, about: Sequence[Account]) -> tuple[list[Threat], tuple[str, ...]]:
        held, receipts = detector(place)
        at = {"region": place.region, "DetectorId": held}
        found: list[Threat] = []
        for ids in chunks([account.id for account in about], _BATCH):
            criterion: dict[str, Any] = {
                "accountId": {"Equals": ids},
                "updatedAt": {"GreaterThanOrEqual": _milliseconds(start), "LessThan": _milliseconds(span.end)},
            }
            listed = aws.items(
                place.account,
                "guardduty:ListFindings",
                "FindingIds",
                FindingCriteria={"Criterion": criterion},
                MaxResults=_BATCH,
                **at,
            )
            receipts = (*receipts, *listed.receipts)
            for batch in chunks(listed.items, _BATCH):
                reply = aws.call(place.account, "guardduty:GetFindings", FindingIds=batch, **at)
                receipts = (*receipts, reply.receipt)
                found += [_threat(record) for record in reply.data["Findings"]]
        return found, receipts

    views = look(aws, "GuardDuty", "guardduty.amazonaws.com", chosen, members, ask)
    unique = {threat.id: threat for threats, _ in views.seen for threat in threats}
    ordered = sorted(unique.values(), key=lambda threat: (-threat.score, -threat.last.timestamp(), threat.id))
    return Found(tuple(ordered), joined([views.receipts, *(behind for _, behind in views.seen)]), tuple(views.notes))


def band(score: float) -> str:
    """The word for GuardDuty's severity number."""
    return next((name for name, (least, most) in BANDS.items() if least <= score < most), "low")


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def _threat(record: dict[str, Any]) -> Threat:
    service = record.get("Service") or {}
    score = float(record["Severity"])
    return Threat(
        id=record["Id"],
        account=record["AccountId"],
        region=record["Region"],
        type=record["Type"],
        title=record.get("Title") or record["Type"],
        score=score,
        severity=band(score),
        resource=_resource(record.get("Resource") or {}),
        user=_is_user(record.get("Resource") or {}),
        count=int(service.get("Count") or 1),
        first=moment(service.get("EventFirstSeen") or record["CreatedAt"]),
        last=moment(service.get("EventLastSeen") or record["UpdatedAt"]),
        archived=bool(service.get("Archived")),
    )


def _resource(resource: dict[str, Any]) -> str:
    """The name of what is affected, from the details that GuardDuty gives for its type."""
    for bucket in resource.get("S3BucketDetails") or []:
        return str(bucket.get("Name", ""))
    for details, name in (
        ("InstanceDetails", "InstanceId"),
        ("EksClusterDetails", "Name"),
        ("EcsClusterDetails", "Name"),
        ("LambdaDetails", "FunctionName"),
        ("RdsDbInstanceDetails", "DbInstanceIdentifier"),
        ("AccessKeyDetails", "UserName"),
    ):
        found = (resource.get(details) or {}).get(name)
        if found:
            return short(str(found))
    return str(resource.get("ResourceType", "unknown"))


def _is_user(resource: dict[str, Any]) -> bool:
    key = resource.get("AccessKeyDetails") or {}
    return bool(key.get("UserName")) and key.get("UserType") not in _NO_PERSONS
