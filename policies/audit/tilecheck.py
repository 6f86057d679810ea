"""Compare stored tiles with the hashes computed from the records, a tile at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from policies.audit.disk import read_regular
from policies.audit.errors import LedgerDamagedError
from policies.audit.frames import TILE
from policies.audit.tiles import TILE_BYTES, WIDTH, tile_name


class TileCheck:
    """`wrong` is (first record that differs, tile) once something differs; `missing` names the first absent tile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wrong: tuple[int, str] | None = None
        self.missing: str | None = None
        self.live = False
        self._open: dict[int, list[bytes]] = {}
        self._done: dict[int, int] = {}
        self._found = 0

    def feed(self, level: int, start: int, nodes: Sequence[bytes]) -> None:
        """A `merkle.Sink`."""
        if level % 8:
            return
        level //= 8
        hashes = self._open.setdefault(level, [])
        hashes += nodes
        while len(hashes) >= TILE:
            number = self._done.get(level, 0)
            self._compare(level, number, b"".join(hashes[:TILE]))
            del hashes[:TILE]
            self._done[level] = number + 1

    def leaf(self, index: int) -> bytes | None:
        """The stored leaf hash of record `index`, if there is one."""
        number, inside = divmod(index, TILE)
        try:
            data = read_regular(self.path / tile_name(0, number))
        except OSError:
            # A tile that cannot be read names no record; the caller reports the damage it already found.
            return None
        return data[inside * WIDTH : (inside + 1) * WIDTH] or None

    def finish(self, size: int) -> None:
        """Compare the last tiles, and look for files that belong to no tile."""
        for level, hashes in self._open.items():
            if hashes:
                self._compare(level, self._done.get(level, 0), b"".join(hashes))
        if not self.live and self.wrong is None:
            expected = sum(-(-(size >> level) // TILE) for level in range(0, size.bit_length(), 8))
            self._found_only(expected)

    def _compare(self, level: int, number: int, data: bytes) -> None:
        name = tile_name(level, number)
        try:
            stored = read_regular(self.path / name)
        except FileNotFoundError:
            self.missing = self.missing or name
            return
        self._found += 1
        if self.live and len(data) < TILE_BYTES:
            stored = stored[: len(data)]
        if stored == data or self.wrong is not None:
            return
        if len(stored) < len(data) and data.startswith(stored):
            self.missing = self.missing or name
            return
        pairs = range(0, len(data), WIDTH)
        off = next((i for i in pairs if stored[i : i + WIDTH] != data[i : i + WIDTH]), len(data)) // WIDTH
        self.wrong = ((number * TILE + off) << 8 * level, name)

    def _found_only(self, expected: int) -> None:
        count = 0
        # without the folder all of its tiles are missing: who died while it was made or mended tampered with nothing
        folders = [self.path] if self.path.exists() else []
        while folders:
            for path in folders.pop().iterdir():
                if path.is_symlink() or not (path.is_dir() or path.is_file()):
                    raise LedgerDamagedError(f"{path} is no tile.")
                if path.is_dir():
                    folders.append(path)
                else:
                    count += 1
        if count != self._found:
            raise LedgerDamagedError(f"{self.path} holds {count} files, but {self._found} of its {expected} tiles.")
