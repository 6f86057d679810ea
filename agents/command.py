"""Command: how the process `regent` begins. Ctrl-C while the command line is still loading ends it without a trace."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from agents.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("regent: stopped.\n")
        sys.exit(130)  # as shells know it
    run()
