"""Processes that begin loaded are what tests take them for: processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.warm import REGENT, Warm, ran

pytestmark = pytest.mark.slow

TELLS = """
import os, sys
given = sys.stdin.read()
print(os.getcwd(), dict(os.environ) == {"A": "1"}, sys.argv, os.getppid(), given, "strands" in sys.modules)
print("an error", file=sys.stderr)
sys.exit(7)
"""


def test_it_has_its_own_words_variables_folder_pipes_and_end_and_is_the_child_of_who_began_it(tmp_path: Path) -> None:
    done = ran([sys.executable, "-c", TELLS, "x"], input="given", cwd=tmp_path, env={"A": "1"})
    assert (done.returncode, done.stderr) == (7, "an error\n")
    assert done.stdout == f"{tmp_path} True ['-c', 'x'] {os.getpid()} given True\n"


def test_what_kills_it_is_told_and_an_error_has_its_trace() -> None:
    sleeps = "import time; print('up', flush=True); time.sleep(60)"
    with Warm([sys.executable, "-c", sleeps], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "up\n" and process.poll() is None
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    done = ran([sys.executable, "-c", "1 / 0"])
    assert done.returncode == 1 and done.stderr.rstrip().endswith("ZeroDivisionError: division by zero")


def test_threads_begin_several_at_once_and_each_gets_its_own() -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(
            pool.map(lambda code: ran([sys.executable, "-c", f"raise SystemExit({code})"]).returncode, range(8))
        )
    assert codes == list(range(8))


def test_the_command_line_is_the_same_as_in_a_new_process(tmp_path: Path) -> None:
    for words in ([REGENT, "queries"], [REGENT, "nothing"]):
        new = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=dict(os.environ), check=False)
        warm = ran(words, cwd=tmp_path)
        assert (warm.returncode, warm.stdout, warm.stderr) == (new.returncode, new.stdout, new.stderr)
