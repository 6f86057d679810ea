"""AWS Health events: what AWS itself reports about its services and plans for the company's resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws, Items
from tools.facts import Facts, Scope
from tools.ops.common import Top, clean, gathered, hours, scope_of, stamp
from tools.periods import Period, instant, parse_dates, parse_recent
from tools.registry import HoursWord, query

REGION = "us-east-1"
"""AWS Health answers here for all regions."""
_ORDER = ("open", "upcoming", "closed")
_KINDS = {
    "issue": "service issues",
    "scheduledChange": "scheduled changes",
    "accountNotification": "account notifications",
    "investigation": "investigations",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One AWS Health event as one account sees it."""

    account: Account
    arn: str
    service: str
    code: str
    category: str
    region: str
    start: datetime
    end: datetime | None
    status: str
    receipts: tuple[str, ...]


def look(
    aws: Aws, accounts: Sequence[Account], statuses: Sequence[str], window: Period | None = None
) -> list[tuple[Account, Items]]:
    """Events of every account in these statuses (`open`, `upcoming`, `closed`); those that begin in `window`, if given.

    Raises:
        AwsCallError: no account could be asked; AWS Health's API needs a Business or Enterprise support plan.
    """

    wanted: dict[str, Any] = {"eventStatusCodes": list(statuses)}
    if window is not None:
        wanted["startTimes"] = [{"from": window.start, "to": window.end}]

    def ask(account: Account) -> Items:
        found = aws.items(account, "health:DescribeEvents", "events", region=REGION, filter=wanted, maxResults=100)
        # Public events of regions nobody here uses are AWS's news, not ours.
        near = [raw for raw in found.items if raw.get("eventScopeCode") != "PUBLIC" or raw.get("region") in aws.regions]
        return Items([_event(account, raw, found.receipts) for raw in near], found.receipts)

    return aws.each_account(accounts, ask)


def _event(account: Account, raw: dict[str, Any], receipts: tuple[str, ...]) -> Event:
    end = raw.get("endTime")
    return Event(
        account,
        raw["arn"],
        raw.get("service", ""),
        clean(raw.get("eventTypeCode", ""), 70),
        raw.get("eventTypeCategory", ""),
        raw.get("region") or "global",
        stamp(raw["startTime"]),
        stamp(end) if end else None,
        raw.get("statusCode", ""),
        receipts,
    )


@query(domain="ops", operations=("health:DescribeEvents", "health:DescribeAffectedEntities"))
def aws_health_events(
    aws: Aws,
    period: HoursWord = "last_30_days",
    status: Literal["all", "open", "upcoming", "closed"] = "all",
    accounts: Accounts = "all",
    top: Top = 8,
    starting: Annotated[str | None, Field(description="only those that begin in these dates: 2026-11, A..B")] = None,
) -> Facts:
    """AWS Health: outages and issues on AWS's side, planned maintenance, notifications; open, upcoming or closed.

    Events that touched the period, and everything open or upcoming now. AWS keeps closed events for 90 days.
    With `starting`, which begin in a time, past or to come, whatever the period.
    """
    span = parse_recent(period, aws.now)
    window = parse_dates(starting) if starting is not None else None
    chosen = aws.directory.select(accounts)
    statuses = _ORDER if status == "all" else (status,)
    found = look(aws, chosen, statuses, window)
    kept = {account: [event for event in items.items if _matters(event, span, window)] for account, items in found}
    behind = list(gathered(found))
    events: dict[str, list[Event]] = {}
    for seen in kept.values():
        for event in seen:
            events.setdefault(event.arn, []).append(event)
    scope = scope_of(aws, chosen)
    facts = Facts(
        read_as=f"AWS Health events, {_read_as(status, span, window)}, {scope.text()}",
        # what is to come is of no time that has been
        period=instant(aws.now) if window or status == "upcoming" else span,
        scope=scope,
        columns=("Event", "Accounts", "Region", "Kind", "Status", "Start", "Lasted (hours)", "Resources"),
        notes=[f"AWS Health, {len(chosen)} account{'s' if len(chosen) != 1 else ''}, all regions."],
    )
    label = "AWS Health events" if status == "all" else f"AWS Health events {status}"
    then = " that begin in that time" if window else ""
    facts.fact(f"{label}{then}", len(events), "events", receipts=behind, headline=True)
    for one in statuses:
        number = sum(seen[0].status == one for seen in events.values())
        if len(statuses) > 1:
            facts.fact(f"AWS Health events {one}{then}", number, "events", receipts=behind, headline=one == "open")
    for category, words in _KINDS.items():
        number = sum(seen[0].category == category for seen in events.values())
        if number:
            facts.fact(f"AWS Health {words}{then}", number, "events", receipts=behind)
    ranked = sorted(events.values(), key=lambda seen: _rank(seen[0]))
    _show(aws, facts, ranked, top)
    return facts


