"""RFC 6962 Merkle trees: roots as records arrive, inclusion and consistency proofs. Hashes are 32 raw bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from policies.audit.errors import ProofError

_sha256 = hashlib.sha256

EMPTY = _sha256(b"").digest()

Sink = Callable[[int, int, Sequence[bytes]], None]
"""Is told (level, index of the first, hashes) of every complete subtree as it comes to be."""

NodeAt = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree number `index` at `level` (0: leaves)."""


def leaf_hash(record: bytes) -> bytes:
    """RFC 9162, section 2.1.1: the hash of one record."""
    return _sha256(b"\0" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, section 2.1.1: the hash of two subtrees side by side."""
    return _sha256(b"\1" + left + right).digest()


class Tree:
    """The right edge of a growing tree: enough to go on and to give the root, 32 bytes per level."""

    __slots__ = ("_front", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Go on from a tree of `size` records whose complete subtrees, largest first, are `peaks`."""
        if len(peaks) != size.bit_count():
            raise ProofError(f"A tree of {size} records has {size.bit_count()} peaks; got {len(peaks)}.")
        self.size = size
        rest = list(peaks)
        self._front: list[bytes | None] = [
            rest.pop() if size >> level & 1 else None for level in range(size.bit_length())
        ]

    def extend(self, leaves: Sequence[bytes], sink: Sink | None = None) -> None:
        """Add leaf hashes, level by level: pairing whole lists is twice as fast as leaf by leaf."""
        nodes, level, front, sha = leaves, 0, self._front, _sha256
        start = self.size
        self.size += len(leaves)
        while nodes:
            if sink is not None:
                sink(level, start, nodes)
            if level == len(front):
                front.append(None)
            left = front[level]
            if left is not None:
                nodes = [left, *nodes]
                front[level] = None
            if len(nodes) & 1:
                front[level] = nodes[-1]
            nodes = [sha(b"\1" + a + b).digest() for a, b in zip(nodes[::2], nodes[1::2], strict=False)]
            level += 1
            start >>= 1

    def peaks(self) -> list[bytes]:
        """Roots of the complete subtrees, largest first."""
        return [node for node in reversed(self._front) if node is not None]

    def root(self) -> bytes:
        return fold(self.peaks())

    def copy(self) -> Tree:
        return Tree(self.size, self.peaks())


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over subtrees given largest first."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = _sha256(b"\1" + left + root).digest()
    return root


def subtree_root(node_at: NodeAt, start: int, end: int) -> bytes:
    """MTH of records start..end-1, where start is a multiple of the largest power of two below the span."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        peaks.append(node_at(level, start >> level))
        start += 1 << level
    return fold(peaks)


def _split(span: int) -> int:
    """The largest power of two smaller than `span`."""
    return 1 << (span - 1).bit_length() - 1


def inclusion_proof(node_at: NodeAt, index: int, size: int) -> list[bytes]:
    """RFC 6962 2.1.1 audit path of record `index` in the tree of `size` records, leaf side first."""
    if not 0 <= index < size:
        raise ProofError(f"There is no record {index} in a tree of {size}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(node_at, middle, end))
            end = middle
        else:
            path.append(subtree_root(node_at, start, middle))
            start = middle
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that this path leads to; ProofError when the path has not exactly the length it must have."""
    if not 0 <= index < size:
        raise ProofError(f"There is no record {index} in a tree of {size}.")
    sides = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        sides.append(index >= middle)
        start, end = (middle, end) if index >= middle else (start, middle)
    if len(sides) != len(path):
        raise ProofError(f"An inclusion proof for {index} of {size} has {len(sides)} hashes; got {len(path)}.")
    node = leaf
    for right, sibling in zip(reversed(sides), path, strict=True):
        node = node_hash(sibling, node) if right else node_hash(node, sibling)
    return node


def consistency_proof(node_at: NodeAt, old: int, new: int) -> list[bytes]:
    """RFC 6962 2.1.2 proof that the tree of `new` records begins with the tree of `old` records."""
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {new} records cannot extend one of {old}.")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree_root(node_at, middle, end))
            end = middle
        else:
            path.append(subtree_root(node_at, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree_root(node_at, start, end))
    return path[::-1]


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofError unless `path` proves that the new tree begins with the old one."""
    if not 0 <= old <= new:
        raise ProofError(f"A tree of {new} records cannot extend one of {old}.")
    rest = list(path)

    def walk(start: int, end: int, whole: bool) -> tuple[bytes, bytes]:
        """Roots of the old and the new tree over start..end-1, reading the path from its end."""
        if old == end:
            node = old_root if whole else take()
            return node, node
        middle = start + _split(end - start)
        if old <= middle:
            right = take()
            before, after = walk(start, middle, whole)
            return before, node_hash(after, right)
        left = take()
        before, after = walk(middle, end, False)
        return node_hash(left, before), node_hash(left, after)

    def take() -> bytes:
        if not rest:
            raise ProofError(f"The consistency proof from {old} to {new} is too short.")
        return rest.pop()

    if old == 0:
        before, after = EMPTY, new_root
    elif old == new:
        before = after = old_root
    else:
        before, after = walk(0, new, True)
    if rest or before != old_root or after != new_root:
        raise ProofError(f"The tree of {new} records does not extend the tree of {old} records.")
