"""The checks, one module each, in a folder per kind of evidence. `load()` finds them all: no list to forget."""

from __future__ import annotations

import importlib
import pkgutil

from policies.controls.check import Check, registered


def load() -> dict[str, Check]:
    """All checks by id: those that ship, and those that entry points of `regent.controls` declare."""
    from importlib.metadata import entry_points

    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    for entry in entry_points(group="regent.controls"):
        entry.load()
    return registered()
