"""Spend change: what went up, what went down, by how much, where, and in which usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import Costs, Dimension, Key, Top, cents, costs, narrowed, scope_of
from tools.cost.names import billed_names
from tools.cost.spans import billed_period, compared, complete_days, is_to_date
from tools.facts import Basis, Draft, Facts, Scope
from tools.periods import Period
from tools.registry import PeriodWord, query

_NAMED = 3
"""The biggest movers for which the usage type is looked up."""


@dataclass(frozen=True, slots=True)
class Move:
    """Exact amounts of one group in the earlier and the later period."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """As a reader computes it from the amounts shown."""
        return cents(self.after) - cents(self.before)


@dataclass(frozen=True, slots=True)
class Pair:
    """The later period and the one it is compared with."""

    before: Period
    after: Period

    @property
    def both(self) -> Period:
        """From the start of the earlier to the end of the later: what facts about the change cover."""
        first, second = sorted((self.before, self.after), key=lambda period: period.start)
        label = f"{self.after.label} against {self.before.label}"
        return Period(label=label, start=first.start, end=max(first.end, second.end))

    @property
    def whole_months_in_a_row(self) -> bool:
        """Whether one monthly request answers both."""
        edges = (self.before.start, self.before.end, self.after.start, self.after.end)
        return self.before.end == self.after.start and all(edge.day == 1 for edge in edges)


@query(
    domain="cost",
    operations=("ce:GetCostAndUsage", "ce:GetDimensionValues", "ce:GetTags"),
    reach="payer",
)
def spend_change(
    aws: Aws,
    period: PeriodWord = "last_month",
    compared_to: PeriodWord = "previous",
    by: Dimension = "service",
    accounts: Accounts = "all",
    service: str | None = None,
    team: str | None = None,
    venue: str | None = None,
    net: bool = True,
    top: Top = 6,
) -> Facts:
    """Why spend changed: before, after, change and percent, with the groups that rose and fell most, and where.

    `compared_to` is `previous` (the period just before; the same days for a period to date) or a period word. For the
    biggest movers it says in which account and usage type. Costs two to four Cost Explorer requests.
    """
    after = complete_days(billed_period(period, aws.now), aws.now)
    spans = Pair(compared(after, compared_to, aws.now), after)
    chosen = aws.directory.select(accounts)
    where = billed_names(aws, spans.both, {"service": service, "team": team, "venue": venue})
    basis: Basis = "net" if net else "gross"
    scope = scope_of(aws, chosen, basis, where)
    # what the biggest movers are broken down by: the account, or for accounts the service
    second = "service" if by == "account" else "account"
    first = _both(aws, spans, chosen, basis, (by, second), where)
    moves = _moves(spans, first, 0)
    change = _total(moves)
    shown = _biggest(moves, top)
    facts = Facts(
        read_as=f"spend change by {by.replace('_', ' ')}, {spans.both.label}, {scope.text()}",
        period=spans.both,
        scope=scope,
    )
    receipts, currency = _receipts(first), first[0].currency
    _add_total(facts, spans, change, moves, receipts, currency)
    named = [move for move in shown if move.change][:_NAMED]
    usage = None
    if named and by != "usage_type":
        usage = _both(aws, spans, chosen, basis, (by, "usage_type"), where, (by, [move.name for move in named]))
    words = by.replace("_", " ")
    facts.columns = (words.capitalize(), f"Before ({currency})", f"After ({currency})", f"Change ({currency})",
                     "Change (percent)", f"Mainly in {second}", "Mainly usage type")  # fmt: skip
    for move in shown:
        place = _within(facts, spans, first, move, by, second, detail=move in named)
        kind = _within(facts, spans, usage, move, by, "usage_type", detail=True) if usage and move in named else "-"
        _add_row(facts, spans, move, narrowed(scope, by, move.name), receipts, currency, place, kind)
    rest = [move for move in moves if move not in shown]
    if rest:
        other = Move("other", *(sum((getattr(m, side) for m in rest), Decimal()) for side in ("before", "after")))
        left = change.change - sum((move.change for move in shown), Decimal())
        _add_row(facts, spans, other, scope, receipts, currency, "-", "-", change=left)
    return facts


def _both(
    aws: Aws,
    spans: Pair,
    accounts: tuple[Account, ...],
    basis: Basis,
    by: tuple[str, str],
    where: dict[str, str],
    among: tuple[str, Sequence[str]] | None = None,
) -> tuple[Costs, Costs]:
    """Amounts before and after: one request where one covers both, since each is billed."""
    if spans.whole_months_in_a_row:
        both = costs(aws, spans.both, accounts=accounts, basis=basis, by=by, where=where, among=among)
        return both, both
    before, after = (
        costs(aws, span, accounts=accounts, basis=basis, by=by, where=where, among=among)
        for span in (spans.before, spans.after)
    )
    return before, after


def _moves(spans: Pair, found: tuple[Costs, Costs], part: int, only: str | None = None) -> list[Move]:
    """Amounts per name of key part `part`, largest change first; `only` keeps one name of the first part."""
    before, after = _sums(found[0], spans.before, part, only), _sums(found[1], spans.after, part, only)
    moves = [Move(n, before.get(n, Decimal()), after.get(n, Decimal())) for n in sorted(before.keys() | after.keys())]
    return sorted(moves, key=lambda move: (-abs(move.change), move.name))


def _sums(found: Costs, span: Period, part: int, only: str | None) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    totals: dict[Key, Decimal] = found.totals(span)
    for key, amount in totals.items():
        if only is None or key[0] == only:
            sums[key[part]] += amount
    return sums


def _total(moves: Iterable[Move]) -> Move:
    held = list(moves)
    before, after = (sum((getattr(m, side) for m in held), Decimal()) for side in ("before", "after"))
    return Move("total", before, after)


def _biggest(moves: list[Move], top: int) -> list[Move]:
    """The biggest movers, with at least two of each direction where there are so many; largest change first."""
    moved = [move for move in moves if move.change]
    least = min(2, top // 2)
    kept = {move.name for sign in (1, -1) for move in [m for m in moved if m.change * sign > 0][:least]}
    for move in moved:
        if len(kept) >= top:
            break
        kept.add(move.name)
    return [move for move in moved if move.name in kept]


def _add_total(
    facts: Facts, spans: Pair, total: Move, moves: list[Move], receipts: tuple[str, ...], currency: str
) -> None:
    facts.fact("spend", total.before, currency, receipts=receipts, period=spans.before)
    facts.fact("spend", total.after, currency, receipts=receipts, period=spans.after, headline=True)
    facts.fact("change in spend", total.change, currency, receipts=receipts, headline=True)
    percent = _percent(total)
    if percent is None:
        facts.notes.append(f"No percent change: spend in {spans.before.label} was not above zero.")
    else:
        facts.fact("change in spend, relative", percent, "percent", receipts=receipts, headline=True)
    risen = sum((move.change for move in moves if move.change > 0), Decimal())
    facts.fact("sum of all increases", risen, currency, receipts=receipts)
    facts.fact("sum of all decreases", total.change - risen, currency, receipts=receipts)
    if spans.before.days != spans.after.days:
        facts.notes.append(
            f"The periods differ in length: {spans.after.label} has {spans.after.days:g} days, "
            f"{spans.before.label} {spans.before.days:g}."
        )
        for span, amount in ((spans.before, total.before), (spans.after, total.after)):
            mean = amount / Decimal(str(span.days))
            facts.fact("average daily spend", mean, currency, receipts=receipts, period=span)
    if is_to_date(spans.after):
        facts.notes.append("Today is left out: its bill is not complete.")


def _add_row(
    facts: Facts,
    spans: Pair,
    move: Move,
    scope: Scope,
    receipts: tuple[str, ...],
    currency: str,
    place: str | Draft,
    kind: str | Draft,
    *,
    change: Decimal | None = None,
) -> None:
    label, percent = f"{move.name} spend", _percent(move)
    moved = move.change if change is None else change
    facts.row(
        move.name,
        facts.fact(label, move.before, currency, receipts=receipts, period=spans.before, scope=scope),
        facts.fact(label, move.after, currency, receipts=receipts, period=spans.after, scope=scope),
        facts.fact(f"change in {label}", moved, currency, receipts=receipts, scope=scope),
        "-"
        if percent is None
        else facts.fact(f"change in {label}, relative", percent, "percent", receipts=receipts, scope=scope),
        place,
        kind,
    )


def _within(
    facts: Facts, spans: Pair, found: tuple[Costs, Costs], move: Move, by: str, field: str, *, detail: bool
) -> str | Draft:
    """The part of a mover that changed most in its direction, named; with `detail` also by how much."""
    parts = [part for part in _moves(spans, found, 1, move.name) if part.change * move.change > 0]
    if not parts:
        return "-"
    part, words = parts[0], field.replace("_", " ")
    if not detail:
        return part.name
    scope, receipts = narrowed(facts.scope, by, move.name), _receipts(found)
    inner = narrowed(scope, field, part.name)
    facts.fact(
        f"change in {move.name} spend, {words} {part.name}",
        part.change,
        found[0].currency,
        receipts=receipts,
        scope=inner,
    )
    return facts.fact(f"{words} with most of the change in {move.name} spend", part.name, "name", receipts=receipts,
                      scope=scope)  # fmt: skip


def _percent(move: Move) -> Decimal | None:
    """Relative change in percent, of the amounts shown; None if there was nothing, or a credit, before."""
    before = cents(move.before)
    return move.change * 100 / before if before > 0 else None


def _receipts(found: tuple[Costs, Costs]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*found[0].receipts, *found[1].receipts)))
