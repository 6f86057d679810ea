"""CBOR (RFC 8949), as much of it as smithy-rpc-v2-cbor uses."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any


class CborError(ValueError):
    """The bytes are not well-formed CBOR."""


def dumps(value: Any) -> bytes:
    """``value`` (None, bool, int, float, str, bytes, aware datetime, list, dict) as CBOR."""
    out = bytearray()
    _encode(value, out)
    return bytes(out)


def _head(major: int, number: int, out: bytearray) -> None:
    if number < 24:
        out.append(major << 5 | number)
        return
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            out.append(major << 5 | code)
            out += number.to_bytes(size, "big")
            return
    raise CborError(f"{number} does not fit in 64 bits")


def _encode(value: Any, out: bytearray) -> None:
    if value is None:
        out.append(0xF6)
    elif isinstance(value, bool):
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _head(*((0, value) if value >= 0 else (1, -1 - value)), out)
    elif isinstance(value, float):
        out += b"\xfb" + struct.pack(">d", value)
    elif isinstance(value, datetime):
        out.append(0xC1)  # tag 1: seconds since the epoch
        _encode(value.timestamp(), out)
    elif isinstance(value, str):
        data = value.encode()
        _head(3, len(data), out)
        out += data
    elif isinstance(value, (bytes, bytearray)):
        _head(2, len(value), out)
        out += value
    elif isinstance(value, (list, tuple)):
        _head(4, len(value), out)
        for item in value:
            _encode(item, out)
    elif isinstance(value, dict):
        _head(5, len(value), out)
        for key, item in value.items():
            _encode(str(key), out)
            _encode(item, out)
    else:
        raise CborError(f"cannot write {type(value).__name__} as CBOR")


def loads(data: bytes) -> Any:
    """The value of one CBOR item; trailing bytes are an error."""
    try:
        value, end = _decode(data, 0)
    except CborError:
        raise
    except (IndexError, struct.error, ValueError, TypeError, OverflowError, OSError, RecursionError) as error:
        raise CborError(f"truncated or malformed CBOR: {error}") from error
    if end != len(data):
        raise CborError(f"{len(data) - end} bytes after the CBOR item")
    return value


def _number(data: bytes, at: int) -> tuple[int, int]:
    info = data[at] & 0x1F
    if info < 24:
        return info, at + 1
    if info > 27:
        raise CborError(f"CBOR length code {info} is not supported here")
    size = 1 << (info - 24)
    if at + 1 + size > len(data):
        raise CborError("truncated CBOR")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size


def _decode(data: bytes, at: int) -> tuple[Any, int]:
    major, info = data[at] >> 5, data[at] & 0x1F
    if major == 7:
        return _decode_simple(data, at, info)
    if info == 31:
        return _decode_indefinite(data, at, major)
    number, at = _number(data, at)
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        chunk = data[at : at + number]
        if len(chunk) != number:
            raise CborError("truncated CBOR string")
        return (chunk if major == 2 else chunk.decode()), at + number
    if major == 4:
        items = []
        for _ in range(number):
            item, at = _decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        pairs = {}
        for _ in range(number):
            key, at = _decode(data, at)
            pairs[key], at = _decode(data, at)
        return pairs, at
    value, at = _decode(data, at)
    return (datetime.fromtimestamp(value, UTC) if number == 1 else value), at


def _decode_simple(data: bytes, at: int, info: int) -> tuple[Any, int]:
    if info in (20, 21, 22, 23):
        return {20: False, 21: True}.get(info), at + 1
    formats = {25: ">e", 26: ">f", 27: ">d"}
    if info not in formats:
        raise CborError(f"CBOR simple value {info} is not supported here")
    size = struct.calcsize(formats[info])
    return struct.unpack_from(formats[info], data, at + 1)[0], at + 1 + size


def _decode_indefinite(data: bytes, at: int, major: int) -> tuple[Any, int]:
    at += 1
    items = []
    while data[at] != 0xFF:
        item, at = _decode(data, at)
        items.append(item)
    if major == 5:
        return dict(zip(items[::2], items[1::2], strict=True)), at + 1
    if major == 4:
        return items, at + 1
    return (b"" if major == 2 else "").join(items), at + 1
