"""Opening: a port to a desk in this process, for a channel on one machine (`regent slack`, `regent teams`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agents.channels.port import CallingPort
from agents.channels.transports import inside
from agents.settings import Settings, load_settings

if TYPE_CHECKING:
    from agents.acting import House

AUDIENCE = "this-process"


class OwnSigner:
    """An Ed25519 key that lives as long as the process: envelopes never leave it."""

    kid = "own"

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.generate()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    @property
    def public(self) -> str:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@contextmanager
def open_inside(
    *, estate: str | None = None, model: str | None = None, settings: Settings | None = None
) -> Iterator[CallingPort]:
    """A port to a desk that is opened for it. People are those of the principals file, by their `known_as`.

    Raises:
        RegentError: something cannot be opened; the sentence says what to do.
    """
    with open_house(estate=estate, model=model, settings=settings) as (port, _):
        yield port


@contextmanager
def open_house(
    *, estate: str | None = None, model: str | None = None, settings: Settings | None = None
) -> Iterator[tuple[CallingPort, House]]:
    """`open_inside`, and the house behind it, for what a channel brings unasked."""
    from agents.acting import House
    from agents.diagnostics import set_up
    from agents.opening import open_desk
    from policies.access.identity import Identity
    from policies.access.nonces import FileNonces
    from policies.access.sources import EnvelopeKeys, IdentitySettings

    set_up("warning")
    settings, signer = settings or load_settings(), OwnSigner()
    accepted = IdentitySettings(envelopes=EnvelopeKeys(audience=AUDIENCE, keys={signer.kid: signer.public}))
    with open_desk(estate=estate or settings.estate, model=model, settings=settings) as desk:
        who = Identity(accepted, settings.principals, FileNonces(desk.home.path / "nonces.sqlite"))
        house = House(desk, who, settings)
        yield CallingPort(inside(house), signer, AUDIENCE), house
