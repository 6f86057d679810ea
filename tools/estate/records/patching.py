"""SSM patch states: what each managed instance installed and misses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import Instance, ago, digest, rng
from tools.estate.records.vulnerabilities import UNMANAGED, WINDOW, Patch, missing

BASELINE = "pb-" + digest("baseline")[:17]


@dataclass(frozen=True, slots=True)
class PatchState:
    """The last patch operation of an instance."""

    instance: Instance
    group: str
    missing: tuple[Patch, ...]
    failed: int
    installed: int
    operation: str
    started: datetime

    @property
    def critical(self) -> int:
        return sum(patch.severity == "Critical" for patch in self.missing)

    @property
    def other(self) -> int:
        return len(self.missing) - self.critical

    @property
    def compliant(self) -> bool:
        return not self.missing and not self.failed

    @property
    def online(self) -> bool:
        return self.instance.state == "running"


def _state(item: Instance) -> PatchState:
    random = rng("patch", item.id)
    gap = item.name in inventory.PATCH_GAP
    # The six of the story tried and failed in the window; since then only scans run, which find the same.
    started = WINDOW + timedelta(minutes=random.randint(5, 55)) if gap else ago(days=2, hours=random.randint(1, 20))
    return PatchState(
        item,
        "floor-systems" if item.role == "floor-system" else "servers",
        missing(item),
        0,
        random.randint(180, 260),
        "Install" if gap else "Scan",
        started,
    )


@cache
def patch_states() -> tuple[PatchState, ...]:
    """The patch state of every managed instance."""
    return tuple(_state(item) for item in inventory.INSTANCES if item.role not in UNMANAGED)
