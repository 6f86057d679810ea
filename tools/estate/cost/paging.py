"""NextPageToken: opaque, and valid only for the request that it came from."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from tools.estate.errors import AwsError

_TOKEN_KEYS = ("NextPageToken", "NextToken", "MaxResults")


def _mark(params: dict[str, Any]) -> str:
    rest = {key: value for key, value in params.items() if key not in _TOKEN_KEYS}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, default=str).encode()).hexdigest()[:16]


def token(params: dict[str, Any], offset: int) -> str:
    """The token for the page that starts at ``offset``."""
    return base64.urlsafe_b64encode(f"{_mark(params)}:{offset}".encode()).decode()


def offset(params: dict[str, Any], name: str = "NextPageToken", code: str = "InvalidNextTokenException") -> int:
    """Where the asked page starts, 0 without a token; raises ``code`` for a token of another request."""
    text = params.get(name)
    if not text:
        return 0
    try:
        mark, _, number = base64.urlsafe_b64decode(text.encode()).decode().partition(":")
        start = int(number)
    except ValueError as error:
        raise AwsError(code, f"The {name} is invalid") from error
    if mark != _mark(params) or start < 0:
        raise AwsError(code, f"The {name} belongs to another request")
    return start
