"""C2SP signed notes and tlog checkpoints: text, verifier keys, signatures. See docs/ledger.md section 5."""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from policies.audit.errors import SignatureError

ED25519, ECDSA, COSIGNATURE = 1, 2, 4
MAX_NOTE, MAX_SIGNATURES = 1 << 16, 100


class Signer(Protocol):
    """Signs note texts: a key file, or KMS. `vkey` is what verifiers trust."""

    @property
    def vkey(self) -> VerifierKey: ...

    def sign(self, text: bytes) -> bytes:
        """The signature over the note's text, without the key id."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key in C2SP form: key name, signature type, key bytes (SPKI DER for ECDSA)."""

    name: str
    kind: int
    data: bytes

    @property
    def id(self) -> bytes:
        if self.kind == ECDSA:
            return hashlib.sha256(self.data).digest()[:4]
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.data).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """From `name+hexid+base64`; SignatureError when malformed or when the id is not the key's."""
        try:
            name, hexid, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            key = cls(name, raw[0], raw[1:])
        except (ValueError, IndexError) as error:
            raise SignatureError(
                f"{text.strip()[:80]!r} is no verifier key; expected NAME+HEXID+BASE64, see `regent audit keys`."
            ) from error
        valid_name(name)
        if key.kind not in (ED25519, ECDSA, COSIGNATURE):
            raise SignatureError(f"Verifier key {name} has signature type {key.kind}; known: 1, 2 and 4.")
        if key.kind != ECDSA and len(key.data) != 32:
            raise SignatureError(f"Verifier key {name} has {len(key.data)} key bytes; Ed25519 has 32.")
        if key.id.hex() != hexid:
            raise SignatureError(f"Verifier key {name} says id {hexid}, but its bytes have id {key.id.hex()}.")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.data).decode()}"

    @cached_property
    def _public(self) -> object:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        return load_der_public_key(self.data) if self.kind == ECDSA else Ed25519PublicKey.from_public_bytes(self.data)

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether `signature` (without key id) over the note text `text` is this key's."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.hashes import SHA256

        public = self._public
        try:
            if isinstance(public, ec.EllipticCurvePublicKey):
                public.verify(signature, text, ec.ECDSA(SHA256()))
            elif isinstance(public, ed25519.Ed25519PublicKey):
                if self.kind == COSIGNATURE:
                    if len(signature) != 72:
                        return False
                    at = int.from_bytes(signature[:8], "big")
                    text, signature = cosigned(text, at), signature[8:]
                public.verify(signature, text)
            else:
                return False
        except InvalidSignature:
            return False
        return True


def cosigned(text: bytes, at: int) -> bytes:
    """What a witness signs over a note text at POSIX second `at` (C2SP cosignature/v1)."""
    return b"cosignature/v1\ntime %d\n" % at + text


def valid_name(name: str) -> str:
    """A key name: not empty, no whitespace, no plus, no control characters."""
    if not name or "+" in name or any(c.isspace() or ord(c) < 32 for c in name):
        raise SignatureError(f"{name!r} is no key name; it takes no spaces, plus signs or control characters.")
    return name


@dataclass(frozen=True)
class Note:
    """A note taken apart: `text` with its final newline, signatures as (key name, key id, signature)."""

    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """SignatureError when `raw` is not a well-formed signed note."""
        text, blank, tail = raw.rpartition(b"\n\n")
        if len(raw) > MAX_NOTE or not blank or not tail.endswith(b"\n"):
            raise SignatureError("This is no signed note: a text, an empty line and signature lines were expected.")
        lines = tail[:-1].split(b"\n")
        if any(c < 32 and c != 10 for c in raw) or len(lines) > MAX_SIGNATURES:
            raise SignatureError("This note has control characters or more signatures than a note may have.")
        try:
            raw.decode("utf-8")
            found = tuple(_signature(line.decode("utf-8")) for line in lines)
        except UnicodeDecodeError as error:
            raise SignatureError("This note is not UTF-8.") from error
        return cls(text + b"\n", found)

    def signers(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of `keys` signed. SignatureError when a line names one of them and does not verify."""
        good = []
        for key in keys:
            lines = [s for name, id_, s in self.signatures if (name, id_) == (key.name, key.id)]
            if any(not key.signed(self.text, signature) for signature in lines):
                raise SignatureError(f"The signature by {key.name} ({key.id.hex()}) does not verify.")
            if lines:
                good.append(key)
        return good


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError(f"A signature line of this note is not base64: {line[:60]!r}.") from error
    if dash != "\u2014" or len(raw) < 5 or base64.b64encode(raw).decode() != encoded:
        raise SignatureError(f"A signature line of this note is malformed: {line[:60]!r}.")
    return valid_name(name), raw[:4], raw[4:]


def sign(text: bytes, signers: Sequence[Signer]) -> bytes:
    """The note over `text`, which must end in a newline, with one line per signer."""
    return text + b"\n" + b"".join(signature_line(s.vkey, s.sign(text)) for s in signers)


def signature_line(key: VerifierKey, signature: bytes) -> bytes:
    """One signature as it stands under a note: who signed, and base64 of the key's id and the signature."""
    return f"\u2014 {key.name} {base64.b64encode(key.id + signature).decode()}\n".encode()


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: `root` (32 bytes) over the first `size` records of the ledger `origin`."""

    origin: str
    size: int
    root: bytes
    note: Note = field(repr=False)
    raw: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Checkpoint:
        note = Note.parse(raw)
        lines = note.text.decode("utf-8").split("\n")
        try:
            origin, size, root, end = lines
            head = base64.b64decode(root, validate=True)
        except (ValueError, binascii.Error) as error:
            raise SignatureError("This note is no checkpoint: origin, size and root were expected.") from error
        if end or not origin or not size.isascii() or not size.isdigit() or str(int(size)) != size or len(head) != 32:
            raise SignatureError(f"This note is no checkpoint: size {size[:30]!r} or root {root[:60]!r} is malformed.")
        if body(origin, int(size), head) != note.text:
            raise SignatureError("This checkpoint is not written in its one form.")
        return cls(origin, int(size), head, note, raw)

    def __str__(self) -> str:
        return f"{self.origin} {self.size} {self.root.hex()}"


def body(origin: str, size: int, root: bytes) -> bytes:
    """The text of a checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def cosign(checkpoint: Checkpoint, signer: Signer, at: int | None = None) -> bytes:
    """A witness's signature line over `checkpoint` at POSIX second `at` (default: now)."""
    at = int(time.time()) if at is None else at
    signature = at.to_bytes(8, "big") + signer.sign(cosigned(checkpoint.note.text, at))
    return signature_line(VerifierKey(signer.vkey.name, COSIGNATURE, signer.vkey.data), signature)
