#!/usr/bin/env python3
"""Verify a Regent ledger with nothing of Regent's: one file, the standard library and `cryptography`.

    python verify.py LEDGER --key VKEY_OR_FILE [--head CHECKPOINT_FILE] [--json]
    python verify.py --proof PROOF_FILE --key VKEY_OR_FILE

Written from docs/ledger.md, section by section, and sharing no code with the writer. Exit codes: 0 verified and
consistent with a head seen earlier, 1 tampered, 2 nothing wrong but unanchored or incomplete, 3 usage.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import stat
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

MEMBERS = ["v", "index", "time", "type", "question", "session", "principal", "actor", "parent", "body"]
MARK = b"\xfeCMT"
ROUNDS = 8
"""How often what was written meanwhile is read before the writers have to wait for the rest."""
FEW = 64
"""Records, or tiles, that are few enough to be looked at while the writers wait."""


class Tampered(Exception):  # noqa: N818 - the verdict's own word
    """Something does not hold; `index` is the first record that cannot be trusted."""

    def __init__(self, why: str, index: int | None = None) -> None:
        super().__init__(why)
        self.index = index


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def unbase64(text: str) -> bytes:
    """The bytes, if this is the one way to write them: two texts must not pass for one key or hash."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 in another than its one form")
    return raw


# Section 5: keys, notes, checkpoints -----------------------------------------------------------------------------


class Key:
    """A verifier key, `name+hexid+base64(type || key)`."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        try:
            self.name, hexid, data = self.text.split("+", 2)
            raw = unbase64(data)
            self.kind, self.bytes = raw[0], raw[1:]
        except (ValueError, IndexError):
            raise SystemExit(usage(f"not a verifier key: {text.strip()[:80]!r}")) from None
        if self.kind == 2:
            self.id = sha256(self.bytes)[:4]
        else:
            self.id = sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.bytes)[:4]
        if self.id.hex() != hexid or self.kind not in (1, 2):
            raise SystemExit(usage(f"the verifier key of {self.name} does not have the id or type that it says"))

    def verify(self, text: bytes, signature: bytes) -> bool:
        try:
            if self.kind == 1:
                ed25519.Ed25519PublicKey.from_public_bytes(self.bytes).verify(signature, text)
            else:
                public = load_der_public_key(self.bytes)
                if not isinstance(public, ec.EllipticCurvePublicKey):
                    return False
                public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


class Checkpoint:
    """Origin, size and root, with the signature lines under them."""

    def __init__(self, raw: bytes) -> None:
        try:
            raw.decode("utf-8")
            text, blank, tail = raw.rpartition(b"\n\n")
            if not blank or not tail.endswith(b"\n") or any(c < 32 and c != 10 for c in raw):
                raise ValueError("no signed note")
            self.text = text + b"\n"
            self.origin, size, root, end = self.text.decode().split("\n")
            self.size, self.root = int(size), unbase64(root)
            if end or not self.origin or str(self.size) != size or self.size < 0 or len(self.root) != 32:
                raise ValueError("no checkpoint")
            self.signatures = []
            for line in tail.decode()[:-1].split("\n"):
                dash, name, data = line.split(" ")
                signature = unbase64(data)
                if dash != "\u2014" or not name or "+" in name or len(signature) < 5:
                    raise ValueError("malformed signature line")
                self.signatures.append((name, signature[:4], signature[4:]))
        except ValueError as error:
            raise Tampered(f"malformed checkpoint: {error}") from None

    def signers(self, keys: list[Key]) -> list[Key]:
        good = []
        for key in keys:
            own = [s for name, id_, s in self.signatures if name == key.name and id_ == key.id]
            if not all(key.verify(self.text, s) for s in own):
                raise Tampered(f"the signature of {key.name} over {self.size} records does not verify")
            good += [key] if own else []
        return good


# Section 4: the tree ---------------------------------------------------------------------------------------------


class Tree:
    """Roots of complete subtrees as (level, hash), largest first; completed ones are handed to `done`."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; every (level, number, hash) that is now complete."""
        level, number, node = 0, self.size, leaf
        done = [(level, number, node)]
        while self.peaks and self.peaks[-1][0] == level:
            node = sha256(b"\x01" + self.peaks.pop()[1] + node)
            level, number = level + 1, number >> 1
            done.append((level, number, node))
        self.peaks.append((level, node))
        self.size += 1
        return done

    def root(self) -> bytes:
        if not self.peaks:
            return sha256(b"")
        node = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            node = sha256(b"\x01" + left + node)
        return node


