"""AWS KMS behind the interfaces of the key files: a signer for checkpoints, and a wrapper for the vault's master key.

The private key never leaves KMS. What signs is an asymmetric key (ECC_NIST_P256, SIGN_VERIFY); what wraps is a
symmetric one (SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT). Both clients are the caller's, so that region and role are too.
"""

from __future__ import annotations

from typing import Any

from policies.audit.errors import KeyFileError
from policies.audit.note import ECDSA, VerifierKey

_CONTEXT = {"regent": "subject-keys"}
"""Bound to every wrapped key, so that it opens for nothing else and CloudTrail shows what it was for."""


class KmsSigner:
    """Signs checkpoints with an ECDSA P-256 key in KMS; a `policies.audit.note.Signer`."""

    def __init__(self, client: Any, key_id: str, name: str) -> None:
        """`name` is the ledger's origin. KeyFileError when KMS does not have such a key, or it is of another kind."""
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        self._client, self._key_id = client, key_id
        found = _ask(client, "get_public_key", key_id, KeyId=key_id)
        public = load_der_public_key(bytes(found["PublicKey"]))
        curve = public.curve.name if isinstance(public, ec.EllipticCurvePublicKey) else type(public).__name__
        if found["KeyUsage"] != "SIGN_VERIFY" or curve != "secp256r1":
            raise KeyFileError(
                f"The KMS key {key_id} is {curve} for {found['KeyUsage']}; the ledger signs with ECC_NIST_P256 for "
                "SIGN_VERIFY."
            )
        self._vkey = VerifierKey(name, ECDSA, bytes(found["PublicKey"]))

    @property
    def vkey(self) -> VerifierKey:
        return self._vkey

    def sign(self, text: bytes) -> bytes:
        """DER signature over SHA-256 of `text`, held against the public key before it is used."""
        done = _ask(
            self._client,
            "sign",
            self._key_id,
            KeyId=self._key_id,
            Message=text,
            MessageType="RAW",  # a checkpoint has some hundred bytes, KMS takes 4,096
            SigningAlgorithm="ECDSA_SHA_256",
        )
        signature = bytes(done["Signature"])
        if not self._vkey.signed(text, signature):
            raise KeyFileError(f"KMS signed with another key than {self._key_id} said it has; nothing was recorded.")
        return signature


class KmsWrapper:
    """Wraps the vault's master key with a symmetric KMS key; a `policies.audit.vault.Wrapper`.

    One call per process opens the master key; the keys of persons are wrapped by it, so that thousands of persons do
    not mean thousands of calls.
    """

    def __init__(self, client: Any, key_id: str) -> None:
        self._client, self._key_id = client, key_id

    def wrap(self, key: bytes) -> bytes:
        """KeyFileError when KMS refuses."""
        done = _ask(
            self._client, "encrypt", self._key_id, KeyId=self._key_id, Plaintext=key, EncryptionContext=_CONTEXT
        )
        return bytes(done["CiphertextBlob"])

    def unwrap(self, wrapped: bytes) -> bytes:
        """KeyFileError when KMS refuses, or the bytes are not what this key wrapped."""
        done = _ask(
            self._client,
            "decrypt",
            self._key_id,
            KeyId=self._key_id,
            CiphertextBlob=wrapped,
            EncryptionContext=_CONTEXT,
        )
        return bytes(done["Plaintext"])


def _ask(client: Any, method: str, key_id: str, **given: Any) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return getattr(client, method)(**given)
    except (ClientError, BotoCoreError) as error:
        raise KeyFileError(f"KMS did not do {method} with the key {key_id}: {error}") from error
