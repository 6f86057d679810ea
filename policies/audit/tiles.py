"""Merkle tree hashes on disk, laid out as C2SP tlog-tiles: any proof from a few small files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from policies.audit.disk import read_regular
from policies.audit.errors import LedgerDamagedError
from policies.audit.frames import TILE
from policies.audit.merkle import Tree
from tools.own_file import own_folder

WIDTH = 32
TILE_BYTES = TILE * WIDTH
PENDING = 1024
"""Hashes of one level that are kept before they are written; a checkpoint writes them in any case."""


def tile_name(level: int, number: int) -> str:
    """`0/x001/x234/067` for tile 1234067 of level 0."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join([str(level), *groups])


class Tiles:
    """The tiles below one directory; the last of each level is shorter than 8,192 bytes until it is full."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unsynced: set[Path] = set()
        self._files: dict[int, tuple[int, int]] = {}
        self._pending: dict[int, tuple[int, list[bytes]]] = {}

    def write(self, level: int, start: int, nodes: Sequence[bytes]) -> None:
        """A `merkle.Sink`: keep the hashes of every eighth level, to be written together by `flush`."""
        if level % 8:
            return
        at, hashes = self._pending.setdefault(level, (start, []))
        if start != at + len(hashes):
            self.flush()
            at, hashes = self._pending.setdefault(level, (start, []))
        hashes += nodes
        if len(hashes) >= PENDING:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, in order. A writer that dies before it loses nothing: records hold all hashes."""
        while self._pending:
            level = min(self._pending)
            start, nodes = self._pending[level]
            done = 0
            while done < len(nodes):
                number, inside = divmod(start + done, TILE)
                part = nodes[done : done + TILE - inside]
                os.pwrite(self._file(level // 8, number), b"".join(part), inside * WIDTH)
                done += len(part)
            del self._pending[level]

    def _file(self, level: int, number: int) -> int:
        """The open file of a tile: the one at hand, as long as it is the level's last."""
        at, fd = self._files.get(level, (-1, -1))
        if at != number:
            if fd >= 0:
                del self._files[level]
                os.close(fd)
            path = self.path / tile_name(level, number)
            fd = self._open(path)
            self._files[level] = (number, fd)
            self._unsynced.add(path)
        return fd

    def close(self) -> None:
        """Let go of the open files, and of what is pending: opening the ledger finds it in the records again."""
        self._pending.clear()
        while self._files:
            os.close(self._files.popitem()[1][1])

    def _open(self, path: Path) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            own_folder(path.parent)
            return os.open(path, flags, 0o600)

    def sync(self) -> None:
        """Make the tiles written so far durable; until then they can be rebuilt from the last segment."""
        self.flush()
        self.close()
        folders = set()
        for path in self._unsynced:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
            folders.add(path.parent)
        for folder in folders | {self.path}:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
        self._unsynced.clear()

    def edge(self, size: int) -> list[tuple[Path, int]]:
        """The last tile of each level in a ledger of `size` records, with its length in bytes."""
        found = []
        for level in range(0, size.bit_length(), 8):
            count = size >> level
            number = (count - 1) // TILE
            found.append((self.path / tile_name(level // 8, number), (count - number * TILE) * WIDTH))
        return found

    def complete(self, size: int) -> bool:
        """Whether the right edge holds what a ledger of `size` records needs; longer files are cut to it."""
        for path, length in self.edge(size):
            try:
                have = path.stat().st_size
            except FileNotFoundError:
                return False
            if have < length:
                return False
            if have > length:
                os.truncate(path, length)
        return True

    def node_at(self, level: int, index: int) -> bytes:
        """The hash of complete subtree `index` at tree level `level`; LedgerDamagedError when its tile is missing."""
        low = level % 8
        number, inside = divmod(index << low, TILE)
        path = self.path / tile_name(level // 8, number)
        try:
            data = read_regular(path)
        except OSError as error:
            raise LedgerDamagedError(f"The tile {path} cannot be read: {error}; run `regent audit repair`.") from error
        part = data[inside * WIDTH : (inside + (1 << low)) * WIDTH]
        if len(part) != WIDTH << low:
            raise LedgerDamagedError(f"The tile {path} is too short; run `regent audit repair`.")
        tree = Tree()
        tree.extend([part[i : i + WIDTH] for i in range(0, len(part), WIDTH)])
        return tree.root()
