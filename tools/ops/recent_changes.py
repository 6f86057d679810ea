"""Recent changes: deployments and other write events of a period, from CloudTrail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial
from typing import Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.day_hours import HoursOfDay, parse_day_hours
from tools.errors import UnknownNameError
from tools.facts import Facts
from tools.ops.changes import Change, look
from tools.ops.common import Top, gathered, looked, of_account, per_account, scope_of
from tools.periods import parse_recent
from tools.registry import HoursWord, query

_KEPT = timedelta(days=90)
"""How long LookupEvents reaches back."""
_NAMES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "cloudwatch": "monitoring"}
"""Services that CloudTrail calls otherwise than botocore."""


@query(domain="ops", operations=("cloudtrail:LookupEvents",))
def recent_changes(
    aws: Aws,
    period: HoursWord = "last_24_hours",
    kind: Literal["all", "deployments", "writes"] = "all",
    accounts: Accounts = "all",
    service: str | None = None,
    hours: HoursOfDay = "all",
    top: Top = 8,
) -> Facts:
    """What was changed in a period: deployments (ECS, Lambda, CodeDeploy, CloudFormation ...) and other writes.

    Names roles and services, never people (`who_did_what` does). `service` is an AWS service such as ecs or rds.
    """
    span, within = parse_recent(period, aws.now), parse_day_hours(hours)
    chosen = aws.directory.select(accounts)
    found = look(aws, chosen, span)
    behind = gathered(found)
    every = [change for _, trail in found for change in trail.changes]
    where: dict[str, str] = {}
    if service is not None:
        where["service"] = wanted = _service(service, {change.service for change in every})
        every = [change for change in every if change.service == wanted]
    if within:
        where["hours"] = within.label
        every = [change for change in every if within.holds(change.at)]
    done = [change for change in every if not change.failed]
    shown = [c for c in done if kind == "all" or c.deployment == (kind == "deployments")]
    scope = scope_of(aws, chosen, where)
    facts = Facts(
        read_as=f"{'changes' if kind == 'all' else kind}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Last", "Account", "Change", "Resource", "By", "Times"),
        notes=[f"{looked(chosen, aws.regions)} CloudTrail's management events; failed attempts are counted apart."],
    )
    if span.start < aws.now - _KEPT:
        facts.incomplete.append("CloudTrail's event history reaches 90 days back; older changes are not counted")
    label = {"all": "changes", "deployments": "deployments", "writes": "changes other than deployments"}[kind]
    unit = "deployments" if kind == "deployments" else "changes"
    facts.fact(label, len(shown), unit, receipts=behind, headline=True)
    if kind == "all":
        number = sum(change.deployment for change in done)
        facts.fact("deployments among the changes", number, "deployments", receipts=behind, headline=True)
    failed = len(every) - len(done)
    if failed:
        facts.fact("failed write attempts", failed, "attempts", receipts=behind)
    if len(chosen) > 1 and shown:
        kept = set(map(id, shown))
        counts = [(p.account, sum(id(c) in kept for c in trail.changes), trail.receipts) for p, trail in found]
        per_account(facts, label, unit, counts)
    _show(facts, shown, top)
    return facts


def _service(given: str, seen: set[str]) -> str:
    """CloudTrail's name of a service: one that changed something, or any that exists (then nothing was changed).

    Raises:
        UnknownNameError: AWS has no such service.
    """
    name = given.strip().casefold().removesuffix(".amazonaws.com")
    name = name.removeprefix("amazon ").removeprefix("aws ").replace(" ", "")
    name = _NAMES.get(name, name)
    if name in seen or name in _services():
        return name
    raise UnknownNameError("service", given, seen | _services())


@cache
def _services() -> frozenset[str]:
    from botocore.session import Session

    return frozenset(Session().get_available_services())


def _show(facts: Facts, shown: Sequence[Change], top: int) -> None:
    """Deployments one by one, other changes by what was done to what by whom; deployments first, then newest."""
    grouped: dict[tuple[str, ...], list[Change]] = {}
    for change in shown:
        own = (change.at.isoformat(), change.detail) if change.deployment else ("", "")
        key = (change.account.name, change.service, change.event, change.target, change.by, *own)
        grouped.setdefault(key, []).append(change)
    groups = sorted(grouped.items(), key=lambda g: (not g[1][0].deployment, -g[1][-1].at.timestamp(), g[0]))
    for _, changes in groups[:top]:
        last = max(changes, key=lambda change: change.at)
        receipts = [receipt for change in changes for receipt in change.receipts]
        scope = of_account(last.account, facts.scope.where)
        what = f"{last.service} {last.event}"
        target = " to ".join(part for part in (last.target, last.detail) if part) or "(not named)"
        say = partial(facts.fact, receipts=receipts, scope=scope)
        facts.row(
            say(f"{what} of {target}", last.at, "time"),
            last.account.name,
            what,
            say("changed resource", target, "name"),
            last.by,
            say(f"times {what} of {target}", len(changes), "times"),
        )
    if len(groups) > top:
        rest = [change for _, changes in groups[top:] for change in changes]
        behind = [receipt for change in rest for receipt in change.receipts]
        facts.rest("changes", len(rest), "changes", receipts=behind, column=5)
