"""KMS, emulated by a local server: it shows that we call it as its API is, not that AWS does what its pages say."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, Note, QuestionAsked, Record, story, verify
from policies.audit.erasure import forget
from policies.audit.errors import KeyFileError
from policies.audit.keys import Home
from policies.audit.kms import KmsSigner, KmsWrapper
from policies.audit.note import Checkpoint, VerifierKey, sign
from tests import emulated

ROOT = Path(__file__).parents[3]
ORIGIN = "house.example/ledger"


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with emulated.emulated_aws() as url:
        yield emulated.client(url, "kms")


@pytest.fixture
def signer(client: Any) -> KmsSigner:
    made = client.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    return KmsSigner(client, made["KeyId"], ORIGIN)


@pytest.fixture
def wrapper(client: Any) -> KmsWrapper:
    return KmsWrapper(client, client.create_key()["KeyMetadata"]["KeyId"])


def write(home: Path, signer: KmsSigner, wrapper: KmsWrapper | None = None, person: str = "vera@example.com") -> None:
    asked = QuestionAsked(
        text="What did we spend?",
        channel="cli",
        principal_id=person,
        role="manager",
        assurance="x",
        model="m",
        estate="s",
    )
    with Ledger.open(home / "ledger", ORIGIN, signer=signer, wrapper=wrapper) as ledger:
        ledger.append(Record(actor="person", question="q1", principal=person, body=asked))
        ledger.append(Record(actor="system", body=Note(name="done")))


def test_a_ledger_signed_by_kms_verifies_without_kms_and_without_our_code(signer: KmsSigner, tmp_path: Path) -> None:
    write(tmp_path, signer)
    write(tmp_path, signer)
    assert not (tmp_path / "keys" / "ledger.key").exists(), "no private key on this machine"
    assert verify(tmp_path / "ledger", [signer.vkey]).code == 0
    head = next((tmp_path / "anchors").glob("*.note"))
    command = [sys.executable, str(ROOT / "verify.py"), str(tmp_path / "ledger"), "--key", str(signer.vkey)]
    assert subprocess.run([*command, "--head", str(head)], check=False).returncode == 0
    segment = next((tmp_path / "ledger" / "segments").iterdir())
    segment.write_bytes(segment.read_bytes().replace(b'"done"', b'"gone"'))
    assert verify(tmp_path / "ledger", [signer.vkey]).code == 1
    assert subprocess.run([*command, "--head", str(head)], check=False, capture_output=True).returncode == 1


def test_openssl_accepts_the_signature(signer: KmsSigner, tmp_path: Path) -> None:
    """Neither our code nor the library it uses: the checkpoint's text, the key and the signature given to openssl."""
    write(tmp_path, signer)
    signed = Checkpoint.parse(next((tmp_path / "anchors").glob("*.note")).read_bytes())
    ((name, id_, signature),) = signed.note.signatures
    assert (name, id_) == (ORIGIN, signer.vkey.id)
    pem = base64.encodebytes(signer.vkey.data).decode()
    (tmp_path / "key.pem").write_text(f"-----BEGIN PUBLIC KEY-----\n{pem}-----END PUBLIC KEY-----\n")
    (tmp_path / "text").write_bytes(signed.note.text)
    (tmp_path / "signature").write_bytes(signature)
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "text"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Verified OK" in done.stdout, done.stderr


def test_another_kms_key_is_not_taken_for_the_ledgers(signer: KmsSigner, client: Any, tmp_path: Path) -> None:
    write(tmp_path, signer)
    other = client.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    assert verify(tmp_path / "ledger", [KmsSigner(client, other, ORIGIN).vkey], remember=False).code == 1


def test_a_key_of_another_kind_or_none_is_refused_with_a_sentence(client: Any) -> None:
    rsa = client.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with pytest.raises(KeyFileError, match="ECC_NIST_P256"):
        KmsSigner(client, rsa, ORIGIN)
    with pytest.raises(KeyFileError, match="get_public_key"):
        KmsSigner(client, "00000000-0000-0000-0000-000000000000", ORIGIN)


def test_personal_content_opens_only_with_kms_and_can_be_forgotten(
    signer: KmsSigner, wrapper: KmsWrapper, client: Any, tmp_path: Path
) -> None:
    write(tmp_path, signer, wrapper)
    master = (tmp_path / "keys" / "master.wrapped").read_bytes()
    assert len(base64.b64decode(master)) > 32 and not (tmp_path / "keys" / "master.key").exists()
    with Ledger.open(tmp_path / "ledger", signer=signer, wrapper=wrapper) as ledger:
        assert story(ledger, "q1").text == "What did we spend?"
    stranger = KmsWrapper(client, client.create_key()["KeyMetadata"]["KeyId"])
    with Ledger.open(tmp_path / "ledger", signer=signer, wrapper=stranger) as ledger, pytest.raises(KeyFileError):
        story(ledger, "q1")
    with Ledger.open(tmp_path / "ledger", signer=signer, wrapper=wrapper) as ledger:
        forget(ledger, "vera@example.com")
        assert story(ledger, "q1").text == "[forgotten]"
    assert verify(tmp_path / "ledger", [signer.vkey]).code == 0


def test_a_machine_trusts_the_kms_key_that_it_opened_the_ledger_with(signer: KmsSigner, tmp_path: Path) -> None:
    write(tmp_path, signer)
    assert Home(tmp_path / "ledger").trusted() == [signer.vkey] == [VerifierKey.parse(str(signer.vkey))]


def test_evidence_of_controls_is_signed_by_kms_too(tmp_path: Path, signer: KmsSigner) -> None:
    from datetime import UTC, datetime, timedelta

    from policies.controls.errors import EvidenceError
    from policies.controls.evidence import Evidence, Item, Need
    from policies.controls.places import FolderPlace
    from policies.controls.store import EvidenceStore

    now = datetime(2026, 11, 28, tzinfo=UTC)
    evidence = Evidence(
        need=Need(kind="aws", name="log-groups"),
        items=(Item(name="one", data={"retentionInDays": 400}),),
        population=1,
        source="aws",
        collector="p-1",
        collected=now,
        expires=now + timedelta(hours=24),
    )
    store = EvidenceStore(FolderPlace(tmp_path), ORIGIN, [signer.vkey], signer)
    name = store.keep(evidence)
    assert store.read(name) == evidence
    once = store.signed_once(b"regent-pack/1\n")  # KMS signs the same text with other bytes each time
    assert sign(b"regent-pack/1\n", [signer]) != once == store.signed_once(b"regent-pack/1\n")
    path = tmp_path / f"{name}.note"
    path.write_bytes(path.read_bytes().replace(b"aws:log-groups", b"aws:log-tables"))
    with pytest.raises(EvidenceError, match="does not hold"):
        store.read(name)
