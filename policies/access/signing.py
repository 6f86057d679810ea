"""Signing: the keys with which channel workers sign envelopes, in a file or in KMS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import SettingsError

if TYPE_CHECKING:
    from policies.access.sources import IdentitySettings


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


def make_key(file: Path) -> str:
    """Make a worker's key in a new file of mode 600; its public key in PEM.

    Raises:
        SettingsError: there is a file already, whose envelopes would not be believed any more, or none can be written.
    """
    import os

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(made, "wb") as opened:
            opened.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise SettingsError(f"There is a file {file.name} already; name one that is not there yet.") from None
    except OSError as error:
        raise SettingsError(f"The key file {file.name} cannot be written: {error.strerror}.") from error
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class KmsSigner:
    """A KMS key of spec ECC_NIST_P256, through a botocore client; the private key never leaves KMS."""

    def __init__(self, kid: str, client: Any, key: str) -> None:
        self.kid, self._client, self._key = kid, client, key

    def sign(self, message: bytes) -> bytes:
        answer = self._client.sign(
            KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return bytes(answer["Signature"])


def with_public_keys(identity: IdentitySettings) -> IdentitySettings:
    """The sources of identity with every channel worker's key in PEM; those named by ARN are asked of KMS, once.

    Raises:
        SettingsError: KMS does not give a key, or it is not one that signs.
    """
    if identity.envelopes is None:
        return identity
    keys = {kid: _from_kms(key) if key.startswith("arn:") else key for kid, key in identity.envelopes.keys.items()}
    return identity.model_copy(update={"envelopes": identity.envelopes.model_copy(update={"keys": keys})})


def _from_kms(arn: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "kms":
        raise SettingsError(
            f"The channel worker's key {arn!r} is neither a public key in PEM nor the ARN of a KMS key."
        )
    try:
        client: Any = Session().create_client("kms", region_name=parts[3])
        found = client.get_public_key(KeyId=arn)
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(f"KMS does not give the channel worker's key {arn}: {error}") from error
    if found["KeyUsage"] != "SIGN_VERIFY":
        raise SettingsError(f"The channel worker's key {arn} is for {found['KeyUsage']}; expected SIGN_VERIFY.")
    key = load_der_public_key(bytes(found["PublicKey"]))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
