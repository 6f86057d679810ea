"""Periods that Cost Explorer no longer keeps are refused with the earliest day, and AWS is not asked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tools.cost.spans import earliest_day
from tools.errors import InputError


@pytest.mark.parametrize("name", ["spend", "spend_change", "untagged_spend", "commitments", "cost_anomalies"])
@pytest.mark.parametrize("period", ["last_year", "2025-08", "2025-08-31..2025-09-30"])
def test_a_period_that_begins_too_early_names_the_earliest_day(ask: Any, sample: Any, name: str, period: str) -> None:
    sample.server.fault(service="*", kind="error", times=None)  # a call would be another error
    with pytest.raises(InputError, match=r"back to 1 September 2025.*2025-09-01"):
        ask(name, period=period)


@pytest.mark.parametrize(
    ("period", "compared_to"), [("2025-09", "previous"), ("2026-09", "2025-08"), ("last_12_months", "previous")]
)
def test_so_is_a_comparison_with_one(ask: Any, period: str, compared_to: str) -> None:
    with pytest.raises(InputError, match="back to 1 September 2025"):
        ask("spend_change", period=period, compared_to=compared_to)


def test_the_earliest_day_itself_is_answered(ask: Any) -> None:
    assert ask("spend", period="2025-09-01", by="none").facts
    assert ask("commitments", period="2025-09").facts


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-10-15", "2025-09-01"),
        ("2026-01-31", "2024-12-01"),
        ("2026-12-01", "2025-11-01"),
        ("2026-02-28", "2025-01-01"),
    ],
)
def test_the_earliest_day_is_the_first_of_the_month_thirteen_months_ago(now: str, first: str) -> None:
    assert earliest_day(datetime.fromisoformat(now).replace(tzinfo=UTC)) == date.fromisoformat(first)
