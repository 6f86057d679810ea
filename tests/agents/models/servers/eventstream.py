"""The encoding half of `application/vnd.amazon.eventstream`, of which botocore holds the decoding half.

A message: total length, length of headers, CRC of these two; headers; payload; CRC of everything before it.
"""

from __future__ import annotations

import json
import struct
from typing import Any
from zlib import crc32

_STRING = 7


def event(kind: str, payload: Any) -> bytes:
    """One event of the stream."""
    headers = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    return _message(headers, payload)


def exception(kind: str, message: str) -> bytes:
    """A modelled exception in the middle of the stream."""
    headers = {":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}
    return _message(headers, {"message": message})


def _message(headers: dict[str, str], payload: Any) -> bytes:
    body = json.dumps(payload).encode()
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(head) + len(body), len(head))
    framed = prelude + struct.pack("!I", crc32(prelude)) + head + body
    return framed + struct.pack("!I", crc32(framed))
