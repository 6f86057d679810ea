"""Passing on: the Gateway's request interceptor. It lets the caller's token reach the target, and no other header.

The Gateway verified the token, but tells a target nothing of who called; the target verifies it again by itself. What
else a caller puts into headers, such as a name, would only tempt somebody to believe it. Standard library only.
"""

from __future__ import annotations

from typing import Any

HEADER = "authorization"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One MCP request, unchanged but for its headers. Without exactly one token none is handed on."""
    request = event["mcp"]["gatewayRequest"]
    tokens = [value for name, value in (request.get("headers") or {}).items() if name.lower() == HEADER]
    headers = {"Authorization": tokens[0]} if len(tokens) == 1 else {}
    return {
        "interceptorOutputVersion": "1.0",
        "mcp": {"transformedGatewayRequest": {"headers": headers, "body": request["body"]}},
    }
