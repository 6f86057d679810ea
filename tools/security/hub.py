"""Security Hub: reading findings, each once, of the accounts in the asker's sight."""

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

OPERATIONS = (DELEGATIONS, "securityhub:ListMembers", "securityhub:GetFindings")
OPEN = ("NEW", "NOTIFIED")
"""Workflow states of a finding that still needs work; suppressed and resolved ones are closed."""
_VALUES = 20
"""GetFindings takes at most this many values per filter."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; `severity` in lower case, `resource` an ARN or id."""

    id: str
    account: str
    region: str
    severity: str
    title: str
    product: str
    control: str | None
    resource: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Findings, most serious and then oldest first; the receipts behind them, and how they were looked for."""

    findings: tuple[Finding, ...]
    receipts: tuple[str, ...]
    notes: tuple[str, ...]


def read(
    aws: Aws,
    chosen: Sequence[Account],
    *,
    severity: str = "all",
    open_only: bool = True,
    created: tuple[datetime, datetime] | None = None,
    more: dict[str, list[dict[str, Any]]] | None = None,
) -> Found:
    """Findings of `chosen` in all regions. `created` is a span, its end excluded; `more` are further filters.

    Raises:
        AwsCallError: no place could be looked at.
    """
    filters: dict[str, list[dict[str, Any]]] = dict(more or {})
    if open_only:
        filters["RecordState"] = [_equals("ACTIVE")]
        filters["WorkflowStatus"] = [_equals(state) for state in OPEN]
    if severity != "all":
        filters["SeverityLabel"] = [_equals(severity.upper())]
    if created:
        filters["CreatedAt"] = [{"Start": f"{created[0]:%FT%TZ}", "End": f"{created[1]:%FT%TZ}"}]

    def ask(place: Place, about: Sequence[Account]) -> tuple[list[Finding], tuple[str, ...]]:
        found: list[Finding] = []
        receipts: list[str] = []
        for ids in chunks([account.id for account in about], _VALUES):
            asked = {**filters, "Region": [_equals(place.region)], "AwsAccountId": [_equals(one) for one in ids]}
            try:
                listed = aws.items(
                    place.account,
                    "securityhub:GetFindings",
                    "Findings",
                    region=place.region,
                    Filters=asked,
                    MaxResults=100,
                )
            except AwsCallError as error:
                if error.code == "InvalidAccessException":
                    raise not_enabled(
                        place.account.name, "securityhub:GetFindings", "Security Hub", error.receipts
                    ) from error
                raise
            found += [_finding(record) for record in listed.items]
            receipts += listed.receipts
        return found, tuple(receipts)

    def members(place: Place) -> tuple[frozenset[str], tuple[str, ...]]:
        listed = aws.items(
            place.account, "securityhub:ListMembers", "Members", region=place.region, OnlyAssociated=True, MaxResults=50
        )
        return frozenset(member["AccountId"] for member in listed.items), listed.receipts

    views = look(aws, "Security Hub", "securityhub.amazonaws.com", chosen, members, ask)
    unique = {finding.id: finding for findings, _ in views.seen for finding in findings}
    kept = [f for f in unique.values() if created is None or created[0] <= f.created < created[1]]
    ordered = sorted(kept, key=lambda f: (rank(f.severity), f.created, f.id))
    return Found(tuple(ordered), joined([views.receipts, *(behind for _, behind in views.seen)]), tuple(views.notes))


def _equals(value: str) -> dict[str, str]:
    return {"Value": value, "Comparison": "EQUALS"}


def _finding(record: dict[str, Any]) -> Finding:
    resources = record.get("Resources") or [{}]
    return Finding(
        id=record["Id"],
        account=record["AwsAccountId"],
        region=record.get("Region", ""),
        severity=str(record.get("Severity", {}).get("Label", "INFORMATIONAL")).lower(),
        title=record["Title"],
        product=record.get("ProductName") or record["ProductArn"].rpartition("/")[2],
        control=record.get("Compliance", {}).get("SecurityControlId"),
        resource=resources[0].get("Id", ""),
        created=moment(record["CreatedAt"]),
    )
