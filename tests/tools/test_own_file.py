"""A file of state: nobody else reads it, and who makes sure of that disturbs nobody who is writing to it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tools.own_file import own_file, own_folder

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


def test_several_that_make_one_folder_at_once_all_find_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the moment in which another one makes what lies above: it was missing when the folder was to be made, and is there
    # when one looks for it; the call cache failed by it, and a question with it
    path = tmp_path / "calls" / "sample" / "deep"
    real = Path.mkdir

    def overtaken(self: Path, mode: int) -> None:
        try:
            real(self, mode)
        except FileNotFoundError:
            for folder in (*reversed(self.parent.parents), self.parent):
                with suppress(FileExistsError):
                    real(folder)
            raise

    monkeypatch.setattr(Path, "mkdir", overtaken)
    own_folder(path)
    assert path.is_dir()


def test_the_folders_on_the_way_are_this_users_too_and_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    own_folder(tmp_path / "a" / "b" / "c")
    for folder in ("a", "a/b", "a/b/c"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    for below in ("file", "file/b"):
        with pytest.raises(OSError, match="file"):
            own_folder(tmp_path / below)
    with pytest.raises(FileNotFoundError):
        own_folder(Path("/proc/regent/nothing"))
