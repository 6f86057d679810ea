"""The tree against its definition in RFC 6962, proofs against forgery, notes against their specification."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.audit.errors import ProofError, SignatureError
from policies.audit.keys import FileSigner
from policies.audit.merkle import (
    EMPTY,
    Tree,
    check_consistency,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_inclusion,
)
from policies.audit.note import Checkpoint, Note, VerifierKey, body, cosign, sign

LEAVES = [leaf_hash(b"%d" % number) for number in range(300)]


@cache
def root_of(first: int, end: int) -> bytes:
    """MTH exactly as RFC 6962 section 2.1 defines it."""
    count = end - first
    if count < 2:
        return LEAVES[first] if count else EMPTY
    split = 1
    while split * 2 < count:
        split *= 2
    return node_hash(root_of(first, first + split), root_of(first + split, end))


def node_at(level: int, index: int) -> bytes:
    return root_of(index << level, index + 1 << level)


@given(st.lists(st.integers(1, 40), max_size=20))
def test_incremental_roots_are_the_roots_from_scratch(parts: list[int]) -> None:
    tree = Tree()
    for part in parts:
        size = min(tree.size + part, len(LEAVES))
        tree.extend(LEAVES[tree.size : size])
        assert tree.root() == root_of(0, size) == Tree(size, tree.peaks()).root()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 63, 64, 65, 257, 300])
def test_inclusion_of_every_record_and_of_no_other(size: int) -> None:
    root = root_of(0, size)
    for index in range(size):
        path = inclusion_proof(node_at, index, size)
        assert root_from_inclusion(LEAVES[index], index, size, path) == root
        if size > 1:
            other = (index + 1) % size
            try:
                assert root_from_inclusion(LEAVES[index], other, size, path) != root
            except ProofError:
                assert len(path) != len(inclusion_proof(node_at, other, size))
        with pytest.raises(ProofError):
            root_from_inclusion(LEAVES[index], index, size, [*path, path[-1] if path else EMPTY])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.data())
def test_consistency_proofs_prove_and_forgeries_do_not(one: int, two: int, data: st.DataObject) -> None:
    old, new = sorted((one, two))
    path = consistency_proof(node_at, old, new)
    check_consistency(old, root_of(0, old), new, root_of(0, new), path)
    forged = hashlib.sha256(b"forged").digest()
    if old and old != new:
        with pytest.raises(ProofError):
            check_consistency(old, forged, new, root_of(0, new), path)
    if new:
        with pytest.raises(ProofError):
            check_consistency(old, root_of(0, old), new, forged, path if old else [*path, forged])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        with pytest.raises(ProofError):
            check_consistency(old, root_of(0, old), new, root_of(0, new), [*path[:at], forged, *path[at + 1 :]])
        with pytest.raises(ProofError):
            check_consistency(old, root_of(0, old), new, root_of(0, new), path[:-1])


def test_the_published_note_of_the_specification_is_accepted() -> None:
    """The example of golang.org/x/mod/sumdb/note, by an implementation that is not ours."""
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyB"
        "wJnAM=\n"
    )
    assert Note.parse(text.encode()).signers([key]) == [key]
    with pytest.raises(SignatureError, match="does not verify"):
        Note.parse(text.replace("answer", "anser").encode()).signers([key])


def test_checkpoints_have_one_form_only() -> None:
    signer = FileSigner.generate("example.com/log")
    good = sign(body("example.com/log", 12, EMPTY), [signer])
    assert Checkpoint.parse(good).size == 12
    root = base64.b64encode(EMPTY).decode()
    for text in (
        f"example.com/log\n012\n{root}\n",
        f"example.com/log\n-1\n{root}\n",
        f"example.com/log\n12\n{root}\nextension\n",
        f"example.com/log\n12\n{root[:-4]}\n",
        f"\n12\n{root}\n",
        "example.com/log\n12\n",
    ):
        with pytest.raises(SignatureError):
            Checkpoint.parse(sign(text.encode(), [signer]))
    with pytest.raises(SignatureError):
        Checkpoint.parse(good.replace(b"\n\n", b"\n"))
    with pytest.raises(SignatureError):
        Checkpoint.parse(good + b"\x01")


def test_a_key_that_lies_about_its_id_is_refused() -> None:
    text = str(FileSigner.generate("example.com/log").vkey)
    name, hexid, data = text.split("+", 2)
    assert VerifierKey.parse(text).name == name
    for bad in (f"{name}+{'0' * 8}+{data}", f"{name}+{hexid}", f"two words+{hexid}+{data}", ""):
        with pytest.raises(SignatureError):
            VerifierKey.parse(bad)


def test_ecdsa_signatures_as_kms_makes_them() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ec.generate_private_key(ec.SECP256R1())
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    class Kms:
        vkey = VerifierKey("example.com/log", 2, spki)

        def sign(self, text: bytes) -> bytes:
            return private.sign(text, ec.ECDSA(SHA256()))

    checkpoint = Checkpoint.parse(sign(body("example.com/log", 1, EMPTY), [Kms()]))
    key = VerifierKey.parse(str(Kms.vkey))
    assert checkpoint.note.signers([key]) == [key]


def test_a_witness_cosignature_is_bound_to_its_time() -> None:
    signer, witness = FileSigner.generate("example.com/log"), FileSigner.generate("witness.example/w1")
    checkpoint = Checkpoint.parse(sign(body("example.com/log", 1, EMPTY), [signer]))
    line = cosign(checkpoint, witness, at=1_700_000_000)
    both = Checkpoint.parse(checkpoint.raw + line)
    key = VerifierKey("witness.example/w1", 4, witness.vkey.data)
    assert both.note.signers([key, signer.vkey]) == [key, signer.vkey]
    name, id_, signature = both.note.signatures[1]
    assert (name, id_) == (key.name, key.id)
    assert not key.signed(both.note.text, (1_700_000_001).to_bytes(8, "big") + signature[8:])
