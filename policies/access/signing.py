"""Signing: the keys with which channel workers sign envelopes, in a file or in KMS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.errors import SettingsError


class KeyFileSigner:
    """An Ed25519 private key in PEM, from a file that only its owner may read."""

    def __init__(self, kid: str, file: Path) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        if file.stat().st_mode & 0o077:
            raise SettingsError(f"The key file {file.name} can be read by others; set its mode to 600.")
        key = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise SettingsError(f"The key file {file.name} holds no Ed25519 key.")
        self.kid, self._key = kid, key

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class KmsSigner:
    """A KMS key of spec ECC_NIST_P256, through a botocore client; the private key never leaves KMS."""

    def __init__(self, kid: str, client: Any, key: str) -> None:
        self.kid, self._client, self._key = kid, client, key

    def sign(self, message: bytes) -> bytes:
        answer = self._client.sign(
            KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return bytes(answer["Signature"])
