"""`regent` as a function: what `regent WORDS` would print and exit with, by the same `main`, without a new process.

For tests of what a command does. Where the process itself is the point (what is imported, bytes, signals, pipes, what
survives into the next one) a test starts one.
"""

from __future__ import annotations

import gc
import io
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from agents.cli import main


def regent_here(folder: Path, *words: str, given: str | bytes = "", **env: str) -> CompletedProcess[str]:
    """Run `regent WORDS` in `folder` with these variables set for it alone; `given` is on its standard input."""
    data = given.encode() if isinstance(given, str) else given
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in env.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["regent", *words])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        seldom = gc.get_threshold()
        code = _exit_code()
        gc.set_threshold(*seldom)  # a command sets what is right for a process that ends with it
    return CompletedProcess(["regent", *words], code, *(one.buffer.getvalue().decode() for one in (out, err)))


def _exit_code() -> int:
    """What Python exits with after `main`. An exception that `main` lets through fails the test."""
    try:
        main()
    except SystemExit as stop:
        if isinstance(stop.code, str):
            print(stop.code, file=sys.stderr)
            return 1
        return stop.code or 0
    return 0
