"""What oversees every turn: the kill switch and the budgets, each behind its own small interface."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policies.oversight.budgets import Budgets, BudgetSettings
from policies.oversight.database import Database
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
    database: Database | None = None
    """The local store behind it, if there is one; closed with the desk."""

    @classmethod
    def local(cls, home: Path, ledger: Ledger, budgets: BudgetSettings | None = None) -> Oversight:
        """Kept in files below `home`, beside its ledger."""
        database = Database(home / "oversight.sqlite")
        return cls(
            switch=FileSwitch(home / "switch.json", ledger),
            budgets=Budgets(budgets or BudgetSettings(), SqliteUsage(database)),
            database=database,
        )

    def close(self) -> None:
        """Let go of the local store; it opens again when it is needed."""
        if self.database is not None:
            self.database.close()
