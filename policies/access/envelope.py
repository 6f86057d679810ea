"""Envelopes: who asked in a chat, signed by the channel worker that verified the chat's own event.

The worker checks Slack's or Teams' signature and then calls the runtime with SigV4, which proves the worker and not the
person. So it adds this: a short-lived statement, signed with a key of the workers, that names the person, the channel,
the session and the hash of exactly this body. It works once.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.access.errors import NotVerifiedError
from policies.access.nonces import Nonces
from policies.access.principal import KnownAs

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LIFETIME = 60
"""Seconds from signing to the last moment at which an envelope is accepted."""
LEEWAY = 30
"""Seconds that the clocks of worker and runtime may differ."""
_MOST_CHARACTERS = 4096
_CONTEXT = b"regent-envelope-v1\n"


class Envelope(BaseModel):
    """What a channel worker states. Times are Unix seconds; `body` is the hex SHA-256 of `body_bytes`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    kid: str = Field(min_length=1, max_length=64)
    audience: str = Field(min_length=1, max_length=256)
    person: KnownAs
    channel: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    session: str = Field(min_length=1, max_length=256)
    body: str = Field(pattern=r"^[0-9a-f]{64}$")
    issued: int
    expires: int
    nonce: str = Field(pattern=r"^[0-9a-f]{32}$")


class Signer(Protocol):
    """A channel worker's key: a local one, or one in KMS."""

    kid: str

    def sign(self, message: bytes) -> bytes:
        """The signature: Ed25519 over the message, or ECDSA P-256 with SHA-256 in DER."""


def body_bytes(payload: Mapping[str, Any]) -> bytes:
    """The one spelling of a JSON body that its hash is over: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)


def seal(
    signer: Signer,
    *,
    audience: str,
    person: str,
    channel: str,
    session: str,
    payload: Mapping[str, Any],
    clock: Callable[[], float] = time.time,
) -> str:
    """An envelope for one call, as the text of the header."""
    now = int(clock())
    envelope = Envelope(
        kid=signer.kid,
        audience=audience,
        person=person,
        channel=channel,
        session=session,
        body=hashlib.sha256(body_bytes(payload)).hexdigest(),
        issued=now,
        expires=now + LIFETIME,
        nonce=secrets.token_hex(16),
    )
    stated = orjson.dumps(envelope.model_dump(), option=orjson.OPT_SORT_KEYS)
    return f"{_encoded(stated)}.{_encoded(signer.sign(_CONTEXT + stated))}"


class Envelopes:
    """Opens envelopes made for this runtime. `keys` are the workers' public keys in PEM, by key id."""

    def __init__(
        self, audience: str, keys: Mapping[str, str], nonces: Nonces, clock: Callable[[], float] = time.time
    ) -> None:
        self._audience, self._nonces, self._clock = audience, nonces, clock
        self._keys = {kid: _public_key(pem) for kid, pem in keys.items()}

    def open(self, text: str, payload: Mapping[str, Any], session: str) -> Envelope:
        """The statement of an envelope that holds for this very call; it is used up by that.

        Raises:
            NotVerifiedError: the signature, a time, the audience, the session or the body does not hold, or it was
                used before.
        """
        stated, signature = _parts(text)
        # the signature comes first, over the bytes as they came: nothing unsigned is even parsed beyond its key id
        self._verify(stated, signature)
        try:
            envelope = Envelope.model_validate_json(stated)
        except ValidationError:
            raise NotVerifiedError("The envelope has another shape than is expected.") from None
        now = self._clock()
        if not (envelope.issued - LEEWAY <= now <= envelope.expires + LEEWAY):
            raise NotVerifiedError("The envelope has expired, or was made by a clock that is ahead.")
        if not 0 < envelope.expires - envelope.issued <= LIFETIME:
            raise NotVerifiedError("The envelope is valid for longer than is accepted.")
        if envelope.audience != self._audience:
            raise NotVerifiedError("The envelope was made for another runtime.")
        if envelope.session != session:
            raise NotVerifiedError("The envelope was made for another session.")
        if envelope.body != _hashed(payload):
            raise NotVerifiedError("The envelope was made for another body.")
        if not self._nonces.use(envelope.nonce, envelope.expires + LEEWAY):
            raise NotVerifiedError("The envelope was used before.")
        return envelope

    def _verify(self, stated: bytes, signature: bytes) -> None:
        from cryptography.exceptions import InvalidSignature

        try:
            kid = orjson.loads(stated).get("kid")
            key = self._keys[kid]
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
            raise NotVerifiedError("The envelope is signed with a key that is not known here.") from None
        try:
            _verify(key, signature, _CONTEXT + stated)
        except InvalidSignature:
            raise NotVerifiedError("The envelope's signature does not hold.") from None


def _verify(key: Ed25519PublicKey | EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key, EllipticCurvePublicKey):
        key.verify(signature, message, ECDSA(SHA256()))
    else:
        key.verify(signature, message)


def _public_key(pem: str) -> Ed25519PublicKey | EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    from tools.errors import SettingsError

    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise SettingsError("A channel worker's key is no public key in PEM.") from error
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise SettingsError("A channel worker's key is neither Ed25519 nor ECDSA P-256.")


def _parts(text: str) -> tuple[bytes, bytes]:
    try:
        if len(text) > _MOST_CHARACTERS:
            raise ValueError
        stated, signature = (_decoded(part) for part in text.split("."))
    except ValueError:
        raise NotVerifiedError("The envelope is not of the form STATEMENT.SIGNATURE.") from None
    return stated, signature


def _hashed(payload: Mapping[str, Any]) -> str:
    try:
        return hashlib.sha256(body_bytes(payload)).hexdigest()
    except orjson.JSONEncodeError:
        raise NotVerifiedError("The body holds numbers or depths that no channel worker sends.") from None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
