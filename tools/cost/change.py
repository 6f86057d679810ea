"""Spend change: what went up, what went down, by how much, where, and in which usage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import NOT_USAGE, Costs, Dimension, Key, Top, cents, costs, few, narrowed, scope_of
from tools.cost.names import billed_names
from tools.cost.parts import Kept, Part, kept_by, named_by
from tools.cost.spans import billed_period, compared, complete_days, evened, is_to_date
from tools.facts import Basis, Draft, Facts, Scope
from tools.periods import Period
from tools.registry import PeriodWord, query

_MOST_ROWS = 7
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
    def daily(self) -> bool:
        """Whether daily averages are compared: sums of periods of unlike length say nothing of each other."""
        return abs(self.before.days - self.after.days) > self.before.days / 10

    @property
    def measure(self) -> str:
        """What is compared, in words."""
        return "average daily spend" if self.daily else "spend"

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
    part: Part | None = None,
) -> Facts:
    """Why spend changed: before, after, change and percent, with the groups that rose and fell most, and where.

    `compared_to` is `previous` (the period just before; the same days for a period to date) or a period word. For the
    biggest movers it says in which account and usage type. Periods of unlike length (a day and a month) are compared by
    average daily spend, their movers too. Costs two to four Cost Explorer requests.
    """
    after = complete_days(billed_period(period, aws.now), aws.now)
    before = compared(after, compared_to, aws.now)
    spans = Pair(*evened(before, after, (compared_to, period), aws.now))
    chosen = aws.directory.select(accounts)
    where = billed_names(aws, spans.both, {"service": service, "team": team, "venue": venue})
    basis: Basis = "net" if net else "gross"
    # credits are booked on some service, so a driver is looked for in what usage cost, and credits stand apart
    ask = Asking(aws, spans, chosen, kept_by(aws, spans.both, part, where))
    # what the biggest movers are broken down by: the account, or for accounts the service
    second = "service" if by == "account" else "account"
    first = ask.both((by, second))
    returned = ask.both(("charge_type", second), ("charge_type", NOT_USAGE), "net") if net else None
    moves = _moves(spans, first, 0)
    booked = _moves(spans, returned, 0) if returned else []
    total = _total([*moves, *booked])
    scope = scope_of(aws, chosen, basis, named_by(where, part))
    facts = Facts(
        read_as=f"spend change by {by.replace('_', ' ')}, {spans.both.label}, {scope.text()}",
        period=spans.both,
        scope=scope,
    )
    for asked, held in ((before, spans.before), (after, spans.after)):
        if asked != held:
            facts.notes.append(
                f"Days that are not billed yet are left out on both sides: {held.label} is compared, not {asked.label}."
            )
    shown = _biggest(moves, few(facts, top, _MOST_ROWS))
    receipts, currency = _receipts(first, returned), first[0].currency
    _add_total(facts, spans, total, [*moves, *booked], [first, returned], receipts)
    named = [move for move in shown if move.change][:_NAMED]
    usage = None
    if named and by != "usage_type":
        usage = ask.both((by, "usage_type"), (by, [move.name for move in named]))
    table = Movers(facts, spans, by, second, currency, scope.model_copy(update={"basis": "gross"}))
    table.head()
    for move in shown:
        place = table.within(first, move, second, detail=move in named)
        kind = table.within(usage, move, "usage_type", detail=True) if usage and move in named else "-"
        own = narrowed(table.scope, by, move.name)
        table.row(move, own, _receipts(first), place, kind, detail=move in named)
    rest = _total([move for move in moves if move not in shown])
    left = total.change - sum((move.change for move in [*shown, *booked]), Decimal())
    if len(moves) > len(shown):
        table.row(Move("other", rest.before, rest.after), table.scope, _receipts(first), "-", "-", change=left)
    for move in booked:
        place = table.within(returned, move, second, detail=False, by="charge_type") if returned else "-"
        table.row(move, narrowed(scope, "charge_type", move.name), _receipts(returned), place, "-")
    if booked and any(move.change for move in booked):
        facts.notes.append("The drivers are gross; credits and refunds are rows of their own, so that all adds up.")
    return facts


@dataclass(frozen=True, slots=True)
class Asking:
    """The two periods asked about, with the accounts and filters they have in common."""

    aws: Aws
    spans: Pair
    accounts: tuple[Account, ...]
    where: Kept

    def both(
        self, by: tuple[str, str], among: tuple[str, Sequence[str]] | None = None, basis: Basis = "gross"
    ) -> tuple[Costs, Costs]:
        """Amounts before and after: one request where one covers both, since each is billed."""

        def ask(span: Period) -> Costs:
            return costs(self.aws, span, accounts=self.accounts, basis=basis, by=by, where=self.where, among=among)

        if self.spans.whole_months_in_a_row:
            found = ask(self.spans.both)
            return found, found
        return ask(self.spans.before), ask(self.spans.after)


def _moves(spans: Pair, found: tuple[Costs, Costs], part: int, only: str | None = None) -> list[Move]:
    """What is compared, per name of key part `part`, largest change first; `only` keeps one name of the first part."""
    before, after = (
        {name: amount / Decimal(str(span.days)) if spans.daily else amount for name, amount in sums.items()}
        for span, sums in (
            (spans.before, _sums(found[0], spans.before, part, only)),
            (spans.after, _sums(found[1], spans.after, part, only)),
        )
    )
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
    facts: Facts,
    spans: Pair,
    total: Move,
    moves: list[Move],
    found: Sequence[tuple[Costs, Costs] | None],
    receipts: tuple[str, ...],
) -> None:
    currency = next(pair[0].currency for pair in found if pair)
    if not spans.daily:
        _add_moved(facts, spans, total, receipts, currency)
    for at, span in enumerate((spans.before, spans.after)):
        billed = (amount for pair in found if pair for amount in pair[at].totals(span).values())
        whole = sum(billed, Decimal())
        facts.fact("spend", whole, currency, receipts=receipts, period=span, headline=span is spans.after)
    if spans.daily:
        for span, amount in ((spans.before, total.before), (spans.after, total.after)):
            facts.fact(spans.measure, amount, currency, receipts=receipts, period=span, headline=True)
        _add_moved(facts, spans, total, receipts, currency)
    risen, within = sum((move.change for move in moves if move.change > 0), Decimal()), ""
    if spans.daily:
        within = f" in {spans.measure}"
    facts.fact(f"sum of all increases{within}", risen, currency, receipts=receipts)
    facts.fact(f"sum of all decreases{within}", total.change - risen, currency, receipts=receipts)
    if spans.before.days != spans.after.days:
        how = "; what moved is compared by day" if spans.daily else ""
        days = f"{spans.after.days:g} day{'' if spans.after.days == 1 else 's'}"
        facts.notes.append(
            f"The periods differ in length: {spans.after.label} has {days}, "
            f"{spans.before.label} {spans.before.days:g}{how}."
        )
    if is_to_date(spans.after):
        facts.notes.append("Today is left out: its bill is not complete.")


def _add_moved(facts: Facts, spans: Pair, total: Move, receipts: tuple[str, ...], currency: str) -> None:
    label, percent = f"change in {spans.measure}", _percent(total)
    facts.fact(label, total.change, currency, receipts=receipts, headline=not spans.daily)
    if percent is None:
        facts.notes.append(f"No percent change: spend in {spans.before.label} was not above zero.")
    else:
        facts.fact(f"{label}, relative", percent, "percent", receipts=receipts, headline=True)


@dataclass(frozen=True, slots=True)
class Movers:
    """The table of what moved, largest change first."""

    facts: Facts
    spans: Pair
    by: str
    second: str
    currency: str
    scope: Scope

    def head(self) -> None:
        """Name the columns."""
        words = self.by.replace("_", " ").capitalize()
        what = "Change in daily average" if self.spans.daily else "Change"
        change = (f"{what} ({self.currency})", "Change (percent)")
        self.facts.columns = (words, *change, f"Mainly in {self.second}", "Mainly usage type")

    def row(
        self,
        move: Move,
        scope: Scope,
        receipts: tuple[str, ...],
        place: str,
        kind: str,
        *,
        change: Decimal | None = None,
        detail: bool = False,
    ) -> None:
        """Add one mover; with `detail` also its amounts. `change` is given where it is what other rows leave over."""
        fact, spans, currency = self.facts.fact, self.spans, self.currency
        label = f"{move.name} {spans.measure}"
        percent, moved = _percent(move), move.change if change is None else change
        if change is not None or percent is None:
            share: str | Draft = "-"
        else:
            share = fact(f"change in {label}, relative", percent, "percent", receipts=receipts, scope=scope)
        if detail:
            fact(label, move.before, currency, receipts=receipts, period=spans.before, scope=scope)
            fact(label, move.after, currency, receipts=receipts, period=spans.after, scope=scope)
        moved_fact = fact(f"change in {label}", moved, currency, receipts=receipts, scope=scope)
        self.facts.row(move.name, moved_fact, share, place, kind)

    def within(self, found: tuple[Costs, Costs], move: Move, field: str, *, detail: bool, by: str | None = None) -> str:
        """The part of a mover that changed most in its direction; with `detail` its change is a fact too."""
        parts = [part for part in _moves(self.spans, found, 1, move.name) if part.change * move.change > 0]
        if not parts:
            return "-"
        part = parts[0]
        if detail:
            inner = narrowed(narrowed(self.scope, by or self.by, move.name), field, part.name)
            label = f"change in {move.name} {self.spans.measure}, {field.replace('_', ' ')} {part.name}"
            self.facts.fact(label, part.change, self.currency, receipts=_receipts(found), scope=inner)
        return part.name


def _percent(move: Move) -> Decimal | None:
    """Relative change in percent, of the amounts shown; None if there was nothing, or a credit, before."""
    before = cents(move.before)
    return move.change * 100 / before if before > 0 else None


def _receipts(*found: tuple[Costs, Costs] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(receipt for pair in found if pair for costs_ in pair for receipt in costs_.receipts))
