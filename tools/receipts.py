"""Receipts: the proof of one AWS API call, and the encrypted store of what AWS answered."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Protocol

import orjson
from pydantic import BaseModel, ConfigDict, model_validator

from tools.errors import ReceiptError
from tools.own_file import first_written, opened_own, own_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Source = Literal["aws", "sample"]


class StoredResponse(BaseModel):
    """What AWS answered: HTTP status, the headers that parsing reads, and the body's bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: int
    headers: dict[str, str]
    body: bytes

    def encode(self) -> bytes:
        """The exact bytes that are hashed and stored: one JSON object, keys sorted, body in base64."""
        plain = {
            "status": self.status,
            "headers": self.headers,
            "body": base64.b64encode(self.body).decode(),
        }
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)

    @classmethod
    def decode(cls, data: bytes) -> StoredResponse:
        """Read `encode`'s bytes back."""
        plain = orjson.loads(data)
        return cls(
            status=plain["status"],
            headers=plain["headers"],
            body=base64.b64decode(plain["body"], validate=True),
        )


class Receipt(BaseModel):
    """Proof of one AWS API call.

    `id` is derived from every other field but `cached` and `age_seconds`, so a receipt whose fields were edited no
    longer matches its id. `request_sha256` is over method, path, query, target and body (never credentials);
    `response_sha256` is over `StoredResponse.encode()`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    account: str
    region: str
    service: str
    operation: str
    request_id: str
    at: datetime
    request_sha256: str
    response_sha256: str
    source: Source
    cached: bool = False
    age_seconds: int | None = None

    @model_validator(mode="after")
    def _id_is_derived(self) -> Receipt:
        if self.id != receipt_id(self.model_dump(mode="json")):
            raise ValueError(f"receipt {self.id} does not match its own fields")
        return self


def receipt_id(fields: dict[str, Any]) -> str:
    """`r-` and 16 hex digits of SHA-256 over the identifying fields as sorted JSON."""
    named = {key: fields[key] for key in sorted(_IDENTITY)}
    return "r-" + hashlib.sha256(orjson.dumps(named)).hexdigest()[:16]


_IDENTITY = (
    "account",
    "region",
    "service",
    "operation",
    "request_id",
    "at",
    "request_sha256",
    "response_sha256",
    "source",
)


def make_receipt(**fields: Any) -> Receipt:
    """Build a receipt from all fields but `id`. `at` is a UTC datetime."""
    fields["at"] = fields["at"].isoformat().replace("+00:00", "Z")
    return Receipt.model_validate({"id": receipt_id(fields), **fields})


class ReceiptStore(Protocol):
    """Keeps responses so that anyone entitled can recompute every fact offline."""

    def put(self, receipt: Receipt, response: bytes) -> None:
        """Keep `response` (the bytes that `receipt.response_sha256` is over), durably, before returning."""

    def get(self, receipt: Receipt) -> StoredResponse:
        """The response behind a receipt.

        Raises:
            ReceiptError: it is missing, cannot be decrypted, or does not have the receipt's hash.
        """

    def erase(self, receipt_ids: Iterable[str]) -> int:
        """Erase the responses behind these receipts; how many there were.

        The receipts themselves stay in the ledger: their hashes still say that there was a response, and which.
        """


class UnkeptReceipts:
    """A `ReceiptStore` for as long as this object lives: for what is looked at and not answered, and leaves nothing."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put(self, receipt: Receipt, response: bytes) -> None:
        """Hold `response` in memory."""
        self._held[receipt.id] = response

    def get(self, receipt: Receipt) -> StoredResponse:
        """The response. ReceiptError when this object never held it."""
        held = self._held.get(receipt.id)
        if held is None:
            raise ReceiptError(f"The response behind {receipt.id} was not kept.")
        return StoredResponse.decode(held)

    def erase(self, receipt_ids: Iterable[str]) -> int:
        """Let go of those; how many were held."""
        return sum(self._held.pop(one, None) is not None for one in receipt_ids)


