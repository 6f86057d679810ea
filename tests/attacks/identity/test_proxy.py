"""Attacks on the header by which a proxy says who asks: it counts beside the proxy's own secret, and never without."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from policies.access import NotVerifiedError, UnknownPrincipalError
from policies.access.identity import ENVELOPE_HEADER, Call, Identity
from policies.access.sources import IdentitySettings, ProxySettings

SECRET = "s" * 40
WHO = "X-OpenWebUI-User-Email"
BEARER = {"Authorization": f"Bearer {SECRET}"}
ANNA = {WHO: "anna@house.example"}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def identity(tmp_path: Path, *secrets: str, **more: str) -> Identity:
    people = tmp_path / "people.yaml"
    people.write_text('principals:\n  anna: {role: manager, known_as: ["proxy:anna@house.example"]}\n')
    proxy = ProxySettings(secret_sha256=tuple(map(sha, secrets or (SECRET,))), **more)
    return Identity(IdentitySettings(proxy=proxy), people)


def test_a_person_behind_the_proxy_is_known(tmp_path: Path) -> None:
    principal, channel = identity(tmp_path).of(Call({**BEARER, **ANNA}, {}))
    assert (principal.id, principal.assurance, principal.verified, channel) == ("anna", "proxy", True, None)


def test_a_secret_that_changes_is_accepted_old_and_new(tmp_path: Path) -> None:
    both = identity(tmp_path, SECRET, "n" * 40)
    for secret in (SECRET, "n" * 40):
        assert both.of(Call({"authorization": f"bearer {secret}", **ANNA}, {})).principal.id == "anna"


@pytest.mark.parametrize(
    "headers",
    [
        ANNA,
        {**ANNA, "Authorization": "Bearer wrong"},
        {**ANNA, "Authorization": f"Basic {SECRET}"},
        {**ANNA, "Authorization": SECRET},
        {**ANNA, "Authorization": f"Bearer {sha(SECRET)}"},
        {**ANNA, **BEARER, "authorization": f"Bearer {SECRET}"},
        {**ANNA, **BEARER, WHO.lower(): "boss@house.example"},
        {**BEARER, WHO: "anna@house.example, boss@house.example"},
        {**BEARER, WHO: ""},
        {**BEARER, WHO: "anna@house.example\nboss"},
        BEARER,
        {**ANNA, **BEARER, ENVELOPE_HEADER: "a.b"},
    ],
    ids=[
        "header without the secret",
        "wrong secret",
        "secret as a password",
        "secret bare",
        "the hash from the settings",
        "secret twice",
        "person twice",
        "two persons in one",
        "person empty",
        "person with a line break",
        "nobody named",
        "with an envelope besides",
    ],
)
def test_a_forged_or_unclear_person_header_proves_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    with pytest.raises(NotVerifiedError) as refused:
        identity(tmp_path).of(Call(headers, {}))
    assert SECRET not in str(refused.value) and "anna" not in str(refused.value)


def test_a_secret_that_could_be_guessed_from_its_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotVerifiedError):
        identity(tmp_path, "changeme").of(Call({"Authorization": "Bearer changeme", **ANNA}, {}))


def test_a_header_of_the_proxys_own_must_hold_its_secret(tmp_path: Path) -> None:
    own = identity(tmp_path, secret_header="X-Regent-Proxy")
    assert own.of(Call({"X-Regent-Proxy": SECRET, **ANNA}, {})).principal.id == "anna"
    for headers in (
        {"X-Regent-Proxy": "guess", **ANNA},
        {**BEARER, **ANNA},
        {"X-Regent-Proxy": SECRET, **BEARER, **ANNA},
    ):
        with pytest.raises(NotVerifiedError):
            own.of(Call(headers, {}))


def test_who_is_verified_and_not_known_is_named_to_the_ledger(tmp_path: Path) -> None:
    with pytest.raises(UnknownPrincipalError) as refused:
        identity(tmp_path).of(Call({**BEARER, WHO: "eve@house.example"}, {}))
    assert refused.value.who == "proxy:eve@house.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret_sha256": ()},
        {"secret_sha256": ("plain secret",)},
        {"secret_sha256": (sha("x"),), "person_header": "Authorization"},
        {"secret_sha256": (sha("x"),), "secret_header": "X-A", "person_header": "x-a"},
        {"secret_sha256": (sha("x"),), "person_header": "X: y"},
    ],
)
def test_settings_that_would_trust_anybody_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProxySettings.model_validate(wrong)