def _read_as(status: str, span: Period, window: Period | None) -> str:
    if window:
        return f"{'' if status == 'all' else f'{status}, '}that begin in {window.label}"
    words = {"all": f"{span.label} and open or upcoming now", "closed": f"closed, {span.label}"}
    return words.get(status, f"{status} now")


def _rank(event: Event) -> tuple[int, float, str]:
    """Open, then upcoming (soonest first), then closed; newest first within open and closed."""
    at = event.start.timestamp()
    return _ORDER.index(event.status), at if event.status == "upcoming" else -at, event.arn


def _matters(event: Event, span: Period, window: Period | None) -> bool:
    if window:
        return window.start <= event.start < window.end
    if event.status in ("open", "upcoming"):
        return True
    return event.start < span.end and (event.end or event.start) >= span.start


def _show(aws: Aws, facts: Facts, ranked: Sequence[list[Event]], top: int) -> None:
    shown = ranked[:top]
    pairs = [event for seen in shown for event in seen]
    by_account: dict[Account, list[Event]] = {}
    for event in pairs:
        by_account.setdefault(event.account, []).append(event)

    def entities(account: Account) -> Items:
        arns = sorted(event.arn for event in by_account[account])
        found: list[Any] = []
        receipts: list[str] = []
        for first in range(0, len(arns), 10):  # ten event ARNs at once
            part = aws.items(
                account,
                "health:DescribeAffectedEntities",
                "entities",
                region=REGION,
                filter={"eventArns": arns[first : first + 10]},
                maxResults=100,
            )
            found += part.items
            receipts += part.receipts
        return Items(found, tuple(receipts))

    touched = dict(aws.each_account(sorted(by_account, key=lambda account: account.id), entities))
    for seen in shown:
        first = seen[0]
        names = sorted({event.account.name for event in seen})
        scope = Scope(accounts=tuple(names))
        receipts = [receipt for event in seen for receipt in event.receipts]
        asked = [receipt for event in seen if event.account in touched for receipt in touched[event.account].receipts]
        number = sum(
            raw.get("eventArn") == first.arn
            for event in seen
            if event.account in touched
            for raw in touched[event.account].items
        )
        end = min(first.end or aws.now, aws.now)
        say = partial(facts.fact, receipts=receipts, scope=scope)
        facts.row(
            say("AWS Health event", first.code, "name"),
            ", ".join(names[:3]) + (" and others" if len(names) > 3 else ""),
            first.region,
            first.category,
            first.status,
            say(f"start of {first.code}", first.start, "time"),
            say(f"length of {first.code} so far", hours(end - first.start), "hours") if end > first.start else "",
            facts.fact(f"resources touched by {first.code}", number, "resources", receipts=asked, scope=scope)
            if asked
            else "not known",
        )
    if len(ranked) > top:
        rest = [receipt for seen in ranked[top:] for event in seen for receipt in event.receipts]
        facts.rest("AWS Health events", len(ranked) - top, "events", receipts=rest)
