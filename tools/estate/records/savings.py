"""What Compute Optimizer and Cost Optimization Hub recommend: both read this list, so their sums agree.

Prices are round approximations of on-demand prices in eu-west-1, in USD.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import Instance, Tags, rng, uuid

HOURS = 730
HOURLY = {
    "t3.medium": 0.0456, "t3.large": 0.0912, "t3.xlarge": 0.1824, "m6i.large": 0.107, "m6i.xlarge": 0.214,
    "m6i.2xlarge": 0.428, "c6i.xlarge": 0.192, "c6i.4xlarge": 0.768, "r6i.xlarge": 0.282, "r6i.2xlarge": 0.564,
    "g5.12xlarge": 5.67,
}  # fmt: skip
_SMALLER = {
    "m6i.2xlarge": "m6i.xlarge",
    "m6i.xlarge": "m6i.large",
    "r6i.2xlarge": "r6i.xlarge",
    "t3.xlarge": "t3.large",
}
GP2, GP3, ADDRESS = 0.11, 0.088, 0.005


@dataclass(frozen=True, slots=True)
class Saving:
    """One recommendation: action as Cost Optimization Hub names it, monthly cost now and monthly saving in USD."""

    account: str
    region: str
    action: str
    kind: str
    """``Ec2Instance``, ``EbsVolume``, ``RdsDbInstance``, ``RdsReservedInstances``, ``ComputeSavingsPlans``."""
    resource: str
    arn: str
    current: str
    recommended: str
    cost: float
    saving: float
    effort: str
    restart: bool
    source: str
    tags: Tags

    @property
    def id(self) -> str:
        return uuid("saving", self.action, self.arn)

    @property
    def percentage(self) -> float:
        return round(self.saving / self.cost * 100, 2) if self.cost else 0.0


def over_provisioned(item: Instance) -> bool:
    """Whether an instance runs far below its size: some of the fleets that have a smaller type."""
    return item.state == "running" and item.type in _SMALLER and rng("size", item.id).random() < 0.35


def _monthly(kind: str) -> float:
    return round(HOURLY[kind] * HOURS, 2)


def _instances() -> Iterator[Saving]:
    for item in inventory.INSTANCES:
        if item.id in inventory.GPU_INSTANCES:
            cost = _monthly(item.type)
            yield Saving(
                item.account, item.region, "Stop", "Ec2Instance", item.id, item.arn, item.type, "none", cost, cost,
                "VeryLow", True, "ComputeOptimizer", item.tags,
            )  # fmt: skip
        elif over_provisioned(item):
            smaller, cost = _SMALLER[item.type], _monthly(item.type)
            yield Saving(
                item.account, item.region, "Rightsize", "Ec2Instance", item.id, item.arn, item.type, smaller, cost,
                round(cost - _monthly(smaller), 2), "Medium", True, "ComputeOptimizer", item.tags,
            )  # fmt: skip


def _volumes() -> Iterator[Saving]:
    for item in inventory.VOLUMES:
        arn = f"arn:aws:ec2:{item.region}:{item.account}:volume/{item.id}"
        cost = round(item.size * (GP2 if item.type == "gp2" else GP3), 2)
        if item.instance is None:
            yield Saving(
                item.account, item.region, "Delete", "EbsVolume", item.id, arn, f"{item.type} {item.size} GiB", "none",
                cost, cost, "VeryLow", False, "ComputeOptimizer", item.tags,
            )  # fmt: skip
        elif item.type == "gp2":
            saving = round(item.size * (GP2 - GP3), 2)
            yield Saving(
                item.account, item.region, "Upgrade", "EbsVolume", item.id, arn, f"gp2 {item.size} GiB",
                f"gp3 {item.size} GiB", cost, saving, "VeryLow", False, "ComputeOptimizer", item.tags,
            )  # fmt: skip


def _commitments() -> Iterator[Saving]:
    online = inventory.account_id("online-prod")
    cost = round(4 * 1.9 * HOURS, 2)
    yield Saving(
        online, "eu-west-1", "PurchaseReservedInstances", "RdsReservedInstances", "db.r6g.2xlarge",
        f"arn:aws:rds:eu-west-1:{online}:db-class/db.r6g.2xlarge", "on demand: 4 db.r6g.2xlarge",
        "4 reserved db.r6g.2xlarge, 1 year, no upfront", cost, round(4 * (1.9 - 1.262) * HOURS, 2), "Low", False,
        "CostExplorer", Tags(),
    )  # fmt: skip
    payer = inventory.account_id("payer")
    yield Saving(
        payer, "us-east-1", "PurchaseSavingsPlans", "ComputeSavingsPlans", "compute-savings-plan",
        f"arn:aws:savingsplans::{payer}:savingsplan/recommended", "on demand compute", "4.50 USD/hour for 1 year",
        11_400.0, 2_390.0, "VeryLow", False, "CostExplorer", Tags(),
    )  # fmt: skip


def _databases() -> Iterator[Saving]:
    for item in inventory.DATABASES:
        if item.name in ("stg-wallet-db", "siem-meta"):
            cost = 128.0 if item.type.startswith("db.t4g") else 142.0
            yield Saving(
                item.account, item.region, "Rightsize", "RdsDbInstance", item.name, item.arn, item.type,
                item.type.replace("large", "medium"), cost, round(cost / 2, 2), "Medium", True, "ComputeOptimizer",
                item.tags,
            )  # fmt: skip


@cache
def savings() -> tuple[Saving, ...]:
    """Every recommendation, the largest saving first."""
    found = [*_instances(), *_volumes(), *_commitments(), *_databases()]
    return tuple(sorted(found, key=lambda item: (-item.saving, item.id)))
