"""Snapshots: what Regent's own accounts look like, for evidence. Each is a declared query that no model is offered."""

from __future__ import annotations

from importlib import import_module

from tools.registry import Query
from tools.snapshots.base import DOMAIN, TAG, Seen, Survey, Where, declared, query_name, snapshot

__all__ = ["DOMAIN", "TAG", "Seen", "Survey", "Where", "query_name", "snapshot", "snapshots"]


def snapshots() -> dict[str, Query]:
    """All snapshots by name of the need that they serve."""
    for module in ("agentcore", "bedrock", "logs", "monitoring", "storage", "trust"):
        import_module(f"tools.snapshots.{module}")
    return declared()
