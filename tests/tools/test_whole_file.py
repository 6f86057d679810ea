"""What is written whole: nothing half, nothing left of who was killed, and two at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools.whole_file import written_whole

_WRITER = """
import sys
from pathlib import Path
from tools.whole_file import written_whole

with written_whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
    sys.stdin.read()
"""


def writer(out: Path) -> subprocess.Popen[str]:
    """Another process in the middle of writing `out`; it goes on when its standard input ends."""
    words = [sys.executable, "-c", _WRITER, str(out)]
    begun = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert begun.stdout is not None and begun.stdout.readline() == "begun\n"
    return begun


def test_what_a_killed_one_left_goes_with_the_next_and_what_is_being_written_stays(tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    kept = [tmp_path / name for name in (".pack.zip.notours", ".other.zip.0123abcd", "pack.zip.0123abcd")]
    for one in kept:
        one.write_bytes(b"")
    killed, running = writer(out), writer(out)
    killed.kill()
    killed.wait()
    assert len(list(tmp_path.iterdir())) == 5 and not out.exists()
    with written_whole(out) as file:
        file.write(b"mine")
    assert out.read_bytes() == b"mine" and len(list(tmp_path.iterdir())) == 5, "the killed one's is gone"
    assert running.communicate(timeout=30)[0] == "" and running.returncode == 0
    assert out.read_bytes() == b"half", "the last one to be whole stays"
    assert {*tmp_path.iterdir()} == {out, *kept}


def test_many_at_once_all_finish_and_leave_one_whole_file(tmp_path: Path) -> None:
    out, failed = tmp_path / "all.jsonl", []

    def write(number: int) -> None:
        try:
            for _ in range(20):
                with written_whole(out) as file:
                    file.write(b"%d" % number * 1000)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and list(tmp_path.iterdir()) == [out]
    assert len(out.read_bytes()) == 1000 and len({*out.read_bytes()}) == 1


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "old"
    out.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), written_whole(out) as file:
        file.write(b"half")
        1 / 0  # noqa: B018
    assert out.read_bytes() == b"old" and list(tmp_path.iterdir()) == [out]


def test_a_link_stays_one_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to(real)
    with written_whole(link) as file:
        file.write(b"x")
    assert link.is_symlink() and real.read_bytes() == b"x"
    read, write = os.pipe()
    try:
        with written_whole(Path(f"/proc/self/fd/{write}")) as file:
            file.write(b"through")
        assert os.read(read, 100) == b"through"
    finally:
        os.close(read)
        os.close(write)
