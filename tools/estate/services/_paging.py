"""Paging as AWS does it: opaque tokens that belong to one request, and page sizes that are honoured."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Paging:
    """How one operation pages: its token and size members, its default and largest page, its error code."""

    token: str = "NextToken"  # noqa: S105 - a member name
    size: str = "MaxResults"
    default: int = 100
    largest: int = 100
    error: str = "InvalidNextTokenException"
    token_out: str | None = None
    size_error: str | None = None
    """Code of the error for a page size out of range; the token's code if not given."""


def _print_of(request: EstateRequest, paging: Paging) -> str:
    """A digest of everything but token and page size: a token of another request does not fit."""
    rest = {key: value for key, value in request.params.items() if key not in (paging.token, paging.size)}
    text = json.dumps([request.account, request.region, request.operation, rest], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _offset(token: str, expected: str, paging: Paging) -> int:
    try:
        offset, fingerprint = json.loads(base64.urlsafe_b64decode(token.encode()))
        known = isinstance(offset, int) and offset > 0 and fingerprint == expected
    except (ValueError, TypeError, binascii.Error):
        known = False
        offset = 0
    if not known:
        raise AwsError(paging.error, f"The pagination token {token[:24]!r} is not valid for this request.")
    return int(offset)


def page(request: EstateRequest, items: Sequence[ItemT], paging: Paging) -> tuple[list[ItemT], dict[str, str]]:
    """One page of ``items`` and a dictionary holding the next token (empty at the end)."""
    size = request.params.get(paging.size)
    size = paging.default if size is None else int(size)
    if not 1 <= size <= paging.largest:
        code = paging.size_error or paging.error
        raise AwsError(code, f"{paging.size} must be from 1 to {paging.largest}, got {size}.")
    fingerprint = _print_of(request, paging)
    token = request.params.get(paging.token)
    start = _offset(token, fingerprint, paging) if token else 0
    end = start + size
    if end >= len(items):
        return list(items[start:]), {}
    raw = json.dumps([end, fingerprint]).encode()
    return list(items[start:end]), {paging.token_out or paging.token: base64.urlsafe_b64encode(raw).decode()}


def without_none(record: dict[str, Any]) -> dict[str, Any]:
    """The record without members that have no value, as AWS leaves them out."""
    return {key: value for key, value in record.items() if value is not None}
