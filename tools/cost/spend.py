"""Spend: what was paid over a period, ranked by one dimension or as a series over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import Costs, Top, cents, costs, narrowed, scope_of
from tools.cost.names import billed_names, billed_values, kin
from tools.cost.parts import Part, kept_by, named_by
from tools.cost.spans import BILLED_WITHIN, LATE, billed_period, days_label, is_to_date, slot_period
from tools.errors import InputError
from tools.facts import UNTAGGED, Basis, Draft, Facts, Scope
from tools.periods import Period
from tools.registry import PeriodWord, query

Breakdown = Literal[
    "service", "account", "team", "venue", "env", "region", "usage_type", "charge_type", "month", "day", "none"
]
_SHARES_UP_TO = 15
_LONGEST = {"day": 35, "month": 14}
_SEVERAL = 2
"""Days or months from which on an average says more than they do."""
_BY_TAG = "Venues are told apart by the tag on what is billed; what an account named after one costs can differ."
_BY_ACCOUNT = "This is what the account costs; spend by the tag of the venue, wherever it is billed, can differ."
_BARE_NET = "What carries no tag is net here, with credits and refunds; untagged spend is told gross, which can differ."


@query(
    domain="cost",
    operations=("ce:GetCostAndUsage", "ce:GetDimensionValues", "ce:GetTags"),
    reach="payer",
)
def spend(
    aws: Aws,
    period: PeriodWord = "last_month",
    by: Breakdown = "service",
    accounts: Accounts = "all",
    service: str | None = None,
    team: str | None = None,
    venue: str | None = None,
    region: str | None = None,
    usage_type: str | None = None,
    net: bool = True,
    top: Top = 8,
    part: Part | None = None,
) -> Facts:
    """Spend in a period: total, and by one dimension, or as a series by month or day.

    `net` counts credits and refunds, gross leaves them out. The other inputs filter by names as billed, `part` by what
    is no service on the bill (NAT gateways, egress). Costs one Cost Explorer request, and one for every filter.
    Of a service that others share the name of (Kinesis Video Streams), these stand beside it; that costs one more.
    """
    span = billed_period(period, aws.now)
    chosen = aws.directory.select(accounts)
    given = {"service": service, "team": team, "venue": venue, "region": region, "usage_type": usage_type}
    where = billed_names(aws, span, given)
    basis: Basis = "net" if net else "gross"
    scope = scope_of(aws, chosen, basis, named_by(where, part))
    kept = kept_by(aws, span, part, where)
    series, words = by in ("month", "day"), by.replace("_", " ")
    facts = Facts(
        read_as=f"spend{'' if by == 'none' else f' by {words}'}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        series=by != "none",
    )
    if series:
        _refuse_long(by, span)
    grouping = () if series or by == "none" else (by,)
    found = costs(aws, span, accounts=chosen, basis=basis, by=grouping, where=kept, daily=by == "day")
    total = cents(sum(found.totals().values(), Decimal()))
    facts.fact("total spend", total, found.currency, receipts=found.receipts, headline=True)
    if service and part is None and (apart := kin(where["service"], billed_values(aws, "service", span))):
        family = costs(aws, span, accounts=chosen, basis=basis, by=("service",), where={**where, "service": apart})
        for (name,), amount in sorted(family.totals().items(), key=lambda pair: -pair[1]):
            own = scope_of(aws, chosen, basis, {**where, "service": name})
            label = f"{name} spend, billed apart"
            facts.fact(label, cents(amount), family.currency, receipts=family.receipts, scope=own, headline=True)
    if series:
        _add_series(facts, found, span, by, aws.now)
    elif by != "none":
        _add_ranking(facts, found, total, by, top)
    facts.notes += _apart_from(by, accounts, chosen, venue=venue, net=net)
    _add_notes(facts, found, span, aws)
    return facts


def _apart_from(by: str, accounts: Accounts, chosen: Sequence[Account], *, venue: str | None, net: bool) -> list[str]:
    """Sentences which of two figures this is, where what is asked for sounds like one."""
    said = []
    if by == "venue" or venue:
        said.append(_BY_TAG)
    elif accounts != "all" and all(account.tags.get("venue") for account in chosen):
        said.append(_BY_ACCOUNT)
    if net and by in ("team", "venue", "env"):
        said.append(_BARE_NET)
    return said


def _add_ranking(facts: Facts, found: Costs, total: Decimal, by: str, top: int) -> None:
    words = by.replace("_", " ")
    named = [(key[0], amount) for key, amount in found.totals().items() if amount]
    ranked = sorted(named, key=lambda pair: (-pair[1], pair[0]))
    # credits can make a group negative, and then parts of a whole mean nothing; long tables must stay readable
    shares = top <= _SHARES_UP_TO and total > 0 and all(amount >= 0 for _, amount in ranked)
    facts.columns = (words.capitalize(), f"Spend ({found.currency})", *(("Share (percent)",) if shares else ()))
    shown = Decimal()

    def add(name: str, label: str, amount: Decimal, scope: Scope) -> None:
        cells: list[str | Draft] = [name]
        cells.append(facts.fact(f"{label} spend", amount, found.currency, receipts=found.receipts, scope=scope))
        if shares:
            share = cents(amount) * 100 / total
            cells.append(facts.fact(f"{label} share of total spend", share, "percent", receipts=found.receipts))
        facts.row(*cells)

    for name, amount in ranked[:top]:
        add(name, name, amount, narrowed(facts.scope, by, name))
        shown += cents(amount)
    if len(ranked) > top:
        add("other", f"other {plural(words)}", total - shown, facts.scope)
    facts.fact(
        f"{plural(words)} with spend",
        sum(1 for name, _ in ranked if name not in (UNTAGGED, "(none)")),
        plural(words),
        receipts=found.receipts,
    )


def _add_series(facts: Facts, found: Costs, span: Period, by: str, now: datetime) -> None:
    facts.columns = (by.capitalize(), f"Spend ({found.currency})")
    rows = []
    for start, groups in found.amounts.items():
        slot = slot_period(start, span, daily=by == "day")
        amount = cents(sum(groups.values(), Decimal()))
        draft = facts.fact("spend", amount, found.currency, receipts=found.receipts, period=slot)
        facts.row(slot.label, draft)
        rows.append((slot, amount))
    whole = billed_whole(rows, now)
    if not whole or len(rows) < _SEVERAL:
        return
    kind = "daily" if by == "day" else "monthly"
    mean = sum((amount for _, amount in whole), Decimal()) / len(whole)
    partial = len(whole) < len(rows)
    first, last = whole[0][0], whole[-1][0]
    label = days_label(first.start, last.end) if by == "day" else f"{first.label} to {last.label}"
    over = Period(label=label, start=first.start, end=last.end) if len(whole) > 1 else first
    facts.fact(f"average {kind} spend", mean, found.currency, receipts=found.receipts, period=over if partial else None)
    if partial and by == "day":
        left_out = days_label(last.end, rows[-1][0].end)
        facts.notes.append(f"Not billed to its end yet, and so left out of the average and the lowest: {left_out}.")
    if len(whole) < _SEVERAL:
        return
    highest = max(whole, key=lambda row: (row[1], -row[0].start.timestamp()))
    lowest = min(whole, key=lambda row: (row[1], row[0].start))
    for word, (slot, amount) in (("highest", highest), ("lowest", lowest)):
        facts.fact(f"{word} {kind} spend", amount, found.currency, receipts=found.receipts, period=slot)


_Slot = tuple[Period, Decimal]


def billed_whole(rows: Sequence[_Slot], now: datetime) -> list[_Slot]:
    """The days or months that are over, without a last day of which nothing is billed yet and the bill is still due."""
    whole = [(slot, amount) for slot, amount in rows if slot.end <= now and not is_to_date(slot)]
    while whole and not whole[-1][1] and whole[-1][0].days <= 1 and now - whole[-1][0].end < BILLED_WITHIN:
        whole.pop()
    return whole


def _refuse_long(by: str, span: Period) -> None:
    slots = span.days if by == "day" else span.days / 28
    if slots > _LONGEST[by]:
        raise InputError(
            f"{span.label} is too long to be shown by {by}: "
            + ("it can be shown by month, or 35 days of it by day." if by == "day" else "at most 14 months can be.")
        )


def _add_notes(facts: Facts, found: Costs, span: Period, aws: Aws) -> None:
    if span.end > aws.now:
        facts.notes.append(LATE)
    elif found.estimated:
        facts.notes.append("AWS calls these amounts estimates: the month is not closed yet.")


def plural(word: str) -> str:
    """`service` -> `services`."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
