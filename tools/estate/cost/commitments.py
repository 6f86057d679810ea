"""What the company committed to: Savings Plans and reserved databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tools.estate.world import BY_NAME

SAVINGS_PLAN_RATE = 0.72
"""USD of commitment that pays for one USD of on-demand usage."""


@dataclass(frozen=True, slots=True)
class SavingsPlan:
    """A no-upfront Compute Savings Plan; ``hourly`` is the commitment in USD an hour, ``end`` its last day."""

    id: str
    account: str
    hourly: float
    start: date
    end: date
    years: int

    @property
    def arn(self) -> str:
        return f"arn:aws:savingsplans::{BY_NAME[self.account].id}:savingsplan/{self.id}"

    def active(self, day: date) -> bool:
        return self.start <= day <= self.end


PLAN_ONLINE = SavingsPlan(
    "5f0c9a1e-6b7d-4c55-9a0e-2d41c0a86001", "online-prod", 6.00, date(2025, 12, 1), date(2026, 11, 30), 1
)
PLAN_SHARED = SavingsPlan("8a3e7b24-91cd-4f0a-b7d2-6c19e5f36002", "payer", 4.00, date(2025, 3, 1), date(2028, 2, 29), 3)
PLANS = {plan.id: plan for plan in (PLAN_ONLINE, PLAN_SHARED)}


@dataclass(frozen=True, slots=True)
class Reservation:
    """Reserved databases of one kind. ``hourly`` is the effective USD an hour of one, ``on_demand`` its list price.

    ``start`` and ``end`` are the first and last day on which they are billed. ``uses`` says which databases they
    cover: account, database, usage type, hours a day, list price of such an hour.
    """

    id: str
    account: str
    instance_type: str
    count: int
    hourly: float
    start: date
    end: date
    uses: tuple[tuple[str, str, str, float, float], ...]

    def active(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def arn(self) -> str:
        return f"arn:aws:rds:eu-west-1:{BY_NAME[self.account].id}:ri:{self.id}"


_MULTI, _SINGLE = "EUW1-Multi-AZUsage", "EUW1-InstanceUsage"
DB_R6G_2XL_MULTI, DB_R6G_XL_MULTI, DB_R6G_XL, DB_M6G_XL_MULTI = 1.942, 0.970, 0.485, 0.634
"""On-demand USD an hour."""

# The same reservations as in tools.estate.inventory.databases, and the lease before the one that ran out.
_ONLINE_DATABASES = tuple(
    ("online-prod", name, f"{_MULTI}:db.r6g.2xlarge", 24.0, DB_R6G_2XL_MULTI)
    for name in ("bet-settlement-db", "wallet-db", "player-db", "odds-db")
)
RESERVATIONS: tuple[Reservation, ...] = (
    Reservation(
        "ri-online-r6g-2xl-2024",
        "online-prod",
        "db.r6g.2xlarge",
        4,
        1.262,
        date(2024, 10, 1),
        date(2025, 9, 30),
        _ONLINE_DATABASES,
    ),
    Reservation(
        "ri-online-r6g-2xl",
        "online-prod",
        "db.r6g.2xlarge",
        4,
        1.262,
        date(2025, 10, 1),
        date(2026, 9, 30),
        _ONLINE_DATABASES,
    ),
    Reservation(
        "ri-data-r6g-xl",
        "data-prod",
        "db.r6g.xlarge",
        2,
        0.315,
        date(2026, 2, 17),
        date(2027, 2, 17),
        (
            ("data-prod", "reporting-db", f"{_SINGLE}:db.r6g.xlarge", 24.0, DB_R6G_XL),
            # A Multi-AZ database counts twice, so one single reservation pays for half of it.
            ("data-prod", "warehouse-meta", f"{_MULTI}:db.r6g.xlarge", 12.0, DB_R6G_XL_MULTI),
        ),
    ),
    Reservation(
        "ri-online-r6g-xl",
        "online-prod",
        "db.r6g.xlarge",
        1,
        0.315,
        date(2026, 4, 28),
        date(2027, 4, 28),
        (("data-prod", "warehouse-meta", f"{_MULTI}:db.r6g.xlarge", 12.0, DB_R6G_XL_MULTI),),
    ),
    Reservation(
        "ri-office-m6g-xl",
        "backoffice-prod",
        "db.m6g.xlarge",
        1,
        0.412,
        date(2025, 11, 18),
        date(2026, 11, 18),
        (("backoffice-prod", "erp-db", f"{_MULTI}:db.m6g.xlarge", 24.0, DB_M6G_XL_MULTI),),
    ),
)


@dataclass(frozen=True, slots=True)
class ReservedDatabase:
    """A database that a reservation covers in some months, and that is billed on demand otherwise."""

    account: str
    name: str
    usage_type: str
    instance_type: str
    on_demand: float
    team: str | None = None


RESERVED_DATABASES: tuple[ReservedDatabase, ...] = (
    ReservedDatabase(
        "online-prod",
        "bet-settlement-db",
        f"{_MULTI}:db.r6g.2xlarge",
        "db.r6g.2xlarge",
        DB_R6G_2XL_MULTI,
        "payments",
    ),
    ReservedDatabase(
        "online-prod", "wallet-db", f"{_MULTI}:db.r6g.2xlarge", "db.r6g.2xlarge", DB_R6G_2XL_MULTI, "payments"
    ),
    ReservedDatabase("online-prod", "player-db", f"{_MULTI}:db.r6g.2xlarge", "db.r6g.2xlarge", DB_R6G_2XL_MULTI),
    ReservedDatabase("online-prod", "odds-db", f"{_MULTI}:db.r6g.2xlarge", "db.r6g.2xlarge", DB_R6G_2XL_MULTI),
    ReservedDatabase("data-prod", "warehouse-meta", f"{_MULTI}:db.r6g.xlarge", "db.r6g.xlarge", DB_R6G_XL_MULTI),
    ReservedDatabase("data-prod", "reporting-db", f"{_SINGLE}:db.r6g.xlarge", "db.r6g.xlarge", DB_R6G_XL),
    ReservedDatabase("backoffice-prod", "erp-db", f"{_MULTI}:db.m6g.xlarge", "db.m6g.xlarge", DB_M6G_XL_MULTI),
)
