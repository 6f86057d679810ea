"""Alarms: which CloudWatch alarms are firing now, where, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.facts import Facts
from tools.ops.common import Top, gathered, hours, looked, of_account, per_account, scope_of, stamp
from tools.periods import instant
from tools.registry import query

State = Literal["alarm", "insufficient_data", "ok", "all"]
Of = Literal[
    "databases", "instances", "functions", "services", "load_balancers", "queues", "buckets", "backups", "quotas",
    "nat_gateways",
]  # fmt: skip
_KINDS: dict[str, Of] = {
    "AWS/RDS": "databases", "AWS/DocDB": "databases", "AWS/Neptune": "databases", "AWS/EC2": "instances",
    "CWAgent": "instances", "AWS/Lambda": "functions", "AWS/ECS": "services", "ECS/ContainerInsights": "services",
    "AWS/ApplicationELB": "load_balancers", "AWS/NetworkELB": "load_balancers", "AWS/ELB": "load_balancers",
    "AWS/SQS": "queues", "AWS/S3": "buckets", "AWS/Backup": "backups", "AWS/Usage": "quotas",
    "AWS/NATGateway": "nat_gateways",
}  # fmt: skip
"""What reports its metrics in a namespace of CloudWatch."""
_OF_NOTHING = "Composite alarms and those on metrics of your own are of no kind of resource, and not among these."
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
    of: Of | None
    """What kind of resource it watches; a composite alarm watches other alarms, and some watch metrics of one's own."""
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
    name, state = raw["AlarmName"], raw["StateValue"]
    return Alarm(place.account, place.region, name, state, stamp(since), watches, kind_of(raw), enabled)


def kind_of(raw: dict[str, Any]) -> Of | None:
    """The one kind of resource whose metrics an alarm watches, itself or in its formula."""
    formula = [one["MetricStat"]["Metric"] for one in raw.get("Metrics", []) if "MetricStat" in one]
    kinds = {_KINDS.get(one.get("Namespace", "")) for one in (raw, *formula) if "Namespace" in one}
    return kinds.pop() if len(kinds) == 1 else None


def those_of(kind: Of, found: list[tuple[Place, Seen]]) -> list[tuple[Place, Seen]]:
    """Of what was seen, the alarms on one kind of resource."""
    return [
        (place, Seen(tuple(alarm for alarm in seen.alarms if alarm.of == kind), seen.receipts)) for place, seen in found
    ]


def left_aside(found: list[tuple[Place, Seen]]) -> list[str]:
    """What is to be noted of alarms that are of no kind, where those of one kind are asked for."""
    return [_OF_NOTHING] if any(alarm.of is None for _, seen in found for alarm in seen.alarms) else []


@query(domain="ops", operations=("cloudwatch:DescribeAlarms",))
def alarms(
    aws: Aws,
    state: State = "alarm",
    accounts: Accounts = "all",
    of: Annotated[Of | None, Field(description="those on one kind of resource")] = None,
    top: Top = 8,
) -> Facts:
    """CloudWatch alarms as they are now: how many are firing (or in another state), where, and since when.

    Metric and composite alarms of every region in use; newest change first.
    """
    chosen = aws.directory.select(accounts)
    wanted = None if state == "all" else state.upper()
    seen_in = look(aws, chosen, wanted)
    found = seen_in if of is None else those_of(of, seen_in)
    every = [alarm for _, seen in found for alarm in seen.alarms]
    behind = gathered(found)
    scope = scope_of(aws, chosen, {} if of is None else {"of": of.replace("_", " ")})
    read = "alarms in any state" if wanted is None else _WORDS[wanted]
    facts = Facts(
        read_as=f"{read} now, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Alarm", "Account", "State", "Watches", "Since", "For (hours)"),
        notes=[looked(chosen, aws.regions), *(left_aside(seen_in) if of else [])],
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
