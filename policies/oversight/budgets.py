"""Budgets: what a person, a role and the house may use per hour and per day, each question and call counted before it.

A window is a clock hour or a day, in UTC. Whoever sets the clock back stays in the latest window that was seen.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from policies.oversight.prices import SHIPPED, Prices, read_prices
from policies.oversight.usage import Count, UsageStore

Measure = Literal["questions", "tokens", "usd"]
_HOUR, _DAY = 3_600, 86_400
_MICRO = Decimal(1_000_000)
_FRESH = 30.0
"""Seconds by which the clock may move, either way, before the store is asked what time others have seen."""
_HELD = 900.0
"""Seconds for which the hold of a call that never ended counts: longer than any question may take."""


AT_ONCE = 8
"""Questions of one person at a time, unless a setting says otherwise: more than anybody reads, and enough for an
assistant that calls several queries side by side."""


class Allowance(BaseModel):
    """The most that may be used; None: no limit of this kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions_at_once: int | None = Field(default=None, ge=1)
    """Questions that run at a time, in each process; of a person, 8 where this is not said (see `running`)."""
    questions_per_hour: int | None = Field(default=None, ge=0)
    tokens_per_day: int | None = Field(default=None, ge=0)
    usd_per_day: Decimal | None = Field(default=None, ge=0)


class BudgetSettings(BaseModel):
    """Who may use how much: each person, some by name, all people of one role together, and the house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Allowance = Allowance(
        questions_at_once=AT_ONCE, questions_per_hour=600, tokens_per_day=2_000_000, usd_per_day=Decimal(25)
    )
    persons: dict[str, Allowance] = {}
    roles: dict[str, Allowance] = {}
    house: Allowance = Allowance(questions_per_hour=6_000, tokens_per_day=20_000_000, usd_per_day=Decimal(250))
    prices: Path | None = None


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A budget that is used up: which, its limit, and when it opens again."""

    limit: str
    value: int | str
    reset: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Lease:
    """What was held for one call. Settle it when the call is over; a lease that is never settled expires."""

    name: str
    counts: tuple[Count, ...]
    store: UsageStore

    def settle(self, tokens: int, usd: Decimal) -> None:
        """Count what the call really took."""
        real = {"tokens": tokens, "usd": _micro(usd)}
        self.store.settle(self.name, self.counts, [real[_measure(one.key)] for one in self.counts])


class Budgets:
    """Counts against the budgets. Safe for threads; the store keeps processes from passing each other."""

    def __init__(self, settings: BudgetSettings, store: UsageStore, *, clock: Callable[[], float] = time.time) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self._seen = float("-inf")
        self._asked_at = float("-inf")

    @property
    def remote(self) -> bool:
        """Whether counting may wait for a network."""
        return self._store.remote

    @property
    def prices(self) -> Prices:
        """The price table. SettingsError when it cannot be used."""
        return read_prices(self._settings.prices or SHIPPED)

    def question(self, principal: str, role: str) -> Exhausted | None:
        """Count one question; why not, if a budget is used up.

        Raises:
            UsageError: it cannot be counted.
        """
        now = self._now(fresh=True)
        refused = self._store.count(self._counts(principal, role, now, {"questions": 1}))
        return None if refused is None else self._exhausted(refused)

    def model_call(self, principal: str, role: str, model: str, given: int, written: int) -> Lease | Exhausted | None:
        """Hold the most tokens that a call may take; None for a model that takes none (no language model).

        Raises:
            UsageError: it cannot be counted.
        """
        if model == "offline":
            return None
        usd = self.prices.tokens(model, given, written)
        return self._hold(principal, role, {"tokens": given + written, "usd": _micro(usd)})

    def query_call(self, principal: str, role: str, operations: Iterable[str]) -> Lease | Exhausted | None:
        """Hold what a query with these operations is taken to cost; None if AWS bills none of them.

        Raises:
            UsageError: it cannot be counted.
        """
        usd = self.prices.expected(operations)
        return self._hold(principal, role, {"usd": _micro(usd)}) if usd else None

    def spent_today(self) -> Decimal:
        """What the whole house spent since midnight UTC, in USD: model tokens and billed calls, held ones included.

        Raises:
            UsageError: it cannot be read.
        """
        start = int(self._now(fresh=True) // _DAY) * _DAY
        return Decimal(self._store.total(f"house|usd|{start}")) / _MICRO

    def _hold(self, principal: str, role: str, amounts: dict[Measure, int]) -> Lease | Exhausted:
        now = self._now()
        lease = Lease(secrets.token_hex(8), self._counts(principal, role, now, amounts), self._store)
        refused = self._store.hold(lease.name, lease.counts, now + _HELD, now)
        return lease if refused is None else self._exhausted(refused)

    def _now(self, *, fresh: bool = False) -> float:
        """The latest time that anybody saw: asked of the store for every question, and when the clock has moved far."""
        clock = self._clock()
        if fresh or abs(clock - self._asked_at) > _FRESH:
            self._seen, self._asked_at = max(self._seen, self._store.latest(clock)), clock
        return max(self._seen, clock)

    def _counts(self, principal: str, role: str, now: float, amounts: dict[Measure, int]) -> tuple[Count, ...]:
        held = self._settings
        levels = (
            (f"principal:{principal}", held.persons.get(principal, held.person)),
            (f"role:{role}", held.roles.get(role, Allowance())),
            ("house", held.house),
        )
        return tuple(
            Count(key=f"{who}|{measure}|{start}", amount=amount, limit=_limit(allowed, measure), ends=start + length)
            for measure, amount in amounts.items()
            for length in [_HOUR if measure == "questions" else _DAY]
            for start in [int(now // length) * length]
            for who, allowed in levels
        )

    def _exhausted(self, refused: Count) -> Exhausted:
        who, measure, _ = refused.key.rsplit("|", 2)
        kind, _, name = who.partition(":")
        whose = {"principal": "You have", "role": f"All {name}s together have", "house": "The house has"}[kind]
        reset = datetime.fromtimestamp(refused.ends, UTC)
        limit = refused.limit or 0
        units = measure.removesuffix("s") if limit == 1 else measure
        shown = f"USD {limit / _MICRO:,.2f}" if measure == "usd" else f"{limit:,} {units}"
        window = "this hour" if measure == "questions" else "today"
        sentence = (
            f"{whose} a budget of {shown} for {window} (UTC), and what is left of it is not enough for this. "
            f"It opens again at {reset:%Y-%m-%d %H:%M} UTC."
        )
        value: int | str = f"{limit / _MICRO:f}" if measure == "usd" else limit
        return Exhausted(f"{kind} {measure} per {'hour' if measure == 'questions' else 'day'}", value, reset, sentence)


def _limit(allowed: Allowance, measure: Measure) -> int | None:
    match measure:
        case "questions":
            return allowed.questions_per_hour
        case "tokens":
            return allowed.tokens_per_day
        case "usd":
            return None if allowed.usd_per_day is None else int(allowed.usd_per_day * _MICRO)


def _measure(key: str) -> str:
    return key.rsplit("|", 2)[1]


def _micro(usd: Decimal) -> int:
    """Millionths of a USD, rounded up."""
    return int((usd * _MICRO).to_integral_value(ROUND_CEILING))
