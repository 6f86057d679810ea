"""Snapshots are kept as the bytes that were hashed and signed; whatever was touched since is an error, never a pass."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policies.audit.keys import FileSigner
from policies.audit.note import Note
from policies.controls.errors import EvidenceError
from policies.controls.evidence import Evidence, Item, Need
from policies.controls.places import FolderPlace
from policies.controls.store import EvidenceStore

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
SIGNER = FileSigner.generate("house.example/log")


def snapshot(**changed: object) -> Evidence:
    given = {
        "need": Need(kind="aws", name="log-groups"),
        "items": (Item(name="one", data={"retentionInDays": 400}),),
        "population": 1,
        "source": "sample",
        "collector": "p-1",
        "collected": NOW,
        "expires": NOW + timedelta(hours=24),
        **changed,
    }
    return Evidence.model_validate(given)


def store(folder: Path, *keys: FileSigner) -> EvidenceStore:
    return EvidenceStore(FolderPlace(folder), "house.example/log", [one.vkey for one in keys or (SIGNER,)], SIGNER)


def test_the_file_holds_exactly_the_bytes_that_were_hashed(tmp_path):
    evidence = snapshot()
    name = store(tmp_path).keep(evidence)
    data = (tmp_path / f"{name}.json").read_bytes()
    assert data == evidence.encode() and hashlib.sha256(data).hexdigest() == name == evidence.sha256
    assert store(tmp_path).read(name) == evidence


def test_the_signature_can_be_checked_from_the_description_alone(tmp_path):
    name = store(tmp_path).keep(snapshot())
    note = Note.parse((tmp_path / f"{name}.note").read_bytes())
    assert note.text.decode().splitlines() == ["regent-evidence/1", "house.example/log", "aws:log-groups", name]
    assert note.signers([SIGNER.vkey]) == [SIGNER.vkey]


@pytest.mark.parametrize("where", ["items", "population", "problems", "expires", "whitespace"])
def test_a_snapshot_edited_by_hand_is_an_error(tmp_path, where):
    name = store(tmp_path).keep(snapshot(problems=("denied in venue-utrecht",)))
    path = tmp_path / f"{name}.json"
    edited = json.loads(path.read_text())
    if where == "items":
        edited["items"][0]["data"]["retentionInDays"] = 30
    elif where == "population":
        edited["population"] = 2
    elif where == "problems":
        edited["problems"] = []
    elif where == "expires":
        edited["expires"] = "2030-01-01T00:00:00Z"
    path.write_text(json.dumps(edited))
    with pytest.raises(EvidenceError, match="changed"):
        store(tmp_path).read(name)


def test_a_snapshot_renamed_to_the_hash_of_an_edit_has_no_signature(tmp_path):
    name = store(tmp_path).keep(snapshot(problems=("denied",)))
    forged = snapshot().encode()
    other = hashlib.sha256(forged).hexdigest()
    (tmp_path / f"{other}.json").write_bytes(forged)
    (tmp_path / f"{other}.note").write_bytes((tmp_path / f"{name}.note").read_bytes())
    with pytest.raises(EvidenceError, match="another snapshot"):
        store(tmp_path).read(other)


def test_a_signature_by_a_key_that_nobody_trusts_is_none(tmp_path):
    name = store(tmp_path).keep(snapshot())
    stranger = FileSigner.generate("house.example/log")
    with pytest.raises(EvidenceError, match="no key that this ledger trusts"):
        store(tmp_path, stranger).read(name)


def test_a_missing_snapshot_and_a_name_that_is_none_are_errors(tmp_path):
    with pytest.raises(EvidenceError, match="not in the evidence store"):
        store(tmp_path).read("0" * 64)
    with pytest.raises(EvidenceError, match="no SHA-256"):
        store(tmp_path).read("../keys/ledger")


def test_a_store_that_cannot_be_written_keeps_nothing(tmp_path):
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(EvidenceError, match="cannot be kept"):
        store(tmp_path / "evidence").keep(snapshot())


def test_erasing_takes_the_snapshots_that_name_somebody_and_no_others(tmp_path):
    kept = store(tmp_path)
    named = kept.keep(snapshot(items=(Item(name="vera's group", data={}),)))
    other = kept.keep(snapshot())
    assert kept.erase(lambda text: "vera" in text) == 1
    assert kept.read(other)
    with pytest.raises(EvidenceError, match="not in the evidence store"):
        kept.read(named)
