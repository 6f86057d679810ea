"""Backups: which AWS Backup jobs completed, which did not, and how old the last good backup of those resources is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.facts import Facts
from tools.ops.common import Top, clean, gathered, hours, looked, of_account, per_account, percent, scope_of, stamp
from tools.periods import parse_recent
from tools.registry import HoursWord, query

State = Literal["all", "failed", "completed", "running", "expired", "aborted", "partial"]
Kind = Literal["all", "databases", "instances", "volumes", "buckets", "tables", "file_systems"]
_TYPES: dict[Kind, tuple[str, ...]] = {
    "databases": ("RDS", "Aurora", "DocumentDB", "Neptune", "Redshift"),
    "instances": ("EC2",),
    "volumes": ("EBS",),
    "buckets": ("S3",),
    "tables": ("DynamoDB",),
    "file_systems": ("EFS", "FSx"),
}
"""AWS Backup's types of resource, of which one call lists one."""
_BACK = timedelta(days=30)
"""How far before the period a last good backup is looked for; AWS Backup lists jobs of the last 30 days."""
BAD = ("FAILED", "ABORTED", "EXPIRED", "PARTIAL")
"""States of jobs that ended without a complete backup."""
_RUNNING = ("CREATED", "PENDING", "RUNNING", "ABORTING")


