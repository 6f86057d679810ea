"""Opening a ledger's files for writing: its name, its key, its torn tail."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from policies.audit.bodies import LedgerRecovered
from policies.audit.disk import Disk
from policies.audit.encoding import encode, place
from policies.audit.errors import LedgerDamagedError
from policies.audit.keys import FileSigner, Home
from policies.audit.note import Signer
from policies.audit.reader import Reader
from policies.audit.records import Record
from policies.audit.store import Cut, Store
from policies.audit.vault import Vault


def recover(path: Path, home: Home, origin: str | None, signer: Signer | None, disk: Disk, vault: Vault) -> Store:
    """The store of the ledger in `path`, ready to append; what was torn is cut and the cut recorded.

    The caller holds the lock between processes. LedgerDamagedError for another ledger than `origin`, and for all that
    a crash cannot explain; KeyFileError when the key is lost.
    """
    known = _known_origin(path, home)
    fresh = known is None
    if fresh and signer is None and home.key_file.exists():
        known = FileSigner.load(home.key_file).vkey.name  # who began it died before anybody trusted its key
    if origin is not None and known is not None and origin != known:
        raise LedgerDamagedError(f"The ledger {path} is {known!r}, not {origin!r}.")
    name = origin or known or f"regent.local/{secrets.token_hex(8)}"
    if signer is None:
        home.signer(name, fresh)
    else:
        home.trust(signer.vkey)
    store = Store(path, home, name, disk)
    try:
        for cut in store.recover():
            store.append([_cut_record(cut, store, vault)], store.time)
    except BaseException:
        store.close()
        raise
    return store


def _known_origin(path: Path, home: Home) -> str | None:
    """The ledger's name, from its first header or else from the key that signs it."""
    found = Reader(path).origin()
    if found is None:
        trusted = home.trusted()
        found = trusted[0].name if trusted else None
    return found


def _cut_record(cut: Cut, store: Store, vault: Vault) -> bytes:
    store.time = max(time.time_ns(), store.time + 1)
    body = LedgerRecovered(segment=cut.segment, offset=cut.offset, cut_bytes=cut.bytes, sha256=cut.sha256)
    return place(encode(Record(actor="system", body=body), vault), store.size, store.time)
