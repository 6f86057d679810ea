"""The ledger: append a record, durable before `append` returns; read records back by index."""

from __future__ import annotations

import asyncio
import atexit
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from policies.audit import locks
from policies.audit.checkpoints import sign_checkpoint
from policies.audit.disk import Disk
from policies.audit.encoding import encode
from policies.audit.errors import LedgerError, LedgerUnwritableError
from policies.audit.keys import Home
from policies.audit.note import Checkpoint, Signer
from policies.audit.reader import Reader
from policies.audit.records import Record, StoredRecord
from policies.audit.store import Store
from policies.audit.vault import KeyStore, Vault, Wrapper
from policies.audit.writer import Writer
from tools.own_file import own_folder


class Ledger(Writer):
    """One append-only ledger in a directory, for threads, tasks and processes; see docs/ledger.md section 10."""

    @classmethod
    def open(
        cls,
        path: Path,
        origin: str | None = None,
        *,
        home: Path | None = None,
        signer: Signer | None = None,
        disk: Disk | None = None,
        wrapper: Wrapper | None = None,
        store: KeyStore | None = None,
    ) -> Self:
        """Open or create the ledger in directory `path`; a torn tail is cut, kept in quarantine and recorded.

        `origin` names a new ledger (default: a random one) or must be the name of the one that is there. Keys,
        known heads and quarantine lie in `home` (default: the directory that holds `path`). `signer` replaces the
        key file, `wrapper` wraps the key under which personal content lies, `store` keeps those keys besides this disk.

        Raises LedgerUnwritableError (cannot be created or written) and LedgerDamagedError (not what was written,
        shorter than last seen, another ledger).
        """
        place = Home(path, home)
        ledger = cls(path, place, signer, disk or Disk(), Vault(place.keys / "subjects", wrapper, store))
        try:
            own_folder(path / "segments")
            own_folder(path / "tile")
            ledger._turn.open()
            ledger._turn.take()
            try:
                ledger._recover(origin)
            finally:
                ledger._turn.release()
        except OSError as error:
            ledger._turn.close()
            raise LedgerUnwritableError(
                f"The ledger {path} cannot be opened for writing ({error.strerror}). See that the folder "
                "can be written to, or name another one in REGENT_HOME."
            ) from error
        except BaseException:
            ledger._turn.close()
            raise
        atexit.register(_close_at_exit, weakref.ref(ledger))
        return ledger

    @property
    def origin(self) -> str:
        return self._open_store().origin

    @property
    def signer(self) -> Signer:
        """Whatever signs this ledger's checkpoints now."""
        return self._signer or self.home.signer(self.origin)

    @property
    def size(self) -> int:
        """How many records there are, those not yet durable included."""
        try:
            with self._mutex:
                if self._group is not None and not self._doubt:
                    return self._group.first + len(self._group.leaves)
                entered = not self._turn.held
                size = self._enter().size
                if entered:
                    self._turn.release()
                return size
        except BaseException:
            self._stir()
            raise

    def root(self) -> str:
        """Hex root hash over everything recorded so far, which is durable on return."""
        with self._settled() as store:
            return store.tree.root().hex()

    def append(self, record: Record, wait: bool = True) -> int:
        """Add `record` and return its index. With `wait` it is durable on return, and so is all before it.

        Raises LedgerUnwritableError, LedgerClosedError, RecordTooLargeError; then nothing was acknowledged.
        """
        if self._forks != locks.forks:
            self._usable()
        encoded = encode(record, self.vault)
        try:
            with self._mutex:
                group, index = self._enqueue(record, encoded, wait)
            if wait or group.full:
                self._commit(group)
        except LedgerError:
            raise  # a refusal leaves nothing half done, and must not wait for whoever writes
        except BaseException:
            self._stir()
            raise
        return index

    async def aappend(self, record: Record, wait: bool = True) -> int:
        """`append` for async code: the event loop goes on while the disk syncs."""
        if self._forks != locks.forks:
            self._usable()
        encoded = encode(record, self.vault)
        with self._mutex:
            group, index = self._enqueue(record, encoded, wait)
            done = group.waiter(asyncio.get_running_loop(), self._wake) if wait or group.full else None
        if done is not None:
            await done
        return index

    def flush(self) -> None:
        """Make every record appended so far durable."""
        with self._mutex:
            self._usable()
            group = self._group
        with self._io:  # waits for a write under way, too
            if group is not None:
                self._commit(group)

    def checkpoint(self) -> Checkpoint | None:
        """Make everything durable and sign it, unless the last checkpoint covers it already; the last checkpoint."""
        with self._settled() as store:
            if store.size and (store.signed is None or store.signed.size < store.size):
                self._sign(store, self.signer)
            if store.signed is not None:
                self.home.remember(store.signed)
            self._pace.signed()
            return store.signed

    def sign_with(self, *signers: Signer) -> Checkpoint:
        """A checkpoint over everything, by these keys: how an old key introduces a new one."""
        with self._settled() as store:
            return self._sign(store, *signers)

    def _sign(self, store: Store, *signers: Signer) -> Checkpoint:
        signed = sign_checkpoint(store, *signers)
        store.add_checkpoint(signed)
        self.home.remember(signed)
        return signed

    def read(self, first: int = 0, last: int | None = None) -> Iterator[StoredRecord]:
        """Records `first` to `last` inclusive, in order; `last=None` reads to the end."""
        self.flush()
        return Reader(self.path, self.vault).read(first, last)

    def close(self) -> None:
        """Make everything durable, sign it, and let go of the files. Closing twice is allowed."""
        if self._closed:
            return
        try:
            with self._io:
                while not self._closed and self._failed is None and self._forks == locks.forks:
                    self.checkpoint()
                    with self._mutex:  # what others appended meanwhile is written, too
                        self._closed = self._group is None
        finally:
            with self._mutex:
                self._closed = True
                self._wake.notify_all()
            if self._thread is not None and self._thread is not threading.current_thread():
                self._thread.join()
            with self._io:
                if self._store is not None:
                    self._store.close()
                self._turn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close_at_exit(reference: weakref.ref[Ledger]) -> None:
    ledger = reference()
    if ledger is not None and ledger._forks == locks.forks:
        ledger.close()
