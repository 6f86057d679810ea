"""A house that serves every protocol over HTTP, with a real desk, an identity provider and a proxy in front."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.acting import House
from agents.channels.opening import AUDIENCE as WORKERS
from agents.channels.opening import OwnSigner
from agents.channels.protocols.routing import Protocols
from agents.desk import Desk
from agents.identifying import open_identity
from agents.invoking import build_app
from agents.models import open_model
from agents.runtime import Front, Health
from agents.settings import Settings
from policies.access.signing import KeyFileSigner
from policies.access.sources import EnvelopeKeys, IdentitySettings, Issuer, ProxySettings
from tests.agents.test_runtime import serving
from tests.attacks.identity.issuing import AUDIENCE, Provider, provider
from tests.attacks.identity.test_envelopes import key_file, public

PEOPLE = """
principals:
  eva: {role: engineer, known_as: ["oidc:u-eva", "proxy:eva@house.example", "slack:T1/eva"]}
  anna:
    role: manager
    accounts: [venue-utrecht]
    known_as: ["oidc:u-anna", "proxy:anna@house.example", "slack:T1/anna"]
  carla: {role: auditor, known_as: ["oidc:u-carla"]}
  local: {role: admin}
"""
SECRET = "p" * 48
PROXY = {"Authorization": f"Bearer {SECRET}"}
WHO = "X-OpenWebUI-User-Email"


@dataclass(frozen=True)
class Served:
    """Where it serves, the desk behind it, and tokens for people."""

    port: int
    desk: Desk
    idp: Provider
    house: House
    signer: OwnSigner
    """The key of the channel workers whose envelopes count here; `worker_key` is another one, in a file."""
    worker_key: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, who: str = "eva") -> str:
        return self.idp.token(sub=f"u-{who}")

    def bearer(self, who: str = "eva") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(who)}"}

    def recorded(self, kind: type[Any]) -> list[Any]:
        return [stored.body for stored in self.desk.ledger.read() if isinstance(stored.body, kind)]


@pytest.fixture(scope="session")
def idp() -> Iterator[Provider]:
    with provider() as serves:
        yield serves


@pytest.fixture
def serve_house(idp: Provider, tmp_path: Path, open_desk_with: Callable[..., Desk]) -> Iterator[Callable[..., Any]]:
    """`with serve_house(maker) as served`: a house with that model (default: offline)."""
    from contextlib import contextmanager

    people = tmp_path / "principals.yaml"
    people.write_text(PEOPLE)
    signer, key = OwnSigner(), key_file(tmp_path)
    worker = KeyFileSigner("w1", key)
    sources = IdentitySettings(
        oidc=Issuer(issuer=idp.issuer, audiences=(AUDIENCE,)),
        envelopes=EnvelopeKeys(audience=WORKERS, keys={signer.kid: signer.public, "w1": public(worker)}),
        proxy=ProxySettings(secret_sha256=(hashlib.sha256(SECRET.encode()).hexdigest(),)),
    )

    @contextmanager
    def serve(maker: Any = None, **more: Any) -> Iterator[Served]:
        settings = Settings(principals=people, identity=sources, **more)
        mode = settings.serve_protocol
        desk = open_desk_with(maker or open_model("offline", settings))
        house = House(desk, open_identity(settings, desk.home), settings)
        front = Front(Health(), loopback=True, protocol=mode)
        protocols = Protocols(build_app(house), house, settings.protocols)
        front.open(protocols, protocols.count_foreign)
        with serving(front) as port:
            yield Served(port, desk, idp, house, signer, key)

    yield serve


@pytest.fixture
def served(serve_house: Callable[..., Any]) -> Iterator[Served]:
    with serve_house() as one:
        yield one
