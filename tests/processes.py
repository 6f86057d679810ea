"""`regent` as a process of its own that serves, where what is asked is what a process does: signals, kills, floods."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

from tests.homes import furnished
from tests.ports import free_port, wait_for_port
from tests.warm import REGENT, Warm


@contextmanager
def regent_serves(folder: Path, *words: str, people: str, **env: str) -> Iterator[tuple[Popen[bytes], int]]:
    """The process of `regent WORDS` and its port, once it listens. Its home (`home`) and the file of its principals lie
    in `folder`; `env` goes into its environment. What still runs at the end is killed."""
    principals, port = folder / "people.yaml", free_port()
    principals.write_text(people)
    own = {"REGENT_HOME": furnished(folder / "home"), "REGENT_PRINCIPALS": str(principals)}
    process = Warm([REGENT, *words, "--port", str(port)], env=os.environ | own | env, cwd=folder)
    try:
        wait_for_port(port, process)
        yield process, port
    finally:
        process.kill()
        process.wait()
