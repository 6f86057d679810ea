"""An HTTP request and response as bytes, without any meaning yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qs

_SCOPE = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Scope:
    """The SigV4 credential scope of a request."""

    access_key: str
    region: str
    signing_name: str


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request; header names in lower case, ``path`` still percent-encoded, ``query`` without ``?``."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def query_args(self) -> dict[str, list[str]]:
        return parse_qs(self.query, keep_blank_values=True)

    @cached_property
    def form(self) -> dict[str, str]:
        """The flat parameters of the query and ec2 protocols, from the body or the query string."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in {**self.query_args, **fields}.items()}

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")

    @cached_property
    def scope(self) -> Scope | None:
        """The credential scope from the Authorization header or a presigned URL; ``None`` if unsigned."""
        text = self.headers.get("authorization", "")
        presigned = self.query_args.get("X-Amz-Credential")
        if presigned:
            text = f"Credential={presigned[0]}"
        match = _SCOPE.search(text)
        return Scope(match[1], match[3], match[4]) if match else None

    @property
    def session_token(self) -> str | None:
        presigned = self.query_args.get("X-Amz-Security-Token")
        return self.headers.get("x-amz-security-token") or (presigned[0] if presigned else None)


@dataclass(frozen=True, slots=True)
class WireResponse:
    """One HTTP response; the request id header is added when it is sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
