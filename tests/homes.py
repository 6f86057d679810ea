"""Homes for tests: a `REGENT_HOME` in which the sample estate's line items lie already, as after any first command.

They take more than a second to generate, which is done once in a run, by whichever of its processes needs them first.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from tools.estate.cost.store import parquet
from tools.own_file import own_folder

SHARED = "TESTS_SHARED_FOLDER"
"""The variable that names a folder of this run, for all of its processes (`tests/conftest.py`)."""


def furnished(home: Path) -> str:
    """`home` with a copy of the line items; its path for the environment."""
    there = home / "cache" / "estate"
    if not there.exists():
        with suppress(OSError):  # a home that cannot be written is what some tests are about
            own_folder(home)
            shutil.copytree(common_home() / "estate", there)
    return str(home)


@cache
def common_home() -> Path:
    """The home of the sample estate that all tests of this run share: they read there, and write nothing."""
    folder = Path(os.environ.get(SHARED) or _own())
    with (folder / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        parquet(folder)
    return folder


def _own() -> str:
    folder = tempfile.mkdtemp(prefix="regent-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
