"""Home: where Regent keeps its state on this machine, and the only place it writes to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """The folders under `REGENT_HOME`."""

    path: Path

    @classmethod
    def find(cls) -> Home:
        """`$REGENT_HOME`, or the platform's user data directory."""
        named = os.environ.get("REGENT_HOME")
        if named:
            return cls(Path(named).expanduser().absolute())
        from platformdirs import user_data_path

        return cls(user_data_path("regent", appauthor=False))

    @property
    def ledger(self) -> Path:
        """The ledger: only bytes that verification covers."""
        return self.path / "ledger"

    @property
    def keys(self) -> Path:
        """Key files, readable by their owner only."""
        return self.path / "keys"

    @property
    def receipts(self) -> Path:
        """Encrypted AWS responses, one file per receipt."""
        return self.path / "receipts"

    @property
    def evidence(self) -> Path:
        """Snapshots that controls were evaluated from, each with its signature."""
        return self.path / "evidence"

    @property
    def papers(self) -> Path:
        """Documents of the sample company, which the demo has its people approve."""
        return self.path / "sample-documents"

    @property
    def cache(self) -> Path:
        """What can be thrown away: remembered billed calls, generated sample data."""
        return self.path / "cache"

    @property
    def oversight(self) -> Path:
        """The database of usage and approvals."""
        return self.path / "oversight.sqlite"

    @property
    def outbox(self) -> Path:
        """The database of alerts that wait for a channel."""
        return self.path / "outbox.sqlite"

    @property
    def conversations(self) -> Path:
        """The conversations database."""
        return self.path / "conversations.sqlite"
