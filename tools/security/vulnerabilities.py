"""Vulnerabilities: what Inspector finds, by severity, account, resource or CVE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.facts import Draft, Facts, Scope
from tools.periods import instant
from tools.registry import query
from tools.security import inspector
from tools.security.common import SEVERITIES, Top, age_days, in_account, scope_of, short
from tools.security.inspector import Found, Vulnerability

Severity = Literal["all", "critical", "high", "medium", "low"]
By = Literal["severity", "account", "resource", "cve"]
_LISTED = 10
"""Most resources or CVEs listed one by one: models pay for each."""
_WORDS = {"severity": "Severity", "account": "Account", "resource": "Resource", "cve": "CVE"}


@query(domain="security", operations=inspector.OPERATIONS)
def vulnerabilities(
    aws: Aws, severity: Severity = "all", accounts: Accounts = "all", by: By = "severity", top: Top = 10
) -> Facts:
    """Active vulnerabilities that Inspector reports: by severity, account, resource or CVE; with fixes and exploits."""
    chosen = aws.directory.select(accounts)
    scope = scope_of(aws, chosen)
    found = inspector.read(aws, chosen, severity=severity)
    words = "active vulnerabilities" if severity == "all" else f"active {severity} vulnerabilities"
    facts = Facts(
        read_as=f"{words} by {_WORDS[by] if by == 'cve' else by}, {scope.text()}", period=instant(aws.now), scope=scope
    )
    facts.notes += found.notes
    _totals(aws, facts, found, words)
    _table(aws, facts, found, words, by, top)
    return facts


def _totals(aws: Aws, facts: Facts, found: Found, words: str) -> None:
    items = found.vulnerabilities

    def count(label: str, number: int, unit: str, *, headline: bool = False) -> Draft:
        return facts.fact(label, number, unit, receipts=found.receipts, headline=headline)

    count(words, len(items), "vulnerabilities", headline=True)
    count(f"resources with {words}", len({one.resource for one in items}), "resources", headline=True)
    count(f"different CVEs among {words}", len({one.what for one in items if one.what.startswith("CVE-")}), "CVEs")
    count(f"{words} with a fix available", sum(one.fixable for one in items), "vulnerabilities")
    count(f"{words} with a known exploit", sum(one.exploited for one in items), "vulnerabilities")
    behind = found.coverage_receipts
    facts.fact("resources that Inspector scans", found.scanned, "resources", receipts=behind)
    facts.fact("resources that Inspector knows but does not scan", found.unscanned, "resources", receipts=behind)
    if items:
        oldest = min(items, key=lambda one: (one.first, one.id))
        where = in_account(aws, oldest.account)
        age = age_days(oldest.first, aws.now)
        facts.fact(f"age of the oldest of the {words}", age, "days", receipts=found.receipts, scope=where)


def _table(aws: Aws, facts: Facts, found: Found, words: str, by: By, top: int) -> None:
    key = _key(aws, by)
    groups: dict[str, list[Vulnerability]] = {}
    for one in found.vulnerabilities:
        groups.setdefault(key(one), []).append(one)
    if by == "severity":
        names = [name for name in SEVERITIES if name in groups] + sorted(set(groups) - set(SEVERITIES))
    elif by == "account":
        names = sorted(groups, key=lambda name: (-len(groups[name]), name))
    else:
        named = _called if by == "resource" else key
        names = sorted(
            groups, key=lambda name: (_serious(groups[name]), -len(groups[name]), named(groups[name][0]), name)
        )
    facts.columns, facts.series = _columns(by), True
    shown = top if by in ("severity", "account") else min(top, _LISTED)
    for name in names[:shown]:
        facts.row(*_row(aws, facts, found, words, by, name, groups[name]))
    if len(names) > shown:
        rest = [one for name in names[shown:] for one in groups[name]]
        if by == "cve":
            number, unit, label = len({one.resource for one in rest}), "resources", "resources affected by others"
        else:
            number, unit, label = len(rest), "vulnerabilities", f"{words} of other {by}s"
        other = facts.fact(label, number, unit, receipts=found.receipts)
        facts.row("other", other, *[""] * (len(facts.columns) - 2))


def _columns(by: By) -> tuple[str, ...]:
    if by == "resource":
        return ("Resource", "Vulnerabilities", "Critical", "Account")
    if by == "cve":
        return ("CVE", "Resources", "Severity", "Accounts")
    return (_WORDS[by], "Vulnerabilities", "Resources")


def _row(
    aws: Aws, facts: Facts, found: Found, words: str, by: By, name: str, group: list[Vulnerability]
) -> tuple[str | Draft, ...]:
    def count(label: str, number: int, unit: str, scope: Scope | None = None) -> Draft:
        return facts.fact(label, number, unit, receipts=found.receipts, scope=scope)

    resources = len({one.resource for one in group})
    if by == "severity":
        label = f"active {name} vulnerabilities"
        return (
            name,
            count(label, len(group), "vulnerabilities"),
            count(f"resources with {label}", resources, "resources"),
        )
    if by == "account":
        scope = Scope(accounts=(name,))
        number = count(words, len(group), "vulnerabilities", scope)
        return name, number, count(f"resources with {words}", resources, "resources", scope)
    owners = sorted({aws.directory.name(one.account) for one in group})
    if by == "resource":
        where = in_account(aws, group[0].account)
        called = facts.fact("vulnerable resource", _called(group[0]), "name", receipts=found.receipts, scope=where)
        thing = group[0].name or short(name)
        number = count(f"vulnerabilities of {thing}", len(group), "vulnerabilities", where)
        critical = sum(one.severity == "critical" for one in group)
        return called, number, count(f"critical ones of {thing}", critical, "vulnerabilities", where), owners[0]
    where = Scope(accounts=tuple(owners))
    called = facts.fact("vulnerability", name, "id", receipts=found.receipts, scope=where)
    number = count(f"resources affected by {name}", resources, "resources", where)
    more = f" and {len(owners) - 2} more" if len(owners) > 2 else ""
    return called, number, group[0].severity, ", ".join(owners[:2]) + more


def _key(aws: Aws, by: By) -> Callable[[Vulnerability], str]:
    return {
        "severity": lambda one: one.severity,
        "account": lambda one: aws.directory.name(one.account),
        "resource": lambda one: one.resource,  # two accounts may each have one of the same name
        "cve": lambda one: one.what,
    }[by]


def _called(one: Vulnerability) -> str:
    return f"{one.name} ({short(one.resource)})" if one.name else short(one.resource)


def _serious(group: list[Vulnerability]) -> int:
    return min(SEVERITIES.index(one.severity) if one.severity in SEVERITIES else 9 for one in group)
