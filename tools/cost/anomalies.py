"""Cost anomalies: jumps in spend that AWS noticed by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME, Top, cents
from tools.cost.spans import billed_period
from tools.facts import Facts, Scope
from tools.periods import parse_period
from tools.registry import PeriodWord, query


@query(domain="cost", operations=("ce:GetAnomalies", "ce:GetAnomalyMonitors"), reach="payer")
def cost_anomalies(aws: Aws, period: PeriodWord = "last_90_days", accounts: Accounts = "all", top: Top = 8) -> Facts:
    """Jumps in spend that AWS Cost Anomaly Detection noticed: when, in which account and service, how much too much.

    AWS keeps anomalies for about 90 days. Costs one Cost Explorer request, two if there are none.
    """
    span = billed_period(period, aws.now)
    chosen = aws.directory.select(accounts)
    everything = aws.directory.complete and len(chosen) == len(aws.directory.accounts)
    # No basis: AWS measures an anomaly against the spend it expected, whatever credits came later.
    scope = Scope(accounts=() if len(chosen) == len(aws.directory.accounts) else tuple(a.name for a in chosen))
    last_day = min(span.end - timedelta(microseconds=1), aws.now).date()
    interval = {"StartDate": span.first_day, "EndDate": last_day.isoformat()}
    found = aws.items(aws.directory.payer, "ce:GetAnomalies", "Anomalies", region=HOME, DateInterval=interval)
    ours = [one for one in found.items if everything or _account(one, chosen)]
    ours.sort(key=lambda one: (-_impact(one), one["AnomalyStartDate"], one["AnomalyId"]))
    facts = Facts(
        read_as=f"cost anomalies, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=("Started", "Last day", "Account", "Service", "Usage type", f"Above expected ({aws.currency})"),
    )
    receipts = list(found.receipts)
    if not found.items:
        monitors = aws.items(aws.directory.payer, "ce:GetAnomalyMonitors", "AnomalyMonitors", region=HOME)
        receipts.extend(monitors.receipts)
        if not monitors.items:
            facts.incomplete.append("no anomaly monitor exists in the payer account, so AWS looks for no anomalies")
            facts.fact("anomaly monitors", 0, "anomaly monitors", receipts=monitors.receipts, headline=True)
            return facts
    facts.fact("cost anomalies", len(ours), "anomalies", receipts=receipts, headline=True)
    impact = sum((cents(_impact(one)) for one in ours), Decimal())
    facts.fact("spend above expected, all anomalies", impact, aws.currency, receipts=receipts, headline=bool(ours))
    for one in ours[:top]:
        _add(facts, aws, one, receipts, chosen)
    if len(ours) > top:
        rest = sum((cents(_impact(one)) for one in ours[top:]), Decimal())
        left = facts.fact("spend above expected, other anomalies", rest, aws.currency, receipts=receipts)
        facts.row("other", "-", "-", "-", "-", left)
    return facts


def _add(facts: Facts, aws: Aws, one: dict[str, Any], receipts: list[str], chosen: tuple[Account, ...]) -> None:
    cause = _cause(one, chosen)
    account, service = _account(one, chosen) or "-", cause.get("Service") or one.get("DimensionValue") or "-"
    where = {"service": service, "usage type": cause.get("UsageType", "")}
    scope = Scope(
        accounts=(account,) if account != "-" else facts.scope.accounts,
        where={key: value for key, value in where.items() if value not in ("", "-")},
    )
    first, last = one["AnomalyStartDate"][:10], (one.get("AnomalyEndDate") or "")[:10]
    # AWS gives an anomaly that goes on the latest evaluated day as its end
    last = last or aws.now.date().isoformat()
    span = parse_period(f"{first}..{last}", aws.now)
    name = f"{service} anomaly in {account}"

    def fact(label: str, value: Decimal | str, unit: str) -> Any:
        return facts.fact(label, value, unit, receipts=receipts, period=span, scope=scope)

    impact = one["Impact"]
    facts.row(
        fact(f"first day of the {name}", first, "date"),
        fact(f"last day so far of the {name}", last, "date"),
        account,
        service,
        cause.get("UsageType") or "-",
        fact(f"spend above expected, {name}", cents(_impact(one)), aws.currency),
    )
    for key, label in (("TotalActualSpend", "actual spend"), ("TotalExpectedSpend", "expected spend")):
        if impact.get(key) is not None:
            fact(f"{label}, {name}", cents(Decimal(str(impact[key]))), aws.currency)


def _cause(one: dict[str, Any], chosen: tuple[Account, ...]) -> dict[str, Any]:
    """The root cause that contributed most, of those in the chosen accounts."""
    ids = {account.id for account in chosen}
    causes = [cause for cause in one.get("RootCauses") or [] if cause.get("LinkedAccount") in ids]
    ranked = sorted(causes, key=lambda c: -float((c.get("Impact") or {}).get("Contribution") or 0))
    return dict(ranked[0]) if ranked else {}


def _account(one: dict[str, Any], chosen: tuple[Account, ...]) -> str | None:
    """The name of the account that caused it, if it is among the chosen."""
    cause = _cause(one, chosen)
    return next((account.name for account in chosen if account.id == cause.get("LinkedAccount")), None)


def _impact(one: dict[str, Any]) -> Decimal:
    return Decimal(str(one["Impact"].get("TotalImpact") or 0))
