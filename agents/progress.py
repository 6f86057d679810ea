"""Progress: what of it may be shown to whoever asks, at every door. It is a rule about privacy, so it stands once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SHOWN = ("event", "query", "domains", "milliseconds")


def shown_progress(event: Mapping[str, Any]) -> dict[str, Any]:
    """Progress as a channel may show it: which query, how long; no inputs, which may name persons."""
    return {name: event[name] for name in _SHOWN if name in event}
