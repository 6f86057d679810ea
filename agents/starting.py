"""Starting: what a process of ours does not load, although a library would."""

from __future__ import annotations

import sys

_FORMATS = ("rfc3987_syntax", "isoduration")
"""Checkers of string formats that jsonschema imports when they are installed, for SBOM validation in tests.

`rfc3987_syntax` compiles a grammar at import: 0.7 s, longer than all of strands. Nothing that runs here checks formats.
"""


def start_lean() -> None:
    """Let jsonschema, which strands imports, find no checkers of formats. Called once by a process, before anything."""
    for name in _FORMATS:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say: not there
