"""Receipts: a changed one does not pass for the original, and stored responses are neither readable nor replaceable."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tools.errors import ReceiptError
from tools.receipts import Receipt, ReceiptFiles, StoredResponse, make_receipt

BODY = StoredResponse(status=200, headers={"content-type": "application/json"}, body=b'{"Total": "1.00"}').encode()


def receipt(**changed: Any) -> Receipt:
    fields: dict[str, Any] = {
        "account": "210000000012",
        "region": "us-east-1",
        "service": "ce",
        "operation": "GetCostAndUsage",
        "request_id": "abc",
        "at": datetime(2026, 10, 15, 9, tzinfo=UTC),
        "request_sha256": "a" * 64,
        "response_sha256": hashlib.sha256(BODY).hexdigest(),
        "source": "sample",
    }
    return make_receipt(**{**fields, **changed})


@pytest.fixture
def store(tmp_path: Path) -> ReceiptFiles:
    return ReceiptFiles(tmp_path / "receipts", tmp_path / "keys" / "receipts.key")


@pytest.mark.parametrize("field", ["account", "operation", "request_id", "response_sha256", "source", "at"])
def test_an_edited_field_no_longer_matches_the_id(field: str) -> None:
    plain = receipt().model_dump(mode="json")
    plain[field] = {"source": "aws", "at": "2026-10-16T09:00:00Z"}.get(field, "0" * 64)
    with pytest.raises(ValidationError, match="does not match its own fields"):
        Receipt.model_validate(plain)


def test_being_cached_does_not_change_who_it_is() -> None:
    plain = receipt().model_dump(mode="json") | {"cached": True, "age_seconds": 60}
    assert Receipt.model_validate(plain).id == receipt().id


def test_a_response_comes_back_as_it_was_and_lies_encrypted(store: ReceiptFiles, tmp_path: Path) -> None:
    store.put(receipt(), BODY)
    assert store.get(receipt()).body == b'{"Total": "1.00"}'
    [path] = (tmp_path / "receipts").rglob("r-*")
    assert b"Total" not in path.read_bytes()
    assert (tmp_path / "keys" / "receipts.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_byte_is_found(store: ReceiptFiles, tmp_path: Path, at: int) -> None:
    store.put(receipt(), BODY)
    [path] = (tmp_path / "receipts").rglob("r-*")
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ReceiptError, match="was changed"):
        store.get(receipt())


def test_one_response_cannot_stand_in_for_another(store: ReceiptFiles, tmp_path: Path) -> None:
    other = receipt(request_id="xyz")
    store.put(receipt(), BODY)
    store.put(other, BODY)
    paths = {path.name: path for path in (tmp_path / "receipts").rglob("r-*")}
    paths[other.id].write_bytes(paths[receipt().id].read_bytes())
    with pytest.raises(ReceiptError):
        store.get(other)


def test_a_missing_response_and_a_lost_key_are_said(store: ReceiptFiles, tmp_path: Path) -> None:
    with pytest.raises(ReceiptError, match="not in the receipt store"):
        store.get(receipt())
    store.put(receipt(), BODY)
    (tmp_path / "keys" / "receipts.key").write_bytes(b"short")
    with pytest.raises(ReceiptError, match="expected 32"):
        ReceiptFiles(tmp_path / "receipts", tmp_path / "keys" / "receipts.key").get(receipt())


def test_a_deleted_key_is_never_silently_replaced(store: ReceiptFiles, tmp_path: Path) -> None:
    store.put(receipt(), BODY)
    (tmp_path / "keys" / "receipts.key").unlink()
    again = ReceiptFiles(tmp_path / "receipts", tmp_path / "keys" / "receipts.key")
    with pytest.raises(ReceiptError, match="restore it from a backup"):
        again.put(receipt(request_id="new"), BODY)
    assert not (tmp_path / "keys" / "receipts.key").exists()


def test_responses_of_a_home_from_before_are_read_and_erased(store: ReceiptFiles, tmp_path: Path) -> None:
    store.put(receipt(), BODY)
    [path] = (tmp_path / "receipts").rglob("r-*")
    before = tmp_path / "receipts" / receipt().id[2:4] / receipt().id
    before.parent.mkdir()
    path.rename(before)
    assert store.get(receipt()).body == b'{"Total": "1.00"}'
    store.put(receipt(), BODY)  # there already: a second copy would outlive the erasure of the first
    assert store.erase([receipt().id]) == 1
    assert not list((tmp_path / "receipts").rglob("r-*"))
    with pytest.raises(ReceiptError, match="not in the receipt store"):
        store.get(receipt())
