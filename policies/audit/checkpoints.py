"""Signing the tree head, and letting a new key take over from an old one."""

from __future__ import annotations

from policies.audit.note import Checkpoint, Signer, body, sign
from policies.audit.store import Store


def sign_checkpoint(store: Store, *signers: Signer) -> Checkpoint:
    """A checkpoint over everything that is durable in `store`."""
    return Checkpoint.parse(sign(body(store.origin, store.size, store.tree.root()), signers))
