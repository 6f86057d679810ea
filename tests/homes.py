"""Homes for tests: a `REGENT_HOME` in which the sample estate's line items lie already, as after any first command."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from tools.estate.cost.store import parquet


def furnished(home: Path) -> str:
    """`home` with a copy of the line items, which take a second to generate; its path for the environment."""
    there = home / "cache" / "estate"
    if not there.exists():
        with suppress(OSError):  # a home that cannot be written is what some tests are about
            shutil.copytree(_generated(), there)
    return str(home)


@cache
def _generated() -> Path:
    """The line items, generated once in each process that runs tests."""
    folder = Path(tempfile.mkdtemp(prefix="regent-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return parquet(folder).parent
