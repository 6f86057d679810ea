"""Attacks on principal envelopes, by name: what a channel worker signed counts once, for this call, and briefly."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)
from moto import mock_aws

from policies.access import NotVerifiedError, UnknownPrincipalError
from policies.access.envelope import LEEWAY, LIFETIME, Envelopes, body_bytes, seal
from policies.access.identity import ENVELOPE_HEADER, Call, Identity
from policies.access.nonces import DynamoNonces, FileNonces
from policies.access.signing import KeyFileSigner, KmsSigner
from policies.access.sources import EnvelopeKeys, IdentitySettings, Issuer
from tools.errors import SettingsError

BODY = {"prompt": "What did we spend?", "session": "T1:C1"}
NOW = 1_790_000_000.0
CALL: dict[str, Any] = {"audience": "regent-prod", "person": "slack:T1/U2", "channel": "slack", "session": "T1:C1"}


def key_file(tmp_path: Path, name: str = "worker.pem") -> Path:
    key = Ed25519PrivateKey.generate()
    file = tmp_path / name
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


def public(signer: KeyFileSigner) -> str:
    return signer._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def worker(tmp_path: Path) -> KeyFileSigner:
    return KeyFileSigner("w1", key_file(tmp_path))


@pytest.fixture
def runtime(worker: KeyFileSigner, tmp_path: Path) -> Envelopes:
    return Envelopes("regent-prod", {"w1": public(worker)}, FileNonces(tmp_path / "n.sqlite", lambda: NOW), lambda: NOW)


def sealed(signer: Any, at: float = NOW, payload: Any = None, **more: Any) -> str:
    return seal(signer, payload=payload or BODY, clock=lambda: at, **{**CALL, **more})


def test_a_good_envelope_names_the_person(worker: KeyFileSigner, runtime: Envelopes) -> None:
    found = runtime.open(sealed(worker), dict(reversed(BODY.items())), "T1:C1")
    assert (found.person, found.channel) == ("slack:T1/U2", "slack")


def test_replayed_envelope(worker: KeyFileSigner, runtime: Envelopes) -> None:
    text = sealed(worker)
    runtime.open(text, BODY, "T1:C1")
    with pytest.raises(NotVerifiedError, match="used before"):
        runtime.open(text, BODY, "T1:C1")


def test_replayed_envelope_after_a_restart_and_by_many_at_once(worker: KeyFileSigner, tmp_path: Path) -> None:
    text, done = sealed(worker), []

    def once() -> None:
        fresh = Envelopes("regent-prod", {"w1": public(worker)}, FileNonces(tmp_path / "n", lambda: NOW), lambda: NOW)
        try:
            done.append(fresh.open(text, BODY, "T1:C1"))
        except NotVerifiedError:
            done.append(None)

    threads = [threading.Thread(target=once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 12 and sum(1 for one in done if one) == 1


@pytest.mark.parametrize(
    "body",
    [{"prompt": "Who did what?", "session": "T1:C1"}, {}, {**BODY, "fresh": True}, {"prompt": BODY["prompt"]}],
    ids=["another question", "empty", "one more field", "one field less"],
)
def test_envelope_for_another_body(worker: KeyFileSigner, runtime: Envelopes, body: dict[str, Any]) -> None:
    with pytest.raises(NotVerifiedError, match="another body"):
        runtime.open(sealed(worker), body, "T1:C1")


def test_a_refused_envelope_is_not_used_up(worker: KeyFileSigner, runtime: Envelopes) -> None:
    text = sealed(worker)
    with pytest.raises(NotVerifiedError):
        runtime.open(text, {}, "T1:C1")
    assert runtime.open(text, BODY, "T1:C1")


@pytest.mark.parametrize(
    ("more", "session", "why"),
    [
        ({"audience": "regent-test"}, "T1:C1", "another runtime"),
        ({}, "T1:C9", "another session"),
        ({"session": "T1:C9"}, "T1:C1", "another session"),
    ],
)
def test_envelope_for_another_runtime_or_session(
    worker: KeyFileSigner, runtime: Envelopes, more: dict[str, Any], session: str, why: str
) -> None:
    with pytest.raises(NotVerifiedError, match=why):
        runtime.open(sealed(worker, **more), BODY, session)


def test_expired_envelope_and_clock_skew(worker: KeyFileSigner, runtime: Envelopes) -> None:
    for late in (LIFETIME + LEEWAY + 2, -LEEWAY - 2):
        with pytest.raises(NotVerifiedError, match=r"expired|ahead"):
            runtime.open(sealed(worker, at=NOW - late), BODY, "T1:C1")
    for borne in (LIFETIME + LEEWAY - 1, -LEEWAY + 1):
        assert runtime.open(sealed(worker, at=NOW - borne), BODY, "T1:C1")


def changed(text: str, **more: Any) -> str:
    stated, signature = text.split(".")
    plain = json.loads(base64.urlsafe_b64decode(stated + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**plain, **more}).encode()).rstrip(b"=").decode()
    return f"{forged}.{signature}"


def test_envelope_changed_after_signing(worker: KeyFileSigner, runtime: Envelopes) -> None:
    for more in ({"person": "slack:T1/BOSS"}, {"expires": int(NOW) + 10**6}, {"kid": "w2"}, {"nonce": "0" * 32}):
        with pytest.raises(NotVerifiedError, match=r"signature|key"):
            runtime.open(changed(sealed(worker), **more), BODY, "T1:C1")


def test_envelope_signed_by_somebody_else(runtime: Envelopes, tmp_path: Path) -> None:
    mallory = KeyFileSigner("w1", key_file(tmp_path, "mallory.pem"))
    with pytest.raises(NotVerifiedError, match="signature"):
        runtime.open(sealed(mallory), BODY, "T1:C1")


def test_a_signature_for_something_else_of_the_same_key(worker: KeyFileSigner, runtime: Envelopes) -> None:
    stated = sealed(worker).split(".")[0]
    raw = base64.urlsafe_b64decode(stated + "==")
    other = base64.urlsafe_b64encode(worker.sign(raw)).rstrip(b"=").decode()
    with pytest.raises(NotVerifiedError, match="signature"):
        runtime.open(f"{stated}.{other}", BODY, "T1:C1")


def test_a_worker_cannot_make_long_lived_envelopes(
    worker: KeyFileSigner, runtime: Envelopes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policies.access.envelope.LIFETIME", 3600)
    text = sealed(worker)
    monkeypatch.undo()
    with pytest.raises(NotVerifiedError, match="longer"):
        runtime.open(text, BODY, "T1:C1")


@pytest.mark.parametrize("text", ["", ".", "a.b", "a.b.c", "x" * 5000, "e30.e30", "bnVsbA.e30", "W10.e30", "\u20ac.x"])
def test_garbage(runtime: Envelopes, text: str) -> None:
    with pytest.raises(NotVerifiedError):
        runtime.open(text, BODY, "T1:C1")


def test_a_body_that_cannot_be_spelled(worker: KeyFileSigner, runtime: Envelopes) -> None:
    with pytest.raises(NotVerifiedError, match="body"):
        runtime.open(sealed(worker), {"prompt": 2**80}, "T1:C1")


def test_where_used_ones_are_kept_cannot_be_reached(worker: KeyFileSigner, tmp_path: Path) -> None:
    (tmp_path / "n").mkdir()
    blind = Envelopes("regent-prod", {"w1": public(worker)}, FileNonces(tmp_path / "n"), lambda: NOW)
    with pytest.raises(NotVerifiedError, match="cannot be known"):
        blind.open(sealed(worker), BODY, "T1:C1")


def test_keys_rotate_side_by_side_and_weak_ones_are_refused(worker: KeyFileSigner, tmp_path: Path) -> None:
    new = KeyFileSigner("w2", key_file(tmp_path, "new.pem"))
    both = Envelopes(
        "regent-prod", {"w1": public(worker), "w2": public(new)}, FileNonces(tmp_path / "n", lambda: NOW), lambda: NOW
    )
    assert both.open(sealed(worker), BODY, "T1:C1") and both.open(sealed(new), BODY, "T1:C1")
    with pytest.raises(SettingsError):
        Envelopes("regent-prod", {"w1": "not a key"}, FileNonces(tmp_path / "n"))
    open_to_all = key_file(tmp_path, "open.pem")
    open_to_all.chmod(0o644)
    with pytest.raises(SettingsError, match="others"):
        KeyFileSigner("w3", open_to_all)


def test_a_kms_key_signs_and_a_table_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        kms, dynamo = (boto3.client(name, region_name="eu-west-1") for name in ("kms", "dynamodb"))
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        dynamo.create_table(
            TableName="state",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        der = kms.get_public_key(KeyId=key)["PublicKey"]
        pem = load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        runtime = Envelopes("regent-prod", {"k": pem}, DynamoNonces(dynamo, "state"), lambda: NOW)
        text = sealed(KmsSigner("k", kms, key))
        assert runtime.open(text, BODY, "T1:C1").person == "slack:T1/U2"
        with pytest.raises(NotVerifiedError, match="used before"):
            runtime.open(text, BODY, "T1:C1")
        dynamo.delete_table(TableName="state")
        with pytest.raises(NotVerifiedError, match="cannot be known"):
            runtime.open(sealed(KmsSigner("k", kms, key)), BODY, "T1:C1")


def test_only_people_of_the_file_come_by_envelope(worker: KeyFileSigner, tmp_path: Path) -> None:
    file = tmp_path / "principals.yaml"
    file.write_text('principals:\n  anna: {role: manager, known_as: ["slack:T1/U2"]}\n  local: {role: admin}\n')
    settings = IdentitySettings(envelopes=EnvelopeKeys(audience="regent-prod", keys={"w1": public(worker)}))
    identity = Identity(settings, file, FileNonces(tmp_path / "n"))

    def asking(person: str) -> Any:
        text = seal(worker, payload=BODY, **{**CALL, "person": person})
        return identity.of(Call({ENVELOPE_HEADER.lower(): text}, BODY, "T1:C1"))

    found = asking("slack:T1/U2")
    assert (found.principal.id, found.principal.assurance, found.channel) == ("anna", "envelope", "slack")
    for nobody in ("slack:T1/U3", "slack:local", "slack:T2/U2", "teams:T1/U2"):
        with pytest.raises(UnknownPrincipalError):
            asking(nobody)


def test_a_token_beside_an_envelope_is_refused(worker: KeyFileSigner, tmp_path: Path) -> None:
    settings = IdentitySettings(
        oidc=Issuer(issuer="https://idp.example", audiences=("regent",)),
        envelopes=EnvelopeKeys(audience="regent-prod", keys={"w1": public(worker)}),
    )
    identity = Identity(settings, None, FileNonces(tmp_path / "n"))
    headers = {ENVELOPE_HEADER: sealed(worker), "Authorization": "Bearer a.b.c"}
    with pytest.raises(NotVerifiedError, match="somebody else"):
        identity.of(Call(headers, BODY, "T1:C1"))


def test_one_body_has_one_spelling() -> None:
    assert body_bytes({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
