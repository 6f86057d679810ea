"""What the sample estate holds, for ``regent estate``: a person can check answers against it by eye."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tools.estate.cost import store
from tools.estate.world import ACCOUNTS, COMPANY, CURRENCY, NOW, REGIONS, STORIES


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AccountSummary(_Frozen):
    """One account; ``last_month`` is its gross spend in the last full month."""

    id: str
    name: str
    ou: str
    env: str
    venue: str | None
    team: str
    last_month: Decimal


class MonthSummary(_Frozen):
    """One month: ``gross`` without credits and refunds, ``net`` with them; ``complete`` unless it is still running."""

    month: str
    gross: Decimal
    net: Decimal
    complete: bool


class StorySummary(_Frozen):
    """One planted incident; ``end`` is ``None`` while it goes on."""

    key: str
    title: str
    account: str
    start: datetime
    end: datetime | None
    services: tuple[str, ...]
    summary: str


class EstateSummary(_Frozen):
    """The sample estate at a glance; money in ``currency``, unblended."""

    company: str
    now: datetime
    currency: str
    regions: tuple[str, ...]
    line_items: int
    accounts: tuple[AccountSummary, ...]
    months: tuple[MonthSummary, ...]
    stories: tuple[StorySummary, ...]


def summary(home: Path) -> EstateSummary:
    """The summary of the sample estate whose cost data is cached under ``home`` (REGENT_HOME)."""
    items = store.items(home)
    gross = "sum(billed) FILTER (record_type NOT IN ('Credit', 'Refund'))"
    months = items.rows(f"SELECT month, {gross}, sum(billed) FROM items GROUP BY 1 ORDER BY 1")  # noqa: S608
    this_month = NOW.date().replace(day=1)
    last = max(month for month, _, _ in months if month < this_month)
    spent = dict(
        items.rows(f"SELECT account, {gross} FROM items WHERE month = ? GROUP BY 1", [last])  # noqa: S608
    )
    return EstateSummary(
        company=COMPANY,
        now=NOW,
        currency=CURRENCY,
        regions=REGIONS,
        line_items=items.rows("SELECT count(*) FROM items")[0][0],
        accounts=tuple(
            AccountSummary(
                id=one.id,
                name=one.name,
                ou=one.ou,
                env=one.env,
                venue=one.venue,
                team=one.team,
                last_month=spent.get(one.id, Decimal(0)),
            )
            for one in ACCOUNTS
        ),
        months=tuple(
            MonthSummary(month=f"{month:%Y-%m}", gross=gross_total, net=net, complete=month < this_month)
            for month, gross_total, net in months
        ),
        stories=tuple(
            StorySummary(
                key=one.key,
                title=one.title,
                account=one.account,
                start=one.start,
                end=one.end,
                services=one.services,
                summary=one.summary,
            )
            for one in STORIES
        ),
    )
