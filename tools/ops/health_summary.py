"""Health summary: what needs attention, account by account, from alarms, backups, patches and AWS Health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.errors import AwsCallError
from tools.facts import Draft, Facts
from tools.ops import alarms, aws_health_events, backups, patches
from tools.ops.common import Top, looked, of_account, scope_of
from tools.periods import Period, instant
from tools.registry import query

_NIGHT = timedelta(hours=24)
Found = tuple[Account, list[str], tuple[str, ...]]
"""An account, the ids of what is wrong in it, and the receipts."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at in every account: its column, the label of its facts, its unit and period."""

    column: str
    label: str
    unit: str
    period: Period | None
    total: int
    """Different things over all accounts: one AWS event may touch several."""
    counts: dict[str, int]
    """By account id; an account that could not be looked at is missing."""
    receipts: dict[str, list[str]]


@query(
    domain="ops",
    operations=(
        "cloudwatch:DescribeAlarms",
        "backup:ListBackupJobs",
        "health:DescribeEvents",
        *patches.OPERATIONS,
    ),
)
def health_summary(aws: Aws, accounts: Accounts = "all", top: Top = 10) -> Facts:
    """How the accounts are doing now: alarms firing, backups failed in 24 hours, patch gaps, open AWS Health events.

    Accounts with most to attend to first. Security findings are not in it.
    """
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    facts = Facts(
        read_as=f"health of accounts now, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        notes=[looked(chosen, aws.regions)],
    )
    checks = _checks(aws, chosen)
    for check in checks:
        every = [receipt for receipts in check.receipts.values() for receipt in receipts]
        facts.fact(check.label, check.total, check.unit, receipts=every, period=check.period, headline=True)
    ranked = sorted(
        (account for account in chosen if _trouble(checks, account)[0]),
        key=lambda account: (*(-number for number in _trouble(checks, account)), account.name),
    )
    behind = [receipt for check in checks for receipts in check.receipts.values() for receipt in receipts]
    facts.fact("accounts with something to attend to", len(ranked), "accounts", receipts=behind, headline=True)
    facts.fact("accounts with nothing to attend to", len(chosen) - len(ranked), "accounts", receipts=behind)
    facts.columns = ("Account", *(check.column for check in checks))
    for account in ranked[:top]:
        facts.row(account.name, *(_cell(facts, check, account) for check in checks))
    if len(ranked) > top:
        facts.rest("accounts with something to attend to,", len(ranked) - top, "accounts", receipts=behind)
    return facts


def _trouble(checks: Sequence[Check], account: Account) -> tuple[int, int]:
    """How many different things are wrong in an account, and how many in all."""
    numbers = [check.counts.get(account.id, 0) for check in checks]
    return sum(number > 0 for number in numbers), sum(numbers)


def _cell(facts: Facts, check: Check, account: Account) -> str | Draft:
    if account.id not in check.counts:
        return "not known"
    number = check.counts[account.id]
    if not number:
        return "none"
    receipts = check.receipts[account.id]
    return facts.fact(
        check.label, number, check.unit, receipts=receipts, scope=of_account(account), period=check.period
    )


def _checks(aws: Aws, chosen: Sequence[Account]) -> list[Check]:
    """Every check that could be made.

    Raises:
        AwsCallError: none could be.
    """
    night = Period(label="last 24 hours", start=aws.now - _NIGHT, end=aws.now)
    asked: tuple[tuple[str, str, str, Period | None, Callable[[], list[Found]]], ...] = (
        ("Alarms firing", "alarms firing", "alarms", None, partial(_alarms, aws, chosen)),
        ("Failed backups", "backup jobs that did not complete", "jobs", night, partial(_backups, aws, chosen, night)),
        ("Patch gaps", "instances that miss critical patches", "instances", None, partial(_patches, aws, chosen)),
        ("AWS events", "AWS Health events open", "events", None, partial(_events, aws, chosen)),
    )
    checks: list[Check] = []
    failures: list[AwsCallError] = []
    for column, label, unit, period, look in asked:
        try:
            found = look()
        except AwsCallError as error:
            failures.append(error)
            aws.incomplete.append(f"{label}: could not be looked at ({error.operation} gave {error.code})")
            continue
        counts: dict[str, int] = {}
        receipts: dict[str, list[str]] = {}
        for account, wrong, behind in found:
            counts[account.id] = counts.get(account.id, 0) + len(wrong)
            receipts.setdefault(account.id, []).extend(behind)
        total = len({one for _, wrong, _ in found for one in wrong})
        checks.append(Check(column, label, unit, period, total, counts, receipts))
    if not checks:
        raise failures[0]
    return checks


def _alarms(aws: Aws, chosen: Sequence[Account]) -> list[Found]:
    return [
        (place.account, [f"{place.account.id} {place.region} {alarm.name}" for alarm in seen.alarms], seen.receipts)
        for place, seen in alarms.look(aws, chosen, "ALARM")
    ]


def _backups(aws: Aws, chosen: Sequence[Account], night: Period) -> list[Found]:
    return [
        (place.account, [job.id for job in held.jobs if job.state in backups.BAD], held.receipts)
        for place, held in backups.look(aws, chosen, night.start, night.end)
    ]


def _patches(aws: Aws, chosen: Sequence[Account]) -> list[Found]:
    return [
        (place.account, [f"{place.account.id} {node.id}" for node in held.nodes if node.critical], held.receipts)
        for place, held in patches.look(aws, chosen)
    ]


def _events(aws: Aws, chosen: Sequence[Account]) -> list[Found]:
    found = aws_health_events.look(aws, chosen, ("open",))
    return [(account, [event.arn for event in items.items], items.receipts) for account, items in found]