@dataclass(frozen=True, slots=True)
class Job:
    """One backup job."""

    account: Account
    region: str
    id: str
    resource: str
    """ARN"""
    name: str
    kind: str
    state: str
    at: datetime
    """When it was created."""
    said: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one place, oldest first, and the receipts of their pages."""

    jobs: tuple[Job, ...]
    receipts: tuple[str, ...]


def look(
    aws: Aws, accounts: Sequence[Account], start: datetime, end: datetime, kind: Kind = "all"
) -> list[tuple[Place, Jobs]]:
    """Backup jobs of a kind of resource, created from `start` to before `end`, in every account and region.

    Raises:
        AwsCallError: no place could be looked at.
    """
    wanted: list[dict[str, str]] = [{"ByResourceType": one} for one in _TYPES.get(kind, ())] or [{}]

    def ask(place: Place) -> Jobs:
        pages = [
            aws.items(
                place.account,
                "backup:ListBackupJobs",
                "BackupJobs",
                region=place.region,
                ByCreatedAfter=start,
                ByCreatedBefore=end,
                MaxResults=1000,
                **one,
            )
            for one in wanted
        ]
        jobs = [_job(place, raw) for found in pages for raw in found.items if start <= raw["CreationDate"] < end]
        receipts = tuple(receipt for found in pages for receipt in found.receipts)
        return Jobs(tuple(sorted(jobs, key=lambda job: (job.at, job.resource))), receipts)

    return aws.each(aws.places(accounts), ask)


def _job(place: Place, raw: dict[str, Any]) -> Job:
    arn = raw.get("ResourceArn") or "unknown"
    name = raw.get("ResourceName") or arn.rpartition("/")[2].rpartition(":")[2]
    return Job(
        place.account,
        place.region,
        raw["BackupJobId"],
        arn,
        clean(name, 80),
        raw.get("ResourceType") or "unknown",
        raw["State"],
        stamp(raw["CreationDate"]),
        clean(raw.get("StatusMessage") or "", 300),
    )


@query(domain="ops", operations=("backup:ListBackupJobs",))
def backups(
    aws: Aws,
    period: HoursWord = "last_7_days",
    state: State = "all",
    accounts: Accounts = "all",
    top: Top = 8,
    kind: Kind = "all",
) -> Facts:
    """AWS Backup jobs of a period: how many completed and failed, which resources, and their last good backup.

    Failed, aborted, expired and partial jobs count as not completed. `state` lists the jobs of one state only, `kind`
    looks at the backups of one kind of resource only.
    """
    span = parse_recent(period, aws.now)
    chosen = aws.directory.select(accounts)
    found = look(aws, chosen, min(span.start, aws.now - _BACK), max(span.end, aws.now), kind)
    behind = gathered(found)
    jobs = [job for _, held in found for job in held.jobs if span.start <= job.at < span.end]
    wanted = {"all": BAD, "running": _RUNNING}.get(state, (state.upper(),))
    listed = [job for job in jobs if job.state in wanted]
    scope = scope_of(aws, chosen)
    what = "backup jobs" if kind == "all" else f"backup jobs of {kind.replace('_', ' ')}"
    facts = Facts(
        read_as=f"{what}{'' if state == 'all' else f' in state {state}'}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        notes=[f"{looked(chosen, aws.regions)} AWS Backup's jobs only, not backups made by other means."],
    )
    if len(_TYPES.get(kind, ())) > 1:
        facts.notes.append(f"{kind.replace('_', ' ').capitalize()}: {', '.join(_TYPES[kind])}.")
    if span.start < aws.now - _BACK - timedelta(days=1):
        facts.incomplete.append("AWS Backup lists jobs of the last 30 days; older jobs are not counted")
    _count(facts, what, jobs, state, len(listed), behind)
    if len(chosen) > 1 and listed:
        label = f"{what} that did not complete" if state == "all" else f"{what} in state {state}"
        kept = set(map(id, listed))
        counts = [(place.account, sum(id(j) in kept for j in held.jobs), held.receipts) for place, held in found]
        per_account(facts, label, "jobs", counts)
    _show(facts, found, listed, aws.now, top)
    return facts


def _count(facts: Facts, what: str, jobs: Sequence[Job], state: State, listed: int, behind: Sequence[str]) -> None:
    completed = sum(job.state == "COMPLETED" for job in jobs)
    bad = sum(job.state in BAD for job in jobs)
    facts.fact(what, len(jobs), "jobs", receipts=behind, headline=state == "all")
    facts.fact(f"{what} completed", completed, "jobs", receipts=behind, headline=state == "completed")
    label = f"{what} that did not complete"
    facts.fact(label, bad, "jobs", receipts=behind, headline=state == "all")
    for value in BAD:
        number = sum(job.state == value for job in jobs)
        if (number and state == "all") or state.upper() == value:
            words = f"{what} in state {value.lower()}"
            facts.fact(words, number, "jobs", receipts=behind, headline=state.upper() == value)
    if state == "running":
        facts.fact(f"{what} in state running", listed, "jobs", receipts=behind, headline=True)
    if completed + bad:
        rate = percent(completed, completed + bad)
        facts.fact(f"share of ended {what} that completed", rate, "percent", receipts=behind)


def _show(facts: Facts, found: list[tuple[Place, Jobs]], listed: Sequence[Job], now: datetime, top: int) -> None:
    """One row for each resource with a listed job: how many, the latest, the last completed, the first failed since."""
    receipts_of = {(place.account.id, place.region): held.receipts for place, held in found}
    good: dict[tuple[str, str], datetime] = {}
    for _, held in found:
        for job in held.jobs:
            if job.state == "COMPLETED" and job.at <= now:
                good[job.account.id, job.resource] = job.at
    failing: dict[tuple[str, str], datetime] = {}
    for job in (job for _, held in found for job in held.jobs if job.state in BAD and job.at <= now):
        key = job.account.id, job.resource
        if key not in good or job.at > good[key]:
            failing[key] = min(job.at, failing.get(key, job.at))
    grouped: dict[tuple[str, str], list[Job]] = {}
    for job in listed:
        grouped.setdefault((job.account.id, job.resource), []).append(job)
    ranked = sorted(grouped.items(), key=lambda group: (-len(group[1]), group[1][0].account.name, group[1][0].name))
    facts.columns = ("Resource", "Account", "State", "Jobs", "Latest", "Last good", "Last good (hours ago)")
    facts.columns += ("Failing since", "Reason")
    for key, jobs in ranked[:top]:
        last = max(jobs, key=lambda job: job.at)
        receipts, scope = receipts_of[last.account.id, last.region], of_account(last.account, facts.scope.where)
        what = f"{last.kind} {last.name}"
        at = good.get(key)
        states = ", ".join(sorted({job.state.lower() for job in jobs}))
        say = partial(facts.fact, receipts=receipts, scope=scope)
        facts.row(
            say("backed-up resource", last.name, "name"),
            last.account.name,
            states,
            say(f"{states} backup jobs of {what}", len(jobs), "jobs"),
            say(f"latest of these jobs of {what}", last.at, "time"),
            say(f"last completed backup of {what}", at, "time") if at else "none in 30 days",
            say(f"time since the last completed backup of {what}", hours(now - at), "hours") if at else "",
            say(f"first failed backup of {what} since then", since, "time") if (since := failing.get(key)) else "",
            say(f"what AWS Backup said of {what}", last.said, "text") if last.said else "",
        )
    if len(ranked) > top:
        rest = [job for _, jobs in ranked[top:] for job in jobs]
        behind = [receipt for job in rest for receipt in receipts_of[job.account.id, job.region]]
        facts.rest("backup jobs", len(rest), "jobs", receipts=behind, column=3)
