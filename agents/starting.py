"""Starting: what a process of ours does not load, although a library would, and how it opens sooner."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FORMATS = ("rfc3987_syntax", "isoduration")
"""Checkers of string formats that jsonschema imports when they are installed, for SBOM validation in tests.

`rfc3987_syntax` compiles a grammar at import: 0.7 s, longer than all of strands. Nothing that runs here checks formats.
"""


def start_lean() -> None:
    """Let jsonschema, which strands imports, find no checkers of formats. Called once by a process, before anything."""
    for name in _FORMATS:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say: not there


def search_seldom() -> None:
    """Let Python look for garbage after 50,000 new objects instead of 700. Called once by a command.

    A command makes some hundred thousand objects, nearly all of them modules and models that stay: looking through them
    over and over took a seventh of its time, and found nothing that is missed (the peak of memory is the same).
    """
    gc.set_threshold(50_000, 20, 20)


@contextmanager
def opening() -> Iterator[None]:
    """While a server opens nothing is garbage: not looking for it saves a fifth of the time.

    What was loaded by then stays for good, and later collections pass it by.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
