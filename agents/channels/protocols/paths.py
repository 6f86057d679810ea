"""Paths: which addresses there are, in each mode of a runtime; known before anything heavy is imported."""

from __future__ import annotations

from collections.abc import Mapping
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


class Mode(NamedTuple):
    """How a runtime of AgentCore is spoken to: its port, and where in `ADDRESSES` each of its paths leads."""

    port: int
    paths: Mapping[str, str]

    @property
    def known(self) -> str:
        """The addresses, in a sentence."""
        there = (f"{ADDRESSES[leads].method} {path}" for path, leads in self.paths.items())
        return ", ".join(there) + " and GET /ping"


_CARD = "/.well-known/agent-card.json"
MODES: Mapping[str, Mode] = {
    "http": Mode(8080, {path: path for path in ADDRESSES}),
    "mcp": Mode(8000, {"/mcp": "/mcp", "/mcp/": "/mcp"}),
    "a2a": Mode(9000, {"/": "/a2a", _CARD: _CARD}),
    "agui": Mode(8080, {"/invocations": "/agui"}),
}
"""Ports and paths as AgentCore's service contract has them; a runtime has one mode, and AgentCore asks nothing else."""
