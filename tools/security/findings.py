"""Findings: what Security Hub reports, by severity, account, age or product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.facts import Facts, Scope
from tools.periods import instant, parse_recent
from tools.registry import HoursWord, query
from tools.security import hub
from tools.security.common import SEVERITIES, Top, age_days, in_account, is_user, scope_of, short
from tools.security.hub import Finding, Found

Severity = Literal["all", "critical", "high", "medium", "low", "informational"]
By = Literal["severity", "account", "age", "product"]
_AGES = ((7, "up to 7 days old"), (30, "8 to 30 days old"), (90, "31 to 90 days old"))
_LISTED = 10
"""Most findings listed one by one: models pay for each."""
_WORST = 3
_OLDEST = "more than 90 days old"


@query(domain="security", operations=hub.OPERATIONS)
def findings(
    aws: Aws,
    severity: Severity = "all",
    accounts: Accounts = "all",
    by: By = "severity",
    period: HoursWord | None = None,
    status: Literal["all", "open"] = "open",
    top: Top = 10,
) -> Facts:
    """Security Hub findings: how many, how serious, how old, and where. One severity by severity lists them.

    Open are active findings that are new or notified. `period` keeps those created in it.
    """
    chosen = aws.directory.select(accounts)
    span = parse_recent(period, aws.now) if period else None
    found = hub.read(
        aws,
        chosen,
        severity=severity,
        open_only=status == "open",
        created=(span.start, span.end) if span else None,
    )
    scope = scope_of(aws, chosen)
    words = _words(severity, status)
    created = f", created {span.label}" if span else ""
    facts = Facts(read_as=f"{words} by {by}{created}, {scope.text()}", period=span or instant(aws.now), scope=scope)
    facts.notes += found.notes
    facts.fact(words, len(found.findings), "findings", receipts=found.receipts, headline=True)
    if severity == "all":
        for level in ("critical", "high"):
            count = sum(1 for finding in found.findings if finding.severity == level)
            if by != "severity":
                facts.fact(_words(level, status), count, "findings", receipts=found.receipts, headline=True)
    _oldest(aws, facts, found, words, named=by == "age")
    if by == "severity" and severity != "all":
        _list(aws, facts, found, words, top)
    elif by == "severity":
        _grouped(aws, facts, found, words, by, status, top)
        worst = found.findings[:_WORST]
        facts.names_people = any(is_user(finding.resource) for finding in worst)
        for number, finding in enumerate(worst, 1):
            said, where = f"{finding.title}: {short(finding.resource)}", in_account(aws, finding.account)
            facts.fact(f"most serious finding {number}", said, "text", receipts=found.receipts, scope=where)
    else:
        _grouped(aws, facts, found, words, by, status, top)
    return facts


def _words(severity: str, status: str) -> str:
    level = "" if severity == "all" else f"{severity} "
    return f"open {level}findings" if status == "open" else f"{level}findings, open and closed"


def _oldest(aws: Aws, facts: Facts, found: Found, words: str, *, named: bool) -> None:
    if not found.findings:
        return
    oldest = min(found.findings, key=lambda finding: (finding.created, finding.id))
    where = in_account(aws, oldest.account)
    age = age_days(oldest.created, aws.now)
    facts.fact(f"age of the oldest of the {words}", age, "days", receipts=found.receipts, scope=where)
    if named:
        facts.names_people = is_user(oldest.resource)
        said = f"{oldest.title}: {short(oldest.resource)}"
        facts.fact(f"the oldest of the {words}", said, "text", receipts=found.receipts, scope=where)


def _list(aws: Aws, facts: Facts, found: Found, words: str, top: int) -> None:
    facts.columns = ("Finding", "Resource", "Account", "Age (days)")
    listed = found.findings[: min(top, _LISTED)]
    facts.names_people = any(is_user(finding.resource) for finding in listed)
    for number, finding in enumerate(listed, 1):
        where, age = in_account(aws, finding.account), age_days(finding.created, aws.now)
        behind, name = found.receipts, short(finding.resource)
        facts.row(
            facts.fact(f"finding {number}", finding.title, "text", receipts=behind, scope=where),
            facts.fact(f"finding {number}: resource", name, "name", receipts=behind, scope=where),
            aws.directory.name(finding.account),
            facts.fact(f"finding {number}: age", age, "days", receipts=behind, scope=where),
        )
    if len(found.findings) > len(listed):
        rest = len(found.findings) - len(listed)
        facts.rest(words, rest, "findings", receipts=found.receipts)


def _grouped(aws: Aws, facts: Facts, found: Found, words: str, by: By, status: str, top: int) -> None:
    facts.columns, facts.series = (by.capitalize(), "Findings"), True
    groups: dict[str, list[Finding]] = {}
    for finding in found.findings:
        groups.setdefault(_key(aws, by)(finding), []).append(finding)
    if by in ("severity", "age"):
        order: Sequence[str] = SEVERITIES if by == "severity" else [*(name for _, name in _AGES), _OLDEST]
        names = [name for name in order if groups.get(name)] + sorted(set(groups) - set(order))
    else:
        names = sorted(groups, key=lambda name: (-len(groups[name]), name))
    for name in names[:top]:
        label, where = _label(name, words, by, status)
        serious = by == "severity" and name in ("critical", "high")
        count = len(groups[name])
        facts.row(name, facts.fact(label, count, "findings", receipts=found.receipts, scope=where, headline=serious))
    if by == "severity":
        for level in ("critical", "high"):
            if level not in groups:
                facts.fact(_words(level, status), 0, "findings", receipts=found.receipts, headline=True)
    if len(names) > top:
        rest = sum(len(groups[name]) for name in names[top:])
        label = f"{words} of other {by}s"
        facts.row("other", facts.fact(label, rest, "findings", receipts=found.receipts))


def _key(aws: Aws, by: By) -> Callable[[Finding], str]:
    def age(finding: Finding) -> str:
        days = age_days(finding.created, aws.now)
        return next((name for most, name in _AGES if days <= most), _OLDEST)

    return {
        "severity": lambda finding: finding.severity,
        "account": lambda finding: aws.directory.name(finding.account),
        "age": age,
        "product": lambda finding: finding.product,
    }[by]


def _label(name: str, words: str, by: By, status: str) -> tuple[str, Scope | None]:
    if by == "severity":
        return _words(name, status), None
    if by == "account":
        return words, Scope(accounts=(name,))
    return (f"{words} {name}" if by == "age" else f"{words} of {name}"), None
