"""What oversees every turn: the kill switch, budgets, approvals and refusals, each behind its own small interface."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policies.oversight.approval_store import SqliteApprovals
from policies.oversight.approvals import Approvals, ApprovalSettings
from policies.oversight.budgets import Budgets, BudgetSettings
from policies.oversight.database import Database
from policies.oversight.refusals import Refusals
from policies.oversight.running import Running
from policies.oversight.switch import Switch
from policies.oversight.switch_file import FileSwitch
from policies.oversight.usage_sqlite import SqliteUsage

if TYPE_CHECKING:
    from policies.audit import Ledger


@dataclass(frozen=True, slots=True)
class Oversight:
    """Shared by all questions of a process. Safe for threads."""

    switch: Switch
    budgets: Budgets
    approvals: Approvals
    refusals: Refusals
    running: Running
    database: Database | None = None
    """The local store behind it, if there is one; closed with the desk."""

    @classmethod
    def local(
        cls,
        home: Path,
        ledger: Ledger,
        budgets: BudgetSettings | None = None,
        approvals: ApprovalSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> Oversight:
        """Kept in files below `home`, beside its ledger. `clock` gives Unix seconds; it may jump."""
        database, budgets = Database(home / "oversight.sqlite"), budgets or BudgetSettings()
        usage = SqliteUsage(database)
        return cls(
            switch=FileSwitch(home / "switch.json", ledger),
            budgets=Budgets(budgets, usage, clock=clock),
            approvals=Approvals(
                SqliteApprovals(database), ledger, approvals or ApprovalSettings(), lambda: usage.latest(clock())
            ),
            refusals=Refusals(home / "refused.sqlite", ledger, clock=clock),
            running=Running(budgets),
            database=database,
        )

    def close(self) -> None:
        """Let go of the local store; it opens again when it is needed."""
        self.refusals.close()
        if self.database is not None:
            self.database.close()
