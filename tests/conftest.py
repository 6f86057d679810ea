"""For all tests: a property is judged by what it finds, not by how busy the machine is; garbage is sought seldom."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
import uvicorn.server
from hypothesis import HealthCheck, settings

from tests import once
from tests.homes import SHARED
from tools.sessions import shared_loader

settings.register_profile("regent", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("regent")

gc.set_threshold(100_000, 20, 50)
"""Python looks at every 700th object, and at all there are again and again: in a process that holds strands, moto, CDK
and some thousand tests, that was a third of all the time."""


_MEMORY, _ROOM = Path("/dev/shm"), 2**30
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    # Ledgers and stores wait for the disk at every record, some ten thousand times in a run. No test pulls the plug of
    # the machine, and a killed process loses no more in memory than on a disk.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def _parsed_once(path: str | None = None) -> Any:
    """botocore's loader of this process, for each of its sessions; boto3 adds its folder to it for every one of its."""
    loader = shared_loader(path)
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)
    return loader


# A test's own client, moto's and strands' read the service models that lie parsed in this process already: a session
# would parse megabytes for itself, which takes longer than what most tests ask of it.
botocore.session.create_loader = _parsed_once


# Head and body of an answer go out one after the other in moto's server and in what tests put in the place of others'
# services: on a connection that is kept, the body would wait 40 ms for the client to acknowledge the head.
BaseHTTPRequestHandler.disable_nagle_algorithm = True


def _soon(seconds: float, *more: Any) -> Awaitable[Any]:
    return asyncio.sleep(min(seconds, 0.01), *more)


# uvicorn looks every 0.1 s whether it is to stop, and then waits for another 0.1 s: half a minute in hundreds of tests.
uvicorn.server.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": _soon})


@cache
def _of_addresses() -> Callable[[str, str], bool]:
    del sys.modules["rfc3987_syntax"]
    from rfc3987_syntax import is_valid_syntax

    found: Callable[[str, str], bool] = is_valid_syntax
    return found


# jsonschema, which strands imports, takes from here what checks addresses by a grammar, which it takes a second to
# compile: that is for the first test that checks one, not for every process to wait for.
sys.modules["rfc3987_syntax"] = SimpleNamespace(  # type: ignore[assignment]
    is_valid_syntax=lambda term, value: _of_addresses()(term, value)
)


def pytest_configure(config: pytest.Config) -> None:
    """A folder for what is made once in a run, for all of its processes; it goes when the run ends."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="regent-tests-", ignore_cleanup_errors=True)
        os.environ[SHARED] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """For the slow tests alone, no file is loaded that has none: four processes would load three times as many."""
    if config.option.markexpr != "slow" or collection_path.suffix != ".py":
        return None
    return None if re.search(r"\bmark\.slow\b", collection_path.read_text(encoding="utf-8")) else True


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays until the end: no later look for garbage passes over it."""
    once.share()
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests go to the workers by file, but for what is made once for several files."""
    from tests.scheduling import ByFile

    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None
