"""Alarm history: which alarms started firing in a period, how often, for how long, and when it was worst."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws, Items, Place
from tools.facts import Facts
from tools.ops.alarms import Of, left_aside, look, those_of
from tools.ops.common import Top, gathered, looked, minutes, of_account, per_account, resolve, scope_of, stamp
from tools.periods import Period, parse_recent
from tools.registry import HoursWord, query

_KEPT = timedelta(days=30)
"""How long CloudWatch keeps alarm history."""
_SUMMARY = re.compile(r"from (\w+) to (\w+)")


@dataclass(frozen=True, slots=True)
class Firing:
    """One stretch of firing that began in the period; `end` is at the latest the end of the period, or now."""

    account: Account
    region: str
    alarm: str
    start: datetime
    end: datetime
    ended: bool
    """It stopped firing within the period."""


@query(domain="ops", operations=("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms"))
def alarm_history(
    aws: Aws,
    period: HoursWord = "last_24_hours",
    accounts: Accounts = "all",
    alarm: str | None = None,
    of: Annotated[Of | None, Field(description="those on one kind of resource")] = None,
    top: Top = 8,
) -> Facts:
    """Alarms that went off in a period: how often, when first, how long, back to OK or not, most at the same time.

    Counts what started firing within the period (`alarms` has what fires now). `alarm`: a name or a part of names.
    CloudWatch keeps this history for 30 days.
    """
    span = parse_recent(period, aws.now)
    chosen = aws.directory.select(accounts)
    where: dict[str, str] = {}
    behind: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    notes = [looked(chosen, aws.regions)]
    if alarm is not None or of is not None:
        existing = look(aws, chosen)
        behind = gathered(existing)
        if of is not None:
            where["of"] = of.replace("_", " ")
            notes += left_aside(existing)
            existing = those_of(of, existing)
        names = tuple(sorted({one.name for _, seen in existing for one in seen.alarms}))
    if alarm is not None:
        names = resolve("alarm", alarm, names or ())
        where["alarm"] = names[0] if len(names) == 1 else f"*{alarm.strip()}*"
    found = aws.each(aws.places(chosen), lambda place: _changes(aws, place, span, names))
    behind += gathered(found)
    firings = [
        (firing, items.receipts) for place, items in found for firing in _firings(place, items, min(span.end, aws.now))
    ]
    scope = scope_of(aws, chosen, where)
    facts = Facts(
        read_as=f"alarms that started firing, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Alarm", "Account", "Fired (times)", "First", "Firing (minutes)", "At the end"),
        notes=notes,
    )
    if span.start < aws.now - _KEPT:
        facts.incomplete.append("CloudWatch keeps alarm history for 30 days; what fired before that is not counted")
    alarms = {(firing.account.id, firing.region, firing.alarm) for firing, _ in firings}
    changes = sum(len(items.items) for _, items in found)
    facts.fact("alarms that started firing", len(alarms), "alarms", receipts=behind, headline=True)
    facts.fact("times an alarm started firing", len(firings), "times", receipts=behind)
    facts.fact("alarm state changes", changes, "changes", receipts=behind)
    if len(chosen) > 1:
        counts = [
            (place.account, len({firing.alarm for firing in _firings(place, items, aws.now)}), items.receipts)
            for place, items in found
        ]
        per_account(facts, "alarms that started firing", "alarms", counts)
    if firings:
        _worst(facts, [firing for firing, _ in firings], behind)
        _show(facts, firings, top)
    return facts


def _changes(aws: Aws, place: Place, span: Period, names: Sequence[str] | None) -> Items:
    """The changes of state of these alarms in one place, or of all; CloudWatch is asked for one by its name."""
    found = aws.items(
        place.account,
        "cloudwatch:DescribeAlarmHistory",
        "AlarmHistoryItems",
        region=place.region,
        AlarmTypes=["CompositeAlarm", "MetricAlarm"],
        HistoryItemType="StateUpdate",
        StartDate=span.start,
        EndDate=span.end,
        ScanBy="TimestampAscending",
        MaxRecords=100,
        **({"AlarmName": names[0]} if names is not None and len(names) == 1 else {}),
    )
    held = [i for i in found.items if span.start <= i["Timestamp"] < span.end]
    return Items([i for i in held if names is None or i["AlarmName"] in names], found.receipts)


def _states(item: dict[str, Any]) -> tuple[str, str]:
    """(before, after) of one state change; the summary is read where the data is missing or cut off."""
    try:
        data = json.loads(item.get("HistoryData") or "{}")
        return data["oldState"]["stateValue"], data["newState"]["stateValue"]
    except (ValueError, KeyError, TypeError):
        said = _SUMMARY.search(item.get("HistorySummary", ""))
        return (said[1], said[2]) if said else ("", "")


def _firings(place: Place, items: Items, end: datetime) -> list[Firing]:
    """Stretches of firing in one place that began in the period, by alarm and time."""
    by_alarm: dict[str, list[tuple[datetime, str]]] = {}
    for item in items.items:
        before, after = _states(item)
        if before != after:  # the same state again is a change of reason only
            by_alarm.setdefault(item["AlarmName"], []).append((stamp(item["Timestamp"]), after))
    firings = []
    for name, changes in sorted(by_alarm.items()):
        since: datetime | None = None
        for at, after in sorted(changes):
            if after == "ALARM" and since is None:
                since = at
            elif after != "ALARM" and since is not None:
                firings.append(Firing(place.account, place.region, name, since, at, True))
                since = None
        if since is not None:
            firings.append(Firing(place.account, place.region, name, since, end, False))
    return firings


def _worst(facts: Facts, firings: Sequence[Firing], behind: tuple[str, ...]) -> None:
    """When it began and was worst: the most alarms firing at the same time."""
    edges = sorted(
        [(firing.start, 1) for firing in firings] + [(firing.end, -1) for firing in firings if firing.ended],
        key=lambda edge: (edge[0], edge[1]),
    )
    running = most = 0
    at = edges[0][0]
    for moment, step in edges:
        running += step
        if running > most:
            most, at = running, moment
    first = min(firing.start for firing in firings)
    facts.fact("first of these alarms started firing", first, "time", receipts=behind, headline=True)
    stopped = [firing.end for firing in firings if firing.ended]
    if len(stopped) == len(firings):
        facts.fact("last of these alarms stopped firing", max(stopped), "time", receipts=behind)
    else:
        still = len({(firing.account.id, firing.region, firing.alarm) for firing in firings if not firing.ended})
        facts.fact("of these alarms still firing at the end", still, "alarms", receipts=behind)
    facts.fact("most of these alarms firing at the same time", most, "alarms", receipts=behind)
    facts.fact("most of these alarms firing at the same time, reached at", at, "time", receipts=behind)


def _show(facts: Facts, firings: Sequence[tuple[Firing, tuple[str, ...]]], top: int) -> None:
    grouped: dict[tuple[str, str, str], list[tuple[Firing, tuple[str, ...]]]] = {}
    for firing, receipts in firings:
        grouped.setdefault((firing.account.name, firing.alarm, firing.region), []).append((firing, receipts))
    ranked = sorted(grouped.items(), key=lambda group: (-len(group[1]), group[1][0][0].start, group[0]))
    for (account, alarm, _), held in ranked[:top]:
        receipts, scope = held[0][1], of_account(held[0][0].account, {"alarm": alarm})
        total = sum((firing.end - firing.start for firing, _ in held), timedelta())
        say = partial(facts.fact, receipts=receipts, scope=scope)
        facts.row(
            say("alarm", alarm, "name"),
            account,
            say("times it started firing", len(held), "times"),
            say("first started firing", held[0][0].start, "time"),
            say("time spent firing", minutes(total), "minutes"),
            "no longer firing" if held[-1][0].ended else "still firing",
        )
    if len(ranked) > top:
        rest = [receipt for _, held in ranked[top:] for _, receipts in held for receipt in receipts]
        facts.rest("alarms", len(ranked) - top, "alarms", receipts=rest)
