"""A file of state: nobody else reads it, and who makes sure of that disturbs nobody who is writing to it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from tools.own_file import own_file

OTHER = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('begin immediate')"


def test_it_is_made_for_this_user_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "home" / "state.sqlite"
    own_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("kept")
    own_file(path)
    assert path.read_text() == "kept"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_lock_that_a_connection_of_this_process_holds_is_not_let_go(tmp_path: Path) -> None:
    # closing any descriptor of the file would: another process would write at the same time, and damage the database
    path = tmp_path / "state.sqlite"
    own_file(path)
    held = sqlite3.connect(path)
    held.execute("create table t (x)")
    held.execute("begin immediate")
    own_file(path)
    other = subprocess.run([sys.executable, "-c", OTHER, str(path)], capture_output=True, text=True, timeout=60)
    held.close()
    assert "database is locked" in other.stderr
