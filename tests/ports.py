"""Ports: one that is free, and waiting until a process listens on it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from subprocess import Popen
from typing import Any


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def wait_for_port(port: int, process: Popen[Any], *, seconds: float = 90, said: Callable[[], str] = lambda: "") -> None:
    """Return once the process listens there; `said` is what it printed, for the failure.

    Raises:
        AssertionError: it ended, or does not listen after so many `seconds`.
    """
    end = time.monotonic() + seconds
    while True:
        with socket.socket() as there:
            if there.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"It did not start: {said() or f'exit code {process.poll()}'}")
        time.sleep(0.05)
