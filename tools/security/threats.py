"""Threats: what GuardDuty saw in a period, the most serious first."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.facts import Facts, Scope
from tools.periods import parse_recent
from tools.registry import HoursWord, query
from tools.security import guardduty
from tools.security.common import Top, in_account, scope_of

_LISTED = 10
"""Most threats listed one by one: models pay for each."""
_ACCOUNTS = 15
"""Most accounts of which the number of threats is told."""
Severity = Literal["all", "critical", "high", "medium", "low"]


@query(domain="security", operations=guardduty.OPERATIONS)
def threats(
    aws: Aws,
    period: HoursWord = "last_30_days",
    severity: Severity = "all",
    accounts: Accounts = "all",
    top: Top = 10,
) -> Facts:
    """Threats that GuardDuty reported in a period: suspicious behaviour, by severity, with resource and time.

    High includes critical. Archived threats are counted apart.
    """
    chosen = aws.directory.select(accounts)
    span = parse_recent(period, aws.now)
    scope = scope_of(aws, chosen)
    found = guardduty.read(aws, chosen, span)
    levels = {"high": ("critical", "high")}.get(severity, (severity,))
    wanted = [threat for threat in found.threats if severity == "all" or threat.severity in levels]
    current = [threat for threat in wanted if not threat.archived]
    words = "threats" if severity == "all" else f"{severity}-severity threats"
    facts = Facts(
        read_as=f"{words}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Threat", "Severity", "Resource", "Account", "Last seen", "Times"),
    )
    facts.notes += [*found.notes, "The period is when GuardDuty last updated a threat."]
    facts.fact(words, len(current), "threats", receipts=found.receipts, headline=True)
    archived = len(wanted) - len(current)
    facts.fact(f"archived {words}", archived, "threats", receipts=found.receipts)
    if archived:
        facts.notes.insert(
            0, f"Not counted: {archived} that {'was' if archived == 1 else 'were'} archived in GuardDuty."
        )
    if severity == "all":
        for name in guardduty.BANDS:
            count = sum(threat.severity == name for threat in current)
            if count or name != "critical":
                facts.fact(f"{name}-severity threats", count, "threats", receipts=found.receipts)
    if len(chosen) > 1:
        for account, count in Counter(aws.directory.name(one.account) for one in current).most_common(_ACCOUNTS):
            facts.fact(words, count, "threats", receipts=found.receipts, scope=Scope(accounts=(account,)))
    listed = current[: min(top, _LISTED)]
    facts.names_people = any(threat.user for threat in listed)
    for number, threat in enumerate(listed, 1):
        where = in_account(aws, threat.account)
        named: dict[str, Any] = {"receipts": found.receipts, "scope": where}
        facts.row(
            facts.fact(f"threat {number}", threat.type, "name", **named),
            threat.severity,
            facts.fact(f"threat {number}: resource", threat.resource, "name", **named),
            aws.directory.name(threat.account),
            facts.fact(f"threat {number}: last seen", threat.last, "time", **named),
            facts.fact(f"threat {number}: times seen", threat.count, "times", **named),
        )
    if len(current) > len(listed):
        facts.rest(words, len(current) - len(listed), "threats", receipts=found.receipts)
    return facts
