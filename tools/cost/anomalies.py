"""Cost anomalies: jumps in spend that AWS noticed by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME, Top, cents
from tools.cost.spans import billed_period
from tools.errors import InputError
from tools.facts import Facts, Scope
from tools.periods import Period, parse_period
from tools.registry import PeriodWord, query

KEPT_DAYS = 90
"""How long AWS keeps anomalies; about an earlier day, no anomaly found says nothing."""


@dataclass(frozen=True, slots=True)
class Jump:
    """One anomaly, as far as it is about the accounts asked for."""

    id: str
    first: str
    last: str
    accounts: tuple[Account, ...]
    """Whose causes `above` adds up; none if AWS named no cause that accounts for all of it."""
    service: str
    usage_type: str
    above: Decimal
    actual: Decimal | None
    expected: Decimal | None

    @property
    def owners(self) -> str:
        return ", ".join(account.name for account in self.accounts) or "-"


@dataclass(slots=True)
class Sorted:
    """The anomalies that are about the accounts, and how many could not be told to be or could not be split."""

    jumps: list[Jump]
    unattributed: int = 0
    unsplit: int = 0
    parts: int = 0


@query(domain="cost", operations=("ce:GetAnomalies", "ce:GetAnomalyMonitors"), reach="payer")
def cost_anomalies(aws: Aws, period: PeriodWord = "last_90_days", accounts: Accounts = "all", top: Top = 8) -> Facts:
    """Jumps in spend that AWS Cost Anomaly Detection noticed: when, in which account and service, how much too much.

    Of an anomaly that several accounts caused, only what the accounts asked for caused. AWS keeps anomalies for 90
    days. Costs one Cost Explorer request, two if there are none.
    """
    span = billed_period(period, aws.now)
    oldest = _oldest(span, aws)
    chosen = aws.directory.select(accounts)
    # No basis: AWS measures an anomaly against the spend it expected, whatever credits came later.
    scope = Scope(accounts=aws.directory.scope(chosen))
    last_day = min(span.end - timedelta(microseconds=1), aws.now).date()
    interval = {"StartDate": oldest, "EndDate": last_day.isoformat()}
    found = aws.items(aws.directory.payer, "ce:GetAnomalies", "Anomalies", region=HOME, DateInterval=interval)
    ours = _sorted(aws, found.items, chosen)
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
    jumps = ours.jumps
    facts.fact("cost anomalies", len(jumps), "anomalies", receipts=receipts, headline=True)
    total = sum((one.above for one in jumps), Decimal())
    facts.fact("spend above expected, all anomalies", total, aws.currency, receipts=receipts, headline=bool(jumps))
    for one in jumps[:top]:
        _add(facts, aws, one, receipts)
    if len(jumps) > top:
        rest = sum((one.above for one in jumps[top:]), Decimal())
        left = facts.fact("spend above expected, other anomalies", rest, aws.currency, receipts=receipts)
        facts.row("other", "-", "-", "-", "-", left)
    _say_left_out(facts, ours)
    return facts


def _oldest(span: Period, aws: Aws) -> str:
    """The first day to ask for: the span's, or the first that AWS still keeps; a span cut by that is said."""
    kept = (aws.now - timedelta(days=KEPT_DAYS)).date()
    if span.end.date() <= kept:
        raise InputError(
            f"AWS keeps cost anomalies for {KEPT_DAYS} days, back to {kept:%-d %B %Y}; {span.label} lies before that. "
            "Ask for a later period, or ask spend_change why spend changed then."
        )
    if span.start.date() < kept:
        aws.incomplete.append(f"cost anomalies reach back to {kept:%-d %B %Y} only")
    return max(span.start.date(), kept).isoformat()


def _sorted(aws: Aws, anomalies: Sequence[dict[str, Any]], chosen: tuple[Account, ...]) -> Sorted:
    """The anomalies of these accounts, largest first. Only who asks about all accounts gets an anomaly's totals."""
    found = Sorted([])
    everything = aws.directory.everything(chosen)
    ids = {account.id for account in chosen}
    for one in anomalies:
        causes = one.get("RootCauses") or []
        ours = [cause for cause in causes if cause.get("LinkedAccount") in ids]
        contributions = [_contribution(cause) for cause in ours]
        told = sum((part for part in contributions if part is not None), Decimal())
        all_told = bool(ours) and None not in contributions
        foreign = len(ours) < len(causes)
        # AWS names the largest causes only: what they leave of the whole may be anybody's
        whole = bool(ours) and not foreign and (not all_told or cents(told) >= cents(_impact(one)))
        if everything or whole:
            found.jumps.append(_jump(aws, one, ours if whole else [], chosen, _impact(one), totals=True))
        elif all_told:
            found.parts += 1
            found.jumps.append(_jump(aws, one, ours, chosen, told, totals=False))
        elif ours:
            found.unsplit += 1
        elif not any(cause.get("LinkedAccount") for cause in causes):
            found.unattributed += 1
    found.jumps.sort(key=lambda jump: (-jump.above, jump.first, jump.id))
    return found


