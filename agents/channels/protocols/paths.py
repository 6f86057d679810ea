"""Paths: which addresses there are. The front knows them before anything heavy is imported."""

from __future__ import annotations

from typing import NamedTuple

KB = 1024


class Address(NamedTuple):
    """One address: its method, the protocol that it belongs to, and the largest body that is read, in bytes."""

    method: str
    protocol: str
    most_bytes: int = 256 * KB


ADDRESSES: dict[str, Address] = {
    "/invocations": Address("POST", "agentcore"),
    # clients of these two send their whole conversation again with every question
    "/v1/chat/completions": Address("POST", "openai", 2048 * KB),
    "/agui": Address("POST", "agui", 2048 * KB),
    "/v1/models": Address("GET", "openai"),
    "/mcp": Address("POST", "mcp"),
    "/a2a": Address("POST", "a2a"),
    "/.well-known/agent-card.json": Address("GET", "a2a"),
}

KNOWN = ", ".join(f"{address.method} {path}" for path, address in ADDRESSES.items()) + " and GET /ping"
"""The addresses, in a sentence."""
