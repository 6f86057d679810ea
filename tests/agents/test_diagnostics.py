"""Diagnostics as whoever reads them sees them: at a terminal, and in a file."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

SAYS = (
    "import structlog; from agents.diagnostics import set_up; set_up('warning'); "
    "structlog.get_logger().warning('delivery failed', said='no runtime')"
)


def said(to: int, **env: str) -> None:
    given = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "REGENT_LOG")}
    subprocess.run([sys.executable, "-c", SAYS], env=given | env, stderr=to, check=True, timeout=60)


def in_a_pipe(**env: str) -> str:
    reading, writing = os.pipe()
    said(writing, **env)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def at_a_terminal(**env: str) -> str:
    reading, writing = pty.openpty()
    said(writing, **env)
    told = os.read(reading, 65_536).decode()
    os.close(writing)
    os.close(reading)
    return told


def test_a_line_in_a_file_or_a_pipe_holds_no_colour_codes() -> None:
    told = in_a_pipe(TERM="xterm-256color")
    assert "\x1b" not in told and "delivery failed" in told and "said='no runtime'" in told and told.count("\n") == 1


@pytest.mark.parametrize(("env", "coloured"), [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)])
def test_a_terminal_shows_colours_unless_it_is_told_not_to(env: dict[str, str], coloured: bool) -> None:
    told = at_a_terminal(**env)
    assert ("\x1b[" in told) == coloured and "delivery failed" in told