def tile_path(level: int, number: int) -> str:
    """C2SP tlog-tiles: `0/x001/234` is tile 1234 of the leaves."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return os.path.join(str(level), *["x" + g for g in groups[:-1]], groups[-1])  # noqa: PTH118 - no pathlib in hot code


# Section 2: records ----------------------------------------------------------------------------------------------


def parse_record(raw: bytes, index: int) -> dict[str, Any]:
    """A record's JSON, with exactly its members, at its own place. Tampered when it is not."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Tampered(f"record {index} has a duplicate key", index)
        return found

    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Tampered(f"record {index} is not JSON: {error}", index) from None
    if not isinstance(value, dict) or list(value) != MEMBERS:
        raise Tampered(f"record {index} has not exactly the members of a record", index)
    if value["v"] != 1 or value["index"] != index or type(value["time"]) is not int:
        raise Tampered(f"record {index} has another version, index or time than its place says", index)
    if not isinstance(value["type"], str) or not isinstance(value["body"], dict):
        raise Tampered(f"record {index} has no type or no body", index)
    parent = value["parent"]
    if parent is not None and not (type(parent) is int and 0 <= parent < index):
        raise Tampered(f"record {index} has a parent that is not before it", index)
    return value


# Sections 3, 6 and 8: the whole ledger ---------------------------------------------------------------------------


class Torn(Exception):  # noqa: N818 - what it is
    """The bytes from here on are no whole batch."""


