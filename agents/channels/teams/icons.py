"""The app's two icons, drawn by code: a crown, 192 pixels in colour and 32 in white on nothing."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

_FINE = 4
"""Lines and columns looked at per pixel, for smooth edges."""
Point = tuple[float, float]
_CROWN: tuple[Point, ...] = (
    (0.18, 0.34),
    (0.34, 0.5),
    (0.5, 0.24),
    (0.66, 0.5),
    (0.82, 0.34),
    (0.76, 0.66),
    (0.24, 0.66),
)
_BAND: tuple[Point, ...] = ((0.24, 0.70), (0.76, 0.70), (0.76, 0.77), (0.24, 0.77))


class Colour(NamedTuple):
    """Red, green, blue and opacity, 0 to 255."""

    red: int
    green: int
    blue: int
    opacity: int


ACCENT = Colour(0x1F, 0x3A, 0x5F, 255)
_WHITE = Colour(255, 255, 255, 255)


def colour_icon() -> bytes:
    """The icon that people see, as PNG of 192 by 192 pixels."""
    return _png(192, ACCENT, _WHITE)


def outline_icon() -> bytes:
    """The white one on transparent ground, as PNG of 32 by 32 pixels."""
    return _png(32, Colour(255, 255, 255, 0), _WHITE)


def _png(size: int, ground: Colour, ink: Colour) -> bytes:
    rows = []
    for y in range(size):
        covered = [0] * size
        for line in range(_FINE):
            at = (y + (line + 0.5) / _FINE) / size
            for shape in (_CROWN, _BAND):
                for start, end in _spans(shape, at):
                    first, last = round(start * size * _FINE), round(end * size * _FINE)
                    for column in range(first, last):
                        covered[column // _FINE] += 1
        pixels = (_mixed(ground, ink, count / _FINE**2) for count in covered)
        rows.append(b"\x00" + b"".join(bytes(pixel) for pixel in pixels))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _spans(shape: Sequence[Point], y: float) -> list[tuple[float, float]]:
    """Where the horizontal line at `y` is inside the shape."""
    crossings = []
    for (x1, y1), (x2, y2) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if (y1 <= y) != (y2 <= y):
            crossings.append(x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=True))


def _mixed(ground: Colour, ink: Colour, share: float) -> tuple[int, ...]:
    return tuple(round(below + (above - below) * min(share, 1.0)) for below, above in zip(ground, ink, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
