"""Inspector: reading active vulnerabilities and what it does not scan, of the accounts in the asker's sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.security.common import chunks, joined, moment, rank
from tools.security.vantage import DELEGATIONS, look, not_enabled

OPERATIONS = (DELEGATIONS, "inspector2:ListMembers", "inspector2:ListFindings", "inspector2:ListCoverage")
_PRINCIPAL = "inspector2.amazonaws.com"
_VALUES = 10
"""Inspector takes at most this many values per filter."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One active finding: `what` is the CVE or the finding's title, `resource` an id or ARN."""

    id: str
    account: str
    region: str
    severity: str
    what: str
    title: str
    resource: str
    name: str | None
    """The resource's Name tag, if it has one."""
    fixable: bool
    exploited: bool
    first: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Vulnerabilities, most serious and then oldest first; resources scanned or not; receipts and notes."""

    vulnerabilities: tuple[Vulnerability, ...]
    scanned: int
    unscanned: int
    receipts: tuple[str, ...]
    coverage_receipts: tuple[str, ...]
    notes: tuple[str, ...]


def read(aws: Aws, chosen: Sequence[Account], *, severity: str = "all") -> Found:
    """Active vulnerabilities of `chosen` in all regions.

    Raises:
        AwsCallError: no place could be looked at.
    """

    def ask(place: Place, about: Sequence[Account]) -> _Seen:
        seen = _Seen([], {}, (), ())
        for ids in chunks([account.id for account in about], _VALUES):
            asked: dict[str, Any] = {
                "findingStatus": [_equals("ACTIVE")],
                "awsAccountId": [_equals(one) for one in ids],
            }
            if severity != "all":
                asked["severity"] = [_equals(severity.upper())]
            listed = _items(aws, place, "inspector2:ListFindings", "findings", asked)
            covered = _items(
                aws,
                place,
                "inspector2:ListCoverage",
                "coveredResources",
                {"accountId": [_equals(one) for one in ids]},
            )
            seen = _Seen(
                seen.found + [_vulnerability(place.region, record) for record in listed[0]],
                seen.covered | {(e["resourceId"], e["scanType"]): e["scanStatus"]["statusCode"] for e in covered[0]},
                joined([seen.receipts, listed[1]]),
                joined([seen.coverage_receipts, covered[1]]),
            )
        return seen

    def members(place: Place) -> tuple[frozenset[str], tuple[str, ...]]:
        listed = aws.items(place.account, "inspector2:ListMembers", "members", region=place.region, onlyAssociated=True)
        enabled = (m["accountId"] for m in listed.items if m.get("relationshipStatus") == "ENABLED")
        return frozenset(enabled), listed.receipts

    views = look(aws, "Inspector", _PRINCIPAL, chosen, members, ask)
    unique = {one.id: one for seen in views.seen for one in seen.found}
    ordered = sorted(unique.values(), key=lambda one: (rank(one.severity), one.first, one.id))
    covered = {key: status for seen in views.seen for key, status in seen.covered.items()}
    scanned = {resource for (resource, _), status in covered.items() if status == "ACTIVE"}
    return Found(
        vulnerabilities=tuple(ordered),
        scanned=len(scanned),
        unscanned=len({resource for resource, _ in covered} - scanned),
        receipts=joined([views.receipts, *(seen.receipts for seen in views.seen)]),
        coverage_receipts=joined([views.receipts, *(seen.coverage_receipts for seen in views.seen)]),
        notes=tuple(views.notes),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    found: list[Vulnerability]
    covered: dict[tuple[str, str], str]
    receipts: tuple[str, ...]
    coverage_receipts: tuple[str, ...]


def _items(
    aws: Aws, place: Place, operation: str, key: str, criteria: dict[str, Any]
) -> tuple[list[Any], tuple[str, ...]]:
    try:
        listed = aws.items(place.account, operation, key, region=place.region, filterCriteria=criteria, maxResults=100)
    except AwsCallError as error:
        # An account in which Inspector is switched off answers with a refusal that says so.
        if error.code == "AccessDeniedException" and "enable" in error.detail.lower():
            raise not_enabled(place.account.name, operation, "Inspector", error.receipts) from error
        raise
    return listed.items, listed.receipts


def _equals(value: str) -> dict[str, str]:
    return {"comparison": "EQUALS", "value": value}


def _vulnerability(region: str, record: dict[str, Any]) -> Vulnerability:
    resource = (record.get("resources") or [{}])[0]
    package = record.get("packageVulnerabilityDetails") or {}
    return Vulnerability(
        id=record["findingArn"],
        account=record["awsAccountId"],
        region=region,
        severity=str(record["severity"]).lower(),
        what=package.get("vulnerabilityId") or record.get("title") or record["type"],
        title=record.get("title") or record["type"],
        resource=resource.get("id", ""),
        name=(resource.get("tags") or {}).get("Name"),
        fixable=record.get("fixAvailable") in ("YES", "PARTIAL"),
        exploited=record.get("exploitAvailable") == "YES",
        first=moment(record["firstObservedAt"]),
    )
