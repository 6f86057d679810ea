"""Lean tool specs: without the descriptions that Strands puts where there are none (`Property top`).

They tell a model nothing and would be sent again with every call.
"""

from __future__ import annotations

from typing import Any


def lean(tool_specs: list[Any] | None) -> list[Any] | None:
    """The same specs, filler left out; the given ones stay as they are."""
    return None if tool_specs is None else [_lean(spec) for spec in tool_specs]


def _lean(spec: dict[str, Any]) -> dict[str, Any]:
    schema = spec["inputSchema"]["json"]
    inputs = {
        name: {key: value for key, value in given.items() if not (key == "description" and value == f"Property {name}")}
        for name, given in schema.get("properties", {}).items()
    }
    plain = {key: value for key, value in schema.items() if not (key == "required" and not value)}
    return {**spec, "inputSchema": {"json": {**plain, "properties": inputs}}}
