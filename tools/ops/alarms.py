"""Alarms: which CloudWatch alarms are firing now, where, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.facts import Facts
from tools.ops.common import Top, gathered, hours, looked, of_account, per_account, scope_of, stamp
from tools.periods import instant
from tools.registry import query

State = Literal["alarm", "insufficient_data", "ok", "all"]
_BOTH = ["CompositeAlarm", "MetricAlarm"]
"""Asked for by name: without it CloudWatch leaves composite alarms out."""
_WORDS = {
    "ALARM": "alarms firing",
    "INSUFFICIENT_DATA": "alarms without enough data",
    "OK": "alarms in OK state",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One CloudWatch alarm as it is now."""

    account: Account
    region: str
    name: str
    state: str
    since: datetime
    watches: str
    actions: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """The alarms of one place and the receipts of its pages."""

    alarms: tuple[Alarm, ...]
    receipts: tuple[str, ...]


def look(aws: Aws, accounts: Sequence[Account], state: str | None = None) -> list[tuple[Place, Seen]]:
    """Metric and composite alarms of every account and region, or only those in `state` (`ALARM`).

    Raises:
        AwsCallError: no place could be looked at.
    """
    given: dict[str, Any] = {"AlarmTypes": _BOTH, "MaxRecords": 100}
    if state:
        given["StateValue"] = state

    def ask(place: Place) -> Seen:
        found: list[Alarm] = []
        receipts: list[str] = []
        for page in aws.pages(place.account, "cloudwatch:DescribeAlarms", region=place.region, **given):
            receipts.append(page.receipt)
            found += [_alarm(place, raw, raw.get("MetricName") or "metric math") for raw in page.data["MetricAlarms"]]
            found += [_alarm(place, raw, "composite") for raw in page.data.get("CompositeAlarms", [])]
        return Seen(tuple(found), tuple(receipts))

    return aws.each(aws.places(accounts), ask)


def _alarm(place: Place, raw: dict[str, Any], watches: str) -> Alarm:
    since = raw.get("StateTransitionedTimestamp") or raw["StateUpdatedTimestamp"]
    enabled = bool(raw.get("ActionsEnabled", True))
    return Alarm(place.account, place.region, raw["AlarmName"], raw["StateValue"], stamp(since), watches, enabled)


@query(domain="ops", operations=("cloudwatch:DescribeAlarms",))
def alarms(aws: Aws, state: State = "alarm", accounts: Accounts = "all", top: Top = 8) -> Facts:
    """CloudWatch alarms as they are now: how many are firing (or in another state), where, and since when.

    Metric and composite alarms of every region in use; newest change first.
    """
    chosen = aws.directory.select(accounts)
    wanted = None if state == "all" else state.upper()
    found = look(aws, chosen, wanted)
    every = [alarm for _, seen in found for alarm in seen.alarms]
    behind = gathered(found)
    scope = scope_of(aws, chosen)
    read = "alarms in any state" if wanted is None else _WORDS[wanted]
    facts = Facts(
        read_as=f"{read} now, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Alarm", "Account", "State", "Watches", "Since", "For (hours)"),
        notes=[looked(chosen, aws.regions)],
    )
    label = "alarms" if wanted is None else _WORDS[wanted]
    facts.fact(label, len(every), "alarms", receipts=behind, headline=True)
    if wanted is None:
        for value, words in _WORDS.items():
            number = sum(alarm.state == value for alarm in every)
            facts.fact(words, number, "alarms", receipts=behind, headline=value == "ALARM")
    if len(chosen) > 1 and every:
        facts.fact(f"accounts with {label}", len({a.account.id for a in every}), "accounts", receipts=behind)
        counts = [(place.account, len(seen.alarms), seen.receipts) for place, seen in found]
        per_account(facts, label, "alarms", counts)
    _show(facts, found, aws.now, top)
    silent = sum(not alarm.actions for alarm in every)
    if silent:
        facts.fact(f"{label} with actions switched off", silent, "alarms", receipts=behind)
    return facts


def _show(facts: Facts, found: list[tuple[Place, Seen]], now: datetime, top: int) -> None:
    rows = [(alarm, seen.receipts) for _, seen in found for alarm in seen.alarms]
    rows.sort(key=lambda row: (row[0].state != "ALARM", -row[0].since.timestamp(), row[0].account.name, row[0].name))
    for alarm, receipts in rows[:top]:
        say = partial(facts.fact, receipts=receipts, scope=of_account(alarm.account))
        facts.row(
            say("alarm", alarm.name, "name"),
            alarm.account.name,
            alarm.state,
            alarm.watches,
            say(f"{alarm.name} in this state since", alarm.since, "time"),
            say(f"{alarm.name} in this state for", hours(now - alarm.since), "hours"),
        )
    if len(rows) > top:
        rest = [receipt for _, receipts in rows[top:] for receipt in receipts]
        facts.rest("alarms", len(rows) - top, "alarms", receipts=rest)
