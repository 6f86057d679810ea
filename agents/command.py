"""Command: how the process `regent` begins: with outputs that can be written to, whatever it was started from.

Ctrl-C while the command line is still loading ends it without a trace.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Load the command line and run it."""
    try:
        _take_what_is_there()
        from agents.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("regent: stopped.\n")
        sys.exit(130)  # as shells know it
    run()


def _take_what_is_there() -> None:
    """A closed output goes nowhere, what an output has no letters for is a question mark, and no width is no width."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:  # as with `>&-`: the next file that is opened, maybe the ledger, would be it
            nowhere = os.open(os.devnull, os.O_WRONLY)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if os.environ.get("COLUMNS", "").strip("0") == "":
        os.environ.pop("COLUMNS", None)  # some terminals without a size say 0
