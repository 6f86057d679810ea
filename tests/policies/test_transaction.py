"""A local file of state that several processes open for the first time at once."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from policies import transaction
from policies.transaction import write_ahead


def test_a_new_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    first = sqlite3.connect(tmp_path / "new.sqlite", timeout=0, isolation_level=None, check_same_thread=False)
    first.execute("begin exclusive")
    second = sqlite3.connect(tmp_path / "new.sqlite", timeout=0, isolation_level=None)
    threading.Timer(0.2, lambda: first.execute("commit")).start()
    write_ahead(second)
    assert second.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_file_that_stays_locked_is_refused_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "_WAIT", 0.05)
    first = sqlite3.connect(tmp_path / "new.sqlite", timeout=0, isolation_level=None)
    first.execute("begin exclusive")
    second = sqlite3.connect(tmp_path / "new.sqlite", timeout=0, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write_ahead(second)