class Verifier:
    """Reads a ledger from its first byte to its last. `run` raises Tampered; `outcome` says what holds otherwise."""

    def __init__(self, path: str, keys: list[Key], heads: list[Checkpoint]) -> None:
        self.path, self.keys, self.heads = path, keys, heads
        self.keyed = bool(keys)
        self.tree = Tree()
        self.origin: str | None = None
        self.time = -1
        self.sound = self.signed = self.torn = self.cut = 0
        self.begun = False
        self.forgotten: set[str] = set()
        self.introduced: list[Key] = []
        self.revoking: list[tuple[Key, int]] = []
        self.revoked: dict[str, int] = {}
        self.tiles: dict[int, list[bytes]] = {}
        self.missing: str | None = None
        self.late: list[tuple[int, int, bytes]] = []
        self.at = ("", 0)

    def run(self) -> None:
        if not os.path.isdir(os.path.join(self.path, "segments")):  # noqa: PTH112, PTH118
            raise Tampered("there is no ledger: no segments/ in the directory")
        for entry in os.scandir(self.path):
            if entry.name not in ("segments", "tile") or not entry.is_dir(follow_symlinks=False):
                raise Tampered(f"{entry.name} does not belong in a ledger")
        # what is written meanwhile is read, too: most of it while writers go on, the last of it while they wait
        for _ in range(ROUNDS):
            with between_writes(self.path):
                names, end = self.look()
            before = self.tree.size
            self.read(names, end)
            if self.tree.size - before < FEW:
                break
        with between_writes(self.path):
            self.read(*self.look())
            self.finish()

    def look(self) -> tuple[list[str], int]:
        """The segments, and where the last one ends, while nobody writes."""
        names = sorted(os.listdir(os.path.join(self.path, "segments")))  # noqa: PTH118, PTH208
        for name in names:
            if len(name) != 24 or not name.endswith(".seg") or not name[:20].isdigit() or not name.isascii():
                raise Tampered(f"{name} is no segment")
        return names, os.lstat(os.path.join(self.path, "segments", names[-1])).st_size if names else 0  # noqa: PTH118

    def read(self, names: list[str], end: int) -> None:
        """Go on from where the last reading ended."""
        self.torn, self.begun = 0, False
        name, start = self.at
        if start and (name not in names or (name == names[-1] and end < start)):
            raise Tampered(f"{name or 'the last segment'} shrank while it was read", self.tree.size)
        for name in [one for one in names if one >= (name if start else "")]:
            start = self.at[1] if name == self.at[0] else 0
            if not start and int(name[:20]) != self.tree.size:
                raise Tampered(f"segment {name} does not follow record {self.tree.size - 1}", self.tree.size)
            last = name == names[-1]
            try:
                self.segment(name, start, end if last else None)
            except FileNotFoundError:
                if not last:
                    raise  # else a writer took back what it had begun

    def segment(self, name: str, start: int, end: int | None) -> None:
        """The batches of a segment from `start` on; of the last one, to its `end`."""
        last = end is not None
        with open_regular(os.path.join(self.path, "segments", name)) as whole:  # noqa: PTH118
            file = UpTo(whole, end)
            file.seek(start)
            while True:
                try:
                    batch = read_batch(file)
                except Torn as error:
                    file.seek(start)
                    rest = file.read()
                    if not last or whole_commit_in(rest):
                        raise Tampered(f"{name} is damaged at byte {start}: {error}", self.tree.size) from None
                    self.torn = len(rest)
                    return
                if batch is None:
                    if start == 0 and not last:
                        raise Tampered(f"{name} is empty", self.tree.size)
                    self.begun = start == 0
                    return
                self.batch(name, batch, start == 0)
                start = file.tell()
                self.at = name, start

    def batch(self, name: str, parts: list[bytes], first: bool) -> None:
        """The frames of one batch; the commit at its end counts what the ledger holds with it."""
        if first:
            self.header(name, parts[0])
            parts = parts[1:]
        for part in parts[:-1]:
            if part[0] == 0:
                self.record(part)
            elif part[0] == 2:
                self.checkpoint(part[1:])
            else:
                raise Tampered(f"{name} has a frame of kind {part[0]} where none belongs", self.tree.size)
        if struct.unpack(">Q", parts[-1][5:13])[0] != self.tree.size:
            raise Tampered(f"a commit in {name} counts other records", self.tree.size)

    def header(self, name: str, part: bytes) -> None:
        """A segment says which ledger it is of, and the tree that it continues."""
        lines = part[1:].split(b"\n")
        if part[0] != 1 or len(lines) < 4:
            raise Tampered(f"{name} has no header", self.tree.size)
        origin = lines[1].decode("utf-8", "replace")
        if self.origin is None:
            self.origin = origin
            if self.keys and all(key.name != origin for key in self.keys):
                raise Tampered(f"this is the ledger {origin!r}, and no key given is of it", 0)
        want = [b"regent-ledger/1", self.origin.encode(), b"%d" % self.tree.size]
        want += [base64.b64encode(peak) for _, peak in self.tree.peaks]
        if lines != [*want, b""]:
            raise Tampered(f"the header of {name} does not continue the records before it", self.tree.size)

    def record(self, leaf: bytes) -> None:
        index = self.tree.size
        value = parse_record(leaf[1:], index)
        if value["time"] <= self.time:
            raise Tampered(f"record {index} is not later than the one before it", index)
        self.time = value["time"]
        kind, body = value["type"], value["body"]
        try:
            if kind == "ledger.recovered":
                self.cut += int(body["cut_bytes"])
            elif kind == "subject.forgotten":
                self.forgotten.update(body["subjects"])
            elif kind == "key.introduced":
                self.introduced.append(Key(body["vkey"]))
            elif kind == "key.revoked":
                self.revoking.append((Key(body["vkey"]), int(body["since"])))
        except (KeyError, TypeError, ValueError):
            raise Tampered(f"record {index} is no {kind} record", index) from None
        for level, number, node in self.tree.add(sha256(leaf)):
            if level % 8 == 0:
                self.tiles.setdefault(level // 8, []).append(node)
                if number % 256 == 255:
                    self.compare_tile(level // 8, number // 256)
        for head in self.heads:
            if head.origin == self.origin and head.size == self.tree.size and head.root != self.tree.root():
                raise Tampered(f"the first {head.size} records are not the ones that were seen before", self.sound)

    def checkpoint(self, raw: bytes) -> None:
        """A checkpoint in the ledger is of the records before it, and signed by a key that is trusted at this place."""
        try:
            point = Checkpoint(raw)
            if (point.origin, point.size, point.root) != (self.origin, self.tree.size, self.tree.root()):
                raise Tampered(f"a checkpoint is not of the {self.tree.size} records before it")
            if self.keyed:
                signers = point.signers(self.keys)
                if not signers:
                    raise Tampered(f"the checkpoint of {point.size} records is signed by no trusted key")
                self.accept(point, signers)
        except Tampered as error:
            raise Tampered(str(error), self.sound) from None
        self.sound = self.tree.size

    def accept(self, point: Checkpoint, signers: list[Key]) -> None:
        """A revocation counts once another key has signed it, and a key that was introduced once a trusted one has."""
        for key, since in self.revoking:
            if any(signer.text != key.text for signer in signers):
                self.revoked[key.text] = min(since, self.revoked.get(key.text, since))
        if any(self.time < self.revoked.get(signer.text, self.time + 1) for signer in signers):
            self.signed = point.size
            self.keys += [key for key in self.introduced if key.text not in {k.text for k in self.keys}]
            self.introduced = []

    def compare_tile(self, level: int, number: int) -> None:
        hashes_, self.tiles[level] = self.tiles[level], []
        want = b"".join(hashes_)
        if not self.tile(level, number, want):
            if len(self.late) < FEW:
                self.late.append((level, number, want))  # a writer may be behind with it: looked at again in the end
            else:
                self.missing = self.missing or tile_path(level, number)

    def tile(self, level: int, number: int, want: bytes) -> bool:
        """Whether a tile is there, and whole. Tampered when it is another."""
        name = tile_path(level, number)
        try:
            with open_regular(os.path.join(self.path, "tile", name)) as file:  # noqa: PTH118
                have = file.read()
        except FileNotFoundError:
            return False
        if len(have) < len(want) and want.startswith(have):
            return False
        if have != want:
            off = next((i for i in range(0, len(want), 32) if have[i : i + 32] != want[i : i + 32]), len(want))
            raise Tampered(f"the records do not match tile {name}", number * 256 + off // 32 << 8 * level)
        return True

    def finish(self) -> None:
        """Behind the last record: no head is of more than there is, and in `tile` are tiles of these records only."""
        for head in self.heads:
            if head.origin != self.origin and self.origin is not None:
                continue
            if self.keyed and not head.signers(self.keys):
                raise Tampered(f"the known head of {head.size} records is signed by no trusted key")
            if head.size > self.tree.size:
                raise Tampered(f"{head.size} records were seen before; there are {self.tree.size}", self.tree.size)
        for level in sorted(self.tiles):
            if self.tiles[level]:
                self.compare_tile(level, (self.tree.size >> 8 * level) // 256)
        for level, number, want in self.late:
            if not self.tile(level, number, want):
                self.missing = self.missing or tile_path(level, number)
        top = os.path.join(self.path, "tile")  # noqa: PTH118
        for folder, folders, files in os.walk(top):
            for entry in folders + files:
                if os.path.islink(os.path.join(folder, entry)):  # noqa: PTH114, PTH118
                    raise Tampered(f"{entry} in tile is a link")
            for entry in files:
                if not self.has_tile(os.path.relpath(os.path.join(folder, entry), top)):  # noqa: PTH118
                    raise Tampered("there are files in tile that are no tiles of this ledger")

    def has_tile(self, name: str) -> bool:
        level, *groups = name.split("/")
        digits = "".join(group.removeprefix("x") for group in groups)
        if not (level + digits).isdecimal() or not digits or len(name) > 64:
            return False
        return name == tile_path(int(level), int(digits)) and int(digits) * 256 < self.tree.size >> 8 * int(level)

    def outcome(self) -> tuple[int, str]:
        if self.begun:
            return 2, "the last segment is empty: a writer died as it began it"
        if self.torn:
            return 2, f"{self.torn} bytes at the end are a torn write"
        if not self.tree.size:
            return 2, "the ledger holds no records"
        if not self.keyed:
            return 2, "the hashes hold, but no key was given: --key takes one, from where its owner published it"
        if self.signed < self.tree.size:
            return 2, f"the last {self.tree.size - self.signed} records lie behind the last signed checkpoint"
        if not any(head.origin == self.origin for head in self.heads):
            return 2, "signed throughout, but no head seen earlier was given: --head takes a checkpoint kept elsewhere"
        if self.missing:
            return 2, f"tile {self.missing} is missing"
        return 0, "verified, signed throughout, and consistent with every head given"


@contextlib.contextmanager
def between_writes(path: str) -> Iterator[None]:
    """Nobody writes to the ledger meanwhile: the shared form of a writer's two locks."""
    held: list[int] = []
    try:
        for folder in (os.path.join(path, "segments"), path):  # noqa: PTH118
            held.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            with contextlib.suppress(OSError):  # a file system without locks: a copy, in which no writer writes
                fcntl.flock(held[-1], fcntl.LOCK_SH)
        os.close(held.pop(0))
        yield
    finally:
        for fd in held:
            os.close(fd)


class UpTo:
    """A file that ends at `end`, whatever is written behind it; None: where it ends."""

    def __init__(self, file: BinaryIO, end: int | None) -> None:
        self.file, self.end = file, end
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        if self.end is None:
            return self.file.read(size)
        left = max(self.end - self.tell(), 0)
        return self.file.read(left if size < 0 else min(size, left))


def open_regular(path: str) -> BinaryIO:
    """A file, and nothing that leads elsewhere or never ends: no link, pipe or device."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise Tampered(f"{path} is no regular file")
    return os.fdopen(fd, "rb")


def read_batch(file: UpTo) -> list[bytes] | None:
    """The frames of the next batch, its commit last; None at the end. Torn when it is not whole."""
    parts: list[bytes] = []
    crc = size = 0
    while True:
        head = file.read(4)
        if not head and not parts:
            return None
        if len(head) < 4 or not 1 <= int.from_bytes(head, "big") <= (1 << 20) + 1:
            raise Torn("a frame has no whole length")
        part = file.read(int.from_bytes(head, "big"))
        if len(part) < int.from_bytes(head, "big"):
            raise Torn("the file ends inside a frame")
        parts.append(part)
        if part[0] == 3:
            if len(part) != 21 or part[1:5] != MARK or int.from_bytes(part[13:17], "big") != size:
                raise Torn("a commit is malformed")
            if zlib.crc32(part[:17], zlib.crc32(head, crc)) != int.from_bytes(part[17:], "big"):
                raise Torn("a checksum does not match")
            return parts
        crc = zlib.crc32(part, zlib.crc32(head, crc))
        size += 4 + len(part)


def whole_commit_in(rest: bytes) -> bool:
    """Whether a whole batch follows behind a broken one: then the break is no torn tail."""
    at = rest.find(b"\x00\x00\x00\x15\x03" + MARK)
    while at >= 0:
        begin = at - int.from_bytes(rest[at + 17 : at + 21], "big")
        stored = int.from_bytes(rest[at + 21 : at + 25], "big")
        if begin > 0 and at + 25 <= len(rest) and zlib.crc32(rest[begin : at + 21]) == stored:
            return True
        at = rest.find(b"\x00\x00\x00\x15\x03" + MARK, at + 1)
    return False


# Section 9: proofs -----------------------------------------------------------------------------------------------


def check_proof(raw: bytes, keys: list[Key]) -> dict[str, Any]:
    """The record that a tlog-proof proves. Tampered when it does not."""
    head, blank, note = raw.partition(b"\n\n")
    try:
        magic, extra, index_line, *path = head.decode("ascii").split("\n")
        record, index = unbase64(extra.removeprefix("extra ")), int(index_line.removeprefix("index "))
        siblings = [unbase64(line) for line in path]
    except ValueError:
        raise Tampered("this is no proof of a record") from None
    if (
        magic != "c2sp.org/tlog-proof@v1"
        or not blank
        or not extra.startswith("extra ")
        or f"index {index}" != index_line
    ):
        raise Tampered("this is no proof of a record")
    point = Checkpoint(note)
    if not point.signers(keys):
        raise Tampered("the checkpoint of this proof is signed by no trusted key")
    if not 0 <= index < point.size or any(len(s) != 32 for s in siblings):
        raise Tampered("the proof is for no record of its checkpoint")
    # RFC 9162 section 2.1.3.2
    fn, sn, node = index, point.size - 1, sha256(b"\x00" + record)
    for sibling in siblings:
        if sn == 0:
            raise Tampered("the proof is too long")
        if fn & 1 or fn == sn:
            node = sha256(b"\x01" + sibling + node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\x01" + node + sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn or node != point.root:
        raise Tampered("the path does not lead from this record to the signed root")
    return parse_record(record, index)


# Command line ----------------------------------------------------------------------------------------------------


def usage(message: str) -> int:
    print(f"verify.py: {message}", file=sys.stderr)  # noqa: T201
    return 3


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise SystemExit(usage(message))


def read_file(name: str) -> bytes:
    with open(name, "rb") as file:  # noqa: PTH123
        return file.read()


def text_or_file(value: str) -> list[str]:
    if os.path.exists(value):  # noqa: PTH110
        with open(value, encoding="utf-8") as file:  # noqa: PTH123
            return [line for line in file.read().splitlines() if line.strip() and not line.startswith("#")]
    return [value]


def no_ledger(path: str) -> str:
    """What else was given in a ledger's place by mistake; empty if it may be one, or nothing is there at all."""
    if os.path.isdir(os.path.join(path, "ledger", "segments")):  # noqa: PTH112, PTH118
        return f"{path} is not a ledger, but holds one: give {os.path.join(path, 'ledger')}"  # noqa: PTH118
    if not os.path.isfile(path):  # noqa: PTH113
        return ""
    with open(path, "rb") as file:  # noqa: PTH123
        packed = file.read(2) == b"PK"
    if packed:
        return (
            f"{path} is a zip, not a ledger; an evidence pack is checked by another program, "
            "policies/controls/pack/verify_pack.py, which lies in the pack as verify.py"
        )
    return f"{path} is a file, not a ledger; give the directory that holds segments/, or a proof with --proof"


def main(argv: list[str] | None = None) -> int:
    parser = Parser(
        description="Verify a Regent ledger or a proof from one, with nothing but Python and `cryptography`."
    )
    parser.add_argument("ledger", nargs="?", help="the ledger directory, which holds segments/")
    parser.add_argument("--key", action="append", default=[], help="verifier key, or a file of them")
    parser.add_argument("--head", action="append", default=[], help="a file of a checkpoint seen earlier")
    parser.add_argument("--proof", help="check this proof instead of a ledger")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if (args.ledger is None) == (args.proof is None):
        return usage("give a ledger directory or --proof FILE")
    if wrong := args.ledger and no_ledger(args.ledger):
        return usage(wrong)
    keys = [Key(text) for value in args.key for text in text_or_file(value)]
    report: dict[str, Any] = {}
    try:
        if args.proof is not None:
            if not keys:
                return usage("checking a proof needs --key")
            try:
                raw = read_file(args.proof)
            except OSError as error:
                return usage(f"the proof cannot be read: {error}")
            report["record"] = check_proof(raw, keys)
            code, reason = 0, "the record is in the ledger"
        else:
            try:
                heads = [Checkpoint(read_file(name)) for name in args.head]
            except OSError as error:
                return usage(f"a head cannot be read: {error}")
            run = Verifier(args.ledger, keys, heads)
            try:
                run.run()
            finally:
                report = {
                    "origin": run.origin,
                    "size": run.tree.size,
                    "root": run.tree.root().hex(),
                    "anchored": run.signed,
                    "torn_bytes": run.torn,
                    "quarantined_bytes": run.cut,
                    "erased": len(run.forgotten),
                }
            code, reason = run.outcome()
    except Tampered as error:
        code, reason = 1, str(error)
        report["first_bad"] = error.index
    except OSError as error:
        code, reason = 1, str(error)
    report |= {"code": code, "reason": reason}
    if args.json:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
    else:
        where = f" First bad record: {report['first_bad']}." if report.get("first_bad") is not None else ""
        print(f"{['VERIFIED', 'TAMPERED', 'UNANCHORED', 'USAGE'][code]}: {reason}.{where}")  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
