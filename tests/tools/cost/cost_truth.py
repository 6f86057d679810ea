"""What the cost tests share: rounding and SQL conditions over the exported line items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def cents(amount: Any) -> Decimal:
    """An exact amount as a fact shows it."""
    return Decimal(amount).quantize(Decimal("0.01"))


def during(first: str, last: str) -> str:
    """SQL: charge periods from `first` to `last`, both included."""
    return f"ChargePeriodStart BETWEEN DATE '{first}' AND DATE '{last}'"


SEPTEMBER = during("2026-09-01", "2026-09-30")
AUGUST = during("2026-08-01", "2026-08-31")
GROSS = "x_RecordType NOT IN ('Credit', 'Refund')"