def _jump(
    aws: Aws,
    one: dict[str, Any],
    causes: Sequence[dict[str, Any]],
    chosen: tuple[Account, ...],
    above: Decimal,
    *,
    totals: bool,
) -> Jump:
    ids = [cause["LinkedAccount"] for cause in sorted(causes, key=lambda c: -(_contribution(c) or Decimal()))]
    known = {account.id: account for account in chosen}
    services = {cause.get("Service") for cause in causes} - {None}
    usage_types = {cause.get("UsageType") for cause in causes} - {None}

    def total(key: str) -> Decimal | None:
        said = one["Impact"].get(key) if totals else None
        return None if said is None else cents(Decimal(str(said)))

    return Jump(
        id=one["AnomalyId"],
        first=one["AnomalyStartDate"][:10],
        # AWS gives an anomaly that goes on the latest evaluated day as its end
        last=(one.get("AnomalyEndDate") or "")[:10] or aws.now.date().isoformat(),
        accounts=tuple(known[i] for i in dict.fromkeys(ids)),
        service=str(services.pop()) if len(services) == 1 else _named(one),
        usage_type=str(usage_types.pop()) if len(usage_types) == 1 else "-",
        above=cents(above),
        actual=total("TotalActualSpend"),
        expected=total("TotalExpectedSpend"),
    )


def _named(one: dict[str, Any]) -> str:
    """What the monitor watches, unless that is an account: then its number, which may be out of sight, stays out."""
    said = str(one.get("DimensionValue") or "-")
    return "-" if said.isdigit() else said


def _add(facts: Facts, aws: Aws, one: Jump, receipts: list[str]) -> None:
    where = {"service": one.service, "usage type": one.usage_type}
    scope = Scope(
        accounts=tuple(account.name for account in one.accounts) or facts.scope.accounts,
        where={key: value for key, value in where.items() if value not in ("", "-")},
    )
    span = parse_period(f"{one.first}..{one.last}", aws.now)
    name = f"{one.service} anomaly" + (f" in {one.owners}" if one.accounts else "")

    def fact(label: str, value: Decimal | str, unit: str) -> Any:
        return facts.fact(label, value, unit, receipts=receipts, period=span, scope=scope)

    facts.row(
        fact(f"first day of the {name}", one.first, "date"),
        fact(f"last day so far of the {name}", one.last, "date"),
        one.owners,
        one.service,
        one.usage_type,
        fact(f"spend above expected, {name}", one.above, aws.currency),
    )
    for amount, label in ((one.actual, "actual spend"), (one.expected, "expected spend")):
        if amount is not None:
            fact(f"{label}, {name}", amount, aws.currency)


def _say_left_out(facts: Facts, found: Sorted) -> None:
    if found.parts:
        facts.notes.append(
            "Where AWS also saw causes elsewhere, only the part that these accounts caused is counted, without its "
            "actual and expected spend."
        )
    for number, why in (
        (found.unsplit, "is left out: AWS also saw causes elsewhere, and did not say how much each caused"),
        (found.unattributed, "of the organisation is left out: AWS named no account that caused it"),
    ):
        if number:
            facts.incomplete.append(f"{number} cost {'anomaly' if number == 1 else 'anomalies'} {_agree(why, number)}")


def _agree(words: str, number: int) -> str:
    return words if number == 1 else words.replace("is left out", "are left out").replace("caused it", "caused them")


def _contribution(cause: dict[str, Any]) -> Decimal | None:
    """What AWS says this cause added to the anomaly; None if it does not say."""
    said = (cause.get("Impact") or {}).get("Contribution")
    return None if said is None else Decimal(str(said))


def _impact(one: dict[str, Any]) -> Decimal:
    return Decimal(str(one["Impact"].get("TotalImpact") or 0))
