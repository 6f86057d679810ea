"""IAM Access Analyzer: resources that can be reached from outside the zone of trust (organisation or account)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.security.common import chunks, joined, moment
from tools.security.vantage import DELEGATIONS, look, not_enabled

OPERATIONS = (DELEGATIONS, "accessanalyzer:ListAnalyzers", "accessanalyzer:ListFindings")
_VALUES = 20
_EXTERNAL = ("ORGANIZATION", "ACCOUNT")
"""Analyzer types that find external access, the wider zone of trust first."""


@dataclass(frozen=True, slots=True)
class External:
    """One active finding of external access."""

    id: str
    account: str
    region: str
    resource: str
    resource_type: str
    public: bool
    principal: str
    """`everyone`, or who may reach it: an account id, ARN or service."""
    since: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What the analyzers found, with the receipts behind it and what could not be looked at."""

    findings: tuple[External, ...]
    receipts: tuple[str, ...]
    notes: tuple[str, ...]


def read(aws: Aws, chosen: Sequence[Account], *, resource_type: str | None = None) -> Found:
    """Active external-access findings of the accounts in all regions, public ones first.

    Raises:
        AwsCallError: no analyzer could be asked.
    """

    known: dict[Place, tuple[list[dict[str, Any]], tuple[str, ...]]] = {}

    def analyzers(place: Place) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        if place not in known:
            listed = aws.items(place.account, "accessanalyzer:ListAnalyzers", "analyzers", region=place.region)
            held = [a for a in listed.items if a["type"] in _EXTERNAL and a["status"] == "ACTIVE"]
            known[place] = held, listed.receipts
        return known[place]

    def members(place: Place) -> tuple[frozenset[str], tuple[str, ...]]:
        held, receipts = analyzers(place)
        everyone = any(one["type"] == "ORGANIZATION" for one in held)
        return frozenset(account.id for account in chosen) if everyone else frozenset(), receipts

    def ask(place: Place, about: Sequence[Account]) -> tuple[list[External], tuple[str, ...]]:
        held, receipts = analyzers(place)
        if not held:
            raise not_enabled(place.account.name, "accessanalyzer:ListAnalyzers", "Access Analyzer", receipts)
        best = min(held, key=lambda one: (_EXTERNAL.index(one["type"]), one["arn"]))
        found: list[External] = []
        for ids in chunks([account.id for account in about], _VALUES):
            wanted: dict[str, Any] = {"status": {"eq": ["ACTIVE"]}, "resourceOwnerAccount": {"eq": ids}}
            if resource_type:
                wanted["resourceType"] = {"eq": [resource_type]}
            listed = aws.items(
                place.account,
                "accessanalyzer:ListFindings",
                "findings",
                region=place.region,
                analyzerArn=best["arn"],
                filter=wanted,
                maxResults=100,
            )
            found += [_external(place.region, record) for record in listed.items]
            receipts = (*receipts, *listed.receipts)
        return found, receipts

    views = look(aws, "Access Analyzer", "access-analyzer.amazonaws.com", chosen, members, ask, one_directly=False)
    unique = {one.id: one for findings, _ in views.seen for one in findings}
    ordered = sorted(unique.values(), key=lambda one: (not one.public, one.since, one.resource, one.id))
    return Found(tuple(ordered), joined([views.receipts, *(behind for _, behind in views.seen)]), tuple(views.notes))


def _external(region: str, record: dict[str, Any]) -> External:
    public = bool(record.get("isPublic"))
    named = sorted((record.get("principal") or {}).values())
    if "*" in named:
        named = ["anyone who meets its conditions"]
    return External(
        id=record["id"],
        account=record["resourceOwnerAccount"],
        region=region,
        resource=record.get("resource", ""),
        resource_type=record["resourceType"],
        public=public,
        principal="everyone" if public else ", ".join(named) or "outside principals",
        since=moment(record["createdAt"]),
    )
