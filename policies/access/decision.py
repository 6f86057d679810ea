"""A decision of the gate, with everything it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Outcome = Literal["allow", "deny", "needs_approval"]
"""`needs_approval`: denied as it stands, and permitted once a second person has approved this very call."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate decided about one call, by which policies, and from what.

    `principal`, `resource` and `context` are the attributes that Cedar saw; with the same policies and the same schema
    they decide the same again.
    """

    action: str
    """`ask` for running the query, `approve` for approving that somebody else runs it."""
    query: str
    input: dict[str, Any]
    input_sha256: str
    accounts: tuple[str, ...]
    outcome: Outcome
    policies: tuple[str, ...]
    reason: str
    principal: dict[str, Any]
    resource: dict[str, Any]
    context: dict[str, Any]
    policies_sha256: str
    schema_sha256: str

    @property
    def allowed(self) -> bool:
        """Whether the call may happen now."""
        return self.outcome == "allow"


def call_sha256(query: str, given: dict[str, Any]) -> str:
    """The hash that binds a decision to one call: SHA-256 over the query's name and its sorted inputs as JSON."""
    return hashlib.sha256(orjson.dumps([query, given], option=orjson.OPT_SORT_KEYS)).hexdigest()
