"""Prove that one record is in a signed ledger, or that one signed state extends another; check such proofs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from policies.audit.encoding import decode
from policies.audit.errors import NoSuchRecordError, ProofError
from policies.audit.merkle import (
    check_consistency,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_from_inclusion,
    subtree_root,
)
from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord
from policies.audit.segments import read_raw

MAGIC = "c2sp.org/tlog-proof@v1"


class Consistency(BaseModel):
    """That the tree of `new` records begins with the tree of `old` records; hashes in base64."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: str
    old: int
    old_root: str
    new: int
    new_root: str
    path: tuple[str, ...]


def prove(ledger: Path, index: int, checkpoint: Checkpoint | None = None) -> bytes:
    """A C2SP tlog-proof, the record itself in `extra`, under `checkpoint` (default: the ledger's last).

    NoSuchRecordError when no checkpoint covers record `index` yet.
    """
    reader = Reader(ledger)
    signed = checkpoint or reader.checkpoint()
    if signed is None or not 0 <= index < signed.size:
        covered = f"the last one covers {signed.size} records, from 0 on" if signed else "it has none yet"
        raise NoSuchRecordError(f"Record {index} is not under a checkpoint of the ledger {ledger}: {covered}.")
    leaf = next((leaf for _, leaf in read_raw(reader.segments, index, index)), None)
    if leaf is None:
        raise NoSuchRecordError(f"The ledger {ledger} has no record {index}.")
    path = inclusion_proof(reader.tiles.node_at, index, signed.size)
    if root_from_inclusion(leaf_hash(leaf[1:]), index, signed.size, path) != signed.root:
        raise ProofError(f"Record {index} does not lead to the signed root; run `regent audit verify`.")
    lines = [MAGIC, f"extra {_b64(leaf[1:])}", f"index {index}", *map(_b64, path)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + signed.raw


def check(proof: bytes, keys: Iterable[VerifierKey]) -> tuple[StoredRecord, Checkpoint]:
    """The record that `proof` proves and the checkpoint it is under. Needs no ledger.

    ProofError when the path does not lead to the signed root, SignatureError when no key in `keys` signed it.
    """
    head, blank, note = proof.partition(b"\n\n")
    try:
        magic, extra, place, *lines = head.decode("ascii").split("\n")
        word, _, encoded = extra.partition(" ")
        record = _unb64(encoded)
        name, _, number = place.partition(" ")
        index = int(number)
        path = [_unb64(line) for line in lines]
    except (ValueError, binascii.Error) as error:
        raise ProofError("This is no proof of a record; `regent audit prove` writes one.") from error
    if (magic, word, name, number) != (MAGIC, "extra", "index", str(index)) or not blank:
        raise ProofError("This is no proof of a record; `regent audit prove` writes one.")
    signed = Checkpoint.parse(note)
    if not signed.note.signers(keys):
        raise ProofError("The checkpoint of this proof is signed by none of the keys given.")
    if any(len(node) != 32 for node in path):
        raise ProofError("A hash in this proof has not 32 bytes.")
    leaf = leaf_hash(record)
    if root_from_inclusion(leaf, index, signed.size, path) != signed.root:
        raise ProofError(f"This proof does not lead from the record to the signed root as record {index}.")
    return decode(index, b"\0" + record, leaf.hex()), signed


def consistency(ledger: Path, old: Checkpoint, new: Checkpoint) -> Consistency:
    """Proof, from the tiles of `ledger`, that `new` extends `old`. ProofError when it does not."""
    if old.origin != new.origin:
        raise ProofError(f"These are checkpoints of two ledgers: {old.origin!r} and {new.origin!r}.")
    if old.size > new.size:
        raise ProofError(f"The first checkpoint is for {old.size} records, more than the second's {new.size}.")
    node_at = Reader(ledger).tiles.node_at
    for head in (old, new):
        if subtree_root(node_at, 0, head.size) != head.root:
            raise ProofError(f"The ledger {ledger} is not the one that the checkpoint of {head.size} records signs.")
    path = consistency_proof(node_at, old.size, new.size)
    check_consistency(old.size, old.root, new.size, new.root, path)
    return Consistency(
        origin=new.origin,
        old=old.size,
        old_root=_b64(old.root),
        new=new.size,
        new_root=_b64(new.root),
        path=tuple(map(_b64, path)),
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if _b64(raw) != text:
        raise ProofError("This proof holds base64 in another than its one form.")
    return raw
