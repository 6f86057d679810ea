"""The call cache: equal requests to services that bill each request are answered from an earlier response.

The receipt is the original one, marked `cached` with its age. Equal requests at the same time are one call.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import orjson
from pydantic import ValidationError

from tools.errors import ReceiptError
from tools.own_file import opened_own, own_folder
from tools.receipts import Receipt, ReceiptStore, StoredResponse
from tools.wire import Call

LIFETIME = timedelta(hours=4)
BILLED = frozenset({"ce"})
_flights: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
"""Held by whoever is in them or waits, and gone with the last of them."""
_flights_lock = threading.Lock()


class CallCache:
    """Remembers receipts of billed calls in `folder`; the responses themselves stay in the receipt store.

    `fresh=True` asks AWS anyway and remembers the new response: what this cache kept itself is as fresh as can be.
    """

    def __init__(self, folder: Path, store: ReceiptStore, *, fresh: bool = False) -> None:
        self._folder, self._store, self._fresh = folder, store, fresh
        self._kept: set[Path] = set()

    def find(self, call: Call) -> tuple[Receipt, StoredResponse] | None:
        if call.service not in BILLED or (self._fresh and self._path(call) not in self._kept):
            return None
        try:
            receipt = Receipt.model_validate_json(self._path(call).read_bytes())
            age = datetime.now(UTC) - receipt.at
            if not _is_of(receipt, call) or not timedelta() <= age < LIFETIME:
                return None
            response = self._store.get(receipt)
        except (OSError, ValidationError, ReceiptError):
            return None  # not remembered, or not trustworthy any more: AWS is asked
        return receipt.model_copy(update={"cached": True, "age_seconds": int(age.total_seconds())}), response

    def keep(self, call: Call, receipt: Receipt) -> None:
        if call.service not in BILLED:
            return
        path = self._path(call)
        try:
            own_folder(path.parent)
            temporary = path.with_suffix(f".{secrets.token_hex(4)}")
            with open(temporary, "xb", opener=opened_own) as file:
                file.write(receipt.model_dump_json().encode())
            temporary.replace(path)
            self._kept.add(path)
        except OSError as error:
            raise ReceiptError(f"The call cache {self._folder} cannot be written: {error}.") from error

    @contextmanager
    def alone(self, call: Call, params: dict[str, Any]) -> Iterator[None]:
        """Hold other equal billed calls back until this one is done, so that they find its response."""
        if call.service not in BILLED:
            yield
            return
        said = orjson.dumps(params, option=orjson.OPT_SORT_KEYS, default=str).decode()
        key = "|".join((str(self._folder), call.account, call.region, call.operation, said))
        with _flights_lock:
            lock = _flights.setdefault(key, threading.Lock())
        with lock:
            yield

    def _path(self, call: Call) -> Path:
        named = "|".join((call.account, call.region, call.service, call.operation, call.request_sha256))
        return self._folder / f"{hashlib.sha256(named.encode()).hexdigest()[:32]}.json"


def erase_calls(folder: Path, receipt_ids: Collection[str]) -> int:
    """Erase what is remembered of calls with these receipts, in every epoch below `folder`; how many."""
    erased = 0
    for path in folder.glob("*/*.json"):
        try:
            known = Receipt.model_validate_json(path.read_bytes()).id in receipt_ids
        except (FileNotFoundError, ValidationError):
            continue  # another process replaced it, or nobody can use it
        if known:
            path.unlink(missing_ok=True)
            erased += 1
    return erased


def _is_of(receipt: Receipt, call: Call) -> bool:
    """Whether a remembered receipt is of this very request: a file in the cache folder may have been put elsewhere."""
    fields = ("account", "region", "service", "operation", "request_sha256")
    return all(getattr(receipt, field) == getattr(call, field) for field in fields)
