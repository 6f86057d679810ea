"""CloudTrail: management events of a period, of every account and region, from the event history (90 days)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.periods import Period
from tools.security.common import joined, kept_since, moment, short

OPERATIONS = ("cloudtrail:LookupEvents",)
RETENTION = timedelta(days=90)
"""How far back CloudTrail's event history reaches."""
_PAGES = 40
"""Pages (of 50 events) read per account and region: CloudTrail answers two a second."""
_KEY_ID = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12}([A-Z0-9]{4})\b")
_SIGN_IN_ROLE = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Event:
    """One management event; `who` is what people call the actor, `names` all that may be said for it."""

    id: str
    account: str
    region: str
    at: datetime
    action: str
    source: str
    who: str
    names: tuple[str, ...]
    resources: tuple[str, ...]
    text: str
    """Request parameters and resources as text, to search in."""
    read_only: bool
    error: str | None
    """AWS's error code, or that a sign-in failed."""
    without_mfa: bool
    """A console sign-in without a second factor."""
    receipt: str

    @property
    def resource(self) -> str:
        """The main resource as people call it, access key ids shortened; empty if the event names none."""
        named = [name for name in self.resources if not _KEY_ID.search(name)] or list(self.resources)
        return masked(short(named[0])) if named else ""


@dataclass(frozen=True, slots=True)
class Found:
    """Events, newest first, and the receipts of reading them."""

    events: tuple[Event, ...]
    receipts: tuple[str, ...]


def masked(text: str) -> str:
    """The text with access key ids cut to their last four characters."""
    return _KEY_ID.sub(r"…\1", text)


def read(aws: Aws, chosen: Sequence[Account], span: Period, attribute: tuple[str, str] | None) -> Found:
    """Events of the accounts in all regions; CloudTrail takes at most one attribute to filter by.

    What could not be read (too many events, or too long ago) is added to `aws.incomplete`.

    Raises:
        AwsCallError: no place could be looked at.
        InputError: the period lies before the event history.
    """
    start = kept_since(aws, span, RETENTION, "CloudTrail's event history")
    asked: dict[str, Any] = {"StartTime": start, "EndTime": span.end, "MaxResults": 50}
    if attribute:
        asked["LookupAttributes"] = [{"AttributeKey": attribute[0], "AttributeValue": attribute[1]}]

    def ask(place: Place) -> tuple[list[Event], list[str], bool]:
        found: list[Event] = []
        receipts: list[str] = []
        for page in aws.pages(place.account, "cloudtrail:LookupEvents", region=place.region, **asked):
            receipts.append(page.receipt)
            found += [_event(place, record, page.receipt) for record in page.data.get("Events") or []]
            if len(receipts) >= _PAGES and page.data.get("NextToken"):
                return found, receipts, True
        return found, receipts, False

    looked = aws.each(aws.places(chosen), ask)
    for place, (found, _, cut) in looked:
        if cut:
            since = min(event.at for event in found)
            aws.incomplete.append(
                f"of {place.account.name} {place.region} only the latest {len(found)} events were read, "
                f"back to {since:%-d %B %H:%M} UTC; ask for a shorter period"
            )
    unique = {event.id: event for _, (events, _, _) in looked for event in events if span.start <= event.at < span.end}
    ordered = sorted(unique.values(), key=lambda event: (-event.at.timestamp(), event.id))
    return Found(tuple(ordered), joined(receipts for _, (_, receipts, _) in looked))


def _event(place: Place, record: dict[str, Any], receipt: str) -> Event:
    detail: dict[str, Any] = json.loads(record.get("CloudTrailEvent") or "{}")
    who, names = _actor(record, detail.get("userIdentity") or {})
    answer: dict[str, Any] = detail.get("responseElements") or {}
    resources = tuple(r["ResourceName"] for r in record.get("Resources") or [] if r.get("ResourceName"))
    return Event(
        id=record["EventId"],
        account=place.account.id,
        region=place.region,
        at=moment(record["EventTime"]),
        action=record["EventName"],
        source=str(record.get("EventSource", "")).removesuffix(".amazonaws.com"),
        who=who,
        names=names,
        resources=resources,
        text=" ".join([*resources, json.dumps(detail.get("requestParameters") or {}, sort_keys=True)]),
        read_only=str(record.get("ReadOnly", "")).lower() == "true",
        error=detail.get("errorCode") or ("sign-in failed" if answer.get("ConsoleLogin") == "Failure" else None),
        without_mfa=(detail.get("additionalEventData") or {}).get("MFAUsed") == "No",
        receipt=receipt,
    )


def _actor(record: dict[str, Any], identity: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    kind, name = identity.get("type", ""), record.get("Username") or ""
    if kind == "Root":
        return "root user", ("root", "root user")
    if kind == "AWSService":
        service = str(identity.get("invokedBy", "AWS")).removesuffix(".amazonaws.com")
        return f"AWS service {service}", (service,)
    issuer = ((identity.get("sessionContext") or {}).get("sessionIssuer") or {}).get("userName")
    if kind == "AssumedRole" or issuer:
        session = str(identity.get("arn", "")).rpartition("/")[2] or name
        role = issuer or session
        # A person who signed in through Identity Center is the session, behind a generated role name.
        who = session if role.startswith(_SIGN_IN_ROLE) else f"role {role}"
        return who, tuple(dict.fromkeys(one for one in (role, session, name) if one))
    user = identity.get("userName") or name or str(identity.get("accountId", "unknown"))
    return user, tuple(dict.fromkeys(one for one in (user, name) if one))