class ReceiptFiles:
    """The store on local disk: one AES-256-GCM file per receipt in `folder`, the key in `key_file`.

    All lie in one folder: spread over 256, nearly every receipt of a young home would have to make its own, which takes
    longer than all the rest. Homes that were begun so are read all the same.
    """

    def __init__(self, folder: Path, key_file: Path) -> None:
        self._folder, self._key_file = folder, key_file
        self._opened: AESGCM | None = None

    def put(self, receipt: Receipt, response: bytes) -> None:
        try:
            path = self._find(receipt.id)
            if path.exists():
                return
            nonce = secrets.token_bytes(12)
            sealed = nonce + self._cipher().encrypt(nonce, response, receipt.id.encode())
            temporary = path.with_suffix(f".{secrets.token_hex(4)}")
            with _created(temporary) as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            raise ReceiptError(f"The response behind {receipt.id} could not be stored: {error}.") from error

    def get(self, receipt: Receipt) -> StoredResponse:
        from cryptography.exceptions import InvalidTag

        try:
            sealed = self._find(receipt.id).read_bytes()
            plain = self._cipher().decrypt(sealed[:12], sealed[12:], receipt.id.encode())
        except FileNotFoundError:
            raise ReceiptError(f"The response behind {receipt.id} is not in the receipt store.") from None
        except (InvalidTag, ValueError):
            raise ReceiptError(
                f"The stored response behind {receipt.id} was changed, or the key is another one."
            ) from None
        except OSError as error:
            raise ReceiptError(f"The response behind {receipt.id} cannot be read: {error}.") from error
        if hashlib.sha256(plain).hexdigest() != receipt.response_sha256:
            raise ReceiptError(f"The stored response behind {receipt.id} does not have the receipt's hash.")
        return StoredResponse.decode(plain)

    def erase(self, receipt_ids: Iterable[str]) -> int:
        """Erase the responses, overwritten first as far as the disk honours it; how many."""
        erased = 0
        for receipt_id in receipt_ids:
            path = self._find(receipt_id)
            try:
                with path.open("r+b") as file:
                    file.write(secrets.token_bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ReceiptError(f"The response behind {receipt_id} could not be erased: {error}.") from error
            erased += 1
        return erased

    def _path(self, receipt_id: str) -> Path:
        return self._folder / receipt_id

    def _find(self, receipt_id: str) -> Path:
        """Where it lies, or would lie."""
        path, before = self._path(receipt_id), self._folder / receipt_id[2:4] / receipt_id
        return before if not path.exists() and before.exists() else path

    def _cipher(self) -> AESGCM:
        if self._opened is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            # in this order: whatever is stored was stored under a key that was there before it
            stored = self._folder.exists() and _holds_any(self._folder)
            if stored and not self._key_file.exists():
                raise ReceiptError(
                    f"The receipt key {self._key_file} is missing, but responses are stored under it; restore it from "
                    "a backup. A new key would leave them unreadable for good."
                )
            self._opened = AESGCM(_read_or_make_key(self._key_file))
        return self._opened


def _holds_any(folder: Path) -> bool:
    with os.scandir(folder) as entries:  # `iterdir` would read the names of all receipts there are
        return next(entries, None) is not None


def _created(path: Path) -> BinaryIO:
    """A new file to write. Its folder is there nearly always, so it is made only when it turns out not to be."""
    try:
        return open(path, "xb", opener=opened_own)
    except FileNotFoundError:
        own_folder(path.parent)
        return open(path, "xb", opener=opened_own)


def _read_or_make_key(path: Path) -> bytes:
    """A 32-byte key file, readable by its owner only; made once, never replaced."""
    try:
        if not path.exists():
            first_written(path, secrets.token_bytes(32))
        key = path.read_bytes()
    except OSError as error:
        raise ReceiptError(f"The receipt key {path} cannot be used: {error}.") from error
    if len(key) != 32:
        raise ReceiptError(f"The receipt key {path} has {len(key)} bytes, expected 32; restore it from a backup.")
    return key
